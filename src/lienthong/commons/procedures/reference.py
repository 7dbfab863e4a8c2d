"""What the catalogue needs to stand: its register. Procedures come from whoever publishes them."""

import json
from datetime import datetime
from pathlib import Path

from lienthong.data.registry import services as registry

DECLARATIONS = Path(__file__).parent / "declarations"


def load(*, by: str, at: datetime) -> None:
    """Declare it; harmless to repeat."""
    document = json.loads((DECLARATIONS / "procedures.register.json").read_text("utf-8"))
    registry.declare(document=document, by=by, at=at)
