"""Directives and tasks on screen."""

from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from lienthong.commons.direction import domain, queries, services
from lienthong.data.identity import queries as identity
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.design.services import say
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import Refusal

PAGE = 30
WORKING_DAYS = 10
"""The deadline a new task is offered, in working days."""


def directives(request: HttpRequest) -> HttpResponse:
    """All directives, newest first, searchable without tone marks."""
    now = clock.now()
    text, before = request.GET.get("q", ""), _uuid(request.GET.get("before"))
    today = clock.vietnam_date(now)
    agencies = queries.readable_agencies(request.rights, today)
    lines = queries.directives(text=text, before=before, today=today, agencies=agencies, limit=PAGE + 1)
    context = {"lines": lines[:PAGE], "more": lines[PAGE - 1].id if len(lines) > PAGE else None, "text": text}
    context["may_issue"] = bool(request.rights.scopes(domain.ISSUE))
    return render(request, "direction/directives.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form of a directive, begun from a signal when one is named; and its issuing."""
    now = clock.now()
    today = clock.vietnam_date(now)
    signal = warehouse.signal(id=_uuid(request.GET.get("signal"))) if _uuid(request.GET.get("signal")) else None
    if signal:
        request.rights.require(domain.ISSUE, territory=signal.territory)
    else:
        request.rights.require_somewhere(domain.ISSUE)
    if signal and (known := queries.directive_of_signal(signal_id=signal.id)):
        return redirect(f"/directives/{known}")
    form = _form(request, signal, today)
    if request.method == "POST":
        try:
            if not signal:
                queries.require_over(request.rights, _code(form["lead_agency"]), today)
            directive_id = services.issue(
                title=form["title"],
                text=form["text"],
                issuer_agency=_issuer(request, now),
                tasks=[_task_of(form, signal)],
                signal_id=signal.id if signal else None,
                document=form["document"],
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
        "issuer": _name(found.issued_by),
        "indicators": warehouse.indicators(codes=[task.target.indicator for task in found.tasks if task.target]),
    }
    return render(request, "direction/directive.html", context)


def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One task: its target and what was measured, its life, and what can be done now."""
    now = clock.now()
    today = clock.vietnam_date(now)
    found = queries.task(id=task_id)
    queries.require_readable(request.rights, found)
    life = queries.life(task_id=task_id)
    codes = {found.lead_agency, found.escalated_to, *found.co_agencies, *(entry.agency for entry in life)} - {""}
    moves = [
        move for move in found.moves() if queries.may_move(request.rights, found, move, f"account:{request.user.pk}")
    ]
    context = {
        "task": found,
        "life": life[::-1],
        "agencies": directory.agencies_by_code(codes, today),
        "standing": found.standing(today),
        "indicator": warehouse.indicator(code=found.target.indicator) if found.target else None,
        "moves": moves,
        "names": {entry.by: _name(entry.by) for entry in life},
        "heads": directory.holders(found.lead_agency, now, heads_only=True),
        "today": today,
    }
    return render(request, "direction/task.html", context)


@require_POST
def move(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Move a task on, by whoever may."""
    now = clock.now()
    found = queries.task(id=task_id)
    wanted = domain.Move(request.POST.get("move", "")) if request.POST.get("move") in set(domain.Move) else None
    if wanted is None:
        raise domain.BadDirective(problem="chưa chọn việc cần làm", problem_en="no move was chosen")
    queries.require_move(request.rights, found, wanted, f"account:{request.user.pk}")
    services.move(
        task_id=task_id,
        move=wanted,
        text=request.POST.get("text", "")[:4000],
        percent=int(request.POST["percent"]) if request.POST.get("percent", "").isdigit() else None,
        due_on=_date(request.POST.get("due_on", "")),
        version=int(request.POST["version"]) if request.POST.get("version", "").isdigit() else None,
        by=f"account:{request.user.pk}",
        at=now,
    )
    messages.success(request, say("Đã ghi nhận.", "Recorded."))
    return redirect(f"/tasks/{task_id}")


def _form(request: HttpRequest, signal: warehouse_domain.Signal | None, today: date) -> dict:
    """What the form shows: what was sent, else what the signal suggests."""
    indicator = warehouse.indicator(code=signal.indicator) if signal else None
    calendar = directory.calendar([today.year, today.year + 1])
    units = directory.units_by_code({signal.territory}, today) if signal and signal.territory else {}
    place = units[signal.territory].full_name if signal and signal.territory in units else ""
    suggested = {
        "title": f"Đưa “{indicator.name['vi']}”{f' tại {place}' if place else ''} về trong ngưỡng" if indicator else "",
        "text": "",
        "document": "",
        "content": f"Xử lý nguyên nhân làm “{indicator.name['vi']}” vượt ngưỡng, sửa tại nguồn" if indicator else "",
        "lead_agency": "",
        "due_on": calendar.add_working_days(today, WORKING_DAYS).isoformat(),
        "target_value": str(indicator.amber if indicator.amber is not None else indicator.red) if indicator else "",
    }
    sent = {name: request.POST.get(name, value).strip() for name, value in suggested.items()}
    agency = directory.agency(_code(sent["lead_agency"]), today) if sent["lead_agency"] else None
    return sent | {
        "signal": signal,
        "indicator": indicator,
        "place": place,
        "agency": agency,
        "working_days": WORKING_DAYS,
    }


def _task_of(form: dict, signal: warehouse_domain.Signal | None) -> domain.NewTask:
    target = None
    if form["indicator"] and form["target_value"]:
        try:
            value = Decimal(form["target_value"].replace(",", "."))
        except InvalidOperation:
            raise domain.BadDirective(
                problem=f"mục tiêu “{form['target_value']}” không phải là số",
                problem_en=f"the target “{form['target_value']}” is not a number",
            ) from None
        up = form["indicator"].direction is warehouse_domain.Direction.UP
        target = domain.Target(form["indicator"].code, signal.territory, value, at_least=up, period=signal.period)
    return domain.NewTask(
        content=form["content"], lead_agency=_code(form["lead_agency"]), due_on=_date(form["due_on"]), target=target
    )


def _code(typed: str) -> str:
    """Typed or picked, "G12 – Bộ Tài chính" names the agency by its code."""
    return typed.split("–")[0].strip()


def _issuer(request: HttpRequest, now) -> str:
    """The agency in whose name a person issues: that of the first position held."""
    positions = directory.held_positions(request.user.pk, now)
    return positions[0].agency_code if positions else ""


def _name(actor: str) -> str:
    """Who did it, as readers know them."""
    kind, _, value = actor.partition(":")
    if kind != "account":
        return say("hệ thống", "the system")
    person = identity.account(id=UUID(value))
    return person.full_name if person else actor


def _date(text: str) -> date | None:
    """A day as forms send it (2026-12-31) or as people write it (31/12/2026)."""
    if not text:
        return None
    try:
        if "/" in text:
            day, month, year = text.split("/")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text)
    except ValueError:
        raise domain.BadDirective(
            problem=f"“{text}” không phải là ngày", problem_en=f"“{text}” is not a date"
        ) from None


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
