"""Comparing a source with the trusted one: what differs, and what kind of difference it is."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, ClassVar
from uuid import UUID

from lienthong.kernel.errors import Refusal
from lienthong.kernel.text import spelling_key

CHECKS = "quality-checks"
"""The register in which every assessed record says how good it is: what indicators of quality are computed from."""
CHECKER = "quality"
IDENTIFYING_SHARE = 0.5
"""A field tells records apart when at least this share of its trusted values is distinct. Only such a field can be swapped:
a record whose kind is "commune" has not been given another record's kind, there are just many communes."""


def agreement_code(register: str) -> str:
    """The code of a register's own indicator of agreement."""
    return f"agreement-{register}"


class Class(StrEnum):
    """What kind of difference a row shows, gravest first."""

    MISSING = "missing"
    EXTRA = "extra"
    SWAPPED = "swapped"
    CHANGED = "changed"
    OUTDATED = "outdated"
    SPELLING = "spelling"

    @property
    def is_error(self) -> bool:
        """Whether a fact is wrong. Another spelling states the same fact; an outdated value was true before its date."""
        return self not in (Class.SPELLING, Class.OUTDATED)

    @property
    def vi(self) -> str:
        return _NAMES[self][0]

    @property
    def en(self) -> str:
        return _NAMES[self][1]


_NAMES = {
    Class.MISSING: ("thiếu", "missing"),
    Class.EXTRA: ("thừa", "extra"),
    Class.SWAPPED: ("hoán đổi", "swapped"),
    Class.CHANGED: ("sai khác", "changed"),
    Class.OUTDATED: ("lỗi thời", "outdated"),
    Class.SPELLING: ("cách viết", "spelling"),
}


class State(StrEnum):
    """The life of a discrepancy; it ends when the trusted source and the mended one are seen to agree."""

    OPEN = "open"
    ASSIGNED = "assigned"
    FIXED = "fixed"
    VERIFIED = "verified"

    @property
    def vi(self) -> str:
        return {"open": "mới", "assigned": "đã giao", "fixed": "đã sửa", "verified": "đã xác nhận"}[self.value]

    @property
    def en(self) -> str:
        return self.value


class Dimension(StrEnum):
    """What quality is measured by: "đúng, đủ, sạch, sống" of Regulation 05-QĐ/BCĐTW, and one more that newer plans add.

    A register weighs them as it needs; a rule of any kind may count towards any of them.
    """

    CORRECT = "correct"
    COMPLETE = "complete"
    CLEAN = "clean"
    LIVE = "live"
    CONSISTENT = "consistent"

    @property
    def vi(self) -> str:
        return _DIMENSIONS[self][0]

    @property
    def en(self) -> str:
        return _DIMENSIONS[self][1]


_DIMENSIONS = {
    Dimension.CORRECT: ("Đúng", "Correct"),
    Dimension.COMPLETE: ("Đủ", "Complete"),
    Dimension.CLEAN: ("Sạch", "Clean"),
    Dimension.LIVE: ("Sống", "Live"),
    Dimension.CONSISTENT: ("Thống nhất", "Consistent"),
}

FAILS = {
    Class.MISSING: Dimension.COMPLETE,
    Class.EXTRA: Dimension.CORRECT,
    Class.SWAPPED: Dimension.CORRECT,
    Class.CHANGED: Dimension.CORRECT,
    Class.OUTDATED: Dimension.LIVE,
    Class.SPELLING: Dimension.CLEAN,
}
"""Which dimension a kind of difference counts against."""

Rows = Mapping[str, Mapping[str, Any]]
Rule = Callable[[Rows, Mapping[str, Any]], Iterable[str]]


def _filled(rows: Rows, rule: Mapping[str, Any]) -> Iterator[str]:
    """Every named field has a value."""
    return (key for key, row in rows.items() if any(row.get(field) in (None, "") for field in rule["fields"]))


