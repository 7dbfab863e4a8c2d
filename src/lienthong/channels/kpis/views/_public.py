"""Published results for everybody: no sign-in, exactly as they were published, with the answers of the bodies beside them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lienthong.channels.kpis import domain, queries
from lienthong.channels.kpis.views._results import late_items
from lienthong.channels.kpis.views._units import is_shut, names, shut, unit_of
from lienthong.foundation.design.services import public
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound


@public
def public_results(request: HttpRequest) -> HttpResponse:
    """The ranking of a published period: provinces, ministries, or the communes of a province."""
    now = clock.now()
    today = clock.vietnam_date(now)
    shown = {
        code: (framework, spans)
        for code, framework in queries.frameworks().items()
        if framework.every and (spans := queries.spans(code=code, public=True))
    }
    if not shown:
        return render(request, "kpis/public.html", {"shown": {}})
    code = request.GET.get("framework") or next(iter(shown))
    if code not in shown:
        raise NotFound(what=f"kết quả công bố của khung {code}")
    _, spans = shown[code]
    span = domain.Span.parse(request.GET["period"]) if request.GET.get("period") else spans[0]
    if span not in spans:
        raise NotFound(what=f"kết quả công bố của kỳ {span.code}")
    of_then = queries.public_version(code=code, span=span)
    above = request.GET.get("province", "")
    kind = domain.Kind.COMMUNE if above else domain.Kind.PROVINCE
    if request.GET.get("rank") == domain.Kind.MINISTRY:
        kind = domain.Kind.MINISTRY
    ranking = queries.ranked(
        framework=of_then, span=span, kind=kind, above=above, public=True, shut=shut(request), at=now
    )
    context = {
        "shown": shown,
        "framework": of_then,
        "span": span,
        "spans": spans,
        "kind": kind,
        "above": unit_of(above, today) if above else None,
        "ranking": ranking,
        "any_hidden": any(item.result.is_hidden for item in ranking),
        "country": queries.ranked(
            framework=of_then, span=span, kind=domain.Kind.COUNTRY, public=True, shut=shut(request), at=now
        ),
        "names": names([item.unit for item in ranking], today),
        "waiting": queries.unanswered(code=code, span=span, on=today),
    }
    return render(request, "kpis/public.html", context)


@public
def public_unit(request: HttpRequest, framework: str, period: str, unit: str) -> HttpResponse:
    """One unit's published result, the last or the one asked for: every criterion, what the body answers about those that are
    red, every version and what it changed."""
    now = clock.now()
    today = clock.vietnam_date(now)
    place = unit_of(unit, today)
    span = domain.Span.parse(period)
    asked_for = request.GET.get("version", "")
    number = int(asked_for) if asked_for.isdecimal() and len(asked_for) < 5 else None
    sheet = queries.sheet(code=framework, span=span, unit=place.code, public=True, number=number, at=now)
    if sheet.assessment is None:
        raise NotFound(what=f"kết quả công bố của {place.name}, {span.vi}")
    hide = is_shut(request, place)
    lines = queries.lines(sheet, hide=hide)
    hidden = {line.criterion.code for line in lines if line.result.is_hidden}
    asked = queries.questions(id=sheet.assessment.id)
    red = {line.criterion.code for line in lines if sheet.framework.is_red(line.criterion, line.result.score)}
    versions = queries.published(id=sheet.assessment.id)
    course = queries.course(
        code=framework, every=span.every, unit=place.code, criterion=sheet.framework.root.code, public=True, hide=hide
    )
    context = {
        "framework": sheet.framework,
        "sheet": sheet,
        "unit": place,
        "span": span,
        "lines": lines,
        "late_items": late_items(lines),
        "total": lines[0].result,
        "red": red,
        "questions": {
            code: (question, question.overdue(today))
            for code, question in asked.items()
            if code not in hidden and (code in red or question.answered_at)
        },
        "versions": queries.changes(framework=sheet.framework, versions=versions, hide=hide),
        "edition": next(item for item in versions if item.number == sheet.assessment.number),
        "course": course,
        "trend": [None if result.score is None else float(result.score) for _, result in course],
    }
    return render(request, "kpis/public_unit.html", context)
