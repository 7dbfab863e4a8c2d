"""Reading indicators, cells, their past, their parts and their signals."""

from lienthong.data.warehouse.queries._cells import (
    Point,
    Sums,
    cell,
    cells,
    cells_in,
    cells_known_at,
    firsts,
    moved_at,
    panel,
    parts,
    past,
    pasts,
    series,
    trends,
    watched,
    watermark,
)
from lienthong.data.warehouse.queries._indicators import (
    Meaning,
    families,
    indicator,
    indicators,
    meanings,
)
from lienthong.data.warehouse.queries._privacy import READ_ROWS, guarded, shown_to
from lienthong.data.warehouse.queries._signals import signal, signals

__all__ = [
    "READ_ROWS",
    "Meaning",
    "Point",
    "Sums",
    "cell",
    "cells",
    "cells_in",
    "cells_known_at",
    "families",
    "firsts",
    "guarded",
    "indicator",
    "indicators",
    "meanings",
    "moved_at",
    "panel",
    "parts",
    "past",
    "pasts",
    "series",
    "shown_to",
    "signal",
    "signals",
    "trends",
    "watched",
    "watermark",
]
