"""Directives, tasks, worklists, and who may read and move them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from lienthong.commons.direction import domain, models
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.access.queries import Rights
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.errors import Conflict, NotFound
from lienthong.kernel.text import fold

_OPEN = ~Q(state__in=[domain.TaskState.COMPLETED, domain.TaskState.WITHDRAWN])


@dataclass(frozen=True)
class Line:
    """One directive in a list."""

    id: UUID
    number: str
    title: str
    issuer_agency: str
    issued_at: object
    tasks: int
    done: int
    overdue: int


def directive(*, id: UUID) -> domain.Directive:
    """One directive with its tasks, all of them.

    :raises kernel.errors.NotFound: there is none.
    """
    row = models.DirectiveRow.objects.filter(id=id).first()
    if row is None:
        raise NotFound(what=f"chỉ đạo {id}")
    return _directive(row, tasks(directive_id=id, limit=None))


def directive_of_signal(*, signal_id: UUID) -> UUID | None:
    """The directive that a signal was turned into."""
    return models.DirectiveRow.objects.filter(signal_id=signal_id).values_list("id", flat=True).first()


def directives(
    *, text: str = "", before: UUID | None = None, agencies: Sequence[str] | None = None, today: date, limit: int = 30
) -> list[Line]:
    """Directives, newest first, whose title or text holds every word, issued by or to ``agencies``; in two queries."""
    rows = models.DirectiveRow.objects.order_by("-id")
    if agencies is not None:
        led = models.TaskRow.objects.filter(lead_agency__in=list(agencies)).values("directive")
        rows = rows.filter(Q(issuer_agency__in=list(agencies)) | Q(id__in=led))
    for word in fold(text).split()[:8]:
        rows = rows.filter(search__contains=word)
    if before:
        rows = rows.filter(id__lt=before)
    rows = list(rows[:limit])
    tasks: dict[UUID, list] = {}
    for task in models.TaskRow.objects.filter(directive__in=rows).values("directive_id", "state", "due_on"):
        tasks.setdefault(task["directive_id"], []).append(task)
    return [
        Line(
            row.id, number(row), row.title, row.issuer_agency, row.issued_at, len(tasks.get(row.id, ())),
            sum(task["state"] == domain.TaskState.COMPLETED for task in tasks.get(row.id, ())),
            sum(
                bool(task["due_on"]) and task["due_on"] < today and domain.TaskState(task["state"]).is_open
                for task in tasks.get(row.id, ())
            ),
        )
        for row in rows
    ]  # fmt: skip


def task(*, id: UUID) -> domain.Task:
    """One task.

    :raises kernel.errors.NotFound: there is none.
    """
    row = models.TaskRow.objects.select_related("directive").filter(id=id).first()
    if row is None:
        raise NotFound(what=f"nhiệm vụ {id}")
    return task_of(row)


def tasks(
    *,
    directive_id: UUID | None = None,
    parent_id: UUID | None = None,
    agencies: Sequence[str] | None = None,
    escalated_to: Sequence[str] | None = None,
    issued_by: str = "",
    open_only: bool = False,
    limit: int | None = 200,
) -> list[domain.Task]:
    """Tasks, the most urgent first: of a directive, parts of a task, led or shared by agencies, escalated to them, or given by
    someone.

    :param limit: at most so many; none: all.
    """
    rows = models.TaskRow.objects.select_related("directive")
    if directive_id is not None:
        rows = rows.filter(directive_id=directive_id)
    if parent_id is not None:
        rows = rows.filter(parent=parent_id)
    if agencies is not None:
        shared = Q()
        for code in agencies:
            shared |= Q(co_agencies__contains=code)
        rows = rows.filter(Q(lead_agency__in=list(agencies)) | shared)
    if escalated_to is not None:
        rows = rows.filter(escalated_to__in=list(escalated_to))
    if issued_by:
        rows = rows.filter(issued_by=issued_by)
    if open_only:
        rows = rows.filter(_OPEN)
    return [task_of(row) for row in _urgent(rows)[:limit]]


def extensions(*, task_id: UUID | None = None, issued_by: str = "", limit: int = 50) -> list[domain.Extension]:
    """Requests for more time that wait for an answer, the oldest first: of a task, or of tasks that someone issued."""
    rows = models.ExtensionRow.objects.select_related("task__directive").filter(answer=domain.Answer.PENDING)
    if task_id is not None:
        rows = rows.filter(task=task_id)
    if issued_by:
        rows = rows.filter(task__issued_by=issued_by)
    return [_extension(row) for row in rows.order_by("id")[:limit]]


def extension(*, id: UUID) -> domain.Extension:
    """One request, answered or not.

    :raises kernel.errors.NotFound: there is none.
    """
    row = models.ExtensionRow.objects.select_related("task__directive").filter(id=id).first()
    if row is None:
        raise NotFound(what=f"đề nghị {id}")
    return _extension(row)


def _extension(row: models.ExtensionRow) -> domain.Extension:
    return domain.Extension(row.id, task_of(row.task), row.asked_by, row.asked_at, row.reason, row.due_on)


@dataclass(frozen=True)
class Place:
    """Where a page of a worklist ended: the deadline (none: the farthest of days) and the task."""

    due_on: date
    id: UUID

    def __str__(self) -> str:
        return f"{self.due_on}.{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """Read what was written; none for anything else."""
        day, _, id = text.partition(".")
        try:
            return cls(date.fromisoformat(day), UUID(id))
        except ValueError:
            return None


def worklist(
    *, agency: str, text: str = "", after: Place | None = None, limit: int = 50
) -> tuple[list[domain.Task], Place | None]:
    """The open tasks that an agency leads, the most urgent first, those without a deadline last, whose content holds every
    word; and where the page ended when there is more. A walk along one index, however many tasks there are."""
    after = after or Place(date.min, UUID(int=0))
    words = fold(text).split()[:8]
    holds = "".join(" AND strpos(search, %s) > 0" for _ in words)
    with connection.cursor() as cursor:
        cursor.execute(_WORKLIST.format(holds=holds), [agency, after.due_on, after.id, *words, limit + 1])
        ids = [row[0] for row in cursor.fetchall()]
    rows = models.TaskRow.objects.select_related("directive").in_bulk(ids)
    found = [task_of(rows[id]) for id in ids]
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], Place(last.due_on or date.max, last.id) if last else None


_WORKLIST = """
SELECT id FROM commons_direction_task
WHERE lead_agency = %s AND NOT state IN ('completed', 'withdrawn')
  AND (coalesce(due_on, '9999-12-31'::date), id) > (%s, %s){holds}
