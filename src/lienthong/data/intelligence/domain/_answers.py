"""Answers: numbers with the sentence that says what they are, or plain words about why there are none."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from lienthong.data.intelligence.domain._passages import Quote, reference
from lienthong.data.intelligence.domain._questions import Question
from lienthong.data.intelligence.domain._reading import Problem, Reading
from lienthong.kernel.errors import Refusal

Both = tuple[str, str]
"""A sentence in Vietnamese and English."""


class NoAnswer(Refusal):
    code: ClassVar[str] = "intelligence.no_answer"
    status: ClassVar[int] = 404
    vi: ClassVar[str] = "Không có câu hỏi {id} của bạn."
    en: ClassVar[str] = "There is no question {id} of yours."


class Outcome(StrEnum):
    ANSWERED = "answered"
    QUOTED = "quoted"
    """Not with a number, but with words that stand somewhere."""
    CHOOSE = "choose"
    """The asker must choose among several meanings first."""
    REFUSED = "refused"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True)
class Shown:
    """One number of an answer, with the sums it is a quotient of."""

    vi: str
    en: str
    value: Decimal | None
    unit: str = ""
    digits: int = 0
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    place: int = 0
    """Its rank; 0 where nothing is ranked."""
    href: str = ""
    withheld: bool = False

    def text(self, language: str) -> str:
        if self.withheld:
            return "không hiển thị" if language == "vi" else "withheld"
        return number(self.value, language, self.digits, self.unit)


@dataclass(frozen=True)
class Answer:
    """What is said to a question."""

    outcome: Outcome
    text: str
    """The question as it was asked, without numbers that name a person."""
    vi: str
    en: str
    meant: Both = ("", "")
    """The question as it was understood."""
    notes: tuple[Both, ...] = ()
    """What must be known to read the numbers right."""
    figures: tuple[Shown, ...] = ()
    chart: bool = False
    links: tuple[tuple[str, str], ...] = ()
    understood: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    proposed: str = ""
    """What a language model took the question for, in words; asked again as such, it is answered."""
    quiet_model: str = ""
    """Why a language model that was to help did not."""
    as_of: datetime | None = None
    question: Question | None = None
    sql: str = ""
    quotes: tuple[Quote, ...] = ()
    """Passages that answer, or stand below a refusal as related."""
    helper: UUID | None = None
    """The record of the language model that chose among them."""

    def document(self) -> dict[str, Any]:
        """As JSON; of quotes where they stand, for their words are read anew by whoever may read them then."""
        plain = asdict(replace(self, quotes=()), dict_factory=dict)
        plain |= {"quotes": [reference(quote) for quote in self.quotes], "helper": str(self.helper or "")}
        plain |= {"question": self.question.document() if self.question else None, "outcome": self.outcome.value}
        return _jsonable(plain)


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime | date) else value


def number(value: Decimal | None, language: str, digits: int, unit: str = "", *, signed: bool = False) -> str:
    """A number as the language writes it, with its unit."""
    if value is None:
        return "chưa có số liệu" if language == "vi" else "no data"
    text = f"{value:{'+' if signed else ''},.{digits}f}"
    if language == "vi":
        text = text.translate(str.maketrans(",.", ".,"))
    return f"{text} {unit}".rstrip() if unit else text


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


NOTHING_SAID: Both = (
    "Không tìm thấy đoạn nào nói về điều này trong những gì bạn được đọc.",
    "No passage about this was found in what you may read.",
)


def told_by(quotes: Sequence[Quote], text: str) -> Answer:
    """Passages as the answer to a question that is not about a number."""
    count = len(quotes)
    return Answer(
        Outcome.QUOTED, text, f"Tìm thấy {count} đoạn, trích nguyên văn.",
        f"{count} passage{'s' if count > 1 else ''} found, quoted word for word.", quotes=tuple(quotes),
    )  # fmt: skip


# --- where there is no number -----------------------------------------------------------------------------------------

PROBLEMS: Mapping[Problem, Both] = {
    Problem.EMPTY: ("Hãy nhập câu hỏi.", "Type a question."),
    Problem.TOO_LONG: (
        "Câu hỏi quá dài; hãy hỏi một ý trong một câu.",
        "The question is too long; ask one thing at a time.",
    ),
    Problem.WORDS: (
        "Tôi không trả lời được câu này: có từ tôi không hiểu.",
        "I cannot answer this: there are words I do not understand.",
    ),
    Problem.NEGATION: (
        "Tôi không trả lời được câu này: tôi không tính được phần loại trừ hoặc phủ định.",
        "I cannot answer this: I cannot compute what is excluded or negated.",
    ),
    Problem.NO_INDICATOR: (
        "Tôi không trả lời được câu này: không có chỉ tiêu nào được khai báo khớp với điều được hỏi.",
        "I cannot answer this: no declared indicator fits what is asked.",
    ),
    Problem.WHICH_INDICATOR: (
        "Câu hỏi khớp chưa trọn hoặc khớp nhiều chỉ tiêu. Hỏi chỉ tiêu nào?",
        "Which indicator is meant?",
    ),
    Problem.MEASURE: (
        "Tôi không trả lời được câu này: chỉ tiêu được khai báo không cho loại số đo được hỏi (số lượng hay tỷ lệ).",
        "I cannot answer this: the declared indicator does not give that kind of number (a count or a share).",
    ),
    Problem.WHICH_PLACE: ("Nhiều nơi có tên này. Hỏi nơi nào?", "Several places have this name. Which one is meant?"),
    Problem.NO_PLACE: ("Không có địa bàn nào như vậy hiện nay.", "There is no such place today."),
    Problem.DISTRICT: (
        "Từ 1/7/2025 không còn cấp huyện (quận, huyện, thị xã, thị trấn). Hãy hỏi theo xã, phường, đặc khu hoặc tỉnh.",
        "There is no district level since 1/7/2025. Ask about a commune or a province.",
    ),
    Problem.WHICH_PERIOD: ("Chưa rõ kỳ được hỏi. Hỏi kỳ nào?", "Which period is meant?"),
    Problem.NO_PERIOD: ("Không có kỳ nào như vậy.", "There is no such period."),
    Problem.FUTURE: (
        "Kỳ được hỏi chưa đến. Chỉ có dự báo cho tuần tới.",
        "That period has not come. There is a forecast of next week only.",
    ),
    Problem.NO_FORECAST: ("Chỉ tiêu này không được dự báo.", "This indicator is not forecast."),
    Problem.BY_DAY: (
        "Số liệu giữ theo tháng và theo tuần, không theo ngày.",
        "Numbers are kept by month and week, not by day.",
    ),
    Problem.PRESENT_ONLY: (
        "Chỉ tiêu này chỉ có số hiện nay, không có số theo kỳ.",
        "This indicator has a present value only, none by period.",
    ),
    Problem.MIXED: (
        "Tôi không trả lời được câu này: các phần của câu không ghép được thành một câu hỏi tôi tính được. Hãy hỏi từng ý.",
        "I cannot answer this: its parts do not make one question that I can compute. Ask one thing at a time.",
    ),
}  # fmt: skip


def refused(reading: Reading, text: str) -> Answer:
    """Plain words about why there is no number, and what could be asked instead."""
    vi, en = PROBLEMS[reading.problem]
    chooses = reading.problem in (Problem.WHICH_INDICATOR, Problem.WHICH_PLACE, Problem.WHICH_PERIOD)
    return Answer(
        Outcome.CHOOSE if chooses and reading.choices else Outcome.REFUSED, text, vi, en,
        understood=reading.understood, left=reading.left, choices=tuple(_clean(item) for item in reading.choices),
    )  # fmt: skip


def _clean(sentence: str) -> str:
    sentence = " ".join(sentence.split())
    return sentence[:1].upper() + sentence[1:]
