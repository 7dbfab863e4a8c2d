"""Issuing directives, moving tasks, measuring their targets, reminding and escalating."""

from lienthong.commons.direction.services._deadlines import publish_overdue, remind_and_escalate
from lienthong.commons.direction.services._directives import issue, measure, move

__all__ = ["issue", "measure", "move", "publish_overdue", "remind_and_escalate"]