ORDER BY coalesce(due_on, '9999-12-31'::date), id LIMIT %s
"""


def life(*, task_id: UUID) -> list[domain.Entry]:
    """What happened to a task, oldest first."""
    return [entry_of(row) for row in models.EntryRow.objects.filter(task=task_id).order_by("id")]


def entry_of(row: models.EntryRow) -> domain.Entry:
    return domain.Entry(
        row.at, row.by, row.kind, row.text, row.percent, row.value, row.agency, tuple(row.evidence), row.seal
    )


def issued(*, by: Sequence[str], since: datetime, until: datetime, limit: int = 50) -> list[domain.Task]:
    """The tasks that some people gave in a time, the newest first."""
    rows = models.TaskRow.objects.select_related("directive").filter(
        issued_by__in=list(by), issued_at__gte=since, issued_at__lt=until
    )
    return [task_of(row) for row in rows.order_by("-id")[:limit]]


def of_indicator(*, indicator: str, territories: Sequence[str]) -> list[domain.Task]:
    """Tasks whose target is on an indicator in one of some territories: the way from a number to what it caused."""
    rows = models.TaskRow.objects.select_related("directive").filter(indicator=indicator)
    rows = rows.filter(Q(target_territory__in=list(territories)) | Q(target_others__has_any_keys=list(territories)))
    return [task_of(row) for row in rows.order_by("-id")[:50]]


def readable_agencies(rights: Rights, today: date) -> list[str] | None:
    """The agencies whose directives and tasks may be read; none for all.

    :raises kernel.errors.Forbidden: none may.
    """
    scopes = rights.require_somewhere(domain.READ)
    if any(not scope.agency and not scope.territory for scope in scopes):
        return None
    return directory.agencies_below([scope.agency for scope in scopes if scope.agency], today)


def require_readable(rights: Rights, found: domain.Directive | domain.Task) -> None:
    """Whoever may read what an agency issues or leads may read it.

    :raises kernel.errors.Forbidden: the reader may neither.
    """
    leads = _leads(found.id) if isinstance(found, domain.Directive) else {found.lead_agency}
    if not any(rights.allows(domain.READ, agency=code) for code in leads):
        rights.require(domain.READ, agency=found.issuer_agency)


def may_read(rights: Rights, found: domain.Task) -> bool:
    """Whether the reader may read one task."""
    return any(rights.allows(domain.READ, agency=code) for code in (found.lead_agency, found.issuer_agency))


def _leads(directive_id: UUID) -> set[str]:
    """Every agency that leads something of a directive, however long it is."""
    rows = models.TaskRow.objects.filter(directive=directive_id).order_by()
    return set(rows.values_list("lead_agency", flat=True).distinct())


def may_move(rights: Rights, found: domain.Task, move: domain.Move, actor: str) -> bool:
    """Whether someone may move a task on; who issued it may do what is the issuer's."""
    action, agency = found.authority(move)
    return (move.by_issuer and found.issued_by == actor) or rights.allows(action, agency=agency)


