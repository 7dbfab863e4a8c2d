"""What a board is: for whom, about where, showing which indicators in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lienthong.data.warehouse.domain import Cell, Indicator, Level


@dataclass(frozen=True)
class Section:
    """A sector's part of a board: one question and the indicators that answer it, the leading one first."""

    key: str
    name: Mapping[str, str]
    question: Mapping[str, str]
    indicators: tuple[str, ...]

    def arrange(self, declared: Mapping[str, Indicator]) -> list[str]:
        """The codes shown: those named first, then whatever else says that it belongs here."""
        named = [code for code in self.indicators if code in declared]
        return named + sorted(code for code, item in declared.items() if item.section == self.key and code not in named)


@dataclass(frozen=True)
class Tile:
    """One indicator for one territory, with what it needs to be believed."""

    indicator: Indicator
    cell: Cell | None
    trend: tuple[float | None, ...]
    quality: float | None
    """The quality index of the register it comes from, 0 to 1."""


@dataclass(frozen=True)
class Place:
    """A territory in a ranking or on the map."""

    code: str
    name: str
    cell: Cell | None
    column: int = 0
    row: int = 0
    share: float = 0.0
    """How far along the bar, 0 to 100."""

    @property
    def level(self) -> Level:
        return self.cell.level if self.cell else Level.NONE


def parse_sections(document: Sequence[Mapping[str, Any]]) -> tuple[Section, ...]:
    """Read the declared sections."""
    return tuple(Section(item["key"], item["name"], item["question"], tuple(item["indicators"])) for item in document)


def ranked(places: Sequence[Place], *, up: bool) -> list[Place]:
    """Places by value, the best first; those without a value last."""
    sign = -1 if up else 1
    return sorted(
        places,
        key=lambda place: (
            place.cell is None or place.cell.value is None,
            sign * (place.cell.value if place.cell and place.cell.value is not None else 0),
            place.code,
        ),
    )


TONES = {Level.GREEN: "good", Level.AMBER: "warn", Level.RED: "bad", Level.NONE: ""}
WORDS = {
    Level.GREEN: ("đạt", "on target"),
    Level.AMBER: ("cần chú ý", "watch"),
    Level.RED: ("vượt ngưỡng", "beyond limit"),
    Level.NONE: ("không có ngưỡng", "no threshold"),
}
