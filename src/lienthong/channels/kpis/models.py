"""Frameworks and results."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class FrameworkRow(models.Model):
    """One framework in force."""

    code = models.TextField(primary_key=True)
    declaration = models.JSONField()
    declared_at = models.DateTimeField()

    class Meta:
        db_table = "channels_kpis_framework"

    class Privacy:
        personal = ()


class ResultRow(models.Model):
    """What a criterion scored for a territory from a moment on, until the next; the present one has no end."""

    id = models.BigAutoField(primary_key=True)
    framework = models.ForeignKey(FrameworkRow, on_delete=models.PROTECT)
    criterion = models.TextField()
    territory = models.TextField()
    value = models.DecimalField(max_digits=38, decimal_places=6, null=True)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    completeness = models.DecimalField(max_digits=6, decimal_places=2)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "channels_kpis_result"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["framework", "territory", "criterion"],
                condition=Q(until=None),
                name="channels_kpis_result_present",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["framework", "territory", "criterion", "-id"], name="kpis_result_newest")
        ]

    class Privacy:
        personal = ()
