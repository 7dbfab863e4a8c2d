"""What a board shows, read in a fixed number of queries however large it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lienthong.channels.dashboards import conf, domain
from lienthong.data.intelligence import domain as intelligence_domain
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.quality import queries as quality
from lienthong.data.warehouse import domain as warehouse_domain
from lienthong.data.warehouse import queries as warehouse
from lienthong.foundation.access.queries import Rights
from lienthong.foundation.directory import queries as directory


@dataclass(frozen=True)
class Board:
    """One board: its tiles by section, its children ranked by its leading indicator, its open signals."""

    territory: str
    name: str
    kind: str
    path: tuple[tuple[str, str], ...]
    sections: tuple[tuple[domain.Section, tuple[domain.Tile, ...]], ...]
    leading: warehouse_domain.Indicator | None
    places: tuple[domain.Place, ...]
    signals: tuple[warehouse_domain.Signal, ...]

    @property
    def codes(self) -> list[str]:
        return [tile.indicator.code for _, tiles in self.sections for tile in tiles]

    @property
    def territories(self) -> list[str]:
        return [self.territory, *(place.code for place in self.places)]


def board(*, territory: str, on: date, rights: Rights, section: str = "", leading: str = "") -> Board:
    """The board of a territory (``""`` is the country), or of one section of it, as a reader may see it.

    :param leading: the indicator that children are ranked and coloured by; the section's first when none is given.
    """
    sections = [item for item in conf.sections() if section in ("", item.key)]
    indicators = warehouse.indicators()
    shown = {item.key: item.arrange(indicators) for item in sections}
    codes = [code for item in sections for code in shown[item.key]]
    own = warehouse.shown_to(rights, warehouse.cells(codes=codes, territories=[territory]))
    cells = {cell.indicator: cell for cell in own}
    if not section:
        # A sector that has no number here yet would be a row of empty tiles; its own board says what is missing.
        sections = [item for item in sections if cells.keys() & set(shown[item.key])]
        codes = [code for item in sections for code in shown[item.key]]
    guarded = {code for code, _ in warehouse.guarded(codes=codes, rights=rights, territories=[territory])}
    told = [code for code in codes if not territory or code not in guarded]
    trends = warehouse.trends(codes=told, territory=territory, limit=24, guarded=guarded)
    quality_of = {score.group[0]: score.index for score in quality.scores(by=["register"])}
    tiles = tuple(
        (
            item,
            tuple(
                domain.Tile(
                    indicators[code],
                    cells.get(code),
                    tuple(trends.get(code, ())),
                    quality_of.get(indicators[code].register),
                )
                for code in shown[item.key]
            ),
        )
        for item in sections
    )
    chosen = indicators.get(leading) or next((indicators[code] for code in codes), None)
    kind = warehouse_domain.territory_level(territory)
    path = path_of(territory, on)
    return Board(
        territory=territory,
        name=path[-1][1],
        kind=kind,
        path=path,
        sections=tiles,
        leading=chosen,
        places=tuple(_children(territory, kind, chosen, on, rights)),
        signals=tuple(_signals(territory, kind)),
    )


def path_of(territory: str, on: date) -> tuple[tuple[str, str], ...]:
    """(code, name) from the country down to a territory; the country's name is empty."""
    units = directory.units_by_code(directory.territory_path(territory, on), on)
    return tuple(
        (code, units[code].full_name if code in units else code)
        for code in directory.territory_path(territory, on)[::-1]
    )


def _children(territory: str, kind: str, indicator, on: date, rights: Rights) -> list[domain.Place]:
    if indicator is None or kind == "commune":
        return []
    units = directory.units(level="province" if kind == "country" else "commune", parent=territory, on=on)
    found = warehouse.cells(codes=[indicator.code], territories=[unit.code for unit in units])
    cells = {cell.territory: cell for cell in warehouse.shown_to(rights, found)}
    values = [cell.value for cell in cells.values() if cell.value is not None]
    top = max(values, default=0) or 1
    places = []
    for unit in units:
        cell = cells.get(unit.code)
        column, row = conf.tile_map().get(unit.code, (0, 0))
        share = float(cell.value / top * 100) if cell and cell.value is not None else 0.0
        places.append(domain.Place(unit.code, unit.full_name, cell, column, row, round(share, 1)))
    return domain.ranked(places, up=indicator.direction is warehouse_domain.Direction.UP)


def _signals(territory: str, kind: str) -> Sequence[warehouse_domain.Signal]:
    return warehouse.signals(territories=None if kind == "country" else [territory], limit=20)


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
