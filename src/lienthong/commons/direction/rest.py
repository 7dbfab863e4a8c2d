"""Directives and tasks as JSON."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Header, Query, Router, Schema, Status

from lienthong.commons.direction import domain, queries, services
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.design.services import whole
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.errors import Conflict

router = Router(tags=["direction"])


class TargetModel(Schema):
    indicator: str
    territory: str = ""
    value: Decimal
    at_least: bool = True
    period: str = ""
    others: list[str] = []


class TaskIn(Schema):
    content: str
    lead_agency: str
    co_agencies: list[str] = []
    due_on: date | None = None
    starts_on: date | None = None
    target: TargetModel | None = None


class DirectiveIn(Schema):
    title: str
    text: str = ""
    document: str = ""
    signal_id: UUID | None = None
    grace_days: int | None = Field(None, ge=1, le=domain.LONGEST_GRACE)
    tasks: list[TaskIn]


class TaskOut(Schema):
    id: UUID
    directive_id: UUID
    parent_id: UUID | None
    content: str
    lead_agency: str
    co_agencies: list[str]
    territory: str
    due_on: date | None
    state: str
    standing: str
    percent: int
    target: TargetModel | None
    baseline: Decimal | None
    measured: Decimal | None
    measured_at: datetime | None
    escalated_to: str
    version: int
    moves: list[str]


class EntryOut(Schema):
    at: datetime
    by: str
    kind: str
    text: str
    percent: int | None
    value: Decimal | None
    agency: str
    evidence: list[dict[str, Any]]
    seal: str


class TaskDetail(TaskOut):
    life: list[EntryOut]


class DirectiveOut(Schema):
    id: UUID
    number: str
    title: str
    text: str
    document: str
    issued_by: str
    issuer_agency: str
    issued_at: datetime
    signal_id: UUID | None
    tasks: list[TaskOut]


class LineOut(Schema):
    id: UUID
    number: str
    title: str
    issuer_agency: str
    issued_at: datetime
    tasks: int
    done: int
    overdue: int


class LinePage(Schema):
    items: list[LineOut]
    next: UUID | None


class MoveIn(Schema):
    move: domain.Move
    text: str = ""
    percent: int | None = None
    due_on: date | None = None


@router.get("/directives", response=LinePage)
def directives(request: HttpRequest, q: str = "", before: UUID | None = None, limit: int = Query(50, ge=1, le=500)):
    """Directives that the reader's agencies issued or lead a task of, newest first, searchable without tone marks."""
    today = clock.vietnam_date(clock.now())
    agencies = queries.readable_agencies(request.rights, today)
    lines = queries.directives(text=q, before=before, today=today, agencies=agencies, limit=limit + 1)
    return {"items": lines[:limit], "next": lines[limit - 1].id if len(lines) > limit else None}


@router.post("/directives", response={201: DirectiveOut})
def issue(request: HttpRequest, body: DirectiveIn):
    """Issue a directive with its tasks, in the name of the first office held; from a signal when one is named."""
    now = clock.now()
    today = clock.vietnam_date(now)
    signal = warehouse.signal(id=body.signal_id) if body.signal_id else None
    if signal:
        request.rights.require(domain.ISSUE, territory=signal.territory)
    else:
        for task in body.tasks:
            queries.require_over(request.rights, task.lead_agency, today)
    positions = directory.held_positions(request.user.pk, now)
    directive_id = services.issue(
        title=body.title, text=body.text, document=body.document, signal_id=signal.id if signal else None,
        issuer_agency=positions[0].agency_code if positions else "",
        grace_days=body.grace_days, by=f"account:{request.user.pk}", at=now,
        tasks=[_new_task(task) for task in body.tasks],
    )  # fmt: skip
    return Status(201, _directive(queries.directive(id=directive_id), today))


@router.get("/directives/{directive_id}", response=DirectiveOut)
def directive(request: HttpRequest, directive_id: UUID):
    """One directive with its tasks."""
    found = queries.directive(id=directive_id)
    queries.require_readable(request.rights, found)
    return _directive(found, clock.vietnam_date(clock.now()))


class TaskPage(Schema):
    items: list[TaskOut]
    next: str | None


@router.get("/tasks", response=TaskPage)
def worklist(request: HttpRequest, agency: str, q: str = "", after: str = "", limit: int = Query(50, ge=1, le=500)):
    """The open tasks that an agency leads, the most urgent first, searchable without tone marks."""
    today = clock.vietnam_date(clock.now())
    found = directory.agency(agency, today)
    if found is None:
        raise domain.UnknownAgency(code=agency)
    request.rights.require(domain.READ, agency=found.code)
    tasks, more = queries.worklist(agency=found.code, text=q, after=queries.Place.parse(after), limit=limit)
    return {"items": [_task(task, today) for task in tasks], "next": str(more) if more else None}


class CountOut(Schema):
    group: str
    on_time: int
    late: int
    in_term: int
    overdue: int
    total: int
    no_deadline: int
    withdrawn: int


class Statistics(Schema):
    groups: list[CountOut]
    total: CountOut


