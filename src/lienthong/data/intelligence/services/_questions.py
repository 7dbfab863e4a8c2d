"""Questions in Vietnamese: read by rule, computed from declared indicators, recorded with what was answered."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from lienthong.data.intelligence import domain, models, queries
from lienthong.data.intelligence.domain import Counted, QuestionKind
from lienthong.data.intelligence.services._models import infer
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse.domain import Indicator, Level
from lienthong.foundation.audit import services as audit
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date

QUESTIONS, PURPOSE = "question-rules", "question"
MOST_LISTED = 200
"""Places of a list that an answer shows."""
COUNTRY = "vn"
"""The country's name in addresses."""


def ask(*, text: str, allowed: Callable[[str], bool], by: str, at: datetime) -> tuple[UUID, domain.Answer]:
    """Answer a question; the id of its record, and the answer.

    :param allowed: whether the asker may see the numbers of a territory (empty: the country). What they may not see is not
        computed.
    """
    today, text = vietnam_date(at), domain.masked(" ".join(text.split()))

    def run() -> domain.Answer:
        lexicon = queries.lexicon(text=text, on=today)
        reading = domain.read_question(text, lexicon=lexicon, today=today)
        if reading.question is None:
            return domain.refused(reading, text)
        return answer_question(reading=reading, lexicon=lexicon, allowed=allowed, today=today)

    inferred, answer = infer(
        model=QUESTIONS, purpose=PURPOSE, inputs={"question": text, "today": str(today)}, run=run,
        output=lambda found: found.document(), confidence=_confidence, by=by, at=at,
    )  # fmt: skip
    return inferred.id, answer


def _confidence(answer: domain.Answer) -> float | None:
    """The share of the sentence that was understood; a slip that was mended counts half."""
    words = len(domain.words_of(answer.text))
    if not words:
        return None
    left = sum(len(domain.words_of(item)) for item in answer.left)
    return max(0.0, 1 - left / words) if answer.outcome is not domain.Outcome.REFUSED else 0.0


def answer_question(
    *, reading: domain.Reading, lexicon: domain.Lexicon, allowed: Callable[[str], bool], today: date
) -> domain.Answer:
    """Compute the answer to a question that was understood."""
    question = reading.question
    meant = domain.meant(question, lexicon, today)
    if denied := [place for place in _needed(question, lexicon) if not allowed(place)]:
        where = ", ".join(lexicon.where(place) for place in denied)
        return domain.Answer(
            domain.Outcome.FORBIDDEN, reading.text, f"Bạn chưa được giao quyền xem số liệu của: {where}.",
            f"You have no authority to see the numbers of: {where}.", meant=meant, understood=reading.understood, question=question,
        )  # fmt: skip
    indicator = warehouse.indicator(code=question.indicators[0])
    scene = domain.Scene(
        question, lexicon, today, indicator.unit, indicator.digits, indicator.direction == "up", _notes(reading, today)
    )
    told = _COMPUTED[question.kind](scene, indicator, reading)
    if told is None:
        return domain.Answer(
            domain.Outcome.REFUSED, reading.text, "Chưa có số liệu nào được giữ cho câu hỏi này.",
            "No numbers are held for this question.", meant=meant, notes=tuple(scene.notes), understood=reading.understood,
            question=question,
        )  # fmt: skip
    (vi, en), figures, places = told
    return domain.Answer(
        domain.Outcome.ANSWERED, reading.text, vi, en, meant=meant, notes=tuple(scene.notes), figures=tuple(figures),
        chart=question.kind in (QuestionKind.TREND, QuestionKind.RANK, QuestionKind.FORECAST),
        links=tuple(
            (lexicon.asked[code].names[0], _address(code, question.territories[0])) for code in question.indicators
        ),
        understood=reading.understood, as_of=queries.as_of(code=question.indicators[0]), question=question,
        sql=domain.sql(question, territories=places, scale=indicator.scale, ratio=indicator.denominator is not None),
    )  # fmt: skip


def _needed(question: domain.Question, lexicon: domain.Lexicon) -> Sequence[str]:
    """The territories whose numbers an answer shows; of a ranking, the one that holds all that are ranked."""
    if question.kind is QuestionKind.POSITION:
        place = lexicon.place[question.territories[0]]
        return [place.parent]
    return question.territories


def _address(code: str, place: str) -> str:
    return f"/indicators/{code}/{place or COUNTRY}"


