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
class TaskEscalated(Event):
    name: ClassVar[str] = "commons.direction.task_escalated.v1"
    task_id: UUID
    to_agency: str
    level: int