@router.get("/tasks/statistics", response=Statistics)
def statistics(
    request: HttpRequest, by: domain.By = domain.By.AGENCY, since: date | None = None, until: date | None = None
):
    """Tasks issued in a time by the class each stands in today: the four exclusive classes and their total; those without a
    deadline and withdrawn ones are counted apart. Of the agencies that the reader may read."""
    today = clock.vietnam_date(clock.now())
    agencies = queries.readable_agencies(request.rights, today)
    counts = queries.statistics(by=by, today=today, since=since, until=until, agencies=agencies)
    return {"groups": counts, "total": sum(counts, domain.Count(""))}


@router.get("/tasks/{task_id}", response=TaskDetail)
def task(request: HttpRequest, response: HttpResponse, task_id: UUID):
    """One task with its life, and the moves that its state allows. Its version is its ETag."""
    found = queries.task(id=task_id)
    queries.require_readable(request.rights, found)
    response["ETag"] = f'"{found.version}"'
    return _task(found, clock.vietnam_date(clock.now())) | {"life": queries.life(task_id=task_id)}


@router.post("/tasks/{task_id}/moves", response=TaskOut)
def move(
    request: HttpRequest,
    response: HttpResponse,
    task_id: UUID,
    body: MoveIn,
    if_match: str | None = Header(None, alias="If-Match"),
):
    """Move a task on: accept, report progress, report the result, approve, return, extend … With ``If-Match`` only if it
    stands at that version."""
    found = queries.task(id=task_id)
    queries.require_move(request.rights, found, body.move, f"account:{request.user.pk}")
    version = whole((if_match or "").strip().removeprefix("W/").strip('"'))
    if if_match is not None and version is None:
        raise Conflict(what="Nhiệm vụ này / This task")
    services.move(
        task_id=task_id, move=body.move, text=body.text, percent=body.percent, due_on=body.due_on,
        version=version, by=f"account:{request.user.pk}", at=clock.now(),
    )  # fmt: skip
    moved = queries.task(id=task_id)
    response["ETag"] = f'"{moved.version}"'
    return _task(moved, clock.vietnam_date(clock.now()))


class PartsIn(Schema):
    parts: list[TaskIn] = Field(..., max_length=500)


class PartsOut(Schema):
    tasks: list[UUID]


@router.post("/tasks/{task_id}/parts", response={201: PartsOut})
def pass_on(request: HttpRequest, task_id: UUID, body: PartsIn):
    """Give parts of a task to agencies below its lead agency. Said again, nothing is doubled."""
    now = clock.now()
    request.rights.require(domain.WORK, agency=queries.task(id=task_id).lead_agency)
    queries.require_over_all(request.rights, [part.lead_agency for part in body.parts], clock.vietnam_date(now))
    parts = [_new_task(part) for part in body.parts]
    return Status(
        201, {"tasks": services.pass_on(task_id=task_id, parts=parts, by=f"account:{request.user.pk}", at=now)}
    )


class SealOut(Schema):
    at: datetime
    value: str
    holds: bool
    logged: bool
    intact: bool


@router.get("/tasks/{task_id}/seals", response=list[SealOut])
def seals(request: HttpRequest, task_id: UUID):
    """The seals over a task's reported results, computed anew and compared with the log."""
    queries.require_readable(request.rights, queries.task(id=task_id))
    return queries.seals(task_id=task_id)


class ExtensionIn(Schema):
    due_on: date
    reason: str


class ExtensionOut(Schema):
    id: UUID


class AnswerIn(Schema):
    grant: bool
    reason: str = ""


class AnswerOut(Schema):
    answer: domain.Answer


@router.post("/tasks/{task_id}/extensions", response={201: ExtensionOut})
def ask_extension(request: HttpRequest, task_id: UUID, body: ExtensionIn):
    """Ask for more time, with a reason; the issuer answers."""
    request.rights.require(domain.WORK, agency=queries.task(id=task_id).lead_agency)
    by = f"account:{request.user.pk}"
    made = services.ask_extension(task_id=task_id, due_on=body.due_on, reason=body.reason, by=by, at=clock.now())
    return Status(201, {"id": made})


@router.post("/extensions/{extension_id}/answer", response=AnswerOut)
def decide_extension(request: HttpRequest, extension_id: UUID, body: AnswerIn):
    """Grant or refuse more time; a refusal needs a reason."""
    by = f"account:{request.user.pk}"
    queries.require_move(request.rights, queries.extension(id=extension_id).task, domain.Move.EXTEND, by)
    answer = services.decide_extension(
        extension_id=extension_id, grant=body.grant, reason=body.reason, by=by, at=clock.now()
    )
    return {"answer": answer}


def _new_task(task: TaskIn) -> domain.NewTask:
    target = task.target and domain.Target(**task.target.dict() | {"others": tuple(task.target.others)})
    return domain.NewTask(
        content=task.content, lead_agency=task.lead_agency, co_agencies=tuple(task.co_agencies), due_on=task.due_on,
        target=target, starts_on=task.starts_on,
    )  # fmt: skip


def _directive(found: domain.Directive, today: date) -> dict:
    return found.__dict__ | {"tasks": [_task(task, today) for task in found.tasks]}


def _task(found: domain.Task, today: date) -> dict:
    return found.__dict__ | {
        "co_agencies": list(found.co_agencies),
        "state": found.state.value,
        "standing": found.standing(today).value,
        "moves": [move.value for move in found.moves()],
    }
