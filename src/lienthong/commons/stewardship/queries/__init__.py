"""The Model, the seven principles, delegations and roadmaps as a space has them."""

from lienthong.commons.stewardship.queries._delegations import (
    Results,
    changes,
    index_of,
    require_seen,
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
from lienthong.commons.stewardship.queries._roadmaps import (
    RoadmapUnit,
    items,
    roadmap_history,
    roadmap_units,
    roadmaps,
    search_roadmap_units,
)

__all__ = [
    "GaugeNow",
    "LayerNow",
    "PrincipleNow",
    "Results",
    "RoadmapUnit",
    "SystemNow",
    "changes",
    "counted",
    "counted_on",
    "gauge_codes",
    "index_of",
    "items",
    "model",
    "principles",
    "principles_mark",
    "pulses",
    "require_seen",
    "results",
    "roadmap_history",
    "roadmap_units",
    "roadmaps",
    "search_roadmap_units",
    "still_declared",
    "systems",
    "values_now",
]
