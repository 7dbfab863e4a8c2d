"""The same question as SQL that a person can run over the space's database."""

from collections.abc import Sequence

from lienthong.data.intelligence.domain._periods import Period
from lienthong.data.intelligence.domain._questions import Kind, Question

CELLS, FORECASTS = "data_warehouse_cell", "data_intelligence_forecastrow"


def sql(question: Question, *, territories: Sequence[str], scale: int, ratio: bool) -> str:
    """A statement that gives the numbers of an answer; what moved a number is computed from many and has none.

    :param territories: the places that are counted, a ranking's members one by one.
    """
    if question.kind is Kind.WHY:
        return ""
    if question.kind is Kind.FORECAST:
        return (
            f"SELECT week, point, low, high FROM {FORECASTS}\n"
            f"WHERE indicator = {_text(question.indicators[0])} AND territory = {_text(question.territories[0])}\n"
            "ORDER BY origin DESC, week LIMIT 8"
        )
    value = f"{scale} * sum(numerator) / nullif(sum(denominator), 0)" if ratio else f"{scale} * sum(numerator)"
    parts = [
        f"SELECT indicator_id, territory, {_named(question, period)} AS period, sum(numerator) AS numerator, sum(denominator) "
        f"AS denominator,\n       {value} AS value\nFROM {CELLS}\n"
        f"WHERE indicator_id IN ({_list(question.indicators)}) AND territory IN ({_list(territories)})\n"
        f"  AND period IN ({_list(period.months or (period.first,))})\n"
        f"GROUP BY 1, 2, 3"
        for period in question.periods
    ]
    return "\nUNION ALL\n".join(parts) + "\nORDER BY value DESC NULLS LAST"


def _named(question: Question, period: Period) -> str:
    return "period" if question.kind is Kind.TREND else _text(period.vi())


def _list(values: Sequence[str]) -> str:
    return ", ".join(map(_text, values))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
