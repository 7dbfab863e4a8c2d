"""A target beside what is expected without it, and what a directive is seen to have changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from lienthong.data.intelligence.domain import Verdict


class Anyway(StrEnum):
    """Whether a target would be met if nothing were done, by the forecast."""

    MET = "met"
    PERHAPS = "perhaps"
    NOT_MET = "not_met"

    @property
    def vi(self) -> str:
        return _ANYWAY[self][0]

    @property
    def en(self) -> str:
        return _ANYWAY[self][1]

    @property
    def tone(self) -> str:
        return _ANYWAY[self][2]


_ANYWAY = {
    Anyway.MET: ("không làm gì cũng đạt", "would be met anyway", "warn"),
    Anyway.PERHAPS: ("chưa chắc", "uncertain", ""),
    Anyway.NOT_MET: ("không làm thì không đạt", "not met without action", "info"),
}


def without_action(target: Decimal | float, low: float, high: float, *, at_least: bool) -> Anyway:
    """Where a target stands against the interval of the forecast: beyond it, within it, or on the side that comes anyway."""
    value = float(target)
    worst, best = (low, high) if at_least else (-high, -low)
    value = value if at_least else -value
    if worst >= value:
        return Anyway.MET
    return Anyway.PERHAPS if best >= value else Anyway.NOT_MET


def worth_reaching(
    threshold: Decimal | None, present: Decimal | None, expected: Sequence[tuple[float, float]], *, at_least: bool
) -> Decimal | None:
    """A target to begin with: the threshold where it is not reached without action, else the better end of what comes anyway;
    where nothing is expected, the threshold or, where that is met or there is none, the present value.

    :param expected: the interval of the forecast in each territory.
    """
    if expected:
        if threshold is not None and all(
            without_action(threshold, low, high, at_least=at_least) is Anyway.NOT_MET for low, high in expected
        ):
            return threshold
        ends = [high if at_least else low for low, high in expected]
        return Decimal(str(max(ends) if at_least else min(ends)))
    met = None not in (threshold, present) and (present >= threshold if at_least else present <= threshold)
    return present if met or threshold is None else threshold


class Outcome(StrEnum):
    """What can be said of what a task changed."""

    WORKED = "worked"
    WORSE = "worse"
    NONE_SEEN = "none_seen"
    CANNOT_SAY = "cannot_say"
    TOO_EARLY = "too_early"

    @property
    def vi(self) -> str:
        return _OUTCOMES[self][0]

    @property
    def en(self) -> str:
        return _OUTCOMES[self][1]

    @property
    def tone(self) -> str:
        return _OUTCOMES[self][2]


_OUTCOMES = {
    Outcome.WORKED: ("có tác dụng", "it worked", "good"),
    Outcome.WORSE: ("thay đổi ngược chiều mong muốn", "it moved the wrong way", "bad"),
    Outcome.NONE_SEEN: ("không thấy tác dụng", "no effect seen", "warn"),
    Outcome.CANNOT_SAY: ("chưa nói được", "cannot say", ""),
    Outcome.TOO_EARLY: ("chưa đủ tuần", "not enough weeks yet", ""),
}


def outcome(verdict: Verdict, effect: float | None, *, up: bool) -> Outcome:
    """The outcome of an estimate, ``up`` when higher is better."""
    if verdict is Verdict.NONE_SEEN:
        return Outcome.NONE_SEEN
    if verdict is not Verdict.EFFECT or effect is None:
        return Outcome.CANNOT_SAY
    return Outcome.WORKED if (effect > 0) is up else Outcome.WORSE


@dataclass(frozen=True)
class UnitEffect:
    """What a task changed in one territory."""

    territory: str
    effect: float | None
    low: float | None
    high: float | None
    outcome: Outcome


@dataclass(frozen=True)
class TaskEffect:
    """What something that was done is estimated to have changed, with the interval that holds nine times in ten."""

    intervention: str
    outcome: Outcome
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    vi: str = ""
    en: str = ""
    units: tuple[UnitEffect, ...] = ()


@dataclass(frozen=True)
class Precedent:
    """Something that was done about an indicator before, here or elsewhere, with what it changed."""

    title: str
    start: date
    territories: tuple[str, ...]
    effect: TaskEffect
    task_id: UUID | None
    """The task that it was, where it came from a directive."""
