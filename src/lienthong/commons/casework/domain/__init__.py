"""What a dossier is, and how the national sync tells one."""

from lienthong.commons.casework.domain._dossier import (
    DOSSIERS,
    FEEDBACK,
    HANOI,
    NEXT,
    RATINGS,
    SOURCE,
    STOCKS,
    TOTALS,
    Outcome,
    State,
    Wait,
    WorkingDays,
    end_of,
    moved_due,
    outcome,
)
from lienthong.commons.casework.domain._stocks import COUNTER, FIRST_DAY, LEVELS, Stock, steps
from lienthong.commons.casework.domain._sync_profile import KNOWN_BY, Lookups, NotADossier, to_dossier

__all__ = [
    "COUNTER",
    "DOSSIERS",
    "FEEDBACK",
    "FIRST_DAY",
    "HANOI",
    "KNOWN_BY",
    "LEVELS",
    "NEXT",
    "RATINGS",
    "SOURCE",
    "STOCKS",
    "TOTALS",
    "Lookups",
    "NotADossier",
    "Outcome",
    "State",
    "Stock",
    "Wait",
    "WorkingDays",
    "end_of",
    "moved_due",
    "outcome",
    "steps",
    "to_dossier",
]
