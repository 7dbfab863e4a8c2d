"""From a sentence to a question, by rule. Every word of weight must find its place in the structure: what does not is told,
and nothing is computed from half a sentence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from lienthong.data.intelligence.domain import _spans as spans
from lienthong.data.intelligence.domain._questions import Lexicon, Question, small
from lienthong.data.intelligence.domain._reading._cutting import Sentence
from lienthong.data.intelligence.domain._reading._kinds import assemble
from lienthong.data.intelligence.domain._reading._slips import mended
from lienthong.data.intelligence.domain._reading._told import Problem, Reading, Stop
from lienthong.data.intelligence.domain._spans import Word

__all__ = ["LONGEST", "Problem", "Reading", "read_question"]

LONGEST = 400
"""Letters of a question."""
_MEANINGS = {
    "forecast": "dự báo", "why": "vì sao", "trend": "xu hướng", "position": "thứ hạng", "order": "xếp hạng",
    "noun": "cấp địa bàn",
    "limit": "giới hạn", "level": "ngưỡng", "vs": "so sánh", "compare": "so sánh", "change": "thay đổi", "country": "cả nước",
    "measure": "loại số đo", "more": "so sánh", "number": "số nơi", "howmany": "đếm", "much": "xếp hạng", "most": "xếp hạng",
    "still": "hiện còn",
}  # fmt: skip


def read_question(text: str, *, lexicon: Lexicon, today: date) -> Reading:
    """Read a sentence. What cannot be read as it stands is tried once more with likely slips of the pen mended."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        return Reading(text[:LONGEST], problem=Problem.TOO_LONG)
    words = spans.words_of(text)
    if not words:
        return Reading(text, problem=Problem.EMPTY)
    if below_zero := spans.below_zero(text, words):
        return Reading(text, problem=Problem.WORDS, left=below_zero)
    first = _read(text, words, lexicon, today)
    if first.question:
        return first
    if first.problem not in (Problem.WORDS, Problem.NO_INDICATOR, Problem.NO_PLACE):
        return _leading_on(first, lexicon, today)
    found = [
        replace(reading, slips=(*slips, *reading.slips))
        for better, slips in mended(words, lexicon)
        if (reading := _read(text, better, lexicon, today)).question
    ]
    same = {reading.question for reading in found}
    return found[0] if len(same) == 1 else _leading_on(first, lexicon, today)


def _leading_on(reading: Reading, lexicon: Lexicon, today: date) -> Reading:
    """The reading with those of its choices that are questions, or lead to the next choice."""

    def leads(text: str) -> bool:
        again = _read(text, spans.words_of(text), lexicon, today)
        return again.question is not None or again.problem in (
            Problem.WHICH_INDICATOR, Problem.WHICH_PLACE, Problem.WHICH_PERIOD,
        )  # fmt: skip

    return replace(reading, choices=tuple(filter(leads, reading.choices)))


def _read(text: str, words: Sequence[Word], lexicon: Lexicon, today: date) -> Reading:
    sentence = Sentence(text, words, lexicon, today)
    try:
        question = assemble(sentence)
        problem, left, choices = None, (), ()
    except Stop as stop:
        question, problem, left, choices = None, stop.problem, stop.left, stop.choices
    return Reading(
        text, question, problem, _understood(sentence, question), left, choices, tuple(sentence.formers), _slips(sentence),
        tuple(sentence.assumed), next((span.value for span in sentence.all("change") if span.value), 0), lexicon,
    )  # fmt: skip


def _slips(sentence: Sentence) -> tuple[tuple[str, str], ...]:
    """Names written with other marks than they have, or communes without their kind: (as written, as read)."""
    told = [
        (sentence.said(span), sentence.lexicon.where(span.value[0].code))
        for span in sentence.bare
        if span.label == "place" and len(span.value) == 1
    ]
    for span in sentence.all("place", "indicator"):
        if sentence.differs(span):
            name = span.value[0].name if span.label == "place" else sentence.lexicon.asked[min(span.value)].names[0]
            told.append((sentence.said(span), name))
    return tuple(told)


def _understood(sentence: Sentence, question: Question | None) -> tuple[tuple[str, str], ...]:
    told = []
    periods = question.periods if question else ()
    for span in sentence.found:
        if span.label in _MEANINGS:
            told.append((sentence.said(span), _MEANINGS[span.label]))
        elif span.label == "indicator":
            told.append(
                (sentence.said(span), " / ".join(sentence.lexicon.asked[code].names[0] for code in sorted(span.value)))
            )
        elif span.label == "place":
            told.append((sentence.said(span), " / ".join(small(item.full_name) for item in span.value[:3])))
        elif span.label == "period" and not span.value.trouble:
            period = span.value.period
            if len(periods) == 2 and period not in periods:  # "quý trước", told beside a quarter that was named
                period = periods[1]
            told.append((sentence.said(span), "cùng kỳ" if span.value.same else period.vi()))
    return tuple(told)
