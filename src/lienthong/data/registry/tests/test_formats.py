"""Files of every form become the same records; what is no file of people is refused in a sentence and changes nothing unseen."""

import csv
import io
import tracemalloc
from datetime import date
from decimal import Decimal

import orjson
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lienthong.data.registry import adapters, domain, testing

from ._workbooks import xlsx, xlsx_of

COLUMNS = ("id", "name", "born", "commune", "children", "income", "insured")
PEOPLE = [
    testing.person(1, name="Trần Thị Bình", born="1990-02-01", commune="00123", children=2, income=12345.5, insured=True),
    testing.person(2, name='Lê "Tư" An; Bình, Chi|Dũng', born="1955-12-31", children=0, income=0.0, insured=False),
    testing.person(3, name="Phạm xuống dòng"),
    testing.person(4, name="Ngô Văn Bốn", born="2000-02-29", commune="26368", children=12, income=1234567.0, insured=True),
]  # fmt: skip


def typed(row: dict, *, newline: bool = True) -> list:
    """A person's cells as someone types them."""
    cells = dict.fromkeys(COLUMNS, "") | row
    if row.get("born"):
        cells["born"] = date.fromisoformat(row["born"]).strftime("%d/%m/%Y")
    if "income" in row:
        cells["income"] = f"{row['income']:,.1f}".translate(str.maketrans(",.", ".,"))
    if "insured" in row:
        cells["insured"] = "có" if row["insured"] else "không"
    return [str(cell).replace("xuống dòng", "xuống\ndòng") if newline else str(cell) for cell in cells.values()]


def delimited(sign: str, *, ends: str = "\r\n") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=sign, lineterminator=ends)
    writer.writerow(testing.HEADINGS.values())
    writer.writerows(map(typed, PEOPLE))
    return text.getvalue().encode()


def workbook() -> bytes:
    rows = [list(testing.HEADINGS.values())]
    for person in PEOPLE:
        cells = dict.fromkeys(COLUMNS) | person
        cells["born"] = cells["born"] and date.fromisoformat(cells["born"])
        rows.append(list(cells.values()))
    return xlsx(rows)


def parquet_file(**how) -> bytes:
    file = io.BytesIO()
    columns = {name: [person.get(name) for person in PEOPLE] for name in COLUMNS}
    columns["born"] = [day and date.fromisoformat(day) for day in columns["born"]]
    columns["income"] = [None if value is None else Decimal(str(value)) for value in columns["income"]]
    columns["name"] = pa.array([name.encode() for name in columns["name"]], pa.binary())
    columns["commune"] = pa.array(columns["commune"]).dictionary_encode()
    parquet.write_table(pa.table(columns), file, **how)
    return file.getvalue()


FORMS = {
    "commas": delimited(","),
    "semicolons": delimited(";"),
    "tabs": delimited("\t"),
    "bars": delimited("|", ends="\n"),
    "no last line end": delimited(",").rstrip(b"\r\n"),
    "empty lines": delimited(",").replace(b"\r\n999", b"\r\n\r\n,,,,,,\r\n999"),
    "empty lines first": b"\n\n" + delimited(","),
    "workbook": workbook(),
    "json lines": b"\n".join(map(orjson.dumps, PEOPLE)),
    "json lines with empty ones": b"\n\n".join(map(orjson.dumps, PEOPLE)) + b"\n\n",
    "parquet": parquet_file(),
    "parquet of small groups": parquet_file(row_group_size=1, compression="zstd"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_records(people, form):
    job = testing.take_in(FORMS[form], name="tệp.bin")
    assert (job.state, job.new, job.refused) == (domain.ImportState.DONE, len(PEOPLE), 0), testing.refusals(job)
    assert list(testing.stored().values()) == PEOPLE


def test_all_forms_told_one_after_the_other_change_nothing(people):
    for form, content in FORMS.items():
        job = testing.take_in(content)
        assert (job.changed, job.new) == (0, len(PEOPLE) if form == "commas" else 0)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(cells, cells, cells), max_size=30), st.sampled_from(",;\t"), st.booleans())
def test_cells_are_split_as_pythons_own_reader_splits_them(tmp_path, rows, delimiter, ends):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("số", "họ", "tên"), *rows])
    file = tmp_path / "cells.csv"
    file.write_text(text.getvalue() if ends else text.getvalue().rstrip("\n"), "utf-8", newline="")
    table = adapters.open_table(file, "cells.csv")
    read = [
        (number, *row)
        for batch in table.batches()
        for number, *row in zip(batch.numbers, *batch.columns, strict=True)
        if not batch.broken
    ]
    if table.delimiter == delimiter:
        assert read == [(number, *row) for number, row in enumerate(rows, 2) if any(row)]


# --- what is refused --------------------------------------------------------------------------------------------------


def refused(content: bytes, part: str, **how) -> domain.Import:
    """The import of a file of which nothing is taken in."""
    job = testing.take_in(content, **how)
    assert job.state is domain.ImportState.FAILED
    assert part in job.problem_vi
    assert job.problem_en
    assert not testing.stored()
    return job


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf\n", b",,,\n,,,\n"])
def test_an_empty_file_is_refused(people, content):
    refused(content, "tệp rỗng")


