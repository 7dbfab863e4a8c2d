"""Passing a task on, choosing who leads after a split, the files of a task and the seals over them."""

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from lienthong.commons.direction import domain, queries, services
from lienthong.commons.direction.views._words import read_date
from lienthong.foundation.design.services import say
from lienthong.foundation.storage import queries as storage
from lienthong.kernel import clock

MOST_PARTS = 500


@require_POST
def pass_on(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Give the same work to several agencies below the lead agency, each for its own territory where there is a target."""
    now = clock.now()
    today = clock.vietnam_date(now)
    found = queries.task(id=task_id)
    request.rights.require(domain.WORK, agency=found.lead_agency)
    chosen = request.POST.getlist("agencies")[:MOST_PARTS]
    queries.require_over_all(request.rights, chosen, today)
    parts = queries.parts_for(
        found, chosen, content=request.POST.get("content", "")[:500], due_on=read_date(request.POST.get("due_on", "")),
        same_target=request.POST.get("same_target") == "yes", today=today,
    )  # fmt: skip
    services.pass_on(task_id=task_id, parts=parts, by=f"account:{request.user.pk}", at=now)
    messages.success(request, say("Đã phân giao.", "Passed on."))
    return redirect(f"/tasks/{task_id}#parts")


@require_POST
def choose_lead(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Choose the agency that leads after the one that did was split, by whoever gave the task."""
    found = queries.task(id=task_id)
    me = f"account:{request.user.pk}"
    queries.require_move(request.rights, found, domain.Move.EXTEND, me)
    services.choose_lead(task_id=task_id, agency=request.POST.get("agency", ""), by=me, at=clock.now())
    messages.success(request, say("Đã ghi nhận.", "Recorded."))
    return redirect(f"/tasks/{task_id}")


def evidence(request: HttpRequest, task_id: UUID, file_id: UUID) -> StreamingHttpResponse:
    """A file of a task, as a download."""
    queries.require_readable(request.rights, queries.task(id=task_id))
    file = queries.evidence_file(task_id=task_id, file_id=file_id)
    response = StreamingHttpResponse(storage.open_file(file.id), content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    response["Content-Length"] = str(file.size)
    return response


def seals(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """The seals over a task's results, checked anew."""
    found = queries.task(id=task_id)
    queries.require_readable(request.rights, found)
    return render(request, "direction/seals.html", {"task": found, "seals": queries.seals(task_id=task_id)})
