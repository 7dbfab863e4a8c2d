"""Taking a file in: read ahead in one thread, written by the other, each batch in a transaction of its own.

A row whose cells are what they were is known by a hash and not even read as a record; the others are converted, judged by
the schema and written set by set. How far the file has come is kept in the transaction of each batch, so an import that is
cut off goes on where it stood, and a row is never taken twice.
"""

import hashlib
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pyarrow as pa
from django.db import IntegrityError, connection, transaction

from lienthong.data.registry import adapters, domain, events, models
from lienthong.data.registry.services._records import close, copy_in, source_of, write
from lienthong.foundation.audit import services as audit
from lienthong.foundation.outbox import services as outbox
from lienthong.foundation.storage import queries as storage
from lienthong.kernel.errors import NotFound, Refusal
from lienthong.kernel.ids import uuid7
from lienthong.kernel.text import fold


def begin_import(*, register: str, source: str, file_id: UUID, whole: bool = False, by: str, at: datetime) -> UUID:
    """Put a stored file in line to be taken in; the id of the import. The same file already in line is that import.

    :param whole: the file is all the source has: records that it does not tell are ended when it is in.

    :raises domain.UnknownRegister: there is no such source.
    """
    row = source_of(register, source)
    file = storage.file(file_id)
    try:
        with transaction.atomic():
            job = models.ImportRow.objects.create(
                id=uuid7(),
                source=row,
                file_id=file_id,
                sha256=file.sha256,
                name=file.name,
                whole=whole,
                by=by,
                started_at=at,
            )
            subject = f"import:{job.id}"
            audit.record(
                by=by, action="data.registry.begin_import", subject=subject, at=at, details={"sha256": file.sha256}
            )
            outbox.publish(events.ImportBegun(import_id=job.id, register=register, source=source), at=at)
    except IntegrityError:
        return _again(row, file.sha256, at)
    return job.id


@transaction.atomic
def _again(source: models.Source, sha256: str, at: datetime) -> UUID:
    """The import of that file in line, called once more: whoever was to run it may have given up."""
    job = models.ImportRow.objects.get(source=source, sha256=sha256, state__in=["waiting", "running"])
    outbox.publish(events.ImportBegun(import_id=job.id, register=source.register.key, source=source.key), at=at)
    return job.id


def run_import(*, import_id: UUID, at: datetime) -> domain.ImportState:
    """Take the file in, from where it stands to its end. Run it again after a crash; run twice at once, one of them waits
    for the other's batches and then finds nothing left to do.

    :param at: the moment the space knows these records from.
    """
    job = models.ImportRow.objects.select_related("source__register").filter(id=import_id).first()
    if job is None:
        raise NotFound(what=f"lần nạp {import_id}")
    if job.state in (domain.ImportState.DONE, domain.ImportState.FAILED):
        return domain.ImportState(job.state)
    try:
        with adapters.local_copy(job.file_id) as (path, name):
            _take_in(job, path, name, at)
    except Refusal as refusal:
        _finish(job, domain.ImportState.FAILED, at=at, problem_vi=refusal.text("vi"), problem_en=refusal.text("en"))
        return domain.ImportState.FAILED
    _finish(job, domain.ImportState.DONE, at=at)
    return domain.ImportState.DONE


# --- inside -----------------------------------------------------------------------------------------------------------


@dataclass
class _Batch:
    """A batch on its way: what was read, its hashes, and, when read ahead, its records."""

    batch: adapters.Batch
    keys: list[str]
    raw: list[int]
    prepared: tuple[pa.Table, list[domain.Refused]] | None


