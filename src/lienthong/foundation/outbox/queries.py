"""What waits to be delivered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from lienthong.foundation.outbox import models


@dataclass(frozen=True)
class Waiting:
    """A delivery set aside."""

    id: int
    subscriber: str
    event_name: str
    subject: str
    cause: str
    attempts: int
    next_attempt_at: datetime
    given_up: bool


def unread() -> int:
    """Committed facts that some subscriber has not been given yet."""
    rows = models.Subscriber.objects.raw(
        """
        SELECT s.name, (
            SELECT count(*) FROM foundation_outbox_event e WHERE e.name = s.event_name AND (e.xid, e.id) > (s.xid, s.event)
        ) AS unread
        FROM foundation_outbox_subscriber s
        """
    )
    return sum(row.unread for row in rows)


def standing(*, at: datetime) -> dict[str, tuple[bool, bool]]:
    """Of every subscriber, in one query: whether there is something new for it, and whether something set aside is due."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.name, EXISTS (
                SELECT FROM foundation_outbox_event e WHERE e.name = s.event_name AND (e.xid, e.id) > (s.xid, s.event)
                  AND e.xid < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
            ), EXISTS (
                SELECT FROM foundation_outbox_setaside a
                WHERE a.subscriber = s.name AND NOT a.given_up AND a.next_attempt_at <= %s
            )
            FROM foundation_outbox_subscriber s
            """,
            [at],
        )
        return {name: (new, due) for name, new, due in cursor.fetchall()}


def held_back() -> bool:
    """Whether a committed fact waits for an older transaction to end before anyone may read it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(max(xid) >= (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint, false)
            FROM foundation_outbox_event
            """
        )
        return cursor.fetchone()[0]


def set_aside(*, limit: int = 100) -> Sequence[Waiting]:
    """Deliveries that failed, with their causes, the oldest first."""
    rows = models.SetAside.objects.select_related("event").order_by("id")[:limit]
    return [
        Waiting(
            row.id,
            row.subscriber,
            row.event.name,
            row.subject,
            row.cause,
            row.attempts,
            row.next_attempt_at,
            row.given_up,
        )
        for row in rows
    ]
