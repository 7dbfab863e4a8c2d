"""The life of an assessment: each step in one transaction, by whom it may be, audited."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from lienthong.channels.kpis import domain, events, models, queries
from lienthong.channels.kpis.services._assessments import alone
from lienthong.channels.kpis.services._life import (
    acting_from,
    keep,
    marks_of,
    note,
    note_many,
    published,
    require_apart,
)
from lienthong.channels.kpis.services._withholding import withhold
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.errors import NotFound

SYSTEM = "system:kpis"
Given = Mapping[str, tuple[str, str]]
"""(points, basis) by leaf, as typed."""


@transaction.atomic
def self_score(*, id: UUID, given: Given, by: str, agency: str, at: datetime) -> None:
    """Give oneself points for what is scored from evidence, once the period is over; until it is appraised they may be changed.

    :raises domain.WrongStep: it is past that, or nothing is scored from evidence.
    :raises domain.NotOver: the period goes on.
    :raises domain.BadScore: a leaf without points, beyond its maximum or without evidence.
    """
    row, framework = _locked(id)
    state = domain.next_state(framework, domain.State(row.state), domain.Step.SELF_SCORE)
    domain.require_over(domain.Span.parse(row.span), vietnam_date(at))
    marks = _kept_marks(domain.marks(framework, given, complete=True, not_due=_not_due(row)))
    if row.self_scores == marks and row.state == state:
        return
    row.self_scores, row.state = marks, state
    _rescore(row, framework)
    row.save()
    note(row, domain.Step.SELF_SCORE, "", by=by, agency=agency, at=at)


@transaction.atomic
def appraise(*, id: UUID, given: Given, text: str = "", by: str, agency: str, at: datetime) -> None:
    """Settle the points and freeze what was computed, by another person of another agency. Points left as they were scored
    need no reason of their own.

    :raises domain.WrongStep: there is nothing to appraise.
    :raises domain.NotOver: the period goes on.
    :raises domain.SamePerson: who scored themselves, or someone of the same agency or of the body assessed.
    :raises domain.BadScore: points that cannot be, or that differ without a reason.
    """
    row, framework = _locked(id)
    state = domain.next_state(framework, domain.State(row.state), domain.Step.APPRAISE)
    today = vietnam_date(at)
    domain.require_over(domain.Span.parse(row.span), today)
    require_apart(row, domain.Step.APPRAISE, by=by, agency=agency, at=at)
    settled = {
        code: (points, basis or _agreed(row, code, points)) for code, (points, basis) in given.items()
    }  # fmt: skip
    found = domain.marks(framework, settled, complete=True, not_due=_not_due(row))
    row.appraised, row.state = _kept_marks(found), state
    _rescore(row, framework)
    row.save()
    note(row, domain.Step.APPRAISE, text, by=by, agency=agency, at=at)


@transaction.atomic
def confirm(*, framework: domain.Framework, span: domain.Span, by: str, agency: str, at: datetime) -> int:
    """Appraise all that was computed for a period as it is, where nothing is scored from evidence; how many. What is of the
    appraiser's own agency is left for another.

    :raises domain.WrongStep: there are leaves scored from evidence: each unit is appraised by itself.
    :raises domain.NotOver: the period goes on.
    """
    state = domain.next_state(framework, domain.State.COMPUTED, domain.Step.APPRAISE)
    today = vietnam_date(at)
    domain.require_over(span, today)
    rows = models.AssessmentRow.objects.select_for_update().filter(
        framework=framework.code, version=framework.version, span=span.code, state=domain.State.COMPUTED
    )
    done = []
    acting = acting_from(by, agency, at)
    own = queries.own_units(agencies=acting, on=today)
    for row in rows.order_by("id"):
        if row.unit not in own:
            row.state = state
            done.append(row)
    models.AssessmentRow.objects.bulk_update(done, ["state"], batch_size=1000)
    note_many(done, domain.Step.APPRAISE, by=by, agency=agency, at=at)
    return len(done)


@transaction.atomic
def publish(*, ids: Sequence[UUID], by: str, agency: str, at: datetime) -> int:
    """Publish appraised results: from now on they do not change, only get further versions; one that was reopened is a further
    version. Red criteria ask the body for a public answer. How many were published; those that are already are left alone.

    :raises domain.WrongStep: one is not appraised yet.
    :raises domain.SameHand: who reopened one of them.
    """
    today = vietnam_date(at)
    concerned = models.AssessmentRow.objects.filter(id__in=list(ids)).order_by().values_list("framework", flat=True)
    for code in sorted(set(concerned)):
        alone(code)
    shown = [state for state in domain.State if state.is_public]
    rows = list(
        models.AssessmentRow.objects.select_for_update()
        .filter(id__in=list(ids))
        .exclude(state__in=shown)
        .order_by("id")
    )
    known: dict[tuple[str, str], domain.Framework] = {}
    calendar = directory.calendar(range(today.year, today.year + 2))
    reopened = queries.reopenings(ids=[row.id for row in rows if row.number])
    told = []
    for row in rows:
        key = row.framework_id, row.version
        framework = known.get(key) or known.setdefault(key, queries.versions(code=row.framework_id)[row.version])
        row.state = domain.next_state(framework, domain.State(row.state), domain.Step.PUBLISH)
        why = reopened.get((row.id, row.number))
        if why:
            domain.require_other_hand(why, by=by)
        row.published_at, row.number = at, row.number + 1
        row.appeal_until = calendar.add_working_days(today, framework.appeal_days)
        told.append(published(row, reason=why.reason if why else "", at=at))
    for number, until in {(row.number, row.appeal_until) for row in rows}:
        alike = [row.id for row in rows if (row.number, row.appeal_until) == (number, until)]
        models.AssessmentRow.objects.filter(id__in=alike).update(
            state=domain.State.PUBLISHED, published_at=at, number=number, appeal_until=until
        )
    models.PublishedRow.objects.bulk_create(told, batch_size=1000)
    _ask(rows, known, calendar, at)
    note_many(rows, domain.Step.PUBLISH, by=by, agency=agency, at=at)
    for (code, span), count in sorted(Counter((row.framework_id, row.span) for row in rows).items()):
        outbox.publish(events.ResultsPublished(framework=code, span=span, results=count), at=at)
    return len(rows)


@transaction.atomic
def appeal(*, id: UUID, reason: str, by: str, agency: str, at: datetime) -> None:
    """Appeal a published result, with a reason, within its working days.

    :raises domain.WrongStep: it is not published, or appealed already.
    :raises domain.TooLate: the days are over.
    :raises domain.BadScore: no reason.
    """
    row, framework = _locked(id)
    state = domain.next_state(framework, domain.State(row.state), domain.Step.APPEAL)
    if vietnam_date(at) > row.appeal_until:
        raise domain.TooLate(until=f"{row.appeal_until:%d/%m/%Y}")
    row.state = state
    row.save(update_fields=["state"])
    note(row, domain.Step.APPEAL, _reason(reason), by=by, agency=agency, at=at)


@transaction.atomic
def decide(
    *, id: UUID, granted: bool, reason: str, given: Given | None = None, by: str, agency: str, at: datetime
) -> None:
    """Decide an appeal. Granted, what was computed is computed anew from the data as they are now, the points given anew count,
    and the result is published as a further version beside the first.

    :param given: points that change.
    :raises domain.WrongStep: there is no appeal.
    :raises domain.SamePerson: who appealed or appraised, or someone of the body assessed.
    :raises domain.BadScore: no reason, or points that cannot be.
    """
    alone(queries.assessment(id=id).framework)
    row, framework = _locked(id)
    state = domain.next_state(framework, domain.State(row.state), domain.Step.DECIDE)
    require_apart(row, domain.Step.DECIDE, by=by, agency=agency, at=at)
    reason, row.state = _reason(reason), state
    if granted:
        row.appraised |= _kept_marks(domain.marks(framework, given or {}, complete=False, not_due=_not_due(row)))
        span = domain.Span.parse(row.span)
        results = queries.anew(framework=framework, span=span, given={row.unit: marks_of(row)}, at=at)[row.unit]
        keep(row, framework, results)
        row.number += 1
        row.computed_at = at
        published(row, reason=reason, at=at).save()
    row.save()
    if granted:
        withhold(framework=framework, span=span, rows=[row])
    note(row, domain.Step.DECIDE, reason, by=by, agency=agency, at=at, granted=granted)


@transaction.atomic
def close_unappealed(*, at: datetime) -> int:
    """Make final what was published and not appealed in its days; how many."""
    rows = list(
        models.AssessmentRow.objects.select_for_update(skip_locked=True)
        .filter(state=domain.State.PUBLISHED, appeal_until__lt=vietnam_date(at))
        .order_by("id")[:5000]
    )
    models.AssessmentRow.objects.filter(id__in=[row.id for row in rows]).update(state=domain.State.FINAL)
    note_many(rows, domain.Step.CLOSE, by=SYSTEM, agency="", at=at)
    return len(rows)


# --- inside -----------------------------------------------------------------------------------------------------------


def _locked(id: UUID) -> tuple[models.AssessmentRow, domain.Framework]:
    row = models.AssessmentRow.objects.select_for_update().filter(id=id).first()
    if row is None:
        raise NotFound(what=f"kết quả {id}")
    return row, queries.versions(code=row.framework_id)[row.version]


def _agreed(row: models.AssessmentRow, code: str, points: str) -> str:
    """The basis of points that are as they were scored."""
    scored, basis = row.self_scores.get(code, (None, ""))
    try:
        same = scored is not None and Decimal(scored) == Decimal(str(points).replace(",", "."))
    except ArithmeticError:
        return ""
    return basis if same else ""


def _reason(text: str) -> str:
    if not text.strip():
        raise domain.BadScore(problem="chưa có lý do", problem_en="it has no reason")
    return text.strip()


def _not_due(row: models.AssessmentRow) -> set[str]:
    return {code for code, result in queries.to_results(row.results).items() if not result.is_due}


def _kept_marks(marks: Mapping[str, domain.Mark]) -> dict[str, list[str]]:
    return {code: [str(mark.points), mark.basis] for code, mark in marks.items()}


def _rescore(row: models.AssessmentRow, framework: domain.Framework) -> None:
    keep(row, framework, domain.rescored(framework, queries.to_results(row.results), marks_of(row)))


def _ask(
    rows: Sequence[models.AssessmentRow],
    known: Mapping[tuple[str, str], domain.Framework],
    calendar: directory_domain.Calendar,
    at: datetime,
) -> None:
    """Ask bodies about their red criteria, in public: of nothing that is withheld from the public."""
    hidden = {row.id: frozenset(row.withheld or ()) for row in rows}
    for code, version, span in {(row.framework_id, row.version, row.span) for row in rows}:
        beside = [row for row in rows if (row.framework_id, row.version, row.span) == (code, version, span)]
        hidden |= withhold(framework=known[code, version], span=domain.Span.parse(span), rows=beside)
    asked = []
    for row in rows:
        framework, results = known[row.framework_id, row.version], queries.to_results(row.results)
        due_on = calendar.add_working_days(vietnam_date(at), framework.answer_days)
        asked += [
            models.QuestionRow(assessment=row, criterion=leaf.code, asked_at=at, due_on=due_on)
            for leaf in framework.leaves
            if domain.Kind(row.kind) is not domain.Kind.COUNTRY
            and leaf.code not in hidden[row.id]
            and framework.is_red(leaf, results[leaf.code].score)
        ]
    models.QuestionRow.objects.bulk_create(asked, batch_size=1000, ignore_conflicts=True)
