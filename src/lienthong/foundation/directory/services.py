"""Loading the published lists, reorganising, appointing, making responsible, deciding days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from lienthong.foundation.audit import services as audit
from lienthong.foundation.directory import adapters, domain, events, models, queries
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.errors import NotFound
from lienthong.kernel.ids import uuid7
from lienthong.kernel.text import fold

DATA_SET = "published-lists"


@dataclass(frozen=True)
class NewAgency:
    """An agency as a reorganisation founds it."""

    code: str
    name: str
    name_en: str = ""
    branch: domain.Branch = domain.Branch.STATE
    level: domain.Level = domain.Level.CENTRAL
    parent: str = ""
    territory: str = ""
    sector: str = ""
    provisional: bool = True


@transaction.atomic
def load_published_lists(*, by: str, at: datetime) -> bool:
    """Bring the tables up to the shipped lists; whether anything was loaded. Agencies that reorganisations of this space
    founded or ended are left alone."""
    edition = adapters.edition()
    if models.LoadedData.objects.filter(name=DATA_SET, digest=edition).exists():
        return False
    territories = adapters.read_territories()
    agencies = adapters.read_agencies(territories)
    for model, rows, keys, kept in (
        (models.UnitRow, territories.units, ["code", "valid_from"], []),
        (models.UnitChange, territories.changes, ["on", "from_code", "to_code"], []),
        (models.AgencyRow, agencies.agencies, ["code", "valid_from"], ["valid_to", "parent"]),
        (models.AgencyChange, agencies.changes, ["on", "from_code", "to_code"], []),
    ):
        # Ended ones first: a code has one current row at a time.
        ordered = sorted(rows, key=lambda row: row.get("valid_to") is None)
        model.objects.bulk_create(
            [model(**row) for row in ordered],
            batch_size=2000,
            update_conflicts=True,
            unique_fields=keys,
            update_fields=[name for name in ordered[0] if name not in (*keys, *kept)],
        )
    models.LoadedData.objects.update_or_create(name=DATA_SET, defaults={"digest": edition, "at": at})
    audit.record(
        by=by, action="foundation.directory.load", subject=f"data:{DATA_SET}", at=at,
        details={"units": len(territories.units), "agencies": len(agencies.agencies)},
    )  # fmt: skip
    codes = tuple(sorted({change["to_code"] for change in territories.changes if change["on"] != adapters.REFORM}))
    outbox.publish(events.UnitsReorganised(on=adapters.REFORM, codes=codes), at=at)
    return True


@transaction.atomic
def reorganise(
    *,
    kind: domain.ChangeKind,
    from_codes: Sequence[str],
    into: Sequence[NewAgency | str],
    on: date,
    decree: str,
    by: str,
    at: datetime,
) -> None:
    """Merge, split, rename or transfer agencies on a date.

    Offices and responsibilities pass to a single successor; after a split they wait for a decision
    (`queries.unplaced_positions`). ``into`` holds agencies to be founded, or codes of ones that go on.

    :param kind: MERGED, SPLIT, RENAMED, or TRANSFERRED (the same agency under another parent).
    :raises domain.BadReorganisation: naming what does not hold.
    """
    codes = [domain.from_old_code(code) for code in from_codes]
    _check_shape(kind, codes, into)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('foundation.directory.reorganise'))")
    standing = {row.code: row for row in models.AgencyRow.objects.filter(code__in=codes, valid_to=None)}
    for code in codes:
        if code not in standing:
            raise domain.BadReorganisation(
                problem=f"cơ quan {code} không có hoặc đã chấm dứt", problem_en=f"agency {code} does not stand"
            )
        if on <= standing[code].valid_from:
            raise domain.BadReorganisation(
                problem=f"ngày {on:%d/%m/%Y} không sau ngày {code} được lập",
                problem_en=f"{on} is not after the day on which {code} began",
            )
    targets = [item if isinstance(item, str) else item.code for item in into]
    going_on = set(targets) & {item for item in into if isinstance(item, str)}
    for code in codes:
        if kind in (domain.ChangeKind.RENAMED, domain.ChangeKind.TRANSFERRED) or code not in going_on:
            models.AgencyRow.objects.filter(id=standing[code].id).update(valid_to=on)
    for item in into:
        if isinstance(item, str):
            if item not in codes and not models.AgencyRow.objects.filter(code=item, valid_to=None).exists():
                raise domain.BadReorganisation(
                    problem=f"cơ quan tiếp nhận {item} không có",
                    problem_en=f"the receiving agency {item} does not stand",
                )
            continue
        _found(item, on, decree)
    _check_tree(targets, on)
    models.AgencyChange.objects.bulk_create(
        [
            models.AgencyChange(on=on, from_code=code, to_code=target, kind=kind.value, decree=decree)
            for code in codes
            for target in targets
            if code != target or kind in (domain.ChangeKind.RENAMED, domain.ChangeKind.TRANSFERRED)
        ]
    )
    if len(targets) == 1:
        gone = [code for code in codes if code != targets[0]]
        models.Position.objects.filter(agency__in=gone).update(agency=targets[0])
        _pass_responsibilities(gone, targets[0], on, decree)
        if kind is not domain.ChangeKind.TRANSFERRED:
            models.AgencyRow.objects.filter(parent__in=gone, valid_to=None).update(parent=targets[0])
    audit.record(
        by=by, action="foundation.directory.reorganise", subject=f"agency:{codes[0]}", at=at, reason=decree,
        details={"kind": kind.value, "from": codes, "into": targets, "on": on.isoformat()},
    )  # fmt: skip
    outbox.publish(
        events.AgencyReorganised(kind=kind.value, on=on, from_codes=tuple(codes), to_codes=tuple(targets)), at=at
    )


@transaction.atomic
def create_position(
    *, agency_code: str, title: str, title_en: str = "", is_head: bool = False, by: str, at: datetime
) -> UUID:
    """Create an office in an agency, or find the one of that title."""
    if queries.agency(agency_code, at.date()) is None:
        raise NotFound(what=f"cơ quan {agency_code}")
    if known := queries.position_of(agency_code, title):
        return known
    row = models.Position.objects.create(
        id=uuid7(), agency=agency_code, title=title, title_en=title_en, is_head=is_head
    )
    audit.record(by=by, action="foundation.directory.create_position", subject=f"position:{row.id}", at=at)
    return row.id


@transaction.atomic
def appoint(
    *,
    position_id: UUID,
    account_id: UUID,
    valid_from: datetime,
    valid_to: datetime | None = None,
    decree: str = "",
    by: str,
    at: datetime,
) -> UUID:
    """Let a person hold an office; the holding. One who holds it already keeps it."""
    holding, made = models.Holding.objects.get_or_create(
        position_id=position_id, account_id=account_id, valid_to=None,
        defaults={"id": uuid7(), "valid_from": valid_from, "decree": decree},
    )  # fmt: skip
    if made:
        if valid_to is not None:
            models.Holding.objects.filter(id=holding.id).update(valid_to=valid_to)
        audit.record(
            by=by, action="foundation.directory.appoint", subject=f"position:{position_id}", at=at, reason=decree,
            about=(f"account:{account_id}",),
        )  # fmt: skip
        outbox.publish(events.PositionHeld(position_id=position_id, account_id=account_id, holds=True), at=at)
    return holding.id


@transaction.atomic
def relieve(*, position_id: UUID, account_id: UUID, valid_to: datetime, by: str, at: datetime) -> None:
    """End a person's holding of an office."""
    rows = models.Holding.objects.filter(position_id=position_id, account_id=account_id, valid_to=None)
    if not rows.update(valid_to=valid_to):
        raise NotFound(what="chức vụ đang giữ")
    audit.record(
        by=by, action="foundation.directory.relieve", subject=f"position:{position_id}", at=at,
        about=(f"account:{account_id}",),
    )  # fmt: skip
    outbox.publish(events.PositionHeld(position_id=position_id, account_id=account_id, holds=False), at=at)