def _notes(reading: domain.Reading, today: date) -> list[domain.Both]:
    notes: list[domain.Both] = []
    for former, into in reading.formers:
        successor = next(item for item in reading.lexicon.places if item.code == into) if reading.lexicon else None
        name = domain.small(successor.full_name) if successor else into
        notes.append((
            f"{former.full_name} không còn là đơn vị hành chính từ {domain.day(former.since)} ({former.decree}), nay thuộc {name}. Số dưới "
            f"đây là của toàn bộ {name}, không riêng phần {former.name} cũ, vì số liệu chỉ giữ theo đơn vị hiện hành.",
            f"{former.full_name} is no more since {domain.day(former.since)} ({former.decree}); it became part of {name}. The numbers "
            f"are those of the whole of {name}, as numbers are kept by today's units only.",
        ))  # fmt: skip
    for written, read in reading.slips:
        notes.append((f"Đã hiểu “{written}” là “{read}”.", f"“{written}” was read as “{read}”."))
    if "country" in reading.assumed:
        notes.append(("Câu hỏi không nêu địa bàn: lấy cả nước.", "No place was named: the whole country is meant."))
    if (
        "all_time" in reading.assumed
        and reading.lexicon
        and reading.lexicon.asked[reading.question.indicators[0]].dated
    ):
        notes.append((
            "Câu hỏi không nêu kỳ: lấy toàn bộ số liệu đến nay, như trên bảng điều hành.",
            "No period was named: all the time there is, as on the boards.",
        ))  # fmt: skip
    if "year" in reading.assumed:
        notes.append(("Câu hỏi không nêu kỳ: lấy 12 tháng gần nhất.", "No period was named: the last 12 months."))
    return notes


# --- computing ----------------------------------------------------------------------------------------------------------

Told = tuple[domain.Both, list[domain.Shown], Sequence[str]] | None
"""The sentences, the numbers, the places that were counted."""


def _counted(
    indicator: Indicator, places: Sequence[str], periods: Sequence[domain.Period]
) -> dict[tuple[str, domain.Period], Counted]:
    sums = queries.sums(indicator=indicator, territories=places, periods=periods)
    found = {}
    for place in places:
        for period in periods:
            numerator, denominator = sums.get((place, period), (None, None))
            value = None if numerator is None else indicator.value(numerator, denominator, 1)
            shown = denominator if indicator.denominator is not None else None
            found[place, period] = Counted(place, period, value, numerator, shown)
    return found


def _since(scene: domain.Scene, indicator: Indicator) -> None:
    """Says it where the numbers begin only within the period."""
    first = queries.told_since(indicator=indicator)
    months = [month for period in scene.question.periods for month in period.months]
    if first and months and min(months) < first:
        since = domain.Period(first, first)
        scene.notes.append((
            f"Số liệu của chỉ tiêu này chỉ có từ {since.vi()}; các tháng trước đó không được tính.",
            f"The numbers of this indicator begin in {since.en()}; months before are not in it.",
        ))  # fmt: skip


def _value(scene: domain.Scene, indicator: Indicator, reading: domain.Reading) -> Told:
    question = scene.question
    period, place = question.periods[0], question.territories[0]
    sentences, figures = [], []
    for code in question.indicators:
        of = indicator if code == indicator.code else warehouse.indicator(code=code)
        one = replace(
            scene,
            question=replace(question, indicators=(code,)),
            unit=of.unit,
            digits=of.digits,
            up=of.direction == "up",
        )
        item = _counted(of, [place], [period])[place, period]
        if item.value is None:
            continue
        _since(one, of)
        holds = _holds(question.limit, of, item.value) if question.limit else None
        sentences.append(domain.tell_value(one, item, holds))
        label = f"{one.name}, {scene.where(place)[0]}, {scene.period(period)[0]}"
        figures.append(one.shown(item, (label, label), href=_address(code, place)))
    if len(sentences) < len(question.indicators):
        return None
    both = (" ".join(vi for vi, _ in sentences), " ".join(en for _, en in sentences))
    return both, figures, [place]


def _holds(limit: domain.Limit, indicator: Indicator, value: Decimal) -> bool:
    if limit.level:
        level = indicator.level(value)
        return level is Level.RED or (limit.level == "amber" and level is Level.AMBER)
    return limit.than.holds(value, limit.value)


def _periods(scene: domain.Scene, indicator: Indicator, reading: domain.Reading) -> Told:
    place, (base, other) = scene.question.territories[0], scene.question.periods
    over: list[domain.Period] = []
    unfinished = base if scene.unfinished(base) else other if scene.unfinished(other) else None
    if unfinished and unfinished.months and (part := unfinished.finished_part(scene.today)):
        gap = len(part.months) - 1
        matching = [domain.Period(item.first, item.months[gap]) for item in (base, other)]
        over = matching
    found = _counted(indicator, [place], [base, other, *over])
    whole = [found[place, base], found[place, other]]
    if all(item.value is None for item in whole):
        return None
    _since(scene, indicator)
    parts = [found[place, item] for item in over]
    figures = [scene.shown(item, scene.period(item.period)) for item in (*whole, *parts)]
    return domain.tell_periods(scene, whole, parts), figures, [place]


