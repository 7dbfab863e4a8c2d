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
    suppressed: bool
    computed_at: datetime
    checked_at: datetime | None


class PartOut(Schema):
    part: str
    value: Decimal | None
    numerator: Decimal
    denominator: Decimal
    rows: int


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
def cells(
    request: HttpRequest, code: str, territory: list[str] = PLACES, period: str = "", known_at: datetime | None = None
):
    """Values for territories (empty: the country), each with its sums, rows, age and level: present ones, or as they were known
    at a moment. Behind which fewer than five persons' rows stand, they are withheld from who may not see the rows."""
    for place in territory:
        request.rights.require(VIEW, territory=place)
    asked = {"codes": [queries.indicator(code=code).code], "territories": territory, "period": period}
    found = queries.cells_known_at(at=known_at, **asked) if known_at else queries.cells(**asked)
    return queries.shown_to(request.rights, found, past=known_at is not None)


@router.get("/indicators/{code}/parts", response=list[PartOut])
def parts(request: HttpRequest, code: str, by: str, territory: str = "", period: str = ""):
    """What an indicator says of parts of its rows: by channel, by procedure, by sector, for the country or a province."""
    request.rights.require(VIEW, territory=territory)
    declared = queries.indicator(code=code)
    found = queries.parts(code=code, territories=[territory], by=by, periods=[period]).get((territory, period), {})
    guarded = queries.guarded(codes=[code], rights=request.rights, territories=[territory])
    hidden = domain.withheld({part: rows for part, (_, _, rows) in found.items()}) if guarded else set()
    return [
        {"part": part, "numerator": n, "denominator": d, "rows": rows, "value": declared.value(n, d, rows)}
        for part, (n, d, rows) in sorted(found.items())
        if part not in hidden
    ]


@router.get("/indicators/{code}/past", response=list[PointOut])
def past(request: HttpRequest, code: str, territory: str = "", period: str = "", limit: int = Query(60, ge=1, le=1000)):
    """What a value was over time, oldest first. Of rows about persons, below the country, only for who may see the rows."""
    request.rights.require(VIEW, territory=territory)
    guarded = bool(queries.guarded(codes=[code], rights=request.rights, territories=[territory]))
    if guarded and territory:
        request.rights.require(queries.READ_ROWS, territory=territory, sector=queries.indicator(code=code).register)
    return queries.past(code=code, territory=territory, period=period, limit=limit, guarded=guarded)


@router.get("/signals", response=list[SignalOut])
def signals(request: HttpRequest, territory: str = "", open_only: bool = True, limit: int = Query(100, ge=1, le=1000)):
    """Thresholds crossed in a territory, newest first; for the country, those of every territory. Those whose values are withheld
    from the reader are left out."""
    request.rights.require(VIEW, territory=territory)
    found = queries.signals(open_only=open_only, territories=[territory] if territory else None, limit=limit)
    return queries.signals_shown_to(request.rights, found)


def _declared(item: domain.Indicator) -> dict:
    return {
        "code": item.code, "name": dict(item.name), "definition": dict(item.definition), "unit": item.unit,
        "register": item.register, "direction": item.direction.value, "amber": item.amber, "red": item.red,
    }  # fmt: skip
