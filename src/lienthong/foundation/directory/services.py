"""Loading the published lists, reorganising, appointing, making responsible, deciding days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from lienthong.foundation.audit import services as audit
from lienthong.foundation.directory import adapters, domain, events, models, queries
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.clock import vietnam_date
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
    children: Mapping[str, str] | None = None,
    by: str,
    at: datetime,
) -> None:
    """Merge, split, rename or transfer agencies on a date, past or to come; what was before the date stays as it was.

    Offices, responsibilities and subordinate agencies pass to a single successor. After a split, offices and
    responsibilities wait for a decision (`queries.unplaced_positions`), and where each subordinate goes must be said.

    :param kind: MERGED, SPLIT, RENAMED, or TRANSFERRED (the same agency under another parent).
    :param into: agencies to be founded, or the codes of ones that go on.
    :param children: after a split in which the agency itself ends: each of its subordinates and the part that it goes to.
    :raises domain.BadReorganisation: naming what does not hold.
    """
    codes = list(dict.fromkeys(domain.from_old_code(code) for code in from_codes))
    _check_shape(kind, codes, into)
    with connection.cursor() as cursor:  # one reorganisation at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('foundation.directory.reorganise'))")
    founded = [item for item in into if isinstance(item, NewAgency)]
    targets = [item if isinstance(item, str) else item.code for item in into]
    renewed = kind in (domain.ChangeKind.RENAMED, domain.ChangeKind.TRANSFERRED)
    gone = [code for code in codes if code not in targets]
    for code in codes:
        standing = _standing(code, on)
        if renewed or code in gone:
            models.AgencyRow.objects.filter(id=standing.id).update(valid_to=on)
    for item in into:
        if isinstance(item, str):
            if item not in codes:
                _standing(item, on)
        else:
            _found(item, on, decree)
    models.AgencyChange.objects.bulk_create(
        [
            models.AgencyChange(on=on, from_code=code, to_code=target, kind=kind.value, decree=decree)
            for code in codes
            for target in targets
            # A merger leaves its receiver as it was; of a split, the part that keeps the code is a part like the others.
            if code != target or kind is not domain.ChangeKind.MERGED
        ]
    )
    subordinates = {domain.from_old_code(code): parent for code, parent in (children or {}).items()}
    _hand_over_subordinates(gone, targets, subordinates, on, decree)
    if len(targets) == 1:
        _pass_on(models.Placement, gone, targets[0], on)
        _pass_on(models.ResponsibilityRow, gone, targets[0], on, document=decree)
    _check_tree([*targets, *subordinates], [item.parent for item in founded if item.parent], on)
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
    agency = queries.agency(agency_code, vietnam_date(at))
    if agency is None:
        raise NotFound(what=f"cơ quan {agency_code}")
    if known := queries.position_of(agency_code, title):
        return known
    row = models.Position.objects.create(id=uuid7(), title=title, title_en=title_en, is_head=is_head)
    models.Placement.objects.create(id=uuid7(), position=row, agency=agency.code, valid_from=agency.valid_from)
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
    """Let a person hold an office; the holding. One who holds it already keeps it.

    :raises kernel.errors.NotFound: there is no such office.
    """
    if not models.Position.objects.filter(id=position_id).exists():
        raise NotFound(what=f"chức vụ {position_id}")
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
    """End a person's holding of an office.

    :raises kernel.errors.NotFound: they do not hold it.
    :raises domain.BadTerm: it would end before it began.
    """
    rows = models.Holding.objects.select_for_update().filter(
        position_id=position_id, account_id=account_id, valid_to=None
    )
    holding = rows.first()
    if holding is None:
        raise NotFound(what="chức vụ đang giữ")
    if valid_to <= holding.valid_from:
        raise domain.BadTerm(since=f"{vietnam_date(holding.valid_from):%d/%m/%Y}")
    rows.update(valid_to=valid_to)
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
    if queries.agency(agency_code, max(valid_from, vietnam_date(at))) is None:
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
        fits = one and len(into) == 1 and isinstance(into[0], NewAgency)
        problem = "đổi tên, điều chuyển cần một cơ quan cũ và nội dung mới của nó"
        problem_en = "a renaming or transfer has one agency before and says what it is after"
    else:
        problem, problem_en = "loại sắp xếp không có", "there is no such kind"
    if not fits:
        raise domain.BadReorganisation(problem=problem, problem_en=problem_en)
    if kind is domain.ChangeKind.MERGED and isinstance(into[0], str) and set(codes) == {into[0]}:
        raise domain.BadReorganisation(
            problem="một cơ quan không hợp nhất với chính nó", problem_en="an agency is not merged with itself"
        )


def _standing(code: str, on: date) -> models.AgencyRow:
    """The row of an agency that stands on a day, began before it and has no end."""
    row = models.AgencyRow.objects.filter(code=code, valid_to=None).first()
    if row is None:
        raise domain.BadReorganisation(
            problem=f"cơ quan {code} không có hoặc đã chấm dứt", problem_en=f"agency {code} does not stand"
        )
    if on <= row.valid_from:
        raise domain.BadReorganisation(
            problem=f"ngày {on:%d/%m/%Y} không sau ngày {code} được lập",
            problem_en=f"{on} is not after the day on which {code} began",
        )
    return row


def _found(item: NewAgency, on: date, decree: str) -> None:
    if models.AgencyRow.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), code=item.code).exists():
        raise domain.BadReorganisation(
            problem=f"mã {item.code} đang được dùng", problem_en=f"the code {item.code} is in use"
        )
    if not item.name.strip():
        raise domain.BadReorganisation(
            problem=f"cơ quan {item.code} chưa có tên", problem_en=f"agency {item.code} has no name"
        )
    if item.parent == item.code:
        raise domain.BadReorganisation(
            problem=f"cơ quan {item.code} không trực thuộc chính nó",
            problem_en=f"agency {item.code} does not stand under itself",
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


def _hand_over_subordinates(
    gone: Sequence[str], targets: Sequence[str], said: Mapping[str, str], on: date, decree: str
) -> None:
    """Put what stood under agencies that end under those that carry on, from the day on."""
    above = dict(models.AgencyRow.objects.filter(code__in=gone, valid_to=on).values_list("code", "parent"))
    for row in _lasting(models.AgencyRow, on).filter(parent__in=gone).order_by("code"):
        parent = targets[0] if len(targets) == 1 else said.get(row.code, "")
        if row.code in targets:
            # It takes over from the one above it: it comes to stand where that one stood.
            parent = row.parent
            while parent in above:
                parent = above[parent]
        elif parent not in targets:
            raise domain.BadReorganisation(
                problem=f"chưa nói {row.code} {row.name} về đâu khi {row.parent} được chia tách",
                problem_en=f"it is not said where {row.code} goes when {row.parent} is split",
            )
        _renew(row, on, parent=parent, decree=decree)


def _pass_on(model: type[models.Placement | models.ResponsibilityRow], gone, target: str, on: date, **changed) -> None:
    """Let an office or a responsibility be the successor's from the day on, also one that only begins later."""
    for row in _lasting(model, on).filter(agency__in=gone):
        _renew(row, on, agency=target, **changed)


def _lasting(model, on: date):
    """The rows of a table that are still valid on a day, or will be."""
    return model.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on))


def _renew(row, on: date, **changed) -> None:
    """Change a row from a day on: what it said before stays, under its old validity."""
    if row.valid_from < on:
        until = row.valid_to
        type(row).objects.filter(pk=row.pk).update(valid_to=on)
        row.pk, row.valid_from, row.valid_to = row._meta.pk.get_default(), on, until
        row._state.adding = True
    for name, value in changed.items():
        setattr(row, name, value)
    row.save()


def _check_tree(codes: Sequence[str], parents: Sequence[str], on: date) -> None:
    known = queries.agencies_by_code(parents, on)
    if missing := [code for code in parents if code not in known]:
        raise domain.BadReorganisation(
            problem=f"cơ quan cấp trên {missing[0]} không có trong ngày {on:%d/%m/%Y}",
            problem_en=f"the parent agency {missing[0]} does not stand on {on}",
        )
    for code, path in queries.agency_paths(codes, on).items():
        if len(set(path)) != len(path):
            raise domain.BadReorganisation(
                problem=f"cây cơ quan có vòng tại {code}", problem_en=f"the tree of agencies has a circle at {code}"
            )
