"""Directives and tasks on screen."""

import csv
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from lienthong.commons.direction import conf, domain, queries, services
from lienthong.data.identity import queries as identity
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.design.services import say
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import Refusal

PAGE = 30
WORKING_DAYS, WEEKLY_DAYS = 10, 30
"""The deadline a new task is offered, in working days; longer where its effect shows by the week."""
GROUPS = 100
"""Groups that statistics show one by one; the rest is one line, and all of them are in the file."""
WORST = 3
"""How many of the places that did most to make a number worse are chosen beforehand."""


def directives(request: HttpRequest) -> HttpResponse:
    """All directives, newest first, searchable without tone marks."""
    now = clock.now()
    text, before = request.GET.get("q", ""), _uuid(request.GET.get("before"))
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
    signal = warehouse.signal(id=_uuid(request.GET.get("signal"))) if _uuid(request.GET.get("signal")) else None
    code, territory = request.GET.get("indicator", ""), request.GET.get("territory", "")
    if signal or code:
        request.rights.require(domain.ISSUE, territory=signal.territory if signal else territory)
    else:
        request.rights.require_somewhere(domain.ISSUE)
    if signal and (known := queries.directive_of_signal(signal_id=signal.id)):
        return redirect(f"/directives/{known}")
    form = _form(request, signal, today) if signal or not code else _form_of_indicator(request, code, territory, today)
    if request.method == "POST":
        try:
            if not signal and not code:
                queries.require_over(request.rights, _code(form["lead_agency"]), today)
            directive_id = services.issue(
                title=form["title"],
                text=form["text"],
                issuer_agency=_issuer(request, now),
                tasks=[_task_of(form, signal)],
                signal_id=signal.id if signal else None,
                document=form["document"],
                grace_days=int(form["grace_days"]) if form["grace_days"].isdigit() else None,
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
    form = _form_of_indicator(request, code, territory, clock.vietnam_date(clock.now()))
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
        "issuer": _name(found.issued_by),
        "indicators": warehouse.indicators(codes=[task.target.indicator for task in found.tasks if task.target]),
        "effects": queries.effects(found.tasks),
    }
    return render(request, "direction/directive.html", context)


def worklist(request: HttpRequest) -> HttpResponse:
    """The open tasks of an agency by urgency, searchable without tone marks; of the reader's own when none is named."""
    now = clock.now()
    today = clock.vietnam_date(now)
    code, text = _code(request.GET.get("agency", "")) or _issuer(request, now), request.GET.get("q", "")
    agency = directory.agency(code, today) if code else None
    if agency is None:
        request.rights.require_somewhere(domain.READ)
        raise domain.UnknownAgency(code=code or "–")
    request.rights.require(domain.READ, agency=agency.code)
    after = queries.Place.parse(request.GET.get("after", ""))
    found, more = queries.worklist(agency=agency.code, text=text, after=after, limit=PAGE)
    context = {"agency": agency, "tasks": found, "more": more, "text": text}
    context["standings"] = {task.id: task.standing(today) for task in found}
    return render(request, "direction/worklist.html", context)


def statistics(request: HttpRequest) -> HttpResponse:
    """How tasks stand: the four classes with those without a deadline apart; as a page or, with ``format=csv``, as a file."""
    now = clock.now()
    today = clock.vietnam_date(now)
    by = domain.By(request.GET["by"]) if request.GET.get("by") in set(domain.By) else domain.By.AGENCY
    since, until = _day(request.GET.get("since", "")), _day(request.GET.get("until", ""))
    agencies = queries.readable_agencies(request.rights, today)
    counts = queries.statistics(by=by, today=today, since=since, until=until, agencies=agencies)
    names = {}
    if by is domain.By.AGENCY:
        names = {
            code: item.name for code, item in directory.agencies_by_code([item.group for item in counts], today).items()
        }
    if request.GET.get("format") == "csv":
        return _csv(counts, names, by, today)
    shown, rest = counts[:GROUPS], counts[GROUPS:]
    context = {
        "by": by, "all_by": list(domain.By), "since": since, "until": until, "counts": shown, "names": names,
        "others": len(rest), "rest": sum(rest, domain.Count("")), "total": sum(counts, domain.Count("")),
    }  # fmt: skip
    return render(request, "direction/statistics.html", context)


