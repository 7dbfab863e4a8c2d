"""Roadmaps in force and as they were set; what they can speak of."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from lienthong.commons.stewardship import domain, models
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.text import fold

MINISTRIES = tuple(f"G{number:02}" for number in range(1, 100))
"""Codes that ministries and central agencies can have."""


@dataclass(frozen=True)
class RoadmapUnit:
    """A unit that roadmaps speak of, by name; ``parent`` is the province it lies in."""

    code: str
    name: str
    name_en: str = ""
    parent: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        return domain.path_of(self.code, self.parent)

    @property
    def is_ministry(self) -> bool:
        return self.code[:1].isalpha()


def roadmaps(*, framework: str) -> domain.Roadmaps:
    """All lines in force about a framework, in one query however many units it assesses."""
    rows = models.RoadmapRow.objects.filter(framework=framework)
    newest = rows.order_by("criterion", "unit", "-number").distinct("criterion", "unit")
    return domain.Roadmaps.of(domain.Line(*row) for row in newest.values_list(*_LINE))


def roadmap_history(*, framework: str, unit: str) -> dict[str, list[domain.Line]]:
    """What was set for a unit, by criterion, the last first."""
    found: dict[str, list[domain.Line]] = defaultdict(list)
    rows = models.RoadmapRow.objects.filter(framework=framework, unit=unit).order_by("-id")
    for row in rows.values_list(*_LINE):
        found[row[0]].append(domain.Line(*row))
    return found


def items(*, framework: str = "") -> list[domain.Item]:
    """What roadmaps can speak of, by framework, each group before its parts."""
    rows = models.ItemRow.objects.filter(framework=framework) if framework else models.ItemRow.objects.all()
    told = rows.order_by("framework", "place").values_list("framework", "code", "above", "name")
    return [domain.Item(*row) for row in told]


def roadmap_units(*, codes: Collection[str], on: date) -> dict[str, RoadmapUnit]:
    """Several by their codes, in two queries: the country, territories, ministries and central agencies."""
    wanted = set(codes)
    found = {domain.COUNTRY: RoadmapUnit(domain.COUNTRY, "Cả nước", "The whole country")}
    if ministries := wanted & set(MINISTRIES):
        known = directory.agencies_by_code(ministries, on)
        found |= {code: RoadmapUnit(code, agency.name, agency.name_en) for code, agency in known.items()}
    if places := wanted - set(MINISTRIES) - {domain.COUNTRY}:
        known = directory.units_by_code(places, on)
        found |= {code: RoadmapUnit(code, unit.full_name, unit.name_en, unit.parent) for code, unit in known.items()}
    return {code: found[code] for code in sorted(wanted) if code in found}


def search_roadmap_units(*, text: str, on: date, limit: int) -> list[RoadmapUnit]:
    """Units whose name or code holds every word, tone marks or not: ministries, then provinces and communes."""
    words = fold(text).split()
    known = directory.agencies_by_code(MINISTRIES, on)
    ministries = [
        RoadmapUnit(code, agency.name, agency.name_en)
        for code, agency in sorted(known.items())
        if all(word in fold(f"{code} {agency.name}") for word in words)
    ]
    places = directory.search_units(text, on, limit=limit)
    found = ministries + [RoadmapUnit(unit.code, unit.full_name, unit.name_en, unit.parent) for unit in places]
    return found[:limit]


_LINE = ("criterion", "unit", "due_from", "basis", "reason", "by", "at")
