"""The form of a directive: what is suggested, what was sent, and the task that it means."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.http import HttpRequest

from lienthong.commons.direction import conf, domain, queries
from lienthong.commons.direction.views._words import code_of, read_date
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.design.services import say
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory

WORKING_DAYS, WEEKLY_DAYS = 10, 30
"""The deadline a new task is offered, in working days; longer where its effect shows by the week."""
WORST = 3
"""How many of the places that did most to make a number worse are chosen beforehand."""


def form_of(request: HttpRequest, signal: warehouse_domain.Signal | None, today: date) -> dict:
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
        "target_value": _written(_limit(indicator), indicator) if indicator else "",
        "grace_days": str(conf.GRACE_DAYS),
    }
    return _sent(request, suggested, today) | {
        "signal": signal,
        "indicator": indicator,
        "place": place,
        "working_days": WORKING_DAYS,
    }


def form_of_indicator(request: HttpRequest, code: str, territory: str, today: date) -> dict:
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
    blank = domain.Target(code, chosen[0], Decimal(0), up, period, tuple(chosen[1:]))
    ahead = queries.prospects(target=blank, due_on=due_on) if weekly else []
    worth = domain.worth_reaching(
        _limit(indicator), queries.measured([blank])[blank], [(item.low, item.high) for item in ahead], at_least=up
    )
    place = f" tại {', '.join(names[item] for item in chosen)}" if chosen != [""] else ""
    suggested = {
        "title": f"Cải thiện “{indicator.name['vi']}”{place if len(chosen) <= WORST else ''}"[:300],
        "text": "",
        "document": "",
        "content": f"Xử lý nguyên nhân làm “{indicator.name['vi']}” xấu đi, sửa tại nguồn",
        "lead_agency": _lead_of(indicator, territory, chosen, today),
        "due_on": due_on.isoformat(),
        "target_value": _written(worth, indicator),
        "grace_days": str(conf.GRACE_DAYS),
    }
    form = _sent(request, suggested, today)
    form |= {
        "indicator": indicator, "territory": territory, "units": units, "chosen": chosen, "names": names, "period": period,
        "weekly": weekly, "working_days": days,
    }  # fmt: skip
    try:
        target, deadline = _target(form, None), read_date(form["due_on"])
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
    agency = directory.agency(code_of(sent["lead_agency"]), today) if sent["lead_agency"] else None
    return sent | {"agency": agency, "longest_grace": domain.LONGEST_GRACE}


def _limit(indicator: warehouse_domain.Indicator) -> Decimal | None:
    """The threshold that is worth reaching first."""
    return indicator.amber if indicator.amber is not None else indicator.red


def _written(value: Decimal | None, indicator: warehouse_domain.Indicator) -> str:
    """A number in a field, with the decimal sign of the reader's language."""
    text = "" if value is None else f"{value:.{indicator.digits}f}"
    return say(text.replace(".", ","), text)


def task_of(form: dict, signal: warehouse_domain.Signal | None) -> domain.NewTask:
    return domain.NewTask(
        content=form["content"], lead_agency=code_of(form["lead_agency"]), due_on=read_date(form["due_on"]),
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
