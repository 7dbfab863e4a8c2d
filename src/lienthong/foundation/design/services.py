"""What doors share: saying a thing in the reader's language, writing numbers and dates as they do, saying who may open a page,
reading what forms send, and going back where one came from."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

_MOST_DIGITS = 19
"""So many have numbers that no column keeps."""


def say(vi: str, en: str, /, **data: Any) -> str:
    """The sentence in the language of the current request; ``data`` is put in and escaped."""
    sentence = en if get_language() == "en" else vi
    return format_html(sentence, **data) if data else sentence


def public(view: Callable) -> Callable:
    """Mark a view that strangers may open. Every other view needs sign-in."""
    view.is_public = True
    return view


def back(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """Back to the page of this space that a form came from (its field ``next``), or to another."""
    page = request.POST.get("next", "")
    here = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return redirect(page if here else otherwise)


def whole(text: str | None) -> int | None:
    """A whole number from 0 on as forms and addresses send it, no larger than a column keeps; none for anything else."""
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < _MOST_DIGITS else None


def read_day(text: str | None) -> date | None:
    """A day as forms send it; none for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def read_uuid(text: str | None) -> UUID | None:
    """An id as addresses and forms send it; none for anything else."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def number(value: Any, digits: int = 0) -> str:
    """``number(1234.5, 1)`` → ``1.234,5`` for Vietnamese readers; an en dash for nothing."""
    if value is None or value == "":
        return "–"
    return number_format(round(Decimal(str(value)), digits), decimal_pos=digits, force_grouping=True)


def day(value: date | datetime | None) -> str:
    """A calendar day in Viet Nam: 31/12/2026."""
    if value is None:
        return "–"
    return date_format(timezone.localtime(value) if isinstance(value, datetime) else value, "DATE_FORMAT")


def moment(value: datetime | None) -> str:
    """A time and day in Viet Nam: 07:30 31/12/2026."""
    return date_format(timezone.localtime(value), "DATETIME_FORMAT") if value else "–"


def in_words(seconds: int) -> str:
    """A span of time in the reader's language, to one unit."""
    if seconds < 5:
        return say("vừa xong", "just now")
    for size, vi, en in ((86400, "ngày", "d"), (3600, "giờ", "h"), (60, "phút", "min"), (1, "giây", "s")):
        if seconds >= size:
            return say("{n} {vi} trước", "{n} {en} ago", n=seconds // size, vi=vi, en=en)
    return ""
