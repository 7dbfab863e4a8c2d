"""Directives and tasks on screen."""

from lienthong.commons.direction.views._directives import directive, directives, new, prospects
from lienthong.commons.direction.views._from_text import from_text
from lienthong.commons.direction.views._parts import choose_lead, evidence, pass_on, seals
from lienthong.commons.direction.views._route import route
from lienthong.commons.direction.views._tasks import (
    ask_extension,
    decide_extension,
    move,
    statistics,
    task,
    worklist,
)

__all__ = [
    "ask_extension",
    "choose_lead",
    "decide_extension",
    "directive",
    "directives",
    "evidence",
    "from_text",
    "move",
    "new",
    "pass_on",
    "prospects",
    "route",
    "seals",
    "statistics",
    "task",
    "worklist",
]
