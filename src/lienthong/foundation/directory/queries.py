"""Reading territories, agencies, offices, responsibilities and the calendar, always as of a date."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import holidays
from django.db.models import Q, QuerySet

from lienthong.foundation.directory import domain, models
from lienthong.kernel.clock import end_of_day, vietnam_date
from lienthong.kernel.text import fold

_UNIT = (
    "code", "level", "kind", "name", "full_name", "name_en", "parent", "district", "valid_from", "valid_to", "decree",
    "latitude", "longitude", "area_km2",
)  # fmt: skip
_AGENCY = (
    "code", "old_code", "provisional", "name", "name_en", "branch", "level", "parent", "territory", "sector",
    "valid_from", "valid_to", "decree",
)  # fmt: skip


def _on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


# --- territories ------------------------------------------------------------------------------------------------------


def unit(code: str, on: date) -> domain.Unit | None:
    """What a code meant on a date."""
    return units_by_code([code], on).get(code)


def units_by_code(codes: Iterable[str], on: date) -> dict[str, domain.Unit]:
    """What several codes meant on a date, in one query."""
    rows = models.UnitRow.objects.filter(_on(on), code__in=list(codes)).values_list(*_UNIT)
    return {row[0]: _unit(row) for row in rows}


def units(*, level: str = "", parent: str = "", on: date) -> list[domain.Unit]:
    """Units of a level, or in a province, on a date, by code."""
    rows = models.UnitRow.objects.filter(_on(on))
    if level:
        rows = rows.filter(level=level)
    if parent:
        rows = rows.filter(parent=parent)
    return [_unit(row) for row in rows.order_by("code").values_list(*_UNIT)]


def all_units() -> list[domain.Unit]:
    """Every unit of every time, by its beginning and code."""
    return [_unit(row) for row in models.UnitRow.objects.order_by("valid_from", "code").values_list(*_UNIT)]


def search_units(text: str, on: date, *, limit: int = 20) -> list[domain.Unit]:
    """Units whose name or code holds every word, tone marks or not; provinces first."""
    rows = models.UnitRow.objects.filter(_on(on))
    for word in fold(text).split()[:8]:
        rows = rows.filter(search__contains=word)
    return [_unit(row) for row in rows.order_by("-level", "code").values_list(*_UNIT)[:limit]]


def last_day(code: str, on: date) -> date | None:
    """The last day before a date on which a code stood for a unit that has ended since."""
    ended = models.UnitRow.objects.filter(code=code, valid_to__lte=on).order_by("-valid_to")
    day = ended.values_list("valid_to", flat=True).first()
    return day and day - timedelta(days=1)


def territory_path(code: str, on: date) -> tuple[str, ...]:
    """A territory, the province it lies in, and the country, which is ``""``."""
    if not code:
        return ("",)
    found = unit(code, on)
    parents = (found.parent,) if found and found.parent else ()
    return (code, *parents, "")


def territory_paths(codes: Iterable[str], on: date) -> dict[str, tuple[str, ...]]:
    """The same for several, in one query."""
    found = units_by_code({code for code in codes if code}, on)
    above = {code: (code, *((item.parent,) if item.parent else ()), "") for code, item in found.items()}
    return {code: above.get(code, (code, "")) if code else ("",) for code in codes}


def territory_pairs(on: date) -> list[tuple[str, str]]:
    """(territory, one it lies in) for every unit of a date: itself, its province, the country. A unit that had ended by then lies
    in the one that carries on, and where that one lies: what was told under its code counts there."""
    parents = dict(models.UnitRow.objects.filter(_on(on)).values_list("code", "parent"))
    steps: dict[str, list[tuple[date, str]]] = defaultdict(list)
    changes = models.UnitChange.objects.filter(on__lte=on, is_default=True).order_by("on", "from_code")
    for day, code, successor in changes.values_list("on", "from_code", "to_code"):
        steps[code].append((day, successor))
    pairs = []
    for code in [*parents, *(code for code in steps if code not in parents)]:
        heir = code if code in parents else _heir(code, steps)
        if heir in parents:
            pairs += [(code, heir), (code, "")] + ([(code, parents[heir])] if parents[heir] else [])
    return pairs


def _heir(code: str, steps: Mapping[str, Sequence[tuple[date, str]]]) -> str:
    """Who carries on for a unit since it last ended, by the default of each change."""
    day, heir = steps[code][-1]
    while later := [step for step in steps.get(heir, ()) if step[0] > day]:
        day, heir = later[0]
    return heir


def resolve(code: str, on: date, target: date) -> domain.Resolution:
    """What a code of one date is on another: later, what became of it; earlier, what it was formed from."""
    was = unit(code, on)
    if was is None:
        return domain.Resolution(domain.Outcome.UNKNOWN, None)
    if target < on:
        return _backwards(was, on, target)
    # Followed day by day, because a code may be given up and taken by another unit on the same day.
    codes, taken, default = {code}, [], code
    for day in _days_of_change(on, target):
        moved = _changes(on=day, from_code__in=codes)
        stay = set(units_by_code(codes - {step.from_code for step in moved}, day))
        default = next((step.to_code for step in moved if step.from_code == default and step.is_default), default)
        codes = stay | {step.to_code for step in moved}
        taken += moved
    found = units_by_code(codes, target)
    parts = tuple(found[item] for item in sorted(found))
    if not parts:
        return domain.Resolution(domain.Outcome.ENDED, was, steps=tuple(taken))
    if len(parts) > 1:
        return domain.Resolution(domain.Outcome.SPLIT, was, parts, found.get(default), tuple(taken))
    same = parts[0].code == was.code and parts[0].full_name == was.full_name and parts[0].parent == was.parent
    outcome = domain.Outcome.SAME if same and not _joined(taken) else domain.Outcome.CHANGED
    return domain.Resolution(outcome, was, parts, parts[0], tuple(taken))


def _joined(steps: Sequence[domain.Change]) -> bool:
    return any(step.kind is not domain.ChangeKind.KEPT for step in steps)


def _backwards(was: domain.Unit, on: date, target: date) -> domain.Resolution:
    codes, taken = {was.code}, []
    for day in reversed(_days_of_change(target, on)):
        moved = _changes(on=day, to_code__in=codes)
        if moved:
            codes = {change.from_code for change in moved}
            taken += moved
    found = units_by_code(codes, target)
    parts = tuple(found[item] for item in sorted(found))
    if not parts:
        return domain.Resolution(domain.Outcome.UNKNOWN, was)
    same = not _joined(taken) and len(parts) == 1 and parts[0].full_name == was.full_name
    outcome = domain.Outcome.SAME if same else domain.Outcome.FORMED_FROM
    return domain.Resolution(outcome, was, parts, parts[0] if len(parts) == 1 else None, tuple(taken))


# --- agencies ---------------------------------------------------------------------------------------------------------


def agency(code: str, on: date) -> domain.Agency | None:
    """What an agency code of either generation meant on a date."""
    try:
        code = domain.from_old_code(code)
    except domain.BadCode:
        return None
    return agencies_by_code([code], on).get(code)


def agencies_by_code(codes: Iterable[str], on: date) -> dict[str, domain.Agency]:
    """What several codes of the 2020 form meant on a date, in one query."""
    rows = models.AgencyRow.objects.filter(_on(on), code__in=list(codes)).values_list(*_AGENCY)
    return {row[0]: _agency(row) for row in rows}


def agencies(
    *, parent: str | None = None, territory: str | None = None, branch: str = "", level: str = "", text: str = "",
    after: str = "", on: date, limit: int = 50,
) -> list[domain.Agency]:  # fmt: skip
    """Agencies by code after ``after``: of a parent, a territory, a branch, a level, or whose name or code holds every word."""
    rows = models.AgencyRow.objects.filter(_on(on), code__gt=after)
    if parent is not None:
        rows = rows.filter(parent=parent)
    if territory is not None:
        rows = rows.filter(territory=territory)
    if branch:
        rows = rows.filter(branch=branch)
    if level:
        rows = rows.filter(level=level)
    for word in fold(text).split()[:8]:
        rows = rows.filter(search__contains=word)
    return [_agency(row) for row in rows.order_by("code").values_list(*_AGENCY)[:limit]]


def body_of(territory: str, branch: domain.Branch, on: date) -> domain.Agency | None:
    """The body of a branch in a territory: its People's Committee, its Party committee and so on."""
    rows = models.AgencyRow.objects.filter(_on(on), territory=territory, branch=branch)
    row = rows.order_by("code").values_list(*_AGENCY).first()
    return _agency(row) if row else None


