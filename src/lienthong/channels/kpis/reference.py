"""The framework every space begins with."""

import json
from datetime import datetime
from pathlib import Path

from lienthong.channels.kpis import services

DECLARATIONS = Path(__file__).parent / "declarations"


def load(*, by: str, at: datetime) -> None:
    """Put it in force; harmless to repeat."""
    for file in sorted(DECLARATIONS.glob("*.framework.json")):
        services.declare(document=json.loads(file.read_text("utf-8")), by=by, at=at)
