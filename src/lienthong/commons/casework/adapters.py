"""The national sync profile as files and services speak it, read with what the space knows: agencies, legal times, calendar."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from lienthong.commons.casework import domain
from lienthong.commons.procedures import queries as procedures
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.directory.domain import Agency, BadCode
from lienthong.kernel import clock
from lienthong.kernel.errors import Refusal

FIRST_DAY, YEARS_AHEAD = date(2020, 1, 1), 3
ENVELOPE = frozenset({"isUpdating", "data"})
"""The body of the sync service; a file may hold one on each line."""


class SyncProfile:
    """Rows of the profile as records of the register of dossiers (see `registry.domain.Profile`)."""

    register = domain.DOSSIERS

    def recognises(self, headers: Collection[str]) -> bool:
        return set(headers) >= domain.KNOWN_BY or set(headers) >= ENVELOPE

    def translate(self, rows: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]] | Refusal]:
        """For each row its dossiers, or why it is none; two queries for all of them and one for each agency that is no more."""
        opened = [_opened(row) for row in rows]
        told = [row for item in opened if not isinstance(item, Refusal) for row in item]
        lookups = _lookups(told)
        return [item if isinstance(item, Refusal) else _translated(item, lookups) for item in opened]


def _opened(row: Mapping[str, Any]) -> list[Mapping[str, Any]] | Refusal:
    """The rows in an envelope; a bare row is one."""
    if row.keys() != ENVELOPE:
        return [row]
    data = row["data"] if isinstance(row["data"], list) else [row["data"]]
    if not all(isinstance(item, Mapping) for item in data):
        return domain.NotADossier(field="data", value="", problem="phải là hồ sơ", problem_en="must be dossiers")
    return data


def _translated(rows: Iterable[Mapping[str, Any]], lookups: domain.Lookups) -> list[dict[str, Any]] | Refusal:
    try:
        return [domain.to_dossier(row, lookups) for row in rows]
    except domain.NotADossier as refusal:
        return refusal


def _lookups(rows: Sequence[Mapping[str, Any]]) -> domain.Lookups:
    today = clock.vietnam_date(clock.now())
    calendar = directory.calendar(range(FIRST_DAY.year, today.year + YEARS_AHEAD + 1))
    codes = {str(row.get("DonViXuLy") or str(row.get("MaHoSo") or "").rsplit("-", 2)[0]) for row in rows}
    territories = _territories(codes, today)
    legal = procedures.procedures(codes={str(row.get("MaTTHC") or "") for row in rows})
    last = date(today.year + YEARS_AHEAD, 12, 31)
    return domain.Lookups(
        territory_of=lambda agency: territories.get(agency, ""),
        legal_days={code: procedure.working_days for code, procedure in legal.items()},
        working_days=domain.WorkingDays(calendar.is_working_day, FIRST_DAY, last),
    )


def _territories(codes: Collection[str], today: date) -> dict[str, str]:
    """The territory of each handling agency. An office that the directory does not list stands in that of the body it is part
    of; one that is no more, in that of its successor, if it has exactly one."""
    chains = {
        code: [code.rsplit(".", cut)[0] for cut in range(code.count("."))] + [code.split(".")[0]] for code in codes
    }
    found = directory.agencies_by_code({item for chain in chains.values() for item in chain}, today)
    territories = {}
    for code, chain in chains.items():
        known = next((found[item] for item in chain if item in found), None)
        if known is None:
            known = _successor(code, today)
        if known is not None:
            territories[code] = known.territory
    return territories


def _successor(code: str, today: date) -> Agency | None:
    try:
        after = directory.agency_successors(code, today, today)
    except BadCode:
        return None
    return after[0] if len(after) == 1 else None
