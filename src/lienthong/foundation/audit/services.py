"""Recording, and sealing what was recorded."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from lienthong.foundation.audit import domain, models, queries
from lienthong.kernel.ids import uuid7
from lienthong.kernel.signing import Signer

BATCH = 5000


def record(
    *,
    by: str,
    action: str,
    subject: str,
    at: datetime,
    reason: str = "",
    about: Sequence[str] = (),
    details: Mapping[str, Any] | None = None,
) -> UUID:
    """Record one act or look in the caller's transaction.

    :param by: who: ``account:<id>`` or ``system:<module>``.
    :param about: the people it concerns, who will see it: ``account:<id>``, ``person:<personal id>``.
    """
    item = domain.Record(uuid7(), by, action, subject, at, reason, tuple(about), details or {})
    record_many([item])
    return item.id


@transaction.atomic
def record_many(records: Sequence[domain.Record]) -> None:
    """Record many in two statements."""
    rows = models.RecordRow.objects.bulk_create(
        [
            models.RecordRow(
                id=item.id, by=item.by, action=item.action, subject=item.subject, at=item.at, reason=item.reason,
                about=list(item.about), details=dict(item.details),
            )
            for item in records
        ],
        batch_size=1000,
    )  # fmt: skip
    models.About.objects.bulk_create(
        [models.About(person=person, record=row.seq) for row in rows for person in row.about], batch_size=1000
    )


@transaction.atomic
def sequence(*, at: datetime, signer: Signer) -> int:
    """Place committed records in the tree and sign a checkpoint; how many were placed. One sequencer works at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('foundation.audit.sequence'))")
        if not cursor.fetchone()[0]:
            return 0
    last = models.Leaf.objects.order_by("-index").first()
    size = last.index + 1 if last else 0
    rows = _unplaced(last.record if last else None)
    if not rows:
        return 0
    hashes = [domain.leaf_hash(row.canonical()) for _, row in rows]
    edge = queries.nodes(domain.peaks(size))
    new = domain.grow(edge, size, hashes)
    leaves = ((size + offset, seq, value) for offset, ((seq, _), value) in enumerate(zip(rows, hashes, strict=True)))
    _copy("foundation_audit_leaf (index, record, hash)", ("int8", "int8", "bytea"), leaves)
    nodes = ((level, index, value) for (level, index), value in new.items() if level)
    _copy("foundation_audit_node (level, index, hash)", ("int2", "int8", "bytea"), nodes)
    total = size + len(rows)
    root = domain.root(edge | new, total)
    models.Checkpoint.objects.create(
        size=total, root=root, at=at, key_id=signer.key_id, public_key=signer.public_key(),
        signature=signer.sign(domain.checkpoint_text(total, root)),
    )  # fmt: skip
    return len(rows)


def _copy(target: str, types: Sequence[str], rows: Iterable[tuple]) -> None:
    """Write rows by COPY: thousands of records a second are sealed, and a statement of values would cost more than the tree."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _unplaced(last: int | None) -> list[tuple[int, domain.Record]]:
    """Records not yet in the tree, with their numbers, in the order (xid, seq), below the oldest running transaction."""
    xid = models.RecordRow.objects.filter(seq=last).values_list("xid", flat=True).first() if last else 0
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT seq, id, by, action, subject, at, reason, about::text, details::text FROM foundation_audit_record
            WHERE (xid, seq) > (%s, %s) AND xid < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
            ORDER BY xid, seq LIMIT %s
            """,
            [xid or 0, last or 0, BATCH],
        )
        return [
            (seq, domain.Record(*fields, tuple(json.loads(about)), json.loads(details)))
            for seq, *fields, about, details in cursor.fetchall()
        ]
