"""Answers: numbers with the sentence that says what they are, or plain words about why there are none."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from lienthong.data.intelligence.domain._periods import Period
from lienthong.data.intelligence.domain._questions import (
    LEVELS,
    ORDERS,
    THANS,
    Kind,
    Lexicon,
    Limit,
    Order,
    Question,
    small_name,
)
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

    def text(self, language: str) -> str:
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

    def document(self) -> dict[str, Any]:
        """As JSON."""
        plain = asdict(self, dict_factory=dict)
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


@dataclass(frozen=True)
class Counted:
    """A place in a period: its sums and value. Without a value nothing is known."""

    place: str
    period: Period
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@dataclass(frozen=True)
class Scene:
    """What sentences are made with: names, the day, how an indicator's numbers are written."""

    question: Question
    lexicon: Lexicon
    today: date
    unit: str
    digits: int
    up: bool
    notes: list[Both] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.lexicon.asked[self.question.indicators[0]].names[0]

    @property
    def name_en(self) -> str:
        asked = self.lexicon.asked[self.question.indicators[0]]
        return asked.english or asked.names[0]

    def where(self, code: str) -> Both:
        return (self.lexicon.where(code), self.lexicon.where(code) if code else "the whole country")

    def value(self, value: Decimal | None, language: str) -> str:
        return number(value, language, self.digits, self.unit)

    def period(self, period: Period) -> Both:
        """A period, and up to which day it is known where it is not over."""
        if period.is_all:
            return (f"tính đến {day(self.today)}", f"up to {day(self.today)}")
        if period.ends >= self.today:
            until = day(self.today)
            return (f"{period.vi()} (chưa hết, tính đến {until})", f"{period.en()} (not over, up to {until})")
        return (period.vi(), period.en())

    def unfinished(self, period: Period) -> bool:
        return not period.is_all and period.ends >= self.today

    def shown(self, item: Counted, label: Both, *, place: int = 0, href: str = "") -> Shown:
        return Shown(
            label[0],
            label[1],
            item.value,
            self.unit,
            self.digits,
            item.numerator,
            item.denominator,
            place=place,
            href=href,
        )

    def change(self, before: Decimal, after: Decimal) -> Both:
        """What became of a number, in words: points for per cent."""
        rounded = round(after, self.digits) - round(before, self.digits)
        if not rounded:
            return ("gần như không đổi", "hardly changed")
        of_percent = self.unit == "%"
        size = abs(rounded)
        vi = number(size, "vi", self.digits, "điểm phần trăm" if of_percent else self.unit)
        en = number(size, "en", self.digits, "percentage points" if of_percent else self.unit)
        if not of_percent and before:
            share = 100 * (after - before) / abs(before)
            vi, en = (
                f"{vi} ({number(share, 'vi', 1, '%', signed=True)})",
                f"{en} ({number(share, 'en', 1, '%', signed=True)})",
            )
        return (f"{'tăng' if rounded > 0 else 'giảm'} {vi}", f"{'up' if rounded > 0 else 'down'} {en}")


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def meant(question: Question, lexicon: Lexicon, today: date) -> Both:
    """The question as it was understood, part by part."""
    asked = [lexicon.asked[code] for code in question.indicators]
    names = ", ".join(f"“{item.names[0]}”" for item in asked)
    names_en = ", ".join(f"“{item.english or item.names[0]}”" for item in asked)
    dated = lexicon.asked[question.indicators[0]].dated
    when = " và ".join(period.vi() if dated else "hiện nay" for period in question.periods)
    when_en = " and ".join(period.en() if dated else "now" for period in question.periods)
    where = ", ".join(lexicon.where(code) for code in question.territories)
    kinds = {
        Kind.VALUE: ("giá trị", "value"), Kind.PERIODS: ("so sánh hai kỳ", "two periods compared"),
        Kind.PLACES: ("so sánh địa bàn", "places compared"), Kind.RANK: ("xếp hạng", "ranking"),
        Kind.POSITION: ("thứ hạng", "position"), Kind.BEYOND: ("đếm nơi theo giới hạn", "places beyond a limit"),
        Kind.TREND: ("diễn biến theo tháng", "by month"), Kind.FORECAST: ("dự báo tuần tới", "forecast of next week"),
        Kind.WHY: ("phân rã thay đổi bốn tuần", "what moved it in four weeks"),
    }  # fmt: skip
    vi, en = [f"{kinds[question.kind][0]} của chỉ tiêu {names}"], [f"{kinds[question.kind][1]} of {names_en}"]
    if question.kind is Kind.POSITION:
        vi.append(f"{where} giữa các {LEVELS[question.among][0]}")
        en.append(f"{where} among the {LEVELS[question.among][1]}")
    elif question.among:
        vi.append(f"giữa các {LEVELS[question.among][0]} của {where}")
        en.append(f"among the {LEVELS[question.among][1]} of {where}")
    else:
        vi.append(f"địa bàn: {where}")
        en.append(f"places: {where}")
    if question.order:
        vi.append(f"{question.top} nơi {ORDERS[question.order][0]}")
        en.append(f"the {question.top} {ORDERS[question.order][1]}")
    if question.limit:
        words = said_limit(question.limit, lexicon.asked[question.indicators[0]].unit)
        vi.append(words[0])
        en.append(words[1])
    if question.kind not in (Kind.FORECAST, Kind.WHY):
        vi.append(f"kỳ: {when}")
        en.append(f"period: {when_en}")
    return ("; ".join(vi), "; ".join(en))


