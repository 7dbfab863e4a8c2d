"""The sentences that say what numbers are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lienthong.data.intelligence.domain._answers import Both, Shown, day, number
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


@dataclass(frozen=True)
class Counted:
    """A place in a period: its sums and value. Without a value nothing is known, or it is withheld."""

    place: str
    period: Period
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    withheld: bool = False
    """Whether it is not for this reader's eyes, because few people are behind it or it would tell of such a number."""


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

    def told(self, item: Counted, language: str) -> str:
        if item.withheld:
            return "không hiển thị" if language == "vi" else "withheld"
        return self.value(item.value, language)

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
            *label, item.value, self.unit, self.digits, item.numerator, item.denominator, place=place, href=href,
            withheld=item.withheld,
        )  # fmt: skip

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
        parent = lexicon.place[question.territories[0]].parent
        vi.append(f"{where} giữa các {LEVELS[question.among][0]} của {lexicon.where(parent)}")
        en.append(
            f"{where} among the {LEVELS[question.among][1]} of {lexicon.where(parent) if parent else 'the country'}"
        )
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


def tell_value(scene: Scene, item: Counted, holds: bool | None) -> Both:
    where, when = scene.where(item.place), scene.period(item.period)
    vi = f"{scene.name} của {where[0]}, {when[0]}: {scene.told(item, 'vi')}."
    en = f"{scene.name_en}, {where[1]}, {when[1]}: {scene.told(item, 'en')}."
    if holds is not None and scene.question.limit:
        words = said_limit(scene.question.limit, scene.unit)
        vi = f"{'Có' if holds else 'Không'}: {vi[:-1]} ({'' if holds else 'không '}{words[0]})."
        en = f"{'Yes' if holds else 'No'}: {en[:-1]} ({'' if holds else 'not '}{words[1]})."
    return (vi, en)


def tell_periods(scene: Scene, whole: Sequence[Counted], over: Sequence[Counted]) -> Both:
    """Two periods beside each other, in the order they were named; what changed is told from the earlier one on. An unfinished
    one is compared only in its months that are over; where there is none, or something is not known, nothing is subtracted."""
    where = scene.where(whole[0].place)
    head = (f"{scene.name} của {where[0]}: ", f"{scene.name_en}, {where[1]}: ")
    said = [
        "; ".join(f"{scene.period(item.period)[number_]} {scene.told(item, language)}" for item in whole)
        for number_, language in ((0, "vi"), (1, "en"))
    ]
    unfinished = any(scene.unfinished(item.period) for item in whole)
    pair = over if unfinished else whole
    if len(pair) == 2 and pair[0].value is not None and pair[1].value is not None:
        before, after = sorted(pair, key=lambda item: item.period.begins)
        moved = scene.change(before.value, after.value)
        if not unfinished:
            return (f"{head[0]}{said[0]}: {moved[0]}.", f"{head[1]}{said[1]}: {moved[1]}.")
        a, b = pair
        vi = (
            f"{said[0]}. Kỳ chưa hết nên chỉ so phần các tháng đã hết: {a.period.vi()} "
            f"{scene.value(a.value, 'vi')}, {b.period.vi()} "
            f"{scene.value(b.value, 'vi')}: {moved[0]}."
        )
        en = (
            f"{said[1]}. As the period is not over, only its months that are over are compared: {a.period.en()} "
            f"{scene.value(a.value, 'en')}, {b.period.en()} {scene.value(b.value, 'en')}: {moved[1]}."
        )
        return (head[0] + vi, head[1] + en)
    if unfinished:
        why = (
            "Chưa so được: kỳ này chưa hết, và số liệu giữ theo tháng, theo tuần nên không lấy được đúng phần "
            "tương ứng của kỳ kia.",
            "Not compared: this period is not over, and as numbers are kept by month and week the same part of the other one "
            "cannot be had exactly.",
        )
    else:
        why = ("Chưa so được vì thiếu số liệu của một kỳ.", "Not compared: one of them has no number to show.")
    return (f"{head[0]}{said[0]}. {why[0]}", f"{head[1]}{said[1]}. {why[1]}")


def tell_places(scene: Scene, items: Sequence[Counted]) -> Both:
    when = scene.period(items[0].period)
    known = sorted((item for item in items if item.value is not None), key=lambda item: -item.value)
    vi = "; ".join(f"{scene.where(item.place)[0]} {scene.told(item, 'vi')}" for item in items)
    en = "; ".join(f"{scene.where(item.place)[1]} {scene.told(item, 'en')}" for item in items)
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


