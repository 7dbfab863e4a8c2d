"""What was done, and what it changed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
from django.db import transaction

from lienthong.data.intelligence import domain, models, queries
from lienthong.data.intelligence.services._forecasts import LEVEL
from lienthong.data.intelligence.services._models import digest, infer
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.audit import services as audit
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.ids import uuid7

EFFECT = "effect-estimate"
LEAST_OTHERS = 10
"""Territories to compare with, fewer than which are not chosen among."""


@transaction.atomic
def declare_intervention(*, item: domain.Intervention, by: str, at: datetime) -> None:
    """Note that something was done somewhere from a day on. Harmless to repeat.

    :raises warehouse.domain.UnknownIndicator: there is no such indicator.
    :raises domain.BadIntervention: it names no territory.
    """
    warehouse.indicator(code=item.indicator)
    if not item.territories:
        raise domain.BadIntervention(id=item.id, problem="không có địa bàn", problem_en="it names no territory")
    _, made = models.InterventionRow.objects.update_or_create(
        id=item.id,
        defaults={
            "title": item.title, "indicator": item.indicator, "territories": list(item.territories), "start": item.start,
            "where": dict(item.where), "declared_by": by, "declared_at": at,
        },
    )  # fmt: skip
    if made:
        audit.record(by=by, action="data.intelligence.declare_intervention", subject=f"intervention:{item.id}", at=at)


def estimate_effects(*, weeks: int | None = None, by: str, at: datetime) -> int:
    """Estimate what every declared intervention changed; how many could be looked at.

    :param weeks: how many weeks after the start count; else all there are.
    """
    return sum(estimate_effect(item=item, weeks=weeks, by=by, at=at) for item in queries.interventions())


@transaction.atomic
def estimate_effect(*, item: domain.Intervention, weeks: int | None, by: str, at: datetime) -> bool:
    """Estimate what one intervention changed in its territories, against others of their level; whether there were numbers."""
    today = vietnam_date(at)
    if len(item.territories[0]) > 2:
        _, province, *_ = directory.territory_path(item.territories[0], today)
        territories = [unit.code for unit in directory.units(level="commune", parent=province, on=today)]
    else:
        territories = queries.provinces(today)[1:]
    if item.where:
        panel = queries.part_of(code=item.indicator, territories=territories, where=item.where)
    else:
        panel = queries.panels(codes=[item.indicator], territories=territories).get(item.indicator)
    if panel is None:
        return False
    first = item.start - timedelta(days=item.start.weekday())
    start = sum(week < first for week in panel.weeks)
    # The newest week is not over yet.
    end = len(panel.weeks) - 1 if weeks is None else min(len(panel.weeks) - 1, start + weeks)
    if not 2 <= start < end:
        return False
    indicator = panel.indicator
    panel = panel.only(_comparable(item, panel.territories, panel.weeks[0], panel.weeks[end - 1]))
    treated = np.isin(panel.territories, item.territories)
    weights = None if panel.denominators is None else panel.denominators[:, :end]
    of_percent = indicator.unit == "%"  # a change of per cent is told in points
    subject = domain.Subject(
        vi=indicator.name["vi"], en=indicator.name["en"], factor=indicator.scale, digits=max(1, indicator.digits),
        unit=" điểm phần trăm" if of_percent else f" {indicator.unit}", unit_en=" percentage points" if of_percent else "",
    )  # fmt: skip
    inferred, found = infer(
        model=EFFECT, purpose=f"effect:{item.id}",
        inputs={"intervention": item.id, "indicator": item.indicator, "weeks": [str(panel.weeks[0]), str(panel.weeks[end - 1])],
                "start": str(item.start), "treated": list(item.territories), "where": dict(item.where),
                "values": digest(panel.numerators[:, :end], weights)},
        run=lambda: domain.estimate_effect(
            panel.values[:, :end], treated, start, weights=weights, level=LEVEL, subject=subject,
            better=1 if indicator.direction == "up" else -1,
        ),
        output=lambda answer: {
            "verdict": answer.verdict, **dict(zip(("effect", "low", "high"), _listed(_bounds(answer)), strict=True)),
        },
        confidence=lambda answer: 1 - answer.p if np.isfinite(answer.p) else None, by=by, at=at,
    )  # fmt: skip
    scale = indicator.scale
    without = np.clip(found.counterfactual, 0, 1) if panel.measure is domain.Measure.SHARE else found.counterfactual
    models.EffectRow.objects.create(
        id=uuid7(), intervention_id=item.id, at=at, verdict=found.verdict, vi=found.vi, en=found.en, inference_id=inferred.id,
        **dict(zip(("effect", "low", "high"), _listed(_bounds(found) * scale), strict=True)),
        details={
            "method": found.method, "weights": {name: weight for name, weight in found.weights.items() if np.isfinite(weight)},
            "placebos": found.placebos, "reason": str(found.reason),
            "weeks": [str(week) for week in panel.weeks[:end]], "actual": _listed(found.actual * scale),
            "counterfactual": _listed(without * scale),
            "units": [
                {"territory": panel.territories[unit.unit], "worked": unit.worked,
                 **dict(zip(("effect", "low", "high"), _listed(_bounds(unit) * scale), strict=True))}
                for unit in found.units
            ],
        },
    )  # fmt: skip
    return True


def _comparable(item: domain.Intervention, territories: Sequence[str], first: date, last: date) -> list[str]:
    """The territories to compare: its own, and those in which nothing else was done for the indicator in that time, as far as
    enough of them are left."""
    busy = {
        place
        for other in queries.interventions()
        if other.id != item.id and other.indicator == item.indicator and first <= other.start <= last
        for place in other.territories
    }
    kept = [place for place in territories if place in item.territories or place not in busy]
    return kept if len(kept) - len(item.territories) >= LEAST_OTHERS else list(territories)


def _bounds(found: domain.Effect | domain.UnitEffect) -> np.ndarray:
    return np.array([found.effect, found.low, found.high])


def _listed(values: np.ndarray) -> list[float | None]:
    return [round(float(value), 6) if np.isfinite(value) else None for value in values]
