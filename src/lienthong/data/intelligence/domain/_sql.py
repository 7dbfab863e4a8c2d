"""The same question as SQL that a person can run over the space's database."""

from collections.abc import Sequence

from lienthong.data.intelligence.domain._periods import Period
from lienthong.data.intelligence.domain._questions import COMMUNE, Kind, Question

_SUMS = "data_warehouse_indicator i JOIN data_warehouse_sums c ON c.family_id = i.family_id"
_FORECASTS = "data_intelligence_forecastrow"


def sql(question: Question, *, parent: str, scale: int, ratio: bool) -> str:
    """A statement that gives the numbers of an answer; what moved a number is computed from many and has none.

    :param parent: the place whose communes or provinces are ranked or counted.
    """
    if question.kind is Kind.WHY:
        return ""
    if question.kind is Kind.FORECAST:
        return (
            f"SELECT week, point, low, high FROM {_FORECASTS}\n"
            f"WHERE indicator = {_text(question.indicators[0])} AND territory = {_text(question.territories[0])}\n"
            "ORDER BY origin DESC, week LIMIT 8"
        )
    numerator, denominator = "sum(c.numerators[i.slot])", "sum(c.denominators[i.slot])"
    value = f"{scale} * {numerator} / nullif({denominator}, 0)" if ratio else f"{scale} * {numerator}"
    parts = [
        f"SELECT i.code, c.territory, {_named(question, period)} AS period,\n"
        f"       {numerator} AS numerator, {denominator} AS denominator,\n"
        f"       {value} AS value\nFROM {_SUMS}\n"
        f"WHERE i.code IN ({_list(question.indicators)}) AND c.territory IN ({_places(question, parent)})\n"
        f"  AND c.part = '' AND c.period IN ({_list(period.months or (period.first,))})\n"
        f"GROUP BY 1, 2, 3"
        for period in question.periods
    ]
    return "\nUNION ALL\n".join(parts) + "\nORDER BY value DESC NULLS LAST"


def _places(question: Question, parent: str) -> str:
    if not question.among:
        return _list(question.territories)
    size = 5 if question.among == COMMUNE else 2
    return f"SELECT code FROM data_warehouse_place WHERE ancestor = {_text(parent)} AND length(code) = {size}"


def _named(question: Question, period: Period) -> str:
    return "c.period" if question.kind is Kind.TREND else _text(period.vi())


def _list(values: Sequence[str]) -> str:
    return ", ".join(map(_text, values))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
