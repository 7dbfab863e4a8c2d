"""The Model, its principles and what measures them, delegations by their results. Pure: no database, no clock."""

from lienthong.commons.stewardship.domain._delegations import AUTHORITIES, DECISIONS, REVIEW_WORKING_DAYS, Change
from lienthong.commons.stewardship.domain._model import STALE, Built, Health, Layer, Pulse, System, parse
from lienthong.commons.stewardship.domain._principles import (
    ARROWS,
    COUNTER,
    MEASURES,
    WINDOW_DAYS,
    Gauge,
    Measured,
    Principle,
    Standing,
    by_month,
    parse_principles,
    standing,
    way,
)

__all__ = [
    "ARROWS",
    "AUTHORITIES",
    "COUNTER",
    "DECISIONS",
    "MEASURES",
    "REVIEW_WORKING_DAYS",
    "STALE",
    "WINDOW_DAYS",
    "Built",
    "Change",
    "Gauge",
    "Health",
    "Layer",
    "Measured",
    "Principle",
    "Pulse",
    "Standing",
    "System",
    "by_month",
    "parse",
    "parse_principles",
    "standing",
    "way",
]
