"""The one entrance to analysis: every use of a model is recorded, every conclusion can be looked up and answered."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from django.db import transaction

from lienthong.data.intelligence import domain, events, models, queries
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.audit import services as audit
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.ids import uuid7
from lienthong.kernel.text import fold

T = TypeVar("T")
FORECASTING, FALSIFICATION, EFFECT = "weekly-forecast", "falsification-signs", "effect-estimate"
UNUSUAL = "unusual-weeks"
HORIZON = 8
"""Weeks ahead."""
LEVEL = 0.9
LEAST_TO_BE_UNUSUAL = 16
"""Weeks."""
LEAST_OTHERS = 10
"""Territories to compare with, fewer than which are not chosen among."""
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Inferred:
    """What a model said, and the record of it."""

    id: UUID
    milliseconds: int


# --- models and their use ---------------------------------------------------------------------------------------------


@transaction.atomic
def register_model(*, card: Mapping[str, Any], by: str, at: datetime) -> UUID:
    """Register a version of a model by its card; it is not used before it is approved. Harmless to repeat."""
    read = domain.Card(**card)
    row, made = models.ModelRow.objects.get_or_create(
        name=read.name, version=read.version, defaults={"id": uuid7(), "card": asdict(read), "registered_at": at}
    )
    if made:
        audit.record(
            by=by, action="data.intelligence.register_model", subject=f"model:{read.name}/{read.version}", at=at
        )
    return row.id


@transaction.atomic
def approve_model(*, name: str, version: str, by: str, at: datetime) -> None:
    """Let a version be used from now on; the one before is retired. Approving an older one again is the way back.

    :raises domain.NoModel: there is no such version.
    """
    row = models.ModelRow.objects.select_for_update().filter(name=name, version=version).first()
    if row is None:
        raise domain.NoModel(name=f"{name}/{version}")
    if row.state == domain.ModelState.APPROVED:
        return
    models.ModelRow.objects.filter(name=name, state=domain.ModelState.APPROVED).update(state=domain.ModelState.RETIRED)
    row.state, row.approved_by, row.approved_at = domain.ModelState.APPROVED, by, at
    row.save(update_fields=["state", "approved_by", "approved_at"])
    audit.record(by=by, action="data.intelligence.approve_model", subject=f"model:{name}/{version}", at=at)


def infer(
    *,
    model: str,
    purpose: str,
    inputs: Mapping[str, Any],
    run: Callable[[], T],
    output: Callable[[T], Mapping[str, Any]],
    confidence: Callable[[T], float | None] = lambda _: None,
    by: str,
    at: datetime,
) -> tuple[Inferred, T]:
    """Use a model, and keep what for, from which inputs, what it said and how sure it was.

    :param inputs: what the answer hangs on, as references and options; hashed, so that the same question is known again.
    :param output: what of the answer is kept with the record.
    :raises domain.NoModel: no version of it is approved.
    """
    row = models.ModelRow.objects.filter(name=model, state=domain.ModelState.APPROVED).first()
    if row is None:
        raise domain.NoModel(name=model)
    begun = time.monotonic()
    answer = run()
    took = int(1000 * (time.monotonic() - begun))
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=str)
    record = models.InferenceRow.objects.create(
        id=uuid7(), model=row, purpose=purpose, by=by, at=at, inputs=json.loads(text),
        inputs_sha256=hashlib.sha256(text.encode()).digest(), output=dict(output(answer)), confidence=confidence(answer),
        milliseconds=took,
    )  # fmt: skip
    return Inferred(record.id, took), answer


def _digest(*arrays: np.ndarray | None) -> str:
    """A hash of numbers that a model was given."""
    found = hashlib.sha256()
    for array in arrays:
        if array is not None:
            found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


# --- forecasts ------------------------------------------------------------------------------------------------------


def forecast(*, origin: date | None = None, codes: Sequence[str] | None = None, by: str, at: datetime) -> int:
    """Forecast every weekly indicator for the country and each province by what its cells tell up to the week of ``origin``
    (else up to the last full week); how many expectations were written. Done again for the same origin, they are replaced.

    Provinces add up to the country exactly where the indicator is a sum or a share of rows. Each indicator is a transaction of
    its own, which writes only when all is computed: nobody's feed waits for the computing.
    """
    codes = list(codes or queries.weekly_indicators())
    territories = queries.provinces(vietnam_date(at))
    until = queries.last_full_week() if origin is None else origin - timedelta(days=origin.weekday())
    written = 0
    for panel in queries.panels(codes=codes, territories=territories, until=until).values():
        if len(panel.weeks) < domain.LEAST_WEEKS:
            continue
        written += _forecast(panel, by=by, at=at)
    return written


@transaction.atomic
def _forecast(panel: queries.Panel, *, by: str, at: datetime) -> int:
    code, last = panel.indicator.code, panel.weeks[-1]
    ahead = [last + WEEK * (number + 1) for number in range(HORIZON)]
    calendar = _calendar([*panel.weeks, *ahead])

    def run() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return domain.expected(
            panel.numerators, panel.denominators, measure=panel.measure, horizon=HORIZON, calendar=calendar, level=LEVEL
        )

    inputs = {"indicator": code, "weeks": [str(panel.weeks[0]), str(last)], "horizon": HORIZON, "level": LEVEL,
              "values": _digest(panel.numerators, panel.denominators)}  # fmt: skip
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
        for step, week in enumerate(ahead)
        if np.isfinite([point[row, step], low[row, step], high[row, step]]).all()
    ]  # fmt: skip
    models.ForecastRow.objects.filter(indicator=code, origin=origin).delete()
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
        errors = [
            domain.one_step_errors(_steady(item.measure, item.values), calendar=_calendar(item.weeks))[:, -length:]
            for item in told
        ]
        return domain.find_anomalies(np.concatenate(errors))

    inferred, unusual = infer(
        model=UNUSUAL, purpose="unusual", inputs={"week": str(last), "indicators": [item.indicator.code for item in told],
                                "values": _digest(*(item.values for item in told))},
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
            _propose(
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


# --- insights ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def find_falsified(
    *, offices: Sequence[domain.Office], columns: np.ndarray, sample: Mapping[str, Any], by: str, at: datetime
) -> list[UUID]:
    """Propose a look at the offices whose records seem re-dated to before their deadlines; the insights, the surest first. An
    office that was proposed already is not proposed again.

    :param columns: (5, records): position of the office, then received, due, claimed end, known, in minutes.
    :param sample: what the columns were read from, for the record.
    """
    office, *stamps = columns
    inferred, found = infer(
        model=FALSIFICATION, purpose="falsification", inputs=dict(sample) | {"values": _digest(columns)},
        run=lambda: domain.find_falsification(office.astype(int), *stamps, offices=len(offices)),
        output=lambda answer: {"offices": len(offices), "found": len(answer.findings)}, by=by, at=at,
    )  # fmt: skip
    proposed = []
    for finding in reversed(found.findings):  # the surest is the newest, and so the first in lists
        place = offices[finding.office]
        signs = {
            name: float(value[finding.office])
            for name, value in vars(found.signs).items()
            if isinstance(value, np.ndarray) and np.isfinite(value[finding.office])
        }
        proposed.append(
            _propose(
                kind="falsification", mark=f"falsification:{place.code}", agency=place.code, territory=place.territory,
                title=place.name, vi=finding.vi, en=finding.en, evidence=signs | {"q": finding.q},
                confidence=1 - finding.q, inferred=inferred, at=at,
            )
        )  # fmt: skip
    return [item for item in reversed(proposed) if item]


def _propose(
    *, kind: str, mark: str, title: str, vi: str, en: str, evidence: Mapping[str, Any], confidence: float, inferred: Inferred,
    at: datetime, indicator: str = "", territory: str = "", agency: str = "",
) -> UUID | None:  # fmt: skip
    row, made = models.InsightRow.objects.get_or_create(
        mark=mark,
        defaults={
            "id": uuid7(), "kind": kind, "indicator": indicator, "territory": territory, "agency": agency,
            "title": title, "vi": vi, "en": en,
            "evidence": dict(evidence), "confidence": confidence, "proposed_at": at, "inference_id": inferred.id,
            "search": fold(f"{title} {agency} {vi}"),
        },
    )  # fmt: skip
    if not made:
        return None
    outbox.publish(events.InsightProposed(insight_id=row.id, kind=kind, territory=territory, agency=agency), at=at)
    return row.id


@transaction.atomic
def decide(*, insight_id: UUID, state: domain.InsightState, reason: str, by: str, at: datetime) -> None:
    """A person's answer to an insight: confirmed, refused, acted on or measured, and why.

    :raises domain.BadStep: it does not stand where that can follow.
    """
    row = models.InsightRow.objects.select_for_update().filter(id=insight_id).first()
    stands = domain.InsightState(row.state) if row else None
    if stands is None or state not in domain.NEXT[stands]:
        raise domain.BadStep(state=stands or "–", wanted=state)
    row.state, row.decided_by, row.decided_at, row.reason = state, by, at, reason
    row.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    # An answer to one of many insights of a run is no answer to the run.
    if not models.InsightRow.objects.filter(inference=row.inference_id).exclude(id=row.id).exists():
        models.InferenceRow.objects.filter(id=row.inference_id).update(
            decision="refuse" if state is domain.InsightState.REFUSED else "accept",
            decided_by=by,
            decided_at=at,
            reason=reason,
        )
    audit.record(by=by, action=f"data.intelligence.{state}", subject=f"insight:{insight_id}", at=at, reason=reason)
    outbox.publish(events.InsightDecided(insight_id=insight_id, state=state), at=at)


# --- what was done, and what it changed -------------------------------------------------------------------------------


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
                "values": _digest(panel.numerators[:, :end], weights)},
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