def agency_path(code: str, on: date) -> tuple[str, ...]:
    """An agency and those above it, the highest last; in one query."""
    return agency_paths([code], on).get(code, (code,))


def agency_paths(codes: Iterable[str], on: date) -> dict[str, tuple[str, ...]]:
    """The same for several, in one query."""
    wanted = list(codes)
    if not wanted:
        return {}
    rows = models.AgencyRow.objects.raw(
        """
        WITH RECURSIVE line (start, code, parent, depth) AS (
            SELECT code, code, parent, 0 FROM foundation_directory_agency
            WHERE code = ANY(%(codes)s) AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)
            UNION ALL
            SELECT line.start, a.code, a.parent, line.depth + 1
            FROM line JOIN foundation_directory_agency a ON a.code = line.parent
             AND a.valid_from <= %(on)s AND (a.valid_to IS NULL OR a.valid_to > %(on)s)
            WHERE line.depth < 20
        )
        SELECT row_number() OVER () AS id, start, code, depth FROM line ORDER BY start, depth
        """,
        {"codes": wanted, "on": on},
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row.start] = (*found.get(row.start, ()), row.code)
    return found


def agencies_below(codes: Iterable[str], on: date) -> list[str]:
    """Agencies and all under them, in one query."""
    rows = models.AgencyRow.objects.raw(
        """
        WITH RECURSIVE below (code) AS (
            SELECT unnest(%(codes)s::text[])
            UNION
            SELECT a.code FROM below JOIN foundation_directory_agency a ON a.parent = below.code
             AND a.valid_from <= %(on)s AND (a.valid_to IS NULL OR a.valid_to > %(on)s)
        )
        SELECT row_number() OVER () AS id, code FROM below
        """,
        {"codes": list(codes), "on": on},
    )
    return [row.code for row in rows]


