"""Which sections boards have, and where each province stands on the tile map; read once."""

import json
from functools import cache
from pathlib import Path

from lienthong.channels.dashboards import domain

DECLARATIONS = Path(__file__).parent / "declarations"
TICKET_SECONDS = 3600
"""How long an open page may listen before it must ask for rights again."""


@cache
def sections() -> tuple[domain.Section, ...]:
    return domain.parse_sections(json.loads((DECLARATIONS / "boards.json").read_text("utf-8")))


@cache
def tile_map() -> dict[str, tuple[int, int]]:
    """Province code → (column, row) of the schematic map."""
    return {
        code: tuple(place) for code, place in json.loads((DECLARATIONS / "tile_map.json").read_text("utf-8")).items()
    }
