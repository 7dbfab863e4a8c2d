"""The seven principles as JSON, for everyone."""

from datetime import date, datetime
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from lienthong.commons.stewardship import domain, queries
from lienthong.kernel import clock

router = Router(tags=["stewardship"])


class MonthOut(Schema):
    month: date
    value: Decimal | None


class GaugeOut(Schema):
    indicator: str
    name: dict[str, str]
    formula: dict[str, str]
    unit: str
    direction: str
    owner: str
    value: Decimal | None
    suppressed: bool
    numerator: Decimal | None
    denominator: Decimal | None
    baseline: Decimal | None
    baseline_on: date | None
    target: Decimal
    standing: domain.Standing
    computed_at: datetime | None
    checked_at: datetime | None
    fills: dict[str, str]
    cannot_say: dict[str, str]
    months: list[MonthOut]


class PrincipleOut(Schema):
    number: int
    name: dict[str, str]
    means: dict[str, str]
    gauges: list[GaugeOut]


class ChainOut(Schema):
    principles: list[PrincipleOut]
    carries: list[tuple[int, int]]


@router.get("/stewardship/principles", response=ChainOut, auth=None)
def principles(request: HttpRequest, response: HttpResponse):
    """Each principle with its gauges, the leading one first, and which principle carries which. The ETag changes when anything
    about the gauges is learnt, and with the month."""
    now = clock.now()
    kept = {"ETag": f'"{queries.principles_mark(on=clock.vietnam_date(now))}"', "Cache-Control": "public, no-cache"}
    if kept["ETag"] in request.headers.get("if-none-match", ""):
        return HttpResponse(status=304, headers=kept)
    for name, value in kept.items():
        response[name] = value
    return {"principles": [_principle(item) for item in queries.principles(at=now)], "carries": list(domain.ARROWS)}


def _principle(item: queries.PrincipleNow) -> dict:
    declared = item.principle
    return {
        "number": declared.number, "name": declared.name, "means": declared.means,
        "gauges": [_gauge(now) for now in item.gauges],
    }  # fmt: skip


def _gauge(now: queries.GaugeNow) -> dict:
    cell = None if now.suppressed else now.cell
    return {
        "indicator": now.indicator.code, "name": dict(now.indicator.name), "formula": dict(now.indicator.definition),
        "unit": now.indicator.unit, "direction": now.indicator.direction.value, "owner": now.gauge.owner, "value": now.value,
        "suppressed": now.suppressed, "numerator": cell.numerator if cell else None,
        "denominator": cell.denominator if cell else None, "baseline": now.baseline, "baseline_on": now.baseline_at,
        "target": now.gauge.target, "standing": now.standing, "computed_at": cell.computed_at if cell else None,
        "checked_at": now.cell.checked_at if now.cell else None, "fills": now.gauge.fills, "cannot_say": now.gauge.cannot,
        "months": [{"month": month, "value": value} for month, value in now.months],
    }  # fmt: skip
