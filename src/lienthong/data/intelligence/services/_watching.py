"""What has become another for good: forecasts that no longer hold, series on another level. Both are watched over all series at
once, so that false alarms stay few."""

from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import transaction

from lienthong.data.intelligence import domain, models, queries
from lienthong.data.intelligence.services._insights import propose
from lienthong.data.intelligence.services._models import Inferred, digest, infer
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date

DRIFT, CHANGES = "forecast-drift", "lasting-changes"
FALSE_A_YEAR = 2.0
"""False alarms of drift in a year, over all forecasts together."""
LEARNING = 16
"""Weeks of errors that only teach."""
WINDOW, BUDGET = 26, 0.1
"""Weeks in which a change is looked for, and the share of false ones among all that are found."""
NEW = 4
"""Weeks after which an alarm of drift is an old one."""
SAME = timedelta(weeks=26)
"""Within this time the same is not proposed again."""


@transaction.atomic
def find_drifting(*, week: date | None = None, by: str, at: datetime) -> list[UUID]:
    """Propose a look at forecasts whose errors of the last full week (else ``week``, its Monday) show that they no longer hold:
    values run above or below them, or further from them than they did."""
    errors = queries.forecast_errors(
        territories=queries.provinces(vietnam_date(at)), until=week or queries.last_full_week()
    )
    if errors is None or len(errors.weeks) <= LEARNING:
        return []
    run_length = max(520.0, 52 * len(errors.series) / FALSE_A_YEAR)
    inferred, found = infer(
        model=DRIFT, purpose="drift",
        inputs={"weeks": [str(errors.weeks[0]), str(errors.weeks[-1])], "values": digest(errors.values)},
        run=lambda: domain.find_drift(errors.values, run_length=run_length, reference=LEARNING),
        output=lambda told: {"watched": len(told.alarm), "alarms": int((told.alarm >= 0).sum())}, by=by, at=at,
    )  # fmt: skip
    fresh = np.flatnonzero(found.alarm >= len(errors.weeks) - NEW)
    proposed = []
    for row in fresh:
        code, place = errors.series[row]
        began = errors.weeks[found.began[row]]
        proposed.append(
            _propose(
                "drift", code, place, began, errors.weeks[found.alarm[row]], inferred, at,
                sentences=lambda name, where, began=began, row=row: domain.drift_sentences(
                    name, where, began, bias=int(found.bias[row])
                ),
                evidence={"since": str(began), "bias": int(found.bias[row]), "false_a_year": FALSE_A_YEAR}, confidence=0.9,
            )
        )  # fmt: skip
    return [item for item in proposed if item]


@transaction.atomic
def find_changed(*, week: date | None = None, by: str, at: datetime) -> list[UUID]:
    """Propose a look at indicators and places that have been on another level for some weeks, the last full one (else ``week``,
    its Monday) the newest. Where the country has, its provinces are not proposed beside it."""
    territories, last = queries.provinces(vietnam_date(at)), week or queries.last_full_week()
    panels = queries.panels(codes=queries.weekly_indicators(), territories=territories, until=last)
    told = [item for item in panels.values() if item.weeks[-1] == last and len(item.weeks) >= WINDOW]
    if not told:
        return []
    values = np.concatenate([item.steady[:, -WINDOW:] for item in told])
    inferred, found = infer(
        model=CHANGES, purpose="lasting changes",
        inputs={"week": str(last), "indicators": [item.indicator.code for item in told], "values": digest(values)},
        run=lambda: domain.find_changes(values, budget=BUDGET),
        output=lambda answer: {"tested": len(values), "found": len(answer.series)}, by=by, at=at,
    )  # fmt: skip
    whole = {row // len(territories) for row in found.series if not territories[row % len(territories)]}
    proposed = []
    for row, cut, q in reversed(list(zip(found.series, found.time, found.q, strict=True))):
        panel, place = told[row // len(territories)], territories[row % len(territories)]
        if place and row // len(territories) in whole:
            continue
        line = panel.values[row % len(territories), -WINDOW:] * panel.indicator.scale
        before, after = float(np.nanmedian(line[:cut])), float(np.nanmedian(line[cut:]))
        since, indicator = panel.weeks[-WINDOW:][cut], panel.indicator
        proposed.append(
            _propose(
                "change", indicator.code, place, since, since, inferred, at,
                sentences=lambda name, where, values=(before, after), since=since, of=indicator: domain.change_sentences(
                    name, where, since, *values, of.unit, of.digits
                ),
                evidence={"since": str(since), "before": before, "after": after, "q": float(q)}, confidence=float(1 - q),
            )
        )  # fmt: skip
    return [item for item in reversed(proposed) if item]


def _propose(
    kind: str, code: str, place: str, since: date, marked: date, inferred: Inferred, at: datetime, *, sentences, evidence: dict,
    confidence: float,
) -> UUID | None:  # fmt: skip
    """Propose it, unless the same was proposed of about the same time."""
    known = models.InsightRow.objects.filter(kind=kind, indicator=code, territory=place)
    for other in known.values_list("evidence__since", flat=True):
        if abs(date.fromisoformat(other) - since) < SAME:
            return None
    name = queries.indicator_name(code=code)
    where = directory.units_by_code([place], vietnam_date(at))[place].full_name if place else ""
    vi, en = sentences(name, where)
    return propose(
        kind=kind, mark=f"{kind}:{code}:{place}:{marked}", indicator=code, territory=place,
        title=f"{name['vi']}, {where or 'cả nước'}", vi=vi, en=en, evidence=evidence, confidence=confidence, inferred=inferred,
        at=at,
    )  # fmt: skip
