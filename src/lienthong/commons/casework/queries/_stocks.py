"""How far the days are closed."""

from datetime import date

from lienthong.commons.casework import models


def closed_on() -> date | None:
    """The last day of which it is known how many dossiers stood open; none when none is."""
    return models.ClosingRow.objects.values_list("closed_on", flat=True).first()
