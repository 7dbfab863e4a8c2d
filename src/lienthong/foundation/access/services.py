"""Granting, delegating, revoking."""

from datetime import datetime
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
    at: datetime,
) -> UUID:
    """Hand authority on, by the person of an account who holds it, for no more than they have and until a date.

    :raises domain.CannotDelegate: it is more, not theirs, not to be handed on, would go in a circle or too deep.
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
    return _write(
        holder_kind=holder_kind, holder=holder, holder_name=holder_name, scope=scope, basis=basis, valid_from=at,
        valid_to=valid_to, may_delegate=may_delegate, parent=parent, by=f"account:{account_id}", at=at,
    )  # fmt: skip


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
