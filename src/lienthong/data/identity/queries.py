"""Accounts as others need them."""

from collections.abc import Iterable
from uuid import UUID

from lienthong.data.identity import domain, models

_FIELDS = ("id", "username", "full_name", "kind", "language", "is_sample")


def account(*, id: UUID) -> domain.Person | None:
    """One account."""
    return next(iter(accounts(ids=[id]).values()), None)


def accounts(*, ids: Iterable[UUID]) -> dict[UUID, domain.Person]:
    """Accounts by id, in one query."""
    rows = models.Account.objects.filter(id__in=list(ids)).values_list(*_FIELDS)
    return {row[0]: domain.Person(*row) for row in rows}


def by_username(*, username: str) -> domain.Person | None:
    """The account of that name."""
    row = models.Account.objects.filter(username=username).values_list(*_FIELDS).first()
    return domain.Person(*row) if row else None


def sample_accounts() -> list[domain.Person]:
    """The sample accounts, in the order they were made."""
    return [
        domain.Person(*row)
        for row in models.Account.objects.filter(is_sample=True).order_by("id").values_list(*_FIELDS)
    ]
