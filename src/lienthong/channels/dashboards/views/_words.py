"""What people type and what they read: days, names."""

from datetime import date
from uuid import UUID

from lienthong.data.identity import queries as identity


def read_day(text: str) -> date | None:
    """A day as forms send it; none for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def name_of(actor: str) -> str:
    """Who it was, as readers know them."""
    kind, _, value = actor.partition(":")
    person = identity.account(id=UUID(value)) if kind == "account" else None
    return person.full_name if person else actor
