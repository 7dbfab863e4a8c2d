"""Published events, where each subscriber stands, and deliveries set aside."""

from typing import ClassVar

from django.db import models
from django.db.models.expressions import RawSQL

from lienthong.kernel.ids import uuid7


class EventRow(models.Model):
    """One published fact. Read in the order (xid, id) and only below the oldest running transaction: transactions commit
    out of order, so an id alone would let a reader skip one."""

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(default=uuid7, unique=True)
    xid = models.BigIntegerField(db_default=RawSQL("(pg_current_xact_id()::text)::bigint", []))
    name = models.TextField()
    subject = models.TextField()
    payload = models.JSONField()
    trace_id = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "foundation_outbox_event"
        # By kind: a subscriber of a rare one finds what is new without reading what it never hears.
        indexes: ClassVar = [models.Index(fields=["xid", "id"]), models.Index(fields=["name", "xid", "id"])]

    class Privacy:
        personal = ()


class Subscriber(models.Model):
    """How far one handler has come. Locked while it works, so that two workers never deliver to it at once."""

    name = models.TextField(primary_key=True)
    event_name = models.TextField()
    xid = models.BigIntegerField(default=0)
    event = models.BigIntegerField(default=0)

    class Privacy:
        personal = ()


class SetAside(models.Model):
    """A delivery that keeps failing, with its cause; and what waits behind it because it is about the same subject."""

    id = models.BigAutoField(primary_key=True)
    subscriber = models.TextField()
    event = models.ForeignKey(EventRow, on_delete=models.PROTECT)
    subject = models.TextField()
    cause = models.TextField(blank=True, default="")
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    given_up = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscriber", "event"], name="foundation_outbox_set_aside_once")
        ]
        indexes: ClassVar = [models.Index(fields=["subscriber", "subject", "event"])]

    class Privacy:
        personal = ()
