"""Declaring registers and taking records in."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
import pyarrow as pa
import pyarrow.csv as arrow_csv
from django.db import connection, transaction

from lienthong.data.registry import domain, events, models, queries
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
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('data.registry.source'), %s)", [row.id])


def note_look(*, declaration: domain.Declaration, keys: Sequence[str], by: str, at: datetime) -> None:
    """Note that records were looked at, where they are about people: each of them sees it."""
    if declaration.subject.is_personal:
        audit.record_many(
            [
                audit_domain.Record(
                    uuid7(), by, "data.registry.look", f"record:{declaration.key}:{key}", at, "", (f"person:{key}",), {}
                )
                for key in keys
            ]
        )


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
                "digest": [item.digest.hex() for item in rows],
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
    the last counts; those from earlier days are its history."""
    _lock(row)
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        copy_in(cursor, "incoming", incoming)
        cursor.execute(_LAST_OF_EACH_DAY)
        cursor.execute("ANALYZE incoming")
        values = {"source": row.id, "at": at, "by": by, "import": import_id}
        late = _take_late(cursor, values)
        cursor.execute(_LAST_OF_EACH)
        cursor.execute(_CONFLICTS, values)
        conflicts = tuple(cursor.fetchall())
        cursor.execute(_SUPERSEDE, values)
        changed, ended = cursor.fetchone()
        cursor.execute(_INSERT, values)
        written, begun = cursor.fetchone()
        if written:
            cursor.execute(_COUNT, values | {"more": begun - ended})
        cursor.execute(_SAME_OTHERWISE_WRITTEN, values)
        cursor.execute("SELECT (pg_current_xact_id()::text)::bigint")
        (xid,) = cursor.fetchone()
        cursor.execute("DROP TABLE incoming")
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
    cursor.execute(_LATE, values)
    cursor.execute("SELECT EXISTS (SELECT FROM late)")
    if not cursor.fetchone()[0]:
        cursor.execute("DROP TABLE late")
        return 0
    cursor.execute(_FORGET_KNOWN_LATE, values)
    cursor.execute(_INSERT_LATE, values)
    written = cursor.rowcount
    cursor.execute(_END_BEFORE_LATE, values)
    cursor.execute("DROP TABLE late")
    return written


def copy_in(cursor, table: str, rows: pa.Table) -> None:
    """Send columns to a table of the same columns by COPY, written as text in native code."""
    text = io.BytesIO()
    # Everything is quoted but nothing at all, so that an empty text and no value stay two things.
    arrow_csv.write_csv(rows, text, arrow_csv.WriteOptions(include_header=False, quoting_style="needed"))
    with cursor.copy(
        f"COPY {table} ({', '.join(rows.column_names)}) FROM STDIN (FORMAT csv, NULL '', ENCODING 'UTF8')"
    ) as copy:
        copy.write(text.getbuffer())


