"""Putting frameworks in force."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from lienthong.channels.kpis import domain, models, queries
from lienthong.channels.kpis.services._live import compute
from lienthong.commons.stewardship import domain as stewardship_domain
from lienthong.commons.stewardship import services as stewardship
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.audit import services as audit


@transaction.atomic
def declare(*, document: Mapping[str, Any], by: str, at: datetime) -> None:
    """Put a framework in force, or bring it up to its file, and compute it. A new version begins beside the old one,
    whose results stay as they are.

    :raises domain.BadFramework: the declaration cannot work.
    :raises domain.VersionTaken: results of this very version are published; what is changed needs a new version.
    """
    framework = domain.Framework.parse(document)
    if framework.every:
        _check_sources(framework)
    stewardship.know_items(framework=framework.code, items=_items(framework))
    row, made = models.FrameworkRow.objects.get_or_create(
        code=framework.code, defaults={"declaration": document, "declared_at": at}
    )
    known = models.FrameworkVersion.objects.filter(framework=row, version=framework.version).first()
    if not made and row.declaration == document and known is not None:
        return
    if known is not None and known.declaration != document:
        shown = models.AssessmentRow.objects.filter(framework=row, version=framework.version, number__gt=0)
        if shown.exists():
            raise domain.VersionTaken(code=framework.code, version=framework.version)
    if not made:
        models.FrameworkRow.objects.filter(code=framework.code).update(
            declaration=document, declared_at=at, moved_at=at
        )
    if known is None:
        models.ResultRow.objects.filter(framework=row, until=None).update(until=at)
        models.FrameworkVersion.objects.create(
            framework=row, version=framework.version, declaration=document, declared_at=at
        )
    else:
        models.FrameworkVersion.objects.filter(id=known.id).update(declaration=document, declared_at=at)
    audit.record(
        by=by, action="channels.kpis.declare", subject=f"framework:{framework.code}", at=at,
        details={"version": framework.version},
    )  # fmt: skip
    if not framework.every:
        compute(framework=framework, at=at)


def _items(framework: domain.Framework) -> list[stewardship_domain.Item]:
    """What a roadmap can speak of: the whole, its groups, their criteria."""
    root = framework.root
    above = {child.code: node.code for _, node in root.walk() for child in node.children}
    return [
        stewardship_domain.Item(
            framework.code, node.code, above.get(node.code, ""), framework.short if node is root else node.name
        )
        for _, node in root.walk()
    ]


def _check_sources(framework: domain.Framework) -> None:
    """A framework with periods can count only what is counted by month, or has no date at all."""
    known = warehouse.indicators(codes=sorted(framework.indicators))
    for code in sorted(framework.indicators):
        if code not in known:
            raise domain.BadFramework(code=framework.code, problem=f"there is no indicator {code}")
        if known[code].period and warehouse_domain.Every.MONTH not in known[code].every:
            raise domain.BadFramework(code=framework.code, problem=f"the indicator {code} is not counted by month")
    for leaf in framework.leaves:
        if leaf.measure and leaf.measure not in queries.MEASURES:
            raise domain.BadFramework(
                code=framework.code,
                problem=f"{leaf.measure} is none of the measures {', '.join(sorted(queries.MEASURES))}",
            )
