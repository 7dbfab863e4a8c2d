"""Territories, agencies and working days as JSON, by date."""

from datetime import date

from django.http import HttpRequest
from ninja import Query, Router, Schema

from lienthong.foundation.directory import domain, queries
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound

router = Router(tags=["directory"])


class UnitOut(Schema):
    code: str
    level: str
    kind: str
    name: str
    full_name: str
    name_en: str
    parent: str
    valid_from: date
    valid_to: date | None
    decree: str


class StepOut(Schema):
    on: date
    kind: str
    from_code: str
    to_code: str
    decree: str


class ResolutionOut(Schema):
    outcome: str
    was: UnitOut | None
    parts: list[UnitOut]
    default: UnitOut | None
    steps: list[StepOut]


class AgencyOut(Schema):
    code: str
    old_code: str
    provisional: bool
    name: str
    name_en: str
    branch: str
    level: str
    parent: str
    territory: str
    valid_from: date
    valid_to: date | None


class AgencyPage(Schema):
    items: list[AgencyOut]
    next: str | None


class ResponsibilityOut(Schema):
    subject: str
    role: str
    agency_code: str
    agency_name: str
    valid_from: date
    valid_to: date | None
    document: str


class WorkingDay(Schema):
    day: date


@router.get("/units/{code}", response=ResolutionOut)
def unit(request: HttpRequest, code: str, on: date | None = None, target: date | None = None):
    """What a territory's code meant on a day and what it is on another (both today when not given): a split is answered
    with all its parts."""
    today = clock.vietnam_date(clock.now())
    found = queries.resolve(code, on or today, target or today)
    if found.was is None:
        raise NotFound(what=f"địa bàn {code}")
    return found


@router.get("/units", response=list[UnitOut])
def units(request: HttpRequest, parent: str = "", level: domain.Level | None = None, on: date | None = None):
    """The territories of a day: the provinces, or what lies in one."""
    day = on or clock.vietnam_date(clock.now())
    wanted = level or (domain.Level.COMMUNE if parent else domain.Level.PROVINCE)
    return queries.units(level=wanted.value, parent=parent, on=day)


@router.get("/agencies", response=AgencyPage)
def agencies(
    request: HttpRequest,
    q: str = "",
    parent: str | None = None,
    territory: str | None = None,
    branch: domain.Branch | None = None,
    after: str = "",
    on: date | None = None,
    limit: int = Query(50, ge=1, le=500),
):
    """Agencies of the whole political system by name or code, tone marks or not."""
    day = on or clock.vietnam_date(clock.now())
    found = queries.agencies(
        text=q, parent=parent, territory=territory, branch=branch.value if branch else "", after=after, on=day,
        limit=limit + 1,
    )  # fmt: skip
    return {"items": found[:limit], "next": found[limit - 1].code if len(found) > limit else None}


@router.get("/agencies/{code}", response=AgencyOut)
def agency(request: HttpRequest, code: str, on: date | None = None):
    """One agency by a code of either generation, as it was on a day."""
    found = queries.agency(code, on or clock.vietnam_date(clock.now()))
    if found is None:
        raise NotFound(what=f"cơ quan {code}")
    return found


@router.get("/agencies/{code}/successors", response=list[AgencyOut])
def successors(request: HttpRequest, code: str, on: date, target: date | None = None):
    """Who carries on the duties of an agency known on a day."""
    return list(queries.agency_successors(code, on, target or clock.vietnam_date(clock.now())))


@router.get("/responsibilities", response=list[ResponsibilityOut])
def responsibilities(request: HttpRequest, subject: str = "", agency: str = "", on: date | None = None):
    """Who leads, owns and manages what on a day."""
    day = on or clock.vietnam_date(clock.now())
    return queries.responsible(subject, day) if subject else queries.responsibilities(day, agency_code=agency)


@router.get("/working-days/{start}", response=WorkingDay)
def working_day(request: HttpRequest, start: date, days: int = Query(0, ge=0, le=1000)):
    """The day that lies so many working days after another, by the Vietnamese calendar."""
    years = range(start.year, start.year + 2 + days // 200)
    return {"day": queries.calendar(years).add_working_days(start, days)}
