"""Files as tables: CSV, Excel, JSON lines and Parquet, read in batches of columns with flat memory."""

import codecs
import csv
import functools
import io
import itertools
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from uuid import UUID

import orjson
import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
from django.conf import settings

from lienthong.data.registry import domain
from lienthong.data.registry.programs import workbook
from lienthong.foundation.storage import queries as storage
from lienthong.kernel.errors import Refusal

BATCH = 20_000
SAMPLE = 2**20
"""Bytes looked at to find out how a file is written."""
LONGEST = 8 * 2**20
"""Bytes that one row may have."""
UNREADABLE = 200_000
"""So many rows on end that cannot be split into cells make a file that is not this table."""
WORKBOOK = 3 * 2**30
"""Bytes of memory that reading a workbook may take."""

csv.field_size_limit(SAMPLE)  # a cell may fill the sample


@dataclass
class Batch:
    """Some rows of a file, column by column, in the order of the file's headers."""

    numbers: Sequence[int]
    """The number of each row in the file, as a spreadsheet shows it."""
    columns: list[list[Any]]
    broken: list[domain.Refused] = field(default_factory=list)
    """Rows that could not be split into cells."""

    def __len__(self) -> int:
        return len(self.numbers)


class Table(Protocol):
    """A file opened as a table."""

    headers: list[str]
    encoding: domain.Encoding
    sample: Sequence[Sequence[Any]]
    """Some rows, where cells are text as people write it."""
    total: int | None
    """About how many rows there are, when that is known before reading."""

    def batches(self) -> Iterator[Batch]:
        """All rows, in the order of the file; wholly empty ones are passed by.

        :raises domain.BadFile: it cannot be read to its end.
        """


def open_table(path: Path, name: str, *, fields: Iterable[str] = ()) -> Table:
    """Open a file by what it holds, whatever its name says.

    :param fields: names that may come first in a late row, where rows tell their own names.
    :raises domain.BadFile: it is none of the forms, or broken from the start.
    """
    with path.open("rb") as stream:
        head = stream.read(SAMPLE)
    if not head.strip():
        raise domain.BadFile(name=name, problem="tệp rỗng", problem_en="it is empty")
    with _or_bad_file(name):
        if head.startswith(b"PAR1"):
            return ParquetTable(path, name)
        if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            return ExcelTable(path, name)
        if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
            return JsonLinesTable(path, name, fields)
        if b"\x00" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise domain.BadFile(name=name, problem="không phải tệp bảng", problem_en="it is not a table")
        return CsvTable(path, name, head)


_profiles: list[domain.Profile] = []


def add_profile(profile: domain.Profile) -> None:
    """Let files of another form be read into a register."""
    _profiles.append(profile)


def translated(table: Table, declaration: domain.Declaration) -> Table:
    """The table in the register's own fields: itself, or read through the profile that recognises its headings."""
    for profile in _profiles:
        if profile.register == declaration.key and profile.recognises(table.headers):
            return TranslatedTable(table, profile, list(declaration.schema.get("properties", {})))
    return table


