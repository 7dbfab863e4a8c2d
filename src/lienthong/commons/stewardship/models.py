"""What was last seen of the things a space stands on."""

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
