"""Public answers of bodies about their red criteria."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lienthong.channels.kpis import domain, models
from lienthong.channels.kpis.services._passages import keep_answers
from lienthong.foundation.audit import services as audit
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.errors import NotFound


@transaction.atomic
def answer(*, assessment_id: UUID, criterion: str, text: str, promised_on: date | None, by: str, at: datetime) -> None:
    """Answer in public, once, with the day by which it will be right. The same answer again changes nothing.

    :raises domain.BadAnswer: no text, no day or one that has passed, or it was answered otherwise before.
    :raises kernel.errors.NotFound: nothing is asked about that criterion.
    """
    row = models.QuestionRow.objects.select_for_update().filter(assessment=assessment_id, criterion=criterion).first()
    if row is None:
        raise NotFound(what=f"câu hỏi về tiêu chí {criterion}")
    if row.answered_at is not None:
        if (row.answer, row.promised_on) == (text.strip(), promised_on):
            return
        raise domain.BadAnswer(problem="đã có câu trả lời công khai", problem_en="there is a public answer already")
    if len(text.strip()) < domain.SHORTEST_ANSWER:
        raise domain.BadAnswer(problem="chưa có nội dung trả lời", problem_en="it says nothing")
    if promised_on is None or promised_on < vietnam_date(at):
        raise domain.BadAnswer(
            problem="chưa có ngày khắc phục, hoặc ngày đó đã qua",
            problem_en="it has no day to come by which it will be right",
        )
    row.answer, row.promised_on, row.answered_at, row.answered_by = text.strip(), promised_on, at, by
    row.save()
    keep_answers(rows=[row])
    audit.record(
        by=by, action="channels.kpis.answer", subject=f"assessment:{assessment_id}", at=at,
        details={"criterion": criterion, "promised_on": promised_on.isoformat()},
    )  # fmt: skip
