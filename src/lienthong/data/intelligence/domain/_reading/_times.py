"""Which period or periods a sentence names, and whether numbers are kept by such ones."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lienthong.data.intelligence.domain._periods import Named, Period, Trouble, months, unit_before, unit_of
from lienthong.data.intelligence.domain._questions import Asked, Kind, Question
from lienthong.data.intelligence.domain._reading._cutting import Sentence
from lienthong.data.intelligence.domain._reading._names import quoted
from lienthong.data.intelligence.domain._reading._told import Problem, Stop


def forecast_of(
    sentence: Sentence, indicators: Sequence[Asked], territories: tuple[str, ...], named: Sequence[Named]
) -> Question:
    if "week" not in indicators[0].every:
        raise Stop(Problem.NO_FORECAST)
    if any(not (item.ahead and item.unit == "week" and item.step == 1) for item in named):
        raise Stop(
            Problem.FUTURE,
            choices=[f"Dự báo {quoted(indicators[0])} của {sentence.lexicon.where(territories[0])} tuần tới"],
        )
    return Question(Kind.FORECAST, tuple(item.code for item in indicators), territories)


def one_period(sentence: Sentence, named: Sequence[Named], indicators: Sequence[Asked], kind: Kind) -> Period:
    if not named:
        if kind is Kind.TREND:
            sentence.assumed.append("year")
            present = months(sentence.today.year, sentence.today.month, sentence.today.month)
            period = Period(present.shifted(-11).first, present.last)
            return _held(sentence, period, indicators, Named(period))
        sentence.assumed.append("all_time")
        return _held(sentence, Period(), indicators, Named(Period()))
    period = _held(sentence, named[0].period, indicators, named[0])
    if kind is Kind.TREND and (period.is_week or len(period.months) < 2):
        raise Stop(Problem.MIXED)
    return period


def _held(sentence: Sentence, period: Period, indicators: Sequence[Asked], named: Named) -> Period:
    """The period, if the indicators are counted in such ones and it has begun."""
    if named.trouble is Trouble.NO_SUCH:
        raise Stop(Problem.NO_PERIOD)
    for item in indicators:
        if not item.dated:
            if named.unit in ("today", "now") or (period.is_all and not named.trouble):
                continue
            raise Stop(Problem.PRESENT_ONLY, left=[item.names[0]])
        if named.trouble is Trouble.BY_DAY:
            raise Stop(Problem.BY_DAY, choices=_periods_instead(sentence, ("tuần này", "tháng này")))
        needed = "all" if period.is_all else "week" if period.is_week else "month"
        if needed not in item.every:
            raise Stop(Problem.WHICH_PERIOD, choices=_periods_instead(sentence, ("tháng này", "tháng trước")))
    if not period.is_all and period.begins > sentence.today:
        last_year = [] if named.has_year or period.is_week else [period.shifted(-12).vi()]
        raise Stop(Problem.WHICH_PERIOD if last_year else Problem.FUTURE, choices=_periods_instead(sentence, last_year))
    return period


def _periods_instead(sentence: Sentence, said: Iterable[str]) -> list[str]:
    told = sentence.all("period")
    if len(told) > 1:
        return []
    return [sentence.instead(told[0], item) if told else f"{sentence.text.rstrip(' ?.')} {item}" for item in said]


def compare_with(sentence: Sentence, base: Period) -> list[str]:
    sentence = sentence.text.rstrip(" ?.")
    if base.is_all:
        return [f"{sentence} tháng này so với tháng trước", f"{sentence} quý này so với quý trước"]
    before = [f"{sentence} so với {base.shifted(-len(base.months)).vi()}"] if base.months else []
    return [*before, *([f"{sentence} so với cùng kỳ năm trước"] if base.months else [])]


def two_periods(sentence: Sentence, named: list[Named], indicators: Sequence[Asked]) -> tuple[Period, Period]:
    told = [item for item in named if not item.same]
    same = [item for item in named if item.same]
    if len(told) + len(same) > 2 or len(same) > 1 or any(item.trouble is Trouble.NO_SUCH for item in named):
        raise Stop(Problem.NO_PERIOD if any(item.trouble is Trouble.NO_SUCH for item in named) else Problem.MIXED)
    if same:
        return _same_period(sentence, told, same[0], indicators)
    if len(told) == 1:
        (other,) = told
        if other.step is None or not other.step or not sentence.all("vs"):
            raise Stop(Problem.WHICH_PERIOD, choices=compare_with(sentence, other.period))
        present = replace(other, step=0 - other.step)
        base = unit_before(present, other.period)
        return _held(sentence, base, indicators, other), _held(sentence, other.period, indicators, other)
    first, second = told
    if not sentence.all("vs", "and", "compare"):
        raise Stop(Problem.MIXED)
    base = _held(sentence, first.period, indicators, first)
    if (
        second.step is not None
        and second.step < 0
        and second.unit != "year"
        and unit_of(base) == second.unit
        and sentence.all("vs")
    ):
        # "so với tháng trước" is told beside the month that was named.
        gap = second.step if second.step > -2 or first.step in (0, None) else second.step - (first.step or 0)
        other = unit_before(replace(second, step=gap), base)
    elif second.step == -1 and second.unit == "year" and unit_of(base) != "year":
        raise Stop(Problem.WHICH_PERIOD, choices=[sentence.instead(sentence.all("period")[1], "cùng kỳ năm trước")])
    else:
        other = second.period
        if not second.has_year and first.has_year and first.step != 0 and base.months:
            other = other.shifted(12 * (int(base.first[:4]) - int(other.first[:4]))) if other.months else other
        if not first.has_year and second.has_year and second.step is None and second.period.first[:4] != base.first[:4]:
            raise Stop(Problem.WHICH_PERIOD, choices=_with_years(sentence, first, second))
    if (base.is_week != other.is_week) or base.is_all or other.is_all or len(base.months) != len(other.months):
        raise Stop(Problem.MIXED)
    if base == other:
        raise Stop(Problem.WHICH_PERIOD, choices=compare_with(sentence, base) if len(told) == 1 else ())
    return base, _held(sentence, other, indicators, second)


def _with_years(sentence: Sentence, first: Named, second: Named) -> list[str]:
    span = sentence.all("period")[0]
    return [
        sentence.instead(span, first.period.vi()),
        sentence.instead(
            span, first.period.shifted(12 * (int(second.period.first[:4]) - int(first.period.first[:4]))).vi()
        ),
    ]


def _same_period(
    sentence: Sentence, told: Sequence[Named], same: Named, indicators: Sequence[Asked]
) -> tuple[Period, Period]:
    if not told:
        raise Stop(
            Problem.WHICH_PERIOD,
            choices=[
                f"{sentence.text.rstrip(' ?.')} {item}" for item in ("của tháng này", "của quý này", "của năm nay")
            ],
        )
    base = _held(sentence, told[0].period, indicators, told[0])
    if not base.months:
        raise Stop(Problem.WHICH_PERIOD, choices=())
    years = 1 if same.year is None else int(base.first[:4]) - same.year
    if years < 1:
        raise Stop(Problem.WHICH_PERIOD)
    return base, base.shifted(-12 * years)
