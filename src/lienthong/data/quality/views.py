"""Quality on screen: the report, the list of discrepancies, one of them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lienthong.data.quality import domain, queries
from lienthong.data.registry import queries as registry
from lienthong.foundation.design.services import read_uuid, say
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock

READ = "data.quality.read"
PAGE = 50


def report(request: HttpRequest) -> HttpResponse:
    """Scores of every data set and source by dimension, and of agencies; what differs, by kind and state."""
    now = clock.now()
    request.rights.require_somewhere(READ)
    register = request.GET.get("register", "")
    where = {"register": register} if register else None
    names = {
        (item.declaration.key, source.key): (item.declaration, source)
        for item in registry.registers()
        for source in item.sources
    }
    sources = [
        {"score": score, "declaration": names[score.group][0], "source": names[score.group][1]}
        for score in queries.scores(by=["register", "source"], where=where)
        if score.group in names
    ]
    agencies = queries.scores(by=["agency"], where=where)
    context = {
        "register": register,
        "registers": sorted(
            {item["declaration"].key: item["declaration"] for item in sources}.values(), key=lambda d: d.key
        ),
        "dimensions": list(domain.Dimension),
        "sources": sources,
        "agencies": agencies,
        "agency_names": directory.agencies_by_code({score.group[0] for score in agencies}, clock.vietnam_date(now)),
        "counts": queries.counts(register=register),
        "kinds": list(domain.Class),
        "states": list(domain.State),
    }
    return render(request, "quality/report.html", context)


def discrepancies(request: HttpRequest) -> HttpResponse:
    """Records on which sources disagree, filtered by register, source, kind, state and words."""
    now = clock.now()
    given = {name: request.GET.get(name, "") for name in ("register", "source", "kind", "state", "q")}
    rows = queries.discrepancies(
        register=given["register"], source=given["source"], kind=given["kind"], state=given["state"], text=given["q"],
        territories=request.rights.territories(READ), after=read_uuid(request.GET.get("after")), limit=PAGE + 1,
    )  # fmt: skip
    context = {
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "given": given,
        "kinds": list(domain.Class),
        "states": list(domain.State),
        "agencies": directory.agencies_by_code({row.agency_code for row in rows}, clock.vietnam_date(now)),
    }
    return render(request, "quality/discrepancies.html", context)


def discrepancy(request: HttpRequest, discrepancy_id: UUID) -> HttpResponse:
    """One disagreement: what each source says, what kind of difference it is, who mends it, how far that is."""
    now = clock.now()
    found = queries.discrepancy(id=discrepancy_id)
    request.rights.require(READ, territory=found.territory)
    summary = registry.register(key=found.register)
    context = {
        "found": found,
        "register": summary,
        "trusted": next(source for source in summary.sources if source.trusted),
        "source": next(source for source in summary.sources if source.key == found.source),
        "alone": _alone(found, summary),
        "agency": directory.agency(found.agency_code, clock.vietnam_date(now)),
        "titles": {
            name: say(field.get("title", name), field.get("title_en", field.get("title", name)))
            for name, field in summary.declaration.schema.get("properties", {}).items()
        },
    }
    return render(request, "quality/discrepancy.html", context)


def _alone(found: domain.Discrepancy, summary: registry.RegisterSummary) -> dict:
    """What the one source that has a record says of it, when the other has none."""
    if found.kind not in (domain.Class.MISSING, domain.Class.EXTRA):
        return {}
    has_it = found.source
    if found.kind is domain.Class.MISSING:
        has_it = next(source.key for source in summary.sources if source.trusted)
    versions = [item for item in registry.history(register=found.register, key=found.key) if item.source == has_it]
    return next((dict(item.payload) for item in versions if not item.closed), {})
