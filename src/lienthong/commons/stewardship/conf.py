"""The Model and its principles as they are declared; read once."""

import json
from functools import cache
from pathlib import Path

from lienthong.commons.stewardship import domain

DECLARATIONS = Path(__file__).parent / "declarations"


@cache
def layers() -> tuple[domain.Layer, ...]:
    """The four layers, the topmost first."""
    return domain.parse(json.loads((DECLARATIONS / "model.json").read_text("utf-8")))


@cache
def principles() -> tuple[domain.Principle, ...]:
    """The seven principles, by number."""
    return domain.parse_principles(json.loads((DECLARATIONS / "principles.json").read_text("utf-8")))
