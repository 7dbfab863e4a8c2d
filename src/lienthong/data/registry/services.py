"""Declaring registers and taking records in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import orjson
from django.db import connection, transaction

from lienthong.data.registry import domain, events, models
from lienthong.foundation.audit import services as audit
from lienthong.foundation.outbox import services as outbox


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
def accept(*, register: str, source: str, payload: dict, version: int | None, by: str, at: datetime) -> domain.Accepted:
    """Take one record in.

    :param version: the version the sender gives it; the next one when none.
    :raises domain.RecordRefused: it does not fit the register's schema.
    :raises domain.VersionConflict: its version is not higher than the stored one.
    """
    row = _source(register, source)
    incoming = domain.Declaration.parse(row.register.declaration).prepare(payload)
    result = accept_batch(
        register=register,
        source=source,
        rows=[domain.Incoming(**(incoming.__dict__ | {"version": version}))],
        by=by,
        at=at,
    )
    if result.conflicts:
        key, stored, given = result.conflicts[0]
        raise domain.VersionConflict(key=key, stored=stored, given=given)
    audit.record(by=by, action="data.registry.accept", subject=f"record:{register}:{incoming.key}", at=at)
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
    row = _source(register, source)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('data.registry.source'), %s)", [row.id])
        cursor.execute(_STAGE)
        with cursor.copy(
            "COPY incoming (key, version, payload, digest, territory, search, valid_from) FROM STDIN"
        ) as copy:
            for item in rows:
                copy.write_row(
                    (
                        item.key,
                        item.version,
                        orjson.dumps(item.payload).decode(),
                        item.digest,
                        item.territory,
                        item.search,
                        item.valid_from,
                    )
                )
        cursor.execute("ANALYZE incoming")
        cursor.execute(_CONFLICTS, {"source": row.id})
        conflicts = tuple(cursor.fetchall())
        values = {"source": row.id, "at": at, "by": by, "import": import_id}
        cursor.execute(_SUPERSEDE, values)
        changed = cursor.rowcount
        cursor.execute(_INSERT, values)
        written = cursor.rowcount
        cursor.execute("SELECT (pg_current_xact_id()::text)::bigint, count(*) FROM incoming")
        xid, total = cursor.fetchone()
        cursor.execute("DROP TABLE incoming")
    result = domain.Accepted(
        new=written - changed, changed=changed, unchanged=total - written - len(conflicts), conflicts=conflicts
    )
    if written:
        outbox.publish(
            events.RecordsVersioned(register=register, source=source, xid=xid, new=result.new, changed=changed), at=at
        )
    return result


_STAGE = """
CREATE TEMPORARY TABLE incoming (
    key text NOT NULL, version bigint, payload jsonb NOT NULL, digest bytea NOT NULL,
    territory text NOT NULL, search text NOT NULL, valid_from date
) ON COMMIT DROP
"""
_CONFLICTS = """
SELECT i.key, r.version, i.version FROM incoming i
JOIN data_registry_record r ON r.source_id = %(source)s AND r.key = i.key AND r.known_to IS NULL
WHERE i.version <= r.version AND i.digest <> r.digest ORDER BY i.key
"""
# Supersedes what differs and has no version or a higher one; the insert then finds the superseded row as its forerunner.
# A successor that becomes true later ends the time in which its forerunner was true; one from the same day corrects it.
_SUPERSEDE = """
UPDATE data_registry_record r
SET known_to = %(at)s, valid_to = CASE WHEN i.valid_from > r.valid_from THEN i.valid_from ELSE r.valid_to END
FROM incoming i
WHERE r.source_id = %(source)s AND r.key = i.key AND r.known_to IS NULL
  AND i.digest <> r.digest AND (i.version IS NULL OR i.version > r.version)
"""
_INSERT = """
INSERT INTO data_registry_record
    (source_id, key, version, payload, digest, territory, search, valid_from, known_from, closed, import_id, by)
SELECT %(source)s, i.key, coalesce(i.version, coalesce(last.version, 0) + 1), i.payload, i.digest, i.territory, i.search,
       i.valid_from, %(at)s, false, %(import)s, %(by)s
FROM incoming i
LEFT JOIN LATERAL (
    SELECT max(r.version) AS version, bool_or(r.known_to IS NULL) AS stands
    FROM data_registry_record r WHERE r.source_id = %(source)s AND r.key = i.key
) last ON true
WHERE last.stands IS NOT TRUE
"""


def _source(register: str, source: str) -> models.Source:
    row = models.Source.objects.select_related("register").filter(register__key=register, key=source).first()
    if row is None:
        raise domain.UnknownRegister(name=f"{register}/{source}")
    return row
