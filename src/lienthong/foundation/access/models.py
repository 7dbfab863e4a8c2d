"""Grants and the mark of their last change."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from lienthong.foundation.access.domain import Conclusion, HolderKind
from lienthong.kernel.ids import uuid7


class GrantRow(models.Model):
    """One piece of authority. Its terms never change; it can only be revoked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    holder_kind = models.TextField()
    holder = models.TextField()
    holder_name = models.TextField(blank=True, default="")
    action = models.TextField()
    agency = models.TextField(blank=True, default="")
    territory = models.TextField(blank=True, default="")
    sector = models.TextField(blank=True, default="")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    basis = models.TextField()
    may_delegate = models.BooleanField(default=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    granted_by = models.TextField()
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.TextField(blank=True, default="")
    revoked_because = models.TextField(blank=True, default="")
    change = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "foundation_access_grant"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(holder_kind__in=[kind.value for kind in HolderKind]), name="foundation_access_grant_holder"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="foundation_access_grant_validity"
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="foundation_access_grant_basis"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="foundation_access_grant_not_its_own"
            ),
            models.UniqueConstraint(
                fields=["holder_kind", "holder", "action", "agency", "territory", "sector", "basis"],
                condition=Q(revoked_at=None, valid_to=None, parent=None),
                name="foundation_access_grant_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["holder_kind", "holder"], name="access_grant_holder")]

    class Privacy:
        personal = ("holder", "holder_name", "granted_by", "revoked_by")


class ReviewRow(models.Model):
    """One look at what came of a delegation. A delegation has at most one that is not concluded."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant = models.ForeignKey(GrantRow, on_delete=models.PROTECT, related_name="reviews")
    indicators = models.JSONField()
    territory = models.TextField(blank=True, default="")
    baseline = models.JSONField()
    taken_at = models.DateTimeField()
    review_on = models.DateField()
    conclusion = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")
    measured = models.JSONField(default=dict)
    concluded_by = models.TextField(blank=True, default="")
    concluded_at = models.DateTimeField(null=True)
    successor_id = models.UUIDField(null=True)

    class Meta:
        db_table = "foundation_access_review"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["grant"], condition=Q(concluded_at=None), name="foundation_access_one_review_waits"
            ),
            models.CheckConstraint(
                condition=Q(conclusion="", concluded_at=None)
                | (Q(conclusion__in=[item.value for item in Conclusion], concluded_at__isnull=False) & ~Q(reason="")),
                name="foundation_access_review_concluded",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["review_on"], condition=Q(concluded_at=None), name="access_review_waits"),
        ]

    class Privacy:
        personal = ("concluded_by", "reason")


class LastChange(models.Model):
    """One row: the number and the mark of the last change. Writers take their turn on it, so that numbers follow commits;
    the mark is random, so that one undone by a rollback is never mistaken for another."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    mark = models.UUIDField(default=uuid7)
    before = models.UUIDField(default=uuid7)

    class Meta:
        db_table = "foundation_access_last_change"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="foundation_access_one_last_change")]

    class Privacy:
        personal = ()
