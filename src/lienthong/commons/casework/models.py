"""What closing the days needs to go on from: how many dossiers stand open, and on which days that is going to change."""

from typing import ClassVar

from django.db import models


class StepRow(models.Model):
    """By how much a day changes how many dossiers are open and past due in a territory. What came before the last closed day is
    added up on that day: it is what stands. Of days to come there are only those by which a dossier open now falls due."""

    pk = models.CompositePrimaryKey("territory", "day")
    territory = models.TextField()
    day = models.DateField()
    open = models.IntegerField()
    overdue = models.IntegerField()

    class Meta:
        db_table = "commons_casework_step"

    class Privacy:
        personal = ()


class ClosingRow(models.Model):
    """How far the days are closed: one row. ``seen`` tells which transactions of the register of dossiers are in the steps;
    ``told_on`` is the newest day that a dossier told of, ``reached_on`` the last day of which there may be rows."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    rules = models.SmallIntegerField(default=0)
    seen = models.TextField(blank=True, default="")
    told_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    reached_on = models.DateField(null=True)

    class Meta:
        db_table = "commons_casework_closing"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="commons_casework_closing_one"),
        ]

    class Privacy:
        personal = ()
