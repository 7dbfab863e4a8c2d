"""The inbox, one's authority, and the audit log as people and auditors see it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lienthong.channels.kpis import queries as kpis
from lienthong.commons.direction import domain as direction_domain
from lienthong.commons.direction import queries as direction
from lienthong.commons.stewardship import domain as stewardship
from lienthong.data.identity import queries as identity
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.quality import queries as quality
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.access import queries as access
from lienthong.foundation.audit import queries as audit
from lienthong.foundation.audit import services as audit_services
from lienthong.foundation.design.services import say, whole
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock

PAGE = 50
SIGNALS, MOST_SIGNALS = 20, 200
"""Signals shown, and looked through for those that wait."""
AUDIT, CONCLUDE, SCORE = "foundation.audit.read", "data.intelligence.decide", "channels.kpis.self_score"


def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for this person: tasks of their agencies, results to confirm, delegations to judge, what was escalated, signals
    to direct, insights to conclude on, discrepancies of their sources."""
    now = clock.now()
    today = clock.vietnam_date(now)
    me = f"account:{request.user.pk}"
    positions = directory.held_positions(request.user.pk, now)
    codes = list(dict.fromkeys(position.agency_code for position in positions))
    issued = direction.tasks(issued_by=me, open_only=True)
    to_confirm = [task for task in issued if task.state is direction_domain.TaskState.REPORTED]
    led = direction.tasks(agencies=codes, open_only=True) if codes else []
    above = direction.tasks(escalated_to=codes, open_only=True) if codes else []
    signals = _to_direct(request)
    shown = {task.lead_agency for task in [*led, *to_confirm, *above, *issued]}
    known = directory.agencies_by_code(shown, today)
    context = {
        "positions": positions,
        "may_read_brief": _may_read_brief(request),
        "to_choose": [task for task in issued if task.lead_agency not in known],
        "to_confirm": to_confirm,
        "extensions": direction.extensions(issued_by=me),
        "reviews": access.waiting(on=today, at=now, given_by=me),
        "actions": {code: say(*words) for code, words in stewardship.AUTHORITIES.items()},
        "led": led,
        "above": above,
        "issued": [task for task in issued if task not in to_confirm],
        "signals": signals,
        "indicators": warehouse.indicators(codes=[item.indicator for item in signals]),
        "insights": intelligence.insights(state="proposed", territories=request.rights.territories(CONCLUDE), limit=5)
        if request.rights.scopes(CONCLUDE)
        else [],
        "discrepancies": quality.discrepancies(agency_codes=codes, state="assigned", limit=5) if codes else [],
        "asked": kpis.asked_of(units=kpis.units_of(agencies=codes, on=today)) if request.rights.scopes(SCORE) else [],
        "agencies": known,
        "standings": {task.id: task.standing(today) for task in [*led, *to_confirm, *above, *issued]},
    }
    context["empty"] = not any(
        context[name]
        for name in (
            "to_choose",
            "reviews",
            "to_confirm",
            "extensions",
            "led",
            "above",
            "issued",
            "signals",
            "insights",
            "discrepancies",
            "asked",
        )
    )
    return render(request, "workplace/inbox.html", context)


def _to_direct(request: HttpRequest) -> list[warehouse_domain.Signal]:
    """The newest signals without a directive where this person may issue one."""
    if not request.rights.scopes(direction_domain.ISSUE):
        return []
    places = request.rights.territories(direction_domain.ISSUE)
    found = [
        item
        for item in warehouse.signals(territories=places, limit=MOST_SIGNALS)
        if item.directive_id is None and request.rights.allows(direction_domain.ISSUE, territory=item.territory)
    ]
    return warehouse.signals_shown_to(request.rights, found[:SIGNALS])


def approve(request: HttpRequest) -> HttpResponse:
    """What waits for this person's decision, one card at a time, made for a phone: results to confirm, requests for more time,
    insights to conclude on. ``?at=`` is the number of the card."""
    now = clock.now()
    today = clock.vietnam_date(now)
    me = f"account:{request.user.pk}"
    cards: list[tuple[str, Any]] = [("extension", item) for item in direction.extensions(issued_by=me)]
    cards += [
        ("result", task)
        for task in direction.tasks(issued_by=me, open_only=True)
        if task.state is direction_domain.TaskState.REPORTED
    ]
    if request.rights.scopes(CONCLUDE):
        places = request.rights.territories(CONCLUDE)
        cards += [("insight", item) for item in intelligence.insights(state="proposed", territories=places, limit=20)]
    place = max(min(whole(request.GET.get("at")) or 1, len(cards)), 1)
    kind, item = cards[place - 1] if cards else ("", None)
    task = {"extension": getattr(item, "task", None), "result": item}.get(kind)
    context = {"kind": kind, "item": item, "task": task, "place": place, "count": len(cards)}
    context["may_read_brief"] = _may_read_brief(request)
    if task:
        life = direction.life(task_id=task.id)
        context |= {
            "agency": directory.agency(task.lead_agency, today),
            "indicator": warehouse.indicator(code=task.target.indicator) if task.target else None,
            "report": next((entry for entry in reversed(life) if entry.kind == "report"), None),
            "parts_open": sum(part.state.is_open for part in direction.tasks(parent_id=task.id, limit=None)),
        }
    return render(request, "workplace/approve.html", context)


def authority(request: HttpRequest) -> HttpResponse:
    """What this person may do, by which decision; what they delegated or were delegated."""
    now = clock.now()
    grants = access.grants_of(request.user.pk, now)
    today = clock.vietnam_date(now)
    context = {
        "grants": grants,
        "actions": {code: say(*words) for code, words in stewardship.AUTHORITIES.items()},
        "agencies": directory.agencies_by_code({grant.scope.agency for grant in grants}, today),
        "units": directory.units_by_code({grant.scope.territory for grant in grants}, today),
        "delegations": access.delegations_about(account_id=request.user.pk, at=now),
        "positions": directory.held_positions(request.user.pk, now),
        "now": now,
    }
    return render(request, "workplace/authority.html", context)


def about_me(request: HttpRequest) -> HttpResponse:
    """Who did or looked at what that is about this person."""
    before = whole(request.GET.get("before")) or 0
    entries = audit.about(person=f"account:{request.user.pk}", before=before, limit=PAGE + 1)
    context = {"may_read_all": request.rights.allows(AUDIT)}
    return render(request, "workplace/about_me.html", _page(entries) | context)


def log(request: HttpRequest) -> HttpResponse:
    """The whole log, for auditors; their looking at it is a record of it."""
    now = clock.now()
    request.rights.require(AUDIT)
    text = request.GET.get("q", "").strip()
    before = whole(request.GET.get("before")) or 0
    audit_services.record(
        by=f"account:{request.user.pk}", action="foundation.audit.look", subject="audit:log", at=now,
        details={"search": text[:200]},
    )  # fmt: skip
    entries = audit.search(text=text, before=before, limit=PAGE + 1)
    return render(request, "workplace/log.html", _page(entries) | {"text": text, "checkpoint": audit.checkpoint()})


def _may_read_brief(request: HttpRequest) -> bool:
    """Whether there may be a brief for this person: it tells what boards show and what was concluded."""
    return all(request.rights.scopes(action) for action in ("channels.dashboards.view", "data.intelligence.read"))


def _page(entries: list) -> dict:
    return {
        "entries": entries[:PAGE],
        "names": identity.names_of(entry.record.by for entry in entries if entry.record.by.startswith("account:")),
        "next": entries[PAGE - 1].seq if len(entries) > PAGE else None,
    }
