"""Reopening what was published: what is public stays as it is, beside it the assessment goes through its life again."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lienthong.channels.kpis import domain, events, models, queries
from lienthong.channels.kpis.services._assessments import alone
from lienthong.channels.kpis.services._life import acting_from, keep, marks_of, note_many, require_apart
from lienthong.channels.kpis.services._withholding import withhold
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.errors import NotFound


@transaction.atomic
def reopen(*, id: UUID, reason: str, document: str, by: str, agency: str, at: datetime) -> int:
    """Compute a published or final result anew from the data as they are now, to be scored, appraised and published again. What
    was published stays readable. One that is reopened already is left alone: 0.

    :raises domain.BadReopening: no reason, or no document that it is based on.
    :raises domain.WrongStep: it is not published, or appealed.
    :raises domain.SamePerson: who published it, or someone of the body assessed.
    """
    reason, document = domain.require_reason(reason, document)
    known = queries.assessment(id=id)
    framework = queries.versions(code=known.framework)[known.version]
    alone(framework.code)
    row = models.AssessmentRow.objects.select_for_update().get(id=id)
    if row.number and not domain.State(row.state).is_public:
        return 0
    domain.next_state(framework, domain.State(row.state), domain.Step.REOPEN)
    require_apart(row, domain.Step.REOPEN, by=by, agency=agency, at=at)
    why = domain.Reopening(reason, document, by, agency, at)
    return _reopen([row], framework, domain.Span.parse(row.span), why)


@transaction.atomic
def reopen_period(
    *, framework: domain.Framework, span: domain.Span, reason: str, document: str, by: str, agency: str, at: datetime
) -> int:
    """Reopen all that is published of a period by a version and not appealed; how many. What is of the officer's own agency is
    left for another.

    :raises domain.BadReopening: no reason, or no document that it is based on.
    :raises domain.SamePerson: who published any of it.
    :raises kernel.errors.NotFound: nothing of the period was ever published.
    """
    reason, document = domain.require_reason(reason, document)
    alone(framework.code)
    rows = models.AssessmentRow.objects.select_for_update().filter(
        framework=framework.code, version=framework.version, span=span.code, number__gt=0
    )
    rows = list(rows.order_by("id"))
    if not rows:
        raise NotFound(what=f"kết quả công bố của kỳ {span.code}")
    acting = acting_from(by, agency, at)
    own = queries.own_units(agencies=acting, on=vietnam_date(at))
    open_to = [domain.State.PUBLISHED, domain.State.FINAL]
    chosen = [row for row in rows if row.state in open_to and row.unit not in own]
    lives = queries.lives(ids=[row.id for row in chosen])
    for row in chosen:
        domain.require_apart(domain.Step.REOPEN, by=by, agencies=acting, is_own=False, life=lives[row.id])
    return _reopen(chosen, framework, span, domain.Reopening(reason, document, by, agency, at))


# --- inside -----------------------------------------------------------------------------------------------------------


def _reopen(
    rows: Sequence[models.AssessmentRow], framework: domain.Framework, span: domain.Span, why: domain.Reopening
) -> int:
    """What people gave themselves stays until they change it; what others made of it is asked for again."""
    if not rows:
        return 0
    models.ReopeningRow.objects.bulk_create(
        [
            models.ReopeningRow(
                assessment=row, number=row.number, reason=why.reason, document=why.document, by=why.by, agency=why.agency,
                at=why.at,
            )
            for row in rows
        ],
        batch_size=1000,
    )  # fmt: skip
    for row in rows:
        row.state, row.published_at, row.appeal_until = domain.State.COMPUTED, None, None
        row.appraised, row.computed_at = {}, why.at
    found = queries.anew(
        framework=framework, span=span, given={row.unit: marks_of(row) for row in rows}, at=why.at
    )  # fmt: skip
    for row in rows:
        keep(row, framework, found[row.unit])
    columns = ["state", "published_at", "appeal_until", "appraised", "results", "score", "completeness", "computed_at"]
    models.AssessmentRow.objects.bulk_create(  # which is how many long documents are updated quickly
        rows, batch_size=1000, update_conflicts=True, unique_fields=["id"], update_fields=columns
    )
    withhold(framework=framework, span=span, rows=rows)
    note_many(
        rows, domain.Step.REOPEN, text=f"{why.reason} ({why.document})", by=why.by, agency=why.agency, at=why.at,
        document=why.document,
    )  # fmt: skip
    for (code, period), count in sorted(Counter((row.framework_id, row.span) for row in rows).items()):
        outbox.publish(events.ResultsReopened(framework=code, span=period, results=count), at=why.at)
    return len(rows)
