"""The seven principles as JSON, for everyone; delegations and what came of them, for whom they concern; roadmaps."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from lienthong.commons.stewardship import domain, queries, services
from lienthong.foundation.access import domain as access_domain
from lienthong.foundation.access import queries as access
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound

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


class ChangeOut(Schema):
    indicator: str
    then: Decimal | None
    now: Decimal | None
    better: bool | None


class ReviewOut(Schema):
    id: UUID
    review_on: date
    conclusion: access_domain.Conclusion | None
    reason: str
    concluded_by: str
    concluded_at: datetime | None
    successor_id: UUID | None


class DelegationOut(Schema):
    id: UUID
    action: str
    agency: str
    territory: str
    holder_kind: access_domain.HolderKind
    holder: str
    holder_name: str
    granted_by: str
    basis: str
    valid_from: datetime
    valid_to: datetime | None
    revoked_at: datetime | None
    stands: bool
    due: bool
    changes: list[ChangeOut]
    reviews: list[ReviewOut]


class ConclusionIn(Schema):
    conclusion: access_domain.Conclusion
    reason: str
    action: str = ""
    territory: str = ""
    review_on: date | None = None


class ConcludedOut(Schema):
    successor_id: UUID | None


class RoadmapLineOut(Schema):
    unit: str
    criterion: str
    due_from: date
    basis: str


@router.get("/stewardship/delegations", response=list[DelegationOut])
def delegations(request: HttpRequest):
    """Delegations that the reader gave, holds or heads, the newest first, with what their indicators said then and say now."""
    now = clock.now()
    return _delegations(request, access.delegations_about(account_id=request.user.pk, at=now), now)


@router.get("/stewardship/delegations/{grant_id}", response=DelegationOut)
def delegation(request: HttpRequest, grant_id: UUID):
    """One of them, for whom it concerns and for auditors."""
    return _delegations(request, [_delegation(request, grant_id)], clock.now())[0]


@router.post("/stewardship/delegations/{grant_id}/reviews/{review_id}/conclusion", response=ConcludedOut)
def conclude(request: HttpRequest, grant_id: UUID, review_id: UUID, body: ConclusionIn):
    """Judge a delegation by its results: who gave it continues it, widens or narrows it (``action``, ``territory``), or revokes
    it, with a reason, once. Widened or narrowed another takes its place: its id is answered."""
    grant = _delegation(request, grant_id)
    scope = access_domain.Scope(
        body.action or grant.scope.action,
        grant.scope.agency,
        body.territory or grant.scope.territory,
        grant.scope.sector,
    )
    successor = services.conclude(
        grant_id=grant_id, review_id=review_id, account_id=request.user.pk, conclusion=body.conclusion,
        reason=body.reason.strip()[:1000], scope=scope if body.conclusion.changes_scope else None, review_on=body.review_on,
        at=clock.now(),
    )  # fmt: skip
    return {"successor_id": successor}


@router.get("/stewardship/roadmaps/{framework}", response=list[RoadmapLineOut])
def roadmaps(request: HttpRequest, framework: str):
    """From which day units answer for a framework, its groups and criteria: the lines in force. The country is the empty unit; a
    unit without a line has its province's, then the country's; what is part of something has the later day."""
    if not queries.items(framework=framework):
        raise NotFound(what=f"khung {framework}")
    found = queries.roadmaps(framework=framework).lines
    return [found[key] for key in sorted(found)]


def _delegation(request: HttpRequest, grant_id: UUID) -> access_domain.Grant:
    grant = access.grant(id=grant_id)
    if grant.parent_id is None:
        raise NotFound(what=f"ủy quyền {grant_id}")
    queries.require_seen(request.rights, grant)
    return grant


def _delegations(request: HttpRequest, grants: Sequence[access_domain.Grant], now: datetime) -> list[dict]:
    today = clock.vietnam_date(now)
    reviews = access.reviews(grant_ids=[grant.id for grant in grants])
    told = queries.index_of([review.goal for items in reviews.values() for review in items[-1:]], rights=request.rights)
    found = []
    for grant in grants:
        looks = reviews.get(grant.id, [])
        stands = grant.ends > now
        found.append(
            {
                "id": grant.id, "action": grant.scope.action, "agency": grant.scope.agency, "territory": grant.scope.territory,
                "holder_kind": grant.holder_kind, "holder": grant.holder, "holder_name": grant.holder_name,
                "granted_by": grant.granted_by, "basis": grant.basis, "valid_from": grant.valid_from, "valid_to": grant.valid_to,
                "revoked_at": grant.revoked_at, "stands": stands, "due": bool(looks) and stands and looks[-1].due(today),
                "changes": queries.changes(looks[-1].goal, told) if looks else [],
                "reviews": [_review(item) for item in looks],
            }
        )  # fmt: skip
    return found


def _review(item: access_domain.Review) -> dict:
    return {
        "id": item.id, "review_on": item.goal.review_on, "conclusion": item.conclusion, "reason": item.reason,
        "concluded_by": item.concluded_by, "concluded_at": item.concluded_at, "successor_id": item.successor_id,
    }  # fmt: skip


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
