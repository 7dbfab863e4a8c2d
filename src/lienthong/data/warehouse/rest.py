"""Indicators as JSON: what they mean, what they say now and said before, what crossed its threshold."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from lienthong.data.warehouse import domain, queries

router = Router(tags=["indicators"])
VIEW = "channels.dashboards.view"
PLACES = Query([""])


class IndicatorOut(Schema):
    code: str
    name: dict[str, str]
    definition: dict[str, str]
    unit: str
    register: str = Field(...)
    direction: str
    amber: Decimal | None
    red: Decimal | None


class CellOut(Schema):
    indicator: str
    territory: str
    period: str
    value: Decimal | None
    numerator: Decimal
    denominator: Decimal
    rows: int
    level: str
    computed_at: datetime
    checked_at: datetime | None


class PointOut(Schema):
    at: datetime
    value: Decimal | None


class SignalOut(Schema):
    id: UUID
    indicator: str
    territory: str
    period: str
    level: str
    state: str
    value: Decimal
    threshold: Decimal | None
    raised_at: datetime
    closed_at: datetime | None
    directive_id: UUID | None


@router.get("/indicators", response=list[IndicatorOut])
def indicators(request: HttpRequest):
    """Every declared indicator."""
    return [_declared(item) for item in queries.indicators().values()]


@router.get("/indicators/{code}", response=IndicatorOut)
def indicator(request: HttpRequest, code: str):
    """One of them."""
    return _declared(queries.indicator(code=code))


@router.get("/indicators/{code}/cells", response=list[CellOut])
def cells(request: HttpRequest, code: str, territory: list[str] = PLACES, period: str = ""):
    """Present values for territories (empty: the country), each with its sums, rows, age and level."""
    for place in territory:
        request.rights.require(VIEW, territory=place)
    return queries.cells(codes=[queries.indicator(code=code).code], territories=territory, period=period)


@router.get("/indicators/{code}/past", response=list[PointOut])
def past(request: HttpRequest, code: str, territory: str = "", period: str = "", limit: int = Query(60, ge=1, le=1000)):
    """What a value was over time, oldest first."""
    request.rights.require(VIEW, territory=territory)
    return queries.past(code=code, territory=territory, period=period, limit=limit)


@router.get("/signals", response=list[SignalOut])
def signals(request: HttpRequest, territory: str = "", open_only: bool = True, limit: int = Query(100, ge=1, le=1000)):
    """Thresholds crossed in a territory, newest first; for the country, those of every territory."""
    request.rights.require(VIEW, territory=territory)
    return queries.signals(open_only=open_only, territories=[territory] if territory else None, limit=limit)


def _declared(item: domain.Indicator) -> dict:
    return {
        "code": item.code, "name": dict(item.name), "definition": dict(item.definition), "unit": item.unit,
        "register": item.register, "direction": item.direction.value, "amber": item.amber, "red": item.red,
    }  # fmt: skip
