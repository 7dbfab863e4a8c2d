"""Directives, tasks and what happened to them."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from lienthong.commons.direction.domain import Answer, TaskState
from lienthong.kernel.ids import uuid7


class DirectiveRow(models.Model):
    """One directive."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    year = models.SmallIntegerField()
    serial = models.IntegerField()
    title = models.TextField()
    text = models.TextField(blank=True, default="")
    issued_by = models.TextField()
    issuer_agency = models.TextField(blank=True, default="")
    issued_at = models.DateTimeField()
    signal_id = models.UUIDField(null=True)
    document = models.TextField(blank=True, default="")
    grace_days = models.SmallIntegerField(default=5)
    search = models.TextField()

    class Meta:
        db_table = "commons_direction_directive"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "serial"], name="commons_direction_directive_number"),
            models.UniqueConstraint(
                fields=["signal_id"], condition=Q(signal_id__isnull=False), name="commons_direction_one_per_signal"
            ),
        ]

    class Privacy:
        personal = ("issued_by",)


class TaskRow(models.Model):
    """One task of a directive, or a part of one that its lead agency passed on. ``next_at`` is the next legal instant that it
    crosses by the mere passing of time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    directive = models.ForeignKey(DirectiveRow, on_delete=models.PROTECT, related_name="tasks")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    issued_by = models.TextField()
    issuer_agency = models.TextField(blank=True, default="")
    issued_at = models.DateTimeField()
    content = models.TextField()
    lead_agency = models.TextField()
    co_agencies = models.JSONField(default=list)
    territory = models.TextField(blank=True, default="")
    due_on = models.DateField(null=True)
    state = models.TextField(default=TaskState.ASSIGNED)
    percent = models.SmallIntegerField(default=0)
    indicator = models.TextField(blank=True, default="")
    target_territory = models.TextField(blank=True, default="")
    target_period = models.TextField(blank=True, default="")
    target_others = models.JSONField(default=list)
    target_value = models.DecimalField(max_digits=38, decimal_places=6, null=True)
    at_least = models.BooleanField(default=True)
    baseline = models.DecimalField(max_digits=38, decimal_places=6, null=True)
    measured = models.DecimalField(max_digits=38, decimal_places=6, null=True)
    measured_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    escalated_to = models.TextField(blank=True, default="")
    starts_on = models.DateField(null=True)
    intervention = models.TextField(blank=True, default="")
    next_at = models.DateTimeField(null=True)
    next_kind = models.TextField(blank=True, default="")
    next_step = models.SmallIntegerField(default=0)
    version = models.IntegerField(default=1)
    search = models.TextField()

    class Meta:
        db_table = "commons_direction_task"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in TaskState]), name="commons_direction_task_state"
            ),
            models.CheckConstraint(condition=Q(percent__range=(0, 100)), name="commons_direction_task_percent"),
            models.CheckConstraint(
                condition=Q(state="completed", completed_at__isnull=False)
                | (~Q(state="completed") & Q(completed_at=None)),
                name="commons_direction_task_completed",
            ),
            models.CheckConstraint(
                condition=Q(indicator="", target_value=None) | (~Q(indicator="") & Q(target_value__isnull=False)),
                name="commons_direction_task_target",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["lead_agency", "state"]),
            models.Index(fields=["indicator", "target_territory"]),
            models.Index(fields=["next_at", "next_kind"], condition=Q(next_at__isnull=False), name="direction_next_at"),
            models.Index(
                fields=["id"],
                condition=Q(next_kind="", due_on__isnull=False) & ~Q(state__in=["completed", "withdrawn", "suspended"]),
                name="direction_unscheduled",
            ),
            models.Index(
                F("lead_agency"),
                Coalesce("due_on", Value(date.max)),
                F("id"),
                condition=~Q(state__in=["completed", "withdrawn"]),
                name="direction_worklist",
            ),
        ]

    class Privacy:
        personal = ("issued_by",)


class EntryRow(models.Model):
    """One line of a task's life, never changed once written. ``mark`` names a line that must not be written twice (a reminder,
    an escalation); ``seal`` is the hash of the life up to a reported result."""

    id = models.BigAutoField(primary_key=True)
    task = models.ForeignKey(TaskRow, on_delete=models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    by = models.TextField()
    kind = models.TextField()
    text = models.TextField(blank=True, default="")
    percent = models.SmallIntegerField(null=True)
    value = models.DecimalField(max_digits=38, decimal_places=6, null=True)
    agency = models.TextField(blank=True, default="")
    evidence = models.JSONField(default=list)
    mark = models.TextField(blank=True, default="")
    seal = models.TextField(blank=True, default="")

    class Meta:
        db_table = "commons_direction_entry"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task", "mark"], condition=~Q(mark=""), name="commons_direction_entry_once"
            ),
        ]

    class Privacy:
        personal = ("by", "text")


class ExtensionRow(models.Model):
    """One request for more time, and its answer. A task has at most one that waits."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(TaskRow, on_delete=models.PROTECT, related_name="extensions")
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    reason = models.TextField()
    old_due_on = models.DateField()
    due_on = models.DateField()
    answer = models.TextField(default=Answer.PENDING)
    decided_by = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True, default="")

    class Meta:
        db_table = "commons_direction_extension"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(answer="pending"), name="commons_direction_one_extension_waits"
            ),
            models.CheckConstraint(condition=Q(due_on__gt=F("old_due_on")), name="commons_direction_extension_later"),
        ]

    class Privacy:
        personal = ("asked_by", "reason", "decided_by", "decision")
