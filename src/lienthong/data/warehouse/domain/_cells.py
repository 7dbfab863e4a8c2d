"""What a board shows of an indicator: its values, and those that crossed a threshold."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from lienthong.data.warehouse.domain._indicator import Level, territory_level


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


def suppress(cells: Sequence[Cell], *, guarded: Collection[tuple[str, str]]) -> list[Cell]:
    """The same cells with the small ones withheld, for readers who may not see them. Where just one of an indicator's territories
    of a level is withheld, the next smallest is withheld with it: else the total less the others would tell it.

    :param cells: as they stand together on a page: the provinces of the country, the communes of one province.
    :param guarded: (indicator, territory) of rows about persons that the reader may not see.
    """
    hidden: set[int] = set()
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        if cell.rows > 0 and (cell.indicator, cell.territory) in guarded:
            groups[cell.indicator, cell.period, territory_level(cell.territory)].append(place)
    for places in groups.values():
        small = [place for place in places if cells[place].rows < SMALL]
        hidden |= set(small)
        others = [place for place in places if cells[place].rows >= SMALL]
        if len(small) == 1 and others:
            hidden.add(min(others, key=lambda place: (cells[place].rows, cells[place].territory)))
    none = Decimal(0)
    return [
        replace(cell, numerator=none, denominator=none, rows=0, value=None, level=Level.NONE, suppressed=True)
        if place in hidden
        else cell
        for place, cell in enumerate(cells)
    ]


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
