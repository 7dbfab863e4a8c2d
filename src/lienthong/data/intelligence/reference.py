"""What intelligence cannot work without: its models, registered with their cards and approved with the program."""

import json
from datetime import datetime
from pathlib import Path

from lienthong.data.intelligence import conf, queries, services

DECLARATIONS = Path(__file__).parent / "declarations"


def load(*, by: str, at: datetime) -> None:
    """Register them, and the language model that the space has plugged in, which waits for a person's approval; "
    "the version that comes with the program is used unless a person approved another. Harmless to repeat."""
    decided = queries.models_decided()
    for card in json.loads((DECLARATIONS / "models.json").read_text("utf-8")):
        services.register_model(card=card, by=by, at=at)
        if card["name"] not in decided:
            services.approve_model(name=card["name"], version=card["version"], by=by, at=at)
    if conf.MODEL_URL:
        card = json.loads((DECLARATIONS / "language-model.json").read_text("utf-8"))
        services.register_model(card=card | {"version": conf.MODEL_NAME}, by=by, at=at)
