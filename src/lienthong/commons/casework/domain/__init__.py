"""What a dossier is, and how the national sync tells one."""

from lienthong.commons.casework.domain._dossier import (
    DOSSIERS,
    FEEDBACK,
    HANOI,
    NEXT,
    RATINGS,
    SOURCE,
    TOTALS,
    Outcome,
    State,
    Wait,
    WorkingDays,
    end_of,
    outcome,
)
from lienthong.commons.casework.domain._sync_profile import KNOWN_BY, Lookups, NotADossier, to_dossier

__all__ = [
    "DOSSIERS",
    "FEEDBACK",
    "HANOI",
    "KNOWN_BY",
    "NEXT",
    "RATINGS",
    "SOURCE",
    "TOTALS",
    "Lookups",
    "NotADossier",
    "Outcome",
    "State",
    "Wait",
    "WorkingDays",
    "end_of",
    "outcome",
    "to_dossier",
]