def said_limit(limit: Limit, unit: str = "") -> Both:
    if limit.level:
        return (
            ("ở mức đỏ", "red")
            if limit.level == "red"
            else ("chưa đạt ngưỡng (mức chú ý hoặc đỏ)", "beyond its threshold")
        )
    digits = max(0, -limit.value.normalize().as_tuple().exponent)
    vi, en = THANS[limit.than]
    return (f"{vi} {number(limit.value, 'vi', digits, unit)}", f"{en} {number(limit.value, 'en', digits, unit)}")


# --- sentences --------------------------------------------------------------------------------------------------------


def tell_value(scene: Scene, item: Counted, holds: bool | None) -> Both:
    where, when = scene.where(item.place), scene.period(item.period)
    vi = f"{scene.name} của {where[0]}, {when[0]}: {scene.value(item.value, 'vi')}."
    en = f"{scene.name_en}, {where[1]}, {when[1]}: {scene.value(item.value, 'en')}."
    if holds is not None and scene.question.limit:
        words = said_limit(scene.question.limit, scene.unit)
        vi = f"{'Có' if holds else 'Không'}: {vi[:-1]} ({'' if holds else 'không '}{words[0]})."
        en = f"{'Yes' if holds else 'No'}: {en[:-1]} ({'' if holds else 'not '}{words[1]})."
    return (vi, en)


def tell_periods(scene: Scene, whole: Sequence[Counted], over: Sequence[Counted]) -> Both:
    """Two periods beside each other. An unfinished one is compared only in its months that are over; where there is none, or
    something is not known, nothing is subtracted."""
    where = scene.where(whole[0].place)
    head = (f"{scene.name} của {where[0]}: ", f"{scene.name_en}, {where[1]}: ")
    said = [
        "; ".join(f"{scene.period(item.period)[number_]} {scene.value(item.value, language)}" for item in whole)
        for number_, language in ((0, "vi"), (1, "en"))
    ]
    unfinished = any(scene.unfinished(item.period) for item in whole)
    pair = over if unfinished else whole
    if len(pair) == 2 and pair[0].value is not None and pair[1].value is not None:
        moved = scene.change(pair[1].value, pair[0].value)
        if not unfinished:
            return (f"{head[0]}{said[0]}: {moved[0]}.", f"{head[1]}{said[1]}: {moved[1]}.")
        a, b = pair
        vi = (
            f"{said[0]}. Kỳ chưa hết nên chỉ so phần các tháng đã hết: {a.period.vi()} {scene.value(a.value, 'vi')}, {b.period.vi()} "
            f"{scene.value(b.value, 'vi')}: {moved[0]}."
        )
        en = (
            f"{said[1]}. As the period is not over, only its months that are over are compared: {a.period.en()} "
            f"{scene.value(a.value, 'en')}, {b.period.en()} {scene.value(b.value, 'en')}: {moved[1]}."
        )
        return (head[0] + vi, head[1] + en)
    if unfinished:
        why = (
            "Chưa so được: kỳ này chưa hết, và số liệu giữ theo tháng, theo tuần nên không lấy được đúng phần tương ứng của kỳ kia.",
            "Not compared: this period is not over, and as numbers are kept by month and week the same part of the other one "
            "cannot be had exactly.",
        )
    else:
        why = ("Chưa so được vì thiếu số liệu của một kỳ.", "Not compared: one of them has no data.")
    return (f"{head[0]}{said[0]}. {why[0]}", f"{head[1]}{said[1]}. {why[1]}")


