"""Reading what was concluded, and the numbers that conclusions are drawn from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Count, Q

from lienthong.data.intelligence import domain, models
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse.domain import Every, Indicator
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.text import fold

WEEK = timedelta(days=7)
_INSIGHT = (
    "id", "kind", "indicator", "territory", "agency", "title", "vi", "en", "evidence", "confidence", "state", "proposed_at",
    "inference_id",
)  # fmt: skip
_EXPECTATION = ("indicator", "territory", "origin", "week", "point", "low", "high")


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
    figure = domain.Figure.SUM if panel.denominators is None else domain.Figure.SHARE
    if figure is domain.Figure.SHARE and not denominators.sum(axis=0).all():
        return None
    (found,) = domain.find_drivers(
        numerators[:, 0], denominators[:, 0], numerators[:, 1], denominators[:, 1], {"territory": list(territories)},
        figure=figure, top=top,
    )  # fmt: skip
    return domain.scaled(found, panel.indicator.scale)


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


def expectations(
    *, indicator: str = "", territory: str | None = None, origin: date | None = None
) -> list[domain.Expectation]:
    """Forecasts, by indicator, territory, origin and week."""
    rows = models.ForecastRow.objects.order_by("indicator", "territory", "origin", "week")
    if indicator:
        rows = rows.filter(indicator=indicator)
    if territory is not None:
        rows = rows.filter(territory=territory)
    if origin:
        rows = rows.filter(origin=origin)
    return [domain.Expectation(*row) for row in rows.values_list(*_EXPECTATION)]


def newest_expectations(*, indicator: str, territory: str) -> list[domain.Expectation]:
    """The forecast of the newest origin, week by week; empty when there is none."""
    rows = models.ForecastRow.objects.filter(indicator=indicator, territory=territory)
    newest = rows.order_by("-origin").values("origin")[:1]
    return [
        domain.Expectation(*row) for row in rows.filter(origin__in=newest).order_by("week").values_list(*_EXPECTATION)
    ]


def insights(
    *, kind: str = "", state: str = "", text: str = "", territories: Sequence[str] | None = None,
    after: UUID | None = None, limit: int = 50,
) -> list[domain.Insight]:  # fmt: skip
    """Insights, the newest first; searchable without tone marks."""
    rows = models.InsightRow.objects.order_by("-id")
    for name, value in {"kind": kind, "state": state}.items():
        if value:
            rows = rows.filter(**{name: value})
    if territories is not None:
        rows = rows.filter(territory__in=territories)
    for word in fold(text).split()[:8]:
        rows = rows.filter(search__contains=word)
    if after:
        rows = rows.filter(id__lt=after)
    return [_insight(row) for row in rows.values_list(*_INSIGHT)[:limit]]


def insight(*, id: UUID) -> domain.Insight | None:
    """One of them."""
    row = models.InsightRow.objects.filter(id=id).values_list(*_INSIGHT).first()
    return _insight(row) if row else None


def _insight(row: tuple) -> domain.Insight:
    return domain.Insight(
        **dict(zip(_INSIGHT, row, strict=True)) | {"state": domain.InsightState(row[_INSIGHT.index("state")])}
    )


def answered(*, since: datetime) -> dict[str, tuple[int, int]]:
    """(answered by a person, proposed) of the insights proposed since a moment, by territory, in one query."""
    rows = models.InsightRow.objects.filter(proposed_at__gte=since).values("territory").order_by("territory")
    counted = rows.annotate(answered=Count("id", filter=~Q(decided_at=None)), proposed=Count("id"))
    return {row["territory"]: (row["answered"], row["proposed"]) for row in counted}


def interventions() -> list[domain.Intervention]:
    """Declared interventions by their start."""
    return [
        domain.Intervention(row.id, row.title, row.indicator, tuple(row.territories), row.start, row.where)
        for row in models.InterventionRow.objects.order_by("start", "id")
    ]


@dataclass(frozen=True)
class Estimated:
    """What an intervention was estimated to have changed."""

    intervention: str
    verdict: domain.Verdict
    effect: float | None
    low: float | None
    high: float | None
    """None where there is no bound: nothing can be said then."""
    vi: str
    en: str


def effects() -> dict[str, Estimated]:
    """The newest estimate of each intervention."""
    rows = models.EffectRow.objects.order_by("intervention", "-at", "-id").distinct("intervention")
    names = ("intervention_id", "verdict", "effect", "low", "high", "vi", "en")
    return {row[0]: Estimated(row[0], domain.Verdict(row[1]), *row[2:]) for row in rows.values_list(*names)}


def models_in_use() -> dict[str, Mapping[str, Any]]:
    """The card of the approved version of each model."""
    rows = models.ModelRow.objects.filter(state=domain.ModelState.APPROVED)
    return {row.name: row.card for row in rows}


def model_behind(*, inference_id: UUID) -> Mapping[str, Any]:
    """The card of the model that drew a conclusion, as it was then."""
    return models.InferenceRow.objects.select_related("model").get(id=inference_id).model.card


@dataclass(frozen=True)
class Answer:
    """What a person made of an insight."""

    by: str
    at: datetime
    reason: str


def answer(*, id: UUID) -> Answer | None:
    """The last answer to an insight; none when nobody has answered."""
    row = models.InsightRow.objects.filter(id=id).exclude(decided_at=None).first()
    return Answer(row.decided_by, row.decided_at, row.reason) if row else None


def effect(*, intervention: str) -> tuple[Estimated | None, Mapping[str, Any]]:
    """The newest estimate of one intervention with what it rests on; nothing when it was not estimated yet."""
    row = models.EffectRow.objects.filter(intervention=intervention).order_by("-at", "-id").first()
    if row is None:
        return None, {}
    found = Estimated(row.intervention_id, domain.Verdict(row.verdict), row.effect, row.low, row.high, row.vi, row.en)
    return found, row.details