def _csv(counts: list[domain.Count], names: dict[str, str], by: domain.By, today: date) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="nhiem-vu-{by.value}-{today}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    heads = ("đúng hạn", "trễ hạn", "trong hạn", "quá hạn", "cộng bốn loại", "không thời hạn", "thu hồi")
    writer.writerow([by.vi.lower(), "tên", *heads])
    for item in counts:
        writer.writerow([item.group, names.get(item.group, ""), *item.numbers])
    writer.writerow(["tổng", "", *sum(counts, domain.Count("")).numbers])
    return response


def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One task: its target and what was measured, its life, and what can be done now."""
    now = clock.now()
    today = clock.vietnam_date(now)
    found = queries.task(id=task_id)
    queries.require_readable(request.rights, found)
    life = queries.life(task_id=task_id)
    codes = {found.lead_agency, found.escalated_to, *found.co_agencies, *(entry.agency for entry in life)} - {""}
    effect = queries.effect(found)
    places = set(found.target.territories if found.target else ()) | {
        unit.territory for unit in (effect.units if effect else ())
    }
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
        "waiting": next(iter(queries.extensions(task_id=task_id)), None),
        "may_ask": found.due_on is not None
        and found.state in domain.TRANSITIONS[domain.Move.REPORT][0]
        and request.rights.allows(domain.WORK, agency=found.lead_agency),
        "may_answer": queries.may_move(request.rights, found, domain.Move.EXTEND, f"account:{request.user.pk}"),
        "effect": effect,
        "places": directory.units_by_code(places - {""}, today),
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


@require_POST
def ask_extension(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Ask for more time, by whoever works on the task."""
    found = queries.task(id=task_id)
    request.rights.require(domain.WORK, agency=found.lead_agency)
    due_on = _date(request.POST.get("due_on", ""))
    if due_on is None:
        raise domain.BadExtension(problem="chưa có hạn mới", problem_en="it has no new deadline")
    services.ask_extension(
        task_id=task_id, due_on=due_on, reason=request.POST.get("reason", "")[:4000], by=f"account:{request.user.pk}",
        at=clock.now(),
    )  # fmt: skip
    messages.success(request, say("Đã gửi đề nghị gia hạn.", "The request is sent."))
    return redirect(f"/tasks/{task_id}")


@require_POST
def decide_extension(request: HttpRequest, extension_id: UUID) -> HttpResponse:
    """Grant or refuse more time, by whoever may extend the task."""
    found = queries.extension(id=extension_id)
    me = f"account:{request.user.pk}"
    queries.require_move(request.rights, found.task, domain.Move.EXTEND, me)
    grant = request.POST.get("answer") == "grant"
    services.decide_extension(
        extension_id=extension_id, grant=grant, reason=request.POST.get("reason", "")[:4000], by=me, at=clock.now()
    )
    messages.success(request, say("Đã ghi nhận.", "Recorded."))
    return redirect(f"/tasks/{found.task.id}")


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
        "grace_days": str(conf.GRACE_DAYS),
    }
    return _sent(request, suggested, today) | {
        "signal": signal,
        "indicator": indicator,
        "place": place,
        "working_days": WORKING_DAYS,
    }


