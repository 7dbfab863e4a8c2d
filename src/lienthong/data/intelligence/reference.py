"""What intelligence cannot work without: its models, registered with their cards and approved with the program."""

import json
from datetime import datetime
from pathlib import Path

from lienthong.data.intelligence import queries, services

DECLARATIONS = Path(__file__).parent / "declarations"


def load(*, by: str, at: datetime) -> None:
    """Register them; the version that comes with the program is used unless a person approved another. Harmless to repeat."""
    used = queries.models_in_use()
    for card in json.loads((DECLARATIONS / "models.json").read_text("utf-8")):
        services.register_model(card=card, by=by, at=at)
        if card["name"] not in used:
            services.approve_model(name=card["name"], version=card["version"], by=by, at=at)
