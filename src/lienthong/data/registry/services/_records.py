"""Declaring registers and taking records in."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.csv as arrow_csv
from django.db import connection, transaction

from lienthong.data.registry import domain, events, models, queries
from lienthong.data.registry.programs import _statements as statements
from lienthong.foundation.audit import domain as audit_domain
from lienthong.foundation.audit import services as audit
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.errors import NotFound
from lienthong.kernel.ids import uuid7


@transaction.atomic
def declare(*, document: dict, by: str, at: datetime) -> None:
    """Make a register as its file declares it, or bring it up to the file. Records and sources stay.

    :raises domain.BadDeclaration: the file cannot work.
    """
    declaration = domain.Declaration.parse(document)
    register, made = models.Register.objects.get_or_create(
        key=declaration.key, defaults={"declaration": document, "declared_at": at}
    )
    if not made and register.declaration == document:
        return
    if not made:
        models.Register.objects.filter(id=register.id).update(declaration=document, declared_at=at)
    # The trusted mark moves in two steps, because a register never has two trusted sources, not even for a moment.
    models.Source.objects.filter(register=register).update(trusted=False)
    for source in declaration.sources:
        models.Source.objects.update_or_create(
            register=register,
            key=source.key,
            defaults={"name": source.name, "agency_code": source.agency_code, "trusted": source.trusted},
        )
    audit.record(by=by, action="data.registry.declare", subject=f"register:{declaration.key}", at=at)
    outbox.publish(events.RegisterDeclared(register=declaration.key), at=at)


@transaction.atomic
def add_source(*, register: str, key: str, name: str, agency_code: str = "", by: str, at: datetime) -> None:
    """Let one more body deliver the register's facts; it is not the trusted one. Harmless to repeat.

    :raises domain.UnknownRegister: there is no such register.
    """
    row = models.Register.objects.filter(key=register).first()
    if row is None:
        raise domain.UnknownRegister(name=register)
    _, made = models.Source.objects.get_or_create(
        register=row, key=key, defaults={"name": name, "agency_code": agency_code}
    )
    if made:
        audit.record(by=by, action="data.registry.add_source", subject=f"source:{register}/{key}", at=at)
        outbox.publish(events.SourceAdded(register=register, source=key), at=at)


@transaction.atomic
def accept(
    *,
    register: str,
    source: str,
    payload: dict,
    version: int | None = None,
    expected: int | None = None,
    by: str,
    at: datetime,
) -> domain.Taken:
    """Take one record in.

    :param version: the version the sender gives it; the next one when none.
    :param expected: take it only if the stored version is this one (0: there is none).
    :raises domain.RecordRefused: it does not fit the register's schema.
    :raises domain.VersionConflict: its version is not higher than the stored one.
    :raises domain.NotExpected: the stored version is another than expected.
    """
    row = source_of(register, source)
    incoming = domain.Declaration.parse(row.register.declaration).prepare(payload)
    incoming = replace(incoming, version=version)
    return _take(row, incoming, expected, "data.registry.accept", by, at)


@transaction.atomic
def end(
    *, register: str, source: str, key: str, on: date | None = None, expected: int | None = None, by: str, at: datetime
) -> domain.Taken:
    """End one record, on a day or on no known one: it leaves the current ones, its history stays.

    :raises kernel.errors.NotFound: there is no current record of that key.
    :raises domain.NotExpected: the stored version is another than expected.
    """
    row = source_of(register, source)
    current = next(queries.current(register=register, source=source, keys=[key]), None)
    if current is None:
        raise NotFound(what=f"bản ghi {register}/{source}/{key}")
    return _take(row, domain.closing(current, valid_from=on), expected, "data.registry.end", by, at)


def _take(
    row: models.Source, incoming: domain.Incoming, expected: int | None, action: str, by: str, at: datetime
) -> domain.Taken:
    """One record through the set-based way, its version checked under the lock of its source."""
    _lock(row)
    stored = _current_version(row, incoming.key)
    if expected is not None and stored != expected:
        raise domain.NotExpected(key=incoming.key, stored=stored, expected=expected)
    result = accept_batch(register=row.register.key, source=row.key, rows=[incoming], by=by, at=at)
    if result.conflicts:
        _, known, given = result.conflicts[0]
        raise domain.VersionConflict(key=incoming.key, stored=known, given=given)
    written = bool(result.new or result.changed)
    if written:
        audit.record(by=by, action=action, subject=f"record:{row.register.key}:{incoming.key}", at=at)
    return domain.Taken(incoming.key, _current_version(row, incoming.key), new=bool(result.new), written=written)


def _current_version(row: models.Source, key: str) -> int:
    """The version that stands; 0 when there is none."""
    found = models.Record.objects.filter(source=row, key=key, known_to=None).values_list("version", flat=True).first()
    return found or 0


def _lock(row: models.Source) -> None:
    """Whoever writes to a source waits for whoever does already."""
    with connection.cursor() as cursor:
        cursor.execute(statements.LOCK, {"source": row.id})


def note_look(*, declaration: domain.Declaration, versions: Iterable[domain.Version], by: str, at: datetime) -> None:
    """Note that records were looked at, where they are about people: each of them sees it. Several versions of one record are
    one look."""
    if not declaration.subject.is_personal:
        return
    people = {(version.key, declaration.person_of(version.payload)) for version in versions}
    audit.record_many(
        [
            audit_domain.Record(
                uuid7(), by, "data.registry.look", f"record:{declaration.key}:{key}", at, "",
                (f"person:{person}",) if person else (), {},
            )
            for key, person in sorted(people)
        ]
    )  # fmt: skip


@transaction.atomic
def close(
    *, register: str, source: str, keys: Sequence[str], valid_from: date | None = None, by: str, at: datetime
) -> domain.Accepted:
    """End records of a source: they leave the current ones, their history stays."""
    ending = [
        domain.closing(version, valid_from=valid_from)
        for version in queries.current(register=register, source=source, keys=keys)
    ]
    result = accept_batch(register=register, source=source, rows=ending, by=by, at=at)
    audit.record(
        by=by,
        action="data.registry.close",
        subject=f"source:{register}/{source}",
        at=at,
        details={"keys": list(keys)[:100]},
    )
    return result


@transaction.atomic
def accept_batch(
    *,
    register: str,
    source: str,
    rows: Sequence[domain.Incoming],
    by: str,
    at: datetime,
    import_id: UUID | None = None,
) -> domain.Accepted:
    """Take many records in, set by set. Judged rows only; the caller audits.

    A row that says what is stored is left alone; a row whose given version is not higher is a conflict and changes
    nothing. Batches for one source wait for each other.
    """
    if not rows:
        return domain.Accepted()
    return write(
        source_of(register, source),
        pa.table(
            {
                "key": [item.key for item in rows],
                "version": pa.array([item.version for item in rows], pa.int64()),
                "payload": [orjson.dumps(item.payload).decode() for item in rows],
                "digest": [f"\\x{item.digest.hex()}" for item in rows],
                "territory": [item.territory for item in rows],
                "search": [item.search for item in rows],
                "valid_from": pa.array([item.valid_from for item in rows], pa.date32()),
                "closed": [item.closed for item in rows],
                "raw": pa.array([None] * len(rows), pa.int64()),
            }
        ),
        by=by,
        at=at,
        import_id=import_id,
    )


def write(row: models.Source, incoming: pa.Table, *, by: str, at: datetime, import_id: UUID | None) -> domain.Accepted:
    """Write judged rows, given as columns, in the caller's transaction. Of several rows that tell a key from the same day on
    the last counts; those from earlier days are its history.

    What stands is looked up once and kept beside the rows; what no row of the batch needs is not asked for.
    """
    _lock(row)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(statements.STAGE)
        copy_in(cursor, "incoming", incoming)
        cursor.execute("ANALYZE incoming (key)")
        several = compute.count_distinct(incoming["key"]).as_py() < len(incoming)
        if several:
            cursor.execute(statements.LAST_OF_EACH_DAY)
        values = {"source": row.id, "at": at, "by": by, "import": import_id}
        cursor.execute(statements.STANDING, values)
        stands = cursor.rowcount > 0
        conflicts, late, changed, ended = (), 0, 0, 0
        if incoming["valid_from"].null_count < len(incoming):
            late = _take_late(cursor, values)
        if several:
            cursor.execute(statements.LAST_OF_EACH)
        if stands and incoming["version"].null_count < len(incoming):
            cursor.execute(statements.CONFLICTS)
            conflicts = tuple(cursor.fetchall())
        if stands:
            cursor.execute(statements.SUPERSEDE, values)
            changed, ended = cursor.fetchone()
        if late:
            cursor.execute(statements.END_BEFORE_LATE, values)
        cursor.execute(statements.INSERT, values | {"late": late > 0})
        written, begun = cursor.fetchone()
        if written:
            cursor.execute(statements.COUNT, values | {"more": begun - ended})
        if stands and incoming["raw"].null_count < len(incoming):
            cursor.execute(statements.SAME_OTHERWISE_WRITTEN, values)
        cursor.execute(statements.XID)
        (xid,) = cursor.fetchone()
        cursor.execute(statements.CLEAR)
        cursor.execute("RESET work_mem")
    result = domain.Accepted(
        new=written - changed + late,
        changed=changed,
        unchanged=len(incoming) - written - late - len(conflicts),
        conflicts=conflicts,
    )
    if written or late:
        outbox.publish(
            events.RecordsVersioned(
                register=row.register.key, source=row.key, xid=xid, new=result.new, changed=changed
            ),
            at=at,
        )
    return result


def _take_late(cursor, values: dict[str, Any]) -> int:
    """Take in, as history, what was true before what is told or known already; how many facts that was."""
    cursor.execute(statements.LATE)
    if cursor.rowcount == 0:
        return 0
    cursor.execute(statements.FORGET_KNOWN_LATE, values)
    cursor.execute(statements.INSERT_LATE, values)
    return cursor.rowcount


def copy_in(cursor, table: str, rows: pa.Table) -> None:
    """Send columns to a table of the same columns by COPY, written as text in native code."""
    text = io.BytesIO()
    # Everything is quoted but nothing at all, so that an empty text and no value stay two things.
    arrow_csv.write_csv(rows, text, arrow_csv.WriteOptions(include_header=False, quoting_style="needed"))
    names = ", ".join(f'"{name}"' for name in rows.column_names)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv, NULL '', ENCODING 'UTF8')") as copy:
        copy.write(text.getbuffer())


def source_of(register: str, source: str) -> models.Source:
    """The row of a source with its register.

    :raises domain.UnknownRegister: there is none.
    """
    row = models.Source.objects.select_related("register").filter(register__key=register, key=source).first()
    if row is None:
        raise domain.UnknownRegister(name=f"{register}/{source}")
    return row
