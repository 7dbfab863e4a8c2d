"""Cells as Vietnamese write them: days, numbers, yes and no."""

import math
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lienthong.data.registry import domain, testing

DECLARATION = domain.Declaration.parse(testing.DOCUMENT)
KINDS = st.sampled_from(["string", "integer", "number", "boolean", "date", "date-time", "array"])
days = st.dates(date(1000, 1, 1))
numbers = st.decimals(-(10**12), 10**12, places=2).map(float)
anything = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=9)
    | st.datetimes() | st.dates() | st.times() | st.decimals().filter(lambda number: not number.is_snan())
    | st.lists(st.integers(), max_size=2) | st.dictionaries(st.text(), st.none(), max_size=1)
)  # fmt: skip


@given(days, st.sampled_from("/-."), st.booleans())
def test_a_day_is_read_day_first_with_or_without_leading_zeros(day, sign, padded):
    told = f"{day:%d{sign}%m{sign}}{day.year}" if padded else f"{day.day}{sign}{day.month}{sign}{day.year}"
    assert domain.read_cell(told, "date") == day.isoformat()
    assert domain.read_cell(f"  {told} ", "date") == day.isoformat()


@given(days)
def test_a_day_by_iso_8601_or_from_a_spreadsheet_stays_that_day(day):
    for told in (day, day.isoformat(), datetime(day.year, day.month, day.day)):
        assert domain.read_cell(told, "date") == day.isoformat()


@pytest.mark.parametrize(
    "told", ["31/02/2026", "13/13/2026", "1/2/26", "2026/1/2", "hôm nay", "00/00/0000", "²/1/2026"]
)
def test_a_day_that_is_none_stays_as_it_is_and_is_refused(told):
    assert domain.read_cell(told, "date") == told
    assert DECLARATION.problems(testing.person(1, born=told))


def vietnamese(number: float, *, dots: bool) -> str:
    whole, _, rest = f"{abs(number):,.2f}".partition(".")
    return ("-" if number < 0 else "") + whole.replace(",", "." if dots else "") + "," + rest


@given(numbers, st.booleans(), st.booleans())
def test_a_decimal_comma_with_or_without_dots_between_thousands(number, dots, comma):
    assert domain.read_cell(vietnamese(number, dots=dots), "number", decimal_comma=comma) == number


@given(st.integers(-(10**12), 10**12))
def test_a_whole_number_may_have_dots_between_thousands(number):
    assert domain.read_cell(str(number), "integer") == number
    assert domain.read_cell(f"{number:,}".replace(",", "."), "integer") == number
    assert domain.read_cell(float(number), "integer") == number
    assert domain.read_cell(Decimal(number), "integer") == number


@given(st.floats(allow_nan=False, allow_infinity=False).map(lambda number: round(number, 3)))
def test_a_decimal_point_is_read_where_the_file_has_no_decimal_comma(number):
    assert domain.read_cell(repr(number), "number") == number


def test_a_dot_before_three_digits_is_what_the_file_shows_it_to_be():
    assert domain.read_cell("1.234", "number", decimal_comma=False) == 1.234
    assert domain.read_cell("1.234", "number", decimal_comma=True) == 1234
    assert domain.read_cell("1.5", "number", decimal_comma=True) == "1.5"


@pytest.mark.parametrize(
    ("rows", "comma"),
    [
        ([["999000000001", "12,5"]], True),
        ([["999000000001", "1.234.567"]], True),
        ([["999000000001", "1.234"]], False),
        ([["12,5", "1.5"]], False),
        ([["999000000001"], []], False),
    ],
)
def test_a_decimal_comma_is_proven_by_a_column_of_numbers_alone(rows, comma):
    assert domain.decimal_comma_in([["x", *row] for row in rows], ["name", "id", "income"], DECLARATION) is comma


@pytest.mark.parametrize(
    "told", ["²", "+-5", "1,2,3", "1.23.456", "1e999", "٣", "1 000", "--1", "9" * 400, "NaN", "inf"]
)
def test_what_is_no_number_stays_as_it_is_and_is_refused(told):
    for kind, field in (("integer", "children"), ("number", "income")):
        for comma in (False, True):
            value = domain.read_cell(told, kind, decimal_comma=comma)
            assert value == told or kind == "number"
            if value == told:
                assert DECLARATION.problems(testing.person(1, **{field: value}))
    assert domain.read_cell(told, "integer") == told


