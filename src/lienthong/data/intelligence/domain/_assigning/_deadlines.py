"""By when, as documents say it."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from lienthong.data.intelligence.domain._periods import month_after

Both = tuple[str, str]


@dataclass(frozen=True)
class Deadline:
    """Words that say by when, and the day."""

    begin: int
    end: int
    on: date | None
    note: Both | None = None
    """What had to be taken for granted, or why there is no day."""


@cache
def _letter(char: str) -> str:
    plain = unicodedata.normalize("NFD", char)[0].casefold()
    return "d" if plain == "đ" else plain


def flat(text: str) -> str:
    """The text without marks and capitals, letter by letter: places in it are places in the text."""
    return "".join(_letter(char)[0] if len(_letter(char)) == 1 else char for char in text)


_LEAD = r"(?:,?\s*(?:va\s+)?(?:thoi gian\s+)?(?:phai\s+)?(?:hoan thanh|xong)\s+)?"
_BY = (
    r"(?:(?P<before>truoc)|cham nhat(?:\s+la)?(?:\s+vao)?|muon nhat(?:\s+la)?|khong muon hon|den het|thoi han\s*:?"
    r"|han(?:\s+hoan thanh)?\s*:?)"
)
_DAY = r"(?:ngay\s+)?(?P<d>\d{1,2})\s*[/.-]\s*(?P<m>\d{1,2})(?:\s*[/.-]\s*(?P<y>20\d\d))?(?!\d)"
_DAY_IN_WORDS = r"ngay\s+(?P<d>\d{1,2})\s+thang\s+(?P<m>\d{1,2})(?:\s+nam\s+(?P<y>20\d\d)|\s*/\s*(?P<y2>20\d\d))?"
_WITHIN = r"(?P<how>trong|het|cuoi|truoc|cham nhat(?:\s+trong)?)\s+"
_OF_YEAR = r"(?:\s*[/-]\s*|\s+nam\s+|\s+)?(?P<y>20\d\d)?"
_PATTERNS = (
    ("day", re.compile(_LEAD + _BY + r"\s*" + _DAY)),
    ("day", re.compile(_LEAD + _BY + r"\s*" + _DAY_IN_WORDS)),
    ("month", re.compile(_LEAD + _WITHIN + r"thang\s+(?P<m>\d{1,2})(?!\s*\d)" + _OF_YEAR)),
    ("quarter", re.compile(_LEAD + _WITHIN + r"quy\s+(?P<q>i{1,3}|iv|[1-4])\b" + _OF_YEAR)),
    ("year", re.compile(_LEAD + _WITHIN + r"nam\s+(?P<y>20\d\d)")),
    ("days", re.compile(_LEAD + r"trong\s+(?:vong|thoi han)\s+(?P<n>\d{1,3})\s+ngay(?P<w>\s+lam viec)?"
                        r"(?:\s*,?\s*(?:ke\s+)?tu\s+ngay\s+(?:ky|ban hanh|nhan)[\w\s]*)?")),
)  # fmt: skip
_REPEATED = re.compile(r"\b(?:hang|moi)\s+(?:thang|quy|nam|tuan|ngay)\b|\bdinh ky\b|\bthuong xuyen\b")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_NOT_THAT_DAY: Both = ("trước ngày {on}: đến hết ngày liền trước", "before {on}: until the end of the day before")
_NO_YEAR: Both = ("văn bản không nêu năm; lấy năm gần nhất sắp tới", "no year is named; the next one is taken")


def deadlines(text: str, *, today: date, working: Callable[[date, int], date]) -> list[Deadline]:
    """All that say by when, in the order in which they stand.

    :param working: so many working days after a day.
    """
    plain = flat(text)
    found: list[Deadline] = []
    for name, pattern in _PATTERNS:
        for hit in pattern.finditer(plain):
            if not any(item.begin < hit.end() and hit.start() < item.end for item in found):
                found.append(_deadline(name, hit, today, working))
    return sorted(found, key=lambda item: item.begin)


def repeated(text: str) -> bool:
    """Whether it is to be done again and again."""
    return bool(_REPEATED.search(flat(text)))


def _deadline(name: str, hit: re.Match, today: date, working: Callable[[date, int], date]) -> Deadline:
    given = {key: value for key, value in hit.groupdict().items() if value}
    year = int(given.get("y") or given.get("y2") or 0)
    try:
        on, note = _day_of(name, given, year, today, working)
    except ValueError:
        return Deadline(hit.start(), hit.end(), None, ("không có ngày như vậy", "there is no such day"))
    if on < today:
        return Deadline(
            hit.start(), hit.end(), None, (f"hạn {on:%d/%m/%Y} đã qua", f"the deadline {on:%d/%m/%Y} is past")
        )
    return Deadline(hit.start(), hit.end(), on, note)


def _before(on: date, note: Both | None) -> Both:
    """That a day named with “trước” is not in the time that is left, beside what else had to be taken for granted."""
    told = [words.format(on=f"{on:%d/%m/%Y}") for words in _NOT_THAT_DAY]
    return tuple("; ".join(filter(None, pair)) for pair in zip(told, note or ("", ""), strict=True))


def _day_of(
    name: str, given: dict[str, str], year: int, today: date, working: Callable[[date, int], date]
) -> tuple[date, Both | None]:
    """:raises ValueError: there is no such day."""
    if name == "days":
        count = int(given["n"])
        on = working(today, count) if "w" in given else today + timedelta(days=count)
        return on, (f"đếm {count} ngày từ hôm nay", f"{count} days counted from today")
    note = None if year or name == "year" else _NO_YEAR
    if name == "day":
        on = date(year or today.year, int(given["m"]), int(given["d"]))
        on = on if year or on >= today else on.replace(year=today.year + 1)
        return (on - timedelta(days=1), _before(on, note)) if "before" in given else (on, note)
    if name == "year":
        first, last = date(year, 1, 1), date(year, 12, 31)
    else:
        month = int(given["m"]) if name == "month" else 3 * (_ROMAN.get(given["q"]) or int(given["q"]))
        year = year or today.year + (month < today.month)
        last = month_after(date(year, month, 1)) - timedelta(days=1)
        first = date(year, month if name == "month" else month - 2, 1)
    return (first - timedelta(days=1) if given["how"] == "truoc" else last), note
