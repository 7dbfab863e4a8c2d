"""Template tags of the design kit: both languages, numbers, ages, badges, small charts."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from lienthong.foundation.design import services
from lienthong.foundation.design.services import say

register = template.Library()
for _format in (services.number, services.day, services.moment):
    register.filter(_format)


@register.simple_tag
def t(vi: str, en: str, /, **data: Any) -> str:
    """The text in the reader's language: ``{% t "Còn {n} việc" "{n} tasks left" n=count %}``."""
    return say(vi, en, **data)


@register.simple_tag
def either(vi: str, en: str) -> str:
    """One of two values that come from data; the Vietnamese one where there is no English."""
    return say(vi, en or vi)


@register.simple_tag(takes_context=True)
def current(context: dict, href: str) -> SafeString | str:
    """Marks the navigation item whose part of the site the reader is in."""
    path = context["request"].path
    return mark_safe(' aria-current="page"') if path == href or path.startswith(f"{href}/") else ""


@register.simple_tag
def age(since: datetime | None) -> SafeString | str:
    """How old a value is, in words; the exact moment is its title. Rewritten in the page as it grows older."""
    if since is None:
        return "–"
    seconds = max(0, int((timezone.now() - since).total_seconds()))
    return format_html(
        '<time class="age" datetime="{}" title="{}" data-age>{}</time>',
        since.isoformat(),
        services.moment(since),
        services.in_words(seconds),
    )


@register.simple_tag
def sparkline(values: list[float | None], label: str, width: int = 160, height: int = 40) -> SafeString | str:
    """A small line of a series, oldest first, drawn on the server. ``label`` says in words what the line shows."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    span, step = (high - low) or 1, width / max(len(values) - 1, 1)
    points = " ".join(
        f"{index * step:.1f},{height - 4 - (value - low) / span * (height - 8):.1f}"
        for index, value in enumerate(values)
        if value is not None
    )
    return format_html(
        '<svg class="sparkline" viewBox="0 0 {} {}" role="img" aria-label="{}" preserveAspectRatio="none">'
        '<polyline points="{}"/></svg>',
        width,
        height,
        label,
        points,
    )


@register.filter
def get(mapping: Mapping, key: Any) -> Any:
    """The value of a key that is only known in the template; nothing when it is not there."""
    return mapping.get(key)


@register.filter
def as_json(value: Any) -> SafeString:
    """Data for a script, in an attribute: ``data-rows="{{ rows|as_json }}"``."""
    return escape(json.dumps(value, ensure_ascii=False, default=str))
