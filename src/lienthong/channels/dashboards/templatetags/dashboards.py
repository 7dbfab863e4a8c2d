"""Template tags of boards: addresses, values, levels, the data that live pushes need, the trend chart."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lienthong.channels.dashboards import domain
from lienthong.channels.dashboards.queries import Outlook
from lienthong.data.intelligence.domain import Drivers
from lienthong.data.warehouse.domain import Cell, Direction, Indicator, Level
from lienthong.foundation.design.services import day, number, say

register = template.Library()


@register.simple_tag
def board_url(territory: str) -> str:
    return f"/boards/{territory}" if territory else "/boards"


@register.simple_tag
def indicator_url(code: str, territory: str) -> str:
    return f"/indicators/{code}/{territory}" if territory else f"/indicators/{code}"


@register.filter
def tone(level: Level | str) -> str:
    return domain.TONES[Level(level)]


@register.simple_tag
def level_word(level: Level | str) -> str:
    return say(*domain.WORDS[Level(level)])


@register.simple_tag
def figure(indicator: Indicator, cell: Cell | None) -> str:
    """The value as readers write it, without its unit."""
    return value_text(indicator, cell)


@register.simple_tag
def value_text(indicator: Indicator, cell: Cell | None) -> str:
    """The same in a sentence or a row; what few people stand behind is withheld in words."""
    if cell and cell.suppressed:
        return say("ít hồ sơ", "few rows")
    return number(cell.value if cell else None, indicator.digits)


@register.simple_tag
def cell_data(indicator: Indicator) -> SafeString:
    """What the page needs to write a pushed value as the server would."""
    limit = {name: "" if getattr(indicator, name) is None else getattr(indicator, name) for name in ("amber", "red")}
    return format_html(
        'data-scale="{}" data-digits="{}" data-ratio="{}" data-better="{}" data-amber="{}" data-red="{}"',
        str(indicator.scale),
        str(indicator.digits),
        "1" if indicator.denominator else "",
        indicator.direction.value,
        str(limit["amber"]),
        str(limit["red"]),
    )


@register.filter
def frozen_number(value: str, digits: int) -> str:
    """A number of a snapshot, kept as text."""
    return number(Decimal(value), digits)


@register.filter
def short_name(name: str) -> str:
    """``Thành phố Hồ Chí Minh`` → ``Hồ Chí Minh``: on a map everything is a province."""
    for prefix in ("Thành phố ", "Tỉnh "):
        name = name.removeprefix(prefix)
    return name


@register.filter
def percent(share: float) -> str:
    return f"{number(share * 100, 1)} %"


@register.filter
def plain_number(value: Decimal) -> str:
    """A count or sum without needless decimals."""
    return number(value, 0 if value == value.to_integral_value() else 2)


@register.filter
def signed(value: float, digits: int) -> str:
    """A change, with its sign."""
    return f"{'+' if value > 0 else ''}{number(value, digits)}"


@register.filter
def unlocalized(value: float) -> str:
    """For attributes: a point as the decimal sign, whatever the language."""
    return str(value)


@register.simple_tag
def trend_chart(points: Sequence, indicator: Indicator, width: int = 640, height: int = 160) -> SafeString | str:
    """The course of a value, oldest first, as a line with its first, last, lowest and highest values written on it."""
    known = [(point.at, point.value) for point in points if point.value is not None]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    begin, span = known[0][0].timestamp(), (known[-1][0] - known[0][0]).total_seconds() or 1
    rise = float(high - low) or 1.0
    places = [
        ((at.timestamp() - begin) / span * (width - 16) + 8, height - 24 - float(value - low) / rise * (height - 48))
        for at, value in known
    ]
    # A value holds until the next one: steps, not slopes.
    line = f"M{places[0][0]:.1f},{places[0][1]:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in places[1:])
    label = say(
        "Từ {a} ngày {b} đến {c} ngày {d}",
        "From {a} on {b} to {c} on {d}",
        a=number(known[0][1], indicator.digits),
        b=day(known[0][0]),
        c=number(known[-1][1], indicator.digits),
        d=day(known[-1][0]),
    )
    return format_html(
        '<figure class="trend"><svg viewBox="0 0 {} {}" role="img" aria-label="{}"><path d="{}"/>'
        '<circle cx="{}" cy="{}" r="4"/></svg><figcaption class="quiet">{}</figcaption></figure>',
        str(width), str(height), label, line, f"{places[-1][0]:.1f}", f"{places[-1][1]:.1f}", label,
    )  # fmt: skip


@register.simple_tag
def drivers_chart(drivers: Drivers, names: Mapping[str, str], indicator: Indicator, width: int = 960) -> SafeString:
    """The change divided among its parts: bars to the right made it larger, to the left smaller; what is better is filled."""
    step, left, right = 36, 400, 84
    middle = left + (width - left - right) / 2
    reach = max((abs(item.total) for item in drivers.drivers), default=0) or 1.0
    rows = []
    for number_of, item in enumerate(drivers.drivers):
        length = abs(item.total) / reach * ((width - left - right) / 2 - 64)
        name = names.get(item.member, item.member) if item.member else say("{n} khác", "{n} others", n=item.members)
        better = (item.total > 0) is (indicator.direction is Direction.UP)
        top = number_of * step + 6
        begin, end = (middle, middle + length + 8) if item.total > 0 else (middle - length, middle - length - 8)
        shape = (f"{begin:.1f}", top, f"{length:.1f}", "better" if better else "worse")
        anchor = "start" if item.total > 0 else "end"
        said = f"{name[:43]}…" if len(name) > 44 else name
        rows.append((left - 12, top + 17, said, *shape, f"{end:.1f}", top + 17, anchor, signed(item.total, 2)))
    bars = format_html_join(
        "",
        '<text x="{}" y="{}" class="mark" text-anchor="end">{}</text><rect x="{}" y="{}" width="{}" height="24" class="{}"/>'
        '<text x="{}" y="{}" class="mark" text-anchor="{}">{}</text>',
        rows,
    )
    label = say(
        "Từ {a} đến {b} {u}: sang phải là làm tăng, sang trái là làm giảm; tô đậm là tốt lên, gạch là xấu đi.",
        "From {a} to {b} {u}: to the right is up, to the left down; filled is for the better, outlined for the worse.",
        a=number(drivers.before, indicator.digits), b=number(drivers.after, indicator.digits), u=indicator.unit,
    )  # fmt: skip
    height = str(len(drivers.drivers) * step + 4)
    return format_html(
        '<figure class="drivers"><div tabindex="0" role="group" aria-label="{}"><svg viewBox="0 0 {} {}" role="img" '
        'aria-label="{}"><line x1="{}" y1="0" x2="{}" y2="{}"/>{}</svg></div><figcaption class="quiet">{}</figcaption></figure>',
        say("Phần của từng nơi, cuộn được", "The parts; can be scrolled"), str(width), height, label, str(middle), str(middle),
        height, bars, label,
    )  # fmt: skip


@register.simple_tag
def outlook_chart(outlook: Outlook, indicator: Indicator, width: int = 960, height: int = 280) -> SafeString:
    """The last weeks as a line, the weeks ahead as a dashed one in the band that holds nine times in ten."""
    past = [(week, value) for week, value in outlook.past if value is not None]
    ahead = outlook.expected
    first, last = outlook.past[0][0], ahead[-1].week
    heights = [value for _, value in past] + [item.low for item in ahead] + [item.high for item in ahead]
    low, high = min(heights), max(heights)
    rise, left, right, top, bottom = (high - low) or 1.0, 64, 16, 16, 32

    def at(week: date, value: float) -> str:
        x = left + (week - first).days / max((last - first).days, 1) * (width - left - right)
        return f"{x:.1f},{height - bottom - (value - low) / rise * (height - top - bottom):.1f}"

    line = " ".join(at(week, value) for week, value in past)
    joined = [at(*past[-1])] if past else []
    middle = " ".join([*joined, *(at(item.week, item.point) for item in ahead)])
    band = " ".join(
        [*joined, *(at(item.week, item.high) for item in ahead), *(at(item.week, item.low) for item in reversed(ahead))]
    )
    marks = format_html_join(
        "", '<text x="{}" y="{}" class="mark" text-anchor="{}">{}</text>',
        [
            (left - 8, top + 4, "end", number(high, indicator.digits)),
            (left - 8, height - bottom, "end", number(low, indicator.digits)),
            (left, height - 8, "start", day(first)),
            (width - right, height - 8, "end", day(last)),
        ],
    )  # fmt: skip
    label = say(
        "Đường liền: {a} tuần qua. Đường đứt: dự báo {b} tuần tới; vùng nhạt chứa số thật chín lần trên mười.",
        "Full line: the last {a} weeks. Dashed: the next {b}; the band holds the true number nine times in ten.",
        a=len(outlook.past), b=len(ahead),
    )  # fmt: skip
    return format_html(
        '<figure class="outlook"><svg viewBox="0 0 {} {}" role="img" aria-label="{}"><polygon class="band" points="{}"/>'
        '<polyline class="expected" points="{}"/><polyline class="past" points="{}"/>{}</svg>'
        '<figcaption class="quiet">{}</figcaption></figure>',
        str(width), str(height), label, band, middle, line, marks, label,
    )  # fmt: skip
