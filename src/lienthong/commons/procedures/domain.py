"""A procedure as others need to know it, and when its announcement came in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from lienthong.foundation.directory.domain import Calendar
from lienthong.kernel.errors import Refusal

REGISTER, SERVICES, ANNOUNCEMENTS = "procedures", "public-services", "announcements"


class NotAnAnnouncement(Refusal):
    """A row about an announcing decision that cannot be understood; says which field."""

    code: ClassVar[str] = "procedures.not_an_announcement"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Trường {field} không phải là ngày dạng 2026-12-31; đã nhận: {value!r}"
    en: ClassVar[str] = "The field {field} is not a day such as 2026-12-31; received: {value!r}"


@dataclass(frozen=True)
class Procedure:
    """One administrative procedure.

    :param working_days: the time the law gives, in working days; 0: the same day.
    :param fee: in đồng, of an ordinary case.
    """

    code: str
    name: str
    sector: str
    sector_name: str
    level: str
    working_days: int
    fee: int
    online_payment: bool


@dataclass(frozen=True)
class StandardCost:
    """What an hour, a trip and a copy cost whoever asks for something (the standard cost model); in đồng, hours and minutes.

    :param trips: of a procedure whose catalogue entry does not say how many it takes at a counter.
    """

    wage_per_hour: Decimal
    minutes_per_paper: Decimal
    hours_per_trip: Decimal
    fare_per_trip: Decimal
    copy_per_paper: Decimal
    trips: int
    note: Mapping[str, str]

    @property
    def paper(self) -> Decimal:
        """To prepare one paper."""
        return self.minutes_per_paper / 60 * self.wage_per_hour

    @property
    def trip(self) -> Decimal:
        return self.hours_per_trip * self.wage_per_hour + self.fare_per_trip


class Level(StrEnum):
    """Who announces, with the working days between issue and effect, and until it is published (Decision 766, 1.1, 1.2)."""

    MINISTRY = "ministry"
    PROVINCE = "province"

    @property
    def notice(self) -> int:
        return {"ministry": 20, "province": 5}[self.value]

    @property
    def publishing(self) -> int:
        return {"ministry": 10, "province": 5}[self.value]


def announcement(row: Mapping[str, Any], level: Level, territory: str, calendar: Calendar) -> dict[str, Any]:
    """A decision as its body tells it, as a record: its working days and whether they kept the time, counted here once.

    :raises NotAnAnnouncement: one of its days is none.
    """
    issued, effective = _day(row, "issued_on"), _day(row, "effective_on")
    published = _day(row, "published_on") if row.get("published_on") else None
    notice = calendar.working_days_between(issued, effective)
    waited = None if published is None else calendar.working_days_between(issued, published)
    record = {
        "number": str(row["number"]).strip(),
        "title": str(row.get("title") or "").strip() or None,
        "agency": str(row["agency"]).strip(),
        "territory": territory,
        "level": level.value,
        "issued_on": issued.isoformat(),
        "effective_on": effective.isoformat(),
        "published_on": published and published.isoformat(),
        "notice_days": notice,
        "publishing_days": waited,
        "announced_in_time": notice >= level.notice,
        "published_in_time": waited is not None and waited <= level.publishing,
    }
    return {name: value for name, value in record.items() if value is not None}


def _day(row: Mapping[str, Any], field: str) -> date:
    value = row.get(field)
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value or "").strip()[:10])
    except ValueError:
        raise NotAnAnnouncement(field=field, value=str(value)[:50]) from None
