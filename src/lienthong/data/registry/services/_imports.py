"""Taking a file in: read ahead in one thread, written by the other, each batch in a transaction of its own.

A row whose cells are what they were is known by a hash and not even read as a record; the others are converted, judged by
the schema and written set by set. How far the file has come is kept in the transaction of each batch, so an import that is
cut off goes on where it stood, and a row is never taken twice.
"""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
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
        return models.ImportRow.objects.get(source=row, sha256=file.sha256, state__in=["waiting", "running"]).id
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
            _take_in(job, adapters.open_table(path, name), at)
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
        self.plans = domain.plan_columns(table.headers, declaration, decimal_comma=table.decimal_comma)
        self.eager = True
        """Whether most rows are new or changed, so that reading them as records before asking is worth it."""
        form = orjson.dumps([declaration.schema, table.headers, table.encoding, table.decimal_comma, declaration.title])
        self.seed = hashlib.sha256(form).digest()

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
        key_plan = next(plan for plan in self.plans if plan.field == self.declaration.record_key)
        keys = ["" if value is None else str(value) for value in map(key_plan.read, batch.columns[key_plan.position])]
        everything = range(len(batch))
        return _Batch(batch, keys, raw, self.prepare(batch, everything, raw) if self.eager else None)

    def _converted(self, columns: list[list[Any]]) -> list[list[Any]]:
        """Cells in an old encoding, as Unicode."""
        encoding = self.table.encoding
        if encoding in (domain.Encoding.UTF_8, domain.Encoding.UTF_16, domain.Encoding.WESTERN):
            return columns
        convert = lru_cache(maxsize=65536)(lambda text: domain.to_unicode(text, encoding))
        return [[convert(cell) if isinstance(cell, str) else cell for cell in column] for column in columns]

    def _hashes(self, batch: adapters.Batch) -> list[int]:
        columns = [batch.columns[plan.position] for plan in self.plans]
        start = hashlib.blake2b(self.seed, digest_size=8)
        result = []
        for cells in zip(*columns, strict=True):
            value = start.copy()
            value.update("\x1f".join([cell if isinstance(cell, str) else str(cell) for cell in cells]).encode())
            result.append(int.from_bytes(value.digest(), "big") >> 1)
        return result

    def prepare(self, batch: adapters.Batch, places, raw: list[int]) -> tuple[pa.Table, list[domain.Refused]]:
        """The rows at these places as columns to be written, and the cells for which rows are refused."""
        declaration = self.declaration
        names = [plan.field for plan in self.plans]
        whole = len(places) == len(batch)
        columns = []
        for plan in self.plans:
            cells = batch.columns[plan.position]
            read = plan.read
            columns.append([read(cell) for cell in cells] if whole else [read(cells[place]) for place in places])
        is_valid, dumps, sha256 = declaration.validator.is_valid, orjson.dumps, hashlib.sha256
        keys, payloads, digests, territories, searches, days, hashes, refused = [], [], [], [], [], [], [], []
        record_key, title, territory, valid_from = (
            declaration.record_key, declaration.title, declaration.territory, declaration.valid_from,
        )  # fmt: skip
        for place, cells in zip(places, zip(*columns, strict=True), strict=True):
            row = dict(zip(names, cells, strict=True))
            if None in cells:
                row = {name: value for name, value in row.items() if value is not None}
            if not is_valid(row):
                number = batch.number(place)
                refused += [
                    domain.Refused(number, name, domain.retell(value), why)
                    for name, value, why in declaration.problems(row)
                ]
                continue
            payload = dumps(row, option=orjson.OPT_SORT_KEYS)
            if b"\\u0000" in payload:
                refused.append(domain.Refused(batch.number(place), "*", "", _NUL))
                continue
            key = row[record_key]
            key = key if isinstance(key, str) else str(key)
            text = row.get(title) or ""
            keys.append(key)
            payloads.append(payload.decode())
            digests.append(sha256(payload).hexdigest()[:32])
            territories.append(str(row.get(territory) or "") if territory else "")
            searches.append(fold(key if text == key else f"{key} {text}"))
            days.append(date.fromisoformat(row[valid_from]) if valid_from and row.get(valid_from) else None)
            hashes.append(raw[place])
        table = pa.table(
            {
                "key": pa.array(keys, pa.string()),
                "version": pa.nulls(len(keys), pa.int64()),
                "payload": pa.array(payloads, pa.string()),
                "digest": pa.array(digests, pa.string()),
                "territory": pa.array(territories, pa.string()),
                "search": pa.array(searches, pa.string()),
                "valid_from": pa.array(days, pa.date32()),
                "closed": pa.array([False] * len(keys), pa.bool_()),
                "raw": pa.array(hashes, pa.int64()),
            }
        )
        return table, refused


