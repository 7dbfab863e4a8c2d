"""Issuing directives, passing tasks on and moving them, measuring their targets, reminding and escalating, handing over."""

from lienthong.commons.direction.services._deadlines import publish_overdue, remind_and_escalate
from lienthong.commons.direction.services._directives import issue
from lienthong.commons.direction.services._extensions import ask_extension, decide_extension
from lienthong.commons.direction.services._moves import measure, move
from lienthong.commons.direction.services._parts import pass_on, roll_up
from lienthong.commons.direction.services._passages import keep_missing
from lienthong.commons.direction.services._successors import choose_lead, hand_over

__all__ = [
    "ask_extension",
    "choose_lead",
    "decide_extension",
    "hand_over",
    "issue",
    "keep_missing",
    "measure",
    "move",
    "pass_on",
    "publish_overdue",
    "remind_and_escalate",
    "roll_up",
]  # fmt: skip
