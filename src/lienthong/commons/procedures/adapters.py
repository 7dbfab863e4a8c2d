"""Announcing decisions as ministries and provinces tell them, read with what the space knows: their level and the calendar."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lienthong.commons.procedures import domain
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.directory.domain import Level
from lienthong.kernel import clock
from lienthong.kernel.errors import Refusal

FIRST_YEAR, YEARS_AHEAD = 2020, 3


class AnnouncementProfile:
    """Rows with the days of a decision, without what follows from them (see `registry.domain.Profile`)."""

    register = domain.ANNOUNCEMENTS

    def recognises(self, headers: Collection[str]) -> bool:
        return set(headers) >= {"number", "agency", "issued_on", "effective_on"} and "notice_days" not in headers

    def translate(self, rows: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]] | Refusal]:
        """For each row its record, or why it is none; two queries for all of them."""
        today = clock.vietnam_date(clock.now())
        calendar = directory.calendar(range(FIRST_YEAR, today.year + YEARS_AHEAD + 1))
        agencies = directory.agencies_by_code({str(row["agency"] or "").strip() for row in rows}, today)
        told: list[list[dict[str, Any]] | Refusal] = []
        for row in rows:
            agency = agencies.get(str(row["agency"] or "").strip())
            central = agency is not None and agency.level is Level.CENTRAL
            level = domain.Level.MINISTRY if central else domain.Level.PROVINCE
            try:
                told.append([domain.announcement(row, level, agency.territory if agency else "", calendar)])
            except domain.NotAnAnnouncement as refusal:
                told.append(refusal)
        return told
