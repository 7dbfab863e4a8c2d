"""Computing the assessments of a period, for every unit in one go."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from lienthong.channels.kpis import domain, models, queries
from lienthong.channels.kpis.services._withholding import withhold
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.ids import uuid7

LATE = timedelta(days=45)
"""So long after a period's end its numbers still follow what is told late."""


@transaction.atomic
def assess(*, framework: domain.Framework, span: domain.Span, at: datetime) -> int:
    """Compute what every unit came to in a period by the framework's present version; how many units. What is appraised or
    published is not touched; who does not answer for the period yet by the roadmap is not assessed, and scored by what is due."""
    alone(framework.code)
    rows = models.AssessmentRow.objects.filter(framework=framework.code, version=framework.version, span=span.code)
    standing = {
        unit: (domain.State(state), self_scores)
        for unit, state, self_scores in rows.values_list("unit", "state", "self_scores")
    }
    found = queries.inputs(framework=framework, span=span, at=at)
    made = []
    for unit, sums in found.sums.items():
        state, self_scores = standing.get(unit, (domain.State.COMPUTED, {}))
        kind = domain.Kind.of(unit)
        not_due = found.not_due[unit]
        if not state.moves or not framework.is_due(unit, kind, span, found.above[unit]):
            continue
        if unit not in standing and len(not_due) == len(framework.leaves):
            continue
        results = domain.assess(
            framework, span, sums=sums, last_year=found.last_year.get(unit, {}), scales=found.scales,
            given={code: Decimal(points) for code, (points, _) in self_scores.items()}, kind=kind, not_due=not_due,
        )  # fmt: skip
        root = results[framework.root.code]
        made.append(
            models.AssessmentRow(
                id=uuid7(), framework_id=framework.code, version=framework.version, span=span.code, kind=kind, unit=unit,
                above=found.above[unit], results=kept(results), score=root.score, completeness=root.completeness, computed_at=at,
            )
        )  # fmt: skip
    made = _still_moving(rows, made, standing)
    models.AssessmentRow.objects.bulk_create(
        made, batch_size=1000, update_conflicts=True, unique_fields=["framework", "version", "span", "unit"],
        update_fields=["results", "score", "completeness", "computed_at"],
    )  # fmt: skip
    withhold(framework=framework, span=span, rows=made)
    return len(made)


def alone(framework: str) -> None:
    """One computing of a framework at a time: whoever comes second waits until the first is kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"channels.kpis:{framework}"])


def _still_moving(
    rows: QuerySet, made: list[models.AssessmentRow], standing: Mapping[str, tuple[domain.State, Any]]
) -> list[models.AssessmentRow]:
    """Of what was computed, that of units with which nobody took a step meanwhile; their rows are held until this is kept."""
    held = rows.select_for_update().order_by("id").values_list("unit", "state", "self_scores")
    now = {unit: (domain.State(state), self_scores) for unit, state, self_scores in held}
    return [row for row in made if now.get(row.unit) == standing.get(row.unit)]


def assess_current(*, at: datetime) -> int:
    """Assess every framework with periods in those that the day lies in, in the ones before while late facts still come, and in
    those with something reopened, if its numbers moved since or the day is another; how many units."""
    today, done = vietnam_date(at), 0
    known = {code: times for code, *times in models.FrameworkRow.objects.values_list("code", "moved_at", "assessed_at")}
    for framework in queries.frameworks().values():
        moved_at, assessed_at = known[framework.code]
        if assessed_at and vietnam_date(assessed_at) == today and (moved_at is None or moved_at <= assessed_at):
            continue
        for every in framework.every:
            span = domain.Span.of(today, every)
            done += assess(framework=framework, span=span, at=at)
            if today - span.before.last <= LATE:
                done += assess(framework=framework, span=span.before, at=at)
        for version, span in queries.reopened_periods(code=framework.code):
            done += assess(framework=version, span=span, at=at)
        models.FrameworkRow.objects.filter(code=framework.code).update(assessed_at=at)
    return done


def kept(results: Mapping[str, domain.Result]) -> dict[str, Any]:
    """Results as their column keeps them: exact."""
    return {
        code: [
            *(
                None if part is None else str(part)
                for part in (item.value, item.score, item.completeness, item.numerator, item.denominator)
            ),
            *(() if item.is_due else (False,)),
        ]
        for code, item in results.items()
    }
