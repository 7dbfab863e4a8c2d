"""Issuing directives, moving tasks, measuring their targets, reminding and escalating."""

from lienthong.commons.direction.services._deadlines import publish_overdue, remind_and_escalate
from lienthong.commons.direction.services._directives import issue, measure, move
from lienthong.commons.direction.services._extensions import ask_extension, decide_extension

__all__ = ["ask_extension", "decide_extension", "issue", "measure", "move", "publish_overdue", "remind_and_escalate"]
