"""The clock. Only doors (views, commands, tasks, programs) read it; everything else is given a time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
"""Legal time of Viet Nam: UTC+7, no daylight saving."""


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def vietnam_date(at: datetime) -> date:
    """The calendar day in Viet Nam at a moment."""
    return at.astimezone(VIETNAM).date()


def end_of_day(day: date) -> datetime:
    """The last moment of a Vietnamese calendar day, in UTC: when a deadline "on that day" has passed."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, 999999, tzinfo=VIETNAM).astimezone(UTC)