class _Reader:
    """Turns a table's batches into records, one batch ahead of whoever writes them."""

    def __init__(self, table: adapters.Table, declaration: domain.Declaration) -> None:
        self.table = table
        self.declaration = declaration
        comma = domain.decimal_comma_in(table.sample, table.headers, declaration)
        self.plans = domain.plan_columns(table.headers, declaration, decimal_comma=comma)
        self.key_plan = next(plan for plan in self.plans if plan.field == declaration.record_key)
        self.eager = True
        """Whether most rows are new or changed, so that reading them as records before asking is worth it."""
        form = orjson.dumps([declaration.schema, table.headers, table.encoding, comma, declaration.title])
        self.seed = hashlib.sha256(form)

    def __iter__(self) -> Iterator[_Batch]:
        batches = self.table.batches()
        with ThreadPoolExecutor(1) as pool:
            ahead = pool.submit(self._next, batches)
            while (item := ahead.result()) is not None:
                ahead = pool.submit(self._next, batches)
                yield item

    def _next(self, batches: Iterator[adapters.Batch]) -> _Batch | None:
        batch = next(batches, None)
        if batch is None:
            return None
        batch.columns = self._converted(batch.columns)
        raw = self._hashes(batch)
        keys = ["" if key is None else str(key).replace("\x00", "␀") for key in _read(self.key_plan, batch.columns)]
        return _Batch(batch, keys, raw, self.prepare(batch, range(len(batch)), raw) if self.eager else None)

    def _converted(self, columns: list[list[Any]]) -> list[list[Any]]:
        """Cells in an old encoding, as Unicode."""
        encoding = self.table.encoding
        if encoding in (domain.Encoding.UTF_8, domain.Encoding.UTF_16, domain.Encoding.WESTERN):
            return columns
        convert = lru_cache(maxsize=4096)(lambda text: domain.to_unicode(text, encoding))
        return [[convert(cell) if isinstance(cell, str) else cell for cell in column] for column in columns]

    def _hashes(self, batch: adapters.Batch) -> list[int]:
        columns = [batch.columns[plan.position] for plan in self.plans]
        seed, dumps = self.seed, orjson.dumps
        result = []
        for cells in zip(*columns, strict=True):
            value = seed.copy()
            value.update(dumps(cells, default=str))
            result.append(int.from_bytes(value.digest()[:8], "big") >> 1)
        return result

    def prepare(
        self, batch: adapters.Batch, places: Sequence[int], raw: list[int]
    ) -> tuple[pa.Table, list[domain.Refused]]:
        """The rows at these places as columns to be written, and the cells for which rows are refused."""
        declaration, written = self.declaration, self.declaration.written
        columns = batch.columns
        if len(places) < len(batch):
            columns = [[column[place] for place in places] for column in columns]
        fields = {plan.field: _read(plan, columns) for plan in self.plans}
        names = tuple(fields)
        fitting, payloads, refused = [], [], []
        for number, cells in enumerate(zip(*fields.values(), strict=True)):
            row = dict(zip(names, cells, strict=True))
            if None in cells:
                row = {name: value for name, value in row.items() if value is not None}
            payload = written(row)
            if payload is None:
                line = batch.numbers[places[number]]
                refused += [
                    domain.Refused(line, name, domain.retell(value), why)
                    for name, value, why in declaration.problems(row)
                ]
            else:
                fitting.append(number)
                payloads.append(payload)

        def texts(name: str) -> list[str]:
            cells = fields.get(name) or [None] * len(places)
            return ["" if (cell := cells[number]) is None else str(cell) for number in fitting]

        keys, titles, days = texts(declaration.record_key), texts(declaration.title), texts(declaration.valid_from)
        folded = {text: fold(text) for text in {*titles}}
        table = pa.table(
            {
                "key": keys,
                "version": pa.nulls(len(keys), pa.int64()),
                "payload": pa.array(payloads, pa.string()),
                "digest": [f"\\x{hashlib.sha256(payload).hexdigest()[:32]}" for payload in payloads],
                "territory": texts(declaration.territory),
                "search": [
                    folded[title] if title == key else f"{fold(key)} {folded[title]}".strip()
                    for key, title in zip(keys, titles, strict=True)
                ],
                "valid_from": pa.array([day or None for day in days], pa.string()),
                "closed": pa.array([False] * len(keys), pa.bool_()),
                "raw": pa.array([raw[places[number]] for number in fitting], pa.int64()),
            }
        )
        return table, refused


