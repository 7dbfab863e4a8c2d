"""What a dossier is, and how the national sync tells one."""

from lienthong.commons.casework.domain._dossier import (
    DOSSIERS,
    HANOI,
    NEXT,
    RATINGS,
    SOURCE,
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
    "HANOI",
    "KNOWN_BY",
    "NEXT",
    "RATINGS",
    "SOURCE",
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
