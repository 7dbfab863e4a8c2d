"""Template tags of the principles: their chain as a picture, the way of a gauge to its target, numbers with their units."""

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lienthong.commons.stewardship import domain
from lienthong.commons.stewardship.queries import GaugeNow, PrincipleNow
from lienthong.foundation.design.services import number, say

register = template.Library()
SIGNS = {"good": "✓", "warn": "▲", "bad": "■", "": "○"}
"""A shape for each tone, the same as badges have."""


class _Layout:
    """Where the seven stand: by column and row, in one width of node."""

    def __init__(self, places: dict[int, tuple[float, int]], node: tuple[int, int], gap: tuple[int, int]) -> None:
        self.places, self.node, self.gap = places, node, gap
        columns = max(column for column, _ in places.values()) + 1
        rows = max(row for _, row in places.values()) + 1
        self.width = columns * node[0] + (columns - 1) * gap[0] + 4
        self.height = rows * node[1] + (rows - 1) * gap[1] + 4

    def corner(self, principle: int) -> tuple[float, float]:
        column, row = self.places[principle]
        return 2 + column * (self.node[0] + self.gap[0]), 2 + row * (self.node[1] + self.gap[1])

    def middle(self, principle: int) -> tuple[float, float]:
        x, y = self.corner(principle)
        return x + self.node[0] / 2, y + self.node[1] / 2

    def arrow(self, start: int, end: int) -> tuple[float, float, float, float]:
        """From the edge of one node to that of another, a little off both."""
        (x1, y1), (x2, y2) = self.middle(start), self.middle(end)
        dx, dy = x2 - x1, y2 - y1
        # How much of the way lies within a node: the nearer of its sides.
        inside = min((self.node[0] / 2 + 5) / abs(dx) if dx else 9, (self.node[1] / 2 + 5) / abs(dy) if dy else 9)
        return x1 + dx * inside, y1 + dy * inside, x2 - dx * inside, y2 - dy * inside


_WIDE = _Layout({2: (1, 0), 3: (2, 0), 4: (3, 0), 7: (0, 1), 6: (1, 1), 5: (2, 1), 1: (3, 1)}, (232, 124), (60, 64))
_TALL = _Layout({3: (0.5, 0), 2: (0, 1), 4: (1, 1), 6: (0, 2), 1: (1, 2), 7: (0, 3), 5: (1, 3)}, (164, 118), (26, 44))


@register.simple_tag
def principles_map(found: Sequence[PrincipleNow], shape: str) -> SafeString:
    """The chain of the principles, ``wide`` or ``tall``: each a link to its gauge, told by colour, shape and word."""
    layout = _WIDE if shape == "wide" else _TALL
    return format_html(
        '<svg class="principles-map {}" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}</svg>',
        shape, f"{layout.width:.0f}", f"{layout.height:.0f}",
        say("Bảy nguyên tắc và nguyên tắc nào nâng đỡ nguyên tắc nào", "The seven principles, and which carries which"),
        format_html_join("", "{}", ((_arrow(layout, *ends),) for ends in domain.ARROWS)),
        format_html_join("", "{}", ((_node(layout, item),) for item in found)),
    )  # fmt: skip


def _arrow(layout: _Layout, start: int, end: int) -> SafeString:
    x1, y1, x2, y2 = layout.arrow(start, end)
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    bx, by = x2 - ux * 10, y2 - uy * 10
    head = f"{x2:.1f},{y2:.1f} {bx - uy * 6:.1f},{by + ux * 6:.1f} {bx + uy * 6:.1f},{by - ux * 6:.1f}"
    return format_html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}"/><polygon points="{}"/>',
        f"{x1:.1f}", f"{y1:.1f}", f"{bx:.1f}", f"{by:.1f}", head,
    )  # fmt: skip


def _node(layout: _Layout, item: PrincipleNow) -> SafeString:
    x, y = layout.corner(item.principle.number)
    leading, tone = item.leading, item.leading.standing.tone
    short = say(item.principle.short["vi"], item.principle.short["en"])
    value, word = gauge_value(leading), say(leading.standing.vi, leading.standing.en)
    return format_html(
        '<a href="#principle-{n}" class="{tone}"><rect x="{x}" y="{y}" width="{w}" height="{h}" rx="12"/>'
        '<text x="{left}" y="{top}" class="name"><tspan class="number">{n}</tspan> {short}</text> '
        '<text x="{left}" y="{middle}" class="value">{value}</text> '
        '<text x="{left}" y="{low}" class="word">{sign} {word}</text></a>',
        n=str(item.principle.number), tone=tone or "none",
        x=f"{x:.0f}", y=f"{y:.0f}", w=str(layout.node[0]), h=str(layout.node[1]), left=f"{x + 14:.0f}", top=f"{y + 28:.0f}",
        middle=f"{y + layout.node[1] - 46:.0f}", low=f"{y + layout.node[1] - 16:.0f}", short=short, value=value,
        sign=SIGNS[tone], word=word,
    )  # fmt: skip


@register.simple_tag
def gauge_value(now: GaugeNow) -> str:
    """The number with its unit; what few people stand behind is withheld in words."""
    if now.suppressed:
        return say("ít hồ sơ", "few rows")
    return gauge_number(now.value, now)


@register.filter
def gauge_number(value: Decimal | None, now: GaugeNow) -> str:
    """A value of a gauge as readers write it."""
    if value is None:
        return "–"
    digits = 0 if value == value.to_integral_value() else now.indicator.digits
    return f"{number(value, digits)}\u00a0{now.indicator.unit}"


@register.simple_tag
def gauge_bar(now: GaugeNow, width: int = 400) -> SafeString | str:
    """Where the value stands between where it began and where it is to go. A share is drawn on the whole of it."""
    if now.value is None:
        return ""
    known = [item for item in (now.baseline, now.value, now.gauge.target) if item is not None]
    low, high = (Decimal(0), Decimal(100)) if now.indicator.unit == "%" else (min(known), max(known))
    low, high = min(low, *known), max(high, *known)
    span = (high - low) or Decimal(1)

    def at(value: Decimal) -> float:
        return 8 + float((value - low) / span) * (width - 16)

    begun = now.baseline if now.baseline is not None else low
    left, right = sorted((at(begun), at(now.value)))
    label = say(
        "Từ mốc {a}, nay {b}, mục tiêu {c}", "From {a}, now {b}, target {c}", a=gauge_number(now.baseline, now),
        b=gauge_number(now.value, now), c=gauge_number(now.gauge.target, now),
    )  # fmt: skip
    return format_html(
        '<svg class="gauge-bar {}" viewBox="0 0 {} 28" role="img" aria-label="{}"><rect class="track" x="0" y="10" width="{}" '
        'height="8" rx="4"/><rect class="way" x="{}" y="10" width="{}" height="8" rx="3"/><line class="from" x1="{}" y1="6" '
        'x2="{}" y2="22"/><polygon class="to" points="{}"/><circle class="now" cx="{}" cy="14" r="7"/></svg>',
        now.standing.tone or "none", str(width), label, str(width), f"{left:.1f}", f"{right - left:.1f}", f"{at(begun):.1f}",
        f"{at(begun):.1f}", _flag(at(now.gauge.target)), f"{at(now.value):.1f}",
    )  # fmt: skip


def _flag(x: float) -> str:
    """A small triangle that stands on the bar at the target."""
    return f"{x:.1f},10 {x - 6:.1f},0 {x + 6:.1f},0"


@register.filter
def months_known(now: GaugeNow) -> int:
    """For how many months there is a value."""
    return sum(value is not None for _, value in now.months)
