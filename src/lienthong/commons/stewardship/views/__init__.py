"""The Model, the principles, responsibilities, agencies, delegations, roadmaps and operations on screen."""

from lienthong.commons.stewardship.views._delegations import conclude, delegate, delegation, delegations
from lienthong.commons.stewardship.views._model import (
    agencies,
    agency,
    agency_options,
    model,
    operations,
    responsibilities,
    retry,
)
from lienthong.commons.stewardship.views._principles import principles
from lienthong.commons.stewardship.views._roadmaps import roadmap, roadmaps

__all__ = [
    "agencies",
    "agency",
    "agency_options",
    "conclude",
    "delegate",
    "delegation",
    "delegations",
    "model",
    "operations",
    "principles",
    "responsibilities",
    "retry",
    "roadmap",
    "roadmaps",
]