@transaction.atomic
def assign_responsibility(
    *, subject: str, role: domain.Role, agency_code: str, valid_from: date, document: str, by: str, at: datetime
) -> None:
    """Make an agency answer for a subject in a role from a date; whoever did before ceases to on it."""
    if queries.agency(agency_code, max(valid_from, at.date())) is None:
        raise NotFound(what=f"cơ quan {agency_code}")
    standing = models.ResponsibilityRow.objects.filter(subject=subject, role=role.value, valid_to=None).first()
    if standing and standing.agency == agency_code:
        return
    if standing:
        if standing.valid_from >= valid_from:
            standing.delete()
        else:
            models.ResponsibilityRow.objects.filter(id=standing.id).update(valid_to=valid_from)
    models.ResponsibilityRow.objects.create(
        id=uuid7(), subject=subject, role=role.value, agency=agency_code, valid_from=valid_from, document=document
    )
    audit.record(
        by=by, action="foundation.directory.assign_responsibility", subject=subject, at=at, reason=document,
        details={"role": role.value, "agency": agency_code},
    )  # fmt: skip


@transaction.atomic
def set_day(*, day: date, working: bool, reason: str, decree: str = "", by: str, at: datetime) -> None:
    """Decide that a day is worked or free, against the general rule (the yearly swaps)."""
    models.Day.objects.update_or_create(day=day, defaults={"working": working, "reason": reason, "decree": decree})
    audit.record(by=by, action="foundation.directory.set_day", subject=f"day:{day}", at=at, reason=reason)


