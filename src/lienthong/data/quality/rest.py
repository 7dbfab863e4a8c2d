"""Quality as JSON: scores, and what sources disagree on."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from lienthong.data.quality import domain, queries

router = Router(tags=["quality"])
READ = "data.quality.read"


class ScoreOut(Schema):
    group: dict[str, str]
    records: int
    dimensions: dict[str, float]
    index: float


class DiscrepancyOut(Schema):
    id: UUID
    register: str = Field(...)
    source: str
    key: str
    title: str
    territory: str
    kind: str
    state: str
    differences: list[dict[str, Any]]
    agency_code: str
    opened_at: datetime
    assigned_at: datetime | None
    fixed_at: datetime | None
    verified_at: datetime | None


class DiscrepancyPage(Schema):
    items: list[DiscrepancyOut]
    next: UUID | None


@router.get("/quality/scores", response=list[ScoreOut])
def scores(request: HttpRequest, by: Literal["source", "agency", "territory"] = "source", register: str = ""):
    """Scores per source, agency or territory: the share of records that meet each dimension, and the weighted index."""
    request.rights.require(READ)
    names = ["register", "source"] if by == "source" else [by]
    found = queries.scores(by=names, where={"register": register} if register else None)
    return [
        {
            "group": dict(zip(names, score.group, strict=True)),
            "records": score.records,
            "dimensions": dict(score.dimensions),
            "index": score.index,
        }
        for score in found
    ]


@router.get("/discrepancies", response=DiscrepancyPage)
def discrepancies(
    request: HttpRequest,
    register: str = "",
    source: str = "",
    kind: domain.Class | None = None,
    state: domain.State | None = None,
    q: str = "",
    after: UUID | None = None,
    limit: int = Query(50, ge=1, le=500),
):
    """Records on which sources disagree, within the territories that the reader may see."""
    rows = queries.discrepancies(
        register=register, source=source, kind=kind or "", state=state or "", text=q, after=after, limit=limit + 1,
        territories=request.rights.territories(READ),
    )  # fmt: skip
    return {"items": rows[:limit], "next": rows[limit - 1].id if len(rows) > limit else None}


@router.get("/discrepancies/{discrepancy_id}", response=DiscrepancyOut)
def discrepancy(request: HttpRequest, discrepancy_id: UUID):
    """One of them."""
    found = queries.discrepancy(id=discrepancy_id)
    request.rights.require(READ, territory=found.territory)
    return found
