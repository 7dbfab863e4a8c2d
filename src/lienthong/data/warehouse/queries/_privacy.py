"""Small numbers about persons: what of cells a reader may see who may not see their rows."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db import connection

from lienthong.data.warehouse import domain
from lienthong.data.warehouse.queries._cells import LEAST
from lienthong.data.warehouse.queries._cells import cells as read_cells
from lienthong.data.warehouse.queries._indicators import about_persons, indicators
from lienthong.foundation.access.queries import Rights

READ_ROWS = "data.registry.read"
"""Who may do this to a register in a place sees small numbers about it too."""


def guarded(*, codes: Collection[str], rights: Rights, territories: Collection[str]) -> set[tuple[str, str]]:
    """(indicator, territory) of rows about persons that a reader may not see: what few of them say is withheld."""
    about = about_persons(codes=codes)
    if not about:
        return set()
    rights.learn(territories)
    shut = {
        register: [place for place in territories if not rights.allows(READ_ROWS, territory=place, sector=register)]
        for register in set(about.values())
    }
    return {(code, place) for code, register in about.items() for place in shut[register]}


def shown_to(rights: Rights, cells: Sequence[domain.Cell], *, past: bool = False) -> list[domain.Cell]:
    """The cells with those withheld that a reader may not see, whichever of their neighbours are asked for with them.

    :param past: they are of another moment. What their neighbours said then is not looked up: below the country, all are
        withheld.
    """
    codes, territories = {cell.indicator for cell in cells}, {cell.territory for cell in cells}
    guard = guarded(codes=codes, rights=rights, territories=territories)
    return _withheld(cells, guard, past=past)


def shown_to_all(cells: Sequence[domain.Cell]) -> list[domain.Cell]:
    """The cells as whoever may see no rows sees them: what is kept from them is read by others later."""
    about = about_persons(codes={cell.indicator for cell in cells})
    guard = {(cell.indicator, cell.territory) for cell in cells if cell.indicator in about}
    return _withheld(cells, guard, past=False)


def signals_shown_to(rights: Rights, signals: Sequence[domain.Signal]) -> list[domain.Signal]:
    """The signals without those whose values are withheld from a reader."""
    told: dict[str, list[domain.Signal]] = defaultdict(list)
    for item in signals:
        told[item.period].append(item)
    hidden = set()
    for period, items in told.items():
        codes, places = {item.indicator for item in items}, {item.territory for item in items}
        found = shown_to(rights, read_cells(codes=sorted(codes), territories=sorted(places), period=period))
        hidden |= {(cell.indicator, cell.territory, period) for cell in found if cell.suppressed}
    return [item for item in signals if (item.indicator, item.territory, item.period) not in hidden]


def _withheld(cells: Sequence[domain.Cell], guard: Collection[tuple[str, str]], *, past: bool) -> list[domain.Cell]:
    if not guard:
        return list(cells)
    periods = {cell.period for cell in cells}
    hidden, least = set() if past else _hidden(guard, periods), _least(guard, periods)

    def may_not(cell: domain.Cell) -> bool:
        if (cell.indicator, cell.territory) not in guard:
            return False
        if past and cell.territory != domain.COUNTRY:
            return True
        few = 0 < cell.rows < least[cell.indicator, cell.period]
        return few or (cell.indicator, cell.territory, cell.period) in hidden

    return [domain.suppressed(cell) if may_not(cell) else cell for cell in cells]


def _hidden(guard: Collection[tuple[str, str]], periods: Collection[str]) -> set[tuple[str, str, str]]:
    """(indicator, territory, period) that are withheld among the provinces, or the communes of the provinces, asked for."""
    groups: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_NEIGHBOURS, {"codes": sorted({code for code, _ in guard}), "periods": list(periods),
                                     "territories": sorted({place for _, place in guard})})  # fmt: skip
        for code, period, above, territory, rows, least in cursor.fetchall():
            groups[code, period, above][territory] = domain.behind(rows, least)
    return {
        (code, territory, period) for (code, period, _), rows in groups.items() for territory in domain.withheld(rows)
    }


def _least(guard: Collection[tuple[str, str]], periods: Collection[str]) -> dict[tuple[str, str], int]:
    """With fewer rows than this a number is small, by (indicator, period); the database is asked of stocks alone."""
    declared = indicators(codes=sorted({code for code, _ in guard}))
    found = {(code, period): domain.SMALL for code in declared for period in periods}
    if stocks := [code for code, item in declared.items() if item.stock]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT i.code, asked.period, {LEAST.format(period="asked.period")} FROM data_warehouse_indicator i
                CROSS JOIN unnest(%s::text[]) AS asked (period) WHERE i.code = ANY(%s)
                """,
                [list(periods), stocks],
            )
            found |= {(code, period): least for code, period, least in cursor.fetchall()}
    return found


_NEIGHBOURS = f"""
WITH beside AS (
    SELECT DISTINCT above.ancestor, length(asked.territory) AS size FROM unnest(%(territories)s::text[]) AS asked (territory)
    JOIN data_warehouse_place above ON above.code = asked.territory
     AND length(above.ancestor) = CASE length(asked.territory) WHEN 5 THEN 2 WHEN 2 THEN 0 END
)
SELECT i.code, c.period, beside.ancestor, c.territory, c.rows[i.slot], {LEAST.format(period="c.period")} FROM beside
JOIN data_warehouse_place place ON place.ancestor = beside.ancestor AND length(place.code) = beside.size
CROSS JOIN data_warehouse_indicator i
JOIN data_warehouse_sums c
  ON c.family_id = i.family_id AND c.territory = place.code AND c.period = ANY(%(periods)s) AND c.part = ''
WHERE i.code = ANY(%(codes)s) AND c.rows[i.slot] IS NOT NULL
"""
