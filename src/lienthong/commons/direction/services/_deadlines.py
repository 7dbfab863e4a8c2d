"""What happens to tasks by the mere passing of time, at the instant the law says, once each."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from lienthong.commons.direction import domain, events, models
from lienthong.commons.direction.services._rows import publish_rows
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.directory.domain import Calendar
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.ids import uuid7

BATCH = 2000
"""Tasks that cross in one transaction: a worker that is killed loses at most so much work, and nothing else."""
HANDS = 2
"""Threads that cross together when there is more than one batch: as many as the smallest machine has cores."""
_WAITING = (domain.TaskState.COMPLETED, domain.TaskState.WITHDRAWN, domain.TaskState.SUSPENDED)


def schedule(rows: Sequence[models.TaskRow], *, at: datetime, anew: bool = False) -> None:
    """Set the next legal instant of tasks (not saved): of a new deadline the first; of one that rests, none; of one taken up
    again, the one it had.

    :param anew: the deadline was changed.
    """
    dated = [row for row in rows if row.due_on is not None]
    calendar = _calendar({row.due_on for row in dated}) if dated else None
    for row in dated:
        grace = row.directive.grace_days
        if row.state in _WAITING:
            row.next_at = None
            if anew:
                row.next_kind, row.next_step = "", 0  # taken up again, it begins with the new deadline
        elif anew or not row.next_kind:
            first = domain.first_crossing(row.due_on, grace=grace, calendar=calendar, at=at)
            row.next_at, row.next_kind, row.next_step = first.at, first.kind, first.step
        elif row.next_at is None and row.next_kind != domain.Crossing.NONE:
            kind = domain.Crossing(row.next_kind)
            row.next_at = domain.instant(row.due_on, kind, row.next_step, grace, calendar)


def remind_and_escalate(*, at: datetime) -> tuple[int, int]:
    """Do all that has fallen due: remind lead agencies, and show what is overdue to the bodies above them. Each batch is a
    transaction of its own; any number of workers may do it, and be killed at it, and each instant is crossed once.

    :returns: reminders and escalations made now.
    """
    _schedule_old(at)
    total, lines = _NOTHING, {}
    while (done := _cross(at, lines)).due:
        total += done
        if done.due == BATCH:
            # More than a moment's work is shared: while one hand waits for the disk, the other makes its entries.
            with ThreadPoolExecutor(HANDS) as pool:
                total = sum(pool.map(lambda _: _by_hand(at), range(HANDS)), total)
    return total.reminded, total.escalated


@dataclass(frozen=True)
class _Done:
    """What one batch was."""

    due: int
    reminded: int
    escalated: int

    def __add__(self, other: "_Done") -> "_Done":
        return _Done(self.due + other.due, self.reminded + other.reminded, self.escalated + other.escalated)


_NOTHING = _Done(0, 0, 0)


def _by_hand(at: datetime) -> _Done:
    """Cross batches, on a connection of this thread's own, until none is left."""
    total, lines = _NOTHING, {}
    try:
        while (done := _cross(at, lines)).due:
            total += done
    finally:
        connection.close()
    return total


@transaction.atomic
def publish_overdue(*, task_ids: Sequence[UUID], at: datetime) -> None:
    """Let the register of tasks say that these are overdue: nobody touched them, only time passed."""
    rows = list(models.TaskRow.objects.filter(id__in=list(task_ids)).order_by("id"))
    publish_rows(rows, by="system:direction", at=at, events_too=False)


@transaction.atomic
def _schedule_old(at: datetime) -> None:
    """Tasks from before there was a queue get their place in it."""
    rows = models.TaskRow.objects.select_related("directive").select_for_update(of=("self",), skip_locked=True)
    rows = rows.filter(next_kind="", due_on__isnull=False).exclude(state__in=_WAITING).order_by("id")
    found = list(rows[:BATCH])
    schedule(found, at=at)
    models.TaskRow.objects.bulk_update(found, ["next_at", "next_kind", "next_step"], batch_size=500)


