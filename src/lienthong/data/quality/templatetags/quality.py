"""Template tags of quality: shares as percentages."""

from collections.abc import Mapping

from django import template

from lienthong.foundation.design.services import number

register = template.Library()


@register.simple_tag
def percent(share: float | None) -> str:
    """A share of 1 as readers write it: 99,42 %."""
    return "–" if share is None else f"{number(share * 100, 2)}\u00a0%"


@register.simple_tag
def share(dimensions: Mapping[str, float], name: str) -> str:
    return percent(dimensions.get(name))
