"""When agencies and territories end while their tasks are open: whoever carries on for them takes the tasks over."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from lienthong.commons.direction import domain, models, queries
from lienthong.commons.direction.services._moves import measure
from lienthong.commons.direction.services._new import searched
from lienthong.commons.direction.services._passages import keep
from lienthong.commons.direction.services._rows import publish_rows
from lienthong.foundation.audit import services as audit
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date

_BY = "system:direction"
_HANDED_OVER = "handed_over"


@transaction.atomic
def hand_over(*, at: datetime) -> int:
    """Give the open tasks of agencies that have ended to their successors, and measure targets where their territories lie
    now; how many tasks changed. Of an agency that was split the issuer is asked which part leads. Harmless to repeat.
    """
    today = vietnam_date(at)
    named = queries.agencies_named()
    changed = 0
    for code in sorted(named - directory.agencies_by_code(named, today).keys()):
        heirs = directory.agency_successors(code, today, today)
        if len(heirs) == 1:
            changed += _replace_agency(code, heirs[0], at)
        elif heirs:
            _ask_issuer(code, heirs, at)
    places = queries.places_named()
    gone = places - directory.units_by_code(places, today).keys()
    return changed + (_replace_places(gone, today, at) if gone else 0)


@transaction.atomic
def choose_lead(*, task_id: UUID, agency: str, by: str, at: datetime) -> None:
    """Choose which part of an agency that was split leads a task from now on. Chosen the same again, nothing changes.

    :raises domain.BadSuccessor: it does not carry on for the one that led.
    :raises domain.WrongState: the task has ended.
    """
    today = vietnam_date(at)
    row = queries.locked_task(task_id=task_id, version=None)
    domain.next_state(domain.TaskState(row.state), domain.Move.EXTEND)
    heirs = {item.code: item for item in queries.heirs(row.lead_agency, today)}
    if agency == row.lead_agency and not heirs:
        return
    if agency not in heirs:
        raise domain.BadSuccessor(code=agency or "–", parts=", ".join(heirs) or "–")
    text = f"{row.lead_agency} → {agency} {heirs[agency].name}"
    _lead_by([row], heirs[agency], text, by, at)
    audit.record(by=by, action="commons.direction.choose_lead", subject=f"task:{row.id}", at=at, details={"to": agency})


# --- inside -----------------------------------------------------------------------------------------------------------


def _open() -> QuerySet:
    ended = (domain.TaskState.COMPLETED, domain.TaskState.WITHDRAWN)
    rows = models.TaskRow.objects.select_for_update(of=("self",)).select_related("directive")
    return rows.exclude(state__in=ended).order_by("id")


def _replace_agency(code: str, heir: directory_domain.Agency, at: datetime) -> int:
    led = list(_open().filter(lead_agency=code))
    _lead_by(led, heir, f"{code} → {heir.code} {heir.name}", _BY, at)
    shared = list(_open().filter(co_agencies__contains=code))
    for row in shared:
        row.co_agencies = list(dict.fromkeys(heir.code if item == code else item for item in row.co_agencies))
    models.TaskRow.objects.bulk_update(shared, ["co_agencies"], batch_size=500)
    issued = list(_open().filter(issuer_agency=code))
    for row in issued:
        row.issuer_agency = heir.code
    models.TaskRow.objects.bulk_update(issued, ["issuer_agency"], batch_size=500)
    keep(rows=list(models.TaskRow.objects.filter(id__in={row.id for row in [*shared, *issued]})), at=at)
    audit.record(
        by=_BY, action="commons.direction.hand_over", subject=f"agency:{code}", at=at,
        details={"to": heir.code, "led": len(led), "shared": len(shared)},
    )  # fmt: skip
    return len({row.id for row in [*led, *shared]})


def _lead_by(rows: list[models.TaskRow], heir: directory_domain.Agency, text: str, by: str, at: datetime) -> None:
    for row in rows:
        row.lead_agency, row.territory, row.version = heir.code, heir.territory, row.version + 1
        row.search = searched(row.content, heir)
    models.TaskRow.objects.bulk_update(rows, ["lead_agency", "territory", "version", "search"], batch_size=500)
    _note(rows, _HANDED_OVER, text, by, at)
    # Parts that the agency had given go on under whoever leads now.
    models.TaskRow.objects.filter(parent__in=rows).update(issuer_agency=heir.code)
    publish_rows(rows, by=by, at=at)
    keep(rows=list(models.TaskRow.objects.filter(parent__in=rows)), at=at)


def _ask_issuer(code: str, heirs: Iterable[directory_domain.Agency], at: datetime) -> None:
    text = f"{code} → " + "; ".join(f"{item.code} {item.name}" for item in heirs)
    _note(list(_open().filter(lead_agency=code)), "choose_lead", text, _BY, at, mark=f"choose_lead:{code}")


def _replace_places(gone: set[str], today: date, at: datetime) -> int:
    rows, indicators = [], set()
    resolved: dict[tuple[str, date], directory_domain.Resolution] = {}
    for row in _open().exclude(indicator=""):
        before = [row.target_territory, *row.target_others]
        after = []
        for code in before:
            if code not in gone:
                after.append(code)
                continue
            key = (code, vietnam_date(row.issued_at))
            if key not in resolved:
                resolved[key] = _became(*key, today)
            after += [unit.code for unit in resolved[key].parts] or [code]
        after = list(dict.fromkeys(after))
        if after != before:
            row.target_territory, *row.target_others = after
            rows.append(row)
            indicators.add(row.indicator)
            _note([row], _HANDED_OVER, f"{', '.join(before)} → {', '.join(after)}", _BY, at)
    models.TaskRow.objects.bulk_update(rows, ["target_territory", "target_others"], batch_size=500)
    measure(indicators=sorted(indicators), at=at)
    return len(rows)


def _became(code: str, issued: date, today: date) -> directory_domain.Resolution:
    """What became of a territory that a task named when it was issued, or that it was handed over to since."""
    found = directory.resolve(code, issued, today)
    if found.outcome is directory_domain.Outcome.UNKNOWN and (last := directory.last_day(code, today)):
        return directory.resolve(code, last, today)
    return found


def _note(rows: list[models.TaskRow], kind: str, text: str, by: str, at: datetime, *, mark: str = "") -> None:
    models.EntryRow.objects.bulk_create(
        [
            models.EntryRow(task=row, at=at, by=by, kind=kind, text=text, agency=row.lead_agency, mark=mark)
            for row in rows
        ],
        ignore_conflicts=bool(mark),
        batch_size=500,
    )
