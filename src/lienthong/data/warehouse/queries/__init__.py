"""Reading indicators, cells, their past, their parts and their signals."""

from lienthong.data.warehouse.queries._cells import (
    Point,
    Sums,
    cell,
    cells,
    cells_known_at,
    guarded,
    known_at,
    panel,
    parts,
    past,
    series,
    shown_to,
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
from lienthong.data.warehouse.queries._signals import signal, signals

__all__ = [
    "Meaning",
    "Point",
    "Sums",
    "cell",
    "cells",
    "cells_known_at",
    "families",
    "guarded",
    "indicator",
    "indicators",
    "known_at",
    "meanings",
    "panel",
    "parts",
    "past",
    "series",
    "shown_to",
    "signal",
    "signals",
    "trends",
    "watched",
    "watermark",
]
