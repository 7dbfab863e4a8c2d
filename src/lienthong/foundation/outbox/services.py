"""Publishing, subscribing and delivering."""

import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Generic, TypeVar

import structlog
from django.db import DatabaseError, connection, transaction

from lienthong.foundation.outbox import domain, models, queries
from lienthong.kernel.events import Event
from lienthong.kernel.ids import uuid7

log = structlog.get_logger(__name__)
E = TypeVar("E", bound=Event)
Handler = Callable[[E], None]
BatchHandler = Callable[[Sequence[E]], None]

BATCH = 500
"""Facts that a subscriber is given in one round at most."""
ROUND = 500
"""What a round may weigh before those that give way are left to wait."""
PATIENCE = timedelta(minutes=1)
"""How long they wait at most."""
OVERDUE = 2_000
"""What they are given at once who have waited so long: much together is less work than each by itself."""


@dataclass(frozen=True)
class _Subscription(Generic[E]):
    """A handler of one kind of fact; ``at_once`` when it takes many in one call; ``gives_way`` to others that hear the same."""

    event_type: type[E]
    handle: BatchHandler
    at_once: bool
    gives_way: bool = False

    def weights(self, rows: Sequence[models.EventRow]) -> list[int]:
        """What each of these facts weighs; one that cannot be read is left to its handler to fail on."""
        found = []
        for row in rows:
            try:
                found.append(self.event_type.from_payload(row.payload).weight)
            except (TypeError, ValueError):
                found.append(1)
        return found


_subscribers: dict[str, _Subscription] = {}


def publish(event: Event, *, at: datetime) -> None:
    """Publish one fact in the caller's transaction.

    :raises RuntimeError: there is no transaction; a fact without one could be told and then not be so.
    """
    publish_many([event], at=at)


def publish_many(events: Sequence[Event], *, at: datetime) -> None:
    """Publish facts in the caller's transaction, in one statement, with one notice to the workers."""
    if not events:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("an event is published inside the transaction that makes it true")
    trace = structlog.contextvars.get_contextvars().get("trace_id", "")
    models.EventRow.objects.bulk_create(
        [
            models.EventRow(
                event_id=uuid7(), name=event.name, subject=event.subject, payload=event.payload(), trace_id=trace, at=at
            )
            for event in events
        ],
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [domain.CHANNEL])


def subscribe(event_type: type[E], *, name: str | None = None) -> Callable[[Handler], Handler]:
    """Mark a function of a ``handlers.py`` as hearing a kind of fact. It may hear the same fact twice."""

    def register(handler: Handler) -> Handler:
        def one_by_one(events: Sequence[E]) -> None:
            for event in events:
                handler(event)

        _subscribers[name or _name(handler)] = _Subscription(event_type, one_by_one, at_once=False)
        return handler

    return register


def subscribe_batch(
    event_type: type[E], *, name: str | None = None, gives_way: bool = False
) -> Callable[[BatchHandler], BatchHandler]:
    """The same for a function that takes what there is of a kind at once, in order: its cost is that of a batch, not of a
    fact. When it fails, the facts are given to it one by one, so that only the one to blame is set aside.

    :param gives_way: it does what can wait a little: it is given what room a round has left after the others that hear the
        same, and nothing while they are busy, for `PATIENCE` at most.
    """

    def register(handler: BatchHandler) -> BatchHandler:
        _subscribers[name or _name(handler)] = _Subscription(event_type, handler, at_once=True, gives_way=gives_way)
        return handler

    return register


def _name(handler: Callable) -> str:
    return f"{handler.__module__.removeprefix('lienthong.').removesuffix('.handlers')}.{handler.__name__}"


def deliver(*, at: datetime, limit: int = BATCH) -> domain.Delivered:
    """One round: to every subscriber, what is new, then what was set aside and is due; to those that give way after the others.
    Safe to run in many workers."""
    total = domain.Delivered()
    standing = queries.standing(at=at)
    carried: Counter[str] = Counter()
    for name, subscription in sorted(_subscribers.items(), key=lambda item: item[1].gives_way):
        fact = subscription.event_type.name
        if name not in standing:
            models.Subscriber.objects.get_or_create(name=name, defaults={"event_name": fact})
        new, due = standing.get(name, (True, False))
        if new:
            room = ROUND - carried[fact] if subscription.gives_way else None
            given = _deliver_new(name, at=at, limit=limit, room=room)
            carried[fact] = max(carried[fact], given.weight)
            total += given
        if due:
            total += _retry(name, at=at)
    return total