def agency_successors(code: str, on: date, target: date) -> tuple[domain.Agency, ...]:
    """The agencies that carry on the duties of a code known on or before a date, as they stand on another date."""
    code = domain.from_old_code(code)
    last = models.AgencyRow.objects.filter(code=code, valid_from__lte=on).order_by("-valid_from").first()
    if last is None:
        return ()
    codes, since, seen = {code}, last.valid_from, set()
    changes = list(models.AgencyChange.objects.filter(on__gt=since, on__lte=target).order_by("on", "id"))
    for day in sorted({change.on for change in changes}):
        moved = [change for change in changes if change.on == day and change.from_code in codes]
        if moved:
            seen |= {change.from_code for change in moved}
            codes = (codes - {change.from_code for change in moved}) | {change.to_code for change in moved}
    found = agencies_by_code(codes, target)
    return tuple(found[item] for item in sorted(found))


# --- offices ----------------------------------------------------------------------------------------------------------


def held_positions(account_id: UUID, at: datetime) -> tuple[domain.HeldPosition, ...]:
    """The offices a person holds at a moment, heads first."""
    return _held(models.Holding.objects.filter(_on_moment(at), account_id=account_id), at)


def holders(agency_code: str, at: datetime, *, heads_only: bool = False) -> tuple[domain.HeldPosition, ...]:
    """Who holds office in an agency at a moment."""
    placed = models.Placement.objects.filter(_on(vietnam_date(at)), agency=agency_code).values("position")
    rows = models.Holding.objects.filter(_on_moment(at), position__in=placed)
    return _held(rows.filter(position__is_head=True) if heads_only else rows, at)


@dataclass(frozen=True)
class Held:
    """A person in an office of an agency, for a time."""

    account_id: UUID
    position_id: UUID
    agency_code: str
    valid_from: datetime
    valid_to: datetime | None


def ever_held(
    *, accounts: Collection[UUID] = (), positions: Collection[UUID] = (), agencies: Collection[str] = ()
) -> list[Held]:
    """Who held which offices when, of some people, in some offices or in some agencies; an office that went from one agency to
    another is held in each for its time. In one query."""
    wanted = Q(account_id__in=list(accounts)) | Q(position__in=list(positions))
    rows = models.Holding.objects.filter(wanted | Q(position__placements__agency__in=list(agencies))).distinct()
    names = ("account_id", "position_id", "position__placements__agency", "valid_from", "valid_to")
    placed = ("position__placements__valid_from", "position__placements__valid_to")
    found = []
    for account_id, position_id, agency, begins, ends, since, until in rows.order_by("valid_from", "id").values_list(
        *names, *placed
    ):
        begins = max(begins, _begin(since)) if since else begins
        ends = min(filter(None, (ends, _begin(until) if until else None)), default=None)
        if ends is None or begins < ends:
            found.append(Held(account_id, position_id, agency or "", begins, ends))
    return found


def _begin(day: date) -> datetime:
    """The first moment of a day in Viet Nam."""
    return end_of_day(day - timedelta(days=1)) + timedelta(microseconds=1)


def positions_below(agency_codes: Iterable[str], on: date) -> list[UUID]:
    """The offices of agencies and of all under them, on a date."""
    rows = models.Placement.objects.filter(_on(on), agency__in=agencies_below(agency_codes, on))
    return list(rows.values_list("position", flat=True))


def unplaced_positions(on: date) -> list[tuple[UUID, str, str]]:
    """(id, agency, title) of offices whose agency was split and which wait for a decision."""
    standing = models.AgencyRow.objects.filter(_on(on)).values("code")
    rows = models.Placement.objects.filter(_on(on)).exclude(agency__in=standing).order_by("agency", "position__title")
    return list(rows.values_list("position", "agency", "position__title"))