@pytest.mark.parametrize("ends", [b"", b"\n", b"\r\n"])
def test_a_heading_alone_is_a_file_without_rows(people, ends):
    job = testing.take_in("Số định danh,Họ và tên".encode() + ends)
    assert (job.state, job.read, job.refused) == (domain.ImportState.DONE, 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        b"So dinh danh,Ngay sinh\n999000000001,1/1/2000\n",
        xlsx([["So dinh danh", "Ngay sinh"], ["999000000001", "1/1/2000"]]),
        b'{"So dinh danh": "999000000001", "Ngay sinh": "1/1/2000"}\n',
    ],
    ids=["csv", "workbook", "json lines"],
)
def test_a_missing_column_is_named_once_with_those_that_are_there(people, content):
    job = refused(content, "Tệp thiếu cột name.")
    assert "So dinh danh, Ngay sinh" in job.problem_vi
    assert not testing.refusals(job)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (workbook()[:-200], "tệp hỏng"),
        (workbook()[: len(workbook()) // 2], "tệp hỏng"),
        (parquet_file()[: len(parquet_file()) // 2], "tệp hỏng"),
        (parquet_file()[:-1], "tệp hỏng"),
        (b"PAR1" + b"x" * 900 + b"PAR1", "tệp hỏng"),
        (b"PK\x03\x04" + b"x" * 900, "tệp hỏng"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 900, "tệp hỏng"),
        (b"id,name\x00\n999000000001,An\n", "không phải tệp bảng"),
        (b"{nothing}\n{of json}\n", "không phải JSON"),
        (xlsx([]), "không có dòng nào"),
    ],
)
def test_a_broken_file_is_refused_whole(people, content, part):
    refused(content, part)


def test_a_parquet_file_that_breaks_in_the_middle_says_how_much_is_in(people, monkeypatch):
    monkeypatch.setattr(adapters, "BATCH", 2)
    content = bytearray(parquet_file(row_group_size=2, compression="zstd"))
    place = parquet.ParquetFile(io.BytesIO(bytes(content))).metadata.row_group(1).column(1).data_page_offset
    content[place : place + 40] = b"\xff" * 40
    job = testing.take_in(bytes(content))
    assert job.state is domain.ImportState.FAILED
    assert "2 dòng trước đó đã được nạp" in job.problem_vi
    assert len(testing.stored()) == job.read == 2


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        ("999000000002", "số ô khác"),
        ('999000000002,"Nguyễn Văn', "giữa một ô"),
        ('999000000002,"Nguyễn\nVăn', "giữa một ô"),
        ('"999000000002', "giữa một ô"),
        ("999000000002,Nguyễn,thừa", "số ô khác"),
    ],
)
def test_a_row_cut_in_the_middle_is_refused_and_those_before_it_are_in(people, last, reason):
    job = testing.take_in(f"Số định danh,Họ và tên\n999000000001,Nguyễn Văn An\n{last}".encode())
    assert (job.state, job.new, job.refused) == (domain.ImportState.DONE, 1, 1)
    (cell,) = testing.refusals(job)
    assert (cell.row, cell.column) == (3, "*")
    assert reason in cell.reason
    assert cell.value.startswith(last[:12].strip('"')) or cell.value.startswith(last[:12])
    assert "lienthong" not in cell.value


def test_a_workbook_under_the_name_of_a_csv_file_is_read_as_what_it_is(people):
    assert testing.take_in(workbook(), name="people.csv").new == len(PEOPLE)


def test_a_workbook_that_asks_for_more_memory_than_there_is_stops_only_its_reader(people):
    """1.5 kB: one cell in the first row and column, one in the last."""
    bomb = xlsx_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    assert len(bomb) < 3000
    refused(bomb, "quá lớn")


@pytest.mark.slow
def test_a_workbook_that_unpacks_to_a_thousand_times_its_size_stops_only_its_reader(people, monkeypatch):
    monkeypatch.setattr(adapters, "WORKBOOK", 2**29)
    row = b"<row>" + b'<c t="inlineStr"><is><t>aaaaaaaaaaaaaaaa</t></is></c>' * 2000 + b"</row>"
    bomb = xlsx_of(row * 64 for _ in range(80))
    assert len(bomb) < 4 * 2**20
    refused(bomb, "quá lớn")


@pytest.mark.parametrize("head", ["id,name\n999000000001,", '{"id": "999000000001", "name": "An"}\n{"id": "', "id,"])
def test_a_line_of_fifty_megabytes_is_refused_without_being_held(people, head):
    content = head.encode() + b"x" * (50 * 2**20)
    tracemalloc.start()
    job = testing.take_in(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 120 * 2**20
    assert len(testing.stored()) == (1 if head.startswith("{") else 0)
    assert (
        job.refused or "dài hơn 8 MB" in job.problem_vi or "tệp hỏng" in job.problem_vi or "thiếu cột" in job.problem_vi
    )


def test_null_characters_inside_values_refuse_their_row_alone(people):
    rows = [testing.person(1), testing.person(2, name="a\x00b"), {"id": "9990000\x00", "name": "An"}, testing.person(3)]
    content = b"\n".join(map(orjson.dumps, rows))
    for expected in ("new", "unchanged"):
        job = testing.take_in(content)
        assert (getattr(job, expected), job.refused) == (2, 2)
        assert [cell.row for cell in testing.refusals(job)] == [2, 3]


def test_a_backslash_before_a_code_is_no_null_character(people):
    job = testing.take_in(testing.csv_of([testing.person(1, name=r"ghi \u0000 vào")]))
    assert (job.new, job.refused) == (1, 0)


def test_a_field_that_first_comes_after_a_thousand_lines_of_json_is_taken_too(people):
    rows = [testing.person(number) for number in range(1500)] + [testing.person(1500, born="1990-01-01")]
    testing.take_in(b"\n".join(map(orjson.dumps, rows)))
    assert testing.stored()["999000001500"]["born"] == "1990-01-01"


def test_a_cell_longer_than_the_python_reader_allows_is_read(people):
    job = testing.take_in(testing.csv_of([testing.person(1), testing.person(2, name="x" * 300_000)]))
    assert (job.new, job.refused) == (1, 1)
    assert len(testing.refusals(job)[0].value) <= 501
