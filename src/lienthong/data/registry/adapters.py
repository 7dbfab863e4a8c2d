"""Files as tables: CSV, Excel, JSON lines and Parquet, read in batches of columns with flat memory."""

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID
from zipfile import BadZipFile

import orjson
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
import python_calamine
from django.conf import settings

from lienthong.data.registry import domain
from lienthong.foundation.storage import queries as storage

BATCH = 50_000
SAMPLE = 2**20
"""Bytes looked at to find out how a file is written."""


_BROKEN = (
    pa.ArrowInvalid, python_calamine.CalamineError, BadZipFile, orjson.JSONDecodeError, UnicodeDecodeError, OSError,
)  # fmt: skip


@dataclass
class Batch:
    """Some rows of a file, column by column, in the order of the file's headers."""

    first_row: int
    columns: list[list[Any]]
    broken: list[domain.Refused] = field(default_factory=list)
    """Rows that could not be split into cells."""

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def number(self, place: int) -> int:
        """The number in the file of the row at a place: the broken ones before it count too."""
        number = self.first_row + place
        for row in sorted(row.row for row in self.broken):
            number += row <= number
        return number


class Table(Protocol):
    """A file opened as a table."""

    headers: list[str]
    encoding: domain.Encoding
    decimal_comma: bool
    total: int | None
    """About how many rows there are, when that is known before reading."""

    def batches(self) -> Iterator[Batch]:
        """All rows, in the order of the file."""


def open_table(path: Path, name: str) -> Table:
    """Open a file by what it holds.

    :raises domain.BadFile: it is none of the forms, or broken from the start.
    """
    with path.open("rb") as stream:
        head = stream.read(SAMPLE)
    if not head:
        raise domain.BadFile(name=name, problem="tệp rỗng", problem_en="it is empty")
    try:
        if head.startswith(b"PAR1"):
            return ParquetTable(path)
        if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            return ExcelTable(path)
        if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
            return JsonLinesTable(path)
        if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise domain.BadFile(name=name, problem="không phải tệp bảng", problem_en="it is not a table")
        return CsvTable(path, head)
    except (
        pa.ArrowInvalid,
        python_calamine.CalamineError,
        BadZipFile,
        orjson.JSONDecodeError,
        UnicodeDecodeError,
        OSError,
    ) as error:
        raise domain.BadFile(name=name, problem=f"tệp hỏng ({error})", problem_en=f"it is broken ({error})") from error


@contextmanager
def local_copy(file_id: UUID) -> Iterator[tuple[Path, str]]:
    """A stored file in the space's own temporary folder for as long as it is read, and its name."""
    folder = Path(settings.LIENTHONG_HOME) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="import-") as copy:
        for chunk in storage.open_file(file_id):
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name), storage.file(file_id).name


class CsvTable:
    """Comma, semicolon, tab or bar separated text in any of the encodings; read in native code."""

    def __init__(self, path: Path, head: bytes) -> None:
        self.path = path
        self.encoding = domain.detect(head)
        codec = "utf-16" if self.encoding is domain.Encoding.UTF_16 else self.encoding.codec
        text = head.decode(codec, errors="ignore").lstrip("\ufeff")
        if self.encoding is domain.Encoding.UTF_8 and (hidden := domain.detect_text(text)) is not domain.Encoding.UTF_8:
            self.encoding, codec = hidden, "utf-8"
        self.codec = codec
        self.delimiter = _delimiter(text)
        rows = list(csv.reader(io.StringIO(text), delimiter=self.delimiter))
        self.headers = [domain.to_unicode(header, self.encoding).strip() for header in rows[0]]
        sample = rows[1:2000]
        self.decimal_comma = domain.decimal_comma_in(sample)
        size = path.stat().st_size
        self.total = len(rows) - 1 if size <= len(head) else max(1, size * (len(rows) - 1) // len(head))

    def batches(self) -> Iterator[Batch]:
        broken: list[domain.Refused] = []

        def invalid(row) -> str:
            # The row number is counted below, where whole rows before it are known.
            broken.append(domain.Refused(row.number or 0, "*", row.text or "", _UNSPLIT))
            return "skip"

        reader = arrow_csv.open_csv(
            self.path,
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=8 * 2**20, encoding=self.codec, skip_rows=1,
                column_names=[str(number) for number in range(len(self.headers))],
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=invalid
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={str(number): pa.string() for number in range(len(self.headers))},
                strings_can_be_null=False, check_utf8=True,
            ),
        )  # fmt: skip
        first = 2
        for chunk in reader:
            for start in range(0, chunk.num_rows, BATCH):
                part = chunk.slice(start, BATCH)
                columns = [column.to_pylist() for column in part.columns]
                yield Batch(first, columns, broken[:])
                first += part.num_rows + len(broken)
                broken.clear()
        if broken:
            yield Batch(first, [[] for _ in self.headers], broken)


