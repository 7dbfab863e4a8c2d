"""What intelligence cannot work without: its models, registered with their cards and approved with the program; and the
passages of what is declared below it."""

import json
from datetime import datetime
from pathlib import Path

from lienthong.data.intelligence import conf, queries, services
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse import queries as warehouse

DECLARATIONS = Path(__file__).parent / "declarations"


def load(*, by: str, at: datetime) -> None:
    """Register them, and the language model that the space has plugged in, which waits for a person's approval of each use; the
    version that comes with the program is used unless a person approved another. Harmless to repeat."""
    decided = queries.models_decided()
    for card in json.loads((DECLARATIONS / "models.json").read_text("utf-8")):
        services.register_model(card=card, by=by, at=at)
        if card["name"] not in decided:
            services.approve_model(name=card["name"], version=card["version"], by=by, at=at)
    if conf.MODEL_URL:
        for card in json.loads((DECLARATIONS / "language-models.json").read_text("utf-8")):
            services.register_model(card=card | {"version": conf.MODEL_NAME}, by=by, at=at)
    services.keep_indicators(codes=sorted(warehouse.indicators()), at=at)
    services.keep_registers(keys=[item.declaration.key for item in registry.registers()], at=at)
