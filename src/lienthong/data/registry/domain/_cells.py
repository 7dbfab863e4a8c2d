"""Cells of a file as values of a record: dates and numbers as Vietnamese write them, and why a cell is refused."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

from lienthong.data.registry.domain._declaration import Declaration
from lienthong.kernel.errors import Refusal
from lienthong.kernel.text import fold, nfc


class BadFile(Refusal):
    code: ClassVar[str] = "registry.bad_file"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = (
        "Không đọc được tệp {name}: {problem}. Nhận CSV, Excel (.xlsx, .xls, .ods), JSON Lines và Parquet."
    )
    en: ClassVar[str] = "The file {name} cannot be read: {problem_en}. CSV, Excel, JSON lines and Parquet are taken."


class WrongColumns(Refusal):
    code: ClassVar[str] = "registry.wrong_columns"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = (
        "Tệp thiếu cột {missing}. Các cột có trong tệp: {found}. Đặt tên cột theo mã trường hoặc tên trường của cơ sở dữ liệu."
    )
    en: ClassVar[str] = (
        "The file lacks the column {missing}. Its columns are: {found}. Name columns by the register's field codes or titles."
    )


@dataclass(frozen=True)
class Refused:
    """One cell for which a row was refused: row number in the file (the first data row is 2 under a heading), column,
    value and reason."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class ColumnPlan:
    """How one column of a file is read: into which field, by which kind."""

    position: int
    field: str
    kind: str
    read: Callable[[Any], Any]


def match_columns(headers: Sequence[str], declaration: Declaration) -> dict[int, str]:
    """Which field each column is: by the field's code or its title, tone marks and case apart. Other columns are left out.

    :raises WrongColumns: a required field has no column.
    """
    properties = declaration.schema.get("properties", {})
    names = {fold(str(item.get("title") or name)): name for name, item in properties.items()}
    names |= {fold(name): name for name in properties}
    found: dict[int, str] = {}
    for position, header in enumerate(headers):
        field = names.get(fold(str(header)))
        if field and field not in found.values():
            found[position] = field
    if missing := [name for name in declaration.schema.get("required", ()) if name not in found.values()]:
        raise WrongColumns(missing=", ".join(missing), found=", ".join(map(str, headers)) or "–")
    return found


def plan_columns(headers: Sequence[str], declaration: Declaration, *, decimal_comma: bool) -> list[ColumnPlan]:
    """How every used column is read.

    :raises WrongColumns: a required field has no column.
    """
    properties = declaration.schema.get("properties", {})
    plans = []
    for position, field in match_columns(headers, declaration).items():
        kind = _kind(properties[field])
        plans.append(ColumnPlan(position, field, kind, _reader(kind, decimal_comma)))
    return plans


def _kind(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type", "string" if not _has_numbers(schema.get("enum", ())) else "number")
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    kind = next((item for item in kinds if item != "null"), "string")
    return schema["format"] if kind == "string" and schema.get("format") in ("date", "date-time") else kind


def _has_numbers(values: Iterable[Any]) -> bool:
    return any(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def read_cell(value: Any, kind: str, *, decimal_comma: bool = False) -> Any:
    """A cell as a value of a kind; nothing for an empty cell. What cannot be understood stays as it is, for the schema
    to refuse."""
    return _reader(kind, decimal_comma)(value)


@lru_cache(maxsize=32)
def _reader(kind: str, decimal_comma: bool) -> Callable[[Any], Any]:
    read = {
        "integer": _integer, "number": _number_comma if decimal_comma else _number, "boolean": _boolean,
        "date": _date, "date-time": _moment,
    }.get(kind)  # fmt: skip
    if read is None:
        return _text

    def reader(value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip()
        # What is not equal to itself is how tables of numbers write an empty cell.
        return None if value is None or value == "" or value != value else read(value)

    return reader


def _text(value: Any) -> Any:
    if isinstance(value, str):
        if value.isascii() and value.isprintable():
            return value.strip() or None
        return (_clean(value) if len(value) < 200 else nfc(value)) or None
    if value is None or isinstance(value, bool | list | dict):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float):
        # A spreadsheet keeps every number as a decimal one: 12.0 was typed as 12.
        return None if math.isnan(value) else str(int(value)) if value.is_integer() else str(value)
    return str(value)


@lru_cache(maxsize=65536)
def _clean(value: str) -> str:
    return nfc(value)


_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+")
_COMMA = re.compile(r"[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+),[0-9]+")
_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_VIETNAMESE = re.compile(rf"{_COMMA.pattern}|[+-]?[0-9]{{1,3}}(\.[0-9]{{3}}){{2,}}")
_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")


def _integer(value: Any) -> Any:
    if isinstance(value, str):
        plain = value.replace(".", "") if _GROUPED.fullmatch(value) else value
        return int(plain) if _WHOLE.fullmatch(plain) and len(plain) < 19 else value
    is_whole = isinstance(value, float | Decimal) and abs(value) < 10**18 and value == int(value)
    return int(value) if is_whole else value


def _number(value: Any) -> Any:
    if isinstance(value, str):
        return _finite(value, value) if _PLAIN.fullmatch(value) else _number_comma(value)
    return _number_comma(value)


def _number_comma(value: Any) -> Any:
    if isinstance(value, str):
        is_number = _COMMA.fullmatch(value) or _GROUPED.fullmatch(value) or _WHOLE.fullmatch(value)
        return _finite(value.replace(".", "").replace(",", "."), value) if is_number else value
    return _finite(value, str(value)) if isinstance(value, float | Decimal) else value


def _finite(number: str | float | Decimal, otherwise: str) -> float | str:
    """JSON has no infinite number."""
    return result if math.isfinite(result := float(number)) else otherwise


_YES, _NO = {"true", "1", "x", "co", "yes", "dung"}, {"false", "0", "khong", "no", "sai"}


def _boolean(value: Any) -> Any:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return value
    word = fold(_text(value) or "")
    return True if word in _YES else False if word in _NO else value


@lru_cache(maxsize=65536)
def _day_text(value: str) -> str:
    if match := _DAY.fullmatch(value):
        day, month, year = map(int, match.groups())
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return value
    return value


def _date(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return _day_text(value) if isinstance(value, str) else value


def _moment(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def decimal_comma_in(rows: Iterable[Sequence[Any]], headers: Sequence[str], declaration: Declaration) -> bool:
    """Whether a file writes decimals with a comma and thousands with dots: one such number in a column of numbers is proof.

    :raises WrongColumns: a required field has no column.
    """
    plans = plan_columns(headers, declaration, decimal_comma=False)
    places = [plan.position for plan in plans if plan.kind in ("number", "integer")]
    return any(
        isinstance(row[place], str) and _VIETNAMESE.fullmatch(row[place].strip())
        for row in rows
        for place in places
        if place < len(row)
    )


def retell(value: Any) -> str:
    """A refused value as the file of refusals shows it: short, and never a formula to a spreadsheet."""
    text = "" if value is None else str(value)
    text = text[:500].replace("\x00", "␀")  # which PostgreSQL keeps in no text
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
