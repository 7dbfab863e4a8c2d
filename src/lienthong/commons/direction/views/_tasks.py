"""Tasks: an agency's list, how they stand, one of them, moving it on, more time for it."""

import csv
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from lienthong.commons.direction import domain, queries, services
from lienthong.commons.direction.views._words import code_of, issuer_of, read_date, read_day
from lienthong.data.identity import queries as identity
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.design.services import back, say, whole
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.storage import services as storage
from lienthong.kernel import clock

PAGE = 30
MOST_BELOW = 300
"""Subordinate agencies offered when a task is passed on: more than any province has communes."""
MOST_FILES = 10
GROUPS = 100
"""Groups that statistics show one by one; the rest is one line, and all of them are in the file."""


def worklist(request: HttpRequest) -> HttpResponse:
    """The open tasks of an agency by urgency, searchable without tone marks; of the reader's own when none is named."""
    now = clock.now()
    today = clock.vietnam_date(now)
    code, text = code_of(request.GET.get("agency", "")) or issuer_of(request, now), request.GET.get("q", "")
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
    since, until = read_day(request.GET.get("since", "")), read_day(request.GET.get("until", ""))
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
    may_answer = queries.may_move(request.rights, found, domain.Move.EXTEND, f"account:{request.user.pk}")
    parts = queries.tasks(parent_id=task_id, limit=None)
    working = found.state in domain.TRANSITIONS[domain.Move.REPORT][0]
    may_work = request.rights.allows(domain.WORK, agency=found.lead_agency)
    below = []
    if working and may_work:
        below = [
            item
            for item in directory.agencies(parent=found.lead_agency, on=today, limit=MOST_BELOW)
            if request.rights.allows(domain.ISSUE, agency=item.code, territory=item.territory)
        ]
    codes |= {item.lead_agency for item in parts}
    context = {
        "task": found,
        "life": life[::-1],
        "agencies": directory.agencies_by_code(codes, today),
        "standing": found.standing(today),
        "indicator": warehouse.indicator(code=found.target.indicator) if found.target else None,
        "moves": moves,
        "names": identity.names_of(entry.by for entry in life),
        "heads": directory.holders(found.lead_agency, now, heads_only=True),
        "today": today,
        "may_answer": may_answer,
        "waiting": next(iter(queries.extensions(task_id=task_id)), None),
        "may_ask": found.due_on is not None and not may_answer and working and may_work,
        "whole": queries.task(id=found.parent_id) if found.parent_id else None,
        "parts": parts,
        "parts_done": sum(item.state is domain.TaskState.COMPLETED for item in parts),
        "part_standings": {item.id: item.standing(today) for item in parts},
        "below": below,
        "heirs": queries.heirs(found.lead_agency, today) if may_answer and found.state.is_open else (),
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
    by = f"account:{request.user.pk}"
    with transaction.atomic():  # a file of a move that is refused is not kept
        services.move(
            task_id=task_id,
            move=wanted,
            text=request.POST.get("text", "")[:4000],
            percent=whole(request.POST.get("percent")),
            due_on=read_date(request.POST.get("due_on", "")),
            evidence=[_kept(upload, by, now) for upload in request.FILES.getlist("files")[:MOST_FILES]],
            version=whole(request.POST.get("version")),
            by=by,
            at=now,
        )
    messages.success(request, say("Đã ghi nhận.", "Recorded."))
    return back(request, f"/tasks/{task_id}")


def _kept(upload: UploadedFile, by: str, at: datetime) -> dict:
    """Store a file; how evidence names it."""
    media_type = upload.content_type or "application/octet-stream"
    file = storage.store(content=upload.file, name=upload.name, media_type=media_type, by=by, at=at)
    return {"kind": "file", "id": str(file.id), "label": file.name, "sha256": file.sha256, "size": file.size}


@require_POST
def ask_extension(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Ask for more time, by whoever works on the task."""
    found = queries.task(id=task_id)
    request.rights.require(domain.WORK, agency=found.lead_agency)
    due_on = read_date(request.POST.get("due_on", ""))
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
    return back(request, f"/tasks/{found.task.id}")
