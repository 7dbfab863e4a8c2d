"""Directives: their list, their making, one of them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lienthong.commons.direction import domain, queries, services
from lienthong.commons.direction.views._form import form_of, form_of_indicator, task_of
from lienthong.commons.direction.views._words import code_of, issuer_of
from lienthong.data.identity import queries as identity
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.design.services import read_uuid, say, whole
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import Refusal

PAGE = 30


def directives(request: HttpRequest) -> HttpResponse:
    """All directives, newest first, searchable without tone marks."""
    now = clock.now()
    text, before = request.GET.get("q", ""), read_uuid(request.GET.get("before"))
    today = clock.vietnam_date(now)
    agencies = queries.readable_agencies(request.rights, today)
    lines = queries.directives(text=text, before=before, today=today, agencies=agencies, limit=PAGE + 1)
    context = {"lines": lines[:PAGE], "more": lines[PAGE - 1].id if len(lines) > PAGE else None, "text": text}
    context["may_issue"] = bool(request.rights.scopes(domain.ISSUE))
    context["outcomes"] = queries.outcomes(directive_ids=[line.id for line in context["lines"]])
    return render(request, "direction/directives.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form of a directive, begun from a signal or from an indicator's page when one is named; and its issuing."""
    now = clock.now()
    today = clock.vietnam_date(now)
    signal = warehouse.signal(id=read_uuid(request.GET.get("signal"))) if read_uuid(request.GET.get("signal")) else None
    code, territory = request.GET.get("indicator", ""), request.GET.get("territory", "")
    if signal or code:
        request.rights.require(domain.ISSUE, territory=signal.territory if signal else territory)
    else:
        request.rights.require_somewhere(domain.ISSUE)
    if signal and (known := queries.directive_of_signal(signal_id=signal.id)):
        return redirect(f"/directives/{known}")
    form = form_of(request, signal, today) if signal or not code else form_of_indicator(request, code, territory, today)
    if request.method == "POST":
        try:
            if not signal:
                queries.require_over(request.rights, code_of(form["lead_agency"]), today)
            directive_id = services.issue(
                title=form["title"],
                text=form["text"],
                issuer_agency=issuer_of(request, now),
                tasks=[task_of(form, signal)],
                signal_id=signal.id if signal else None,
                document=form["document"],
                grace_days=whole(form["grace_days"]),
                by=f"account:{request.user.pk}",
                at=now,
            )
        except Refusal as refusal:
            form["refusal"] = refusal.text(request.LANGUAGE_CODE)
            return render(request, "direction/new.html", form, status=refusal.status)
        messages.success(
            request, say("Đã ban hành chỉ đạo và giao nhiệm vụ.", "The directive is issued and its task assigned.")
        )
        return redirect(f"/directives/{directive_id}")
    return render(request, "direction/new.html", form)


def prospects(request: HttpRequest) -> HttpResponse:
    """What of the form changes with its target, deadline and places: the target beside the forecast without action."""
    code, territory = request.GET.get("indicator", ""), request.GET.get("territory", "")
    request.rights.require(domain.ISSUE, territory=territory)
    form = form_of_indicator(request, code, territory, clock.vietnam_date(clock.now()))
    return render(request, "direction/_prospects.html", form)


def directive(request: HttpRequest, directive_id: UUID) -> HttpResponse:
    """One directive: why it was issued, its tasks, how far they are."""
    now = clock.now()
    today = clock.vietnam_date(now)
    found = queries.directive(id=directive_id)
    queries.require_readable(request.rights, found)
    signal = warehouse.signal(id=found.signal_id) if found.signal_id else None
    codes = {found.issuer_agency} | {task.lead_agency for task in found.tasks}
    context = {
        "directive": found,
        "signal": signal,
        "indicator": warehouse.indicator(code=signal.indicator) if signal else None,
        "agencies": directory.agencies_by_code(codes, today),
        "standings": {task.id: task.standing(today) for task in found.tasks},
        "issuer": identity.name_of(found.issued_by),
        "indicators": warehouse.indicators(codes=[task.target.indicator for task in found.tasks if task.target]),
        "effects": queries.effects(found.tasks),
    }
    return render(request, "direction/directive.html", context)