@contextmanager
def _or_bad_file(name: str) -> Iterator[None]:
    """What readers of files throw, as the one refusal."""
    try:
        yield
    except (pa.ArrowException, csv.Error, orjson.JSONDecodeError, UnicodeError, OSError) as error:
        problem, problem_en = f"tệp hỏng ({error})", f"it is broken ({error})"
        if "straddling" in str(error):
            size = LONGEST // 2**20
            problem, problem_en = f"có dòng dài hơn {size} MB", f"a row is longer than {size} MB"
        raise domain.BadFile(name=name, problem=problem, problem_en=problem_en) from error


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

    def __init__(self, path: Path, name: str, head: bytes) -> None:
        self.path, self.name = path, name
        encoding = domain.detect(head)
        if encoding is None:
            raise domain.BadFile(
                name=name, problem="không nhận ra bảng mã chữ", problem_en="its character encoding is unknown"
            )
        self.encoding, self.codec = encoding, encoding.codec
        # The sample may end within a character.
        text = codecs.getincrementaldecoder(self.codec)().decode(head).removeprefix("\ufeff")
        if encoding is domain.Encoding.UTF_8:
            self.encoding = domain.detect_text(text)
        self.delimiter = _delimiter(text)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter))
        self.heading = next((number for number, row in enumerate(rows, 1) if any(row)), None)
        if self.heading is None:
            raise domain.BadFile(name=name, problem="tệp rỗng", problem_en="it is empty")
        self.headers = [domain.to_unicode(header, self.encoding).strip() for header in rows[self.heading - 1]]
        self.sample = rows[self.heading : 2000]
        size, count = path.stat().st_size, len(rows) - self.heading
        self.total = count if size <= len(head) else max(1, size * count // len(head))

    def batches(self) -> Iterator[Batch]:
        with _or_bad_file(self.name), self.path.open("rb") as file:
            yield from self._batches(file)

    def _batches(self, file: BinaryIO) -> Iterator[Batch]:
        broken: list[domain.Refused] = []

        def invalid(row) -> str:
            why = _CUT if _END in row.text else _UNSPLIT
            broken.append(domain.Refused(row.number, "*", domain.retell(row.text.partition(_END)[0].rstrip("\n")), why))
            return "skip" if len(broken) < UNREADABLE else "error"

        names = [str(number) for number in range(len(self.headers))]
        reader = arrow_csv.open_csv(
            _Ended(file, self.codec, f"\n{_END}{self.delimiter * (len(names) - 1)}\n"),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=LONGEST, column_names=names, skip_rows_after_names=self.heading
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=invalid
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )  # fmt: skip
        number, last = self.heading + 1, None
        for chunk in reader:
            for start in range(0, chunk.num_rows, BATCH):
                if last is not None:
                    yield last
                part = chunk.slice(start, BATCH)
                numbers, passed = _numbered(number, part.num_rows, broken)
                number = numbers[-1] + 1
                last = _filled(numbers, part, broken[:passed])
                del broken[:passed]
        last = last or Batch([], [[] for _ in names])
        last.broken += broken
        if not _take_end(last) and not any(row.reason == _CUT for row in last.broken):
            cells = [column.pop() for column in last.columns]
            told = self.delimiter.join(cells).partition(_END)[0].rstrip("\n")
            last.broken.append(domain.Refused(last.numbers[-1], "*", domain.retell(told), _CUT))
            last.numbers = last.numbers[:-1]
        if len(last) or last.broken:
            yield last


_END = "\u2404lienthong\u2404"
"""Begins a row that is put after a file's last one. If it does not come back as a row, the file ends inside a quoted cell."""


class _Ended(io.RawIOBase):
    """A text file's bytes as UTF-8 with a text put at their end."""

    def __init__(self, file: BinaryIO, codec: str, end: str) -> None:
        self.file, self.end = file, end.encode()
        self.decoder = None if codec == "utf-8" else codecs.getincrementaldecoder(codec)()
        self.ready = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        # As much as is asked for, until the end: what is given at once is split into rows by itself.
        while self.end and not 0 <= size <= len(self.ready):
            chunk = self.file.read(LONGEST)
            self.ready += chunk if self.decoder is None else self.decoder.decode(chunk, final=not chunk).encode()
            if not chunk:
                self.ready, self.end = self.ready + self.end, b""
        size = len(self.ready) if size < 0 else size
        given, self.ready = self.ready[:size], self.ready[size:]
        return given


def _numbered(first: int, count: int, broken: Sequence[domain.Refused]) -> tuple[Sequence[int], int]:
    """The numbers of the next rows that are whole, and how many broken ones lie before the last of them."""
    if not broken or broken[0].row >= first + count:
        return range(first, first + count), 0
    numbers: list[int] = []
    passed = 0
    for number in itertools.count(first):
        if passed < len(broken) and broken[passed].row == number:
            passed += 1
        else:
            numbers.append(number)
            if len(numbers) == count:
                return numbers, passed
    raise AssertionError


def _filled(numbers: Sequence[int], part: pa.RecordBatch, broken: list[domain.Refused]) -> Batch:
    """A batch of the rows that are not wholly empty."""
    empty = compute.equal(part.column(0), "")
    if compute.any(empty).as_py():
        empty = functools.reduce(compute.and_, (compute.equal(column, "") for column in part.columns))
        part = part.filter(compute.invert(empty))
        numbers = [number for number, is_empty in zip(numbers, empty.to_pylist(), strict=True) if not is_empty]
    return Batch(numbers, [column.to_pylist() for column in part.columns], broken)


def _take_end(batch: Batch) -> bool:
    """Whether the row put at the end came back as the last row; it is taken away."""
    if not len(batch) or batch.columns[0][-1] != _END:
        return False
    for column in batch.columns:
        column.pop()
    batch.numbers = batch.numbers[:-1]
    return True


class ParquetTable:
    """Parquet, by row groups."""

    encoding = domain.Encoding.UTF_8
    sample = ()

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self.file = parquet.ParquetFile(path)
        self.headers = list(self.file.schema_arrow.names)
        self.total = self.file.metadata.num_rows

    def batches(self) -> Iterator[Batch]:
        first = 2
        with _or_bad_file(self.name):
            for part in self.file.iter_batches(BATCH):
                numbers = range(first, first + part.num_rows)
                yield Batch(numbers, [_unpacked(column).to_pylist() for column in part.columns])
                first += part.num_rows


def _unpacked(column: pa.Array) -> pa.Array:
    """Bytes as the text they are."""
    is_bytes = pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)
    return column.cast(pa.string()) if is_bytes else column


