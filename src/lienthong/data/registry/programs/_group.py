"""A group of facts written in one transaction, by the statements of the services."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
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
LATE_KEYS = "SELECT key FROM late"
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
    """Facts of one sender, each of a key of its own. What no row needs is not asked for, the rest goes together: the way to
    the database and back costs more than most statements."""
    # No key is told twice, so no late fact comes before another of its key that would have to know of it.
    values = {"source": sender.source_id, "at": at, "by": sender.by, "import": None, "late": False}
    await _run(cursor, [statements.LOCK, statements.STAGE], values)
    async with cursor.copy(COPY) as copy:
        for row in rows:
            await copy.write_row(
                (row.key, row.version, orjson.dumps(row.payload).decode(), row.digest, row.territory, row.search,
                 row.valid_from, row.closed)
            )  # fmt: skip
    steps = {"standing": statements.STANDING, "stood": STOOD}
    if any(row.valid_from for row in rows):
        steps |= {
            "set apart": statements.LATE, "forget": statements.FORGET_KNOWN_LATE, "history": statements.INSERT_LATE,
            "late": LATE_KEYS, "validity": statements.END_BEFORE_LATE,
        }  # fmt: skip
    steps |= {
        "conflicts": statements.CONFLICTS, "superseded": statements.SUPERSEDE, "inserted": statements.INSERT,
        "xid": statements.XID, "written": WRITTEN, "clear": statements.CLEAR,
    }  # fmt: skip
    found = dict(zip(steps, await _run(cursor, list(steps.values()), values), strict=True))
    stood, versions, late = dict(found["stood"]), dict(found["written"]), {key for (key,) in found.get("late", ())}
    ((changed, ended),), ((written, begun),), ((xid,),) = found["superseded"], found["inserted"], found["xid"]
    if written:
        await cursor.execute(statements.COUNT, values | {"more": begun - ended})
    outcomes: dict[str, Taken | VersionConflict] = {
        key: VersionConflict(key=key, stored=stored, given=given) for key, stored, given in found["conflicts"]
    }
    for row in rows:
        key = row.key
        if key in versions:
            outcomes[key] = Taken(key, versions[key], new=key not in stood, written=True)
        elif key not in outcomes:
            outcomes[key] = Taken(key, stood[key], new=key in late, written=key in late)
    return Part(outcomes, xid, written - changed + len(late), changed)


async def _run(cursor: psycopg.AsyncClientCursor, steps: Sequence[str], values: Mapping[str, Any]) -> list[list[tuple]]:
    """Send statements together; the rows of each."""
    await cursor.execute(";".join(steps), values)
    found = [await cursor.fetchall() if cursor.description else []]
    while cursor.nextset():
        found.append(await cursor.fetchall() if cursor.description else [])
    return found


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