def tell_places(scene: Scene, items: Sequence[Counted]) -> Both:
    when = scene.period(items[0].period)
    known = sorted((item for item in items if item.value is not None), key=lambda item: -item.value)
    vi = "; ".join(f"{scene.where(item.place)[0]} {scene.value(item.value, 'vi')}" for item in items)
    en = "; ".join(f"{scene.where(item.place)[1]} {scene.value(item.value, 'en')}" for item in items)
    vi, en = f"{scene.name}, {when[0]}: {vi}.", f"{scene.name_en}, {when[1]}: {en}."
    if len(known) > 1:
        first, last = known[0], known[-1]
        if first.value == last.value:
            return (f"{vi} Các nơi bằng nhau.", f"{en} They are equal.")
        gap = scene.change(last.value, first.value)
        gap_vi, gap_en = gap[0].removeprefix("tăng "), gap[1].removeprefix("up ")
        vi += f" Cao nhất: {scene.where(first.place)[0]}, hơn {scene.where(last.place)[0]} {gap_vi}."
        en += f" Highest: {scene.where(first.place)[1]}, {gap_en} above {scene.where(last.place)[1]}."
    return (vi, en)


def ranked(items: Sequence[Counted], order: Order, *, up: bool) -> list[tuple[int, Counted]]:
    """Known values in an order, each with its rank; equal ones share a rank."""
    falling = order is Order.HIGHEST or (order is Order.BEST and up) or (order is Order.WORST and not up)
    known = sorted(
        (item for item in items if item.value is not None),
        key=lambda item: (-item.value if falling else item.value, item.place),
    )
    result: list[tuple[int, Counted]] = []
    for number_, item in enumerate(known, 1):
        same = result and result[-1][1].value == item.value
        result.append((result[-1][0] if same else number_, item))
    return result


def tell_rank(scene: Scene, shown: Sequence[tuple[int, Counted]], among: int, unknown: int) -> Both:
    question = scene.question
    when, order = scene.period(question.periods[0]), ORDERS[question.order]
    level = LEVELS[question.among]
    vi = "; ".join(f"{rank}. {scene.where(item.place)[0]} {scene.value(item.value, 'vi')}" for rank, item in shown[:10])
    en = "; ".join(f"{rank}. {scene.where(item.place)[1]} {scene.value(item.value, 'en')}" for rank, item in shown[:10])
    vi = f"{scene.name} {order[0]} trong {among} {level[0]} có số liệu, {when[0]}: {vi}."
    en = f"{scene.name_en}, {order[1]} among {among} {level[1]} with data, {when[1]}: {en}."
    if len(shown) > question.top:
        scene.notes.append(
            ("Có nơi đồng hạng nên danh sách dài hơn số được hỏi.", "Some places share a rank, so the list is longer.")
        )
    _of_unknown(scene, unknown)
    return (vi, en)


