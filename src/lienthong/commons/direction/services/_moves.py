"""Moving tasks on, by people and by what is measured."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from lienthong.commons.direction import domain, models, queries
from lienthong.commons.direction.services._deadlines import schedule
from lienthong.commons.direction.services._extensions import check_later, lapse
from lienthong.commons.direction.services._parts import open_parts, withdraw_parts
from lienthong.commons.direction.services._rows import publish_rows
from lienthong.commons.direction.services._seals import seal
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse import services as warehouse_services
from lienthong.foundation.audit import domain as audit_domain
from lienthong.foundation.audit import services as audit
from lienthong.kernel.ids import uuid7

_MILLIONTH, _EXACT = Decimal("0.000001"), Context(prec=60)


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
    """Move one task on: accept, report, approve, return, extend and the rest; the state it comes to. A reported result is
    sealed: the hash of all that happened to the task until then goes into the log. With a task its open parts are withdrawn.

    :param percent: of a task that was passed on it is counted from the parts instead.
    :param version: the version the caller saw; another one means that someone else was faster.
    :raises domain.WrongState: the move cannot be made from where the task stands.
    :raises domain.PartsOpen: it would end before its parts, and no reason is given.
    :raises domain.BadExtension: the new deadline is not after the old one, or after that of the task that this is a part of.
    :raises kernel.errors.Conflict: the task has changed since.
    """
    row = queries.locked_task(task_id=task_id, version=version)
    state = domain.next_state(domain.TaskState(row.state), move)
    if move in (domain.Move.REPORT, domain.Move.APPROVE) and not text.strip() and (left := open_parts(row).count()):
        raise domain.PartsOpen(count=left)
    if move is domain.Move.EXTEND:
        check_later(row, due_on)
        text = f"{row.due_on or '–'} → {due_on}. {text}".strip()
        row.due_on, row.escalated_to = due_on, ""
    if percent is not None and not row.children.exists():
        row.percent = max(0, min(100, percent))
    if state is domain.TaskState.COMPLETED:
        row.completed_at, row.percent = at, 100
    row.state = state
    row.version += 1
    schedule([row], at=at, anew=move is domain.Move.EXTEND)
    row.save()
    if move is domain.Move.EXTEND or not state.is_open:
        lapse(row)
    entry = models.EntryRow(
        task=row, at=at, by=by, kind=move.value, text=text.strip(), percent=row.percent, value=row.measured,
        agency=row.lead_agency, evidence=[dict(item) for item in evidence],
    )  # fmt: skip
    if move is domain.Move.REPORT:
        seal([entry])
    entry.save()
    audit.record(
        by=by, action=f"commons.direction.{move.value}", subject=f"task:{row.id}", at=at,
        details={"seal": entry.seal} if entry.seal else None,
    )  # fmt: skip
    publish_rows([row], by=by, at=at)
    if move is domain.Move.WITHDRAW:
        withdraw_parts(row, by=by, at=at)
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
    reports = [entry for entry in entries if entry.kind == domain.Move.REPORT]
    seal(reports, after=entries)
    models.EntryRow.objects.bulk_create(entries)
    audit.record_many(
        [
            audit_domain.Record(
                uuid7(), entry.by, "commons.direction.report", f"task:{entry.task_id}", at, "", (), {"seal": entry.seal}
            )
            for entry in reports
        ]
    )
    publish_rows(moved, by="system:direction", at=at)
    return len(changed)


# --- inside -----------------------------------------------------------------------------------------------------------


def _stored(value: Decimal) -> Decimal:
    """As the column keeps it, however long the number is."""
    return value.quantize(_MILLIONTH, context=_EXACT)


def _close_signal_when_done(row: models.TaskRow, *, by: str, at: datetime) -> None:
    """The signal closes when the last task of its directive is done."""
    directive = row.directive
    left = directive.tasks.exclude(state__in=[domain.TaskState.COMPLETED, domain.TaskState.WITHDRAWN]).exists()
    if directive.signal_id and not left:
        warehouse_services.set_signal_state(
            signal_id=directive.signal_id, state=warehouse_domain.SignalState.CLOSED, by=by, at=at
        )
