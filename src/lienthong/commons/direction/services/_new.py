"""Giving tasks: checked, led by an agency that stands, put in line for their deadlines, told to the register."""

from collections.abc import Sequence
from datetime import date, datetime

from lienthong.commons.direction import domain, models, queries
from lienthong.commons.direction.services._deadlines import schedule
from lienthong.commons.direction.services._rows import publish_rows
from lienthong.data.intelligence import domain as intelligence_domain
from lienthong.data.intelligence import services as intelligence
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.ids import uuid7
from lienthong.kernel.text import fold


def give(
    tasks: Sequence[domain.NewTask],
    *,
    directive: models.DirectiveRow,
    parent: models.TaskRow | None = None,
    issuer_agency: str,
    by: str,
    at: datetime,
) -> list[models.TaskRow]:
    """Store new tasks of a directive, or parts of a task, and tell that they are there (in the caller's transaction).

    :raises domain.BadDirective: no content, a deadline in the past, a target that is no number, territories that cannot be
        measured together.
    :raises data.warehouse.domain.UnknownIndicator: a target is on no known indicator.
    :raises domain.AgencyEnded: a lead agency was split; its parts are named.
    :raises domain.UnknownAgency: there is no agency of that code.
    """
    today = vietnam_date(at)
    for task in tasks:
        _check(task, today)
    targets = [task.target for task in tasks if task.target]
    values = queries.measured(targets) if targets else {}
    rows, entries = [], []
    for task in tasks:
        lead, note = agency_today(task.lead_agency, today)
        target = task.target
        value = values.get(target)
        row = models.TaskRow(
            id=uuid7(), directive=directive, parent=parent, issued_by=by, issuer_agency=issuer_agency, issued_at=at,
            content=task.content.strip(), lead_agency=lead.code, territory=lead.territory,
            co_agencies=[agency_today(code, today)[0].code for code in task.co_agencies], due_on=task.due_on,
            search=searched(task.content, lead), starts_on=task.starts_on,
            **(
                {
                    "indicator": target.indicator, "target_territory": target.territory, "target_period": target.period,
                    "target_value": target.value, "at_least": target.at_least, "baseline": value, "measured": value,
                    "measured_at": None if value is None else at, "target_others": list(target.others),
                }
                if target
                else {}
            ),
        )  # fmt: skip
        if target:
            row.intervention = _declare(row, queries.number(directive), task.starts_on or today, by=by, at=at)
        rows.append(row)
        entries.append(
            models.EntryRow(
                task=row, at=at, by=by, kind=domain.TaskState.ASSIGNED, text=note, value=value, agency=lead.code,
                evidence=[dict(item) for item in task.evidence],
            )
        )  # fmt: skip
    schedule(rows, at=at)
    models.TaskRow.objects.bulk_create(rows)
    models.EntryRow.objects.bulk_create(entries)
    publish_rows(rows, by=by, at=at)
    return rows


def agency_today(code: str, today: date) -> tuple[directory_domain.Agency, str]:
    """The agency that a code means today, and a note when it is not the one that was named.

    :raises domain.AgencyEnded: it was split; its parts are named.
    :raises domain.UnknownAgency: there is none.
    """
    agency = directory.agency(code, today)
    if agency is not None:
        return agency, ""
    successors = directory.agency_successors(code, today, today)
    if not successors:
        raise domain.UnknownAgency(code=code)
    if len(successors) > 1:
        parts = ", ".join(f"{item.code} {item.name}" for item in successors)
        raise domain.AgencyEnded(code=code, on=f"{successors[0].valid_from:%d/%m/%Y}", parts=parts)
    return successors[0], f"{code} → {successors[0].code} {successors[0].name}"


def searched(content: str, lead: directory_domain.Agency) -> str:
    """What a task is found by."""
    return fold(f"{content} {lead.name} {lead.code}")


# --- inside -----------------------------------------------------------------------------------------------------------


def _check(task: domain.NewTask, today: date) -> None:
    if not task.content.strip():
        raise domain.BadDirective(problem="có nhiệm vụ chưa có nội dung", problem_en="a task has no content")
    if task.due_on is not None and task.due_on < today:
        raise domain.BadDirective(
            problem=f"hạn {task.due_on:%d/%m/%Y} đã qua", problem_en=f"the deadline {task.due_on} has passed"
        )
    if task.target is None:
        return
    warehouse.indicator(code=task.target.indicator)
    if not task.target.value.is_finite() or abs(task.target.value) >= domain.BEYOND_ANY_TARGET:
        raise domain.BadDirective(
            problem=f"mục tiêu {task.target.value} không phải là số dùng được",
            problem_en=f"the target {task.target.value} is not a number that can be used",
        )
    _check_places(task.target)


def _check_places(target: domain.Target) -> None:
    """Territories measured together are of one level, communes of one province: only those can be compared with others."""
    places = target.territories
    if (
        len(set(places)) < len(places)
        or len({len(place) for place in places}) > 1
        or (len(places) > 1 and not places[0])
    ):
        raise domain.BadDirective(
            problem="các địa bàn của một mục tiêu phải khác nhau và cùng cấp",
            problem_en="the territories of one target must differ and be of one level",
        )


def _declare(row: models.TaskRow, number: str, start: date, *, by: str, at: datetime) -> str:
    """Declare a task as an intervention where its indicator is counted by week; the intervention."""
    if warehouse_domain.Every.WEEK not in warehouse.indicator(code=row.indicator).every:
        return ""
    places = [row.target_territory, *row.target_others]
    if places == [""]:
        places = [unit.code for unit in directory.units(level="province", on=start)]
    item = intelligence_domain.Intervention(
        id=f"task-{row.id}", title=f"{number}: {row.content}", indicator=row.indicator, territories=tuple(places),
        start=start, where={},
    )  # fmt: skip
    intelligence.declare_intervention(item=item, by=by, at=at)
    return item.id
