"""What an indicator is, and how it is declared."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from lienthong.kernel.errors import Refusal

COUNTRY = ""
"""The territory code of the whole country."""


class BadIndicator(Refusal):
    code: ClassVar[str] = "warehouse.bad_indicator"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Khai báo chỉ tiêu {code} chưa đúng: {problem}. Xem docs/how-to/add-an-indicator.md."
    en: ClassVar[str] = (
        "The declaration of indicator {code} is not right: {problem}. See docs/how-to/add-an-indicator.md."
    )


class UnknownIndicator(Refusal):
    code: ClassVar[str] = "warehouse.unknown_indicator"
    status: ClassVar[int] = 404
    vi: ClassVar[str] = "Không có chỉ tiêu {code}. Xem danh sách tại /boards."
    en: ClassVar[str] = "There is no indicator {code}. The list is at /boards."


class UnknownPart(Refusal):
    code: ClassVar[str] = "warehouse.unknown_part"
    status: ClassVar[int] = 404
    vi: ClassVar[str] = "Chỉ tiêu {code} không được tính riêng theo {by}."
    en: ClassVar[str] = "The indicator {code} is not kept apart by {by}."


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"


class Level(StrEnum):
    """How a value stands against its thresholds."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NONE = "none"


class Every(StrEnum):
    """Kinds of periods: ``""`` all the time there is, ``2026-03``, ``2026-W12`` (ISO 8601)."""

    ALL = "all"
    MONTH = "month"
    WEEK = "week"


SAID = frozenset({"name", "definition", "also_called", "unit", "digits", "section"})
"""What a declaration says of an indicator without changing what is counted or when it is watched."""
LIMITS = frozenset({"amber", "red", "signals"})
"""What changes when it is watched alone."""


def counted(document: Mapping[str, Any]) -> dict[str, Any]:
    """What of a declaration its numbers depend on."""
    return {key: value for key, value in document.items() if key not in SAID | LIMITS}


FIELD = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


def territory_level(code: str) -> str:
    """``country``, ``province`` or ``commune``, by the length of the statistics office's code."""
    return {0: "country", 2: "province"}.get(len(code), "commune")


@dataclass(frozen=True)
class Condition:
    """Rows that count: a field that equals a value, or is among several."""

    field: str
    among: tuple[Any, ...]


@dataclass(frozen=True)
class Measure:
    """What one row gives: one, or the number in a field; only if it meets the conditions."""

    of: str = ""
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Indicator:
    """One declared indicator; docs/how-to/add-an-indicator.md describes every field."""

    code: str
    name: Mapping[str, str]
    definition: Mapping[str, str]
    unit: str
    register: str
    direction: Direction
    numerator: Measure
    denominator: Measure | None = None
    where: tuple[Condition, ...] = ()
    scale: int = 1
    digits: int = 0
    period: str = ""
    """A date field that says when the row counts; empty: it counts in the present state alone."""
    every: tuple[Every, ...] = ()
    """In which kinds of periods a row counts."""
    amber: Decimal | None = None
    red: Decimal | None = None
    section: str = ""
    """The part of the boards it is shown in."""
    by: tuple[str, ...] = ()
    """Fields by whose values its cells of the country and the provinces are kept apart as well (channel, procedure, sector)."""
    signals: tuple[str, ...] = ("country", "province")
    """At which levels of territory a crossed threshold raises a signal."""
    stock: str = ""
    """The field that says how many a row tells of, where it tells what stands at the end of a day: behind a number of a period
    stand as many as on its mean day. Empty: a row is one."""
    also_called: tuple[str, ...] = ()
    """What people call it beside its name, in Vietnamese: how a question about it is known."""

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "Indicator":
        """Read a declaration.

        :raises BadIndicator: naming what is wrong.
        """
        code = str(document.get("code", "?"))
        try:
            return cls(
                **{
                    **document,
                    "direction": Direction(document["direction"]),
                    "numerator": _measure(document["numerator"]),
                    "denominator": _measure(document["denominator"])
                    if document.get("denominator") is not None
                    else None,
                    "where": _conditions(document.get("where", {})),
                    "signals": tuple(document.get("signals", ("country", "province"))),
                    "also_called": _names(document.get("also_called", [])),
                    "every": _every(document),
                    "by": _fields(document.get("by", ())),
                    "stock": "".join(_fields([document["stock"]] if document.get("stock") else [])),
                    "amber": Decimal(str(document["amber"])) if document.get("amber") is not None else None,
                    "red": Decimal(str(document["red"])) if document.get("red") is not None else None,
                }
            )
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise BadIndicator(code=code, problem=str(error)) from error

    @property
    def is_watched(self) -> bool:
        """Whether a value of it can raise a signal."""
        return bool(self.signals) and (self.amber is not None or self.red is not None)

    def value(self, numerator: Decimal, denominator: Decimal, rows: int) -> Decimal | None:
        """The value of a cell; none where there is nothing to divide by. A count without rows is 0."""
        if self.denominator is None:
            return numerator * self.scale
        return numerator * self.scale / denominator if denominator else None

    def level(self, value: Decimal | None) -> Level:
        """How the value stands against the thresholds; at a threshold counts as beyond it only when worse."""
        if value is None or (self.amber is None and self.red is None):
            return Level.NONE
        worse = (lambda limit: value < limit) if self.direction is Direction.UP else (lambda limit: value > limit)
        if self.red is not None and worse(self.red):
            return Level.RED
        if self.amber is not None and worse(self.amber):
            return Level.AMBER
        return Level.GREEN


def _every(document: Mapping[str, Any]) -> tuple[Every, ...]:
    dated = bool(document.get("period"))
    chosen = tuple(Every(item) for item in document.get("every", [Every.MONTH if dated else Every.ALL]))
    if not dated and chosen != (Every.ALL,):
        raise ValueError("without a date field a row counts in all time only")
    if dated and not FIELD.match(document["period"]):
        raise ValueError(f"{document['period']} is not a field name")
    return chosen


def _names(document: Any) -> tuple[str, ...]:
    if not isinstance(document, list) or not all(isinstance(item, str) and item.strip() for item in document):
        raise ValueError("also_called is a list of names")
    return tuple(document)


def _fields(names: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        if not FIELD.match(name):
            raise ValueError(f"{name} is not a field name")
    return tuple(names)


def _measure(document: Any) -> Measure:
    if isinstance(document, str):
        document = {"of": document}
    of = document.get("of", "")
    if of and not FIELD.match(of):
        raise ValueError(f"{of} is not a field name")
    return Measure(of=of, where=_conditions(document.get("where", {})))


def _conditions(document: Mapping[str, Any]) -> tuple[Condition, ...]:
    for field in document:
        if not FIELD.match(field):
            raise ValueError(f"{field} is not a field name")
    return tuple(
        Condition(field, tuple(value) if isinstance(value, list) else (value,)) for field, value in document.items()
    )
