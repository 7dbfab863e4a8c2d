"""What a board is: for whom, about where, showing which indicators in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from lienthong.data.warehouse.domain import Cell, Indicator, Level
from lienthong.kernel.errors import Refusal


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


class BadBoard(Refusal):
    code: ClassVar[str] = "dashboards.bad_board"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Chưa lưu được bảng: {problem}."
    en: ClassVar[str] = "The board cannot be saved: {problem_en}."


class BadNote(Refusal):
    code: ClassVar[str] = "dashboards.bad_note"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Chưa ghi được ghi chú: {problem}."
    en: ClassVar[str] = "The note cannot be kept: {problem_en}."


class BoardState(StrEnum):
    """The life of a board that somebody made."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"

    @property
    def vi(self) -> str:
        return _STATES[self][0]

    @property
    def en(self) -> str:
        return _STATES[self][1]

    @property
    def tone(self) -> str:
        return _STATES[self][2]


_STATES = {
    BoardState.DRAFT: ("bản nháp", "draft", "warn"),
    BoardState.PUBLISHED: ("đã công bố", "published", "good"),
    BoardState.RETIRED: ("đã thôi dùng", "retired", ""),
}
MOST_SECTIONS, MOST_INDICATORS, LONGEST_TITLE, LONGEST_NOTE = 8, 40, 120, 1000


@dataclass(frozen=True)
class OwnSection:
    """A part of somebody's own board."""

    title: str
    indicators: tuple[str, ...]


@dataclass(frozen=True)
class OwnBoard:
    """A board that somebody composed: its owner alone sees it as a draft and changes it."""

    id: UUID
    title: str
    territory: str
    sections: tuple[OwnSection, ...]
    state: BoardState
    owner: str
    changed_at: datetime

    def as_sections(self) -> tuple[Section, ...]:
        """As the sections of a board."""
        return tuple(
            Section(f"own-{number}", names := {"vi": item.title, "en": item.title}, names, item.indicators)
            for number, item in enumerate(self.sections)
        )


class Change(StrEnum):
    """What the composer does with an indicator of a section."""

    ADD = "add"
    REMOVE = "remove"
    UP = "up"
    DOWN = "down"


def compose(sections: Sequence[OwnSection], number: int, change: Change, code: str) -> tuple[OwnSection, ...]:
    """Add an indicator to a section at its end, take it out, or move it one place. What is there stays there once; what cannot
    move any further stays where it is.

    :raises BadBoard: there is no such section, or it is full.
    """
    if not 0 <= number < len(sections):
        raise BadBoard(problem="không có phần này", problem_en="there is no such part")
    codes = list(sections[number].indicators)
    if change is Change.ADD and code not in codes:
        if len(codes) >= MOST_INDICATORS:
            raise BadBoard(
                problem=f"mỗi phần có nhiều nhất {MOST_INDICATORS} chỉ tiêu",
                problem_en=f"a part has at most {MOST_INDICATORS} indicators",
            )
        codes.append(code)
    elif change is Change.REMOVE and code in codes:
        codes.remove(code)
    elif change in (Change.UP, Change.DOWN) and code in codes:
        place = codes.index(code)
        other = place + (1 if change is Change.DOWN else -1)
        if 0 <= other < len(codes):
            codes[place], codes[other] = codes[other], codes[place]
    changed = list(sections)
    changed[number] = replace(changed[number], indicators=tuple(codes))
    return tuple(changed)


@dataclass(frozen=True)
class Note:
    """What somebody wrote beside a number, about a day."""

    id: UUID
    indicator: str
    territory: str
    day: date
    text: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Snapshot:
    """A board as it was at a moment."""

    id: UUID
    title: str
    territory: str
    sha256: str
    by: str
    at: datetime
