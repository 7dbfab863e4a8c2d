"""Time passing for delegations, for tests here and elsewhere."""

from datetime import date
from uuid import UUID

from lienthong.foundation.access import models


def fall_due(grant_id: UUID, on: date) -> None:
    """As if the day of a delegation's review had come."""
    models.ReviewRow.objects.filter(grant=grant_id, concluded_at=None).update(review_on=on)
