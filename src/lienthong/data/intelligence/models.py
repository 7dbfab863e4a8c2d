"""Models, inferences, insights, forecasts, interventions."""

from typing import ClassVar

from django.db import models

from lienthong.data.intelligence import domain


class ModelRow(models.Model):
    """A version of a model with its card."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    version = models.TextField()
    card = models.JSONField()
    state = models.TextField(default=domain.ModelState.REGISTERED)
    registered_at = models.DateTimeField()
    approved_by = models.TextField(blank=True, default="")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="data_intelligence_model_version"),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(state=domain.ModelState.APPROVED),
                name="data_intelligence_one_approved",
            ),
        ]

    class Privacy:
        personal = ("approved_by",)


class InferenceRow(models.Model):
    """One use of a model: what for, from what, what it said. Append-only, but for what a person made of it."""

    id = models.UUIDField(primary_key=True)
    model = models.ForeignKey(ModelRow, on_delete=models.PROTECT)
    purpose = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()
    inputs = models.JSONField()
    inputs_sha256 = models.BinaryField(max_length=32)
    output = models.JSONField()
    confidence = models.FloatField(null=True)
    milliseconds = models.IntegerField()
    decision = models.TextField(blank=True, default="")
    decided_by = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["model", "at"]), models.Index(fields=["by", "purpose", "-id"])]

    class Privacy:
        personal = ("by", "decided_by")


class InsightRow(models.Model):
    """One thing to look at. ``mark`` keeps the same from being proposed twice."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    mark = models.TextField(unique=True)
    indicator = models.TextField(blank=True, default="")
    territory = models.TextField(blank=True, default="")
    agency = models.TextField(blank=True, default="")
    title = models.TextField()
    vi = models.TextField()
    en = models.TextField()
    evidence = models.JSONField()
    confidence = models.FloatField()
    state = models.TextField(default=domain.InsightState.PROPOSED)
    proposed_at = models.DateTimeField()
    decided_by = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")
    inference = models.ForeignKey(InferenceRow, on_delete=models.PROTECT)
    search = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "kind", "-id"])]

    class Privacy:
        personal = ("decided_by",)


class ForecastRow(models.Model):
    """What was expected of a week by what was known at an origin."""

    pk = models.CompositePrimaryKey("indicator", "territory", "origin", "week")
    indicator = models.TextField()
    territory = models.TextField()
    origin = models.DateField()
    week = models.DateField()
    point = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    inference = models.ForeignKey(InferenceRow, on_delete=models.PROTECT)

    class Privacy:
        personal = ()


class InterventionRow(models.Model):
    """Something done somewhere from a day on."""

    id = models.TextField(primary_key=True)
    title = models.TextField()
    indicator = models.TextField()
    territories = models.JSONField()
    start = models.DateField()
    where = models.JSONField(default=dict)
    declared_by = models.TextField()
    declared_at = models.DateTimeField()

    class Privacy:
        personal = ("declared_by",)


class EffectRow(models.Model):
    """What an intervention was estimated to have changed; the newest counts."""

    id = models.UUIDField(primary_key=True)
    intervention = models.ForeignKey(InterventionRow, on_delete=models.PROTECT)
    at = models.DateTimeField()
    verdict = models.TextField()
    effect = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    vi = models.TextField()
    en = models.TextField()
    details = models.JSONField()
    inference = models.ForeignKey(InferenceRow, on_delete=models.PROTECT)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["intervention", "-at"])]

    class Privacy:
        personal = ()


class PassageRow(models.Model):
    """A few sentences of a text that stands on a page, with who may read it. ``words`` are searched, folded; the database keeps
    them as a vector beside (see the migration). What the owner withdraws is gone."""

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    key = models.TextField()
    number = models.SmallIntegerField()
    title = models.TextField()
    text = models.TextField()
    also = models.TextField()
    href = models.TextField()
    local = models.TextField()
    on = models.DateField(null=True)
    action = models.TextField()
    agencies = models.JSONField()
    words = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key", "number"], name="data_intelligence_one_passage"),
        ]
        indexes: ClassVar = [models.Index(fields=["action"])]

    class Privacy:
        personal = ("title", "text", "also", "words")
