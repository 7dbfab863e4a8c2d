"""What casework cannot work without: its registers and indicators."""

import json
from datetime import datetime
from pathlib import Path

from lienthong.data.registry import services as registry
from lienthong.data.warehouse import services as warehouse

DECLARATIONS = Path(__file__).parent / "declarations"


def load(*, by: str, at: datetime) -> None:
    """Declare them; harmless to repeat."""
    for name in ("dossiers", "ratings", "dossier-totals", "feedback", "dossier-stocks"):
        document = json.loads((DECLARATIONS / f"{name}.register.json").read_text("utf-8"))
        registry.declare(document=document, by=by, at=at)
    warehouse.declare_many(
        documents=json.loads((DECLARATIONS / "casework.indicators.json").read_text("utf-8")), by=by, at=at
    )
