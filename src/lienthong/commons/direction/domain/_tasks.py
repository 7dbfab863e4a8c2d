"""Directives, tasks and what happens to them, as they are read and written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from lienthong.commons.direction.domain._deadlines import Standing, standing
from lienthong.commons.direction.domain._states import ISSUE, TRANSITIONS, WORK, Move, TaskState
from lienthong.kernel.clock import vietnam_date

BEYOND_ANY_TARGET = Decimal(10) ** 30
"""More than any column of numbers keeps."""
WEEKLY = "week"
"""As the period of a target: the last week that is over, whichever it is."""


@dataclass(frozen=True)
class Target:
    """What a task must bring about: an indicator at least, or at most, at a value."""

    indicator: str
    territory: str
    value: Decimal
    at_least: bool
    period: str = ""
    """Which of the indicator's periods is measured; ``week``: the last one that is over."""
    others: tuple[str, ...] = ()
    """Territories beside the first; together they are measured as one."""

    @property
    def territories(self) -> tuple[str, ...]:
        return (self.territory, *self.others)

    def met(self, measured: Decimal | None) -> bool:
        """Whether a measured value reaches the target; nothing measured never does."""
        if measured is None:
            return False
        return measured >= self.value if self.at_least else measured <= self.value


@dataclass(frozen=True)
class NewTask:
    """A task as the one who issues the directive writes it."""

    content: str
    lead_agency: str
    due_on: date | None
    co_agencies: tuple[str, ...] = ()
    target: Target | None = None
    evidence: tuple[Mapping[str, Any], ...] = ()
    """What it is about, as links: ``{"kind": "discrepancy", "id": …, "label": …}``."""
    starts_on: date | None = None
    """When the work begins, from which its effect is counted; none: on the day of issuing."""

    @property
    def said(self) -> tuple[str, str]:
        """What it says, and to whom: said twice it is one task."""
        return self.content.strip(), self.lead_agency


@dataclass(frozen=True)
class Entry:
    """One line of a task's life."""

    at: datetime
    by: str
    kind: str
    text: str
    percent: int | None
    value: Decimal | None
    agency: str
    evidence: tuple[Mapping[str, Any], ...]
    seal: str = ""
    """Of a reported result: the hash of this line and all before it."""


@dataclass(frozen=True)
class Task:
    """A task as it stands."""

    id: UUID
    directive_id: UUID
    directive_number: str
    directive_title: str
    content: str
    lead_agency: str
    co_agencies: tuple[str, ...]
    territory: str
    due_on: date | None
    state: TaskState
    percent: int
    target: Target | None
    baseline: Decimal | None
    measured: Decimal | None
    measured_at: datetime | None
    issued_at: datetime
    completed_at: datetime | None
    escalated_to: str
    issued_by: str
    """Who gave it: whoever issued the directive, or passed a part of a task on."""
    issuer_agency: str
    version: int
    parent_id: UUID | None = None
    """The task that it is a part of."""
    starts_on: date | None = None
    intervention: str = ""
    """Under which its effect is estimated; empty where it cannot be."""

    @property
    def reached(self) -> bool:
        return self.target is not None and self.target.met(self.measured)

    def moves(self) -> list[Move]:
        """What can be done to it now."""
        return [move for move, (states, _) in TRANSITIONS.items() if self.state in states]

    def authority(self, move: Move) -> tuple[str, str]:
        """The action that a move needs, and the agency it is needed on: the issuer's side decides what is the issuer's to
        decide, the lead agency's side the rest."""
        return (ISSUE, self.issuer_agency) if move.by_issuer else (WORK, self.lead_agency)

    def standing(self, today: date) -> "Standing":
        """The statistical class on a day."""
        ended = vietnam_date(self.completed_at) if self.completed_at else None
        return standing(due_on=self.due_on, state=self.state, completed_on=ended, today=today)


@dataclass(frozen=True)
class Directive:
    """A directive with its tasks."""

    id: UUID
    number: str
    title: str
    text: str
    issued_by: str
    issuer_agency: str
    issued_at: datetime
    signal_id: UUID | None
    document: str
    tasks: tuple[Task, ...] = field(default=())

    @property
    def done(self) -> int:
        return sum(task.state is TaskState.COMPLETED for task in self.tasks)


class Answer(StrEnum):
    """What became of a request for more time."""

    PENDING = "pending"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    """The task ended, or got another deadline, before an answer."""


@dataclass(frozen=True)
class Extension:
    """A request for more time that waits for an answer."""

    id: UUID
    task: Task
    asked_by: str
    asked_at: datetime
    reason: str
    due_on: date
    """Until when."""
