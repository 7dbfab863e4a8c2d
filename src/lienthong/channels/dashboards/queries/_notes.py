"""What people wrote beside numbers."""

from lienthong.channels.dashboards import domain, models


def notes(*, indicator: str, territory: str, limit: int = 50) -> list[domain.Note]:
    """Notes on an indicator in a territory, the newest day first."""
    rows = models.NoteRow.objects.filter(indicator=indicator, territory=territory, withdrawn_at=None)
    return [
        domain.Note(row.id, row.indicator, row.territory, row.day, row.text, row.by, row.at)
        for row in rows.order_by("-day", "-id")[:limit]
    ]
