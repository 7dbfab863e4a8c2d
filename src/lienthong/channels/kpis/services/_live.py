"""Scores of the moment: what frameworks without periods come to as numbers move."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from lienthong.channels.kpis import domain, events, models, queries
from lienthong.channels.kpis.services._assessments import alone
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.clock import vietnam_date


@transaction.atomic
def compute(*, framework: domain.Framework, at: datetime) -> int:
    """Score the country and every province anew; how many results changed. Only changes are stored. What a commune scores is
    computed when it is asked for."""
    alone(framework.code)
    provinces = [unit.code for unit in directory.units(level="province", parent="", on=vietnam_date(at))]
    territories = ["", *provinces]
    due = queries.Due(framework, vietnam_date(at))
    values: dict[str, dict[str, Any]] = {territory: {} for territory in territories}
    for cell in warehouse.cells(codes=sorted(framework.indicators), territories=territories):
        values[cell.territory][cell.indicator] = cell.value
    before = queries.current(framework=framework.code, territories=territories)
    rows, ended = [], []
    for territory in territories:
        for result in domain.compute(framework, values[territory], due.not_due(territory)).values():
            known = before.get((territory, result.criterion))
            if known is None or (known.value, known.score, known.completeness) != _stored(result):
                value, score, completeness = _stored(result)
                if known is not None:
                    ended.append((territory, result.criterion))
                rows.append(
                    models.ResultRow(
                        framework_id=framework.code, version=framework.version, criterion=result.criterion,
                        territory=territory, value=value, score=score, completeness=completeness, at=at,
                    )
                )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE channels_kpis_result result SET until = %s FROM unnest(%s::text[], %s::text[]) AS ended (territory, criterion)
            WHERE result.framework_id = %s AND result.territory = ended.territory AND result.criterion = ended.criterion
              AND result.until IS NULL
            """,
            [at, [item[0] for item in ended], [item[1] for item in ended], framework.code],
        )
    models.ResultRow.objects.bulk_create(rows, batch_size=2000)
    if rows:
        outbox.publish(events.KpiComputed(framework=framework.code, results=len(rows)), at=at)
    return len(rows)


def compute_for(*, indicators: Sequence[str], registers: Sequence[str] = (), at: datetime) -> int:
    """Compute every framework without periods that uses one of these indicators; those with periods, which take longer, are noted
    to have moved.

    :param registers: those whose rows changed.
    """
    frameworks = queries.frameworks()
    moved = [code for code, item in frameworks.items() if queries.stands_on(item, indicators, registers)]
    models.FrameworkRow.objects.filter(code__in=moved).update(moved_at=at)
    return sum(
        compute(framework=framework, at=at)
        for framework in frameworks.values()
        if not framework.every and framework.code in moved
    )


def _stored(result: domain.Result) -> tuple:
    """As the columns keep it."""
    return (None if result.value is None else round(result.value, 6), result.score, result.completeness)


def follow_roadmap(*, frameworks: Sequence[str], at: datetime) -> None:
    """From another day than before units answer for criteria of these: compute those without periods, note that the others
    moved."""
    models.FrameworkRow.objects.filter(code__in=list(frameworks)).update(moved_at=at)
    for code, framework in queries.frameworks().items():
        if code in frameworks and not framework.every:
            compute(framework=framework, at=at)
