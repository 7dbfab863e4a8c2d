"""A directive from a text: what it seems to give is proposed beside the words it rests on; a person corrects, leaves out
and issues."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lienthong.commons.direction import domain, queries, services
from lienthong.commons.direction.views._words import code_of, issuer_of, read_date
from lienthong.data.intelligence import domain as intelligence_domain
from lienthong.data.intelligence import services as intelligence
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.design.services import read_uuid, say, whole
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import Refusal

MOST_TASKS = 100
_FIELDS = ("content", "others", "due_on", "value", "indicator", "territory")


@require_http_methods(["GET", "POST"])
def from_text(request: HttpRequest) -> HttpResponse:
    """Paste a text; its tasks are proposed, each to be corrected or left out; nothing is issued before that is pressed."""
    request.rights.require_somewhere(domain.ISSUE)
    now = clock.now()
    sent = request.POST
    context: dict[str, Any] = {
        "text": sent.get("text", ""), "title": sent.get("title", ""), "document": sent.get("document", ""),
        "longest": str(intelligence_domain.MOST_TEXT),
    }  # fmt: skip
    if request.method == "GET" or not context["text"].strip():
        return render(request, "direction/from_text.html", context)
    try:
        if "issue" in sent:
            return redirect(f"/directives/{_issue(request, now)}")
        context |= _proposed(request, context["text"], now)
    except Refusal as refusal:
        context |= {"refusal": refusal.text(request.LANGUAGE_CODE), "record": sent.get("record", "")}
        if "issue" in sent:
            context |= _sent_again(sent)
        return render(request, "direction/from_text.html", context, status=refusal.status)
    return render(request, "direction/from_text.html", context)


def _proposed(request: HttpRequest, text: str, now: datetime) -> dict[str, Any]:
    """The proposals as fields, and the text with the words they rest on marked."""
    record, found = intelligence.propose_tasks(text=text, by=f"account:{request.user.pk}", at=now)
    found = found[:MOST_TASKS]
    codes = {code for item in found for body in (item.lead, *item.others) for code in (body.code, body.instead) if code}
    agencies = directory.agencies_by_code(codes, clock.vietnam_date(now))
    declared = warehouse.indicators(codes=[item.target.indicator for item in found if item.target])
    tasks = []
    for item in found:
        lead = agencies.get(item.lead.code)
        heir = agencies.get(item.lead.instead)
        tasks.append({
            "keep": True, "content": item.content[:500], "lead": f"{lead.code} – {lead.name}" if lead else "",
            "others": ", ".join(other.code for other in item.others if other.code),
            "others_named": ", ".join(agencies[other.code].name for other in item.others if other.code in agencies),
            "due_on": item.due_on.isoformat() if item.due_on else "", "due_words": item.due_words,
            "value": f"{item.target.value:f}" if item.target else "", "quote": item.quote,
            "indicator": item.target.indicator if item.target else "", "territory": item.target.territory if item.target else "",
            "least": item.target.at_least if item.target else True,
            "declared": declared.get(item.target.indicator) if item.target else None,
            "confidence": item.confidence, "unsure": item.unsure, "instead": f"{heir.code} – {heir.name}" if heir else "",
        })  # fmt: skip
    return {"tasks": tasks, "read": True, "pieces": _pieces(text, found), "record": str(record)}


def _pieces(text: str, found: list[intelligence_domain.Proposal]) -> list[tuple[str, int]]:
    """The text in pieces, each with the number of the proposal that rests on it; 0 for none."""
    pieces, at = [], 0
    for number, item in enumerate(found, 1):
        if item.begin >= at:
            pieces += [(text[at : item.begin], 0), (text[item.begin : item.end], number)]
            at = item.end
    return [(words, number) for words, number in [*pieces, (text[at:], 0)] if words]


def _fields(sent: QueryDict, number: int) -> dict[str, Any]:
    """One task as it was sent."""
    task = {name: sent.get(f"task-{number}-{name}", "").strip() for name in _FIELDS}
    lead = dict(enumerate(sent.getlist("lead_agency"))).get(number, "")
    return task | {
        "lead": lead.strip(), "keep": f"task-{number}-keep" in sent, "least": sent.get(f"task-{number}-least") != "no",
    }  # fmt: skip


def _count(sent: QueryDict) -> int:
    return min(whole(sent.get("tasks")) or 0, MOST_TASKS)


def _sent_again(sent: QueryDict) -> dict[str, Any]:
    tasks = [_fields(sent, number) for number in range(_count(sent))]
    declared = warehouse.indicators(codes=[task["indicator"] for task in tasks])
    return {"tasks": [task | {"declared": declared.get(task["indicator"])} for task in tasks], "read": True}


def _issue(request: HttpRequest, now: datetime) -> UUID:
    """Issue the tasks that were kept, as they were corrected.

    :raises domain.BadDirective: none was kept, or a field cannot be used.
    """
    sent, today = request.POST, clock.vietnam_date(now)
    told = [_fields(sent, number) for number in range(_count(sent))]
    kept = [task for task in told if task["keep"]]
    for task in kept:
        queries.require_over(request.rights, code_of(task["lead"]), today)
    directive_id = services.issue(
        title=sent.get("title", ""), text=sent.get("text", ""), document=sent.get("document", ""),
        issuer_agency=issuer_of(request, now),
        tasks=[_task(task, today) for task in kept], by=f"account:{request.user.pk}", at=now,
    )  # fmt: skip
    if record := read_uuid(sent.get("record")):
        intelligence.judge_tasks(
            record_id=record, kept=len(kept), proposed=len(told), by=f"account:{request.user.pk}", at=now
        )
    messages.success(
        request, say("Đã ban hành chỉ đạo với {n} nhiệm vụ.", "The directive is issued with {n} tasks.", n=len(kept))
    )
    return directive_id


def _task(task: dict[str, Any], today: date) -> domain.NewTask:
    return domain.NewTask(
        content=task["content"], lead_agency=code_of(task["lead"]), due_on=read_date(task["due_on"]), target=_target(task),
        co_agencies=tuple(code.strip() for code in task["others"].split(",") if code.strip()),
    )  # fmt: skip


def _target(task: dict[str, Any]) -> domain.Target | None:
    if not task["indicator"] or not task["value"]:
        return None
    try:
        value = Decimal(task["value"].replace(",", "."))
    except InvalidOperation:
        raise domain.BadDirective(
            problem=f"mục tiêu “{task['value']}” không phải là số",
            problem_en=f"the target “{task['value']}” is not a number",
        ) from None
    weekly = warehouse_domain.Every.WEEK in warehouse.indicator(code=task["indicator"]).every
    return domain.Target(
        task["indicator"], task["territory"], value, at_least=task["least"], period=domain.WEEKLY if weekly else ""
    )
