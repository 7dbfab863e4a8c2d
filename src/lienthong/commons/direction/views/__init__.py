"""Directives and tasks on screen."""

from lienthong.commons.direction.views._directives import directive, directives, new, prospects
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
    "decide_extension",
    "directive",
    "directives",
    "move",
    "new",
    "prospects",
    "statistics",
    "task",
    "worklist",
]
