"""Facts about directives and tasks."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from lienthong.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class DirectiveIssued(Event):
    name: ClassVar[str] = "commons.direction.directive_issued.v1"
    directive_id: UUID
    signal_id: UUID | None
    tasks: int


@dataclass(frozen=True, kw_only=True)
class TaskMoved(Event):
    """A task was assigned, or its state changed."""

    name: ClassVar[str] = "commons.direction.task_moved.v1"
    task_id: UUID
    directive_id: UUID
    lead_agency: str
    state: str


@dataclass(frozen=True, kw_only=True)
class DeadlinesCrossed(Event):
    """Tasks crossed legal instants together: some were reminded of, some became overdue, some were shown one level higher."""

    name: ClassVar[str] = "commons.direction.deadlines_crossed.v1"
    batch: UUID
    reminded: tuple[UUID, ...]
    overdue: tuple[UUID, ...]
    escalated: tuple[UUID, ...]
    to_agencies: tuple[str, ...]
    """To whom, in the order of ``escalated``."""
    levels: tuple[int, ...]
