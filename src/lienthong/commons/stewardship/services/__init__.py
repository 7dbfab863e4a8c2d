"""Noting how the space is, counting how it governs, judging delegations by results, setting roadmaps."""

from lienthong.commons.stewardship.services._delegations import conclude, delegate
from lienthong.commons.stewardship.services._measures import measure, measure_once_a_day
from lienthong.commons.stewardship.services._pulses import note
from lienthong.commons.stewardship.services._roadmaps import declare_roadmap, know_items, set_due

__all__ = [
    "conclude",
    "declare_roadmap",
    "delegate",
    "know_items",
    "measure",
    "measure_once_a_day",
    "note",
    "set_due",
]
