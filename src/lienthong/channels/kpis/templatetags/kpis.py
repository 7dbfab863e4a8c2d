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
def graded(result: domain.Result, framework: domain.Framework) -> SafeString | str:
    """The badge of a result; in words where it is hidden which of several it has; none where it is not due."""
    if not result.is_due:
        return ""
    least, most = (result.low, result.high) if result.is_hidden else (result.score, result.score)
    vi, en, tone = domain.grade(least, framework.root.maximum)
    if domain.grade(most, framework.root.maximum)[0] != vi:
        return format_html('<span class="quiet">{}</span>', say("có thể nhiều loại", "may be one of several"))
    return format_html('<span class="status {}">{}</span>', tone, say(vi, en))


@register.simple_tag
def points(result: domain.Result | None) -> SafeString | str:
    """The points of a result: from what to what they can be where something is withheld, or why there are none."""
    if result is None:
        return "–"
    if not result.is_due:
        return format_html('<span class="status">{}</span>', say("chưa đến hạn", "not yet due"))
    if result.is_hidden and result.low is None:
        return format_html('<span class="quiet">{}</span>', say("giữ kín", "withheld"))
    if result.is_hidden:
        return say("{a} đến {b}", "{a} to {b}", a=number(result.low, 2), b=number(result.high, 2))
    if result.score is None:
        why = say("không phát sinh, không tính", "nothing to count, takes no part")
        return format_html('<abbr title="{}">N/A</abbr>', why)
    return number(result.score, 2)