def settle(*, clock: Callable[[], datetime], seconds: float = 30) -> bool:
    """Deliver, together with whoever else does, until every committed fact has been given to all; whether that came to be
    in time. For commands that show what their acts led to."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not deliver(at=clock()).delivered:
            if not queries.unread():
                return True
            time.sleep(0.01)
    return False


@transaction.atomic
def retry_set_aside(*, id: int, at: datetime) -> None:
    """Let a delivery that was given up be tried again, now."""
    models.SetAside.objects.filter(id=id).update(given_up=False, attempts=0, next_attempt_at=at)


@transaction.atomic
def replay(*, subscriber: str, after_event: int = 0) -> None:
    """Deliver everything after an event again to one subscriber; its handlers are harmless to repeat."""
    event = models.EventRow.objects.filter(id=after_event).first()
    models.Subscriber.objects.filter(name=subscriber).update(xid=event.xid if event else 0, event=after_event)


def _deliver_new(name: str, *, at: datetime, limit: int, room: int | None) -> domain.Delivered:
    subscription = _subscribers[name]
    with transaction.atomic():
        place = models.Subscriber.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if place is None:
            return domain.Delivered()
        rows = _unread(place, limit)
        if not rows:
            return domain.Delivered()
        weights = subscription.weights(rows)
        if room is not None:
            room = OVERDUE if rows[0].at < at - PATIENCE else room
            rows = [row for row, heavy in zip(rows, accumulate(weights, initial=0), strict=False) if heavy < room]
            if not rows:
                return domain.Delivered()
        blocked = set(
            models.SetAside.objects.filter(subscriber=name, subject__in={row.subject for row in rows}).values_list(
                "subject", flat=True
            )
        )
        done, aside, left = 0, [], rows
        free = [row for row in rows if row.subject not in blocked]
        if subscription.at_once and len(free) > 1 and _attempt(subscription, free) is None:
            done, left = len(free), [row for row in rows if row.subject in blocked]
        for row in left:
            if row.subject in blocked:
                aside.append((row, "waits behind an earlier one about the same subject"))
                continue
            cause = _attempt(subscription, [row])
            if cause is None:
                done += 1
            else:
                blocked.add(row.subject)
                aside.append((row, cause))
        models.SetAside.objects.bulk_create(
            [
                models.SetAside(
                    subscriber=name,
                    event=row,
                    subject=row.subject,
                    cause=cause,
                    attempts=1,
                    next_attempt_at=at + domain.pause(1),
                )
                for row, cause in aside
            ],
            ignore_conflicts=True,
        )
        place.xid, place.event = rows[-1].xid, rows[-1].id
        place.save(update_fields=["xid", "event"])
    return domain.Delivered(done, len(aside), sum(weights[: len(rows)]))


def _unread(place: models.Subscriber, limit: int) -> list[models.EventRow]:
    return list(
        models.EventRow.objects.raw(
            """
            SELECT * FROM foundation_outbox_event
            WHERE (xid, id) > (%s, %s) AND name = %s AND xid < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
            ORDER BY xid, id LIMIT %s
            """,
            [place.xid, place.event, place.event_name, limit],
        )
    )


def _attempt(subscription: _Subscription, rows: Sequence[models.EventRow]) -> str | None:
    """Run a handler over facts with its effects in a savepoint; the cause when it fails.

    The mark that it is done commits with its effects, so what it writes to this database happens exactly once.
    """
    first = rows[0]
    with structlog.contextvars.bound_contextvars(trace_id=first.trace_id, event=str(first.event_id)):
        try:
            with transaction.atomic():
                subscription.handle([subscription.event_type.from_payload(row.payload) for row in rows])
        except DatabaseError as error:
            if connection.connection is None or connection.connection.closed:
                raise
            log.exception("a handler failed", event_name=first.name, facts=len(rows), error=str(error))
            return traceback.format_exc(limit=-3)
        except Exception:
            log.exception("a handler failed", event_name=first.name, facts=len(rows))
            return traceback.format_exc(limit=-3)
    return None


def _retry(name: str, *, at: datetime) -> domain.Delivered:
    subscription = _subscribers[name]
    done = 0
    with transaction.atomic():
        place = models.Subscriber.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if place is None:
            return domain.Delivered()
        stopped: set[str] = set()
        waiting = (
            models.SetAside.objects.filter(subscriber=name).select_related("event").order_by("event__xid", "event__id")
        )
        for delivery in waiting[:BATCH]:
            if delivery.subject in stopped:
                continue
            if delivery.given_up or delivery.next_attempt_at > at:
                stopped.add(delivery.subject)
                continue
            cause = _attempt(subscription, [delivery.event])
            if cause is None:
                delivery.delete()
                done += 1
                continue
            stopped.add(delivery.subject)
            delivery.attempts += 1
            delivery.cause, delivery.given_up = cause, delivery.attempts >= domain.ATTEMPTS
            delivery.next_attempt_at = at + domain.pause(delivery.attempts)
            delivery.save(update_fields=["attempts", "cause", "given_up", "next_attempt_at"])
    return domain.Delivered(done, 0)
