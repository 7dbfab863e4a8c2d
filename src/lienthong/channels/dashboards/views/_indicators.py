"""One number: what is behind it, what came of it, and what people wrote beside it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from lienthong.channels.dashboards import queries, services
from lienthong.channels.dashboards.views._boards import COUNTRY, EDIT, VIEW, live, open_places
from lienthong.commons.direction import queries as direction
from lienthong.data.identity import queries as identity
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.design.services import read_day, say
from lienthong.kernel import clock


def indicator(request: HttpRequest, code: str, territory: str = COUNTRY) -> HttpResponse:
    """One number: what it means, how it moved, where it is better, which rows it came from, what it caused."""
    place = "" if territory == COUNTRY else territory
    now = clock.now()
    today = clock.vietnam_date(now)
    declared = warehouse.indicator(code=code)
    request.rights.require(VIEW, territory=place)
    since = warehouse.watermark()
    board = queries.board(territory=place, on=today, rights=request.rights, leading=code)
    cell = next(iter(warehouse.shown_to(request.rights, warehouse.cells(codes=[code], territories=[place]))), None)
    register = registry.register(key=declared.register)
    may_see_rows = register.declaration.sharing == "open" or request.rights.allows(
        "data.registry.read", territory=place, sector=declared.register
    )
    places = [item.code for item in board.places]
    guarded = warehouse.guarded(codes=[code], rights=request.rights, territories=[place, *places])
    meanings = warehouse.meanings(code=code)
    notes = queries.notes(indicator=code, territory=place)
    context = {
        "board": board,
        "open_places": open_places(request, board),
        "meant_since": meanings[-1].at if len(meanings) > 1 else None,
        "indicator": declared,
        "cell": cell,
        "past": [] if guarded and place else warehouse.past(code=code, territory=place, guarded=bool(guarded)),
        "drivers": None if guarded else intelligence.drivers(code=code, territories=places),
        "parts": [] if guarded else queries.part_drivers(indicator=declared, territory=place),
        "outlook": None if guarded and place else queries.outlook(code=code, territory=place),
        "register": register,
        "place_names": {item.code: item.name for item in board.places},
        "may_see_rows": may_see_rows,
        "tasks": [
            task
            for task in direction.of_indicator(indicator=code, territories=[place, *places])
            if direction.may_read(request.rights, task)
        ],
        "precedents": direction.precedents(indicator=code) if declared.every else [],
        "may_direct": request.rights.allows("commons.direction.issue", territory=place),
        "signals": [item for item in board.signals if item.indicator == code],
        "rows_query": _rows_query(declared, place),
        "notes": notes,
        "may_note": request.rights.allows(EDIT, territory=place),
        "me": f"account:{request.user.pk}",
        "names": identity.names_of(item.by for item in notes),
        "today": today,
    }
    return render(request, "dashboards/indicator.html", context | live(request, [code], board.territories, since))


@require_POST
def write_note(request: HttpRequest, code: str, territory: str = COUNTRY) -> HttpResponse:
    """Write a note beside a number."""
    place = "" if territory == COUNTRY else territory
    request.rights.require(EDIT, territory=place)
    now = clock.now()
    day = read_day(request.POST.get("day", "")) or clock.vietnam_date(now)
    text = request.POST.get("text", "")
    services.write_note(indicator=code, territory=place, day=day, text=text, by=f"account:{request.user.pk}", at=now)
    messages.success(request, say("Đã ghi.", "Kept."))
    return redirect(f"/indicators/{code}/{territory}#notes")


@require_POST
def withdraw_note(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Take one's own note back."""
    note = services.withdraw_note(note_id=note_id, by=f"account:{request.user.pk}", at=clock.now())
    messages.success(request, say("Đã rút ghi chú.", "The note is withdrawn."))
    return redirect(f"/indicators/{note.indicator}/{note.territory or COUNTRY}#notes")


def _rows_query(indicator: warehouse_domain.Indicator, territory: str) -> str:
    """The address of the rows behind a number, as the register's page filters them."""
    address = f"/registers/{indicator.register}"
    return f"{address}?territory={territory}" if territory else address
