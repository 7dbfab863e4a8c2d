"""What stewardship cannot work without: the register of measures of governing and the indicators computed from it."""

import json
from datetime import datetime
from pathlib import Path

from lienthong.data.registry import services as registry
from lienthong.data.warehouse import services as warehouse

DECLARATIONS = Path(__file__).parent / "declarations"


def load(*, by: str, at: datetime) -> None:
    """Declare them; harmless to repeat."""
    registry.declare(
        document=json.loads((DECLARATIONS / "governance-measures.register.json").read_text("utf-8")), by=by, at=at
    )
    warehouse.declare_many(
        documents=json.loads((DECLARATIONS / "governance.indicators.json").read_text("utf-8")), by=by, at=at
    )