def _form_of_indicator(request: HttpRequest, code: str, territory: str, today: date) -> dict:
    """The form begun from a number: the places that did most to make it worse, a deadline and a target are filled in."""
    indicator = warehouse.indicator(code=code)
    up = indicator.direction is warehouse_domain.Direction.UP
    weekly = warehouse_domain.Every.WEEK in indicator.every
    level = warehouse_domain.territory_level(territory)
    units = []
    if level != "commune":
        units = directory.units(level="province" if level == "country" else "commune", parent=territory, on=today)
    fields = request.POST if request.method == "POST" else request.GET
    chosen = fields.getlist("places")
    if "content" not in fields:
        chosen = _worst(code, [unit.code for unit in units], up=up)
    chosen = [unit.code for unit in units if unit.code in chosen] or [territory]
    names = {unit.code: unit.full_name for unit in units}
    if territory:
        names |= {item.code: item.full_name for item in directory.units_by_code([territory], today).values()}
    days = WEEKLY_DAYS if weekly else WORKING_DAYS
    due_on = directory.calendar([today.year, today.year + 1]).add_working_days(today, days)
    period = domain.WEEKLY if weekly else ""
    limit = indicator.amber if indicator.amber is not None else indicator.red
    if limit is None:
        present = domain.Target(code, chosen[0], 0, up, period, tuple(chosen[1:]))
        limit = queries.measured([present])[present]
    place = f" tại {', '.join(names[item] for item in chosen)}" if chosen != [""] else ""
    suggested = {
        "title": f"Cải thiện “{indicator.name['vi']}”{place if len(chosen) <= WORST else ''}"[:300],
        "text": "",
        "document": "",
        "content": f"Xử lý nguyên nhân làm “{indicator.name['vi']}” xấu đi, sửa tại nguồn",
        "lead_agency": _lead_of(indicator, territory, chosen, today),
        "due_on": due_on.isoformat(),
        "target_value": "" if limit is None else f"{limit:.{indicator.digits}f}",
        "grace_days": str(conf.GRACE_DAYS),
    }
    form = _sent(request, suggested, today)
    form |= {
        "indicator": indicator, "territory": territory, "units": units, "chosen": chosen, "names": names, "period": period,
        "weekly": weekly, "working_days": days,
    }  # fmt: skip
    try:
        target, deadline = _target(form, None), _date(form["due_on"])
    except domain.BadDirective:
        return form
    if target and deadline and weekly:
        form["prospects"] = queries.prospects(target=target, due_on=deadline)
    return form


def _worst(code: str, places: list[str], *, up: bool) -> list[str]:
    """Of some places those that did most to make a number worse in the last weeks."""
    found = intelligence.drivers(code=code, territories=places)
    worse = [item for item in found.drivers if item.member and (item.total < 0) is up and item.total] if found else []
    return [item.member for item in sorted(worse, key=lambda item: -abs(item.total))[:WORST]]


def _lead_of(indicator: warehouse_domain.Indicator, territory: str, chosen: list[str], today: date) -> str:
    """Who is offered to lead: of one place its own body, of a part of a province the province's, else whoever
    manages, or owns, the register that the number is computed from."""
    place = chosen[0] if len(chosen) == 1 else territory
    if place:
        body = directory.body_of(place, directory_domain.Branch.STATE, today)
        return f"{body.code} – {body.name}" if body else ""
    managing = directory_domain.Role.MANAGES.value
    answering = directory.responsible(f"register:{indicator.register}", today, role=managing)
    if answering:
        return f"{answering[0].agency_code} – {answering[0].agency_name}"
    owner = directory.agency(registry.register(key=indicator.register).declaration.owner, today)
    return f"{owner.code} – {owner.name}" if owner else ""


def _sent(request: HttpRequest, suggested: dict, today: date) -> dict:
    """What was sent, else what is suggested."""
    fields = request.POST if request.method == "POST" else request.GET
    sent = {name: fields.get(name, value).strip() for name, value in suggested.items()}
    agency = directory.agency(_code(sent["lead_agency"]), today) if sent["lead_agency"] else None
    return sent | {"agency": agency}


def _task_of(form: dict, signal: warehouse_domain.Signal | None) -> domain.NewTask:
    return domain.NewTask(
        content=form["content"], lead_agency=_code(form["lead_agency"]), due_on=_date(form["due_on"]),
        target=_target(form, signal),
    )  # fmt: skip


def _target(form: dict, signal: warehouse_domain.Signal | None) -> domain.Target | None:
    if not form["indicator"] or not form["target_value"]:
        return None
    try:
        value = Decimal(form["target_value"].replace(",", "."))
    except InvalidOperation:
        raise domain.BadDirective(
            problem=f"mục tiêu “{form['target_value']}” không phải là số",
            problem_en=f"the target “{form['target_value']}” is not a number",
        ) from None
    up = form["indicator"].direction is warehouse_domain.Direction.UP
    first, *others = [signal.territory] if signal else form["chosen"]
    period = signal.period if signal else form["period"]
    return domain.Target(form["indicator"].code, first, value, at_least=up, period=period, others=tuple(others))


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


def _day(text: str) -> date | None:
    """A day of a filter; none for anything else."""
    try:
        return _date(text)
    except domain.BadDirective:
        return None


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
