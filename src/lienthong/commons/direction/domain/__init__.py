"""Directives and tasks: their states, deadlines, targets, effects, and the rules between them."""

from lienthong.commons.direction.domain._deadlines import (
    REMINDERS,
    By,
    Count,
    Crossing,
    Next,
    Standing,
    crossing_after,
    escalation_at,
    first_crossing,
    instant,
    reminder_at,
    standing,
)
from lienthong.commons.direction.domain._effects import (
    Anyway,
    Outcome,
    Precedent,
    TaskEffect,
    UnitEffect,
    outcome,
    without_action,
)
from lienthong.commons.direction.domain._refusals import (
    AgencyEnded,
    BadDirective,
    BadExtension,
    UnknownAgency,
    WrongState,
)
from lienthong.commons.direction.domain._states import ISSUE, READ, TRANSITIONS, WORK, Move, TaskState, next_state
from lienthong.commons.direction.domain._tasks import (
    WEEKLY,
    Answer,
    Directive,
    Entry,
    Extension,
    NewTask,
    Target,
    Task,
)

TASKS = "directive-tasks"
"""The register in which every task says how it stands: what indicators and KPIs of direction are computed from."""
SOURCE = "direction"

__all__ = [
    "ISSUE",
    "READ",
    "REMINDERS",
    "SOURCE",
    "TASKS",
    "TRANSITIONS",
    "WEEKLY",
    "WORK",
    "AgencyEnded",
    "Answer",
    "Anyway",
    "BadDirective",
    "BadExtension",
    "By",
    "Count",
    "Crossing",
    "Directive",
    "Entry",
    "Extension",
    "Move",
    "NewTask",
    "Next",
    "Outcome",
    "Precedent",
    "Standing",
    "Target",
    "Task",
    "TaskEffect",
    "TaskState",
    "UnitEffect",
    "UnknownAgency",
    "WrongState",
    "crossing_after",
    "escalation_at",
    "first_crossing",
    "instant",
    "next_state",
    "outcome",
    "reminder_at",
    "standing",
    "without_action",
]  # fmt: skip