@dataclass(frozen=True)
class Members:
    """The places of a level: those whose value is known to the reader, and how many are not among them."""

    items: tuple[Counted, ...]

    @property
    def known(self) -> int:
        return sum(item.value is not None for item in self.items)

    def note(self, scene: Scene) -> None:
        """Say how many have no number, and how many are withheld."""
        withheld = sum(item.withheld for item in self.items)
        unknown = len(self.items) - self.known - withheld
        if unknown:
            scene.notes.append((
                f"{unknown} nơi chưa có số liệu trong kỳ, không được xếp.",
                f"{unknown} places have no data; they are left out.",
            ))  # fmt: skip
        if withheld:
            scene.notes.append((
                f"{withheld} nơi có số không được hiển thị để bảo vệ thông tin cá nhân, không được xếp và không được đếm.",
                f"{withheld} places whose numbers are withheld to protect personal data are left out.",
            ))  # fmt: skip


def tell_rank(scene: Scene, shown: Sequence[tuple[int, Counted]], members: Members) -> Both:
    question = scene.question
    when, order = scene.period(question.periods[0]), ORDERS[question.order]
    level, among = LEVELS[question.among], members.known
    vi = "; ".join(f"{rank}. {scene.where(item.place)[0]} {scene.told(item, 'vi')}" for rank, item in shown[:10])
    en = "; ".join(f"{rank}. {scene.where(item.place)[1]} {scene.told(item, 'en')}" for rank, item in shown[:10])
    vi = f"{scene.name} {order[0]} trong {among} {level[0]} có số liệu, {when[0]}: {vi}."
    en = f"{scene.name_en}, {order[1]} among {among} {level[1]} with data, {when[1]}: {en}."
    if len(shown) > question.top:
        scene.notes.append((
            "Có nơi đồng hạng nên danh sách dài hơn số được hỏi.", "Some places share a rank, so the list is longer.",
        ))  # fmt: skip
    members.note(scene)
    return (vi, en)


def tell_position(scene: Scene, rank: int, item: Counted, members: Members) -> Both:
    where, when = scene.where(item.place), scene.period(item.period)
    level, among = LEVELS[scene.question.among], members.known
    parent = scene.lexicon.place[item.place].parent
    level = tuple(
        f"{word} {of} {there}" for word, of, there in zip(level, ("của", "of"), scene.where(parent), strict=True)
    )
    members.note(scene)
    return (
        f"{scene.name}, {when[0]}: {where[0]} đứng thứ {rank} trong {among} {level[0]} có số liệu (thứ 1 là tốt nhất), "
        f"với {scene.told(item, 'vi')}.",
        f"{scene.name_en}, {when[1]}: {where[1]} is number {rank} of {among} {level[1]} with data (1 is the best), with "
        f"{scene.told(item, 'en')}.",
    )


def tell_beyond(scene: Scene, beyond: Sequence[Counted], members: Members) -> Both:
    when, level = scene.period(scene.question.periods[0]), LEVELS[scene.question.among]
    words = said_limit(scene.question.limit, scene.unit)
    members.note(scene)
    return (
        f"{len(beyond)} trong {members.known} {level[0]} có số liệu có {small_name(scene.name)} {words[0]}, {when[0]}.",
        f"{len(beyond)} of {members.known} {level[1]} with data: {scene.name_en} {words[1]}, {when[1]}.",
    )


def tell_trend(scene: Scene, items: Sequence[Counted]) -> Both:
    known = [item for item in items if item.value is not None]
    where = scene.where(items[0].place)
    first, last = known[0], known[-1]
    high, low = max(known, key=lambda item: item.value), min(known, key=lambda item: item.value)
    ends = [item for item in known if not scene.unfinished(item.period)]
    moved = scene.change(ends[0].value, ends[-1].value) if len(ends) > 1 else ("", "")
    until = scene.period(last.period)
    vi = f"{scene.name} của {where[0]} theo tháng, từ {first.period.vi()} đến {until[0]}"
    en = f"{scene.name_en}, {where[1]}, by month from {first.period.en()} to {until[1]}"
    if moved[0]:
        before, after = ([scene.told(item, language) for language in ("vi", "en")] for item in (ends[0], ends[-1]))
        vi += f": từ {before[0]} đến {after[0]} ở tháng đã hết gần nhất, {moved[0]}"
        en += f": from {before[1]} to {after[1]} in the last month that is over, {moved[1]}"
    top, bottom = (f"{item.period.vi()} ({scene.told(item, 'vi')})" for item in (high, low))
    top_en, bottom_en = (f"{item.period.en()} ({scene.told(item, 'en')})" for item in (high, low))
    return (f"{vi}. Cao nhất {top}, thấp nhất {bottom}.", f"{en}. Highest {top_en}, lowest {bottom_en}.")


WITHHELD: Both = (
    "Có số không được hiển thị để bảo vệ thông tin cá nhân: dựa trên dưới 5 hồ sơ, hoặc làm lộ số như vậy của "
    "nơi khác hay kỳ khác. "
    "Ai được đọc cơ sở dữ liệu nguồn thì xem được.",
    "A number is withheld to protect personal data: fewer than 5 rows stand behind it, or it would tell such a number of another "
    "place or period. Whoever may read the register sees it.",
)
