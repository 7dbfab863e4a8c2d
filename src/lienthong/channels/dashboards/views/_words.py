"""What people type and what they read: days, names."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from lienthong.data.identity import queries as identity


def read_day(text: str) -> date | None:
    """A day as forms send it; none for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Who several were, as readers know them, in one query."""
    wanted = set(actors)
    ids = {actor: UUID(actor.partition(":")[2]) for actor in wanted if actor.startswith("account:")}
    known = identity.accounts(ids=ids.values())
    return {actor: known[ids[actor]].full_name if ids.get(actor) in known else actor for actor in wanted}


def name_of(actor: str) -> str:
    """Who it was, as readers know them."""
    return names_of([actor])[actor]