def _places(scene: domain.Scene, indicator: Indicator, reading: domain.Reading) -> Told:
    places, period = scene.question.territories, scene.question.periods[0]
    found = _counted(indicator, places, [period])
    items = [found[place, period] for place in places]
    if all(item.value is None for item in items):
        return None
    _since(scene, indicator)
    figures = [scene.shown(item, scene.where(item.place), href=_address(indicator.code, item.place)) for item in items]
    return domain.tell_places(scene, items), figures, places


def _members(scene: domain.Scene, indicator: Indicator, parent: str) -> tuple[domain.Scene, list[Counted]]:
    """All places of a level within a place, with what they count; and the scene that knows their names."""
    question = scene.question
    codes = [unit.code for unit in queries.units_in(among=question.among, parent=parent, on=scene.today)]
    found = _counted(indicator, codes, question.periods[:1])
    _since(scene, indicator)
    return scene, [found[code, question.periods[0]] for code in codes]


def _named(scene: domain.Scene, items: Sequence[Counted]) -> domain.Scene:
    """The scene, with the names of some places more."""
    lexicon = queries.with_places(scene.lexicon, [item.place for item in items], scene.today)
    return replace(scene, lexicon=lexicon)


def _rank(scene: domain.Scene, indicator: Indicator, reading: domain.Reading) -> Told:
    question = scene.question
    scene, members = _members(scene, indicator, question.territories[0])
    ranked = domain.ranked(members, question.order, up=scene.up)
    if not ranked:
        return None
    shown = [(rank, item) for rank, item in ranked if rank <= question.top][:MOST_LISTED]
    scene = _named(scene, [item for _, item in shown])
    figures = [
        scene.shown(item, scene.where(item.place), place=rank, href=_address(indicator.code, item.place))
        for rank, item in shown
    ]
    told = domain.tell_rank(scene, shown, len(ranked), len(members) - len(ranked))
    return told, figures, [item.place for item in members]


def _position(scene: domain.Scene, indicator: Indicator, reading: domain.Reading) -> Told:
    place = scene.question.territories[0]
    scene, members = _members(scene, indicator, scene.lexicon.place[place].parent)
    ranked = domain.ranked(members, domain.Order.BEST, up=scene.up)
    mine = next(((rank, item) for rank, item in ranked if item.place == place), None)
    if mine is None:
        return None
    near = [(rank, item) for rank, item in ranked if abs(rank - mine[0]) <= 2 or rank <= 1][:12]
    scene = _named(scene, [item for _, item in near])
    figures = [
        scene.shown(item, scene.where(item.place), place=rank, href=_address(indicator.code, item.place))
        for rank, item in near
    ]
    told = domain.tell_position(scene, *mine, len(ranked), len(members) - len(ranked))
    return told, figures, [item.place for item in members]


def _beyond(scene: domain.Scene, indicator: Indicator, reading: domain.Reading) -> Told:
    question = scene.question
    scene, members = _members(scene, indicator, question.territories[0])
    ranked = domain.ranked(members, domain.Order.WORST, up=scene.up)
    if not ranked:
        return None
    beyond = [item for _, item in ranked if _holds(question.limit, indicator, item.value)]
    scene = _named(scene, beyond[:MOST_LISTED])
    figures = [
        scene.shown(item, scene.where(item.place), href=_address(indicator.code, item.place))
        for item in beyond[:MOST_LISTED]
    ]
    told = domain.tell_beyond(scene, beyond, len(ranked), len(members) - len(ranked))
    return told, figures, [item.place for item in members]


def _trend(scene: domain.Scene, indicator: Indicator, reading: domain.Reading) -> Told:
    place, period = scene.question.territories[0], scene.question.periods[0]
    months = [domain.Period(month, month) for month in period.months if month <= f"{scene.today:%Y-%m}"]
    found = _counted(indicator, [place], months)
    items = [found[place, month] for month in months]
    while items and items[0].value is None:
        items = items[1:]
    if not items:
        return None
    _since(scene, indicator)
    figures = [scene.shown(item, scene.period(item.period)) for item in items]
    return domain.tell_trend(scene, items), figures, [place]