@transaction.atomic
def _cross(at: datetime, lines: dict[str, tuple[str, ...]]) -> _Done:
    """One batch, of one instant the steps up the line before the reminders. A fixed number of statements, however many tasks
    cross.

    :param lines: agencies with those above them, as far as batches before needed them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [at, BATCH])
        due = cursor.fetchall()
    if not due:
        return _NOTHING
    today = vietnam_date(at)
    calendar = _calendar({row[2] for row in due})
    lines |= directory.agency_paths(
        {row[1] for row in due if row[3] == domain.Crossing.ESCALATED} - lines.keys(), today
    )
    entries, moved, overdue = [], [], []
    followed: dict[tuple, domain.Next] = {}
    for task, lead, due_on, kind, step, grace in due:
        crossing, to = domain.Crossing(kind), lead
        if crossing is domain.Crossing.ESCALATED:
            line = lines.get(lead, (lead,))[1:]
            to = line[step - 1] if step <= len(line) else ""
            if step == 1:
                overdue.append(task)
        if to:
            text = domain.Next(at, crossing, step).text
            entries.append((task, kind, text, to, f"{kind}:{text}:{due_on}", step))
        if crossing is domain.Crossing.ESCALATED and step >= len(line):
            moved.append((task, None, domain.Crossing.NONE.value, step, to))
            continue
        key = (crossing, step, due_on, grace)
        if key not in followed:
            followed[key] = domain.crossing_after(crossing, step, due_on, grace=grace, calendar=calendar)
        then = followed[key]
        moved.append((task, then.at, then.kind.value, then.step, to if crossing is domain.Crossing.ESCALATED else ""))
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [list(column) for column in zip(*moved, strict=True)])
        written: set[tuple[UUID, str]] = set()
        if entries:
            tasks, kinds, texts, agencies, marks, _ = (list(column) for column in zip(*entries, strict=True))
            cursor.execute(_WRITE, [at, tasks, kinds, texts, agencies, marks])
            written = set(cursor.fetchall())
    new = [entry for entry in entries if (entry[0], entry[4]) in written]
    up = [entry for entry in new if entry[1] == domain.Crossing.ESCALATED]
    reminded = tuple(entry[0] for entry in new if entry[1] == domain.Crossing.REMINDER)
    outbox.publish(
        events.DeadlinesCrossed(
            batch=uuid7(), reminded=reminded, overdue=tuple(overdue), escalated=tuple(entry[0] for entry in up),
            to_agencies=tuple(entry[3] for entry in up), levels=tuple(entry[5] for entry in up),
        ),
        at=at,
    )  # fmt: skip
    return _Done(len(due), len(reminded), len(up))


def _calendar(days: set[date]) -> Calendar:
    years = {day.year for day in days}
    return directory.calendar(range(min(years) - 1, max(years) + 3))


_DUE = """
SELECT task.id, task.lead_agency, task.due_on, task.next_kind, task.next_step, directive.grace_days
FROM commons_direction_task task JOIN commons_direction_directive directive ON directive.id = task.directive_id
WHERE task.next_at <= %s ORDER BY task.next_at, task.next_kind LIMIT %s FOR UPDATE OF task SKIP LOCKED
"""
_MOVE = """
UPDATE commons_direction_task task SET next_at = moved.at, next_kind = moved.kind, next_step = moved.step,
       escalated_to = coalesce(nullif(moved.above, ''), task.escalated_to)
FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::smallint[], %s::text[]) AS moved (id, at, kind, step, above)
WHERE task.id = moved.id
"""
_WRITE = """
INSERT INTO commons_direction_entry (task_id, at, by, kind, text, agency, mark, evidence, seal)
SELECT line.task, %s, 'system:direction', line.kind, line.text, line.agency, line.mark, '[]', ''
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[]) AS line (task, kind, text, agency, mark)
ON CONFLICT DO NOTHING RETURNING task_id, mark
"""
