"""Noting how the space is, counting how it governs, judging delegations by results."""

from lienthong.commons.stewardship.services._delegations import conclude, delegate
from lienthong.commons.stewardship.services._measures import measure, measure_once_a_day
from lienthong.commons.stewardship.services._pulses import note

__all__ = ["conclude", "delegate", "measure", "measure_once_a_day", "note"]
