"""More time: asked for by the lead agency with a reason, granted or refused by whoever issued the task."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lienthong.commons.direction import domain, models, queries
from lienthong.commons.direction.services._deadlines import schedule
from lienthong.commons.direction.services._rows import publish_rows
from lienthong.foundation.audit import services as audit
from lienthong.kernel.errors import NotFound
from lienthong.kernel.ids import uuid7


@transaction.atomic
def ask_extension(*, task_id: UUID, due_on: date, reason: str, by: str, at: datetime) -> UUID:
    """Ask for more time; the request. Asked the same again while it waits, it is the one that is there.

    :raises domain.BadExtension: no reason, no later deadline, another request waits, or the task needs none.
    """
    row = queries.locked_task(task_id=task_id, version=None)
    waiting = row.extensions.filter(answer=domain.Answer.PENDING).first()
    if waiting and (waiting.due_on, waiting.reason, waiting.asked_by) == (due_on, reason.strip(), by):
        return waiting.id
    if waiting:
        raise domain.BadExtension(problem="một đề nghị khác đang chờ", problem_en="another request is waiting")
    if row.due_on is None or row.state not in domain.TRANSITIONS[domain.Move.REPORT][0]:
        raise domain.BadExtension(
            problem="nhiệm vụ không có hạn hoặc không còn đang làm",
            problem_en="the task has no deadline or is not worked on",
        )
    if not reason.strip():
        raise domain.BadExtension(problem="chưa có lý do", problem_en="it has no reason")
    check_later(row, due_on)
    made = models.ExtensionRow.objects.create(
        id=uuid7(), task=row, asked_by=by, asked_at=at, reason=reason.strip(), old_due_on=row.due_on, due_on=due_on
    )
    _note(row, "extension_asked", f"{row.due_on} → {due_on}. {made.reason}", by=by, at=at)
    return made.id


@transaction.atomic
def decide_extension(*, extension_id: UUID, grant: bool, reason: str = "", by: str, at: datetime) -> domain.Answer:
    """Grant or refuse; a refusal needs a reason, and nobody answers what they asked for themselves. Answered the same again,
    nothing changes.

    :raises domain.BadExtension: it was answered otherwise, has lapsed, or the answer cannot be given so.
    :raises kernel.errors.NotFound: there is no such request.
    """
    task_id = models.ExtensionRow.objects.filter(id=extension_id).values_list("task_id", flat=True).first()
    if task_id is None:
        raise NotFound(what=f"đề nghị {extension_id}")
    row = queries.locked_task(task_id=task_id, version=None)
    found = models.ExtensionRow.objects.get(id=extension_id)
    answer = domain.Answer.GRANTED if grant else domain.Answer.REFUSED
    if found.answer == answer:
        return answer
    if found.answer != domain.Answer.PENDING:
        raise domain.BadExtension(problem="đề nghị không còn chờ", problem_en="the request no longer waits")
    if found.asked_by == by:
        raise domain.BadExtension(problem="người đề nghị không tự quyết định", problem_en="who asked does not answer")
    if not grant and not reason.strip():
        raise domain.BadExtension(problem="chưa có lý do từ chối", problem_en="the refusal has no reason")
    found.answer, found.decided_by, found.decided_at, found.decision = answer, by, at, reason.strip()
    found.save()
    if grant:
        check_later(row, found.due_on)
        row.due_on, row.escalated_to = found.due_on, ""
        row.version += 1
        schedule([row], at=at, anew=True)
        row.save()
        publish_rows([row], by=by, at=at)
    _note(row, f"extension_{answer}", f"{found.old_due_on} → {found.due_on}. {reason}".strip(), by=by, at=at)
    return answer


def check_later(row: models.TaskRow, due_on: date | None) -> None:
    """A new deadline is after the old one, and that of a part not after that of the whole.

    :raises domain.BadExtension: it is not so.
    """
    if due_on is None or (row.due_on and due_on <= row.due_on):
        raise domain.BadExtension(
            problem="hạn mới phải sau hạn cũ", problem_en="the new deadline must be after the old one"
        )
    whole = row.parent.due_on if row.parent else None
    if whole and due_on > whole:
        raise domain.BadExtension(
            problem=f"hạn mới sau hạn {whole:%d/%m/%Y} của nhiệm vụ cấp trên; cần gia hạn nhiệm vụ đó trước",
            problem_en=f"the new deadline is after {whole}, that of the task it is a part of, which must be extended first",
        )


def lapse(*rows: models.TaskRow) -> None:
    """Tasks that ended, or got another deadline, need no answer any more (in the caller's transaction)."""
    models.ExtensionRow.objects.filter(task__in=rows, answer=domain.Answer.PENDING).update(answer=domain.Answer.LAPSED)


def _note(row: models.TaskRow, kind: str, text: str, *, by: str, at: datetime) -> None:
    models.EntryRow.objects.create(task=row, at=at, by=by, kind=kind, text=text, agency=row.lead_agency)
    audit.record(by=by, action=f"commons.direction.{kind}", subject=f"task:{row.id}", at=at)
