"""The numbers that conclusions are drawn from."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import F

from lienthong.data.intelligence import domain, models
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse.domain import Every, Indicator
from lienthong.foundation.directory import queries as directory

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Panel:
    """An indicator by territory and week: rows are territories, columns weeks; NaN where nothing is known."""

    indicator: Indicator
    territories: tuple[str, ...]
    weeks: tuple[date, ...]
    """Mondays, without gaps."""
    numerators: np.ndarray
    denominators: np.ndarray | None
    """None for plain sums."""

    @property
    def measure(self) -> domain.Measure:
        """A count of rows, a share of rows, or any other number."""
        if self.denominators is None:
            return domain.Measure.COUNT
        counts = not self.indicator.numerator.of and not self.indicator.denominator.of
        return domain.Measure.SHARE if counts else domain.Measure.VALUE

    @property
    def values(self) -> np.ndarray:
        """(territories, weeks), before the indicator's scale."""
        if self.denominators is None:
            return self.numerators
        with np.errstate(all="ignore"):
            return np.where(self.denominators > 0, self.numerators / self.denominators, np.nan)

    @property
    def steady(self) -> np.ndarray:
        """(territories, weeks): counts on a scale on which their scatter does not grow with their size."""
        return np.sqrt(self.values) if self.measure is domain.Measure.COUNT else self.values

    def only(self, territories: Collection[str]) -> "Panel":
        """What it shows of some territories."""
        rows = [number for number, place in enumerate(self.territories) if place in territories]
        denominators = None if self.denominators is None else self.denominators[rows]
        places = tuple(self.territories[row] for row in rows)
        return Panel(self.indicator, places, self.weeks, self.numerators[rows], denominators)


def drivers(*, code: str, territories: Sequence[str], weeks: int = 4, top: int = 6) -> domain.Drivers | None:
    """What each of some territories did to the change of their whole, the last full weeks against as many before; in the
    indicator's own unit. None where there is not that much to compare."""
    last = last_full_week()
    panel = panels(codes=[code], territories=territories, until=last).get(code) if last and territories else None
    if panel is None or len(panel.weeks) < 2 * weeks or panel.weeks[-1] != last:
        return None
    numerators = panel.numerators[:, -2 * weeks :].reshape(len(territories), 2, weeks).sum(axis=2)
    denominators = numerators
    if panel.denominators is not None:
        denominators = panel.denominators[:, -2 * weeks :].reshape(len(territories), 2, weeks).sum(axis=2)
    return _drivers(panel.indicator, "territory", territories, numerators, denominators, top)


def part_drivers(*, code: str, territory: str, weeks: int = 4, top: int = 6) -> list[domain.Drivers]:
    """What each part of an indicator's rows (a channel, a procedure, a sector) did to its change in the country or a province,
    over the same weeks as :func:`drivers`: one for each field that it is kept apart by, in one query each."""
    indicator, last = warehouse.indicator(code=code), last_full_week()
    if last is None or Every.WEEK not in indicator.every:
        return []
    periods = [f"{last - WEEK * back:%G-W%V}" for back in range(2 * weeks)]
    found = []
    for field in indicator.by:
        told = warehouse.parts(code=code, territories=[territory], by=field, periods=periods)
        members = sorted({member for cells in told.values() for member in cells})
        row = {member: number for number, member in enumerate(members)}
        sums = np.zeros((2, len(members), 2))
        for number, period in enumerate(periods):
            for member, (numerator, denominator, _) in told.get((territory, period), {}).items():
                sums[:, row[member], int(number < weeks)] += float(numerator), float(denominator)
        numerators, denominators = sums[0], sums[0] if indicator.denominator is None else sums[1]
        if members and (made := _drivers(indicator, field, members, numerators, denominators, top)):
            found.append(made)
    return found


def _drivers(
    indicator: Indicator,
    dimension: str,
    members: Sequence[str],
    numerators: np.ndarray,
    denominators: np.ndarray,
    top: int,
) -> domain.Drivers | None:
    """From (members, before and after); none where nothing can be compared."""
    figure = domain.Figure.SUM if indicator.denominator is None else domain.Figure.SHARE
    if figure is domain.Figure.SHARE and not denominators.sum(axis=0).all():
        return None
    (found,) = domain.find_drivers(
        numerators[:, 0], denominators[:, 0], numerators[:, 1], denominators[:, 1], {dimension: list(members)},
        figure=figure, top=top,
    )  # fmt: skip
    return domain.scaled(found, indicator.scale)


@dataclass(frozen=True)
class Errors:
    """What came less what had been forecast the week before, for each series of forecasts; NaN where either is not known."""

    series: tuple[tuple[str, str], ...]
    """(indicator, territory)"""
    weeks: tuple[date, ...]
    values: np.ndarray
    """(series, weeks), in the indicator's own unit."""
    inside: float | None
    """The share of values that lay in their intervals; none where there are none."""


