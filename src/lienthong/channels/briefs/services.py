"""Making briefs."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from lienthong.channels.briefs import domain, models, queries
from lienthong.data.intelligence import queries as intelligence
from lienthong.foundation.audit import services as audit
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.ids import uuid7
from lienthong.kernel.keeping import digest


def make_due(*, by: str, at: datetime) -> int:
    """Make the briefs of the country and its provinces about the last week that is over, once it is analysed; how many were
    made. One that is there stays as it is."""
    week = intelligence.last_full_week()
    if week is None or intelligence.week_to_analyse() is not None:
        return 0
    places = intelligence.provinces(vietnam_date(at))
    there = set(models.BriefRow.objects.filter(week=week).values_list("territory", flat=True))
    missing = [place for place in places if place not in there]
    return sum(make(territory=place, week=week, by=by, at=at) for place in missing)


@transaction.atomic
def make(*, territory: str, week: date, by: str, at: datetime) -> bool:
    """Make the brief of a territory about a week (its Monday); false where it is there. The log keeps the hash of its text."""
    units = directory.units_by_code([territory], vietnam_date(at))
    name = units[territory].full_name if territory in units else territory
    text = domain.written(territory, name, week, at, queries.facts(territory=territory, week=week, at=at))
    row = models.BriefRow(id=uuid7(), territory=territory, week=week, content=text, made_at=at)
    made: Sequence[models.BriefRow] = models.BriefRow.objects.bulk_create([row], ignore_conflicts=True)
    if not models.BriefRow.objects.filter(id=made[0].id).exists():
        return False
    audit.record(by=by, action=queries.MAKE, subject=f"brief:{row.id}", at=at, details={"sha256": digest(text)})
    return True
