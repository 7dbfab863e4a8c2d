"""Registers, their sources, and one bitemporal table of records."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL


class Register(models.Model):
    """One declared register."""

    id = models.SmallAutoField(primary_key=True)
    key = models.TextField(unique=True)
    declaration = models.JSONField()
    declared_at = models.DateTimeField()

    class Privacy:
        personal = ()


class Source(models.Model):
    """One body that delivers the register's facts. Exactly one source of a register is trusted (Decree 278/2025 art. 5)."""

    id = models.SmallAutoField(primary_key=True)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="sources")
    key = models.TextField()
    name = models.TextField()
    agency_code = models.TextField(blank=True, default="")
    trusted = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["register", "key"], name="data_registry_source_key"),
            models.UniqueConstraint(
                fields=["register"], condition=Q(trusted=True), name="data_registry_one_trusted_source"
            ),
        ]

    class Privacy:
        personal = ()


class Record(models.Model):
    """One version of one record as one source tells it. The current version is the one not yet superseded.

    Do not read validity from ``known_from``: when a fact is true (``valid_from``, ``valid_to``) and when the space knew it
    (``known_from`` until ``known_to``) are two different times.
    """

    pk = models.CompositePrimaryKey("source_id", "key", "version")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False)
    key = models.TextField()
    version = models.BigIntegerField()
    payload = models.JSONField()
    digest = models.BinaryField(max_length=16)
    territory = models.TextField(blank=True, default="")
    search = models.TextField(blank=True, default="")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True)
    closed = models.BooleanField(default=False)
    import_id = models.UUIDField(null=True)
    by = models.TextField()
    xid = models.BigIntegerField(db_default=RawSQL("(pg_current_xact_id()::text)::bigint", []))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "key"], condition=Q(known_to=None), name="data_registry_record_one_current"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="data_registry_record_version"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gt=F("valid_from")),
                name="data_registry_record_validity",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["xid"]),
            models.Index(
                fields=["source", "territory", "key"], condition=Q(known_to=None), name="data_registry_current_place"
            ),
        ]

    class Privacy:
        personal = ("payload", "search", "key")
