"""When a task is reminded of, overdue, and shown one level higher; and the classes it is counted in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from lienthong.commons.direction.domain._states import TaskState
from lienthong.kernel.clock import end_of_day

REMINDERS = (7, 3, 1)
"""Working days before the deadline on which the lead agency is reminded."""
LONGEST_GRACE = 60
"""Working days at most before an overdue task climbs one more level."""
_DAY, _INSTANT = timedelta(days=1), timedelta(microseconds=1)


class Calendar(Protocol):
    """Which days are worked (foundation.directory)."""

    def is_working_day(self, day: date) -> bool: ...

    def add_working_days(self, day: date, count: int) -> date: ...


class Crossing(StrEnum):
    """What happens to a task by the mere passing of time."""

    REMINDER = "reminder"
    ESCALATED = "escalated"
    NONE = "none"
    """Nothing more: there is nobody higher."""


@dataclass(frozen=True)
class Next:
    """The next legal instant of a task: a reminder so many working days before, or the step up the line."""

    at: datetime
    kind: Crossing
    step: int

    @property
    def text(self) -> str:
        return f"T-{self.step}" if self.kind is Crossing.REMINDER else f"+{self.step}"


def reminder_at(due_on: date, days: int, calendar: Calendar) -> datetime:
    """The beginning of the first day on which no more than so many working days are left."""
    day, left = due_on, 0
    while left + calendar.is_working_day(day) <= days:
        left += calendar.is_working_day(day)
        day -= _DAY
    return end_of_day(day - _DAY) + _INSTANT


def escalation_at(due_on: date, level: int, grace: int, calendar: Calendar) -> datetime:
    """When an overdue task is shown so many levels above its lead agency: at the end of its last day to the body directly
    above, and one level more at the end of each grace period of working days."""
    return end_of_day(calendar.add_working_days(due_on, grace * (level - 1))) + _INSTANT


def instant(due_on: date, kind: Crossing, step: int, grace: int, calendar: Calendar) -> datetime:
    """When a reminder or a step up the line is due."""
    if kind is Crossing.REMINDER:
        return reminder_at(due_on, step, calendar)
    return escalation_at(due_on, step, grace, calendar)


def first_crossing(due_on: date, *, grace: int, calendar: Calendar, at: datetime) -> Next:
    """What comes first of a deadline set at a moment; of reminders whose time has passed, the closest counts at once."""
    passed = None
    for item in _reminders(due_on, calendar):
        if item.at > at:
            return passed or item
        passed = Next(at, item.kind, item.step)
    return passed or Next(escalation_at(due_on, 1, grace, calendar), Crossing.ESCALATED, 1)


def crossing_after(kind: Crossing, step: int, due_on: date, *, grace: int, calendar: Calendar) -> Next:
    """What comes after a crossing."""
    later = [days for days in REMINDERS if days < step] if kind is Crossing.REMINDER else []
    if later:
        return Next(reminder_at(due_on, later[0], calendar), Crossing.REMINDER, later[0])
    level = 1 if kind is Crossing.REMINDER else step + 1
    return Next(escalation_at(due_on, level, grace, calendar), Crossing.ESCALATED, level)


def _reminders(due_on: date, calendar: Calendar) -> Iterator[Next]:
    for days in REMINDERS:
        yield Next(reminder_at(due_on, days, calendar), Crossing.REMINDER, days)


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


class By(StrEnum):
    """What tasks are counted by."""

    AGENCY = "agency"
    SECTOR = "sector"
    MONTH = "month"

    @property
    def vi(self) -> str:
        return _BY[self][0]

    @property
    def en(self) -> str:
        return _BY[self][1]


_BY = {
    By.AGENCY: ("Cơ quan", "Agency"),
    By.SECTOR: ("Lĩnh vực", "Sector"),
    By.MONTH: ("Tháng giao", "Month of issuing"),
}


@dataclass(frozen=True)
class Count:
    """How many tasks of a group stand in each class."""

    group: str
    on_time: int = 0
    late: int = 0
    in_term: int = 0
    overdue: int = 0
    no_deadline: int = 0
    withdrawn: int = 0

    @property
    def total(self) -> int:
        """Tasks of the four classes; those without a deadline and withdrawn ones are counted apart."""
        return self.on_time + self.late + self.in_term + self.overdue

    @property
    def all(self) -> int:
        """Every task of the group."""
        return self.total + self.no_deadline + self.withdrawn

    @property
    def numbers(self) -> tuple[int, ...]:
        """As they are written: the four classes, their total, and what is counted apart."""
        return (self.on_time, self.late, self.in_term, self.overdue, self.total, self.no_deadline, self.withdrawn)

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.group, self.on_time + other.on_time, self.late + other.late, self.in_term + other.in_term,
            self.overdue + other.overdue, self.no_deadline + other.no_deadline, self.withdrawn + other.withdrawn,
        )  # fmt: skip
