"""Comparing a source with the trusted one: what differs, and what kind of difference it is."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from lienthong.kernel.errors import Refusal
from lienthong.kernel.text import spelling_key

IDENTIFYING_SHARE = 0.5
"""A field tells records apart when at least this share of its trusted values is distinct. Only such a field can be swapped:
a record whose kind is "commune" has not been given another record's kind, there are just many communes."""


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

    :param fields: the fields that both tell.
    :param former: per (key, field), the values that were true before a date.
    """
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
        if field not in other or right == given or (right in (None, "") and given in (None, "")):
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
