"""Boards and the pages behind their numbers."""

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lienthong.channels.dashboards import conf, domain, queries
from lienthong.channels.dashboards.programs.live import make_ticket
from lienthong.commons.direction import queries as direction
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound

VIEW = "channels.dashboards.view"
COUNTRY = "vn"
"""The country's name in addresses, where an empty code cannot stand."""


def country(request: HttpRequest) -> HttpResponse:
    """The board of the whole country; who may see only a part of it is taken there."""
    scopes = request.rights.require_somewhere(VIEW)
    if not any(not scope.territory and not scope.agency for scope in scopes) and scopes[0].territory:
        return redirect(f"/boards/{scopes[0].territory}")
    return _board(request, territory="")


def sector(request: HttpRequest, section: str) -> HttpResponse:
    """The board of one sector, for the whole country."""
    if section not in {item.key for item in conf.sections()}:
        raise NotFound(what=f"bảng điều hành {section}")
    return _board(request, territory="", section=section)


def local(request: HttpRequest, territory: str) -> HttpResponse:
    """The board of a province or commune."""
    code = "" if territory == COUNTRY else territory
    if code and directory.unit(code, clock.vietnam_date(clock.now())) is None:
        raise NotFound(what=f"địa bàn {territory}")
    return _board(request, territory=code)


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
    context = {
        "board": board,
        "open_places": _open_places(request, board),
        "meant_since": meanings[-1].at if len(meanings) > 1 else None,
        "indicator": declared,
        "cell": cell,
        "past": [] if guarded and place else warehouse.past(code=code, territory=place, guarded=bool(guarded)),
        "drivers": None if guarded else intelligence.drivers(code=code, territories=places),
        "outlook": None if guarded and place else queries.outlook(code=code, territory=place),
        "register": register,
        "may_see_rows": may_see_rows,
        "tasks": direction.of_indicator(indicator=code, territories=[place, *places]),
        "precedents": direction.precedents(indicator=code) if declared.every else [],
        "may_direct": request.rights.allows("commons.direction.issue", territory=place),
        "signals": [item for item in board.signals if item.indicator == code],
        "rows_query": _rows_query(declared, place),
    }
    return render(request, "dashboards/indicator.html", context | _live(request, [code], board.territories, since))


def _board(request: HttpRequest, *, territory: str, section: str = "") -> HttpResponse:
    now = clock.now()
    today = clock.vietnam_date(now)
    request.rights.require(VIEW, territory=territory, sector=section)
    since = warehouse.watermark()
    board = queries.board(
        territory=territory, on=today, rights=request.rights, section=section, leading=request.GET.get("by", "")
    )
    context = {
        "board": board,
        "section": section,
        "all_sections": [item for item in conf.sections() if request.rights.allows(VIEW, sector=item.key)],
        "may_direct": bool(request.rights.scopes("commons.direction.issue")),
        "open_places": _open_places(request, board),
        "indicators": warehouse.indicators(codes=board.codes),
        "names": directory.units_by_code({signal.territory for signal in board.signals}, today),
    }
    return render(request, "dashboards/board.html", context | _live(request, board.codes, board.territories, since))


def _open_places(request: HttpRequest, board: queries.Board) -> set[str]:
    """Of the places above a board, those whose boards the reader may open."""
    return {code for code, _ in board.path if request.rights.allows(VIEW, territory=code)}


def _live(request: HttpRequest, codes: list[str], territories: list[str], since: int) -> dict:
    """The ticket with which the page listens to exactly what it shows, from the moment on before it was read."""
    until = time.time() + conf.TICKET_SECONDS
    guarded = warehouse.guarded(codes=codes, rights=request.rights, territories=territories)
    return {
        "ticket": make_ticket(
            key=settings.SECRET_KEY,
            territories=territories,
            indicators=codes,
            since=since,
            until=until,
            guarded=sorted({code for code, _ in guarded}),
        ),
        "tones": domain.TONES,
    }


def _rows_query(indicator: warehouse_domain.Indicator, territory: str) -> str:
    """The address of the rows behind a number, as the register's page filters them."""
    address = f"/registers/{indicator.register}"
    return f"{address}?territory={territory}" if territory else address
