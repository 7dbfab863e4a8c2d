"""Indicators and their families, their cells and history, territories, signals."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from lienthong.kernel.ids import uuid7


class FamilyRow(models.Model):
    """Indicators whose sums lie side by side (domain.Family). ``width``: slots ever given; none is given twice."""

    id = models.SmallAutoField(primary_key=True)
    register = models.TextField()
    period = models.TextField(blank=True, default="")
    every = ArrayField(models.TextField())
    by = ArrayField(models.TextField(), default=list)
    width = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "data_warehouse_family"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["register", "period", "every", "by"], name="data_warehouse_family_one")
        ]

    class Privacy:
        personal = ()


class IndicatorRow(models.Model):
    """One declared indicator and where its sums lie. ``computed_snapshot`` and ``computed_xid`` tell which transactions its last
    full computing already saw, so that hearing of one of those later does not count it twice; ``rules`` by which rules it was
    computed."""

    code = models.TextField(primary_key=True)
    register = models.TextField(db_index=True)
    family = models.ForeignKey(FamilyRow, on_delete=models.PROTECT, related_name="indicators")
    slot = models.SmallIntegerField()
    declaration = models.JSONField()
    declared_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    rest_checked_at = models.DateTimeField(null=True)
    """The same for its months, weeks and parts, which are moved after its wholes of all time; none: with them."""
    rules = models.SmallIntegerField(default=0)
    computed_snapshot = models.TextField(default="1:1:")
    computed_xid = models.BigIntegerField(default=0)

    class Meta:
        db_table = "data_warehouse_indicator"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["family", "slot"], name="data_warehouse_indicator_slot")
        ]

    class Privacy:
        personal = ()


class DeclarationRow(models.Model):
    """What an indicator meant from a moment on. Append-only."""

    id = models.BigAutoField(primary_key=True)
    indicator = models.ForeignKey(IndicatorRow, on_delete=models.CASCADE, related_name="declarations")
    declaration = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "data_warehouse_declaration"

    class Privacy:
        personal = ()


class CellRow(models.Model):
    """The sums of a family for one territory, period and part, as of now: slot by slot. What changes in a row is in no index, and
    a page is not filled, so that a move stays on its page and costs no index anything."""

    pk = models.CompositePrimaryKey("family_id", "territory", "period", "part")
    family = models.ForeignKey(FamilyRow, on_delete=models.CASCADE, db_index=False)
    territory = models.TextField()
    period = models.TextField()
    part = models.TextField(default="")
    numerators = ArrayField(models.DecimalField(max_digits=38, decimal_places=6, null=True))
    denominators = ArrayField(models.DecimalField(max_digits=38, decimal_places=6, null=True))
    rows = ArrayField(models.BigIntegerField(null=True))
    moved = ArrayField(models.BooleanField(), default=list)
    """Which slots the last change moved."""
    computed_at = models.DateTimeField()
    xid = models.BigIntegerField(db_default=RawSQL("(pg_current_xact_id()::text)::bigint", []))

    class Meta:
        db_table = "data_warehouse_sums"
        indexes: ClassVar = [
            # A territory has many times more parts than wholes: reading its wholes passes none of them by.
            models.Index(
                fields=["family", "territory", "period"], condition=Q(part=""), name="data_warehouse_sums_whole"
            ),
        ]

    class Privacy:
        personal = ()


class CellVersion(models.Model):
    """What the slots that moved said from a moment on, the others null: the view as it was known then. Append-only."""

    id = models.BigAutoField(primary_key=True)
    family = models.ForeignKey(FamilyRow, on_delete=models.CASCADE, db_index=False)
    territory = models.TextField()
    period = models.TextField()
    numerators = ArrayField(models.DecimalField(max_digits=38, decimal_places=6, null=True))
    denominators = ArrayField(models.DecimalField(max_digits=38, decimal_places=6, null=True))
    rows = ArrayField(models.BigIntegerField(null=True))
    at = models.DateTimeField()
    source_xid = models.BigIntegerField(null=True)
    """The transaction of the register that moved them, the last of several applied together; none for a full computing."""
    xid = models.BigIntegerField(null=True, db_default=RawSQL("(pg_current_xact_id()::text)::bigint", []))
    """The transaction that wrote this; none where it came with an indicator from another family."""

    class Meta:
        db_table = "data_warehouse_sums_version"
        indexes: ClassVar = [
            models.Index(fields=["xid"], condition=Q(period=""), name="data_warehouse_version_live"),
            models.Index(fields=["family", "territory", "period", "-at", "-id"], name="data_warehouse_sums_past"),
        ]

    class Privacy:
        personal = ()


class Place(models.Model):
    """A territory and one it lies in (itself and the whole country among them): where a row counts."""

    pk = models.CompositePrimaryKey("code", "ancestor")
    code = models.TextField()
    ancestor = models.TextField()

    class Meta:
        db_table = "data_warehouse_place"

    class Privacy:
        personal = ()


class AppliedChange(models.Model):
    """A transaction of a register whose changes are in the wholes of all time: what makes hearing of it twice harmless."""

    pk = models.CompositePrimaryKey("register", "source_xid")
    register = models.TextField()
    source_xid = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "data_warehouse_applied_change"

    class Privacy:
        personal = ()


class AppliedRest(models.Model):
    """The same of months, weeks and parts."""

    pk = models.CompositePrimaryKey("register", "source_xid")
    register = models.TextField()
    source_xid = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "data_warehouse_applied_rest"

    class Privacy:
        personal = ()


class SignalRow(models.Model):
    """A value that crossed a threshold. One stays open per indicator, territory and period, at its gravest level."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    indicator = models.TextField()
    territory = models.TextField()
    period = models.TextField()
    level = models.TextField()
    value = models.DecimalField(max_digits=38, decimal_places=6)
    threshold = models.DecimalField(max_digits=38, decimal_places=6)
    state = models.TextField(default="new")
    raised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    directive_id = models.UUIDField(null=True)

    class Meta:
        db_table = "data_warehouse_signal"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["indicator", "territory", "period"],
                condition=~Q(state="closed"),
                name="data_warehouse_signal_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at=None)),
                name="data_warehouse_signal_closed",
            ),
        ]

    class Privacy:
        personal = ()