def position_of(agency_code: str, title: str) -> UUID | None:
    """The office of that title that an agency has or will have."""
    rows = models.Placement.objects.filter(agency=agency_code, valid_to=None, position__title=title)
    return rows.values_list("position", flat=True).first()


def _on_moment(at: datetime) -> Q:
    return Q(valid_from__lte=at) & (Q(valid_to=None) | Q(valid_to__gt=at))


def _held(rows: QuerySet, at: datetime) -> tuple[domain.HeldPosition, ...]:
    rows = list(rows.select_related("position").order_by("-position__is_head", "id"))
    today = vietnam_date(at)
    placed = models.Placement.objects.filter(_on(today), position__in=[row.position_id for row in rows])
    agency_of = dict(placed.values_list("position", "agency"))
    codes = set(agency_of.values())
    known, paths = agencies_by_code(codes, today), agency_paths(codes, today)
    return tuple(
        domain.HeldPosition(
            position_id=row.position_id, account_id=row.account_id, title=row.position.title,
            title_en=row.position.title_en, is_head=row.position.is_head, agency_code=code,
            agency_name=known[code].name if code in known else code, agency_path=paths.get(code, (code,)),
            territory=known[code].territory if code in known else "", valid_from=row.valid_from, valid_to=row.valid_to,
        )
        for row in rows
        if (code := agency_of.get(row.position_id))
    )  # fmt: skip


# --- responsibility ---------------------------------------------------------------------------------------------------


def responsible(subject: str, on: date, *, role: str = "") -> list[domain.Responsibility]:
    """Who answers for a subject on a date."""
    rows = models.ResponsibilityRow.objects.filter(_on(on), subject=subject)
    return _responsibilities(rows.filter(role=role) if role else rows, on)


def responsibilities(on: date, *, agency_code: str = "", text: str = "") -> list[domain.Responsibility]:
    """All responsibilities of a date, by subject."""
    rows = models.ResponsibilityRow.objects.filter(_on(on))
    if agency_code:
        rows = rows.filter(agency=agency_code)
    if text:
        rows = rows.filter(subject__contains=text)
    return _responsibilities(rows, on)


def _responsibilities(rows: QuerySet, on: date) -> list[domain.Responsibility]:
    rows = list(rows.order_by("subject", "role"))
    known = agencies_by_code({row.agency for row in rows}, on)
    return [
        domain.Responsibility(
            row.subject, domain.Role(row.role), row.agency, known[row.agency].name if row.agency in known else row.agency,
            row.valid_from, row.valid_to, row.document,
        )
        for row in rows
    ]  # fmt: skip


# --- calendar ---------------------------------------------------------------------------------------------------------


def calendar(years: Collection[int]) -> domain.Calendar:
    """The working days of some years: public holidays with Tết by the lunar calendar, the weekend days worked in exchange,
    and over both the days that this space decided."""
    exceptions = list(models.Day.objects.filter(day__year__in=list(years)).values_list("day", "working"))
    worked = frozenset(day for day, working in exceptions if working)
    off = frozenset(day for day, working in exceptions if not working)
    published_off, published_worked = _published_days(tuple(sorted(set(years))))
    return domain.Calendar(days_off=published_off - worked | off, days_worked=published_worked - off | worked)


@lru_cache(maxsize=64)
def _published_days(years: tuple[int, ...]) -> tuple[frozenset[date], frozenset[date]]:
    """Public holidays, and the weekend days worked in exchange for one."""
    published = holidays.country_holidays("VN", years=years)
    return frozenset(published), frozenset(published.weekend_workdays)


def _days_of_change(after: date, until: date) -> list[date]:
    rows = models.UnitChange.objects.filter(on__gt=after, on__lte=until).order_by("on")
    return list(rows.values_list("on", flat=True).distinct())


def _changes(**conditions) -> list[domain.Change]:
    rows = models.UnitChange.objects.filter(**conditions).order_by("from_code", "-is_default", "to_code")
    return [
        domain.Change(row[0], domain.ChangeKind(row[1]), *row[2:])
        for row in rows.values_list("on", "kind", "from_code", "to_code", "decree", "is_default")
    ]


def _unit(row: tuple) -> domain.Unit:
    return domain.Unit(row[0], domain.Level(row[1]), domain.UnitKind(row[2]), *row[3:])


def _agency(row: tuple) -> domain.Agency:
    values = dict(zip(_AGENCY, row, strict=True))
    values |= {"branch": domain.Branch(values["branch"]), "level": domain.Level(values["level"])}
    return domain.Agency(**values)