def require_move(rights: Rights, found: domain.Task, move: domain.Move, actor: str) -> None:
    """:raises kernel.errors.Forbidden: with the sentence of the decision."""
    if not may_move(rights, found, move, actor):
        action, agency = found.authority(move)
        rights.require(action, agency=agency)


def require_over(rights: Rights, code: str, today: date) -> None:
    """Whoever issues without a signal may issue over the agency that leads, or over those that carry on its duties.

    :raises kernel.errors.Forbidden: they may not.
    """
    found = directory.agency(code, today)
    for agency in [found] if found else directory.agency_successors(code, today, today):
        rights.require(domain.ISSUE, agency=agency.code, territory=agency.territory)


def require_over_all(rights: Rights, codes: Sequence[str], today: date) -> None:
    """Whoever passes a task on may issue over every agency that gets a part; in one query for those that stand.

    :raises kernel.errors.Forbidden: they may not over one.
    """
    known = directory.agencies_by_code(codes, today)
    for agency in known.values():
        rights.require(domain.ISSUE, agency=agency.code, territory=agency.territory)
    for code in set(codes) - known.keys():
        require_over(rights, code, today)


def parts_for(
    found: domain.Task, codes: Sequence[str], *, content: str, due_on: date | None, same_target: bool, today: date
) -> list[domain.NewTask]:
    """The same part for several agencies; with the target of the whole, each for its own territory where it has one."""
    known = directory.agencies_by_code(codes, today)
    parts = []
    for code in codes:
        target = None
        if same_target and found.target and code in known and known[code].territory:
            target = replace(found.target, territory=known[code].territory, others=())
        parts.append(domain.NewTask(content or found.content, code, due_on, target=target))
    return parts


def locked_task(*, task_id: UUID, version: int | None) -> models.TaskRow:
    """The row of a task, held until the transaction ends (for this module's services).

    :raises kernel.errors.NotFound: there is none.
    :raises kernel.errors.Conflict: its version is another than the caller saw.
    """
    row = models.TaskRow.objects.select_for_update().filter(id=task_id).first()
    if row is None:
        raise NotFound(what=f"nhiệm vụ {task_id}")
    if version is not None and version != row.version:
        raise Conflict(what="Nhiệm vụ này / This task")
    return row


def target(row: models.TaskRow) -> domain.Target | None:
    """What a task must bring about; none where it cannot be measured."""
    if not row.indicator:
        return None
    return domain.Target(
        row.indicator, row.target_territory, row.target_value, row.at_least, row.target_period, tuple(row.target_others)
    )


