"""The declared boards, live or as they were known at a moment."""

import time
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lienthong.channels.dashboards import conf, domain, queries
from lienthong.channels.dashboards.programs.live import make_ticket
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound

VIEW, EDIT = "channels.dashboards.view", "channels.dashboards.edit"
"""The actions that authority is given for: see boards; compose own ones, write notes, keep snapshots."""
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


def _board(request: HttpRequest, *, territory: str, section: str = "") -> HttpResponse:
    now = clock.now()
    today = clock.vietnam_date(now)
    request.rights.require(VIEW, territory=territory, sector=section)
    since = warehouse.watermark()
    known = read_moment(request.GET.get("known", ""), now)
    board = queries.board(
        territory=territory,
        on=today,
        rights=request.rights,
        section=section,
        leading=request.GET.get("by", ""),
        known=known,
    )
    context = {
        "board": board,
        "known": known,
        "may_edit": request.rights.allows(EDIT, territory=territory),
        "section": section,
        "all_sections": [item for item in conf.sections() if request.rights.allows(VIEW, sector=item.key)],
        "may_direct": bool(request.rights.scopes("commons.direction.issue")),
        "open_places": open_places(request, board),
        "indicators": warehouse.indicators(codes=board.codes),
        "names": directory.units_by_code({signal.territory for signal in board.signals}, today),
    }
    if known is None:
        context |= live(request, board.codes, board.territories, since)
    return render(request, "dashboards/board.html", context)


def read_moment(text: str, now: datetime) -> datetime | None:
    """A moment of Hanoi as a form sends it; none for anything else, and for what has not come."""
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=clock.VIETNAM)
    except ValueError:
        return None
    return at if at < now else None


def open_places(request: HttpRequest, board: queries.Board) -> set[str]:
    """Of the places above a board, those whose boards the reader may open."""
    return {code for code, _ in board.path if request.rights.allows(VIEW, territory=code)}


def live(request: HttpRequest, codes: list[str], territories: list[str], since: int) -> dict:
    """The ticket with which the page listens to exactly what it shows, from the moment on before it was read."""
    until = time.time() + conf.TICKET_SECONDS
    guarded = {code for code, _ in warehouse.guarded(codes=codes, rights=request.rights, territories=territories)}
    # What stood open is counted once a day, and how many are few hangs on the days: who is guarded from it reads it anew.
    daily = (
        {code for code, item in warehouse.indicators(codes=sorted(guarded)).items() if item.stock} if guarded else ()
    )
    return {
        "ticket": make_ticket(
            key=settings.SECRET_KEY,
            territories=territories,
            indicators=[code for code in codes if code not in daily],
            since=since,
            until=until,
            guarded=sorted(guarded.difference(daily)),
        ),
        "tones": domain.TONES,
    }
