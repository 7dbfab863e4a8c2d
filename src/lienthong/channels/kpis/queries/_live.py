"""Frameworks, and the scores of the moment of those without periods."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from lienthong.channels.kpis import domain, models
from lienthong.channels.kpis.queries._due import Due
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.errors import NotFound


@dataclass(frozen=True)
class Line:
    """One criterion of a framework for one territory, ready to be shown."""

    depth: int
    criterion: domain.Criterion
    result: domain.Result


def frameworks() -> dict[str, domain.Framework]:
    """The frameworks in force by code."""
    rows = models.FrameworkRow.objects.order_by("code").values_list("code", "declaration")
    return {code: domain.Framework.parse(document) for code, document in rows}


def framework(*, code: str) -> domain.Framework:
    """One of them.

    :raises kernel.errors.NotFound: there is none of that code.
    """
    found = frameworks().get(code)
    if found is None:
        raise NotFound(what=f"khung KPI {code}")
    return found


def versions(*, code: str) -> dict[str, domain.Framework]:
    """Every version of a framework there has been, the newest first."""
    rows = models.FrameworkVersion.objects.filter(framework=code).order_by("-declared_at", "-id")
    return {
        version: domain.Framework.parse(document) for version, document in rows.values_list("version", "declaration")
    }


def current(*, framework: str, territories: Sequence[str] | None = None) -> dict[tuple[str, str], domain.Result]:
    """The present results by (territory, criterion), in one query."""
    rows = models.ResultRow.objects.filter(framework=framework, until=None)
    if territories is not None:
        rows = rows.filter(territory__in=list(territories))
    return {
        (territory, criterion): domain.Result(criterion, value, score, completeness)
        for territory, criterion, value, score, completeness in rows.values_list(
            "territory", "criterion", "value", "score", "completeness"
        )
    }


def tree(*, framework: domain.Framework, territory: str, on: date) -> list[Line]:
    """The framework's criteria with their results for a territory, parents first. Where none are kept, they are computed from
    what everybody may see."""
    place = directory.unit(territory, on) if territory else None
    not_due = Due(framework, on).not_due(territory, place.parent if place else "")
    stored = current(framework=framework.code, territories=[territory])
    results = {criterion: result for (_, criterion), result in stored.items()}
    if not results:
        cells = warehouse.shown_to_all(warehouse.cells(codes=sorted(framework.indicators), territories=[territory]))
        results = domain.compute(framework, {cell.indicator: cell.value for cell in cells}, not_due)
    for _, node in framework.root.walk():
        if {part.code for _, part in node.walk() if not part.children} <= not_due:
            results[node.code] = replace(results[node.code], is_due=False)
    return [Line(depth, node, results[node.code]) for depth, node in framework.root.walk()]


def ranking(*, framework: domain.Framework, criterion: str = "") -> list[tuple[str, domain.Result]]:
    """Provinces by their score, best first; those without a score last."""
    wanted = criterion or framework.root.code
    found = [
        (territory, result)
        for (territory, name), result in current(framework=framework.code).items()
        if name == wanted and territory
    ]
    return sorted(found, key=lambda item: (item[1].score is None, -(item[1].score or 0), item[0]))


def history(*, framework: str, criterion: str, territory: str, limit: int = 60) -> list[domain.Known]:
    """What a criterion scored over time, oldest first."""
    rows = models.ResultRow.objects.filter(framework=framework, criterion=criterion, territory=territory).order_by(
        "-id"
    )
    return [domain.Known(*row) for row in rows.values_list("at", "value", "score")[:limit]][::-1]
