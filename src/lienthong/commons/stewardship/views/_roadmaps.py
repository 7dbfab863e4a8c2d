"""Roadmaps on screen: which unit answers for what from when, by which document; the form that changes it."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lienthong.commons.stewardship import domain, queries, services
from lienthong.data.identity import queries as identity
from lienthong.foundation.design.services import read_day, say
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound, Refusal

PLAN = "commons.stewardship.plan"
PAGE = 50
COUNTRY = "vn"
"""The country's name in addresses."""


def roadmaps(request: HttpRequest) -> HttpResponse:
    """Units against what they answer for: those with lines of their own, or those that are looked for."""
    today = clock.vietnam_date(clock.now())
    chosen, wholes, items = _framework(request)
    if chosen is None:
        return render(request, "stewardship/roadmaps.html", {"framework": None})
    known = queries.roadmaps(framework=chosen.framework)
    text, after = request.GET.get("q", "").strip(), request.GET.get("after", "")
    if text:
        found = queries.search_roadmap_units(text=text, on=today, limit=PAGE)
    else:
        found = sorted(queries.roadmap_units(codes=known.units, on=today).values(), key=_order)
        seen = next((number for number, unit in enumerate(found, 1) if unit.code == after), 0) if after else 0
        found = found[seen : seen + PAGE + 1]
    columns = [item for item in items if item.code in known.criteria]
    context = {
        "framework": chosen,
        "wholes": wholes,
        "columns": columns,
        "rows": [(unit, [_now(known, unit, item, items, today) for item in columns]) for unit in found[:PAGE]],
        "provinces": queries.roadmap_units(codes={unit.parent for unit in found[:PAGE]}, on=today),
        "next": found[PAGE - 1].code if len(found) > PAGE else "",
        "text": text,
        "lines": len(known.lines),
        "may_plan": bool(request.rights.scopes(PLAN)),
    }
    return render(request, "stewardship/roadmaps.html", context)


@require_http_methods(["GET", "POST"])
def roadmap(request: HttpRequest, unit: str) -> HttpResponse:
    """What one unit answers for and from when, whose line says so, what was set before; and the form that sets it."""
    today = clock.vietnam_date(clock.now())
    place = _unit(unit, today)
    chosen, wholes, items = _framework(request)
    if chosen is None:
        raise NotFound(what=say("khung để lập lộ trình", "a framework to plan for"))
    where = {"agency": place.code} if place.is_ministry else {"territory": place.code}
    form, status = (
        {name: request.POST.get(name, "").strip() for name in ("criterion", "due_from", "basis", "reason")},
        200,
    )
    refusal = ""
    if request.method == "POST":
        request.rights.require(PLAN, **where)
        try:
            return _set(request, chosen.framework, place, form)
        except Refusal as error:
            refusal, status = error.text(request.LANGUAGE_CODE), error.status
    known = queries.roadmaps(framework=chosen.framework)
    history = queries.roadmap_history(framework=chosen.framework, unit=place.code)
    lines = [_now(known, place, item, items, today) | {"history": history.get(item.code, [])} for item in items]
    sources = {line["line"].unit for line in lines if line["line"]} | set(place.path)
    context = {
        "framework": chosen,
        "wholes": wholes,
        "unit": place,
        "slug": place.code or COUNTRY,
        "lines": lines,
        "not_due": sum(not line["is_due"] for line in lines),
        "units": queries.roadmap_units(codes=sources, on=today),
        "people": identity.names_of({line.by for told in history.values() for line in told}),
        "may_plan": request.rights.allows(PLAN, **where),
        "own": [line for line in lines if (place.code, line["item"].code) in known.lines],
        "given": form,
        "refusal": refusal,
    }
    return render(request, "stewardship/roadmap.html", context, status=status)


# --- inside -----------------------------------------------------------------------------------------------------------


def _framework(request: HttpRequest) -> tuple[domain.Item | None, list[domain.Item], list[domain.Item]]:
    """The framework asked for, else the first with periods of its own; all of them; the chosen one's items."""
    items = queries.items()
    wholes = [item for item in items if not item.above]
    asked = request.GET.get("framework", "")
    chosen = next((item for item in wholes if item.code == asked), None)
    if asked and chosen is None:
        raise NotFound(what=say("khung {a}", "the framework {a}", a=asked[:60]))
    chosen = chosen or (wholes[-1] if wholes else None)
    return chosen, wholes, [item for item in items if chosen and item.framework == chosen.framework]


def _order(unit: queries.RoadmapUnit) -> tuple:
    """The country, ministries, then each province with its communes."""
    return unit.code != domain.COUNTRY, not unit.is_ministry, unit.parent or unit.code, unit.code


def _unit(slug: str, today: date) -> queries.RoadmapUnit:
    code = domain.COUNTRY if slug == COUNTRY else slug
    found = queries.roadmap_units(codes=[code], on=today).get(code)
    if found is None:
        raise NotFound(what=say("đơn vị {a}", "the unit {a}", a=slug))
    return found


def _now(
    known: domain.Roadmaps, unit: queries.RoadmapUnit, item: domain.Item, items: list[domain.Item], today: date
) -> dict:
    """How a unit stands to an item on a day."""
    above = {other.code: other.above for other in items}
    levels = [item.code]
    while above[levels[-1]]:
        levels.append(above[levels[-1]])
    line = known.line(unit.path, levels)
    return {
        "item": item,
        "depth": len(levels) - 1,
        "line": line,
        "is_due": line is None or line.due_from <= today,
        "is_own": line is not None and (line.unit, line.criterion) == (unit.code, item.code),
    }


def _set(request: HttpRequest, framework: str, unit: queries.RoadmapUnit, form: dict[str, str]) -> HttpResponse:
    due_from = read_day(form["due_from"])
    if due_from is None and (form["due_from"] or request.POST.get("take_back") != "yes"):
        raise domain.BadRoadmap(problem="chưa có ngày đến hạn", problem_en="it has no day from which it is due")
    changed = services.set_due(
        framework=framework, criterion=form["criterion"], unit=unit.code, due_from=due_from, basis=form["basis"][:500],
        reason=form["reason"][:1000], by=f"account:{request.user.pk}", at=clock.now(),
    )  # fmt: skip
    said = (
        say("Đã ghi lộ trình.", "The roadmap is recorded.") if changed else say("Không có gì đổi.", "Nothing changed.")
    )
    messages.success(request, said)
    return redirect(f"/roadmaps/{unit.code or COUNTRY}?framework={framework}")
