"""Noting how the space is."""

from collections.abc import Sequence

from lienthong.commons.stewardship import domain, models


def note(pulses: Sequence[domain.Pulse]) -> None:
    """Keep what was seen, in one statement; what is not looked at any more ages until it says nothing."""
    models.PulseRow.objects.bulk_create(
        [models.PulseRow(name=item.name, sound=item.sound, vi=item.vi, en=item.en, at=item.at) for item in pulses],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["sound", "vi", "en", "at"],
    )
