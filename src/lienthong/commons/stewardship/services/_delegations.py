"""Handing authority on so that it is judged by results, and concluding on what came of it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lienthong.commons.stewardship import queries
from lienthong.foundation.access import domain as access_domain
from lienthong.foundation.access import queries as access_queries
from lienthong.foundation.access import services as access
from lienthong.kernel.errors import NotFound


@transaction.atomic
def delegate(
    *,
    grant_id: UUID,
    account_id: UUID,
    holder_kind: access_domain.HolderKind,
    holder: str,
    holder_name: str,
    scope: access_domain.Scope,
    valid_to: datetime,
    basis: str,
    indicators: Sequence[str],
    territory: str,
    review_on: date,
    at: datetime,
) -> UUID:
    """Hand authority on, with what the indicators say now as the baseline.

    :raises foundation.access.domain.CannotDelegate: it is more than the giver has, or judged by nothing.
    :raises data.warehouse.domain.UnknownIndicator: an indicator is not declared.
    """
    baseline = queries.values_now(indicators=indicators, territory=territory, at=at)
    return access.delegate(
        grant_id=grant_id, account_id=account_id, holder_kind=holder_kind, holder=holder, holder_name=holder_name, scope=scope,
        valid_to=valid_to, basis=basis, goal=access_domain.Goal(tuple(indicators), territory, baseline, review_on), at=at,
    )  # fmt: skip


@transaction.atomic
def conclude(
    *,
    grant_id: UUID,
    review_id: UUID,
    account_id: UUID,
    conclusion: access_domain.Conclusion,
    reason: str,
    scope: access_domain.Scope | None,
    review_on: date | None,
    at: datetime,
) -> UUID | None:
    """Conclude on a delegation by what its indicators say now.

    :raises kernel.errors.NotFound: the review is none of this delegation.
    :raises foundation.access.domain.CannotConclude: it was concluded on, or what is wanted cannot be.
    :raises foundation.access.domain.NotTheGiver: someone else gave it.
    """
    review = next(
        (item for item in access_queries.reviews(grant_ids=[grant_id]).get(grant_id, ()) if item.id == review_id), None
    )
    if review is None:
        raise NotFound(what=f"lần xem xét {review_id}")
    now = queries.values_now(indicators=queries.still_declared(review.goal), territory=review.goal.territory, at=at)
    return access.conclude(
        review_id=review_id, account_id=account_id, conclusion=conclusion, reason=reason, measured=now, scope=scope,
        review_on=review_on, at=at,
    )  # fmt: skip
