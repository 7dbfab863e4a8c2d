"""Roadmaps: from which day a unit answers for a criterion. A unit has what stands above it where it has no line of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from lienthong.kernel.errors import Refusal

COUNTRY = ""
"""The line of the whole country; every unit has it that has none nearer."""


class BadRoadmap(Refusal):
    code: ClassVar[str] = "stewardship.bad_roadmap"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Chưa ghi được lộ trình: {problem}."
    en: ClassVar[str] = "The roadmap cannot be recorded: {problem_en}."


@dataclass(frozen=True)
class Item:
    """What a roadmap can speak of: a whole framework (its code), a group of criteria, or one of them."""

    framework: str
    code: str
    above: str
    """The group it is part of; none: it is the whole."""
    name: Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """One line of a roadmap, as somebody set it."""

    criterion: str
    unit: str
    due_from: date | None
    """The first day of answering; none: the line was taken back, and what stands above counts."""
    basis: str
    reason: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Wanted:
    """A line of a file."""

    framework: str
    criterion: str
    unit: str
    due_from: date | None
    basis: str


@dataclass(frozen=True)
class Roadmaps:
    """All lines in force about one framework."""

    lines: Mapping[tuple[str, str], Line]
    """By unit and criterion."""

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "Roadmaps":
        """:param lines: the newest of each unit and criterion."""
        return cls({(item.unit, item.criterion): item for item in lines if item.due_from is not None})

    @property
    def units(self) -> set[str]:
        """Those with lines of their own."""
        return {unit for unit, _ in self.lines}

    @property
    def criteria(self) -> set[str]:
        """Those that any line speaks of."""
        return {criterion for _, criterion in self.lines}

    def line(self, units: Sequence[str], criteria: Sequence[str]) -> Line | None:
        """The line by which a unit answers for a criterion, the latest of those of the criterion, its groups and the whole: what
        is part of something that is not due is not due. Each is the nearest unit's.

        :param units: the unit, then those it lies in.
        :param criteria: the criterion, then the groups it is part of.
        """
        found = [
            next((line for unit in units if (line := self.lines.get((unit, criterion)))), None)
            for criterion in criteria
        ]
        return max((line for line in found if line), key=lambda line: line.due_from, default=None)

    def is_due(self, units: Sequence[str], criteria: Sequence[str], on: date) -> bool:
        """Whether it answers on a day; without a line, always."""
        line = self.line(units, criteria)
        return line is None or line.due_from <= on


def path_of(unit: str, above: str = "") -> tuple[str, ...]:
    """A unit and those whose lines it has: the province it lies in, the country."""
    return tuple(dict.fromkeys((unit, above, COUNTRY) if above else (unit, COUNTRY)))


def parse_roadmap(document: Mapping[str, Any]) -> list[Wanted]:
    """Read a file. A line names its ``framework``, ``criterion`` (a group or the whole: the framework's code), ``unit`` (none:
    the country), the day ``from`` which it is due, and its ``basis`` where it is not the file's.

    :raises BadRoadmap: naming the line.
    """
    found: dict[tuple[str, str, str], Wanted] = {}
    try:
        lines = list(document["lines"])
    except (KeyError, TypeError):
        raise _bad("tệp không có lines", "the file has no lines") from None
    for number, line in enumerate(lines, 1):
        try:
            framework = str(line["framework"])
            day = date.fromisoformat(line["from"]) if line["from"] is not None else None
            wanted = Wanted(
                framework, str(line.get("criterion") or framework), str(line.get("unit", COUNTRY)), day,
                str(line.get("basis") or document.get("basis") or "").strip(),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _bad(f"dòng {number}: {error}", f"line {number}: {error}") from None
        key = wanted.framework, wanted.criterion, wanted.unit
        if key in found:
            raise _bad(f"dòng {number} nói lại điều đã có", f"line {number} repeats another")
        found[key] = wanted
    return list(found.values())


def require_founded(basis: str, reason: str) -> tuple[str, str]:
    """Both as they are kept.

    :raises BadRoadmap: one is missing.
    """
    basis, reason = basis.strip(), reason.strip()
    if not basis:
        raise _bad("thiếu căn cứ, số văn bản", "its legal basis is missing")
    if not reason:
        raise _bad("thiếu lý do", "its reason is missing")
    return basis, reason


def _bad(problem: str, problem_en: str) -> BadRoadmap:
    return BadRoadmap(problem=problem, problem_en=problem_en)
