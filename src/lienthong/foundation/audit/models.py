"""Audit records, the Merkle tree over them, and signed checkpoints."""

from typing import ClassVar

from django.db import models
from django.db.models.expressions import RawSQL

from lienthong.kernel.ids import uuid7


class RecordRow(models.Model):
    """One act or look. A trigger refuses every UPDATE, DELETE and TRUNCATE."""

    seq = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid7, unique=True, editable=False)
    xid = models.BigIntegerField(db_default=RawSQL("(pg_current_xact_id()::text)::bigint", []))
    by = models.TextField()
    action = models.TextField()
    subject = models.TextField()
    at = models.DateTimeField()
    reason = models.TextField(blank=True, default="")
    about = models.JSONField(default=list)
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "foundation_audit_record"
        indexes: ClassVar = [
            models.Index(fields=["xid", "seq"]),
            models.Index(fields=["subject", "seq"]),
            models.Index(fields=["by", "seq"]),
        ]

    class Privacy:
        personal = ("by", "subject", "about", "details")


class About(models.Model):
    """Whom a record is about: the way from a person to who looked at them."""

    id = models.BigAutoField(primary_key=True)
    person = models.TextField()
    record = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "-record"])]

    class Privacy:
        personal = ("person",)


class Leaf(models.Model):
    """The place of a record in the tree."""

    index = models.BigIntegerField(primary_key=True)
    record = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)

    class Privacy:
        personal = ()


class Node(models.Model):
    """The hash of a complete subtree of 2^level leaves, the index-th of its level; those of one leaf stand with the leaf."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Privacy:
        personal = ()


class Checkpoint(models.Model):
    """A signed statement: the first ``size`` records have this root."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    key_id = models.TextField()
    public_key = models.BinaryField()
    signature = models.BinaryField()

    class Privacy:
        personal = ()
