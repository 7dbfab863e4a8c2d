"""Reading indicators, cells, their past, their parts and their signals."""

from lienthong.data.warehouse.queries._cells import (
    Point,
    Sums,
    cell,
    cells,
    cells_known_at,
    known_at,
    panel,
    parts,
    past,
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
    personal,
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
    "indicator",
    "indicators",
    "known_at",
    "meanings",
    "panel",
    "parts",
    "past",
    "personal",
    "series",
    "signal",
    "signals",
    "trends",
    "watched",
    "watermark",
]
