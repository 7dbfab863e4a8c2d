"""Setting roadmaps, line by line or from a file; nothing is written over."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from lienthong.commons.stewardship import domain, events, models, queries
from lienthong.foundation.audit import services as audit
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.clock import vietnam_date


@transaction.atomic
def know_items(*, framework: str, items: Sequence[domain.Item]) -> None:
    """Learn what roadmaps about a framework can speak of. The same again writes nothing."""
    if queries.items(framework=framework) == list(items):
        return
    rows = [
        models.ItemRow(framework=framework, code=item.code, above=item.above, name=dict(item.name), place=place)
        for place, item in enumerate(items)
    ]
    models.ItemRow.objects.filter(framework=framework).exclude(code__in=[item.code for item in items]).delete()
    models.ItemRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["framework", "code"], update_fields=["above", "name", "place"]
    )


@transaction.atomic
def set_due(
    *, framework: str, criterion: str, unit: str, due_from: date | None, basis: str, reason: str, by: str, at: datetime
) -> bool:
    """Set from which day a unit answers for a criterion, or take its line back (no day): whether anything changed.

    :raises domain.BadRoadmap: there is no such criterion or unit, no line to take back, no basis or no reason.
    """
    basis, reason = domain.require_founded(basis, reason)
    return bool(_set([domain.Wanted(framework, criterion, unit, due_from, basis)], reason=reason, by=by, at=at))


@transaction.atomic
def declare_roadmap(*, document: Mapping[str, Any], reason: str, by: str, at: datetime) -> int:
    """Set the lines of a file, all or none; how many changed. The same file again changes nothing.

    :raises domain.BadRoadmap: naming what is wrong.
    """
    wanted = domain.parse_roadmap(document)
    for line in wanted:
        domain.require_founded(line.basis, reason)
    return _set(wanted, reason=reason.strip(), by=by, at=at)


# --- inside -----------------------------------------------------------------------------------------------------------


def _set(wanted: Sequence[domain.Wanted], *, reason: str, by: str, at: datetime) -> int:
    frameworks = sorted({line.framework for line in wanted})
    with connection.cursor() as cursor:  # one change of a framework's roadmaps at a time
        for code in frameworks:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"commons.stewardship.roadmap:{code}"])
    _require_known(wanted, vietnam_date(at))
    stands = _standing(frameworks)
    rows = []
    for line in wanted:
        now = stands.get((line.framework, line.criterion, line.unit))
        if now is None and line.due_from is None:
            raise domain.BadRoadmap(
                problem=f"{line.criterion} không có dòng nào để bỏ",
                problem_en=f"{line.criterion} has no line to take back",
            )
        if now is None or (now.due_from, now.basis) != (line.due_from, line.basis):
            rows.append(
                models.RoadmapRow(
                    framework=line.framework, criterion=line.criterion, unit=line.unit, number=now.number + 1 if now else 1,
                    due_from=line.due_from, basis=line.basis, reason=reason, by=by, at=at,
                )
            )  # fmt: skip
    models.RoadmapRow.objects.bulk_create(rows, batch_size=1000)
    for code, lines in sorted(Counter(row.framework for row in rows).items()):
        told = [row for row in rows if row.framework == code]
        audit.record(
            by=by, action="commons.stewardship.roadmap", subject=f"framework:{code}", at=at, reason=reason,
            details={
                "lines": lines,
                "first": [[row.unit, row.criterion, row.due_from and row.due_from.isoformat(), row.basis] for row in told[:20]],
            },
        )  # fmt: skip
        outbox.publish(events.RoadmapChanged(framework=code, lines=lines), at=at)
    return len(rows)


def _standing(frameworks: Sequence[str]) -> dict[tuple[str, str, str], models.RoadmapRow]:
    rows = models.RoadmapRow.objects.filter(framework__in=frameworks).order_by("number")
    return {(row.framework, row.criterion, row.unit): row for row in rows}


def _require_known(wanted: Sequence[domain.Wanted], on: date) -> None:
    for framework in {line.framework for line in wanted}:
        known = {item.code for item in queries.items(framework=framework)}
        asked = {line.criterion for line in wanted if line.framework == framework}
        if missing := sorted(asked - known):
            raise domain.BadRoadmap(
                problem=f"khung {framework} không có tiêu chí {', '.join(missing)}",
                problem_en=f"the framework {framework} has no criterion {', '.join(missing)}",
            )
    units = {line.unit for line in wanted}
    if missing := sorted(units - set(queries.roadmap_units(codes=units, on=on))):
        raise domain.BadRoadmap(
            problem=f"không có đơn vị mang mã {', '.join(missing)}",
            problem_en=f"there is no unit with the code {', '.join(missing)}",
        )
