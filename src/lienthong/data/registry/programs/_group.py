"""A group of facts written in one transaction, by the statements of the services."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson
import psycopg

from lienthong.data.registry.domain import Declaration, Incoming, Taken, VersionConflict
from lienthong.data.registry.events import RecordsVersioned
from lienthong.data.registry.programs import _statements as statements
from lienthong.foundation.audit.domain import Record
from lienthong.foundation.audit.programs import recording
from lienthong.foundation.outbox.programs import publishing
from lienthong.kernel.ids import uuid7

COPY = "COPY incoming (key, version, payload, digest, territory, search, valid_from, closed) FROM STDIN"
STOOD = "SELECT key, version FROM standing"
WRITTEN = """
SELECT key, version FROM data_registry_record
WHERE source_id = %(source)s AND xid = (pg_current_xact_id()::text)::bigint AND NOT late
"""


@dataclass(frozen=True)
class Sender:
    """Who a token stands for: one system that tells the facts of one source."""

    token: UUID
    source_id: int
    register: str
    source: str
    declaration: Declaration = field(compare=False)

    @property
    def by(self) -> str:
        return f"intake:{self.token}"


@dataclass
class Part:
    """What one sender's facts came to."""

    outcomes: dict[str, Taken | VersionConflict]
    xid: int
    new: int
    changed: int


async def write(
    connection: psycopg.AsyncConnection, facts: Sequence[tuple[Sender, Incoming]], *, at: datetime
) -> tuple[int, list[Taken | VersionConflict]]:
    """Write facts of any senders in one transaction, a key of a source once; its number, and what became of each, in order.

    :raises psycopg.Error: nothing was written.
    """
    by_sender: dict[Sender, list[Incoming]] = defaultdict(list)
    for sender, incoming in facts:
        by_sender[sender].append(incoming)
    parts: dict[Sender, Part] = {}
    async with connection.transaction(), psycopg.AsyncClientCursor(connection) as cursor:
        # In the order of the sources, so that two processes never wait for each other.
        for sender in sorted(by_sender, key=lambda sender: (sender.source_id, sender.token)):
            parts[sender] = await _write_part(cursor, sender, by_sender[sender], at)
        await recording.record_many(cursor, _acts(parts, at))
        await publishing.publish_many(cursor, _events(parts), at=at)
    xid = next(iter(parts.values())).xid
    return xid, [parts[sender].outcomes[incoming.key] for sender, incoming in facts]


async def _write_part(
    cursor: psycopg.AsyncClientCursor, sender: Sender, rows: Sequence[Incoming], at: datetime
) -> Part:
    """Facts of one sender, each of a key of its own. Statements that no row needs are not sent, the others go together:
    the way to the database and back costs more than most of them."""
    values = {"source": sender.source_id, "at": at, "by": sender.by, "import": None}
    await cursor.execute(f"{statements.LOCK};{statements.STAGE}", values)
    async with cursor.copy(COPY) as copy:
        for row in rows:
            await copy.write_row(
                (row.key, row.version, orjson.dumps(row.payload).decode(), row.digest, row.territory, row.search,
                 row.valid_from, row.closed)
            )  # fmt: skip
    await cursor.execute(f"{statements.STANDING};{STOOD};{statements.CONFLICTS}", values)
    cursor.nextset()
    standing = dict(await cursor.fetchall())
    cursor.nextset()
    conflicts = {
        key: VersionConflict(key=key, stored=stored, given=given) for key, stored, given in await cursor.fetchall()
    }
    late = set()
    if any(row.valid_from for row in rows):
        await cursor.execute(
            f"{statements.LATE};{statements.FORGET_KNOWN_LATE};{statements.INSERT_LATE};SELECT key FROM late", values
        )
        while cursor.nextset():
            pass
        late = {key for (key,) in await cursor.fetchall()}
    await cursor.execute(
        f"{statements.SUPERSEDE};{statements.END_BEFORE_LATE};{statements.INSERT};{statements.XID};{WRITTEN};{statements.CLEAR}",
        values | {"late": bool(late)},
    )
    changed, ended = await cursor.fetchone()
    cursor.nextset()
    cursor.nextset()
    written, begun = await cursor.fetchone()
    cursor.nextset()
    (xid,) = await cursor.fetchone()
    cursor.nextset()
    versions: Mapping[str, int] = dict(await cursor.fetchall())
    if written:
        await cursor.execute(statements.COUNT, values | {"more": begun - ended})
    outcomes = {}
    for row in rows:
        key = row.key
        if key in conflicts:
            outcomes[key] = conflicts[key]
        elif key in versions:
            outcomes[key] = Taken(key, versions[key], new=key not in standing, written=True)
        else:
            outcomes[key] = Taken(key, standing[key], new=key in late, written=key in late)
    return Part(outcomes, xid, written - changed + len(late), changed)


def _acts(parts: Mapping[Sender, Part], at: datetime):
    """What the log says: one act for each fact that told something."""
    for sender, part in parts.items():
        subject = f"record:{sender.register}:"
        for key, outcome in part.outcomes.items():
            if isinstance(outcome, Taken) and outcome.written:
                yield Record(uuid7(), sender.by, "data.registry.accept", subject + key, at)


def _events(parts: Mapping[Sender, Part]) -> list[RecordsVersioned]:
    """What other modules hear: one fact for each source that has new versions, whoever sent them."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for sender, part in parts.items():
        if part.new or part.changed:
            new, changed = counts.get((sender.register, sender.source), (0, 0))
            counts[sender.register, sender.source] = (new + part.new, changed + part.changed)
    xid = next(iter(parts.values())).xid
    return [
        RecordsVersioned(register=register, source=source, xid=xid, new=new, changed=changed)
        for (register, source), (new, changed) in counts.items()
    ]
