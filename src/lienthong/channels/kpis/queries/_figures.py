"""What frameworks with periods are computed from, for every unit at once: sums over the period's months, and what is counted
over rows. However many units there are, it takes the same number of statements."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lienthong.channels.kpis import domain
from lienthong.channels.kpis.queries._due import Due
from lienthong.channels.kpis.queries._forecasts import forecast_coverage, forecast_error
from lienthong.commons.casework import queries as casework
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date


@dataclass(frozen=True)
class Measure:
    """Something counted over rows that is no sum.

    :param register: where its rows lie; none where they are no register's.
    """

    count: Callable[..., casework.Sums]
    register: str = ""
    scale: int = 100


MEASURES: Mapping[str, Measure] = {
    "dossiers-in-time": Measure(casework.in_time, "dossiers"),
    "services-used": Measure(casework.services_used, "public-services"),
    "feedback-answered": Measure(casework.feedback_answered, "feedback"),
    "compliance-cost": Measure(casework.compliance_cost, "dossiers"),
    "forecast-error": Measure(forecast_error, scale=1),
    "forecast-coverage": Measure(forecast_coverage),
}
"""What a leaf can name as its ``measure``."""


def stands_on(framework: domain.Framework, indicators: Collection[str], registers: Collection[str]) -> bool:
    """Whether its numbers may have moved with some indicators and registers."""
    counted = {MEASURES[leaf.measure].register for leaf in framework.leaves if leaf.measure}
    return bool(framework.indicators & set(indicators) or counted & set(registers))


@dataclass(frozen=True)
class Inputs:
    """Numerator and denominator by unit and by indicator or measure; which unit lies in which province; how indicators count."""

    sums: Mapping[str, Mapping[str, tuple[Decimal, Decimal]]]
    last_year: Mapping[str, Mapping[str, tuple[Decimal, Decimal]]]
    above: Mapping[str, str]
    scales: Mapping[str, domain.Scale]
    not_due: Mapping[str, frozenset[str]]
    """The leaves for which a unit does not answer yet."""


def inputs(*, framework: domain.Framework, span: domain.Span, at: datetime) -> Inputs:
    """Of every unit that the framework assesses; communes of which nothing is known are left out."""
    declared = warehouse.indicators(codes=sorted(framework.indicators))
    scales = {code: domain.Scale(item.scale, item.denominator is not None) for code, item in declared.items()}
    scales |= {leaf.measure: domain.Scale(MEASURES[leaf.measure].scale) for leaf in framework.leaves if leaf.measure}
    above = _units(framework, at)
    dated = [code for code, item in declared.items() if item.period]
    kept = [code for code, item in declared.items() if not item.period]
    compared = sorted({code for leaf in framework.leaves if leaf.last_year for code in leaf.over})
    sums = _sums(dated, span.months, above)
    for unit, found in _sums(kept, ("",), above).items():
        sums[unit] |= found
    for measure in sorted({leaf.measure for leaf in framework.leaves if leaf.measure}):
        for unit, told in MEASURES[measure].count(first=span.first, last=span.last, at=at).items():
            if unit in above:
                sums[unit][measure] = told
    known = {
        unit: sums.get(unit, {}) for unit in above if unit in sums or domain.Kind.of(unit) is not domain.Kind.COMMUNE
    }
    due = Due(framework, span.first)
    not_due = {unit: due.not_due(unit, province) for unit, province in above.items()}
    return Inputs(known, _sums(compared, span.last_year, above), above, scales, not_due)


def anew(
    *, framework: domain.Framework, span: domain.Span, given: Mapping[str, Mapping[str, Decimal]], at: datetime
) -> dict[str, dict[str, domain.Result]]:
    """What units come to by the data as they are now.

    :param given: by unit, the points that people gave.
    """
    found = inputs(framework=framework, span=span, at=at)
    return {
        unit: domain.assess(
            framework, span, sums=found.sums.get(unit, {}), last_year=found.last_year.get(unit, {}), scales=found.scales,
            given=points, kind=domain.Kind.of(unit), not_due=found.not_due.get(unit, ()),
        )
        for unit, points in given.items()
    }  # fmt: skip


def _units(framework: domain.Framework, at: datetime) -> dict[str, str]:
    """The units that are assessed, each with the province it lies in."""
    today, found = vietnam_date(at), {}
    if "country" in framework.units:
        found[warehouse_domain.COUNTRY] = ""
    for level in ("province", "commune"):
        if level in framework.units:
            found |= {unit.code: unit.parent for unit in directory.units(level=level, on=today)}
    if "ministry" in framework.units:
        found |= dict.fromkeys(casework.ministry_codes(at=at), "")
    return found


def _sums(
    codes: Sequence[str], periods: Sequence[str], units: Mapping[str, str]
) -> defaultdict[str, dict[str, tuple[Decimal, Decimal]]]:
    territories = [unit for unit in units if domain.Kind.of(unit) is not domain.Kind.MINISTRY]
    told = warehouse.sums(codes=codes, territories=territories, periods=periods)
    if len(territories) < len(units):
        told |= casework.of_ministries(codes=codes, periods=periods)
    found: defaultdict[str, dict[str, tuple[Decimal, Decimal]]] = defaultdict(dict)
    for (code, unit), (numerator, denominator, rows) in told.items():
        if rows and unit in units:
            found[unit][code] = numerator, denominator
    return found
