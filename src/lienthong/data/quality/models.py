"""Disagreements between sources."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lienthong.kernel.ids import uuid7


class DiscrepancyRow(models.Model):
    """One record on which a source disagrees with the trusted one, from its finding to its proven mending."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    register = models.TextField()
    source = models.TextField()
    key = models.TextField()
    title = models.TextField(blank=True, default="")
    territory = models.TextField(blank=True, default="")
    kind = models.TextField()
    state = models.TextField(default="open")
    differences = models.JSONField(default=list)
    search = models.TextField(blank=True, default="")
    agency_code = models.TextField(blank=True, default="")
    opened_at = models.DateTimeField()
    assigned_at = models.DateTimeField(null=True)
    fixed_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    trusted_version = models.BigIntegerField(null=True)
    other_version = models.BigIntegerField(null=True)
    fixed_version = models.BigIntegerField(null=True)

    class Meta:
        db_table = "data_quality_discrepancy"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["register", "source", "key"],
                condition=~Q(state="verified"),
                name="data_quality_discrepancy_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "assigned", "fixed", "verified"]), name="data_quality_discrepancy_state"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["missing", "extra", "swapped", "changed", "outdated", "spelling"]),
                name="data_quality_discrepancy_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["register", "state", "kind"]),
            models.Index(fields=["register", "territory"]),
        ]

    class Privacy:
        personal = ("key", "title", "differences", "search")