def _take_in(job: models.ImportRow, table: adapters.Table, at: datetime) -> None:
    register = job.source.register
    reader = _Reader(table, domain.Declaration.parse(register.declaration))
    reader.eager = not models.Record.objects.filter(source=job.source, known_to=None).exists()
    models.ImportRow.objects.filter(id=job.id, finished_at=None).update(
        state=domain.ImportState.RUNNING, total=table.total, encoding=table.encoding
    )
    position = 0
    for item in reader:
        size = len(item.batch) + len(item.batch.broken)
        position += size
        if position > _one_batch(job, reader, item, begins=position - size, ends=position, at=at):
            raise RuntimeError("the import is being run from another place")


@transaction.atomic
def _one_batch(job, reader: _Reader, item: _Batch, *, begins: int, ends: int, at: datetime) -> int:
    """One batch in one transaction; how far the import is then. A batch that was taken before is passed by."""
    row = models.ImportRow.objects.select_for_update().get(id=job.id)
    if row.read >= ends:
        return row.read
    if row.read != begins:
        raise RuntimeError("a batch of the import has another size than before")
    prepared = item.prepared
    if prepared is None:
        places = _differing(job.source_id, item)
        reader.eager = len(places) > len(item.batch) / 2
        prepared = reader.prepare(item.batch, places, item.raw)
    rows, refused = prepared
    refused = refused + item.batch.broken
    result = domain.Accepted()
    if len(rows):
        result = write(job.source, rows, by=row.by, at=at, import_id=job.id)
        if item.prepared is not None:
            reader.eager = result.unchanged < len(rows) / 2
    models.RefusedRow.objects.bulk_create(
        [
            models.RefusedRow(job=row, row=cell.row, column=cell.column, value=cell.value, reason=cell.reason)
            for cell in refused
        ],
        batch_size=5000,
    )
    if row.whole:
        models.SeenKey.objects.bulk_create(
            [models.SeenKey(job=row, key=key) for key in dict.fromkeys(item.keys)],
            batch_size=10_000,
            ignore_conflicts=True,
        )
    bad = len({cell.row for cell in refused})
    row.read = ends
    row.new += result.new
    row.changed += result.changed
    row.refused += bad
    row.unchanged += len(item.batch) + len(item.batch.broken) - bad - result.new - result.changed
    row.save(update_fields=["read", "new", "changed", "refused", "unchanged"])
    return row.read


def _differing(source_id: int, item: _Batch) -> list[int]:
    """The places of a batch whose cells are not what the stored record was read from."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE seen (place int, key text, raw bigint) ON COMMIT DROP")
        copy_in(
            cursor,
            "seen",
            pa.table({"place": range(len(item.batch)), "key": item.keys, "raw": pa.array(item.raw, pa.int64())}),
        )
        cursor.execute("ANALYZE seen")
        cursor.execute(
            """
            SELECT s.place FROM seen s
            LEFT JOIN data_registry_record r ON r.source_id = %s AND r.key = s.key AND r.known_to IS NULL AND NOT r.closed
            WHERE r.raw IS DISTINCT FROM s.raw ORDER BY s.place
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
    if gone:
        close(register=job.source.register.key, source=job.source.key, keys=gone, by=job.by, at=at)
    models.SeenKey.objects.filter(job=job).delete()


@transaction.atomic
def _finish(job: models.ImportRow, state: domain.ImportState, *, at: datetime, **problem: str) -> None:
    row = models.ImportRow.objects.select_for_update().get(id=job.id)
    if row.state in (domain.ImportState.DONE, domain.ImportState.FAILED):
        return
    if row.whole and state is domain.ImportState.DONE:
        # In the transaction that ends the import: whoever runs it a second time finds it ended, not its keys forgotten.
        _end_absent(job, at)
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


_NUL = "có ký tự rỗng (U+0000) / has a null character"
