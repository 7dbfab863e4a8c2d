"""Template tags of results: plain numbers, words of kinds and steps, grades."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lienthong.channels.kpis import domain
from lienthong.foundation.design.services import number, say

register = template.Library()


@register.filter
def plain(value: Decimal | int | None) -> str:
    """A number with as many decimals as it needs, at most six."""
    if value is None:
        return "–"
    value = Decimal(str(value)).normalize()
    return number(value, min(6, max(0, -value.as_tuple().exponent)))


@register.filter
def mark(marks: Mapping[str, domain.Mark] | None, code: str) -> domain.Mark | None:
    """What was given to a leaf, if anything was."""
    return marks.get(code) if marks else None


@register.filter
def word(value: Any) -> str:
    """What a kind of period or a step is called."""
    return say(value.vi, value.en)


@register.filter
def rows(part: domain.Moved) -> str:
    """By how many rows a criterion moved; what few rows changed is not told apart."""
    if part.rows is None:
        return "–"
    if part.is_small:
        return say("dưới 5", "under 5")
    sign = "+" if part.rows > 0 else "−" if part.rows < 0 else ""
    return f"{sign}{plain(abs(part.rows))}"


@register.simple_tag
def graded(score: Decimal | None, framework: domain.Framework) -> SafeString:
    """The badge of a score."""
    vi, en, tone = domain.grade(score, framework.root.maximum)
    return format_html('<span class="status {}">{}</span>', tone, say(vi, en))
