"""What the catalogue needs to stand: its registers and indicators. Procedures come from whoever publishes them."""

import json
from datetime import datetime
from pathlib import Path

from lienthong.commons.procedures import services
from lienthong.data.registry import services as registry
from lienthong.data.warehouse import services as warehouse

DECLARATIONS = Path(__file__).parent / "declarations"


def load(*, by: str, at: datetime) -> None:
    """Declare them; harmless to repeat."""
    for name in ("procedures", "public-services", "announcements"):
        document = json.loads((DECLARATIONS / f"{name}.register.json").read_text("utf-8"))
        registry.declare(document=document, by=by, at=at)
    warehouse.declare_many(
        documents=json.loads((DECLARATIONS / "procedures.indicators.json").read_text("utf-8")), by=by, at=at
    )
    services.keep_missing(at=at)
