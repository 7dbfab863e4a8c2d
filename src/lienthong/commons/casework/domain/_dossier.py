"""A dossier: its ten states, its clock, and what the law makes of its dates."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum

DOSSIERS, RATINGS, TOTALS, FEEDBACK, STOCKS = "dossiers", "ratings", "dossier-totals", "feedback", "dossier-stocks"
"""Keys of the registers."""
SOURCE = "national-portal"
"""Their trusted source."""
HANOI = timezone(timedelta(hours=7))
"""Stamps of the profile are of Hanoi, which has had no summer time since 1975."""
END_OF_WORK = time(17)


class State(StrEnum):
    """Where a dossier stands: the ten values of the national sync, 1 to 10 in this order."""

    NEW = "new"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    IN_PROCESS = "in_process"
    SUPPLEMENT = "supplement"
    FINANCIAL = "financial"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    DONE = "done"
    RETURNED = "returned"

    @classmethod
    def of_code(cls, code: int) -> "State":
        """:raises ValueError: there is no such code."""
        if not 1 <= code <= 10:
            raise ValueError(f"{code} is none of the ten states")
        return list(cls)[code - 1]

    @property
    def code(self) -> int:
        return list(State).index(self) + 1

    @property
    def is_final(self) -> bool:
        """Nothing more happens to the dossier."""
        return self in (State.NOT_ACCEPTED, State.WITHDRAWN, State.STOPPED, State.RETURNED)


NEXT: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.ACCEPTED, State.NOT_ACCEPTED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset({State.IN_PROCESS, State.SUPPLEMENT, State.FINANCIAL, State.WITHDRAWN, State.STOPPED}),
    State.NOT_ACCEPTED: frozenset(),
    State.IN_PROCESS: frozenset({State.SUPPLEMENT, State.FINANCIAL, State.WITHDRAWN, State.STOPPED, State.DONE}),
    State.SUPPLEMENT: frozenset({State.IN_PROCESS, State.WITHDRAWN, State.STOPPED}),
    State.FINANCIAL: frozenset({State.IN_PROCESS, State.WITHDRAWN, State.STOPPED}),
    State.WITHDRAWN: frozenset(),
    State.STOPPED: frozenset(),
    State.DONE: frozenset({State.RETURNED}),
    State.RETURNED: frozenset(),
}
"""What may follow a state. Messages of an agency may pass some by, so this says what is possible step by step."""


class Outcome(StrEnum):
    """Whether a dossier that has ended was handled in time."""

    ON_TIME = "on_time"
    LATE = "late"


@dataclass(frozen=True)
class Wait:
    """One supplement: asked for, and handed in or not yet."""

    asked_at: datetime
    handed_in_at: datetime | None


def end_of(state: State, finished_at: datetime | None, returned_at: datetime | None) -> datetime | None:
    """When handling ended (Decision 766/QĐ-TTg, indicator 2.1): done, else returned, else stopped or refused at its last
    stamp; none while it goes on. A withdrawn dossier was not handled to an end."""
    if state in (State.DONE, State.RETURNED, State.STOPPED, State.NOT_ACCEPTED):
        return finished_at or returned_at
    return None


def outcome(end: datetime | None, due: datetime | None, waits: Sequence[Wait]) -> Outcome | None:
    """In time or late (Decision 766/QĐ-TTg, indicator 2.1): the end, less the time of exactly one supplement, against the
    appointed time; more than one supplement is late whatever the dates say. What is handed in after the end waited until it.

    :param due: the appointed time, or by the legal time where none was appointed.
    """
    if end is None or due is None:
        return None
    if len(waits) > 1:
        return Outcome.LATE
    for wait in waits:
        end -= max(timedelta(0), min(wait.handed_in_at or end, end) - wait.asked_at)
    return Outcome.ON_TIME if end <= due else Outcome.LATE


def moved_due(due: datetime | None, waits: Sequence[Wait]) -> datetime | None:
    """The appointed time moved by all the time that supplements took; none while one is not handed in, for a dossier that waits
    is not past due."""
    if due is None:
        return None
    for wait in waits:
        if wait.handed_in_at is None:
            return None
        due += max(timedelta(0), wait.handed_in_at - wait.asked_at)
    return due


class WorkingDays:
    """Working days between any two days in constant time."""

    def __init__(self, is_working_day: Callable[[date], bool], first: date, last: date) -> None:
        days = range(first.toordinal(), last.toordinal() + 1)
        self._worked = [ordinal for ordinal in days if is_working_day(date.fromordinal(ordinal))]

    def between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and with ``end``; 0 when it is not later."""
        return max(0, self._before(end) - self._before(start))

    def due(self, received_at: datetime, working_days: int) -> datetime:
        """The end of work on the day that ends a legal time; the day of receipt is not counted."""
        day = received_at.date()
        if working_days:
            day = date.fromordinal(self._worked[self._before(day) + working_days - 1])
        return datetime.combine(day, END_OF_WORK, HANOI)

    def _before(self, day: date) -> int:
        """Working days up to and with a day."""
        return bisect_right(self._worked, day.toordinal())
