"""Recording from a program without Django: the rows that ``services.record_many`` writes."""

from collections.abc import Iterable

import psycopg

from lienthong.foundation.audit.domain import Record

COPY = 'COPY foundation_audit_record (id, "by", action, subject, at, reason, about, details) FROM STDIN'


async def record_many(cursor: psycopg.AsyncCursor, records: Iterable[Record]) -> None:
    """Record acts about nobody in the caller's transaction."""
    async with cursor.copy(COPY) as copy:
        for item in records:
            await copy.write_row((item.id, item.by, item.action, item.subject, item.at, item.reason, "[]", "{}"))
