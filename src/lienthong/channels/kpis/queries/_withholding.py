"""Which criteria count rows about persons, and what of them is withheld."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import F

from lienthong.channels.kpis import domain, models
from lienthong.channels.kpis.queries._assessments import to_results
from lienthong.channels.kpis.queries._figures import MEASURES
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import queries as warehouse

Group = tuple[str, str]
"""A kind of units, and the province they lie in: they make a whole together."""


def about_persons(framework: domain.Framework) -> set[str]:
    """The leaves that count rows about persons."""
    registers = registry.about_persons()
    indicators = warehouse.indicators(codes=sorted(framework.indicators))
    return {
        leaf.code
        for leaf in framework.leaves
        if (leaf.measure and MEASURES[leaf.measure].register in registers)
        or any(code in indicators and indicators[code].register in registers for code in leaf.sources)
    }


def to_withhold(
    *, framework: domain.Framework, span: domain.Span, groups: Collection[Group]
) -> dict[UUID, tuple[frozenset[str], frozenset[str]]]:
    """(withheld now, to be withheld) of the assessments of some groups in which the two differ: by what they came to, by what of
    it is published, and by what is withheld of the periods inside, which a longer one less the others would tell."""
    personal = about_persons(framework)
    rows = models.AssessmentRow.objects.filter(
        framework=framework.code, version=framework.version, span=span.code, kind__in={kind for kind, _ in groups}
    )
    live, ids, before = defaultdict(dict), {}, {}
    for id, unit, kind, above, results, withheld in rows.values_list(
        "id", "unit", "kind", "above", "results", "withheld"
    ):
        if (kind, above) in groups:
            live[kind, above][unit] = to_results(results)
            ids[unit], before[unit] = id, withheld
    public = defaultdict(dict)
    told = models.PublishedRow.objects.filter(assessment__in=rows, number=F("assessment__number"))
    names = ("assessment__unit", "assessment__kind", "assessment__above", "results")
    for unit, kind, above, results in told.values_list(*names):
        if (kind, above) in groups:
            public[kind, above][unit] = to_results(results)
    found = {}
    for units in live.values():
        found |= domain.withheld(framework, personal, units)
    for units in public.values():
        for unit, codes in domain.withheld(framework, personal, units).items():
            found[unit] |= codes
    inside = models.AssessmentRow.objects.filter(
        framework=framework.code,
        span__in=[item.code for item in span.inside],
        unit__in=list(found),
        withheld__isnull=False,
    )
    leaves = {leaf.code for leaf in framework.leaves}
    for unit, codes in inside.exclude(withheld=[]).values_list("unit", "withheld"):
        found[unit] |= leaves & set(codes)
    return {
        ids[unit]: (frozenset(before[unit] or ()), codes)
        for unit, codes in found.items()
        if before[unit] is None or frozenset(before[unit]) != codes
    }
