"""What an indicator is, how it is computed, its values, and when a value is a signal. Pure: no database, no clock."""

from lienthong.data.warehouse.domain._cells import SMALL, Cell, Signal, SignalState, behind, suppressed, withheld
from lienthong.data.warehouse.domain._formula import Family, Share, sums
from lienthong.data.warehouse.domain._indicator import (
    COUNTRY,
    FIELD,
    SAID,
    BadIndicator,
    Condition,
    Direction,
    Every,
    Indicator,
    Level,
    Measure,
    UnknownIndicator,
    UnknownPart,
    counted,
    territory_level,
)

__all__ = [
    "COUNTRY",
    "FIELD",
    "SAID",
    "SMALL",
    "BadIndicator",
    "Cell",
    "Condition",
    "Direction",
    "Every",
    "Family",
    "Indicator",
    "Level",
    "Measure",
    "Share",
    "Signal",
    "SignalState",
    "UnknownIndicator",
    "UnknownPart",
    "behind",
    "counted",
    "sums",
    "suppressed",
    "territory_level",
    "withheld",
]