def _unique(rows: Rows, rule: Mapping[str, Any]) -> Iterator[str]:
    """No two records share the values of the named fields, spelling apart."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for key, row in rows.items():
        groups.setdefault(tuple(_same(row.get(field)) for field in rule["fields"]), []).append(key)
    return (key for keys in groups.values() if len(keys) > 1 for key in keys)


def _ordered(rows: Rows, rule: Mapping[str, Any]) -> Iterator[str]:
    """The values of the named fields do not fall: a beginning is not after its end."""
    for key, row in rows.items():
        values = [row[field] for field in rule["fields"] if row.get(field) not in (None, "")]
        if any(earlier > later for earlier, later in pairwise(values)):
            yield key


def _known(rows: Rows, rule: Mapping[str, Any]) -> Iterator[str]:
    """The named field holds the key of another record of the register, or nothing."""
    field = rule["field"]
    return (key for key, row in rows.items() if row.get(field) not in (None, "") and str(row[field]) not in rows)


RULES: dict[str, Rule] = {"filled": _filled, "unique": _unique, "ordered": _ordered, "known": _known}
"""Rules that a register's declaration can name (``{"check": "filled", "dimension": "complete", "fields": […]}``); a new
kind of rule is one more function here."""


def failing(rows: Rows, rules: Iterable[Mapping[str, Any]]) -> dict[str, set[Dimension]]:
    """By key, the dimensions in which a record breaks a declared rule.

    :raises UnknownRule: a declaration names a rule or dimension that is not there.
    """
    found: dict[str, set[Dimension]] = {}
    for rule in rules:
        try:
            check, dimension = RULES[rule["check"]], Dimension(rule["dimension"])
        except (KeyError, ValueError) as error:
            raise UnknownRule(rule=str(dict(rule)), known=", ".join(RULES)) from error
        for key in check(rows, rule):
            found.setdefault(key, set()).add(dimension)
    return found


def index(failed: Iterable[Dimension], weights: Mapping[str, float]) -> float:
    """The quality index of one record: the weight of the dimensions it does not fail, 1 at best (DQI = Σ wᵢ·dimᵢ)."""
    weight = {dimension: float(weights.get(dimension.value, 0 if weights else 1)) for dimension in Dimension}
    total = sum(weight.values())
    return round(1 - sum(weight[dimension] for dimension in set(failed)) / total, 6) if total else 1.0


class UnknownRule(Refusal):
    code: ClassVar[str] = "quality.unknown_rule"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Không có quy tắc chất lượng {rule}. Các quy tắc có sẵn: {known}."
    en: ClassVar[str] = "There is no quality rule {rule}. The rules there are: {known}."


class NotComparable(Refusal):
    code: ClassVar[str] = "quality.not_comparable"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Không so sánh được {register}: cần một nguồn tin cậy và một nguồn khác nó."
    en: ClassVar[str] = "{register} cannot be compared: it takes a trusted source and another one."


@dataclass(frozen=True)
class Difference:
    """One field of one record that differs."""

    field: str
    trusted: Any
    other: Any
    kind: Class
    until: date | None = None
    """For an outdated value: the day on which it stopped being true."""


@dataclass(frozen=True)
class RowDifference:
    """One record on which two sources disagree. Counted once, under its gravest difference."""

    key: str
    kind: Class
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Former:
    """A value that was true of a record before a date."""

    value: Any
    until: date


@dataclass(frozen=True)
class Discrepancy:
    """A stored disagreement and how far its mending is."""

    id: UUID
    register: str
    source: str
    key: str
    title: str
    territory: str
    kind: Class
    state: State
    differences: tuple[Mapping[str, Any], ...]
    agency_code: str
    opened_at: datetime
    assigned_at: datetime | None
    fixed_at: datetime | None
    verified_at: datetime | None
    trusted_version: int | None
    other_version: int | None
    fixed_version: int | None


def compare(
    trusted: Mapping[str, Mapping[str, Any]],
    other: Mapping[str, Mapping[str, Any]],
    *,
    fields: Sequence[str],
    former: Mapping[tuple[str, str], Sequence[Former]] | None = None,
) -> Iterator[RowDifference]:
    """Every record on which ``other`` disagrees with ``trusted``, by key.

    :param fields: the fields to compare; those that ``other`` never tells are left out.
    :param former: per (key, field), the values that were true before a date.
    """
    # A field that the source never tells is not compared; one it leaves empty in some rows is.
    told = set().union(*(row.keys() for row in other.values()))
    fields = [field for field in fields if field in told]
    holders = {field: _holders(trusted, field) for field in fields}
    for key in sorted(trusted.keys() | other.keys()):
        if key not in other:
            yield RowDifference(key, Class.MISSING)
        elif key not in trusted:
            yield RowDifference(key, Class.EXTRA)
        elif differences := tuple(_differences(key, trusted[key], other[key], fields, holders, former or {})):
            # Field by field, swapped weighs most: its neighbours differ because the record is another one.
            yield RowDifference(key, min((item.kind for item in differences), key=list(Class).index), differences)


def _differences(
    key: str,
    trusted: Mapping[str, Any],
    other: Mapping[str, Any],
    fields: Iterable[str],
    holders: Mapping[str, Mapping[str, set[str]] | None],
    former: Mapping[tuple[str, str], Sequence[Former]],
) -> Iterator[Difference]:
    for field in fields:
        right, given = trusted.get(field), other.get(field)
        if right == given or (right in (None, "") and given in (None, "")):
            continue
        said = _same(given)
        past = next((value for value in former.get((key, field), ()) if _same(value.value) == said), None)
        if said == _same(right):
            yield Difference(field, right, given, Class.SPELLING)
        elif past is not None:
            yield Difference(field, right, given, Class.OUTDATED, past.until)
        elif (known := holders[field]) is not None and known.get(said, set()) - {key}:
            yield Difference(field, right, given, Class.SWAPPED)
        else:
            yield Difference(field, right, given, Class.CHANGED)


def _same(value: Any) -> str:
    return spelling_key(value) if isinstance(value, str) else repr(value)


def _holders(trusted: Mapping[str, Mapping[str, Any]], field: str) -> dict[str, set[str]] | None:
    """Which keys hold each value of an identifying field; none when the field does not tell records apart."""
    found: dict[str, set[str]] = {}
    for key, payload in trusted.items():
        if payload.get(field) not in (None, ""):
            found.setdefault(_same(payload[field]), set()).add(key)
    filled = sum(map(len, found.values()))
    return found if filled and len(found) / filled >= IDENTIFYING_SHARE else None


def counts(rows: Iterable[RowDifference]) -> dict[str, int]:
    """Rows per class, every class named."""
    found = Counter(row.kind for row in rows)
    return {kind.value: found[kind] for kind in Class}