def _forecast(scene: domain.Scene, indicator: Indicator, reading: domain.Reading) -> Told:
    place = scene.question.territories[0]
    monday = scene.today - timedelta(days=scene.today.weekday()) + timedelta(days=7)
    told = queries.newest_expectations(indicator=indicator.code, territory=place)
    item = next((item for item in told if item.week == monday), None)
    if item is None:
        return None
    where, week = scene.where(place), domain.day(monday)

    def said(value: float, language: str) -> str:
        return scene.value(Decimal(str(value)), language)

    vi = (
        f"Dự báo {domain.small_name(scene.name)} của {where[0]}, tuần từ {week}: {said(item.point, 'vi')}, trong khoảng "
        f"{said(item.low, 'vi')} đến {said(item.high, 'vi')} với xác suất 90 %, theo số liệu biết đến hết {domain.day(item.origin)}."
    )
    en = (
        f"{scene.name_en}, {where[1]}, week of {week}: {said(item.point, 'en')} expected, between {said(item.low, 'en')} and "
        f"{said(item.high, 'en')} with 90 % probability, by what was known up to {domain.day(item.origin)}."
    )
    figures = [
        domain.Shown(
            f"tuần từ {domain.day(each.week)}", f"week of {domain.day(each.week)}", Decimal(str(each.point)), scene.unit, scene.digits,
            low=Decimal(str(each.low)), high=Decimal(str(each.high)),
        )
        for each in told
        if each.week >= monday
    ]  # fmt: skip
    return (vi, en), figures, [place]


def _why(scene: domain.Scene, indicator: Indicator, reading: domain.Reading) -> Told:
    place = scene.question.territories[0]
    if len(place) > 2 or "week" not in scene.lexicon.asked[indicator.code].every:
        scene.notes.append((
            "Nguyên nhân không được giữ; chỉ phân rã được thay đổi của cả nước theo tỉnh và của tỉnh theo xã, với chỉ tiêu theo tuần.",
            "Causes are not held; only changes of the country by province and of a province by commune can be taken apart.",
        ))  # fmt: skip
        return None
    inside = directory.units(level="commune" if place else "province", parent=place, on=scene.today)
    found = queries.drivers(code=indicator.code, territories=[unit.code for unit in inside])
    if found is None:
        return None
    names = {unit.code: domain.small(unit.full_name) for unit in inside}
    digits = max(1, scene.digits)
    unit = "điểm phần trăm" if scene.unit == "%" else scene.unit
    unit_en = "percentage points" if scene.unit == "%" else scene.unit
    figures = [
        domain.Shown(
            names.get(item.member, f"{item.members} nơi khác"), names.get(item.member, f"{item.members} others"),
            Decimal(str(item.total)), unit, max(2, digits),
            href=_address(indicator.code, item.member) if item.member else "",
        )
        for item in found.drivers
    ]  # fmt: skip
    last = queries.last_full_week()
    moved = Decimal(str(found.after)) - Decimal(str(found.before))
    where = scene.where(place)
    vi = (
        f"{scene.name} của {where[0]}: {scene.value(Decimal(str(found.before)), 'vi')} trong bốn tuần trước đó, "
        f"{scene.value(Decimal(str(found.after)), 'vi')} trong bốn tuần đến hết {domain.day(last + timedelta(days=6))} "
        f"({domain.number(moved, 'vi', digits, unit, signed=True)})."
    )
    en = (
        f"{scene.name_en}, {where[1]}: {scene.value(Decimal(str(found.before)), 'en')} in the four weeks before, "
        f"{scene.value(Decimal(str(found.after)), 'en')} in the four weeks up to {domain.day(last + timedelta(days=6))} "
        f"({domain.number(moved, 'en', digits, unit_en, signed=True)})."
    )
    for sign, words in ((1, ("Kéo lên nhiều nhất", "Most upward")), (-1, ("Kéo xuống nhiều nhất", "Most downward"))):
        most = max((item for item in found.drivers if item.member), key=lambda item: sign * item.total, default=None)
        if most and most.total * sign > 0:
            part = Decimal(str(most.total))
            vi += f" {words[0]}: {names[most.member]} ({domain.number(part, 'vi', 2, unit, signed=True)})."
            en += f" {words[1]}: {names[most.member]} ({domain.number(part, 'en', 2, unit_en, signed=True)})."
    if reading.claimed and reading.claimed * moved <= 0:
        vi = f"Câu hỏi cho rằng chỉ tiêu {'tăng' if reading.claimed > 0 else 'giảm'}, nhưng số liệu không như vậy. {vi}"
        en = f"The question takes a {'rise' if reading.claimed > 0 else 'fall'} for granted, which there was not. {en}"
    scene.notes.append((
        "Đây là phần của từng nơi trong thay đổi, cộng lại đúng bằng thay đổi; không phải nguyên nhân quản lý, điều không được giữ.",
        "These are the parts that places have in the change, and add up to it; why a place changed is not held.",
    ))  # fmt: skip
    return (vi, en), figures, [place]


_COMPUTED: dict[QuestionKind, Callable[[domain.Scene, Indicator, domain.Reading], Told]] = {
    QuestionKind.VALUE: _value, QuestionKind.PERIODS: _periods, QuestionKind.PLACES: _places, QuestionKind.RANK: _rank,
    QuestionKind.POSITION: _position, QuestionKind.BEYOND: _beyond, QuestionKind.TREND: _trend,
    QuestionKind.FORECAST: _forecast, QuestionKind.WHY: _why,
}  # fmt: skip


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
