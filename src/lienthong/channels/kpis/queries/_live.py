"""Frameworks, and the scores of the moment of those without periods."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from lienthong.channels.kpis import domain, models
from lienthong.channels.kpis.queries._due import Due
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.access.queries import Rights
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


def tree(*, framework: domain.Framework, territory: str, rights: Rights, on: date) -> list[Line]:
    """The framework's criteria with their results for a territory as a reader may see them, parents first. Where none are kept,
    they are computed from what everybody may see."""
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
    hidden = _hidden(framework, [territory], rights).get(territory, ())
    results = domain.shown(framework, results, hidden)
    return [Line(depth, node, results[node.code]) for depth, node in framework.root.walk()]


def _hidden(framework: domain.Framework, territories: Sequence[str], rights: Rights) -> dict[str, set[str]]:
    """By territory the leaves of which the reader may not see the number."""
    cells = warehouse.cells(codes=sorted(framework.indicators), territories=list(territories))
    shut = {(cell.territory, cell.indicator) for cell in warehouse.shown_to(rights, cells) if cell.suppressed}
    found: dict[str, set[str]] = defaultdict(set)
    for territory, indicator in shut:
        found[territory] |= {leaf.code for leaf in framework.leaves if leaf.indicator == indicator}
    return found


def ranking(*, framework: domain.Framework, rights: Rights) -> list[tuple[str, domain.Result]]:
    """Provinces by their score as a reader may see it, best first; those without a score last."""
    told: dict[str, dict[str, domain.Result]] = defaultdict(dict)
    for (territory, criterion), result in current(framework=framework.code).items():
        if territory:
            told[territory][criterion] = result
    hidden = _hidden(framework, sorted(told), rights)
    found = [
        (territory, domain.shown(framework, results, hidden.get(territory, ()))[framework.root.code])
        for territory, results in told.items()
    ]
    return sorted(found, key=lambda item: (item[1].middle is None, -(item[1].middle or 0), item[0]))


def history(*, framework: domain.Framework, territory: str, rights: Rights, limit: int = 60) -> list[domain.Known]:
    """What the whole scored over time, oldest first; nothing where it counts rows about persons that the reader may not see:
    what was withheld then is not known any more."""
    if warehouse.guarded(codes=sorted(framework.indicators), rights=rights, territories=[territory]):
        return []
    rows = models.ResultRow.objects.filter(
        framework=framework.code, criterion=framework.root.code, territory=territory
    ).order_by("-id")
    return [domain.Known(*row) for row in rows.values_list("at", "value", "score")[:limit]][::-1]
