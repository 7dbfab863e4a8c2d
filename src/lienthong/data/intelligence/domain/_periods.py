"""Periods that a question can name: months, a week, or all the time there is; how they are read and said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

MONTHS_OF_A_YEAR, MONTHS_OF_A_QUARTER, MONTHS_OF_A_HALF = 12, 3, 6


@dataclass(frozen=True, order=True)
class Period:
    """From one month to another (``2026-07``), or one week (``2026-W47``); both empty: all the time there is."""

    first: str = ""
    last: str = ""

    @property
    def is_all(self) -> bool:
        return not self.first

    @property
    def is_week(self) -> bool:
        return "W" in self.first

    @property
    def begins(self) -> date:
        """Its first day."""
        if self.is_week:
            return date.fromisocalendar(int(self.first[:4]), int(self.first[6:]), 1)
        return date(int(self.first[:4]), int(self.first[5:]), 1)

    @property
    def ends(self) -> date:
        """Its last day."""
        if self.is_week:
            return self.begins + timedelta(days=6)
        return month_after(date(int(self.last[:4]), int(self.last[5:]), 1)) - timedelta(days=1)

    @property
    def months(self) -> tuple[str, ...]:
        """Its months; none for a week and for all time."""
        if self.is_all or self.is_week:
            return ()
        found, month = [], self.begins
        while month <= self.ends:
            found.append(f"{month:%Y-%m}")
            month = month_after(month)
        return tuple(found)

    def shifted(self, months: int) -> "Period":
        """As many months later, or earlier."""
        return replace(self, first=_shift(self.first, months), last=_shift(self.last, months))

    def finished_part(self, today: date) -> "Period | None":
        """Its months that are over; none when there is no such month."""
        over = [month for month in self.months if month < f"{today:%Y-%m}"]
        return Period(over[0], over[-1]) if over else None

    def vi(self) -> str:
        """As a person says it, and as a question may name it."""
        return _said(self, "vi")

    def en(self) -> str:
        return _said(self, "en")


class Trouble(StrEnum):
    """Why words that name a time are no period."""

    BY_DAY = "by_day"
    NO_SUCH = "no_such"


@dataclass(frozen=True)
class Named:
    """A period as it was named, before it is known beside which other it stands."""

    period: Period
    unit: str = ""
    """``month``, ``quarter``, ``year`` or ``week``, where the next and the one before are plain."""
    step: int | None = None
    """How many units from the present one it was said to be: "quý trước" is −1."""
    has_year: bool = True
    """Whether the year was said, or follows from what was."""
    same: bool = False
    """"Cùng kỳ": the same months of another year, which is in ``year`` where it was said."""
    year: int | None = None
    trouble: Trouble | None = None
    ahead: bool = False
    """Said to be ahead: next week, next month."""


def month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _shift(month: str, by: int) -> str:
    count = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{count // 12}-{count % 12 + 1:02}"


def months(year: int, first: int, last: int) -> Period:
    """Some months of a year."""
    return Period(f"{year}-{first:02}", f"{year}-{last:02}")


def week_of(day: date) -> Period:
    year, week, _ = day.isocalendar()
    return Period(f"{year}-W{week:02}", f"{year}-W{week:02}")


def unit_before(named: Named, of: Period) -> Period:
    """The period of a unit just before another of that unit."""
    if named.unit == "week":
        return week_of(of.begins + timedelta(days=7 * (named.step or 0)))
    size = {"month": 1, "quarter": MONTHS_OF_A_QUARTER, "year": MONTHS_OF_A_YEAR}[named.unit]
    return of.shifted(size * (named.step or 0))


def unit_of(period: Period) -> str:
    """The unit that a period is one of; empty for other spans of months."""
    if period.is_all:
        return ""
    if period.is_week:
        return "week"
    first, count = int(period.first[5:]), len(period.months)
    if count == 1:
        return "month"
    if count == MONTHS_OF_A_QUARTER and first % MONTHS_OF_A_QUARTER == 1:
        return "quarter"
    return "year" if count == MONTHS_OF_A_YEAR and first == 1 else ""


def _said(period: Period, language: str) -> str:
    vi = language == "vi"
    if period.is_all:
        return "từ trước đến nay" if vi else "all the time there is"
    year, first = period.first[:4], period.first[5:]
    if period.is_week:
        return f"tuần {int(first[1:])}/{year}" if vi else f"week {int(first[1:])} of {year}"
    number, last, count = int(first), int(period.last[5:]), len(period.months)
    unit = unit_of(period)
    if unit == "month":
        return f"tháng {number}/{year}" if vi else f"{number}/{year}"
    if unit == "quarter":
        return f"quý {number // 3 + 1}/{year}" if vi else f"quarter {number // 3 + 1} of {year}"
    if unit == "year":
        return f"năm {year}" if vi else year
    if number == 1 and period.last[:4] == year and count in (MONTHS_OF_A_HALF, 9):
        return f"{count} tháng đầu năm {year}" if vi else f"the first {count} months of {year}"
    if last == MONTHS_OF_A_YEAR and period.last[:4] == year and count == MONTHS_OF_A_HALF:
        return f"6 tháng cuối năm {year}" if vi else f"the last 6 months of {year}"
    if vi:
        return f"từ tháng {number}/{year} đến tháng {last}/{period.last[:4]}"
    return f"from {number}/{year} to {last}/{period.last[:4]}"


# --- reading ----------------------------------------------------------------------------------------------------------

_WORDS = {
    "nam": "năm", "quy": "quý quí", "q": "q", "thang": "tháng", "t": "t", "tuan": "tuần", "ngay": "ngày", "hom": "hôm",
    "nay": "nay này", "truoc": "trước", "ngoai": "ngoái", "qua": "qua", "vua": "vừa", "roi": "rồi", "toi": "tới",
    "sau": "sau sáu",
    "dau": "đầu", "cuoi": "cuối", "nua": "nửa nữa", "den": "đến", "tu": "từ tư", "het": "hết", "cung": "cùng", "ky": "kỳ kì",
    "hien": "hiện", "tai": "tại", "gio": "giờ", "bay": "bây bảy", "luc": "lúc", "luy": "lũy luỹ", "ke": "kế", "ca": "cả",
    "gan": "gần", "day": "đây", "nhat": "nhất", "do": "đó", "ba": "ba", "chin": "chín", "kia": "kia", "sang": "sáng",
    "i": "i", "ii": "ii", "iii": "iii", "iv": "iv", "trong": "trong", "mai": "mai", "bat": "bắt", "giai": "giai",
    "mot": "một mốt", "hai": "hai", "bon": "bốn", "tam": "tám", "muoi": "mười", "gieng": "giêng",
    "chap": "chạp",
    "doan": "đoạn",
}  # fmt: skip
ACCEPTED = {fold: frozenset(words.split()) for fold, words in _WORDS.items()}
"""Words of time by their form without marks; one written with marks must have these."""
_YEAR = r"(?:/(?P<y1>(?:19|20)\d\d)| nam (?P<y2>(?:19|20)\d\d)| (?P<y4>(?:19|20)\d\d)| nam (?P<y3>nay|ngoai|truoc))?"
_NUMBER = {
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "tu": 4,
    "sau": 6,
    "chin": 9,
    "muoi": 10,
    "muoi mot": 11,
    "muoi hai": 12,
    "gieng": 1,
    "chap": 12,
    "bay": 7,
    "tam": 8,
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
}
_MOVED = {
    "nay": 0, "hien tai": 0, "truoc": -1, "qua": -1, "vua qua": -1, "vua roi": -1, "roi": -1, "ngoai": -1, "truoc nua": -2,
    "toi": 1, "sau": 1, "truoc do": -1,
}  # fmt: skip
_PATTERNS = tuple(
    (name, re.compile(pattern + r"(?= |$)"))
    for name, pattern in (
        ("day", r"hom (?:nay|qua|kia)|sang nay|ngay mai|ngay \d{1,2}(?:/\d{1,2})?(?:/\d{4})?(?: thang \d{1,2})?(?: nam \d{4})?"),
        ("day", r"\d{1,2}/\d{1,2}/\d{4}|ngay (?:nay|truoc|qua)"),
        ("month", r"(?:trong )?(?:thang|t) (?P<n>\d{1,2})" + _YEAR),
        ("month", r"(?:trong )?thang (?P<n>gieng|hai|ba|bay|tam|chin|muoi(?: mot| hai)?|chap)" + _YEAR),
        ("month", r"(?P<n>\d{1,2})/(?P<y1>(?:19|20)\d\d)"),
        ("quarter", r"(?:trong )?(?:quy|q) (?P<n>\d|i{1,3}|iv|mot|hai|ba|bon|tu)" + _YEAR),
        ("week", r"(?:trong )?tuan (?P<n>\d{1,2})" + _YEAR),
        ("year", r"(?:trong )?(?:ca )?nam (?P<y1>(?:19|20)\d\d)|(?P<y2>20\d\d)"),
        ("moved", r"(?:trong )?(?:ca )?(?P<unit>thang|quy|tuan|nam) (?P<to>truoc do|truoc nua|vua qua|vua roi|hien tai|nay|truoc"
                  r"|qua|ngoai|toi|sau|roi)"),
        ("first", r"(?:trong )?(?P<n>\d{1,2}|ba|sau|chin) thang (?P<part>dau|cuoi) nam(?P<y3> nay| ngoai| truoc)?"
                  r"(?: (?P<y1>(?:19|20)\d\d))?"),
        ("half", r"nua (?P<part>dau|cuoi) nam(?P<y3> nay| ngoai| truoc)?(?: (?P<y1>(?:19|20)\d\d))?"),
        ("recent", r"(?P<n>\d{1,2}|ba|sau|chin) thang (?:gan day|gan nhat|vua qua|qua)"),
        ("to_date", r"tu dau nam(?: nay)?(?: (?:den|toi) (?:nay|gio))?|dau nam(?: nay)? (?:den|toi) (?:nay|gio)"),
        ("span", r"tu (?:thang|t) (?P<a>\d{1,2})(?:/(?P<ya>(?:19|20)\d\d))? (?:den|toi)(?: het)? (?:thang |t )?"
                 r"(?P<n>\d{1,2})" + _YEAR),
        ("span", r"giai doan (?:thang|t) (?P<a>\d{1,2})(?:/(?P<ya>(?:19|20)\d\d))? (?:thang|t) (?P<n>\d{1,2})" + _YEAR),
        ("since", r"(?:ke )?tu (?:thang|t) (?P<n>\d{1,2})" + _YEAR + r" (?:den|toi) nay"),
        ("all", r"tu truoc (?:den|toi) nay|luy ke(?: den nay)?|den nay"),
        ("now", r"hien nay|hien tai|hien gio|bay gio|luc nay|den hien tai|hien"),
        ("same", r"cung ky(?: nam (?P<y1>(?:19|20)\d\d)| nam (?:truoc|ngoai)| (?P<y2>(?:19|20)\d\d))?"),
    )
)  # fmt: skip


def read_period(words: Sequence[str], today: date) -> tuple[Named, int] | None:
    """The period that folded words begin with, and how many words name it; the longest reading counts."""
    text = " ".join(words[:14])
    best: tuple[int, str, re.Match] | None = None
    for name, pattern in _PATTERNS:
        found = pattern.match(text)
        if found and (best is None or found.end() > best[0]):
            best = found.end(), name, found
    if best is None:
        return None
    _, name, found = best
    return _named(name, found, today), found.group().count(" ") + 1


def _named(name: str, found: re.Match, today: date) -> Named:
    given = {key: value.strip() for key, value in found.groupdict().items() if value}
    year, has_year = _year(given, today)
    number = int(_NUMBER.get(given.get("n", ""), given.get("n", "0")))
    if name == "day":
        return Named(Period(), trouble=Trouble.BY_DAY, unit="today" if found.group() == "hom nay" else "")
    if name in ("all", "now"):
        return Named(Period(), unit=name)
    if name == "same":
        return Named(Period(), same=True, year=int(given.get("y1") or given.get("y2") or 0) or None)
    if name == "moved":
        return _moved(given["unit"], _MOVED[given["to"]], today)
    if name == "to_date":
        return Named(months(today.year, 1, 12), "year", 0)
    if name == "year":
        return Named(months(year, 1, 12), "year")
    if name == "week":
        try:
            return Named(week_of(date.fromisocalendar(year, number, 1)), "week", has_year=has_year)
        except ValueError:
            return Named(Period(), trouble=Trouble.NO_SUCH)
    limit = {"month": 12, "quarter": 4, "first": 11, "recent": 36, "span": 12, "half": 12, "since": 12}[name]
    if not 1 <= number <= limit and name != "half":
        return Named(Period(), trouble=Trouble.NO_SUCH)
    if name == "month":
        return Named(months(year, number, number), "month", has_year=has_year)
    if name == "quarter":
        return Named(months(year, 3 * number - 2, 3 * number), "quarter", has_year=has_year)
    if name == "recent":
        over = months(today.year, today.month, today.month).shifted(-1)
        return Named(Period(over.shifted(1 - number).first, over.last))
    if name == "since":
        present = f"{today:%Y-%m}"
        return Named(Period(min(f"{year}-{number:02}", present), present), has_year=has_year)
    if name == "span":
        first, begins = int(given["a"]), int(given.get("ya", year))
        if not 1 <= first <= MONTHS_OF_A_YEAR or (begins, first) > (year, number):
            return Named(Period(), trouble=Trouble.NO_SUCH)
        return Named(Period(f"{begins}-{first:02}", f"{year}-{number:02}"), has_year=has_year)
    size = MONTHS_OF_A_HALF if name == "half" else number
    span = months(year, 1, size) if given["part"] == "dau" else months(year, 13 - size, 12)
    return Named(span, has_year=True)


def _moved(unit: str, step: int, today: date) -> Named:
    name = {"thang": "month", "quy": "quarter", "tuan": "week", "nam": "year"}[unit]
    quarter = (today.month - 1) // 3
    present = {
        "month": months(today.year, today.month, today.month),
        "quarter": months(today.year, 3 * quarter + 1, 3 * quarter + 3),
        "year": months(today.year, 1, 12),
        "week": week_of(today),
    }[name]
    named = Named(present, name, step, ahead=step > 0)
    return replace(named, period=unit_before(named, present))


def _year(given: dict[str, str], today: date) -> tuple[int, bool]:
    for name in ("y1", "y2", "y4"):
        if name in given:
            return int(given[name]), True
    if "y3" in given:
        return today.year - (given["y3"] != "nay"), True
    return today.year, False