@pytest.mark.parametrize(
    ("told", "value"),
    [
        *((yes, True) for yes in ("có", "CÓ", "Đúng", "x", "X", "1", 1, 1.0, "true", "TRUE", "yes", True, " có ")),
        *((no, False) for no in ("không", "Khong", "sai", "0", 0, 0.0, "false", "no", False)),
        *((unknown, unknown) for unknown in ("có thể", "2", "chưa rõ", [1])),
    ],
)
def test_yes_and_no_in_vietnamese(told, value):
    assert domain.read_cell(told, "boolean") == value
    assert isinstance(domain.read_cell(told, "boolean"), type(value))


@given(KINDS, st.sampled_from([None, "", "  ", math.nan]))
def test_an_empty_cell_is_nothing(kind, cell):
    assert domain.read_cell(cell, kind) is None


def test_text_is_composed_without_layout_and_numbers_typed_as_text_lose_no_digit():
    assert domain.read_cell("  Nguye\u0302\u0303n \t Văn\u00a0An ", "string") == "Nguyễn Văn An"
    assert domain.read_cell("a\tb\r\nc", "string") == "a b c"
    assert domain.read_cell("Phường  Tân An", "string") == "Phường  Tân An"
    assert domain.read_cell(999000000001.0, "string") == "999000000001"
    assert domain.read_cell(12.5, "string") == "12.5"


@given(anything, KINDS, st.booleans())
@example("1e999", "number", False)
@example(10**40, "integer", False)
@example(math.inf, "number", True)
@example(Decimal("NaN"), "number", False)
@example("\x00", "string", False)
@example("\\u0000", "string", False)
@example(b"\xff", "array", False)
def test_any_cell_is_either_stored_as_json_or_refused_with_a_reason(value, kind, comma):
    read = domain.read_cell(value, kind, decimal_comma=comma)
    loose = domain.Declaration.parse(
        testing.DOCUMENT | {"schema": {"required": ["id"], "properties": {"id": {}, "name": {}, "commune": {}}}}
    )
    payload = {"id": "999000000001", "name": read}
    written, problems = loose.written(payload), loose.problems(payload)
    assert (written is None) == bool(problems)
    for _, told, reason in problems:
        assert reason
        assert "\x00" not in domain.retell(told)


@given(st.text())
def test_a_refused_value_is_never_a_formula_and_never_long(text):
    told = domain.retell(text)
    assert not told.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert len(told) <= 501


def test_columns_are_known_by_code_or_title_without_tone_marks_or_case():
    assert domain.match_columns(["HO VA TEN", "so dinh danh", "Ghi chú", "income"], DECLARATION) == {
        0: "name", 1: "id", 3: "income",
    }  # fmt: skip


def test_missing_columns_are_all_named_in_one_sentence():
    with pytest.raises(domain.WrongColumns) as refusal:
        domain.match_columns(["Ghi chú", "Thu nhập"], DECLARATION)
    assert refusal.value.text("vi").startswith("Tệp thiếu cột id, name. Các cột có trong tệp: Ghi chú, Thu nhập.")
    assert "lacks the column id, name" in refusal.value.text("en")


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"record_key": "nothing"}, "nothing is not among"),
        ({"record_key": "commune"}, "must be required"),
        ({"valid_from": "name"}, "format date"),
        ({"valid_from": "nothing"}, "nothing is not among"),
        ({"sharing": "secret"}, "secret"),
        ({"unknown": 1}, "unknown"),
        ({"sources": [{"key": "a", "name": "A"}]}, "exactly one source"),
        ({"schema": {"type": "nonsense"}}, "nonsense"),
    ],
)
def test_a_declaration_that_cannot_work_is_refused_by_name(change, part):
    with pytest.raises(domain.BadDeclaration) as refusal:
        domain.Declaration.parse(testing.DOCUMENT | change)
    assert part in refusal.value.text("vi")


@pytest.mark.parametrize("key", ["", "9" * 401])
def test_a_key_that_no_index_could_hold_is_refused(key):
    loose = domain.Declaration.parse(
        testing.DOCUMENT | {"schema": {"required": ["id"], "properties": {"id": {}, "name": {}, "commune": {}}}}
    )
    assert loose.problems({"id": key})