def forecast_errors(*, territories: Sequence[str], until: date | None, weeks: int = 104) -> Errors | None:
    """Errors of the forecasts of one week ahead for some territories, in so many weeks up to one (its Monday); none without
    forecasts that have come due."""
    if until is None:
        return None
    told = models.ForecastRow.objects.filter(
        territory__in=territories, week__lte=until, week__gt=until - WEEK * weeks, origin=F("week") - timedelta(days=1)
    )
    rows: dict[str, list[tuple]] = defaultdict(list)
    for code, *row in told.values_list("indicator", "territory", "week", "point", "low", "high"):
        rows[code].append(row)
    if not rows:
        return None
    series = sorted({(code, place) for code, items in rows.items() for place, *_ in items})
    position = {key: number for number, key in enumerate(series)}
    begin = min(week for items in rows.values() for _, week, *_ in items)
    values = np.full((len(series), (until - begin) // WEEK + 1), np.nan)
    within = []
    for code, panel in panels(codes=sorted(rows), territories=territories, until=until).items():
        at = {place: number for number, place in enumerate(panel.territories)}
        column = {week: number for number, week in enumerate(panel.weeks)}
        scaled = panel.values * panel.indicator.scale
        for place, week, point, low, high in rows[code]:
            if week in column and np.isfinite(value := scaled[at[place], column[week]]):
                values[position[code, place], (week - begin) // WEEK] = value - point
                within.append(low <= value <= high)
    mondays = tuple(begin + WEEK * number for number in range(values.shape[1]))
    return Errors(tuple(series), mondays, values, float(np.mean(within)) if within else None)


def indicator_name(*, code: str) -> Mapping[str, str]:
    """What an indicator is called."""
    return warehouse.indicator(code=code).name


def weekly_indicators() -> list[str]:
    """Indicators that are counted by week."""
    return [code for code, item in warehouse.indicators().items() if Every.WEEK in item.every]


def panels(*, codes: Sequence[str], territories: Sequence[str], until: date | None = None) -> dict[str, Panel]:
    """Weekly panels of indicators, in two queries; ``until`` is the last week (its Monday) that counts."""
    found = warehouse.series(codes=codes, territories=territories, every=Every.WEEK)
    declared = warehouse.indicators(codes=codes)
    return {
        code: made
        for code in codes
        if (made := _panel(declared[code], territories, {place: found.get((code, place), {}) for place in territories}, until))
    }  # fmt: skip


def part_of(*, code: str, territories: Sequence[str], where: Mapping[str, Any]) -> Panel | None:
    """The same for a part of an indicator's rows, computed from the register now."""
    found = warehouse.panel(code=code, territories=territories, every=Every.WEEK, where=where)
    cells = {place: found.get((code, place), {}) for place in territories}
    return _panel(warehouse.indicator(code=code), territories, cells, None)


def _panel(
    indicator: Indicator, territories, cells: Mapping[str, Mapping[str, tuple]], until: date | None
) -> Panel | None:
    told = sorted({_monday(period) for periods in cells.values() for period in periods})
    if until:
        told = [week for week in told if week <= until]
    # The first week of a series may have begun before its numbers did.
    told = told[1:]
    if not told:
        return None
    weeks = [told[0] + WEEK * number for number in range((told[-1] - told[0]) // WEEK + 1)]
    column = {week: number for number, week in enumerate(weeks)}
    # Where a place tells nothing in a week in which others do, a sum is 0 and a quotient not known.
    sums = np.zeros((2, len(territories), len(weeks)))
    for row, place in enumerate(territories):
        for period, (numerator, denominator) in cells[place].items():
            if (position := column.get(_monday(period))) is not None:
                sums[:, row, position] = numerator, denominator
    return Panel(
        indicator, tuple(territories), tuple(weeks), sums[0], None if indicator.denominator is None else sums[1]
    )


def _monday(period: str) -> date:
    year, _, week = period.partition("-W")
    return date.fromisocalendar(int(year), int(week), 1)


def last_full_week() -> date | None:
    """The Monday of the last week that is over: the newest that any weekly number tells of is not. None without numbers."""
    weeks = _weeks_of_the_country()
    return weeks[-2] if len(weeks) > 1 else None


def week_to_analyse() -> date | None:
    """The last week that is over, if nothing was forecast at its end yet; none where all is done or there is nothing to do."""
    last = last_full_week()
    done = last is None or models.ForecastRow.objects.filter(origin=last + WEEK - timedelta(days=1)).exists()
    return None if done else last


def first_week() -> date | None:
    """The Monday of the first week that any weekly number tells of."""
    weeks = _weeks_of_the_country()
    return weeks[0] if weeks else None


def _weeks_of_the_country() -> list[date]:
    found = warehouse.series(codes=weekly_indicators(), territories=[""], every=Every.WEEK)
    return sorted({_monday(period) for periods in found.values() for period in periods})


def provinces(on: date) -> list[str]:
    """Codes of the country and its provinces."""
    return ["", *(unit.code for unit in directory.units(level="province", parent="", on=on))]
