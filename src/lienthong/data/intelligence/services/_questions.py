"""Questions in Vietnamese: read by rule, computed from declared indicators, recorded with what was answered."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lienthong.data.intelligence import domain, models, queries
from lienthong.data.intelligence.domain import QuestionKind
from lienthong.data.intelligence.services._computing import Work, address, compute
from lienthong.data.intelligence.services._language import proposed_question
from lienthong.data.intelligence.services._models import infer
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.access.queries import Rights
from lienthong.foundation.audit import services as audit
from lienthong.kernel.clock import vietnam_date

QUESTIONS, PURPOSE = "question-rules", queries.QUESTION
VIEW = "channels.dashboards.view"
"""Who may see a territory's numbers on the boards may ask about them."""


def ask(*, text: str, rights: Rights, by: str, at: datetime) -> tuple[UUID, domain.Answer]:
    """Answer a question; the id of its record, and the answer.

    :param rights: the asker's. What they may not see is not computed, and small numbers about persons are withheld from them
        as they are on the boards.
    """
    today, text = vietnam_date(at), domain.masked(" ".join(text.split()))

    def run() -> domain.Answer:
        lexicon = queries.lexicon(text=text, on=today)
        reading = domain.read_question(text, lexicon=lexicon, today=today)
        if reading.question is None:
            return _helped(domain.refused(reading, text), reading, lexicon, today, by, at)
        return answer_question(reading=reading, lexicon=lexicon, rights=rights, today=today)

    inferred, answer = infer(
        model=QUESTIONS, purpose=PURPOSE, inputs={"question": text, "today": str(today)}, run=run,
        output=lambda found: found.document(), confidence=_confidence, by=by, at=at,
    )  # fmt: skip
    return inferred.id, answer


def _helped(
    answer: domain.Answer, reading: domain.Reading, lexicon: domain.Lexicon, today: date, by: str, at: datetime
) -> domain.Answer:
    """The refusal, with what a plugged-in language model takes the question for as the first sentence to choose: it is never
    answered unasked."""
    if reading.problem not in domain.HELPED:
        return answer
    question, why = proposed_question(text=answer.text, lexicon=lexicon, today=today, by=by, at=at)
    if question is None:
        return replace(answer, quiet_model=why)
    sentence = domain.sentence(domain.in_words(question, lexicon))
    others = tuple(item for item in answer.choices if item != sentence)
    return replace(answer, outcome=domain.Outcome.CHOOSE, choices=(sentence, *others), proposed=sentence)


def _confidence(answer: domain.Answer) -> float | None:
    """The share of the sentence that was understood; nothing of one that was refused."""
    words = len(domain.words_of(answer.text))
    if not words:
        return None
    left = sum(len(domain.words_of(item)) for item in answer.left)
    return max(0.0, 1 - left / words) if answer.outcome is not domain.Outcome.REFUSED else 0.0


