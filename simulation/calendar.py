"""Time of the year: calendar days, working days, and the working seconds inside them.

A *stamp* is a number of seconds since midnight (Hanoi) of the first day. *Worked* seconds count only 07:30-11:30 and
13:30-17:00 of working days, 27,000 a day; work is simulated on that scale and told as stamps.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import holidays
import numpy as np

DAY = 86_400
MORNING, NOON, AFTERNOON, EVENING = 27_000, 41_400, 48_600, 61_200
"""Seconds of 07:30, 11:30, 13:30 and 17:00."""
LATE = 54_000
"""15:00: what is received later counts from the next working day."""
MORNING_LENGTH = NOON - MORNING
WORKED_DAY = MORNING_LENGTH + EVENING - AFTERNOON
DAYS_AFTER = 300
"""Days simulated after the year, for work that ends after it."""
YEAR = 365


@dataclass(frozen=True)
class Calendar:
    """The working days of the year that begins on ``first``, by the published holidays and exchanged days of Viet Nam."""

    first: date
    days: int = YEAR

    @cached_property
    def dates(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(self.days + DAYS_AFTER)]

    @property
    def last(self) -> date:
        return self.dates[self.days - 1]

    @property
    def end(self) -> int:
        """The stamp at which the year is over."""
        return self.days * DAY

    @cached_property
    def published(self) -> "holidays.HolidayBase":
        return holidays.country_holidays("VN", years=range(self.first.year - 1, self.dates[-1].year + 1))

    @cached_property
    def holiday(self) -> np.ndarray:
        """Whether each day is a public holiday or a day off in exchange."""
        return np.array([day in self.published for day in self.dates])

    @cached_property
    def working(self) -> np.ndarray:
        exchanged = set(self.published.weekend_workdays)
        weekday = np.array([day.weekday() < 5 for day in self.dates])
        return (weekday & ~self.holiday) | np.array([day in exchanged for day in self.dates])

    @cached_property
    def worked_before(self) -> np.ndarray:
        """Working days before each day."""
        return np.concatenate(([0], np.cumsum(self.working)))

    @cached_property
    def working_days(self) -> np.ndarray:
        """The numbers of the days that are worked."""
        return np.flatnonzero(self.working)

    @cached_property
    def weekday(self) -> np.ndarray:
        return np.array([day.weekday() for day in self.dates])

    @cached_property
    def tet(self) -> np.ndarray:
        """Days since the nearest first day of the lunar year (negative before it), 999 when it is far."""
        distance = np.full(len(self.dates), 999)
        numbers = np.arange(len(self.dates))
        for day, name in self.published.items():
            if name == "Lunar New Year" or name.startswith("Lunar New Year;"):
                since = numbers - (day - self.first).days
                distance = np.where(np.abs(since) < np.abs(distance), since, distance)
        return distance

    def stamp(self, worked: np.ndarray) -> np.ndarray:
        """When so many working seconds have passed."""
        worked = np.maximum(np.asarray(worked), 0).astype(np.int64)
        number, rest = np.divmod(worked, WORKED_DAY)
        day = self.working_days[np.minimum(number, len(self.working_days) - 1)]
        second = np.where(rest < MORNING_LENGTH, MORNING + rest, AFTERNOON + rest - MORNING_LENGTH)
        return day * DAY + second

    def worked(self, stamp: np.ndarray) -> np.ndarray:
        """Working seconds that have passed at a stamp."""
        day, second = np.divmod(np.asarray(stamp, np.int64), DAY)
        day = np.clip(day, 0, len(self.dates) - 1)
        today = np.clip(second - MORNING, 0, MORNING_LENGTH) + np.clip(second - AFTERNOON, 0, EVENING - AFTERNOON)
        return self.worked_before[day] * WORKED_DAY + np.where(self.working[day], today, 0)

    def due(self, received: np.ndarray, legal_days: np.ndarray) -> np.ndarray:
        """17:00 of the working day that ends the legal time; the day of receipt is not counted, and one received after 15:00 or
        on a day off counts as received on the next working day."""
        day, second = np.divmod(np.asarray(received, np.int64), DAY)
        start = self.worked_before[day] + (self.working[day] & (second > LATE))
        last = np.minimum(start + legal_days, len(self.working_days) - 1)
        return self.working_days[last] * DAY + EVENING

    def is_worked_moment(self, stamp: np.ndarray) -> np.ndarray:
        """Whether a stamp lies in working hours, both ends included."""
        day, second = np.divmod(np.asarray(stamp, np.int64), DAY)
        hours = ((second >= MORNING) & (second <= NOON)) | ((second >= AFTERNOON) & (second <= EVENING))
        return self.working[day] & hours

    def date(self, day: int) -> date:
        return self.first + timedelta(days=int(day))