def _read(plan: domain.ColumnPlan, columns: list[list[Any]]) -> list[Any]:
    """A column's cells as values; texts that repeat are read once."""
    cells = columns[plan.position]
    if {*map(type, cells)} == {str} and len(distinct := {*cells}) < len(cells) / 2:
        return list(map({cell: plan.read(cell) for cell in distinct}.__getitem__, cells))
    return list(map(plan.read, cells))


def _take_in(job: models.ImportRow, path: Path, name: str, at: datetime) -> None:
    declaration = domain.Declaration.parse(job.source.register.declaration)
    required = declaration.schema.get("required", ())
    fields = [field for field in declaration.schema.get("properties", {}) if field not in required]
    table = adapters.translated(adapters.open_table(path, name, fields=fields), declaration)
    reader = _Reader(table, declaration)
    reader.eager = not models.Record.objects.filter(source=job.source, known_to=None).exists()
    models.ImportRow.objects.filter(id=job.id, finished_at=None).update(
        state=domain.ImportState.RUNNING, total=table.total, encoding=table.encoding
    )
    position = 0
    with _short_turns():
        for item in reader:
            begins, position = position, position + len(item.batch) + len(item.batch.broken)
            _one_batch(job, reader, item, begins=begins, ends=position, at=at)
    if job.whole and position == 0:
        raise domain.BadFile(name=name, problem="tệp không có dòng dữ liệu nào", problem_en="it has no rows")


@contextmanager
def _short_turns() -> Iterator[None]:
    """Let the thread that writes have its turn soon: between two pieces sent to the database it would otherwise wait for five
    milliseconds of reading."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


@transaction.atomic
def _one_batch(job, reader: _Reader, item: _Batch, *, begins: int, ends: int, at: datetime) -> None:
    """One batch in one transaction. A batch that was taken before is passed by."""
    row = models.ImportRow.objects.select_for_update().get(id=job.id)
    if row.read >= ends:
        return
    if row.read != begins:
        raise RuntimeError("a batch of the import has another size than before")
    prepared = item.prepared
    if prepared is None:
        places = _differing(job.source_id, item)
        reader.eager = len(places) > len(item.batch) / 2
        prepared = reader.prepare(item.batch, places, item.raw)
    rows, refused = prepared
    refused = sorted(refused + item.batch.broken, key=lambda cell: cell.row)
    result = domain.Accepted()
    if len(rows):
        result = write(job.source, rows, by=row.by, at=at, import_id=job.id)
        if item.prepared is not None:
            reader.eager = result.unchanged < len(rows) / 2
    _keep_refused(row.id, refused)
    if row.whole:
        _note_seen(row.id, item.keys)
    bad = len({cell.row for cell in refused})
    row.read = ends
    row.new += result.new
    row.changed += result.changed
    row.refused += bad
    row.unchanged += len(item.batch) + len(item.batch.broken) - bad - result.new - result.changed
    row.save(update_fields=["read", "new", "changed", "refused", "unchanged"])


def _keep_refused(job_id: UUID, refused: list[domain.Refused]) -> None:
    if not refused:
        return
    table = pa.table(
        {
            "job_id": [str(job_id)] * len(refused),
            "row": [cell.row for cell in refused],
            "column": [cell.column for cell in refused],
            "value": [cell.value for cell in refused],
            "reason": [cell.reason for cell in refused],
        }
    )
    with connection.cursor() as cursor:
        copy_in(cursor, "data_registry_refused", table)


def _note_seen(job_id: UUID, keys: list[str]) -> None:
    """Remember what the file of a whole source tells, the rows refused among them."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE told (key text) ON COMMIT DROP")
        copy_in(cursor, "told", pa.table({"key": pa.array(keys, pa.string())}))
        cursor.execute(
            "INSERT INTO data_registry_seen (job_id, key) SELECT DISTINCT %s::uuid, key FROM told ON CONFLICT DO NOTHING",
            [job_id],
        )
        cursor.execute("DROP TABLE told")


