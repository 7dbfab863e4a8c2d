"""Accounts as others need them."""

from collections.abc import Iterable
from uuid import UUID

from lienthong.data.identity import domain, models
from lienthong.foundation.design.services import say

_FIELDS = ("id", "username", "full_name", "kind", "language", "is_sample")


def account(*, id: UUID) -> domain.Person | None:
    """One account."""
    return next(iter(accounts(ids=[id]).values()), None)


def accounts(*, ids: Iterable[UUID]) -> dict[UUID, domain.Person]:
    """Accounts by id, in one query."""
    rows = models.Account.objects.filter(id__in=list(ids)).values_list(*_FIELDS)
    return {row[0]: domain.Person(*row) for row in rows}


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Who actors (``account:…``, ``system:…``) are, as readers know them, in one query."""
    wanted, system = set(actors), say("hệ thống", "the system")
    ids = {actor: UUID(actor.partition(":")[2]) for actor in wanted if actor.startswith("account:")}
    known = accounts(ids=ids.values())
    return {
        actor: (known[ids[actor]].full_name if ids[actor] in known else actor) if actor in ids else system
        for actor in wanted
    }


def name_of(actor: str) -> str:
    """Who one of them is."""
    return names_of([actor])[actor]


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