def measured(targets: Sequence[domain.Target]) -> dict[domain.Target, Decimal | None]:
    """What targets measure at present; several territories are measured as one, by their sums. In a fixed number of queries a
    period. What is measured is read by whoever may read the task: small numbers about persons are not in it."""
    week = intelligence.last_full_week() if any(item.period == domain.WEEKLY for item in targets) else None
    period_of = {item: _period(week) if item.period == domain.WEEKLY else item.period for item in targets}
    declared = warehouse.indicators(codes=sorted({item.indicator for item in targets}))
    cells = {
        (cell.indicator, cell.territory, cell.period): cell
        for period in sorted({period for period in period_of.values() if period is not None})
        for cell in warehouse.shown_to_all(
            warehouse.cells(
                codes=sorted(declared), territories=sorted({place for item in targets for place in item.territories}),
                period=period,
            )
        )
    }  # fmt: skip
    found: dict[domain.Target, Decimal | None] = {}
    for item, period in period_of.items():
        parts = [cells[key] for place in item.territories if (key := (item.indicator, place, period)) in cells]
        told = parts and not any(part.suppressed for part in parts)
        sums = [sum(getattr(part, name) for part in parts) for name in ("numerator", "denominator", "rows")]
        found[item] = declared[item.indicator].value(*sums) if told else None
    return found


def _period(week: date | None) -> str | None:
    """A week as cells name it."""
    return None if week is None else f"{week:%G-W%V}"


def heirs(code: str, today: date) -> tuple[directory_domain.Agency, ...]:
    """Who carries on for an agency that no longer stands; none where it stands."""
    return () if directory.agency(code, today) else directory.agency_successors(code, today, today)


def agencies_named() -> set[str]:
    """The agencies that open tasks are led by, shared with or issued by."""
    with connection.cursor() as cursor:
        cursor.execute(_AGENCIES_NAMED)
        return {row[0] for row in cursor.fetchall()} - {""}


def places_named() -> set[str]:
    """The territories in which targets of open tasks are measured."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACES_NAMED)
        return {row[0] for row in cursor.fetchall()} - {""}


_AGENCIES_NAMED = """
WITH open AS NOT MATERIALIZED (SELECT * FROM commons_direction_task WHERE NOT state IN ('completed', 'withdrawn'))
SELECT lead_agency FROM open UNION SELECT issuer_agency FROM open
UNION SELECT jsonb_array_elements_text(co_agencies) FROM open WHERE co_agencies <> '[]'
"""
_PLACES_NAMED = """
WITH open AS NOT MATERIALIZED (
    SELECT * FROM commons_direction_task WHERE NOT state IN ('completed', 'withdrawn') AND indicator <> ''
)
SELECT target_territory FROM open
UNION SELECT jsonb_array_elements_text(target_others) FROM open WHERE target_others <> '[]'
"""


def number(row: models.DirectiveRow) -> str:
    """The number of a directive: ``12/2026``."""
    return f"{row.serial}/{row.year}"


def _urgent(rows: QuerySet) -> QuerySet:
    return rows.order_by("completed_at", "due_on", "id")


def _directive(row: models.DirectiveRow, tasks: Sequence[domain.Task]) -> domain.Directive:
    return domain.Directive(
        row.id, number(row), row.title, row.text, row.issued_by, row.issuer_agency, row.issued_at, row.signal_id,
        row.document, tuple(tasks),
    )  # fmt: skip


def task_of(row: models.TaskRow) -> domain.Task:
    return domain.Task(
        id=row.id, directive_id=row.directive_id, directive_number=number(row.directive), directive_title=row.directive.title,
        content=row.content, lead_agency=row.lead_agency, co_agencies=tuple(row.co_agencies), territory=row.territory,
        due_on=row.due_on, state=domain.TaskState(row.state), percent=row.percent, target=target(row), baseline=row.baseline,
        measured=row.measured, measured_at=row.measured_at, issued_at=row.issued_at, completed_at=row.completed_at,
        escalated_to=row.escalated_to, issued_by=row.issued_by, issuer_agency=row.issuer_agency,
        version=row.version, parent_id=row.parent_id, starts_on=row.starts_on, intervention=row.intervention,
    )  # fmt: skip
