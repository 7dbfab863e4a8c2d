"""What was last seen of the things a space stands on; roadmaps line by line."""

from typing import ClassVar

from django.db import models


class PulseRow(models.Model):
    """One thing and how it was found; written over at every look."""

    name = models.TextField(primary_key=True)
    sound = models.BooleanField()
    vi = models.TextField()
    en = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "commons_stewardship_pulse"

    class Privacy:
        personal = ()


class ItemRow(models.Model):
    """What roadmaps can speak of: a framework, its groups and criteria, as its module last told them."""

    id = models.BigAutoField(primary_key=True)
    framework = models.TextField()
    code = models.TextField()
    above = models.TextField(default="")
    name = models.JSONField()
    place = models.SmallIntegerField()

    class Meta:
        db_table = "commons_stewardship_item"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["framework", "code"], name="commons_stewardship_item_one")
        ]

    class Privacy:
        personal = ()


class RoadmapRow(models.Model):
    """From which day a unit answers for a criterion, as it was set: the one with the highest number stands. Append-only."""

    id = models.BigAutoField(primary_key=True)
    framework = models.TextField()
    criterion = models.TextField()
    unit = models.TextField()
    number = models.SmallIntegerField()
    due_from = models.DateField(null=True)
    basis = models.TextField()
    reason = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "commons_stewardship_roadmap"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["framework", "criterion", "unit", "number"], name="commons_stewardship_roadmap_one"
            )
        ]

    class Privacy:
        personal = ("by", "reason")
