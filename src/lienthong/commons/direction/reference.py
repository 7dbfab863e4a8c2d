"""What direction cannot work without: the register of tasks and its indicators; and passages of what was issued before."""

import json
from datetime import datetime
from pathlib import Path

from lienthong.commons.direction import services
from lienthong.data.registry import services as registry
from lienthong.data.warehouse import services as warehouse

DECLARATIONS = Path(__file__).parent / "declarations"


def load(*, by: str, at: datetime) -> None:
    """Declare them; harmless to repeat."""
    registry.declare(
        document=json.loads((DECLARATIONS / "directive-tasks.register.json").read_text("utf-8")), by=by, at=at
    )
    warehouse.declare_many(
        documents=json.loads((DECLARATIONS / "direction.indicators.json").read_text("utf-8")), by=by, at=at
    )
    services.keep_missing(at=at)
