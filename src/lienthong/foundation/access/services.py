"""Granting, delegating, revoking."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lienthong.foundation.access import domain, events, models, queries
from lienthong.foundation.audit import services as audit
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.outbox import services as outbox
from lienthong.kernel.clock import vietnam_date
from lienthong.kernel.errors import NotFound
from lienthong.kernel.ids import uuid7


@transaction.atomic
def grant(
    *,
    holder_kind: domain.HolderKind,
    holder: str,
    scope: domain.Scope,
    basis: str,
    valid_from: datetime,
    valid_to: datetime | None = None,
    may_delegate: bool = False,
    holder_name: str = "",
    by: str,
    at: datetime,
) -> UUID:
    """Give authority first-hand, or find the same one standing.

    :param basis: the law, decision or regulation it rests on.
    """
    if valid_to is None:
        standing = models.GrantRow.objects.filter(
            holder_kind=holder_kind.value, holder=holder, action=scope.action, agency=scope.agency,
            territory=scope.territory, sector=scope.sector, basis=basis, revoked_at=None, valid_to=None, parent=None,
        ).values_list("id", flat=True).first()  # fmt: skip
        if standing:
            return standing
    return _write(
        holder_kind=holder_kind, holder=holder, holder_name=holder_name, scope=scope, basis=basis, valid_from=valid_from,
        valid_to=valid_to, may_delegate=may_delegate, parent=None, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def delegate(
    *,
    grant_id: UUID,
    account_id: UUID,
    holder_kind: domain.HolderKind,
    holder: str,
    scope: domain.Scope,
    valid_to: datetime,
    basis: str,
    may_delegate: bool = False,
    holder_name: str = "",
    goal: domain.Goal | None = None,
    at: datetime,
) -> UUID:
    """Hand authority on, by the person of an account who holds it, for no more than they have and until a date.

    :param goal: by what it is judged, and when.
    :raises domain.CannotDelegate: it is more, not theirs, not to be handed on, would go in a circle or too deep; it would be
        judged by nothing, or only when it is over.
    """
    parent = models.GrantRow.objects.select_for_update().filter(id=grant_id).first()
    if parent is None:
        raise NotFound(what=f"quyền {grant_id}")
    outer, known = queries.to_grant(parent), queries.index()
    giver = queries.subject(account_id, at)
    chain = list(known.chain(outer))
    today = vietnam_date(at)
    inside = domain.within(
        scope,
        outer.scope,
        agency_path=directory.agency_path(scope.agency, today) if scope.agency else (),
        territory_path=directory.territory_path(scope.territory, today),
    )
    receivers = {(link.holder_kind, link.holder) for link in chain}
    if (outer.holder_kind, outer.holder) not in set(giver.holders()):
        _refuse("quyền này không phải của bạn", "the authority is not yours")
    if not known.stands(outer, at):
        _refuse("quyền gốc không còn hiệu lực", "the authority is no longer in force")
    if not outer.may_delegate:
        _refuse("quyền này không được ủy quyền tiếp", "the authority may not be handed on")
    if not inside:
        _refuse("phạm vi rộng hơn quyền bạn đang có", "it is more than you have")
    if valid_to <= at:
        _refuse("ngày kết thúc đã qua", "its end has passed")
    if outer.valid_to is not None and valid_to > outer.valid_to:
        _refuse("thời hạn dài hơn quyền bạn đang có", "it would outlast what you have")
    if (holder_kind, holder) in receivers:
        _refuse("người nhận đã ở trong chuỗi ủy quyền này", "the receiver is already in this chain of delegation")
    if len(chain) > domain.MAXIMUM_DEPTH:
        _refuse("chuỗi ủy quyền quá dài", "the chain of delegation is too long")
    if goal is not None and not goal.indicators:
        _refuse("chưa chọn chỉ tiêu nào để xét kết quả", "no indicator is chosen to judge it by")
    if goal is not None and not today < goal.review_on <= vietnam_date(valid_to):
        _refuse(
            "ngày xem xét phải sau hôm nay và không sau ngày kết thúc",
            "its review must be after today and not after its end",
        )
    given = _write(
        holder_kind=holder_kind, holder=holder, holder_name=holder_name, scope=scope, basis=basis, valid_from=at,
        valid_to=valid_to, may_delegate=may_delegate, parent=parent, by=f"account:{account_id}", at=at,
    )  # fmt: skip
    if goal is not None:
        _await(given, goal, at, valid_to)
    return given


@transaction.atomic
def conclude(
    *,
    review_id: UUID,
    account_id: UUID,
    conclusion: domain.Conclusion,
    reason: str,
    measured: Mapping[str, str | None],
    scope: domain.Scope | None = None,
    review_on: date | None = None,
    at: datetime,
) -> UUID | None:
    """What who gave a delegation makes of its results, once for each look. Continued, it is looked at again on another day;
    widened or narrowed, another delegation takes its place at once, because terms never change; revoked, it ends at once.

    :param measured: what the indicators say now; of a delegation that takes this one's place, the baseline.
    :param scope: what the other delegation gives.
    :param review_on: the next look; none: it runs to its end.
    :returns: the delegation that takes its place.
    :raises domain.NotTheGiver: someone else gave it.
    :raises domain.CannotConclude: nothing waits to be concluded, no reason, a scope that is neither wider nor narrower.
    :raises domain.CannotDelegate: it would be more than the giver has.
    """
    review = models.ReviewRow.objects.select_for_update().filter(id=review_id).first()
    if review is None:
        raise NotFound(what=f"lần xem xét {review_id}")
    row = models.GrantRow.objects.select_for_update().get(id=review.grant_id)
    if row.granted_by != f"account:{account_id}":
        raise domain.NotTheGiver
    grant, today = queries.to_grant(row), vietnam_date(at)
    if review.concluded_at is not None:
        _wrong("lần xem xét này đã kết luận rồi", "this review has been concluded")
    if grant.ends <= at:
        _wrong("ủy quyền đã hết hiệu lực", "the delegation is over")
    if not reason.strip():
        _wrong("chưa ghi lý do", "there is no reason")
    goal = queries.to_review(review).goal
    successor = None
    if conclusion is domain.Conclusion.CONTINUE and review_on is not None:
        if not today < review_on <= vietnam_date(row.valid_to):
            _wrong(
                "ngày xem xét tiếp phải sau hôm nay và không sau ngày kết thúc",
                "the next review must be after today and not after its end",
            )
        next_goal = replace(goal, review_on=review_on)
    review.conclusion, review.reason, review.measured = conclusion.value, reason.strip(), dict(measured)
    review.concluded_by, review.concluded_at = row.granted_by, at
    review.save()
    if conclusion is domain.Conclusion.CONTINUE and review_on is not None:
        _await(row.id, next_goal, review.taken_at, row.valid_to)
    if conclusion.changes_scope:
        if scope is None or not _differs(conclusion, grant.scope, scope, today):
            _wrong(
                "phạm vi mới không rộng hơn hoặc hẹp hơn như kết luận", "the new scope does not do what was concluded"
            )
        if review_on is None:
            _wrong("chưa có ngày xem xét tiếp", "there is no day of the next review")
        successor = delegate(
            grant_id=row.parent_id, account_id=account_id, holder_kind=grant.holder_kind, holder=row.holder, scope=scope,
            valid_to=row.valid_to, basis=row.basis, may_delegate=row.may_delegate, holder_name=row.holder_name,
            goal=domain.Goal(goal.indicators, goal.territory, dict(measured), review_on), at=at,
        )  # fmt: skip
        review.successor_id = successor
        review.save(update_fields=["successor_id"])
    if conclusion is not domain.Conclusion.CONTINUE:
        revoke(grant_id=row.id, reason=reason.strip(), by=row.granted_by, at=at)
    audit.record(
        by=row.granted_by, action="foundation.access.conclude", subject=f"grant:{row.id}", at=at, reason=reason.strip(),
        about=_about(row), details={"conclusion": conclusion.value, "successor": str(successor) if successor else None},
    )  # fmt: skip
    outbox.publish(events.Concluded(grant_id=row.id, conclusion=conclusion.value, successor_id=successor), at=at)
    return successor


@transaction.atomic
def revoke(*, grant_id: UUID, reason: str, by: str, at: datetime) -> None:
    """Take authority back, and with it all that was delegated from it; harmless when it is revoked already."""
    row = models.GrantRow.objects.select_for_update().filter(id=grant_id).first()
    if row is None:
        raise NotFound(what=f"quyền {grant_id}")
    if row.revoked_at is not None:
        return
    row.revoked_at, row.revoked_by, row.revoked_because = at, by, reason
    row.change = _next_change()
    row.save(update_fields=["revoked_at", "revoked_by", "revoked_because", "change"])
    audit.record(
        by=by, action="foundation.access.revoke", subject=f"grant:{row.id}", at=at, reason=reason, about=_about(row)
    )
    outbox.publish(events.Revoked(grant_id=row.id), at=at)


def _refuse(problem: str, problem_en: str) -> None:
    raise domain.CannotDelegate(problem=problem, problem_en=problem_en)


def _wrong(problem: str, problem_en: str) -> None:
    raise domain.CannotConclude(problem=problem, problem_en=problem_en)


def _differs(conclusion: domain.Conclusion, old: domain.Scope, new: domain.Scope, today: date) -> bool:
    """Whether a scope is truly wider, or narrower, than another."""
    inner, outer = (old, new) if conclusion is domain.Conclusion.WIDEN else (new, old)
    return inner != outer and domain.within(
        inner,
        outer,
        agency_path=directory.agency_path(inner.agency, today) if inner.agency else (),
        territory_path=directory.territory_path(inner.territory, today),
    )


def _await(grant_id: UUID, goal: domain.Goal, taken_at: datetime, ends: datetime) -> None:
    """The next look. From a day that is not worked it moves to the next one that is (Civil Code 91/2015/QH13, art. 148), if the
    delegation still stands then."""
    calendar = directory.calendar([goal.review_on.year, goal.review_on.year + 1])
    if not calendar.is_working_day(goal.review_on):
        worked = calendar.add_working_days(goal.review_on, 1)
        goal = replace(goal, review_on=min(worked, max(goal.review_on, vietnam_date(ends))))
    models.ReviewRow.objects.create(
        id=uuid7(), grant_id=grant_id, indicators=list(goal.indicators), territory=goal.territory, baseline=dict(goal.baseline),
        taken_at=taken_at, review_on=goal.review_on,
    )  # fmt: skip


def _write(
    *, holder_kind, holder, holder_name, scope, basis, valid_from, valid_to, may_delegate, parent, by, at
) -> UUID:
    row = models.GrantRow.objects.create(
        id=uuid7(), holder_kind=holder_kind.value, holder=holder, holder_name=holder_name, action=scope.action,
        agency=scope.agency, territory=scope.territory, sector=scope.sector, valid_from=valid_from, valid_to=valid_to,
        basis=basis, may_delegate=may_delegate, parent=parent, granted_by=by, granted_at=at, change=_next_change(),
    )  # fmt: skip
    action = "foundation.access.delegate" if parent else "foundation.access.grant"
    audit.record(
        by=by, action=action, subject=f"grant:{row.id}", at=at, reason=basis, about=_about(row),
        details={"action": scope.action, "agency": scope.agency, "territory": scope.territory, "sector": scope.sector},
    )  # fmt: skip
    outbox.publish(
        events.Granted(
            grant_id=row.id, holder_kind=holder_kind.value, holder=holder, action=scope.action,
            parent_id=parent.id if parent else None,
        ),
        at=at,
    )  # fmt: skip
    return row.id


def _about(row: models.GrantRow) -> tuple[str, ...]:
    return (f"account:{row.holder}",) if row.holder_kind == domain.HolderKind.ACCOUNT else ()


def _next_change() -> int:
    """The number of this change; whoever changes next waits until this one is committed or undone."""
    models.LastChange.objects.get_or_create(id=1)
    row = models.LastChange.objects.select_for_update().get(id=1)
    row.number, row.before, row.mark = row.number + 1, row.mark, uuid7()
    row.save(update_fields=["number", "before", "mark"])
    return row.number
