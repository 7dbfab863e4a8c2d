"""What a board shows of an indicator: its values, and those that crossed a threshold."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from lienthong.data.warehouse.domain._indicator import Level


class SignalState(StrEnum):
    """domain §6.2: new → seen → explained → turned into a task → closed."""

    NEW = "new"
    SEEN = "seen"
    EXPLAINED = "explained"
    TASKED = "tasked"
    CLOSED = "closed"


@dataclass(frozen=True)
class Cell:
    """The value of one indicator for one territory and period, with what it needs to be believed."""

    indicator: str
    territory: str
    period: str
    numerator: Decimal
    denominator: Decimal
    rows: int
    computed_at: datetime
    """When a row last moved it."""
    checked_at: datetime
    """When the indicator was last known to be up to date with its register: the age a board shows."""
    value: Decimal | None
    level: Level
    suppressed: bool = False
    """Whether the value is withheld, because few people are behind it."""


SMALL = 5
"""Fewer rows than this about persons are not shown to everybody (domain §6.2: k ≥ 5)."""


def behind(rows: int, least: int) -> int:
    """How many cases of persons stand behind rows for certain, where fewer rows than ``least`` are too few: as many as there are
    rows, or as stood on the mean day; one at least where there is any."""
    return max(rows * SMALL // least, min(rows, 1))


def withheld(rows: Mapping[str, int]) -> set[str]:
    """Which of the parts of a known whole are withheld: those that few rows stand behind, and as many of the next smallest as
    it takes that the whole less what is shown tells nothing small either.

    :param rows: rows about persons by territory, channel or whatever they are parted by.
    """
    hidden = {key for key, count in rows.items() if 0 < count < SMALL}
    others = sorted((key for key, count in rows.items() if count >= SMALL), key=lambda key: (rows[key], key))
    while hidden and others and (len(hidden) == 1 or sum(rows[key] for key in hidden) < SMALL):
        hidden.add(others.pop(0))
    return hidden


def suppressed(cell: Cell) -> Cell:
    """The cell without what it says."""
    none = Decimal(0)
    return replace(cell, numerator=none, denominator=none, rows=0, value=None, level=Level.NONE, suppressed=True)


@dataclass(frozen=True)
class Signal:
    """A value that crossed a threshold."""

    id: UUID
    indicator: str
    territory: str
    period: str
    level: Level
    value: Decimal
    threshold: Decimal
    state: SignalState
    raised_at: datetime
    closed_at: datetime | None
    directive_id: UUID | None
