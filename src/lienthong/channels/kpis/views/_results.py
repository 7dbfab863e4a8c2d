"""A framework for a unit: every criterion, its value, its score, and where it leads; rankings and courses."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lienthong.channels.kpis import domain, queries
from lienthong.channels.kpis.views._units import (
    APPRAISE,
    COUNTRY,
    PUBLISH,
    READ_ROWS,
    REOPEN,
    VIEW,
    Unit,
    is_shut,
    names,
    require_view,
    shut,
    unit_of,
)
from lienthong.commons.casework import queries as casework
from lienthong.commons.procedures import queries as procedures
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound


def tree(request: HttpRequest, unit: str = COUNTRY) -> HttpResponse:
    """A framework for the country, a province, a ministry or a commune: of the moment, or of the period asked for."""
    now = clock.now()
    scopes = request.rights.require_somewhere(VIEW)
    if unit == COUNTRY and not request.rights.allows(VIEW) and scopes[0].territory:
        return redirect(f"/kpis/{scopes[0].territory}")
    place = unit_of(unit, clock.vietnam_date(now))
    require_view(request, place)
    frameworks = queries.frameworks()
    if not frameworks:
        return render(request, "kpis/empty.html")
    of_the_moment = (code for code, item in frameworks.items() if not item.every)
    code = request.GET.get("framework") or next(of_the_moment, next(iter(frameworks)))
    framework = queries.framework(code=code)
    context = {"framework": framework, "frameworks": frameworks.values(), "unit": place}
    if framework.every:
        return render(request, "kpis/sheet.html", context | _sheet(request, framework, place))
    if place.kind is domain.Kind.MINISTRY:
        raise NotFound(what=f"kết quả của {unit}")
    return render(request, "kpis/tree.html", context | _present(request, framework, place))


def _present(request: HttpRequest, framework: domain.Framework, unit: Unit) -> dict:
    lines = queries.tree(
        framework=framework, territory=unit.code, rights=request.rights, on=clock.vietnam_date(clock.now())
    )
    ranking = queries.ranking(framework=framework, rights=request.rights)
    history = queries.history(framework=framework, territory=unit.code, rights=request.rights)
    places = ["", *(code for code, _ in ranking)]
    return {
        "lines": lines,
        "late_items": late_items(lines),
        "total": lines[0].result,
        "ranking": ranking,
        "open_places": {code for code in places if request.rights.allows(VIEW, territory=code)},
        "names": directory.units_by_code(places, clock.vietnam_date(clock.now())),
        "indicators": warehouse.indicators(codes=sorted(framework.indicators)),
        "trend": [None if point.score is None else float(point.score) for point in history],
        "changed_at": history[-1].at if history else None,
    }


def span_of(request: HttpRequest, framework: domain.Framework) -> domain.Span:
    """The period asked for; else the last that is over and was computed, else the present one.

    :raises domain.BadPeriod: it is none of the framework's.
    """
    if given := request.GET.get("period"):
        span = domain.Span.parse(given)
        if span.every not in framework.every:
            raise domain.BadPeriod(given=given)
        return span
    today = clock.vietnam_date(clock.now())
    known = [span for span in queries.spans(code=framework.code) if span.every is framework.every[0]]
    return next((span for span in known if span.last < today), domain.Span.of(today, framework.every[0]))


def _sheet(request: HttpRequest, framework: domain.Framework, unit: Unit) -> dict:
    now = clock.now()
    today = clock.vietnam_date(now)
    span = span_of(request, framework)
    sheet = queries.sheet(code=framework.code, span=span, unit=unit.code, at=now)
    hide = is_shut(request, unit)
    lines = queries.lines(sheet, hide=hide)
    kinds = [kind for kind in (domain.Kind.PROVINCE, domain.Kind.MINISTRY) if kind in framework.units]
    kind, above = (kinds[0] if kinds else domain.Kind.PROVINCE), ""
    if request.GET.get("rank") == domain.Kind.MINISTRY or unit.kind is domain.Kind.MINISTRY:
        kind = domain.Kind.MINISTRY
    elif unit.kind is domain.Kind.COMMUNE or (unit.kind is domain.Kind.PROVINCE and "commune" in framework.units):
        kind, above = domain.Kind.COMMUNE, unit.parent or unit.code
    ranking = queries.ranked(framework=sheet.framework, span=span, kind=kind, above=above, shut=shut(request), at=now)
    course = _over(
        queries.course(code=framework.code, every=span.every, unit=unit.code, criterion=framework.code, hide=hide), span
    )
    over = today > span.last and unit.kind is domain.Kind.COUNTRY
    computed = not any(leaf.evidence for leaf in framework.leaves)
    may_publish = over and request.rights.allows(PUBLISH)
    may_appraise = over and request.rights.allows(APPRAISE)
    may_confirm = may_appraise and computed
    may_reopen = over and request.rights.allows(REOPEN)
    apart = (
        queries.apart(framework=sheet.framework, span=span, at=now)
        if may_reopen and not hide and request.GET.get("compare")
        else None
    )
    looked_for = (domain.State.SELF_SCORED, domain.State.APPEALED) if may_appraise else ()
    waiting = queries.waiting_for(framework=sheet.framework, span=span, states=looked_for) if looked_for else []
    known = names(
        [
            *(item.unit for item in [*ranking, *(apart or ())]),
            *(item for _, item, _ in waiting),
            *filter(None, [unit.parent]),
        ],
        today,
    )
    return {
        "sheet": sheet,
        "framework": sheet.framework,
        "is_assessed": unit.kind in framework.units,
        "span": span,
        "kinds": [(every, domain.Span.of(min(span.last, today), every)) for every in framework.every],
        "next": span.after if span.after.first <= today else None,
        "running": today <= span.last,
        "lines": lines,
        "late_items": late_items(lines),
        "total": lines[0].result,
        "red": {line.criterion.code for line in lines if framework.is_red(line.criterion, line.result.score)},
        "ranking": ranking,
        "ranked_kind": kind,
        "rank_kinds": kinds if above == "" else [],
        "open_places": _open(request, [*(item.unit for item in ranking), "", unit.parent]),
        "names": known,
        "course": course,
        "trend": [None if result.score is None else float(result.score) for _, result in course],
        "may_publish": may_publish,
        "may_confirm": may_confirm,
        "may_reopen": may_reopen,
        "apart": apart,
        "states": queries.states(framework=sheet.framework, span=span)
        if may_publish or may_appraise or may_reopen
        else {},
        "waiting": waiting,
    }


def _over(
    course: list[tuple[domain.Span, domain.Result]], chosen: domain.Span
) -> list[tuple[domain.Span, domain.Result]]:
    """Of a course the periods that are over, and the one that is looked at."""
    today = clock.vietnam_date(clock.now())
    return [(span, result) for span, result in course if span.last < today or span == chosen]


def late_items(lines: list[queries.Line]) -> int:
    """How many criteria the unit does not answer for yet."""
    return sum(not line.result.is_due and not line.criterion.children for line in lines)


def _open(request: HttpRequest, codes: list[str]) -> set[str]:
    """Of some units those whose results the reader may open."""
    if request.rights.allows(VIEW):
        return set(codes)
    return {
        code
        for code in codes
        if domain.Kind.of(code) is not domain.Kind.MINISTRY and request.rights.allows(VIEW, territory=code)
    }


def criterion(request: HttpRequest, unit: str, criterion: str) -> HttpResponse:
    """One criterion of a unit and period: what it counts, from which rows, how it moved, who is better."""
    now = clock.now()
    today = clock.vietnam_date(now)
    place = unit_of(unit, today)
    require_view(request, place)
    framework = queries.framework(code=request.GET.get("framework", ""))
    if not framework.every:
        raise NotFound(what=f"kỳ của khung {framework.code}")
    span = span_of(request, framework)
    sheet = queries.sheet(code=framework.code, span=span, unit=place.code, at=now)
    node = sheet.framework.criterion(criterion)
    if node is None:
        raise NotFound(what=f"tiêu chí {criterion}")
    hide = is_shut(request, place)
    line = next(line for line in queries.lines(sheet, hide=hide) if line.criterion.code == criterion)
    kind, above = place.kind, place.parent if place.kind is domain.Kind.COMMUNE else ""
    if kind is domain.Kind.COUNTRY:
        kind = domain.Kind.PROVINCE
    ranking = queries.ranked(
        framework=sheet.framework, span=span, kind=kind, above=above, criterion=criterion, shut=shut(request), at=now
    )
    known = names([item.unit for item in ranking], today)
    course = _over(
        queries.course(code=framework.code, every=span.every, unit=place.code, criterion=criterion, hide=hide), span
    )
    sources = list(warehouse.indicators(codes=sorted(node.sources)).values())
    counted = queries.MEASURES[node.measure].register if node.measure else ""
    territory = "" if place.kind is domain.Kind.MINISTRY else place.code
    context = {
        "framework": sheet.framework,
        "sheet": sheet,
        "unit": place,
        "span": span,
        "line": line,
        "node": node,
        "is_red": framework.is_red(node, line.result.score),
        "nothing": node.nothing_for.get(place.kind, node.nothing),
        "register": counted,
        "costs": _costs(request, node, place, span, now),
        "prices": procedures.standard_cost() if node.measure == "compliance-cost" else None,
        "sources": sources,
        "territory": territory,
        "may_see_boards": request.rights.allows("channels.dashboards.view", territory=territory),
        "readable": _readable(request, {counted, *(item.register for item in sources)} - {""}, territory),
        "kind": kind,
        "owner": directory.agency(node.owner, today) if node.owner else None,
        "ranking": ranking,
        "names": known,
        "open_places": _open(request, [*(item.unit for item in ranking), ""]),
        "course": course,
        "trend": [None if result.score is None else float(result.score) for _, result in course],
    }
    return render(request, "kpis/criterion.html", context)


def _readable(request: HttpRequest, registers: set[str], territory: str) -> set[str]:
    """Of some registers those whose rows the reader may see there."""
    return {
        key
        for key in registers
        if registry.declaration(register=key).sharing == "open"
        or request.rights.allows(READ_ROWS, territory=territory, sector=key)
    }


def _costs(
    request: HttpRequest, node: domain.Criterion, unit: Unit, span: domain.Span, now: datetime
) -> list[casework.ProcedureCost]:
    """By procedure; those of which few dossiers are told are left out for whoever may not see rows there."""
    if node.measure != "compliance-cost":
        return []
    found = casework.costs_by_procedure(unit=unit.code, first=span.first, last=span.last, at=now)
    if request.rights.allows(READ_ROWS, territory=unit.code):
        return found
    hidden = warehouse_domain.withheld({item.procedure: item.dossiers for item in found})
    return [item for item in found if item.procedure not in hidden]
