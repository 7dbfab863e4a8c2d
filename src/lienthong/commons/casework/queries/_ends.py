"""Dossiers, read for analysis."""

from datetime import datetime

import numpy as np

from lienthong.commons.casework import domain
from lienthong.data.intelligence.domain import Office
from lienthong.data.registry import queries as registry
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date

STAMPS = ("received_at", "ended_at", "returned_at")
COLUMNS = ("agency", "territory", "received_at", "due_at", "ended_at")


def ends(*, at: datetime) -> tuple[list[Office], np.ndarray]:
    """Offices, and of each dossier that has ended and had a deadline: its office (position), then received, due, claimed end and
    the moment at which the end was told, in minutes since 1970: an array (5, dossiers)."""
    found = registry.first_told(register=domain.DOSSIERS, field="ended_at", stamps=STAMPS, columns=COLUMNS)
    place: dict[str, int] = {}
    territory: dict[str, str] = {}
    rows = []
    for agency, where, received, due, ended, mark in found:
        if due:
            territory.setdefault(agency, where or "")
            end = _minutes(ended)
            rows.append(
                (place.setdefault(agency, len(place)), _minutes(received), _minutes(due), end,
                 max(end, mark.timestamp() / 60))
            )  # fmt: skip
    names = directory.agencies_by_code(place, vietnam_date(at))
    offices = [Office(code, names[code].name if code in names else f"Đơn vị {code}", territory[code]) for code in place]
    return offices, np.array(rows, dtype=float).reshape(-1, 5).T


def _minutes(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp() / 60
