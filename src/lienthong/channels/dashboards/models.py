"""Boards that people made, notes on numbers, and boards as they were at a moment."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lienthong.channels.dashboards.domain import BoardState
from lienthong.kernel.ids import uuid7


class BoardRow(models.Model):
    """A board that somebody composed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.TextField()
    territory = models.TextField(blank=True, default="")
    sections = models.JSONField(default=list)
    state = models.TextField(default=BoardState.DRAFT)
    owner = models.TextField()
    changed_at = models.DateTimeField()
    search = models.TextField()

    class Meta:
        db_table = "channels_dashboards_board"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in BoardState]), name="channels_dashboards_board_state"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["owner"]), models.Index(fields=["state", "territory"])]

    class Privacy:
        personal = ("owner",)


class NoteRow(models.Model):
    """What somebody wrote beside a number, about a day; withdrawn, it is no longer shown."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    indicator = models.TextField()
    territory = models.TextField(blank=True, default="")
    day = models.DateField()
    text = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()
    withdrawn_by = models.TextField(blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "channels_dashboards_note"
        indexes: ClassVar = [
            models.Index(
                fields=["indicator", "territory", "-day"], condition=Q(withdrawn_at=None), name="dashboards_notes"
            )
        ]

    class Privacy:
        personal = ("by", "text", "withdrawn_by")


class SnapshotRow(models.Model):
    """A board as it was at a moment: ``content`` is the very text whose hash the log has. Never changed (a trigger)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.TextField()
    territory = models.TextField(blank=True, default="")
    content = models.TextField()
    sha256 = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()
    search = models.TextField()

    class Meta:
        db_table = "channels_dashboards_snapshot"
        indexes: ClassVar = [models.Index(fields=["territory", "-id"])]

    class Privacy:
        personal = ("by",)
