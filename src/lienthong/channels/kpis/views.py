"""Scores on screen: the tree, the ranking, the course."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lienthong.channels.kpis import domain, queries
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound

VIEW = "channels.kpis.view"


def tree(request: HttpRequest, territory: str = "") -> HttpResponse:
    """A framework for the country or a province: every criterion, its value, its score, and where it leads."""
    now = clock.now()
    today = clock.vietnam_date(now)
    scopes = request.rights.require_somewhere(VIEW)
    if not territory and not request.rights.allows(VIEW) and scopes[0].territory:
        return redirect(f"/kpis/{scopes[0].territory}")
    request.rights.require(VIEW, territory=territory)
    frameworks = queries.frameworks()
    code = request.GET.get("framework") or next(iter(frameworks), "")
    if not frameworks:
        return render(request, "kpis/empty.html")
    framework = queries.framework(code=code)
    unit = directory.unit(territory, today) if territory else None
    if territory and unit is None:
        raise NotFound(what=f"địa bàn {territory}")
    lines = queries.tree(framework=framework, territory=territory)
    ranking = queries.ranking(framework=framework)
    history = queries.history(framework=code, criterion=code, territory=territory)
    context = {
        "framework": framework,
        "frameworks": frameworks.values(),
        "territory": territory,
        "unit": unit,
        "lines": lines,
        "total": lines[0].result,
        "grade": domain.grade(lines[0].result.score),
        "ranking": ranking,
        "open_places": {
            code for code in ["", *(code for code, _ in ranking)] if request.rights.allows(VIEW, territory=code)
        },
        "names": directory.units_by_code([item for item, _ in ranking], today),
        "indicators": warehouse.indicators(codes=sorted(framework.indicators)),
        "trend": [None if point.score is None else float(point.score) for point in history],
        "changed_at": history[-1].at if history else None,
    }
    return render(request, "kpis/tree.html", context)
