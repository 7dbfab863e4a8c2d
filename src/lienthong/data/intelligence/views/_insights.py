"""Insights and effects on screen: what a person should look at, and what was changed by what was done."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from lienthong.data.intelligence import domain, queries, services
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.design.services import back, read_uuid, say
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound

READ, DECIDE = "data.intelligence.read", "data.intelligence.decide"
PAGE = 30


def insights(request: HttpRequest) -> HttpResponse:
    """What waits to be looked at, the newest first; filtered by state and words."""
    given = {"state": request.GET.get("state", ""), "q": request.GET.get("q", "")}
    rows = queries.insights(
        state=given["state"], text=given["q"], territories=request.rights.territories(READ),
        after=read_uuid(request.GET.get("after")), limit=PAGE + 1,
    )  # fmt: skip
    context = {
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "given": given,
        "states": list(domain.InsightState),
    }
    return render(request, "intelligence/insights.html", context)


def insight(request: HttpRequest, insight_id: UUID) -> HttpResponse:
    """One of them: the sentence, what it rests on, which model said it, what people made of it."""
    found = _insight(request, insight_id, READ)
    context = {
        "found": found,
        "evidence": sorted(found.evidence.items()),
        "model": queries.model_behind(inference_id=found.inference_id),
        "answer": queries.answer(id=insight_id),
        "steps": [state for state in domain.InsightState if state in domain.NEXT[found.state]],
        "may_decide": request.rights.allows(DECIDE, territory=found.territory),
    }
    return render(request, "intelligence/insight.html", context)


@require_POST
def decide(request: HttpRequest, insight_id: UUID) -> HttpResponse:
    """Answer it, with the reason."""
    _insight(request, insight_id, DECIDE)
    reason = request.POST.get("reason", "").strip()[:1000]
    if not reason:
        messages.error(
            request, say("Hãy ghi lý do: đã kiểm tra gì, thấy gì.", "Say why: what was checked, and what was seen.")
        )
        return back(request, f"/insights/{insight_id}")
    services.decide(
        insight_id=insight_id, state=_state(request.POST.get("state", "")), reason=reason, by=f"account:{request.user.pk}",
        at=clock.now(),
    )  # fmt: skip
    messages.success(request, say("Đã ghi nhận.", "Noted."))
    return back(request, f"/insights/{insight_id}")


def effects(request: HttpRequest) -> HttpResponse:
    """What was done to move an indicator in the reader's territories, and what it changed."""
    within = _within(request)
    estimated, names = queries.effects(), warehouse.indicators()
    rows = [
        {
            "item": item,
            "whole": seen == set(item.territories),
            "effect": estimated.get(item.id) if seen == set(item.territories) else None,
            "indicator": names.get(item.indicator),
        }
        for item in queries.interventions()
        if (seen := _seen(item, within)) is not None
    ]
    return render(request, "intelligence/effects.html", {"rows": rows})


def effect(request: HttpRequest, intervention_id: str) -> HttpResponse:
    """One of them: what happened beside what would have happened, where it worked and where not. Who may see only some of its
    territories sees what it changed there, and nothing that tells of all of them together."""
    within = _within(request)
    item = next((item for item in queries.interventions() if item.id == intervention_id), None)
    if item is None:
        raise NotFound(what=intervention_id)
    seen = _seen(item, within)
    if seen is None:
        request.rights.require(READ, territory=item.territories[0])
        raise NotFound(what=intervention_id)
    found, details = queries.effect(intervention=intervention_id)
    today = clock.vietnam_date(clock.now())
    units = sorted(details.get("units", []), key=lambda unit: -(unit["effect"] or 0))
    if whole := seen == set(item.territories):
        weeks = zip(details.get("weeks", ()), details.get("actual", ()), details.get("counterfactual", ()), strict=True)
    else:
        units, weeks = [unit for unit in units if unit["territory"] in seen], ()
    context = {
        "item": item,
        "whole": whole,
        "found": found,
        "details": details,
        "indicator": warehouse.indicator(code=item.indicator),
        "units": units,
        "table": [(date.fromisoformat(week), *row) for week, *row in weeks],
        "places": directory.units_by_code([unit["territory"] for unit in units], today),
        "model": queries.models_in_use().get(services.EFFECT),
    }
    return render(request, "intelligence/effect.html", context)


def _within(request: HttpRequest) -> set[str] | None:
    """The territories in which the reader may see effects; none for all of them.

    :raises kernel.errors.Forbidden: nowhere.
    """
    found = request.rights.territories(READ)
    return None if found is None else set(found)


def _seen(item: domain.Intervention, within: set[str] | None) -> set[str] | None:
    """Those territories of an intervention that the reader may see; none where it is none of them."""
    if within is None:
        return set(item.territories)
    return set(item.territories) & within or None


def _insight(request: HttpRequest, insight_id: UUID, action: str) -> domain.Insight:
    found = queries.insight(id=insight_id)
    if found is None:
        raise NotFound(what=str(insight_id))
    request.rights.require(action, territory=found.territory)
    return found


def _state(text: str) -> domain.InsightState:
    try:
        return domain.InsightState(text)
    except ValueError:
        raise domain.BadStep(state="–", wanted=text[:30] or "–") from None