class ParquetTable:
    """Parquet, by row groups."""

    encoding = domain.Encoding.UTF_8
    decimal_comma = False

    def __init__(self, path: Path) -> None:
        self.file = parquet.ParquetFile(path)
        self.headers = list(self.file.schema_arrow.names)
        self.total = self.file.metadata.num_rows

    def batches(self) -> Iterator[Batch]:
        first = 2
        for part in self.file.iter_batches(BATCH):
            yield Batch(first, [column.to_pylist() for column in part.columns])
            first += part.num_rows


class ExcelTable:
    """The first sheet of a workbook that has rows."""

    def __init__(self, path: Path) -> None:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        rows: list[list[Any]] = []
        for name in workbook.sheet_names:
            if rows := workbook.get_sheet_by_name(name).to_python(skip_empty_area=True):
                break
        if not rows:
            raise domain.BadFile(
                name=path.name, problem="bảng tính không có dòng nào", problem_en="the workbook has no rows"
            )
        sample = " ".join(str(cell) for row in rows[:500] for cell in row if isinstance(cell, str))
        self.encoding = domain.detect_text(sample)
        self.headers = [domain.to_unicode(str(header), self.encoding).strip() for header in rows[0]]
        self.rows = rows[1:]
        self.decimal_comma = domain.decimal_comma_in(self.rows[:2000])
        self.total = len(self.rows)

    def batches(self) -> Iterator[Batch]:
        for start in range(0, len(self.rows), BATCH):
            part = self.rows[start : start + BATCH]
            yield Batch(start + 2, [list(column) for column in zip(*part, strict=True)])


class JsonLinesTable:
    """One JSON object on each line; the columns are the fields of the first thousand."""

    decimal_comma = False

    def __init__(self, path: Path) -> None:
        self.path = path
        names: dict[str, None] = {}
        sample = []
        with path.open("rb") as stream:
            for _, line in zip(range(1000), stream, strict=False):
                if line.strip():
                    row = _object(line)
                    names |= dict.fromkeys(row or ())
                    sample += [value for value in (row or {}).values() if isinstance(value, str)]
            read = stream.tell()
        if not names:
            raise domain.BadFile(
                name=path.name, problem="dòng đầu không phải JSON", problem_en="its first lines are no JSON"
            )
        self.headers = list(names)
        self.encoding = domain.detect_text(" ".join(sample))
        size = path.stat().st_size
        self.total = size * 1000 // read if size > read else None

    def batches(self) -> Iterator[Batch]:
        rows: list[Sequence[Any]] = []
        broken: list[domain.Refused] = []
        first = 1
        with self.path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                row = _object(line)
                if row is None:
                    if line.strip():
                        broken.append(domain.Refused(number, "*", line[:500].decode("utf-8", "replace"), _NOT_JSON))
                    continue
                rows.append([row.get(header) for header in self.headers])
                if len(rows) == BATCH:
                    yield Batch(first, [list(column) for column in zip(*rows, strict=True)], broken)
                    first, rows, broken = number + 1, [], []
        if rows or broken:
            columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in self.headers]
            yield Batch(first, columns, broken)


_UNSPLIT = "dòng có số ô khác dòng tiêu đề / the row has another number of cells than the heading"
_NOT_JSON = "dòng không phải JSON / the line is not JSON"


def _object(line: bytes) -> dict | None:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) else None


def _delimiter(text: str) -> str:
    """The sign that divides the heading into most cells, outside quotes."""
    heading = text.splitlines()[0] if text else ""
    return max(",;\t|", key=lambda sign: len(next(csv.reader([heading], delimiter=sign), [])))