def tell_position(scene: Scene, rank: int, item: Counted, among: int, unknown: int) -> Both:
    where, when = scene.where(item.place), scene.period(item.period)
    level = LEVELS[scene.question.among]
    _of_unknown(scene, unknown)
    return (
        f"{scene.name}, {when[0]}: {where[0]} đứng thứ {rank} trong {among} {level[0]} có số liệu (thứ 1 là tốt nhất), "
        f"với {scene.value(item.value, 'vi')}.",
        f"{scene.name_en}, {when[1]}: {where[1]} is number {rank} of {among} {level[1]} with data (1 is the best), with "
        f"{scene.value(item.value, 'en')}.",
    )


def tell_beyond(scene: Scene, beyond: Sequence[Counted], among: int, unknown: int) -> Both:
    when, level = scene.period(scene.question.periods[0]), LEVELS[scene.question.among]
    words = said_limit(scene.question.limit, scene.unit)
    _of_unknown(scene, unknown)
    return (
        f"{len(beyond)} trong {among} {level[0]} có số liệu có {small_name(scene.name)} {words[0]}, {when[0]}.",
        f"{len(beyond)} of {among} {level[1]} with data: {scene.name_en} {words[1]}, {when[1]}.",
    )


def _of_unknown(scene: Scene, unknown: int) -> None:
    if unknown:
        scene.notes.append(
            (
                f"{unknown} nơi chưa có số liệu trong kỳ, không được xếp.",
                f"{unknown} places have no data; they are left out.",
            )
        )


def tell_trend(scene: Scene, items: Sequence[Counted]) -> Both:
    known = [item for item in items if item.value is not None]
    where = scene.where(items[0].place)
    first, last = known[0], known[-1]
    high, low = max(known, key=lambda item: item.value), min(known, key=lambda item: item.value)
    ends = [item for item in known if not scene.unfinished(item.period)]
    moved = scene.change(ends[0].value, ends[-1].value) if len(ends) > 1 else ("", "")
    vi = f"{scene.name} của {where[0]} theo tháng, từ {first.period.vi()} đến {scene.period(last.period)[0]}"
    en = f"{scene.name_en}, {where[1]}, by month from {first.period.en()} to {scene.period(last.period)[1]}"
    if moved[0]:
        vi += f": từ {scene.value(ends[0].value, 'vi')} đến {scene.value(ends[-1].value, 'vi')} ở tháng đã hết gần nhất, {moved[0]}"
        en += f": from {scene.value(ends[0].value, 'en')} to {scene.value(ends[-1].value, 'en')} in the last month that is over, {moved[1]}"
    vi += f". Cao nhất {high.period.vi()} ({scene.value(high.value, 'vi')}), thấp nhất {low.period.vi()} ({scene.value(low.value, 'vi')})."
    en += f". Highest {high.period.en()} ({scene.value(high.value, 'en')}), lowest {low.period.en()} ({scene.value(low.value, 'en')})."
    return (vi, en)


# --- where there is no number -----------------------------------------------------------------------------------------

PROBLEMS: Mapping[Problem, Both] = {
    Problem.EMPTY: ("Hãy nhập câu hỏi.", "Type a question."),
    Problem.TOO_LONG: ("Câu hỏi quá dài; hãy hỏi một ý trong một câu.", "The question is too long; ask one thing at a time."),
    Problem.WORDS: ("Tôi không trả lời được câu này: có từ tôi không hiểu.", "I cannot answer this: there are words I do not understand."),
    Problem.NEGATION: (
        "Tôi không trả lời được câu này: tôi không tính được phần loại trừ hoặc phủ định.",
        "I cannot answer this: I cannot compute what is excluded or negated.",
    ),
    Problem.NO_INDICATOR: (
        "Tôi không trả lời được câu này: không có chỉ tiêu nào được khai báo khớp với điều được hỏi.",
        "I cannot answer this: no declared indicator fits what is asked.",
    ),
    Problem.WHICH_INDICATOR: ("Câu hỏi khớp chưa trọn hoặc khớp nhiều chỉ tiêu. Hỏi chỉ tiêu nào?", "Which indicator is meant?"),
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
    Problem.BY_DAY: ("Số liệu giữ theo tháng và theo tuần, không theo ngày.", "Numbers are kept by month and week, not by day."),
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
