"""Indicators, their cells and history, territories, signals."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from lienthong.kernel.ids import uuid7


class IndicatorRow(models.Model):
    """One declared indicator. ``computed_snapshot`` and ``computed_xid`` tell which transactions its last full computing
    already saw, so that hearing of one of those later does not count it twice."""

    code = models.TextField(primary_key=True)
    register = models.TextField(db_index=True)
    declaration = models.JSONField()
    declared_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    computed_snapshot = models.TextField(default="1:1:")
    computed_xid = models.BigIntegerField(default=0)

    class Meta:
        db_table = "data_warehouse_indicator"

    class Privacy:
        personal = ()


class CellRow(models.Model):
    """The sums of one indicator for one territory and period, as of now."""

    pk = models.CompositePrimaryKey("indicator_id", "territory", "period")
    indicator = models.ForeignKey(IndicatorRow, on_delete=models.CASCADE, db_index=False)
    territory = models.TextField()
    period = models.TextField()
    numerator = models.DecimalField(max_digits=38, decimal_places=6)
    denominator = models.DecimalField(max_digits=38, decimal_places=6)
    rows = models.BigIntegerField()
    computed_at = models.DateTimeField()
    xid = models.BigIntegerField(db_default=RawSQL("(pg_current_xact_id()::text)::bigint", []))

    class Meta:
        db_table = "data_warehouse_cell"
        indexes: ClassVar = [
            models.Index(fields=["territory", "indicator"]),
            models.Index(fields=["xid"]),
        ]

    class Privacy:
        personal = ()


class CellVersion(models.Model):
    """What a cell said from a moment on: the view as it was known then. Append-only."""

    id = models.BigAutoField(primary_key=True)
    indicator = models.TextField()
    territory = models.TextField()
    period = models.TextField()
    numerator = models.DecimalField(max_digits=38, decimal_places=6)
    denominator = models.DecimalField(max_digits=38, decimal_places=6)
    rows = models.BigIntegerField()
    at = models.DateTimeField()
    source_xid = models.BigIntegerField(null=True)
    """The transaction of the register that moved it, the last where several were applied together; none for a full computing."""

    class Meta:
        db_table = "data_warehouse_cell_version"
        indexes: ClassVar = [
            models.Index(fields=["indicator", "territory", "period", "at"]),
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
    """A transaction of a register whose changes are in the cells: what makes hearing of it twice harmless."""

    pk = models.CompositePrimaryKey("register", "source_xid")
    register = models.TextField()
    source_xid = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "data_warehouse_applied_change"

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
