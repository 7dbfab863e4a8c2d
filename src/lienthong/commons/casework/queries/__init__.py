"""Dossiers and what goes with them, read for analysis and for the index of Decision 766."""

from lienthong.commons.casework.queries._costs import ProcedureCost, compliance_cost, costs_by_procedure
from lienthong.commons.casework.queries._ends import ends
from lienthong.commons.casework.queries._index import (
    Sums,
    feedback_answered,
    in_time,
    ministry_codes,
    of_ministries,
    services_used,
)
from lienthong.commons.casework.queries._stocks import closed_on

__all__ = [
    "ProcedureCost",
    "Sums",
    "closed_on",
    "compliance_cost",
    "costs_by_procedure",
    "ends",
    "feedback_answered",
    "in_time",
    "ministry_codes",
    "of_ministries",
    "services_used",
]
