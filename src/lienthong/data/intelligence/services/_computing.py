"""The numbers of each kind of question, and the sentences that say them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from lienthong.data.intelligence import domain, queries
from lienthong.data.intelligence.domain import Counted, QuestionKind
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse.domain import Indicator, Level
from lienthong.foundation.access.queries import Rights
from lienthong.foundation.directory import queries as directory

MOST_LISTED = 200
"""Places of a list that an answer shows."""
COUNTRY = "vn"
"""The country's name in addresses."""


@dataclass(frozen=True)
class Told:
    """What is said, the numbers, and the place whose members were ranked or counted."""

    vi: str
    en: str
    figures: Sequence[domain.Shown]
    parent: str = ""


@dataclass(frozen=True)
class Work:
    """A question to be computed for a reader."""

    scene: domain.Scene
    indicator: Indicator
    reading: domain.Reading
    rights: Rights

    def counted(
        self, places: Sequence[str], periods: Sequence[domain.Period]
    ) -> dict[tuple[str, domain.Period], Counted]:
        """Places in periods, with a note where one is withheld."""
        found = queries.counted(indicator=self.indicator, territories=places, periods=periods, rights=self.rights)
        if any(item.withheld for item in found.values()):
            self.withhold()
        self._since()
        return found

    def members(self, parent: str) -> domain.Members:
        """All places of the level that is asked about within a place."""
        question = self.scene.question
        codes = [unit.code for unit in queries.units_in(among=question.among, parent=parent, on=self.scene.today)]
        found = queries.counted(
            indicator=self.indicator, territories=codes, periods=question.periods[:1], rights=self.rights
        )
        self._since()
        return domain.Members(tuple(found.values()))

    def withhold(self) -> None:
        if domain.WITHHELD not in self.scene.notes:
            self.scene.notes.append(domain.WITHHELD)

    def naming(self, items: Sequence[Counted]) -> domain.Scene:
        """The scene, with the names of some places more."""
        lexicon = queries.with_places(self.scene.lexicon, [item.place for item in items], self.scene.today)
        return replace(self.scene, lexicon=lexicon)

    def _since(self) -> None:
        """Say it where the numbers begin only within the period."""
        first = queries.told_since(indicator=self.indicator)
        months = [month for period in self.scene.question.periods for month in period.months]
        if first and months and min(months) < first:
            since = domain.Period(first, first)
            note = (
                f"Số liệu của chỉ tiêu này chỉ có từ {since.vi()}; các tháng trước đó không được tính.",
                f"The numbers of this indicator begin in {since.en()}; months before are not in it.",
            )
            if note not in self.scene.notes:
                self.scene.notes.append(note)


def compute(work: Work) -> Told | None:
    """The answer; none where no number can be shown, with the reason among the notes when numbers are withheld."""
    return _COMPUTED[work.scene.question.kind](work)


def address(code: str, place: str) -> str:
    """The page of an indicator in a place."""
    return f"/indicators/{code}/{place or COUNTRY}"


def _value(work: Work) -> Told | None:
    scene = work.scene
    period, place = scene.question.periods[0], scene.question.territories[0]
    sentences, figures = [], []
    for code in scene.question.indicators:
        of = warehouse.indicator(code=code)
        one = replace(
            scene, question=replace(scene.question, indicators=(code,)), unit=of.unit, digits=of.digits, up=of.direction == "up"
        )  # fmt: skip
        item = replace(work, scene=one, indicator=of).counted([place], [period])[place, period]
        if item.value is None:
            return None
        limit = scene.question.limit
        sentences.append(domain.tell_value(one, item, _holds(limit, of, item.value) if limit else None))
        label = tuple(
            f"{one.name if vi else one.name_en}, {scene.where(place)[not vi]}, {scene.period(period)[not vi]}"
            for vi in (1, 0)
        )
        figures.append(one.shown(item, label, href=address(code, place)))
    return Told(" ".join(vi for vi, _ in sentences), " ".join(en for _, en in sentences), figures)


def _holds(limit: domain.Limit, indicator: Indicator, value: Decimal) -> bool:
    if limit.level:
        level = indicator.level(value)
        return level is Level.RED or (limit.level == "amber" and level is Level.AMBER)
    return limit.than.holds(value, limit.value)


def _periods(work: Work) -> Told | None:
    scene = work.scene
    place, pair = scene.question.territories[0], scene.question.periods
    over: list[domain.Period] = []
    unfinished = next((item for item in pair if scene.unfinished(item)), None)
    if unfinished and unfinished.months and (part := unfinished.finished_part(scene.today)):
        over = [domain.Period(item.first, item.months[len(part.months) - 1]) for item in pair]
    found = work.counted([place], [*pair, *over])
    whole, parts = [found[place, item] for item in pair], [found[place, item] for item in over]
    if all(item.value is None for item in whole):
        return None
    figures = [scene.shown(item, scene.period(item.period)) for item in (*whole, *parts)]
    return Told(*domain.tell_periods(scene, whole, parts), figures)


def _places(work: Work) -> Told | None:
    scene = work.scene
    places, period = scene.question.territories, scene.question.periods[0]
    found = work.counted(places, [period])
    items = [found[place, period] for place in places]
    if all(item.value is None for item in items):
        return None
    return Told(*domain.tell_places(scene, items), _linked(work, scene, [(0, item) for item in items]))


def _linked(work: Work, scene: domain.Scene, items: Sequence[tuple[int, Counted]]) -> list[domain.Shown]:
    """Places with their rank (0: none) as rows of a table."""
    return [
        scene.shown(item, scene.where(item.place), place=rank, href=address(work.indicator.code, item.place))
        for rank, item in items
    ]


