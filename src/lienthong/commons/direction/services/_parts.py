"""Passing a task on to the levels below, and keeping the parts and the whole together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from lienthong.commons.direction import domain, models, queries
from lienthong.commons.direction.services._deadlines import schedule
from lienthong.commons.direction.services._extensions import lapse
from lienthong.commons.direction.services._new import agency_today, give
from lienthong.commons.direction.services._rows import publish_rows
from lienthong.foundation.audit import domain as audit_domain
from lienthong.foundation.audit import services as audit
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.ids import uuid7

_ENDED = (domain.TaskState.COMPLETED, domain.TaskState.WITHDRAWN)


@transaction.atomic
def pass_on(*, task_id: UUID, parts: Sequence[domain.NewTask], by: str, at: datetime) -> list[UUID]:
    """Give parts of a task to agencies below its lead agency; the open parts that say just that, new or there already. A part
    without a deadline takes that of the whole, which no part may outlast.

    :raises domain.WrongState: the task is not worked on now.
    :raises domain.BadPart: no part, an agency that is not below, or a deadline after that of the whole.
    :raises domain.BadDirective: as when a directive is issued.
    """
    row = queries.locked_task(task_id=task_id, version=None)
    state = domain.next_state(domain.TaskState(row.state), domain.Move.PROGRESS)
    if not parts:
        raise domain.BadPart(problem="chưa chọn cơ quan nào", problem_en="no agency is chosen")
    today = vietnam_date(at)
    below = set(directory.agencies_below([row.lead_agency], today)) - {row.lead_agency}
    wanted = []
    for part in parts:
        lead, _ = agency_today(part.lead_agency, today)
        if lead.code not in below:
            raise domain.BadPart(
                problem=f"{lead.name} ({lead.code}) không thuộc cơ quan chủ trì",
                problem_en=f"{lead.name_en or lead.name} ({lead.code}) is not below the lead agency",
            )
        part = replace(part, lead_agency=lead.code, due_on=part.due_on or row.due_on)
        if row.due_on and part.due_on > row.due_on:
            raise domain.BadPart(
                problem=f"hạn {part.due_on:%d/%m/%Y} sau hạn {row.due_on:%d/%m/%Y} của nhiệm vụ",
                problem_en=f"the deadline {part.due_on} is after that of the task, {row.due_on}",
            )
        wanted.append(part)
    wanted = list({part.said: part for part in wanted}.values())
    there = [queries.task_of(item) for item in open_parts(row).select_related("directive")]
    known = {(task.content, task.lead_agency) for task in there}
    new = [part for part in wanted if part.said not in known]
    given = give(new, directive=row.directive, parent=row, issuer_agency=row.lead_agency, by=by, at=at)
    if given:
        row.state, row.version = state, row.version + 1
        row.save(update_fields=["state", "version"])
        names = directory.agencies_by_code([item.lead_agency for item in given], today)
        text = "; ".join(names[item.lead_agency].name for item in given)
        models.EntryRow.objects.create(task=row, at=at, by=by, kind="passed_on", text=text, agency=row.lead_agency)
        audit.record(
            by=by, action="commons.direction.pass_on", subject=f"task:{row.id}", at=at,
            details={"parts": [str(item.id) for item in given]},
        )  # fmt: skip
        publish_rows([row], by=by, at=at)
    said = {part.said for part in wanted}
    return [task.id for task in there if (task.content, task.lead_agency) in said] + [item.id for item in given]


def open_parts(row: models.TaskRow) -> QuerySet:
    """The parts of a task that are not done."""
    return row.children.exclude(state__in=_ENDED)


def withdraw_parts(row: models.TaskRow, *, by: str, at: datetime) -> None:
    """Withdraw what is open below a task, level by level, also under parts that are done (in the caller's transaction)."""
    below = [row]
    while below:
        rows = models.TaskRow.objects.select_for_update(of=("self",)).select_related("directive")
        below = list(rows.filter(parent__in=below).order_by("id"))
        level = [part for part in below if part.state not in _ENDED]
        for part in level:
            part.state, part.version = domain.TaskState.WITHDRAWN, part.version + 1
        lapse(*level)
        schedule(level, at=at)
        models.TaskRow.objects.bulk_update(level, ["state", "version", "next_at"], batch_size=500)
        models.EntryRow.objects.bulk_create(
            [
                models.EntryRow(
                    task=part,
                    at=at,
                    by=by,
                    kind=domain.Move.WITHDRAW.value,
                    percent=part.percent,
                    agency=part.lead_agency,
                )
                for part in level
            ]
        )
        audit.record_many(
            [
                audit_domain.Record(
                    uuid7(), by, "commons.direction.withdraw", f"task:{part.id}", at, "", (), {"with": str(row.id)}
                )
                for part in level
            ]
        )
        publish_rows(level, by=by, at=at)


@transaction.atomic
def roll_up(*, task_ids: Sequence[UUID]) -> int:
    """Count the progress of the tasks above these from their parts, up to the top; how many changed. One statement a level."""
    changed, ids = 0, list(task_ids)
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [ids])
    while ids:
        with connection.cursor() as cursor:
            cursor.execute(_ROLL_UP, [ids])
            ids = [row[0] for row in cursor.fetchall()]
        changed += len(ids)
    return changed


_HOLD = """
WITH RECURSIVE above AS (
    SELECT parent_id AS id FROM commons_direction_task WHERE id = ANY(%s::uuid[]) AND parent_id IS NOT NULL
    UNION SELECT task.parent_id FROM commons_direction_task task JOIN above ON above.id = task.id WHERE task.parent_id IS NOT NULL
)
SELECT id FROM commons_direction_task WHERE id IN (SELECT id FROM above) ORDER BY id FOR UPDATE
"""
"""Held from the top down, as everybody else holds them: a whole is older than its parts, so its id comes first."""
_ROLL_UP = """
WITH above AS (
    SELECT id FROM commons_direction_task
    WHERE id IN (SELECT parent_id FROM commons_direction_task WHERE id = ANY(%s::uuid[])) ORDER BY id FOR UPDATE
), counted AS (
    SELECT part.parent_id AS id, floor(avg(part.percent))::smallint AS percent FROM commons_direction_task part
    WHERE part.parent_id IN (SELECT id FROM above) AND part.state <> 'withdrawn' GROUP BY part.parent_id
)
UPDATE commons_direction_task task SET percent = counted.percent FROM counted
WHERE task.id = counted.id AND task.percent <> counted.percent AND task.state NOT IN ('completed', 'withdrawn')
RETURNING task.id
"""
