"""Reading indicators, cells, their past, their parts and their signals."""

from lienthong.data.warehouse.queries._cells import (
    Point,
    Sums,
    cell,
    cells,
    cells_in,
    cells_known_at,
    panel,
    parts,
    past,
    series,
    sums,
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
    "guarded",
    "indicator",
    "indicators",
    "meanings",
    "panel",
    "parts",
    "past",
    "series",
    "shown_to",
    "signal",
    "signals",
    "sums",
    "trends",
    "watched",
    "watermark",
]
