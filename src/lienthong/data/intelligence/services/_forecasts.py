"""What to expect, and what was unlike what had been expected."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import transaction

from lienthong.data.intelligence import domain, models, queries
from lienthong.data.intelligence.services._insights import propose
from lienthong.data.intelligence.services._models import digest, infer
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date

FORECASTING, UNUSUAL = "weekly-forecast", "unusual-weeks"
HORIZON = 8
"""Weeks ahead."""
LEVEL = 0.9
LEAST_TO_BE_UNUSUAL = 16
"""Weeks."""
WEEK = timedelta(days=7)


def forecast(
    *, origin: date | None = None, codes: Sequence[str] | None = None, communes: bool = False, by: str, at: datetime
) -> int:
    """Forecast every weekly indicator for the country and each province by what its cells tell up to the week of ``origin``
    (else up to the last full week); how many expectations were written. Done again for the same origin, they are replaced.

    Provinces add up to the country exactly where the indicator is a sum or a share of rows. Each indicator is a transaction of
    its own, which writes only when all is computed: nobody's feed waits for the computing.

    :param communes: the communes instead, province by province.
    """
    codes, today = list(codes or queries.weekly_indicators()), vietnam_date(at)
    until = queries.last_full_week() if origin is None else origin - timedelta(days=origin.weekday())
    places = queries.provinces(today)
    groups = [places]
    if communes:
        groups = [[code, *(unit.code for unit in directory.units(parent=code, on=today))] for code in places if code]
    written = 0
    for group in groups:
        for panel in queries.panels(codes=codes, territories=group, until=until).values():
            if len(panel.weeks) >= domain.LEAST_WEEKS:
                # Of a province what adds up to the country is known already.
                written += _forecast(panel, group[1:] if communes else group, by=by, at=at)
    return written


@transaction.atomic
def _forecast(panel: queries.Panel, kept: Sequence[str], *, by: str, at: datetime) -> int:
    code, last = panel.indicator.code, panel.weeks[-1]
    ahead = [last + WEEK * (number + 1) for number in range(HORIZON)]
    calendar = _calendar([*panel.weeks, *ahead])

    def run() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return domain.expected(
            panel.numerators, panel.denominators, measure=panel.measure, horizon=HORIZON, calendar=calendar, level=LEVEL
        )

    inputs = {"indicator": code, "weeks": [str(panel.weeks[0]), str(last)], "horizon": HORIZON, "level": LEVEL,
              "values": digest(panel.numerators, panel.denominators)}  # fmt: skip
    inferred, (point, low, high) = infer(
        model=FORECASTING, purpose=f"forecast:{code}", inputs=inputs, run=run, by=by, at=at,
        output=lambda answer: {"series": len(answer[0]), "weeks": [str(week) for week in ahead]},
    )  # fmt: skip
    origin, scale = last + timedelta(days=6), panel.indicator.scale
    rows = [
        models.ForecastRow(
            indicator=code, territory=place, origin=origin, week=week, inference_id=inferred.id,
            **{name: float(values[row, step]) * scale for name, values in (("point", point), ("low", low), ("high", high))},
        )
        for row, place in enumerate(panel.territories)
        if place in kept
        for step, week in enumerate(ahead)
        if np.isfinite([point[row, step], low[row, step], high[row, step]]).all()
    ]  # fmt: skip
    models.ForecastRow.objects.filter(indicator=code, origin=origin, territory__in=kept).delete()
    models.ForecastRow.objects.bulk_create(rows, batch_size=2000)
    return len(rows)


def _calendar(weeks: Sequence[date]) -> np.ndarray:
    """What is known of weeks beforehand: how much of a usual week is worked, on the scale of a proportion (twice as many days,
    twice as many dossiers); weeks without any work; the weeks just before and after such a one."""
    calendar = directory.calendar(sorted({day.year for week in weeks for day in (week, week + timedelta(days=6))}))
    worked = np.array(
        [sum(calendar.is_working_day(week + timedelta(days=day)) for day in range(7)) for week in weeks], dtype=float
    )
    closed = worked == 0
    before, after = np.append(closed[1:], False), np.append(False, closed[:-1])
    return np.stack([np.log(np.maximum(worked, 1) / 5) * ~closed, closed, before, after], axis=1).astype(float)


@transaction.atomic
def find_unusual(*, week: date | None = None, by: str, at: datetime) -> list[UUID]:
    """Propose a look at the indicators and places whose last full week (else ``week``, its Monday) was unlike what had been
    expected; the insights, the surest first. All are tested together, so that no more than one in ten is a false alarm."""
    territories, last = queries.provinces(vietnam_date(at)), week or queries.last_full_week()
    found = queries.panels(codes=queries.weekly_indicators(), territories=territories, until=last)
    told = [item for item in found.values() if item.weeks[-1] == last and len(item.weeks) >= LEAST_TO_BE_UNUSUAL]
    if not told:
        return []
    length = min(len(item.weeks) for item in told)

    def run() -> domain.Anomalies:
        errors = [domain.one_step_errors(item.steady, calendar=_calendar(item.weeks))[:, -length:] for item in told]
        return domain.find_anomalies(np.concatenate(errors))

    inferred, unusual = infer(
        model=UNUSUAL, purpose="unusual", inputs={"week": str(last), "indicators": [item.indicator.code for item in told],
                                "values": digest(*(item.values for item in told))},
        run=run, output=lambda answer: {"tested": answer.tested, "found": len(answer.series)}, by=by, at=at,
    )  # fmt: skip
    units = directory.units_by_code(territories, vietnam_date(at))
    proposed = []
    for row, size, q in zip(unusual.series[::-1], unusual.size[::-1], unusual.q[::-1], strict=True):
        panel, place = told[row // len(territories)], territories[row % len(territories)]
        value = panel.values[row % len(territories), -1]
        steady = _steady(panel.measure, value) - size
        expected = steady**2 if panel.measure is domain.Measure.COUNT else steady
        indicator, where = panel.indicator, units[place].full_name if place else ""
        vi, en = domain.unusual_sentences(
            indicator.name,
            where,
            last,
            value * indicator.scale,
            expected * indicator.scale,
            indicator.unit,
            indicator.digits,
        )
        proposed.append(
            propose(
                kind="unusual", mark=f"unusual:{indicator.code}:{place}:{last}", indicator=indicator.code, territory=place,
                title=f"{indicator.name['vi']}, {where or 'cả nước'}", vi=vi, en=en, confidence=float(1 - q),
                evidence={"value": float(value * indicator.scale), "expected": float(expected * indicator.scale), "q": float(q)},
                inferred=inferred, at=at,
            )
        )  # fmt: skip
    return [item for item in reversed(proposed) if item]


def _steady(measure: domain.Measure, values: np.ndarray) -> np.ndarray:
    """Counts on a scale on which their scatter does not grow with their size."""
    return np.sqrt(values) if measure is domain.Measure.COUNT else values
