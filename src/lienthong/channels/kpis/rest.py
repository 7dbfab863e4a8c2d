"""Scores as JSON."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from lienthong.channels.kpis import domain, queries
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound

router = Router(tags=["kpis"])
VIEW = "channels.kpis.view"


class FrameworkOut(Schema):
    code: str
    name: dict[str, str]
    version: str
    basis: str
    every: list[str]


class LineOut(Schema):
    depth: int
    criterion: str
    name: dict[str, str]
    weight: Decimal
    maximum: Decimal
    indicator: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    score: Decimal | None
    low: Decimal | None
    high: Decimal | None
    withheld: bool
    completeness: Decimal
    due: bool


class PublishedOut(Schema):
    unit: str
    place: int | None
    score: Decimal | None
    low: Decimal | None
    high: Decimal | None
    withheld: bool
    completeness: Decimal
    due: bool
    number: int
    reopened: bool


class ReopenedOut(Schema):
    at: datetime
    reason: str
    document: str


class MovedOut(Schema):
    criterion: str
    before: Decimal | None
    after: Decimal | None
    rows: Decimal | None


class VersionOut(Schema):
    number: int
    published_at: datetime
    score: Decimal | None
    low: Decimal | None
    high: Decimal | None
    reason: str
    computed_at: datetime | None
    seal: str
    reopened: ReopenedOut | None
    replaced_at: datetime | None
    moved: list[MovedOut]


@router.get("/kpis", response=list[FrameworkOut])
def frameworks(request: HttpRequest):
    """The frameworks in force."""
    request.rights.require_somewhere(VIEW)
    return [
        {
            "code": item.code, "name": dict(item.name), "version": str(item.version), "basis": item.basis,
            "every": [every.value for every in item.every],
        }
        for item in queries.frameworks().values()
    ]  # fmt: skip


@router.get("/kpis/{framework}", response=list[LineOut])
def scores(request: HttpRequest, framework: str, territory: str = "", period: str = ""):
    """Every criterion of a framework for a territory (empty: the country) or ministry, parents first; of a period (2026-03,
    2026-Q1, 2026) where the framework has them. What fewer than 5 rows about persons stand behind is told to whoever may see the
    rows, and to others nothing from which it can be worked out: no points, and of the groups above it what they can be at least
    and at most."""
    kind = domain.Kind.of(territory)
    where = {"agency": territory} if kind is domain.Kind.MINISTRY else {"territory": territory}
    request.rights.require(VIEW, **where)
    found = queries.framework(code=framework)
    if found.every:
        now = clock.now()
        span = domain.Span.parse(period) if period else domain.Span.of(clock.vietnam_date(now), found.every[0])
        hide = not request.rights.allows("data.registry.read", territory=territory)
        lines = queries.lines(queries.sheet(code=framework, span=span, unit=territory, at=now), hide=hide)
    else:
        lines = queries.tree(
            framework=found, territory=territory, rights=request.rights, on=clock.vietnam_date(clock.now())
        )
    return [
        {
            "depth": line.depth, "criterion": line.criterion.code, "name": dict(line.criterion.name),
            "weight": line.criterion.weight, "maximum": line.criterion.maximum, "indicator": line.criterion.leads_to,
            "value": line.result.value, "numerator": line.result.numerator, "denominator": line.result.denominator,
            **_points(line.result),
        }
        for line in lines
    ]  # fmt: skip


def _points(result: domain.Result) -> dict[str, Any]:
    return {
        "score": result.score, "low": result.low, "high": result.high, "withheld": result.is_hidden,
        "completeness": result.completeness, "due": result.is_due,
    }  # fmt: skip


def _everything(units: Collection[str]) -> set[str]:
    """Of what is open to everybody no rows are."""
    return set(units)


@router.get("/results/{framework}/{period}", response=list[PublishedOut], auth=None)
def published(request: HttpRequest, framework: str, period: str, kind: str = "province", province: str = ""):
    """The published ranking of a period, open to everybody: provinces, ministries, or (``commune``) those of a province. Where
    something is withheld, a unit stands by the middle of what its score can be."""
    span = domain.Span.parse(period)
    of_then = queries.public_version(code=framework, span=span)
    chosen = next((item for item in domain.Kind if item == kind), domain.Kind.PROVINCE)
    ranking = queries.ranked(
        framework=of_then, span=span, kind=chosen, above=province, public=True, shut=_everything, at=clock.now()
    )
    return [
        {
            "unit": item.unit, "place": item.place, **_points(item.result), "due": item.is_due, "number": item.number,
            "reopened": item.is_reopened,
        }
        for item in ranking
    ]  # fmt: skip


@router.get("/results/{framework}/{period}/{unit}", response=list[VersionOut], auth=None)
def versions(request: HttpRequest, framework: str, period: str, unit: str):
    """Every version of a unit's result that was published, open to everybody, the last first: what it replaced and why, and
    what moved. A change of fewer than 5 rows is told as none. The country is ``vn``."""
    code = "" if unit == "vn" else unit
    span = domain.Span.parse(period)
    sheet = queries.sheet(code=framework, span=span, unit=code, public=True, at=clock.now())
    if sheet.assessment is None:
        raise NotFound(what=f"kết quả công bố của {unit}, {span.vi}")
    found = queries.changes(framework=sheet.framework, versions=queries.published(id=sheet.assessment.id), hide=True)
    return [_version(item) for item in found]


def _version(item: queries.Changed) -> dict:
    told = item.version
    return {
        "number": told.number, "published_at": told.at, "score": item.total.score, "low": item.total.low,
        "high": item.total.high, "reason": told.reason,
        "computed_at": told.computed_at, "seal": told.seal, "replaced_at": told.replaced_at,
        "reopened": told.reopened and {
            "at": told.reopened.at, "reason": told.reopened.reason, "document": told.reopened.document,
        },
        "moved": [
            {
                "criterion": part.criterion.code, "before": part.before.score, "after": part.after.score,
                "rows": None if part.is_small else part.rows,
            }
            for part in item.moved
        ],
    }  # fmt: skip
