"""Whom a text is for: bodies are named with their reasons; a person takes one, names another, or none, and says why."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lienthong.commons.direction import domain
from lienthong.commons.direction.views._words import code_of
from lienthong.data.intelligence import domain as intelligence_domain
from lienthong.data.intelligence import services as intelligence
from lienthong.foundation.design.services import read_uuid, say
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound, Refusal

OTHER, NOBODY = "other", "nobody"


@require_http_methods(["GET", "POST"])
def route(request: HttpRequest) -> HttpResponse:
    """Paste a text; the bodies it may be for are named, nothing is sent to any. The text itself is not kept."""
    request.rights.require_somewhere(domain.READ)
    sent = request.POST
    text = sent.get("text", "")
    context: dict[str, Any] = {
        "text": text, "longest": str(intelligence_domain.MOST_TEXT), "reason": sent.get("reason", ""),
        "choice": sent.get("choice", ""), "body": sent.get("lead_agency", ""),
        "may_issue": bool(request.rights.scopes(domain.ISSUE)),
    }  # fmt: skip
    if request.method == "GET" or not text.strip():
        return render(request, "direction/route.html", context)
    by, now = f"account:{request.user.pk}", clock.now()
    try:
        if "choice" in sent:
            return _decided(request, by)
        record, routes = intelligence.route(text=text, by=by, at=now)
    except Refusal as refusal:
        context["refusal"] = refusal.text(request.LANGUAGE_CODE)
        if "choice" not in sent or isinstance(refusal, NotFound):
            return render(request, "direction/route.html", context, status=refusal.status)
        # What was chosen cannot be kept: the same bodies are shown again, with what was typed.
        record, routes = intelligence.route(text=text, by=by, at=now)
    context |= {"routes": routes, "record": record, "read": True}
    status = 422 if "refusal" in context else 200
    return render(request, "direction/route.html", context, status=status)


def _decided(request: HttpRequest, by: str) -> HttpResponse:
    """Keep what the person made of the bodies that were named.

    :raises domain.UnknownAgency: another body is named that there is not.
    """
    sent, now = request.POST, clock.now()
    choice = sent.get("choice", "")
    agency = "" if choice == NOBODY else code_of(sent.get("lead_agency", "")) if choice == OTHER else choice
    if choice != NOBODY and directory.agency(agency, clock.vietnam_date(now)) is None:
        raise domain.UnknownAgency(code=agency or "–")
    record = read_uuid(sent.get("record"))
    if record is None:
        raise NotFound(what="gợi ý")
    intelligence.judge_route(record_id=record, agency=agency, reason=sent.get("reason", ""), by=by, at=now)
    messages.success(request, say("Đã ghi nhận, cảm ơn bạn.", "Kept, thank you."))
    return redirect("/route")
