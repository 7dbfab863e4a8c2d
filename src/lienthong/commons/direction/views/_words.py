"""What people type and what they read: days, agencies, names."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest

from lienthong.commons.direction import domain
from lienthong.data.identity import queries as identity
from lienthong.foundation.design.services import say
from lienthong.foundation.directory import queries as directory


def code_of(typed: str) -> str:
    """Typed or picked, "G12 – Bộ Tài chính" names the agency by its code."""
    return typed.split("–")[0].strip()


def issuer_of(request: HttpRequest, now: datetime) -> str:
    """The agency in whose name a person issues: that of the first position held."""
    positions = directory.held_positions(request.user.pk, now)
    return positions[0].agency_code if positions else ""


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Who did things, as readers know them, in one query."""
    wanted, system = set(actors), say("hệ thống", "the system")
    ids = {actor: UUID(actor.partition(":")[2]) for actor in wanted if actor.startswith("account:")}
    known = identity.accounts(ids=ids.values())
    return {
        actor: (known[ids[actor]].full_name if ids[actor] in known else actor) if actor in ids else system
        for actor in wanted
    }


def name_of(actor: str) -> str:
    """Who did it, as readers know them."""
    return names_of([actor])[actor]


def read_date(text: str) -> date | None:
    """A day as forms send it (2026-12-31) or as people write it (31/12/2026)."""
    if not text:
        return None
    try:
        if "/" in text:
            day, month, year = text.split("/")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text)
    except ValueError:
        raise domain.BadDirective(
            problem=f"“{text}” không phải là ngày", problem_en=f"“{text}” is not a date"
        ) from None


def read_day(text: str) -> date | None:
    """A day of a filter; none for anything else."""
    try:
        return read_date(text)
    except domain.BadDirective:
        return None


def read_uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
