"""The Model, the principles, responsibilities, agencies, delegations and operations on screen."""

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
]
