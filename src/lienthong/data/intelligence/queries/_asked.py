"""Questions that were asked: each is known to who asked it alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from lienthong.data.intelligence import domain, models
from lienthong.data.intelligence.queries._questions import lexicon, with_places

QUESTION = "question"
"""The purpose under which questions are recorded."""


@dataclass(frozen=True)
class Remembered:
    """A question with what was answered, and what the asker made of it."""

    id: UUID
    at: datetime
    answer: Mapping[str, Any]
    """As :meth:`domain.Answer.document` wrote it."""
    decision: str
    """``accept``, ``refuse``, or nothing yet."""
    reason: str

    @property
    def outcome(self) -> domain.Outcome:
        return domain.Outcome(self.answer["outcome"])

    @property
    def territories(self) -> Sequence[str]:
        """Whose numbers it shows; none where it shows none."""
        return self.answer["question"]["territories"] if self.answer["figures"] else []

    @property
    def quotes(self) -> Sequence[Mapping[str, Any]]:
        """Where the passages stand that were quoted."""
        return self.answer.get("quotes", [])


_FIELDS = ("id", "at", "output", "decision", "reason")


def questions_asked(*, by: str, before: UUID | None = None, limit: int = 20) -> list[Remembered]:
    """What an account asked, the newest first."""
    rows = models.InferenceRow.objects.filter(purpose=QUESTION, by=by).order_by("-id")
    if before:
        rows = rows.filter(id__lt=before)
    return [Remembered(*row) for row in rows.values_list(*_FIELDS)[:limit]]


def question_asked(*, id: UUID, by: str) -> Remembered:
    """One of them.

    :raises domain.NoAnswer: there is no such question of theirs.
    """
    row = models.InferenceRow.objects.filter(purpose=QUESTION, by=by, id=id).values_list(*_FIELDS).first()
    if row is None:
        raise domain.NoAnswer(id=id)
    return Remembered(*row)


def examples(*, place: str, on: date) -> list[str]:
    """Questions about a place that can be answered, by what is declared and forecast."""
    known = with_places(lexicon(text="", on=on), [place], on)
    forecast = models.ForecastRow.objects.filter(territory=place).values_list("indicator", flat=True).distinct()
    return domain.examples(known, place=place, today=on, forecast=set(forecast))
