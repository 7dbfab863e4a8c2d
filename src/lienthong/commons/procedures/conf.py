"""What a space declares about costs; read once."""

import json
from decimal import Decimal
from functools import cache
from pathlib import Path

from lienthong.commons.procedures import domain

DECLARATIONS = Path(__file__).parent / "declarations"


@cache
def standard_cost() -> domain.StandardCost:
    """What an hour, a trip and a copy cost."""
    document = json.loads((DECLARATIONS / "standard-cost.json").read_text("utf-8"))
    amounts = ("wage_per_hour", "minutes_per_paper", "hours_per_trip", "fare_per_trip", "copy_per_paper")
    return domain.StandardCost(
        **{name: Decimal(str(document[name])) for name in amounts}, trips=document["trips"], note=document["note"]
    )
