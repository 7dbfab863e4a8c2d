"""Frameworks and their versions, results of the moment, assessments of periods with their life."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lienthong.kernel.ids import uuid7


class FrameworkRow(models.Model):
    """One framework in force. ``moved_at``: when numbers that it counts last moved; ``assessed_at``: when its present periods
    were last computed."""

    code = models.TextField(primary_key=True)
    declaration = models.JSONField()
    declared_at = models.DateTimeField()
    moved_at = models.DateTimeField(null=True)
    assessed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "channels_kpis_framework"

    class Privacy:
        personal = ()


class FrameworkVersion(models.Model):
    """What a framework was declared to be, version by version: results stay under the one they were computed by."""

    id = models.BigAutoField(primary_key=True)
    framework = models.ForeignKey(FrameworkRow, on_delete=models.PROTECT, related_name="versions")
    version = models.TextField()
    declaration = models.JSONField()
    declared_at = models.DateTimeField()

    class Meta:
        db_table = "channels_kpis_framework_version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["framework", "version"], name="channels_kpis_framework_version_one")
        ]

    class Privacy:
        personal = ()


class ResultRow(models.Model):
    """What a criterion scored for a territory from a moment on, until the next; the present one has no end."""

    id = models.BigAutoField(primary_key=True)
    framework = models.ForeignKey(FrameworkRow, on_delete=models.PROTECT)
    version = models.TextField(default="")
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


class AssessmentRow(models.Model):
    """What a unit (a territory, or a ministry by its code) came to in a period. ``results``: value, score, completeness,
    numerator and denominator by criterion; ``self_scores`` and ``appraised``: points and their basis by leaf; ``withheld``: the
    leaves that are not told to whoever may not see rows of the unit, none: not looked at yet."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    framework = models.ForeignKey(FrameworkRow, on_delete=models.PROTECT)
    version = models.TextField()
    span = models.TextField()
    kind = models.TextField()
    unit = models.TextField()
    above = models.TextField(default="")
    state = models.TextField(default="computed")
    results = models.JSONField()
    score = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    completeness = models.DecimalField(max_digits=6, decimal_places=2)
    computed_at = models.DateTimeField()
    self_scores = models.JSONField(default=dict)
    appraised = models.JSONField(default=dict)
    published_at = models.DateTimeField(null=True)
    appeal_until = models.DateField(null=True)
    number = models.SmallIntegerField(default=0)
    withheld = models.JSONField(null=True)

    class Meta:
        db_table = "channels_kpis_assessment"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["framework", "version", "span", "unit"], name="channels_kpis_assessment_one"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["computed", "self_scored", "appraised"], published_at=None)
                | (Q(state__in=["published", "appealed", "final"]) & Q(published_at__isnull=False)),
                name="channels_kpis_assessment_published",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["framework", "span", "kind", "above", "-score"], name="kpis_assessment_ranked"),
            models.Index(fields=["state"], condition=Q(state="published"), name="kpis_assessment_open"),
            models.Index(
                fields=["framework", "version", "span"],
                condition=Q(number__gt=0, published_at=None),
                name="kpis_assessment_reopened",
            ),
        ]

    class Privacy:
        personal = ()


class StepRow(models.Model):
    """One step in the life of an assessment. Append-only."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey(AssessmentRow, on_delete=models.PROTECT, related_name="life")
    step = models.TextField()
    by = models.TextField()
    agency = models.TextField(default="")
    at = models.DateTimeField()
    text = models.TextField(default="")

    class Meta:
        db_table = "channels_kpis_step"

    class Privacy:
        personal = ("by", "text")


class PublishedRow(models.Model):
    """One published version of a result. Append-only: what was published stays readable as it was. ``computed_at``: the moment of
    the rows it stands on; ``seal``: the hash of its results that the log holds."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey(AssessmentRow, on_delete=models.PROTECT, related_name="published")
    number = models.SmallIntegerField()
    results = models.JSONField()
    score = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    at = models.DateTimeField()
    reason = models.TextField(default="")
    computed_at = models.DateTimeField(null=True)
    seal = models.TextField(default="")
    withheld = models.JSONField(null=True)

    class Meta:
        db_table = "channels_kpis_published"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "number"], name="channels_kpis_published_one")
        ]

    class Privacy:
        personal = ()


class ReopeningRow(models.Model):
    """Why a published version is computed anew: only with one of these may it move again. Append-only."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey(AssessmentRow, on_delete=models.PROTECT, related_name="reopenings")
    number = models.SmallIntegerField()
    reason = models.TextField()
    document = models.TextField()
    by = models.TextField()
    agency = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "channels_kpis_reopening"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "number"], name="channels_kpis_reopening_one")
        ]

    class Privacy:
        personal = ("by", "reason")


class QuestionRow(models.Model):
    """A red criterion of a published result, for which the body is asked for a public answer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assessment = models.ForeignKey(AssessmentRow, on_delete=models.PROTECT, related_name="questions")
    criterion = models.TextField()
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    answer = models.TextField(default="")
    promised_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(default="")

    class Meta:
        db_table = "channels_kpis_question"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="channels_kpis_question_one")
        ]

    class Privacy:
        personal = ("answered_by",)
