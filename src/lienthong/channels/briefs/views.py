"""The weekly brief on screen and on paper."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lienthong.channels.briefs import queries
from lienthong.data.intelligence import queries as intelligence
from lienthong.foundation.design.services import read_day
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound

VIEW, INSIGHTS = "channels.dashboards.view", "data.intelligence.read"
"""A brief tells what boards show and what was concluded: whoever reads it may see both of its territory."""
COUNTRY = "vn"


def brief(request: HttpRequest, territory: str = "") -> HttpResponse:
    """The newest brief of a territory, or that of ``?week=`` (its Monday); without a territory, that of the reader's own."""
    today = clock.vietnam_date(clock.now())
    scopes = request.rights.require_somewhere(VIEW)
    if not territory and not any(not scope.territory and not scope.agency for scope in scopes) and scopes[0].territory:
        return redirect(f"/brief/{scopes[0].territory}")
    place = "" if territory == COUNTRY else territory
    if place and directory.unit(place, today) is None:
        raise NotFound(what=f"địa bàn {territory}")
    _require(request, place)
    found = queries.brief(territory=place, week=read_day(request.GET.get("week", "")))
    provinces = directory.units_by_code(intelligence.provinces(today), today)
    context = {
        "brief": found,
        "territory": place,
        "weeks": queries.weeks(territory=place),
        "proof": queries.proof_of(id=found.id) if found else None,
        "places": [item for code, item in provinces.items() if request.rights.allows(VIEW, territory=code)],
        "may_see_country": request.rights.allows(VIEW),
    }
    return render(request, "briefs/brief.html", context)


def content(request: HttpRequest, brief_id: UUID) -> HttpResponse:
    """The very text that was kept and hashed."""
    territory, text = queries.content_of(id=brief_id)
    _require(request, territory)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="brief-{brief_id}.json"'
    return response


def _require(request: HttpRequest, territory: str) -> None:
    request.rights.require(VIEW, territory=territory)
    request.rights.require(INSIGHTS, territory=territory)