_STAGE = """
CREATE TEMPORARY TABLE incoming (
    key text NOT NULL, version bigint, payload jsonb NOT NULL, digest text NOT NULL,
    territory text NOT NULL, search text NOT NULL, valid_from date, closed boolean NOT NULL,
    raw bigint, place bigint GENERATED ALWAYS AS IDENTITY
) ON COMMIT DROP
"""
_LAST_OF_EACH_DAY = """
DELETE FROM incoming i USING (
    SELECT key, valid_from, max(place) AS place FROM incoming GROUP BY key, valid_from HAVING count(*) > 1
) last
WHERE i.key = last.key AND i.valid_from IS NOT DISTINCT FROM last.valid_from AND i.place < last.place
"""
# An undated row beside a dated one has no place in the order of days: the last told counts.
_LAST_OF_EACH = """
DELETE FROM incoming i USING (SELECT key, max(place) AS place FROM incoming GROUP BY key HAVING count(*) > 1) last
WHERE i.key = last.key AND i.place < last.place
"""
# What was true before what is told beside it or known already is set apart from what may become current.
_LATE = """
CREATE TEMPORARY TABLE late ON COMMIT DROP AS
WITH newest AS (SELECT key, max(valid_from) AS valid_from FROM incoming GROUP BY key)
SELECT i.* FROM incoming i JOIN newest ON newest.key = i.key
LEFT JOIN data_registry_record r ON r.source_id = %(source)s AND r.key = i.key AND r.known_to IS NULL
WHERE NOT i.closed AND i.valid_from < greatest(newest.valid_from, r.valid_from)
"""
_FORGET_KNOWN_LATE = """
WITH apart AS (DELETE FROM incoming i USING late WHERE i.place = late.place)
DELETE FROM late USING data_registry_record r
WHERE r.source_id = %(source)s AND r.key = late.key AND r.valid_from = late.valid_from AND r.digest = decode(late.digest, 'hex')
"""
_INSERT_LATE = """
INSERT INTO data_registry_record
    (source_id, key, version, payload, digest, territory, search, valid_from, valid_to, known_from, known_to, closed, late,
     import_id, by)
SELECT %(source)s, l.key, coalesce(last.version, 0) + row_number() OVER (PARTITION BY l.key ORDER BY l.valid_from),
       l.payload, decode(l.digest, 'hex'), l.territory, l.search, l.valid_from, next.valid_from, %(at)s, %(at)s, false, true,
       %(import)s, %(by)s
FROM late l
LEFT JOIN LATERAL (
    SELECT max(r.version) AS version FROM data_registry_record r WHERE r.source_id = %(source)s AND r.key = l.key
) last ON true
LEFT JOIN LATERAL (
    SELECT min(valid_from) AS valid_from FROM (
        SELECT r.valid_from FROM data_registry_record r WHERE r.source_id = %(source)s AND r.key = l.key
        UNION ALL SELECT i.valid_from FROM incoming i WHERE i.key = l.key
        UNION ALL SELECT o.valid_from FROM late o WHERE o.key = l.key
    ) told WHERE told.valid_from > l.valid_from
) next ON true
"""
_END_BEFORE_LATE = """
UPDATE data_registry_record r SET valid_to = l.valid_from FROM late l
WHERE r.source_id = %(source)s AND r.key = l.key AND r.valid_from < l.valid_from AND r.valid_to > l.valid_from
"""
_CONFLICTS = """
SELECT i.key, r.version, i.version FROM incoming i
JOIN data_registry_record r ON r.source_id = %(source)s AND r.key = i.key AND r.known_to IS NULL
WHERE i.version <= r.version AND decode(i.digest, 'hex') <> r.digest ORDER BY i.key
"""
# Supersedes what differs and has no version or a higher one; the insert then finds the superseded row as its forerunner.
# A successor that becomes true later ends the time in which its forerunner was true; one from the same day corrects it.
_SUPERSEDE = """
WITH superseded AS (
UPDATE data_registry_record r
SET known_to = %(at)s, valid_to = CASE WHEN i.valid_from > r.valid_from THEN i.valid_from ELSE r.valid_to END
FROM incoming i
WHERE r.source_id = %(source)s AND r.key = i.key AND r.known_to IS NULL
  AND decode(i.digest, 'hex') <> r.digest AND (i.version IS NULL OR i.version > r.version)
RETURNING r.closed
) SELECT count(*), count(*) FILTER (WHERE NOT closed) FROM superseded
"""
_INSERT = """
WITH inserted AS (
INSERT INTO data_registry_record
    (source_id, key, version, payload, digest, raw, territory, search, valid_from, known_from, closed, import_id, by)
SELECT %(source)s, i.key, coalesce(i.version, coalesce(last.version, 0) + 1), i.payload, decode(i.digest, 'hex'), i.raw,
       i.territory, i.search,
       i.valid_from, %(at)s, i.closed, %(import)s, %(by)s
FROM incoming i
LEFT JOIN LATERAL (
    SELECT max(r.version) AS version, bool_or(r.known_to IS NULL) AS stands
    FROM data_registry_record r WHERE r.source_id = %(source)s AND r.key = i.key
) last ON true
WHERE last.stands IS NOT TRUE
RETURNING closed
) SELECT count(*), count(*) FILTER (WHERE NOT closed) FROM inserted
"""
_COUNT = """
UPDATE data_registry_source SET records = records + %(more)s, changed_at = %(at)s WHERE id = %(source)s
"""

# What says the same in other cells keeps its version; the cells are noted, so that next time they are known at once.
_SAME_OTHERWISE_WRITTEN = """
UPDATE data_registry_record r SET raw = i.raw FROM incoming i
WHERE r.source_id = %(source)s AND r.key = i.key AND r.known_to IS NULL AND i.raw IS NOT NULL
  AND r.raw IS DISTINCT FROM i.raw AND decode(i.digest, 'hex') = r.digest
"""


def source_of(register: str, source: str) -> models.Source:
    """The row of a source with its register.

    :raises domain.UnknownRegister: there is none.
    """
    row = models.Source.objects.select_related("register").filter(register__key=register, key=source).first()
    if row is None:
        raise domain.UnknownRegister(name=f"{register}/{source}")
    return row