def answer_question(*, reading: domain.Reading, lexicon: domain.Lexicon, rights: Rights, today: date) -> domain.Answer:
    """Compute the answer to a question that was understood."""
    question = reading.question
    said = {
        "text": reading.text,
        "meant": domain.meant(question, lexicon, today),
        "understood": reading.understood,
        "question": question,
    }
    if denied := [place for place in _needed(question, lexicon) if not rights.allows(VIEW, territory=place)]:
        where = ", ".join(lexicon.where(place) for place in denied)
        where_en = ", ".join(lexicon.where(place) if place else "the whole country" for place in denied)
        return domain.Answer(
            domain.Outcome.FORBIDDEN, vi=f"Bạn chưa được giao quyền xem số liệu của: {where}.",
            en=f"You have no authority to see the numbers of: {where_en}.", **said,
        )  # fmt: skip
    indicator = warehouse.indicator(code=question.indicators[0])
    scene = domain.Scene(
        question,
        lexicon,
        today,
        indicator.unit,
        indicator.digits,
        indicator.direction == "up",
        _notes(reading, lexicon),
    )
    told = compute(Work(scene, indicator, reading, rights))
    notes = tuple(scene.notes)
    if told is None and domain.WITHHELD in notes:
        vi, en = domain.WITHHELD
        return domain.Answer(domain.Outcome.FORBIDDEN, vi=vi, en=en, **said)
    if told is None:
        return domain.Answer(
            domain.Outcome.REFUSED, vi="Chưa có số liệu nào được giữ cho câu hỏi này.",
            en="No numbers are held for this question.", notes=notes, **said,
        )  # fmt: skip
    return domain.Answer(
        domain.Outcome.ANSWERED, vi=told.vi, en=told.en, notes=notes, figures=tuple(told.figures),
        chart=question.kind in (QuestionKind.TREND, QuestionKind.RANK, QuestionKind.FORECAST),
        links=tuple((lexicon.asked[code].names[0], address(code, question.territories[0])) for code in question.indicators),
        as_of=queries.as_of(code=question.indicators[0]),
        sql=domain.sql(question, parent=told.parent, scale=indicator.scale, ratio=indicator.denominator is not None),
        **said,
    )  # fmt: skip


def _needed(question: domain.Question, lexicon: domain.Lexicon) -> Sequence[str]:
    """The territories whose numbers an answer shows; of a ranking, the one that holds all that are ranked."""
    if question.kind is QuestionKind.POSITION:
        place = lexicon.place[question.territories[0]]
        return [place.parent]
    return question.territories


def _notes(reading: domain.Reading, lexicon: domain.Lexicon) -> list[domain.Both]:
    """What must be known of how the sentence was read."""
    notes: list[domain.Both] = []
    for former, into in reading.formers:
        name, since = lexicon.where(into), domain.day(former.since)
        notes.append((
            f"{former.full_name} không còn là đơn vị hành chính từ {since} ({former.decree}), nay thuộc {name}. "
            f"Số dưới đây là của toàn bộ {name}, không riêng phần {former.name} cũ, vì số liệu chỉ giữ theo đơn vị hiện hành.",
            f"{former.full_name} is no more since {since} ({former.decree}); it became part of {name}. "
            f"The numbers are those of the whole of {name}, as numbers are kept by today's units only.",
        ))  # fmt: skip
    notes += [
        (f"Đã hiểu “{written}” là “{read}”.", f"“{written}” was read as “{read}”.") for written, read in reading.slips
    ]
    assumed = {
        "country": ("Câu hỏi không nêu địa bàn: lấy cả nước.", "No place was named: the whole country is meant."),
        "year": ("Câu hỏi không nêu kỳ: lấy 12 tháng gần nhất.", "No period was named: the last 12 months."),
        "measured": (
            "Đây là số đo được, không phải mức được giao phải đạt.",
            "This is what was measured, not what was set to be reached.",
        ),
    }  # fmt: skip
    if lexicon.asked[reading.question.indicators[0]].dated:
        assumed["all_time"] = (
            "Câu hỏi không nêu kỳ: lấy toàn bộ số liệu đến nay, như trên bảng điều hành.",
            "No period was named: all the time there is, as on the boards.",
        )
    return notes + [note for key, note in assumed.items() if key in reading.assumed]


# --- what people made of it ---------------------------------------------------------------------------------------------


@transaction.atomic
def judge_answer(*, question_id: UUID, right: bool, reason: str, by: str, at: datetime) -> None:
    """Keep with the record whether the asker found the answer right, and why. They may change their mind.

    :raises domain.NoAnswer: there is no such question of theirs.
    """
    rows = models.InferenceRow.objects.filter(id=question_id, purpose=PURPOSE, by=by)
    changed = rows.update(decision="accept" if right else "refuse", decided_by=by, decided_at=at, reason=reason[:1000])
    if not changed:
        raise domain.NoAnswer(id=question_id)
    audit.record(
        by=by, action="data.intelligence.judge_answer", subject=f"inference:{question_id}", at=at, reason=reason[:1000]
    )
