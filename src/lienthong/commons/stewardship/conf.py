"""The Model as it is declared; read once."""

import json
from functools import cache
from pathlib import Path

from lienthong.commons.stewardship import domain

DECLARATIONS = Path(__file__).parent / "declarations"


@cache
def layers() -> tuple[domain.Layer, ...]:
    """The four layers, the topmost first."""
    return domain.parse(json.loads((DECLARATIONS / "model.json").read_text("utf-8")))
