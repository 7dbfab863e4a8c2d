"""Scores as JSON."""

from decimal import Decimal

from django.http import HttpRequest
from ninja import Router, Schema

from lienthong.channels.kpis import queries

router = Router(tags=["kpis"])
VIEW = "channels.kpis.view"


class FrameworkOut(Schema):
    code: str
    name: dict[str, str]
    version: str
    basis: str


class LineOut(Schema):
    depth: int
    criterion: str
    name: dict[str, str]
    weight: Decimal
    indicator: str
    value: Decimal | None
    score: Decimal | None
    completeness: Decimal


@router.get("/kpis", response=list[FrameworkOut])
def frameworks(request: HttpRequest):
    """The frameworks in force."""
    request.rights.require_somewhere(VIEW)
    return [
        {"code": item.code, "name": dict(item.name), "version": str(item.version), "basis": item.basis}
        for item in queries.frameworks().values()
    ]


@router.get("/kpis/{framework}", response=list[LineOut])
def scores(request: HttpRequest, framework: str, territory: str = ""):
    """Every criterion of a framework for a territory (empty: the country), parents first."""
    request.rights.require(VIEW, territory=territory)
    return [
        {
            "depth": line.depth, "criterion": line.criterion.code, "name": dict(line.criterion.name),
            "weight": line.criterion.weight, "indicator": line.criterion.indicator, "value": line.result.value,
            "score": line.result.score, "completeness": line.result.completeness,
        }
        for line in queries.tree(framework=queries.framework(code=framework), territory=territory)
    ]  # fmt: skip