def _rank(work: Work) -> Told | None:
    question = work.scene.question
    members = work.members(question.territories[0])
    ranked = domain.ranked(members.items, question.order, up=work.scene.up)
    shown = [(rank, item) for rank, item in ranked if rank <= question.top][:MOST_LISTED]
    if not shown:
        return _nothing(work, members)
    scene = work.naming([item for _, item in shown])
    return Told(*domain.tell_rank(scene, shown, members), _linked(work, scene, shown), question.territories[0])


def _nothing(work: Work, members: domain.Members) -> None:
    if any(item.withheld for item in members.items):
        work.withhold()


def _position(work: Work) -> Told | None:
    place = work.scene.question.territories[0]
    parent = work.scene.lexicon.place[place].parent
    members = work.members(parent)
    ranked = domain.ranked(members.items, domain.Order.BEST, up=work.scene.up)
    mine = next(((rank, item) for rank, item in ranked if item.place == place), None)
    if mine is None:
        return _nothing(work, domain.Members(tuple(item for item in members.items if item.place == place)))
    near = [(rank, item) for rank, item in ranked if abs(rank - mine[0]) <= 2 or rank <= 1][:12]
    scene = work.naming([item for _, item in near])
    return Told(*domain.tell_position(scene, *mine, members), _linked(work, scene, near), parent)


def _beyond(work: Work) -> Told | None:
    question = work.scene.question
    members = work.members(question.territories[0])
    if not members.known:
        return _nothing(work, members)
    ranked = domain.ranked(members.items, domain.Order.WORST, up=work.scene.up)
    beyond = [item for _, item in ranked if _holds(question.limit, work.indicator, item.value)]
    listed = beyond[:MOST_LISTED]
    scene = work.naming(listed)
    if len(beyond) > MOST_LISTED:
        scene.notes.append((f"Bảng liệt kê {MOST_LISTED} nơi đầu.", f"The table lists the first {MOST_LISTED}."))
    figures = _linked(work, scene, [(0, item) for item in listed])
    return Told(*domain.tell_beyond(scene, beyond, members), figures, question.territories[0])


def _trend(work: Work) -> Told | None:
    scene = work.scene
    place, period = scene.question.territories[0], scene.question.periods[0]
    months = [domain.Period(month, month) for month in period.months if month <= f"{scene.today:%Y-%m}"]
    found = work.counted([place], months)
    items = [found[place, month] for month in months]
    while items and items[0].value is None and not items[0].withheld:
        items = items[1:]
    if all(item.value is None for item in items):
        return None
    return Told(*domain.tell_trend(scene, items), [scene.shown(item, scene.period(item.period)) for item in items])


def _forecast(work: Work) -> Told | None:
    scene, indicator = work.scene, work.indicator
    place = scene.question.territories[0]
    if place and warehouse.guarded(codes=[indicator.code], rights=work.rights, territories=[place]):
        return work.withhold()
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
        f"{said(item.low, 'vi')} đến {said(item.high, 'vi')} với xác suất 90 %, theo số liệu biết đến hết "
        f"{domain.day(item.origin)}."
    )
    en = (
        f"{scene.name_en}, {where[1]}, week of {week}: {said(item.point, 'en')} expected, between {said(item.low, 'en')} and "
        f"{said(item.high, 'en')} with 90 % probability, by what was known up to {domain.day(item.origin)}."
    )
    figures = [
        domain.Shown(
            f"tuần từ {domain.day(each.week)}", f"week of {domain.day(each.week)}", Decimal(str(each.point)),
            scene.unit, scene.digits,
            low=Decimal(str(each.low)), high=Decimal(str(each.high)),
        )
        for each in told
        if each.week >= monday
    ]  # fmt: skip
    return Told(vi, en, figures)


def _why(work: Work) -> Told | None:
    scene, indicator, reading = work.scene, work.indicator, work.reading
    place = scene.question.territories[0]
    if len(place) > 2 or "week" not in scene.lexicon.asked[indicator.code].every:
        scene.notes.append((
            "Nguyên nhân không được giữ; chỉ phân rã được thay đổi của cả nước theo tỉnh và của tỉnh theo xã, "
            "với chỉ tiêu theo tuần.",
            "Causes are not held; only changes of the country by province and of a province by commune can be taken apart.",
        ))  # fmt: skip
        return None
    inside = directory.units(level="commune" if place else "province", parent=place, on=scene.today)
    codes = [unit.code for unit in inside]
    if warehouse.guarded(codes=[indicator.code], rights=work.rights, territories=[place, *codes]):
        return work.withhold()
    found = queries.drivers(code=indicator.code, territories=codes)
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
            href=address(indicator.code, item.member) if item.member else "",
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
        "Đây là phần của từng nơi trong thay đổi, cộng lại đúng bằng thay đổi; không phải nguyên nhân quản lý, "
        "điều không được giữ.",
        "These are the parts that places have in the change, and add up to it; why a place changed is not held.",
    ))  # fmt: skip
    return Told(vi, en, figures)


_COMPUTED: dict[QuestionKind, Callable[[Work], Told | None]] = {
    QuestionKind.VALUE: _value, QuestionKind.PERIODS: _periods, QuestionKind.PLACES: _places, QuestionKind.RANK: _rank,
    QuestionKind.POSITION: _position, QuestionKind.BEYOND: _beyond, QuestionKind.TREND: _trend,
    QuestionKind.FORECAST: _forecast, QuestionKind.WHY: _why,
}  # fmt: skip
