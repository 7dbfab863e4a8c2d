"""Template tags of registers: values as people read them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.translation import get_language

from lienthong.foundation.design.services import day, say

register = template.Library()


@register.simple_tag
def value(schema: Mapping[str, Any], name: str, payload: Mapping[str, Any] | None) -> str:
    """A field of a record: a day as 31/12/2026, yes and no in words, a listed code by its label."""
    stored = (payload or {}).get(name)
    if stored is None:
        return ""
    return shown(schema.get("properties", {}).get(name, {}), stored)


@register.simple_tag
def told(schema: Mapping[str, Any], name: str, stored: Any) -> str:
    """The same for a value alone; a dash for nothing."""
    return "–" if stored in (None, "") else shown(schema.get("properties", {}).get(name, {}), stored)


def shown(field: Mapping[str, Any], stored: Any) -> str:
    """One value by the annotations of its field in the schema."""
    if isinstance(stored, bool):
        return say("có", "yes") if stored else say("không", "no")
    if field.get("format") == "date":
        try:
            return day(date.fromisoformat(stored))
        except (TypeError, ValueError):
            return str(stored)
    if get_language() != "en" and "labels" in field:
        return field["labels"].get(stored, stored)
    if isinstance(stored, float) and get_language() != "en":
        return f"{stored:.12g}".replace(".", ",")
    return str(stored)
