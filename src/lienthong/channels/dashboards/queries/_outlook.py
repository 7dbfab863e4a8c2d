"""An indicator by week: what was, and what is to be expected."""

from dataclasses import dataclass
from datetime import date

from lienthong.data.intelligence import domain as intelligence_domain
from lienthong.data.intelligence import queries as intelligence


@dataclass(frozen=True)
class Outlook:
    """An indicator by week: what was, and what is to be expected."""

    past: tuple[tuple[date, float | None], ...]
    """(Monday, value), oldest first; none where the week has no value."""
    expected: tuple[intelligence_domain.Expectation, ...]

    @property
    def next(self) -> intelligence_domain.Expectation:
        return self.expected[0]


def outlook(*, code: str, territory: str, weeks: int = 26) -> Outlook | None:
    """The last weeks of an indicator in a territory and its newest forecast; none where nothing was forecast."""
    expected = intelligence.newest_expectations(indicator=code, territory=territory)
    panel = intelligence.panels(codes=[code], territories=[territory]).get(code) if expected else None
    if panel is None:
        return None
    values = panel.values[0] * panel.indicator.scale
    known = [
        (week, None if value != value else float(value))
        for week, value in zip(panel.weeks, values, strict=True)
        if week <= expected[0].origin
    ]
    return Outlook(tuple(known[-weeks:]), tuple(expected))
