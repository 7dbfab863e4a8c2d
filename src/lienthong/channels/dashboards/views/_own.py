"""Boards that people compose for themselves and others."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from lienthong.channels.dashboards import domain, queries, services
from lienthong.channels.dashboards.views._boards import COUNTRY, EDIT, VIEW, live, open_places
from lienthong.data.identity import queries as identity
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.design.services import say, whole
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound
from lienthong.kernel.text import fold


@require_http_methods(["GET", "POST"])
def own_boards(request: HttpRequest) -> HttpResponse:
    """One's own boards and those published about places that one may see; begin a new one."""
    request.rights.require_somewhere(VIEW)
    now, me = clock.now(), f"account:{request.user.pk}"
    if request.method == "POST":
        territory = request.POST.get("territory", "")
        territory = "" if territory == COUNTRY else territory
        if territory and directory.unit(territory, clock.vietnam_date(now)) is None:
            raise NotFound(what=f"địa bàn {territory}")
        request.rights.require(EDIT, territory=territory)
        made = services.begin_board(title=request.POST.get("title", ""), territory=territory, by=me, at=now)
        return redirect(f"/boards/own/{made}/compose")
    text = request.GET.get("q", "")
    found = queries.own_boards(owner=me, territories=request.rights.territories(VIEW), text=text)
    scopes = request.rights.scopes(EDIT)
    places = sorted({scope.territory for scope in scopes})
    units = directory.units_by_code({item.territory for item in found} | set(places), clock.vietnam_date(now))
    context = {
        "boards": found,
        "text": text,
        "me": me,
        "names": identity.names_of(item.owner for item in found),
        "units": units,
        "places": [(code or COUNTRY, units[code].full_name if code in units else "") for code in places],
    }
    return render(request, "dashboards/own_boards.html", context)


def own_board(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """A board that somebody composed, live."""
    own = _readable(request, board_id)
    now = clock.now()
    since = warehouse.watermark()
    board = queries.board(
        territory=own.territory, on=clock.vietnam_date(now), rights=request.rights, sections=own.as_sections(),
        leading=request.GET.get("by", ""),
    )  # fmt: skip
    context = {
        "own": own,
        "owner": identity.name_of(own.owner),
        "is_mine": own.owner == f"account:{request.user.pk}",
        "board": board,
        "open_places": open_places(request, board),
        "indicators": warehouse.indicators(codes=board.codes),
        "may_edit": request.rights.allows(EDIT, territory=own.territory),
    }
    return render(request, "dashboards/board.html", context | live(request, board.codes, board.territories, since))


@require_http_methods(["GET", "POST"])
def compose(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Compose one's own board: its title, its parts, the indicators of each and their order."""
    me, now = f"account:{request.user.pk}", clock.now()
    own = queries.own_board(id=board_id)
    if own.owner != me:
        raise NotFound(what=f"bảng {board_id}")
    request.rights.require(EDIT, territory=own.territory)
    if request.method == "POST":
        _changed(request, own, me, now)
        query = urlencode({"q": request.POST.get("q", "")})
        return redirect(f"/boards/own/{board_id}/compose?{query}#part-{whole(request.POST.get('section')) or 0}")
    text = request.GET.get("q", "")
    declared = warehouse.indicators()
    words = fold(text).split()
    offered = [
        item
        for item in declared.values()
        if all(word in fold(f"{item.name['vi']} {item.name['en']} {item.code}") for word in words)
    ]
    context = {"own": own, "declared": declared, "offered": offered, "text": text, "most": domain.MOST_SECTIONS}
    return render(request, "dashboards/compose.html", context)


@require_POST
def set_board_state(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Publish one's own board, retire it, or take it back as a draft."""
    own = queries.own_board(id=board_id)
    request.rights.require(EDIT, territory=own.territory)
    wanted = request.POST.get("state", "")
    if wanted not in set(domain.BoardState):
        raise domain.BadBoard(problem="không có trạng thái này", problem_en="there is no such state")
    services.set_board_state(
        board_id=board_id, state=domain.BoardState(wanted), by=f"account:{request.user.pk}", at=clock.now()
    )
    messages.success(request, say("Đã ghi nhận.", "Recorded."))
    return redirect(f"/boards/own/{board_id}")


def _changed(request: HttpRequest, own: domain.OwnBoard, me: str, now) -> None:
    """Do what a button of the composer says: ``add:<code>``, ``up:<code>`` …, or keep the titles."""
    change, _, code = request.POST.get("do", "").partition(":")
    section = request.POST.get("section", "")
    if change in set(domain.Change):
        number = whole(section)
        services.change_indicator(
            board_id=own.id,
            section=-1 if number is None else number,
            change=domain.Change(change),
            code=code,
            by=me,
            at=now,
        )
    else:
        services.change_parts(
            board_id=own.id, title=request.POST.get("title", ""), titles=request.POST.getlist("parts"), by=me, at=now
        )


def _readable(request: HttpRequest, board_id: UUID) -> domain.OwnBoard:
    """A draft is for its owner alone; what is published, for whoever may see boards of its territory."""
    own = queries.own_board(id=board_id)
    if own.owner != f"account:{request.user.pk}" and own.state is not domain.BoardState.PUBLISHED:
        raise NotFound(what=f"bảng {board_id}")
    request.rights.require(VIEW, territory=own.territory)
    return own
