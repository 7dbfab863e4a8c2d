"""Registers, their sources, and one bitemporal table of records."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from lienthong.kernel.ids import uuid7


class Register(models.Model):
    """One declared register."""

    id = models.SmallAutoField(primary_key=True)
    key = models.TextField(unique=True)
    declaration = models.JSONField()
    declared_at = models.DateTimeField()

    class Privacy:
        personal = ()


class Source(models.Model):
    """One body that delivers the register's facts. Exactly one source of a register is trusted (Decree 278/2025 art. 5).
    How many records it has now is counted as they come, so that a list of registers reads no record."""

    id = models.SmallAutoField(primary_key=True)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="sources")
    key = models.TextField()
    name = models.TextField()
    agency_code = models.TextField(blank=True, default="")
    trusted = models.BooleanField(default=False)
    records = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)

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
    """One version of one record as one source tells it. The current version is the one not yet superseded. ``raw`` is a
    hash of the cells it was read from: a row that comes again unchanged is known by it before it is read.

    Do not read validity from ``known_from``: when a fact is true (``valid_from``, ``valid_to``) and when the space knew it
    (``known_from`` until ``known_to``) are two different times. A fact of the past that the space learns of when it already
    knows a later one is ``late``: it is history from the first and was never current.
    """

    pk = models.CompositePrimaryKey("source_id", "key", "version")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_index=False)
    key = models.TextField()
    version = models.BigIntegerField()
    payload = models.JSONField()
    digest = models.BinaryField(max_length=16)
    raw = models.BigIntegerField(null=True)
    territory = models.TextField(blank=True, default="")
    search = models.TextField(blank=True, default="")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True)
    closed = models.BooleanField(default=False)
    late = models.BooleanField(default=False, db_default=False)
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
            # Without the ended ones, so that a look-up of what stands by its key is never led to this index.
            models.Index(
                fields=["source", "territory", "key"],
                condition=Q(known_to=None, closed=False),
                name="data_registry_current_place",
            ),
        ]

    class Privacy:
        personal = ("payload", "search", "key")


class ImportRow(models.Model):
    """One file on its way into a register, and how far it is. ``read`` moves in the transaction of each batch, so an
    import that was cut off goes on where it stood."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    file_id = models.UUIDField()
    sha256 = models.TextField()
    name = models.TextField()
    whole = models.BooleanField(default=False)
    state = models.TextField(default="waiting")
    total = models.BigIntegerField(null=True)
    read = models.BigIntegerField(default=0)
    new = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    problem_vi = models.TextField(blank=True, default="")
    problem_en = models.TextField(blank=True, default="")
    encoding = models.TextField(blank=True, default="")
    by = models.TextField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "data_registry_import"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed"]), name="data_registry_import_state"
            ),
            models.UniqueConstraint(
                fields=["source", "sha256"],
                condition=Q(state__in=["waiting", "running"]),
                name="data_registry_import_once_at_a_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["source", "-started_at"])]

    class Privacy:
        personal = ("by", "name")


class RefusedRow(models.Model):
    """One cell for which a row of an import was refused."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(ImportRow, on_delete=models.CASCADE, related_name="refusals")
    row = models.BigIntegerField()
    column = models.TextField()
    value = models.TextField()
    reason = models.TextField()

    class Meta:
        db_table = "data_registry_refused"

    class Privacy:
        personal = ("value",)


class SeenKey(models.Model):
    """A key that the file of a running import told, kept until what it does not tell is ended."""

    pk = models.CompositePrimaryKey("job_id", "key")
    job = models.ForeignKey(ImportRow, on_delete=models.CASCADE, db_index=False)
    key = models.TextField()

    class Meta:
        db_table = "data_registry_seen"

    class Privacy:
        personal = ("key",)


class IntakeToken(models.Model):
    """The right of one system to send facts of one source. Of the token itself only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    hash = models.BinaryField(max_length=32, unique=True)
    name = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    by = models.TextField()

    class Meta:
        db_table = "data_registry_intake_token"

    class Privacy:
        personal = ("by", "name")