# --- inside -----------------------------------------------------------------------------------------------------------


def _check_shape(kind: domain.ChangeKind, codes: list[str], into: Sequence) -> None:
    one, fits = len(codes) == 1, False
    if kind is domain.ChangeKind.MERGED:
        fits = len(codes) >= 1 and len(into) == 1
        problem, problem_en = "hợp nhất cần đúng một cơ quan tiếp nhận", "a merger has one receiver"
    elif kind is domain.ChangeKind.SPLIT:
        fits = one and len(into) >= 2
        problem = "chia tách cần một cơ quan cũ và ít nhất hai cơ quan mới"
        problem_en = "a split has one agency before and several after"
    elif kind in (domain.ChangeKind.RENAMED, domain.ChangeKind.TRANSFERRED):
        fits = one and len(into) == 1
        problem = "đổi tên, điều chuyển cần một cơ quan cũ và một cơ quan mới"
        problem_en = "a renaming or transfer has one agency before and one after"
    else:
        problem, problem_en = "loại sắp xếp không có", "there is no such kind"
    if not fits:
        raise domain.BadReorganisation(problem=problem, problem_en=problem_en)
    if kind is domain.ChangeKind.MERGED and isinstance(into[0], str) and set(codes) == {into[0]}:
        raise domain.BadReorganisation(
            problem="một cơ quan không hợp nhất với chính nó", problem_en="an agency is not merged with itself"
        )


def _found(item: NewAgency, on: date, decree: str) -> None:
    if models.AgencyRow.objects.filter(code=item.code, valid_to=None).exists():
        raise domain.BadReorganisation(
            problem=f"mã {item.code} đang được dùng", problem_en=f"the code {item.code} is in use"
        )
    try:
        old_code = domain.to_old_code(item.code)
    except domain.NoOldCode:
        old_code = ""
    models.AgencyRow.objects.create(
        code=item.code, old_code=old_code, provisional=item.provisional, name=item.name, name_en=item.name_en,
        branch=item.branch.value, level=item.level.value, parent=item.parent, territory=item.territory, sector=item.sector,
        valid_from=on, decree=decree, search=fold(f"{item.code} {old_code} {item.name}"),
    )  # fmt: skip


def _check_tree(codes: Sequence[str], on: date) -> None:
    for code, path in queries.agency_paths(codes, on).items():
        if len(set(path)) != len(path):
            raise domain.BadReorganisation(
                problem=f"cây cơ quan có vòng tại {code}", problem_en=f"the tree of agencies has a circle at {code}"
            )


def _pass_responsibilities(gone: Sequence[str], target: str, on: date, decree: str) -> None:
    rows = list(models.ResponsibilityRow.objects.filter(agency__in=gone, valid_to=None))
    models.ResponsibilityRow.objects.filter(id__in=[row.id for row in rows]).update(valid_to=on)
    models.ResponsibilityRow.objects.bulk_create(
        [
            models.ResponsibilityRow(
                id=uuid7(), subject=row.subject, role=row.role, agency=target, valid_from=on, document=decree
            )
            for row in rows
            if row.valid_from < on
        ]
    )
