"""What a board shows, read in a fixed number of queries however large it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lienthong.channels.dashboards import conf, domain
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


def board(
    *,
    territory: str,
    on: date,
    rights: Rights,
    section: str = "",
    sections: Sequence[domain.Section] = (),
    leading: str = "",
    known: datetime | None = None,
) -> Board:
    """The board of a territory (``""`` is the country), or of one section of it, as a reader may see it.

    :param sections: those of somebody's own board; else the declared ones.
    :param leading: the indicator that children are ranked and coloured by; the section's first when none is given.
    :param known: with the values as they were known at that moment, by what the indicators mean today.
    """
    own_board = bool(sections)
    sections = list(sections) or [item for item in conf.sections() if section in ("", item.key)]
    indicators = warehouse.indicators()
    shown = {item.key: item.arrange(indicators) for item in sections}
    codes = [code for item in sections for code in shown[item.key]]
    cells = {cell.indicator: cell for cell in _cells(codes, [territory], rights, known)}
    if not section and not own_board:
        # A sector that has no number here yet would be a row of empty tiles; its own board says what is missing.
        sections = [item for item in sections if cells.keys() & set(shown[item.key])]
        codes = [code for item in sections for code in shown[item.key]]
    guarded = {code for code, _ in warehouse.guarded(codes=codes, rights=rights, territories=[territory])}
    told = [code for code in codes if not territory or code not in guarded]
    trends = {} if known else warehouse.trends(codes=told, territory=territory, limit=24, guarded=guarded)
    quality_of = quality.indexes()
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
        places=tuple(_children(territory, kind, chosen, on, rights, known)),
        signals=() if known else tuple(_signals(territory, kind, rights)),
    )


def path_of(territory: str, on: date) -> tuple[tuple[str, str], ...]:
    """(code, name) from the country down to a territory; the country's name is empty."""
    units = directory.units_by_code(directory.territory_path(territory, on), on)
    return tuple(
        (code, units[code].full_name if code in units else code)
        for code in directory.territory_path(territory, on)[::-1]
    )


def _cells(
    codes: Sequence[str], territories: Sequence[str], rights: Rights, known: datetime | None
) -> list[warehouse_domain.Cell]:
    if known is None:
        return warehouse.shown_to(rights, warehouse.cells(codes=codes, territories=territories))
    found = warehouse.cells_known_at(at=known, codes=codes, territories=territories)
    return warehouse.shown_to(rights, found, past=True)


def _children(
    territory: str, kind: str, indicator, on: date, rights: Rights, known: datetime | None
) -> list[domain.Place]:
    if indicator is None or kind == "commune":
        return []
    units = directory.units(level="province" if kind == "country" else "commune", parent=territory, on=on)
    cells = {cell.territory: cell for cell in _cells([indicator.code], [unit.code for unit in units], rights, known)}
    values = [cell.value for cell in cells.values() if cell.value is not None]
    top = max(values, default=0) or 1
    places = []
    for unit in units:
        cell = cells.get(unit.code)
        column, row = conf.tile_map().get(unit.code, (0, 0))
        share = float(cell.value / top * 100) if cell and cell.value is not None else 0.0
        places.append(domain.Place(unit.code, unit.full_name, cell, column, row, round(share, 1)))
    return domain.ranked(places, up=indicator.direction is warehouse_domain.Direction.UP)


def _signals(territory: str, kind: str, rights: Rights) -> Sequence[warehouse_domain.Signal]:
    found = warehouse.signals(territories=None if kind == "country" else [territory], limit=20)
    return warehouse.signals_shown_to(rights, found)