class ExcelTable:
    """The first sheet of a workbook that has rows, read by `programs.workbook`."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self.lines = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115 - gone with the table
        done = subprocess.run(
            [sys.executable, "-I", workbook.__file__, path, str(WORKBOOK)],
            stdout=self.lines,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode == workbook.NO_WORKBOOK:
            why = done.stderr.decode(errors="replace").strip()
            raise domain.BadFile(name=name, problem=f"tệp hỏng ({why})", problem_en=f"it is broken ({why})")
        if done.returncode:
            raise domain.BadFile(
                name=name,
                problem="bảng tính quá lớn hoặc hỏng, hãy lưu thành CSV",
                problem_en="the workbook is too large or broken, save it as CSV",
            )
        first = list(itertools.islice(self._rows(), 2000))
        if not first:
            raise domain.BadFile(
                name=name, problem="bảng tính không có dòng nào", problem_en="the workbook has no rows"
            )
        self.heading, heads = first[0]
        self.sample = [cells for _, cells in first[1:]]
        text = " ".join(cell for row in [heads, *self.sample[:500]] for cell in row if isinstance(cell, str))
        self.encoding = domain.detect_text(text)
        self.headers = [domain.to_unicode(str(header), self.encoding).strip() for header in heads]
        self.total = None

    def _rows(self) -> Iterator[tuple[int, list[Any]]]:
        self.lines.seek(0)
        for number, line in enumerate(self.lines, 1):
            cells = orjson.loads(line)
            if any(cell != "" for cell in cells):
                yield number, cells

    def batches(self) -> Iterator[Batch]:
        rows = self._rows()
        next(rows)
        return _batched(rows, len(self.headers))


class JsonLinesTable:
    """One JSON object on each line; the columns are the fields of the first thousand and those that may come later."""

    sample = ()

    def __init__(self, path: Path, name: str, fields: Iterable[str]) -> None:
        self.path, self.name = path, name
        names: dict[str, None] = {}
        texts: list[str] = []
        for row in itertools.islice(self._rows(), 1000):
            if isinstance(row, tuple):
                names |= dict.fromkeys(row[1])
                texts += [value for value in row[1].values() if isinstance(value, str)]
        if not names:
            raise domain.BadFile(
                name=name, problem="dòng đầu không phải JSON", problem_en="its first lines are no JSON"
            )
        self.headers = list(names | dict.fromkeys(fields))
        self.encoding = domain.detect_text(" ".join(texts))
        self.total = None

    def _rows(self) -> Iterator[tuple[int, dict] | domain.Refused]:
        with self.path.open("rb") as stream:
            for number in itertools.count(1):
                line = stream.readline(LONGEST)
                if not line:
                    return
                row = None
                if not line.endswith(b"\n") and (rest := stream.readline(LONGEST)):
                    while rest and not rest.endswith(b"\n"):
                        rest = stream.readline(LONGEST)
                elif line.isspace():
                    continue
                else:
                    row = _object(line)
                if row is None:
                    yield domain.Refused(number, "*", domain.retell(line[:500].decode("utf-8", "replace")), _NOT_JSON)
                else:
                    yield number, row

    def batches(self) -> Iterator[Batch]:
        rows = (
            row if isinstance(row, domain.Refused) else (row[0], [row[1].get(name) for name in self.headers])
            for row in self._rows()
        )
        return _batched(rows, len(self.headers))


class TranslatedTable:
    """A table of another form, row by row in the register's fields; a row may tell several records, which share its number."""

    encoding = domain.Encoding.UTF_8
    sample = ()

    def __init__(self, table: Table, profile: domain.Profile, fields: list[str]) -> None:
        self.table, self.profile, self.headers = table, profile, fields
        self.total = table.total

    def batches(self) -> Iterator[Batch]:
        headers, encoding = self.table.headers, self.table.encoding
        for batch in self.table.batches():
            rows = [
                {
                    name: domain.to_unicode(cell, encoding) if isinstance(cell, str) else cell
                    for name, cell in zip(headers, cells, strict=True)
                    if cell is not None
                }
                for cells in zip(*batch.columns, strict=True)
            ]
            numbers, told, broken = [], [], list(batch.broken)
            for number, outcome in zip(batch.numbers, self.profile.translate(rows), strict=True):
                if isinstance(outcome, Refusal):
                    why = f"{outcome.text('vi')} / {outcome.text('en')}"
                    column, value = str(outcome.data.get("field", "*")), domain.retell(outcome.data.get("value"))
                    broken.append(domain.Refused(number, column, value, why))
                    continue
                for payload in outcome:
                    numbers.append(number)
                    told.append([payload.get(name) for name in self.headers])
            columns = [list(column) for column in zip(*told, strict=True)] or [[] for _ in self.headers]
            yield Batch(numbers, columns, broken)


def _batched(rows: Iterable[tuple[int, list[Any]] | domain.Refused], width: int) -> Iterator[Batch]:
    """Rows with their numbers, and refusals between them, as batches."""
    for part in iter(lambda: list(itertools.islice(rows, BATCH)), []):
        broken = [row for row in part if isinstance(row, domain.Refused)]
        whole = [row for row in part if not isinstance(row, domain.Refused)]
        columns = [list(column) for column in zip(*(cells for _, cells in whole), strict=True)]
        yield Batch([number for number, _ in whole], columns or [[] for _ in range(width)], broken)


_UNSPLIT = "dòng có số ô khác dòng tiêu đề / the row has another number of cells than the heading"
_CUT = "tệp kết thúc giữa một ô trong dấu ngoặc kép / the file ends inside a quoted cell"
_NOT_JSON = "dòng không phải JSON, hoặc quá dài / the line is not JSON, or too long"


def _object(line: bytes) -> dict | None:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) else None


def _delimiter(text: str) -> str:
    """The sign that divides the heading into most cells, outside quotes."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t|", key=lambda sign: len(next(csv.reader([heading], delimiter=sign), [])))
