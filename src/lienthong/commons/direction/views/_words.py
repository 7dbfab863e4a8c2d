"""What people type and what they read: days, agencies."""

from datetime import date, datetime

from django.http import HttpRequest

from lienthong.commons.direction import domain
from lienthong.foundation.directory import queries as directory


def code_of(typed: str) -> str:
    """Typed or picked, "G12 – Bộ Tài chính" names the agency by its code."""
    return typed.split("–")[0].strip()


def issuer_of(request: HttpRequest, now: datetime) -> str:
    """The agency in whose name a person issues: that of the first position held."""
    positions = directory.held_positions(request.user.pk, now)
    return positions[0].agency_code if positions else ""


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
