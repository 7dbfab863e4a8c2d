"""Directives and tasks: their states, deadlines, targets, and the rules between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.errors import Refusal

TASKS = "directive-tasks"
"""The register in which every task says how it stands: what indicators and KPIs of direction are computed from."""
SOURCE = "direction"
REMINDERS = (7, 3, 1)
"""Working days before the deadline on which the lead agency is reminded."""
ESCALATION_STEP = 5
"""Overdue working days after which a task climbs one more level of the line."""


class TaskState(StrEnum):
    """The life of a task (Decision 42/2014/QĐ-TTg as amended by Decision 23/2018/QĐ-TTg)."""

    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    REPORTED = "reported"
    RETURNED = "returned"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        return self not in (TaskState.COMPLETED, TaskState.WITHDRAWN)

    @property
    def vi(self) -> str:
        return _STATES[self][0]

    @property
    def en(self) -> str:
        return _STATES[self][1]

    @property
    def tone(self) -> str:
        """How a badge shows it: good, warn, bad, info or none."""
        return _STATES[self][2]


_STATES = {
    TaskState.ASSIGNED: ("đã giao", "assigned", "info"),
    TaskState.ACCEPTED: ("đã tiếp nhận", "accepted", "info"),
    TaskState.IN_PROGRESS: ("đang thực hiện", "in progress", "info"),
    TaskState.REPORTED: ("đã báo cáo kết quả", "result reported", "warn"),
    TaskState.RETURNED: ("trả lại", "returned", "warn"),
    TaskState.SUSPENDED: ("tạm dừng", "suspended", ""),
    TaskState.COMPLETED: ("hoàn thành", "completed", "good"),
    TaskState.WITHDRAWN: ("thu hồi", "withdrawn", ""),
}


READ, ISSUE, WORK = "commons.direction.read", "commons.direction.issue", "commons.direction.work"
"""The actions that authority is given for (foundation.access)."""


class Move(StrEnum):
    """What can be done to a task."""

    ACCEPT = "accept"
    PROGRESS = "progress"
    REPORT = "report"
    APPROVE = "approve"
    RETURN = "return"
    SUSPEND = "suspend"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    EXTEND = "extend"

    @property
    def vi(self) -> str:
        return _MOVES[self][0]

    @property
    def en(self) -> str:
        return _MOVES[self][1]

    @property
    def by_issuer(self) -> bool:
        """Whether the one who issued the directive does it, not the lead agency."""
        return self in (Move.APPROVE, Move.RETURN, Move.SUSPEND, Move.RESUME, Move.WITHDRAW, Move.EXTEND)


_MOVES = {
    Move.ACCEPT: ("Tiếp nhận", "Accept"),
    Move.PROGRESS: ("Báo cáo tiến độ", "Report progress"),
    Move.REPORT: ("Báo cáo kết quả", "Report the result"),
    Move.APPROVE: ("Xác nhận hoàn thành", "Confirm completion"),
    Move.RETURN: ("Trả lại", "Return"),
    Move.SUSPEND: ("Tạm dừng", "Suspend"),
    Move.RESUME: ("Tiếp tục", "Resume"),
    Move.WITHDRAW: ("Thu hồi", "Withdraw"),
    Move.EXTEND: ("Gia hạn", "Extend"),
}

_OPEN = frozenset(state for state in TaskState if state.is_open)
_WORKING = frozenset({TaskState.ASSIGNED, TaskState.ACCEPTED, TaskState.IN_PROGRESS, TaskState.RETURNED})
TRANSITIONS: Mapping[Move, tuple[frozenset[TaskState], TaskState | None]] = {
    Move.ACCEPT: (frozenset({TaskState.ASSIGNED}), TaskState.ACCEPTED),
    Move.PROGRESS: (_WORKING, TaskState.IN_PROGRESS),
    Move.REPORT: (_WORKING, TaskState.REPORTED),
    Move.APPROVE: (frozenset({TaskState.REPORTED}), TaskState.COMPLETED),
    Move.RETURN: (frozenset({TaskState.REPORTED}), TaskState.RETURNED),
    Move.SUSPEND: (_WORKING, TaskState.SUSPENDED),
    Move.RESUME: (frozenset({TaskState.SUSPENDED}), TaskState.IN_PROGRESS),
    Move.WITHDRAW: (_OPEN, TaskState.WITHDRAWN),
    Move.EXTEND: (_OPEN, None),
}
"""From which states a move can be made, and where it leads; none: the state stays."""


class WrongState(Refusal):
    code: ClassVar[str] = "direction.wrong_state"
    status: ClassVar[int] = 409
    vi: ClassVar[str] = (
        "Nhiệm vụ đang ở trạng thái “{state}” nên chưa thể “{move}”. Hãy tải lại trang để xem việc làm được."
    )
    en: ClassVar[str] = "The task is {state_en}, so it cannot be moved by “{move_en}”. Reload to see what can be done."


class BadDirective(Refusal):
    code: ClassVar[str] = "direction.bad_directive"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Chỉ đạo chưa ban hành được: {problem}."
    en: ClassVar[str] = "The directive cannot be issued: {problem_en}."


class AgencyEnded(Refusal):
    code: ClassVar[str] = "direction.agency_ended"
    status: ClassVar[int] = 409
    vi: ClassVar[str] = (
        "Cơ quan {code} đã chấm dứt hoạt động từ {on} và được chia thành {parts}. Hãy chọn cơ quan chủ trì."
    )
    en: ClassVar[str] = "Agency {code} ended on {on} and was split into {parts}. Choose which of them leads."


class UnknownAgency(Refusal):
    code: ClassVar[str] = "direction.unknown_agency"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Không có cơ quan mang mã {code}. Hãy tìm theo tên tại /agencies."
    en: ClassVar[str] = "There is no agency with the code {code}. Find it by name at /agencies."


@dataclass(frozen=True)
class Target:
    """What a task must bring about: an indicator at least, or at most, at a value."""

    indicator: str
    territory: str
    value: Decimal
    at_least: bool
    period: str = ""

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
    issuer_agency: str
    version: int

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


class Standing(StrEnum):
    """The exclusive statistical classes of tasks; those without a deadline are counted apart."""

    ON_TIME = "on_time"
    LATE = "late"
    IN_TERM = "in_term"
    OVERDUE = "overdue"
    NO_DEADLINE = "no_deadline"
    WITHDRAWN = "withdrawn"

    @property
    def vi(self) -> str:
        return _STANDINGS[self][0]

    @property
    def en(self) -> str:
        return _STANDINGS[self][1]

    @property
    def tone(self) -> str:
        return _STANDINGS[self][2]


_STANDINGS = {
    Standing.ON_TIME: ("hoàn thành đúng hạn", "completed on time", "good"),
    Standing.LATE: ("hoàn thành quá hạn", "completed late", "warn"),
    Standing.IN_TERM: ("đang làm, trong hạn", "open, within term", "info"),
    Standing.OVERDUE: ("đang làm, quá hạn", "open, overdue", "bad"),
    Standing.NO_DEADLINE: ("không thời hạn", "no deadline", ""),
    Standing.WITHDRAWN: ("đã thu hồi", "withdrawn", ""),
}


def standing(*, due_on: date | None, state: TaskState, completed_on: date | None, today: date) -> Standing:
    """The class of a task; it is due until the end of its day in Hanoi."""
    if state is TaskState.WITHDRAWN:
        return Standing.WITHDRAWN
    if due_on is None:
        return Standing.NO_DEADLINE
    if state is TaskState.COMPLETED:
        return Standing.ON_TIME if completed_on and completed_on <= due_on else Standing.LATE
    return Standing.OVERDUE if today > due_on else Standing.IN_TERM


def next_state(state: TaskState, move: Move) -> TaskState:
    """Where a move leads.

    :raises WrongState: it cannot be made now.
    """
    states, target = TRANSITIONS[move]
    if state not in states:
        raise WrongState(state=state.vi, state_en=state.en, move=move.vi, move_en=move.en)
    return target or state


def escalation_level(overdue_working_days: int) -> int:
    """How many levels above the lead agency an overdue task is shown: one at once, one more for every five days."""
    return 0 if overdue_working_days < 1 else 1 + (overdue_working_days - 1) // ESCALATION_STEP
