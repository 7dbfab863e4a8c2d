"""Publishing from a program without Django: the rows and the notice that ``services.publish_many`` writes."""

from collections.abc import Sequence
from datetime import datetime

import orjson
import psycopg

from lienthong.foundation.outbox.domain import CHANNEL
from lienthong.kernel.events import Event
from lienthong.kernel.ids import uuid7

# Of equal notices in one transaction PostgreSQL gives one.
PUBLISH = f"""
WITH published AS (
    INSERT INTO foundation_outbox_event (event_id, name, subject, payload, trace_id, at) VALUES (%s, %s, %s, %s, '', %s)
) SELECT pg_notify('{CHANNEL}', '')
"""


async def publish_many(cursor: psycopg.AsyncCursor, events: Sequence[Event], *, at: datetime) -> None:
    """Publish facts in the caller's transaction, with one notice to the workers."""
    await cursor.executemany(
        PUBLISH, [(uuid7(), event.name, event.subject, orjson.dumps(event.payload()).decode(), at) for event in events]
    )
