"""Issuing directives."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from lienthong.commons.direction import conf, domain, events, models, queries
from lienthong.commons.direction.services._new import give
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import services as warehouse_services
from lienthong.foundation.audit import services as audit
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.ids import uuid7
from lienthong.kernel.text import fold


@transaction.atomic
def issue(
    *,
    title: str,
    text: str,
    issuer_agency: str,
    tasks: Sequence[domain.NewTask],
    signal_id: UUID | None = None,
    document: str = "",
    grace_days: int | None = None,
    by: str,
    at: datetime,
) -> UUID:
    """Issue a directive with its tasks. A lead agency that was merged away is followed to its successor, and the task says so.
    A task with a target on a weekly indicator is declared as an intervention, so that what it changes is estimated.

    A signal has one directive: issued for it again, the one that is there is returned.

    :param grace_days: working days after which an overdue task climbs one more level; else the space's own.
    :raises domain.BadDirective: no title or task, a deadline in the past, a target that is no number, territories that cannot
        be measured together.
    :raises data.warehouse.domain.UnknownIndicator: a target is on no known indicator.
    :raises domain.AgencyEnded: a lead agency was split; its parts are named.
    :raises domain.UnknownAgency: there is no agency of that code.
    """
    if signal_id is not None and (known := queries.directive_of_signal(signal_id=signal_id)):
        return known
    today = vietnam_date(at)
    _check(title, tasks, grace_days)
    with connection.cursor() as cursor:  # numbers of a year follow one another without a gap
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('commons.direction.number'), %s)", [today.year])
    if signal_id is not None and (known := queries.directive_of_signal(signal_id=signal_id)):
        return known  # somebody else was faster while this waited
    last = (
        models.DirectiveRow.objects.filter(year=today.year).order_by("-serial").values_list("serial", flat=True).first()
    )
    directive = models.DirectiveRow.objects.create(
        id=uuid7(), year=today.year, serial=(last or 0) + 1, title=title.strip(), text=text.strip(), issued_by=by,
        issuer_agency=issuer_agency, issued_at=at, signal_id=signal_id, document=document.strip(), search=fold(f"{title} {text}"),
        grace_days=conf.GRACE_DAYS if grace_days is None else grace_days,
    )  # fmt: skip
    rows = give(tasks, directive=directive, issuer_agency=issuer_agency, by=by, at=at)
    if signal_id is not None:
        warehouse_services.set_signal_state(
            signal_id=signal_id, state=warehouse_domain.SignalState.TASKED, directive_id=directive.id, by=by, at=at
        )
    audit.record(
        by=by, action="commons.direction.issue", subject=f"directive:{directive.id}", at=at,
        details={"tasks": [str(row.id) for row in rows], "signal": str(signal_id) if signal_id else None},
    )  # fmt: skip
    outbox.publish(events.DirectiveIssued(directive_id=directive.id, signal_id=signal_id, tasks=len(rows)), at=at)
    return directive.id


# --- inside -----------------------------------------------------------------------------------------------------------


def _check(title: str, tasks: Sequence[domain.NewTask], grace_days: int | None) -> None:
    if not title.strip():
        raise domain.BadDirective(problem="chưa có trích yếu", problem_en="it has no title")
    if not tasks:
        raise domain.BadDirective(problem="chưa có nhiệm vụ nào", problem_en="it has no task")
    if grace_days is not None and not 1 <= grace_days <= domain.LONGEST_GRACE:
        raise domain.BadDirective(
            problem=f"thời gian chờ báo lên một cấp phải từ 1 đến {domain.LONGEST_GRACE} ngày làm việc",
            problem_en=f"the time before the next level is told must be 1 to {domain.LONGEST_GRACE} working days",
        )