def _differing(source_id: int, item: _Batch) -> list[int]:
    """The places of a batch whose cells are not what the stored record was read from; with one row of a key all of them,
    because the last of them counts."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE seen (place int, key text, raw bigint) ON COMMIT DROP")
        copy_in(
            cursor,
            "seen",
            pa.table({"place": range(len(item.batch)), "key": pa.array(item.keys, pa.string()), "raw": item.raw}),
        )
        cursor.execute("ANALYZE seen (key)")
        cursor.execute(
            """
            WITH differing AS (
                SELECT s.key FROM seen s LEFT JOIN LATERAL (
                    SELECT c.raw, c.closed FROM data_registry_record c
                    WHERE c.source_id = %s AND c.key = s.key AND c.known_to IS NULL LIMIT 1
                ) r ON true WHERE r.closed OR r.raw IS DISTINCT FROM s.raw
            ) SELECT place FROM seen WHERE key IN (SELECT key FROM differing) ORDER BY place
            """,
            [source_id],
        )
        places = [place for (place,) in cursor.fetchall()]
        cursor.execute("DROP TABLE seen")
    return places


def _end_absent(job: models.ImportRow, at: datetime) -> None:
    """End what a whole source does not tell any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.key FROM data_registry_record r
            WHERE r.source_id = %s AND r.known_to IS NULL AND NOT r.closed
              AND NOT EXISTS (SELECT FROM data_registry_seen s WHERE s.job_id = %s AND s.key = r.key)
            """,
            [job.source_id, job.id],
        )
        gone = [key for (key,) in cursor.fetchall()]
    for start in range(0, len(gone), 10_000):
        keys = gone[start : start + 10_000]
        close(register=job.source.register.key, source=job.source.key, keys=keys, by=job.by, at=at)


@transaction.atomic
def _finish(job: models.ImportRow, state: domain.ImportState, *, at: datetime, **problem: str) -> None:
    row = models.ImportRow.objects.select_for_update().get(id=job.id)
    if row.state in (domain.ImportState.DONE, domain.ImportState.FAILED):
        return
    if state is domain.ImportState.FAILED and row.read:
        problem["problem_vi"] += f" {row.read} dòng trước đó đã được nạp."
        problem["problem_en"] += f" The {row.read} rows before are in."
    if row.whole and state is domain.ImportState.DONE:
        if row.refusals.filter(column="*").exists():
            problem = {"problem_vi": _NOT_ENDED, "problem_en": _NOT_ENDED_EN}
        else:
            # In the transaction that ends the import: who runs it a second time finds it ended, not its keys forgotten.
            _end_absent(job, at)
    models.SeenKey.objects.filter(job=job).delete()
    row.state, row.finished_at = state, at
    row.problem_vi, row.problem_en = problem.get("problem_vi", ""), problem.get("problem_en", "")
    row.total = row.read if state is domain.ImportState.DONE else row.total
    row.save(update_fields=["state", "finished_at", "problem_vi", "problem_en", "total"])
    audit.record(
        by=row.by, action="data.registry.import", subject=f"import:{row.id}", at=at,
        details={"new": row.new, "changed": row.changed, "unchanged": row.unchanged, "refused": row.refused},
    )  # fmt: skip
    outbox.publish(
        events.ImportFinished(
            import_id=row.id, register=job.source.register.key, source=job.source.key, new=row.new, changed=row.changed,
            refused=row.refused,
        ),
        at=at,
    )  # fmt: skip


_NOT_ENDED = "Có dòng không đọc được nên bản ghi vắng mặt trong tệp chưa được kết thúc."
_NOT_ENDED_EN = "Some rows could not be read, so the records that the file does not tell have not been ended."
