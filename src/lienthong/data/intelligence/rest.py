"""Questions as JSON: asked, answered with the sums and the query or with passages word for word, judged."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from lienthong.data.intelligence import domain, queries, services
from lienthong.kernel import clock

router = Router(tags=["intelligence"])


class QuestionIn(Schema):
    text: str = Field(..., max_length=1000)


class JudgementIn(Schema):
    right: bool
    reason: str = Field("", max_length=1000)


class FigureOut(Schema):
    vi: str
    en: str
    value: float | None
    unit: str
    numerator: float | None
    denominator: float | None
    low: float | None
    high: float | None
    place: int
    withheld: bool
    href: str


class PassageOut(Schema):
    kind: str
    title: str
    text: str
    """The whole passage."""
    quote: str
    """What is quoted of it, word for word: ``text`` from ``begin`` to ``end``."""
    begin: int
    end: int
    marks: list[tuple[int, int]]
    """Where the words stand that were asked."""
    day: date | None
    href: str


class AnswerOut(Schema):
    id: UUID
    outcome: str
    """``answered``, ``quoted``, ``choose``, ``refused`` or ``forbidden``."""
    text: str
    vi: str
    en: str
    meant: tuple[str, str]
    notes: list[tuple[str, str]]
    figures: list[FigureOut]
    understood: list[tuple[str, str]]
    left: list[str]
    choices: list[str]
    as_of: str | None
    question: dict[str, Any] | None
    sql: str
    passages: list[PassageOut]
    """What answers (``quoted``), or is related to what could not be answered."""


@router.post("/intelligence/questions", response={201: AnswerOut})
def ask(request: HttpRequest, body: QuestionIn):
    """Ask in Vietnamese about declared indicators, or about what stands in directives, criteria, registers, procedures. What is
    not wholly understood is not answered: ``outcome`` says which, and ``left`` and ``choices`` what to do next. ``question`` and
    ``sql`` are the query that was computed; ``passages`` are quoted word for word."""
    request.rights.require_somewhere(services.VIEW)
    question_id, answer = services.ask(text=body.text, rights=request.rights, by=_asker(request), at=clock.now())
    return Status(201, {"id": question_id, **answer.document(), "passages": list(map(_passage, answer.quotes))})


@router.get("/intelligence/questions/{question_id}", response=AnswerOut)
def answer(request: HttpRequest, question_id: UUID):
    """What was answered to a question of the caller's; of passages those that still stand so and that the caller may read now."""
    found = queries.question_asked(id=question_id, by=_asker(request))
    for place in found.territories:
        request.rights.require(services.VIEW, territory=place)
    quotes = queries.quoted(references=found.quotes, rights=request.rights)
    return {"id": found.id, **found.answer, "passages": list(map(_passage, quotes))}


@router.post("/intelligence/questions/{question_id}/judgement", response={204: None})
def judge(request: HttpRequest, question_id: UUID, body: JudgementIn):
    """Say whether the answer was right, and why; kept with the record."""
    services.judge_answer(
        question_id=question_id, right=body.right, reason=body.reason, by=_asker(request), at=clock.now()
    )
    return Status(204, None)


def _asker(request: HttpRequest) -> str:
    return f"account:{request.user.pk}"


def _passage(quote: domain.Quote) -> dict[str, Any]:
    passage = quote.passage
    return {
        "kind": passage.kind.value, "title": passage.title, "text": passage.text, "quote": quote.words, "begin": quote.begin,
        "end": quote.end, "marks": list(quote.marks), "day": passage.on, "href": passage.href,
    }  # fmt: skip
