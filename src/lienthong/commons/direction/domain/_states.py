"""The states of a task, the moves between them, and who may make them."""

from collections.abc import Mapping
from enum import StrEnum

from lienthong.commons.direction.domain._refusals import WrongState


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


def next_state(state: TaskState, move: Move) -> TaskState:
    """Where a move leads.

    :raises WrongState: it cannot be made now.
    """
    states, target = TRANSITIONS[move]
    if state not in states:
        raise WrongState(state=state.vi, state_en=state.en, move=move.vi, move_en=move.en)
    return target or state
