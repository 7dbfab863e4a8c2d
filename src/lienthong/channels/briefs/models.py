"""Briefs as they were made."""

from typing import ClassVar

from django.db import models

from lienthong.kernel.ids import uuid7


class BriefRow(models.Model):
    """The brief of a territory about a week: ``content`` is the very text whose hash the log has. Never changed (a trigger)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.TextField(blank=True, default="")
    week = models.DateField()
    content = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "channels_briefs_brief"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory", "week"], name="channels_briefs_one_a_week")
        ]

    class Privacy:
        personal = ()
