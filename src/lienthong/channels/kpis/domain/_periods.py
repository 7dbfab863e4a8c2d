"""Months, quarters and years in which frameworks are assessed."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

from lienthong.kernel.errors import Refusal


class BadPeriod(Refusal):
    code: ClassVar[str] = "kpis.bad_period"
    status: ClassVar[int] = 404
    vi: ClassVar[str] = "Không có kỳ {given}; ví dụ đúng: 2026-03, 2026-Q1, 2026."
    en: ClassVar[str] = "There is no period {given}; right examples: 2026-03, 2026-Q1, 2026."


class Every(StrEnum):
    """Kinds of periods."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def vi(self) -> str:
        return {"month": "tháng", "quarter": "quý", "year": "năm"}[self.value]

    @property
    def en(self) -> str:
        return self.value

    @property
    def months(self) -> int:
        return {"month": 1, "quarter": 3, "year": 12}[self.value]


_CODE = re.compile(r"^(20[0-9]{2})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$")


@dataclass(frozen=True, order=True)
class Span:
    """One of them: ``2026-03``, ``2026-Q1``, ``2026``."""

    year: int
    month: int
    every: Every

    @classmethod
    def parse(cls, code: str) -> "Span":
        """:raises BadPeriod: it is none."""
        if not (found := _CODE.match(code)):
            raise BadPeriod(given=code[:20])
        year, quarter, month = found.groups()
        if quarter:
            return cls(int(year), 3 * int(quarter) - 2, Every.QUARTER)
        return cls(int(year), int(month), Every.MONTH) if month else cls(int(year), 1, Every.YEAR)

    @classmethod
    def of(cls, day: date, every: Every) -> "Span":
        """The one that a day lies in."""
        return cls(day.year, (day.month - 1) // every.months * every.months + 1, every)

    @property
    def code(self) -> str:
        if self.every is Every.MONTH:
            return f"{self.year}-{self.month:02}"
        return f"{self.year}-Q{self.month // 3 + 1}" if self.every is Every.QUARTER else str(self.year)

    @property
    def vi(self) -> str:
        if self.every is Every.MONTH:
            return f"tháng {self.month:02}/{self.year}"
        return f"quý {self.month // 3 + 1}/{self.year}" if self.every is Every.QUARTER else f"năm {self.year}"

    @property
    def en(self) -> str:
        if self.every is Every.MONTH:
            return f"{self.month:02}/{self.year}"
        return f"Q{self.month // 3 + 1}/{self.year}" if self.every is Every.QUARTER else str(self.year)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        end = self.month + self.every.months
        return (date(self.year + 1, 1, 1) if end > 12 else date(self.year, end, 1)) - timedelta(days=1)

    @property
    def months(self) -> tuple[str, ...]:
        """The months it is made of, as the warehouse names them."""
        return tuple(f"{self.year}-{self.month + number:02}" for number in range(self.every.months))

    @property
    def last_year(self) -> tuple[str, ...]:
        """All months of the year before."""
        return tuple(f"{self.year - 1}-{number:02}" for number in range(1, 13))

    @property
    def around(self) -> tuple["Span", ...]:
        """The longer ones that it lies in, the shortest first."""
        return tuple(Span.of(self.first, every) for every in Every if every.months > self.every.months)

    @property
    def inside(self) -> tuple["Span", ...]:
        """The shorter ones that it is made of."""
        return tuple(
            Span(self.year, self.month + begin, every)
            for every in Every
            if every.months < self.every.months
            for begin in range(0, self.every.months, every.months)
        )

    @property
    def after(self) -> "Span":
        """The one that follows it."""
        return Span.of(self.last + timedelta(days=1), self.every)

    @property
    def before(self) -> "Span":
        """The one that it follows."""
        return Span.of(self.first - timedelta(days=1), self.every)
