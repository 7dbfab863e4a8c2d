"""The Model, the seven principles and delegations as a space has them."""

from lienthong.commons.stewardship.queries._delegations import (
    Results,
    changes,
    index_of,
    results,
    still_declared,
    values_now,
)
from lienthong.commons.stewardship.queries._measures import counted, counted_on
from lienthong.commons.stewardship.queries._model import LayerNow, SystemNow, model, pulses, systems
from lienthong.commons.stewardship.queries._principles import (
    GaugeNow,
    PrincipleNow,
    gauge_codes,
    principles,
    principles_mark,
)

__all__ = [
    "GaugeNow",
    "LayerNow",
    "PrincipleNow",
    "Results",
    "SystemNow",
    "changes",
    "counted",
    "counted_on",
    "gauge_codes",
    "index_of",
    "model",
    "principles",
    "principles_mark",
    "pulses",
    "results",
    "still_declared",
    "systems",
    "values_now",
]
