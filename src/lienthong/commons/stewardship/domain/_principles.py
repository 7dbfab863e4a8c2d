"""The seven principles: what each is measured by, how they act on one another, and how far each has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lienthong.kernel.clock import vietnam_date

MEASURES, COUNTER = "governance-measures", "stewardship"
"""The register into which the space counts what it knows of its own governing, and the source that tells it."""
WINDOW_DAYS = 30
"""What is counted over a time is counted over the last days."""


@dataclass(frozen=True)
class Gauge:
    """One indicator as a measure of a principle: where it began, where it is to go, who answers for it, what it cannot say."""

    indicator: str
    target: Decimal
    owner: str
    fills: Mapping[str, str]
    """What would fill it where nothing is held."""
    cannot: Mapping[str, str]
    baseline: Decimal | None = None
    """Declared; else the first value that was measured."""
    baseline_on: date | None = None


@dataclass(frozen=True)
class Principle:
    """One of the seven, with its gauges, the leading one first."""

    number: int
    name: Mapping[str, str]
    short: Mapping[str, str]
    """The same in a few words, for a picture."""
    means: Mapping[str, str]
    """What it is in the program, not in a slogan."""
    gauges: tuple[Gauge, ...]


class Standing(StrEnum):
    """How far a gauge has come."""

    ON_TARGET = "on_target"
    UNDER_WAY = "under_way"
    OFF_TARGET = "off_target"
    NOTHING_HELD = "nothing_held"

    @property
    def vi(self) -> str:
        return _STANDINGS[self][0]

    @property
    def en(self) -> str:
        return _STANDINGS[self][1]

    @property
    def tone(self) -> str:
        """How a badge shows it: good, warn, bad or none."""
        return _STANDINGS[self][2]


_STANDINGS = {
    Standing.ON_TARGET: ("đạt mục tiêu", "on target", "good"),
    Standing.UNDER_WAY: ("đang tiến tới", "under way", "warn"),
    Standing.OFF_TARGET: ("chưa đạt", "off target", "bad"),
    Standing.NOTHING_HELD: ("chưa có số liệu", "nothing held", ""),
}


def standing(
    value: Decimal | None, *, target: Decimal, baseline: Decimal | None, red: Decimal | None, up: bool
) -> Standing:
    """How a value stands: at its target or beyond it; else off it where it is beyond the red limit or worse than where it began;
    else under way."""
    if value is None:
        return Standing.NOTHING_HELD

    def worse(one: Decimal, other: Decimal) -> bool:
        return one < other if up else one > other

    if not worse(value, target):
        return Standing.ON_TARGET
    if (red is not None and worse(value, red)) or (baseline is not None and worse(value, baseline)):
        return Standing.OFF_TARGET
    return Standing.UNDER_WAY


def way(value: Decimal, *, baseline: Decimal, target: Decimal) -> float | None:
    """How much of the way from the baseline to the target is behind, 0 to 1; none where the two are one."""
    if baseline == target:
        return None
    return float(max(Decimal(0), min(Decimal(1), (value - baseline) / (target - baseline))))


def by_month(points: Sequence[tuple[datetime, Decimal | None]], *, until: date) -> list[tuple[date, Decimal | None]]:
    """(first day of the month, what was said last by its end) for each month from the first point on, oldest first. A value holds
    until the next one.

    :param points: (moment, value), oldest first.
    """
    found: list[tuple[date, Decimal | None]] = []
    for at, value in points:
        month = vietnam_date(at).replace(day=1)
        while found and found[-1][0] < month:
            found.append((_next(found[-1][0]), found[-1][1]))
        if found:
            found[-1] = (found[-1][0], value)
        else:
            found.append((month, value))
    while found and found[-1][0] < until.replace(day=1):
        found.append((_next(found[-1][0]), found[-1][1]))
    return found


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


@dataclass(frozen=True)
class Measured:
    """What was counted of one measure in one territory: so many of so many."""

    measure: str
    numerator: int
    denominator: int
    territory: str = ""

    @property
    def key(self) -> str:
        return f"{self.measure}:{self.territory}" if self.territory else self.measure


ARROWS = ((6, 2), (3, 2), (3, 4), (4, 1), (1, 5), (5, 6), (6, 7))
"""Which principle carries which: 6 → 2 ← 3 → 4 → 1 → 5 → 6 → 7."""


def parse_principles(document: Sequence[Mapping[str, Any]]) -> tuple[Principle, ...]:
    """Read the declared principles, by number."""
    return tuple(
        Principle(
            item["number"], item["name"], item["short"], item["means"], tuple(_gauge(gauge) for gauge in item["gauges"])
        )
        for item in sorted(document, key=lambda item: item["number"])
    )


def _gauge(item: Mapping[str, Any]) -> Gauge:
    baseline = item.get("baseline")
    return Gauge(
        indicator=item["indicator"], target=Decimal(str(item["target"])), owner=item["owner"], fills=item["fills"],
        cannot=item["cannot"], baseline=Decimal(str(baseline["value"])) if baseline else None,
        baseline_on=date.fromisoformat(baseline["on"]) if baseline else None,
    )  # fmt: skip
