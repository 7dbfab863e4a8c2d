"""How near stored forecasts came to what happened."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from lienthong.commons.casework import queries as casework
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.intelligence.domain import Expectation

LEAST_WEEKS = 9
"""Of which a series needs the changes for its scale."""


def forecast_error(*, first: date, last: date, at: datetime) -> casework.Sums:
    """The mean absolute scaled error (MASE) of the weeks of a period: each miss as a multiple of the mean change from one week to
    the next before the period; under 1, forecasts beat the last known value."""
    return _sums((told.territory, abs(actual - told.point) / scale) for told, actual, scale in _met(first, last))


def forecast_coverage(*, first: date, last: date, at: datetime) -> casework.Sums:
    """How many of the weeks of a period fell into their forecast interval, which means to hold nine times in ten."""
    return _sums((told.territory, float(told.low <= actual <= told.high)) for told, actual, _ in _met(first, last))


def _sums(parts: Iterator[tuple[str, float]]) -> casework.Sums:
    found: dict[str, list[float]] = defaultdict(list)
    for territory, part in parts:
        found[territory].append(part)
    return {unit: (round(Decimal(sum(items)), 6), Decimal(len(items))) for unit, items in found.items()}


def _met(first: date, last: date) -> Iterator[tuple[Expectation, float, float]]:
    """(forecast, what came, scale) of every forecast of a week of the period that is over."""
    until = intelligence.last_full_week()
    told = intelligence.expectations(weeks=(first, min(last, until))) if until and until >= first else []
    codes, places = sorted({item.indicator for item in told}), sorted({item.territory for item in told})
    panels = intelligence.panels(codes=codes, territories=places, until=until)
    scales: dict[tuple[str, str], float] = {}
    for item in told:
        panel = panels.get(item.indicator)
        column = panel and (item.week - panel.weeks[0]) // timedelta(days=7)
        if panel is None or not 0 <= column < len(panel.weeks):
            continue
        row = panel.values[panel.territories.index(item.territory)] * panel.indicator.scale
        key = item.indicator, item.territory
        if key not in scales:
            before = row[: sum(week < first for week in panel.weeks)]
            known = before[~np.isnan(before)]
            scales[key] = float(np.abs(np.diff(known)).mean()) if known.size >= LEAST_WEEKS else 0.0
        if scales[key] > 0 and not np.isnan(row[column]):
            yield item, float(row[column]), scales[key]
