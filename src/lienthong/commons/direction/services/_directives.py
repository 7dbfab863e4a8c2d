"""Issuing directives, moving tasks, measuring their targets."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from lienthong.commons.direction import conf, domain, events, models, queries
from lienthong.commons.direction.services._deadlines import schedule
from lienthong.commons.direction.services._extensions import lapse
from lienthong.commons.direction.services._rows import publish_rows
from lienthong.data.intelligence import domain as intelligence_domain
from lienthong.data.intelligence import services as intelligence
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse import services as warehouse_services
from lienthong.foundation.audit import services as audit
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.ids import uuid7
from lienthong.kernel.text import fold


@transaction.atomic
def issue(
    *,
    title: str,
    text: str,
    issuer_agency: str,
    tasks: Sequence[domain.NewTask],
    signal_id: UUID | None = None,
    document: str = "",
    grace_days: int | None = None,
    by: str,
    at: datetime,
) -> UUID:
    """Issue a directive with its tasks. A lead agency that was merged away is followed to its successor, and the task says so.
    A task with a target on a weekly indicator is declared as an intervention, so that what it changes is estimated.

    A signal has one directive: issued for it again, the one that is there is returned.

    :param grace_days: working days after which an overdue task climbs one more level; else the space's own.
    :raises domain.BadDirective: no title or task, a deadline in the past, a target that is no number, territories that cannot
        be measured together.
    :raises data.warehouse.domain.UnknownIndicator: a target is on no known indicator.
    :raises domain.AgencyEnded: a lead agency was split; its parts are named.
    :raises domain.UnknownAgency: there is no agency of that code.
    """
    if signal_id is not None and (known := queries.directive_of_signal(signal_id=signal_id)):
        return known
    today = vietnam_date(at)
    _check(title, tasks, grace_days, today)
    with connection.cursor() as cursor:  # numbers of a year follow one another without a gap
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('commons.direction.number'), %s)", [today.year])
    last = (
        models.DirectiveRow.objects.filter(year=today.year).order_by("-serial").values_list("serial", flat=True).first()
    )
    directive = models.DirectiveRow.objects.create(
        id=uuid7(), year=today.year, serial=(last or 0) + 1, title=title.strip(), text=text.strip(), issued_by=by,
        issuer_agency=issuer_agency, issued_at=at, signal_id=signal_id, document=document.strip(), search=fold(f"{title} {text}"),
        grace_days=conf.GRACE_DAYS if grace_days is None else grace_days,
    )  # fmt: skip
    rows, entries = [], []
    for task in tasks:
        lead, note = _lead(task.lead_agency, today)
        target = task.target
        value = queries.measured([target])[target] if target else None
        row = models.TaskRow(
            id=uuid7(), directive=directive, content=task.content.strip(), lead_agency=lead.code, territory=lead.territory,
            co_agencies=[_lead(code, today)[0].code for code in task.co_agencies], due_on=task.due_on,
            search=fold(f"{task.content} {lead.name} {lead.code}"), starts_on=task.starts_on,
            **(
                {
                    "indicator": target.indicator, "target_territory": target.territory, "target_period": target.period,
                    "target_value": target.value, "at_least": target.at_least, "baseline": value, "measured": value,
                    "measured_at": None if value is None else at, "target_others": list(target.others),
                }
                if target
                else {}
            ),
        )  # fmt: skip
        if target:
            row.intervention = _declare(row, queries.number(directive), task.starts_on or today, by=by, at=at)
        rows.append(row)
        entries.append(
            models.EntryRow(
                task=row, at=at, by=by, kind=domain.TaskState.ASSIGNED, text=note, value=value, agency=lead.code,
                evidence=[dict(item) for item in task.evidence],
            )
        )  # fmt: skip
    schedule(rows, at=at)
    models.TaskRow.objects.bulk_create(rows)
    models.EntryRow.objects.bulk_create(entries)
    if signal_id is not None:
        warehouse_services.set_signal_state(
            signal_id=signal_id, state=warehouse_domain.SignalState.TASKED, directive_id=directive.id, by=by, at=at
        )
    publish_rows(rows, by=by, at=at)
    audit.record(
        by=by, action="commons.direction.issue", subject=f"directive:{directive.id}", at=at,
        details={"tasks": [str(row.id) for row in rows], "signal": str(signal_id) if signal_id else None},
    )  # fmt: skip
    outbox.publish(events.DirectiveIssued(directive_id=directive.id, signal_id=signal_id, tasks=len(rows)), at=at)
    return directive.id


@transaction.atomic
def move(
    *,
    task_id: UUID,
    move: domain.Move,
    text: str = "",
    percent: int | None = None,
    due_on: date | None = None,
    evidence: Sequence[Mapping[str, Any]] = (),
    version: int | None = None,
    by: str,
    at: datetime,
) -> domain.TaskState:
    """Move one task on: accept, report, approve, return, extend and the rest; the state it comes to.

    :param version: the version the caller saw; another one means that someone else was faster.
    :raises domain.WrongState: the move cannot be made from where the task stands.
    :raises kernel.errors.Conflict: the task has changed since.
    """
    row = queries.locked_task(task_id=task_id, version=version)
    state = domain.next_state(domain.TaskState(row.state), move)
    if move is domain.Move.EXTEND:
        if due_on is None or (row.due_on and due_on <= row.due_on):
            raise domain.BadDirective(
                problem="hạn mới phải sau hạn cũ", problem_en="the new deadline must be after the old one"
            )
        text = f"{row.due_on or '–'} → {due_on}. {text}".strip()
        row.due_on, row.escalated_to = due_on, ""
    if percent is not None:
        row.percent = max(0, min(100, percent))
    if state is domain.TaskState.COMPLETED:
        row.completed_at, row.percent = at, 100
    row.state = state
    row.version += 1
    schedule([row], at=at, anew=move is domain.Move.EXTEND)
    row.save()
    if move is domain.Move.EXTEND or not state.is_open:
        lapse(row)
    models.EntryRow.objects.create(
        task=row, at=at, by=by, kind=move.value, text=text.strip(), percent=row.percent, value=row.measured,
        agency=row.lead_agency, evidence=[dict(item) for item in evidence],
    )  # fmt: skip
    audit.record(by=by, action=f"commons.direction.{move.value}", subject=f"task:{row.id}", at=at)
    publish_rows([row], by=by, at=at)
    if state is domain.TaskState.COMPLETED:
        _close_signal_when_done(row, by=by, at=at)
    return state


@transaction.atomic
def measure(*, indicators: Sequence[str], at: datetime) -> int:
    """Read the targets of open tasks on these indicators again: a new value is a line of the task's life, and a target
    reached makes the task report its result by itself. How many tasks got a new value."""
    rows = list(
        models.TaskRow.objects.select_for_update()
        .filter(indicator__in=list(indicators))
        .exclude(state__in=[domain.TaskState.COMPLETED, domain.TaskState.WITHDRAWN])
        .order_by("id")
    )
    if not rows:
        return 0
    targets = {row.id: queries.target(row) for row in rows}
    found = queries.measured([*targets.values()])
    names = {
        code: item.name["vi"]
        for code, item in warehouse.indicators(codes=sorted({row.indicator for row in rows})).items()
    }
    changed, entries, moved = [], [], []
    for row in rows:
        target, value = targets[row.id], found[targets[row.id]]
        if value is None or (row.measured is not None and row.measured == _stored(value)):
            continue
        row.measured, row.measured_at = _stored(value), at
        changed.append(row)
        evidence = [
            {"kind": "cell", "id": f"{row.indicator}/{place}/{target.period}", "label": names[row.indicator]}
            for place in target.territories
        ]
        values = {"task": row, "at": at, "by": "system:direction", "value": row.measured, "evidence": evidence}
        entries.append(models.EntryRow(kind="measured", **values))
        if target.met(row.measured) and domain.TaskState(row.state) in domain.TRANSITIONS[domain.Move.REPORT][0]:
            row.state, row.percent = domain.TaskState.REPORTED, 100
            row.version += 1
            entries.append(
                models.EntryRow(kind=domain.Move.REPORT.value, percent=100, agency=row.lead_agency, **values)
            )
            moved.append(row)
    models.TaskRow.objects.bulk_update(changed, ["measured", "measured_at", "state", "percent", "version"])
    models.EntryRow.objects.bulk_create(entries)
    publish_rows(moved, by="system:direction", at=at)
    return len(changed)


# --- inside -----------------------------------------------------------------------------------------------------------


def _check(title: str, tasks: Sequence[domain.NewTask], grace_days: int | None, today: date) -> None:
    if not title.strip():
        raise domain.BadDirective(problem="chưa có trích yếu", problem_en="it has no title")
    if not tasks or any(not task.content.strip() for task in tasks):
        raise domain.BadDirective(
            problem="chưa có nhiệm vụ nào có nội dung", problem_en="it has no task with a content"
        )
    if grace_days is not None and not 1 <= grace_days <= domain.LONGEST_GRACE:
        raise domain.BadDirective(
            problem=f"thời gian chờ báo lên một cấp phải từ 1 đến {domain.LONGEST_GRACE} ngày làm việc",
            problem_en=f"the time before the next level is told must be 1 to {domain.LONGEST_GRACE} working days",
        )
    for task in tasks:
        if task.due_on is not None and task.due_on < today:
            raise domain.BadDirective(
                problem=f"hạn {task.due_on:%d/%m/%Y} đã qua", problem_en=f"the deadline {task.due_on} has passed"
            )
        if task.target is not None:
            warehouse.indicator(code=task.target.indicator)
            if not task.target.value.is_finite() or abs(task.target.value) >= domain.BEYOND_ANY_TARGET:
                raise domain.BadDirective(
                    problem=f"mục tiêu {task.target.value} không phải là số dùng được",
                    problem_en=f"the target {task.target.value} is not a number that can be used",
                )
            _check_places(task.target)


def _check_places(target: domain.Target) -> None:
    """Territories measured together are of one level, communes of one province: only those can be compared with others."""
    places = target.territories
    if (
        len(set(places)) < len(places)
        or len({len(place) for place in places}) > 1
        or (len(places) > 1 and not places[0])
    ):
        raise domain.BadDirective(
            problem="các địa bàn của một mục tiêu phải khác nhau và cùng cấp",
            problem_en="the territories of one target must differ and be of one level",
        )


def _declare(row: models.TaskRow, number: str, start: date, *, by: str, at: datetime) -> str:
    """Declare a task as an intervention where its indicator is counted by week; the intervention."""
    if warehouse_domain.Every.WEEK not in warehouse.indicator(code=row.indicator).every:
        return ""
    places = [row.target_territory, *row.target_others]
    if places == [""]:
        places = [unit.code for unit in directory.units(level="province", on=start)]
    item = intelligence_domain.Intervention(
        id=f"task-{row.id}", title=f"{number}: {row.content}", indicator=row.indicator, territories=tuple(places),
        start=start, where={},
    )  # fmt: skip
    intelligence.declare_intervention(item=item, by=by, at=at)
    return item.id


def _lead(code: str, today: date):
    """The agency that a code means today, and a note when it is not the one that was named."""
    agency = directory.agency(code, today)
    if agency is not None:
        return agency, ""
    successors = directory.agency_successors(code, today, today)
    if not successors:
        raise domain.UnknownAgency(code=code)
    if len(successors) > 1:
        parts = ", ".join(f"{item.code} {item.name}" for item in successors)
        raise domain.AgencyEnded(code=code, on=f"{successors[0].valid_from:%d/%m/%Y}", parts=parts)
    return successors[0], f"{code} → {successors[0].code} {successors[0].name}"


def _stored(value: Decimal) -> Decimal:
    """As the column keeps it."""
    return round(value, 6)


def _close_signal_when_done(row: models.TaskRow, *, by: str, at: datetime) -> None:
    """The signal closes when the last task of its directive is done."""
    directive = row.directive
    left = directive.tasks.exclude(state__in=[domain.TaskState.COMPLETED, domain.TaskState.WITHDRAWN]).exists()
    if directive.signal_id and not left:
        warehouse_services.set_signal_state(
            signal_id=directive.signal_id, state=warehouse_domain.SignalState.CLOSED, by=by, at=at
        )
