"""Units, agencies, successions, holdings, responsibilities and the calendar."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from lienthong.kernel.errors import Refusal

CODE_2020 = re.compile(r"^[A-Z][0-9]{2}(\.[A-Z0-9]{2,})*$")
"""Agency codes of Decision 20/2020/QĐ-TTg, read from left to right, at most 35 characters."""
CODE_QCVN_102 = re.compile(r"^[0-9A-Z]{3}\.[0-9A-Z]{2}\.[0-9A-Z]{2}\.[A-Z][0-9]{2}$")
"""Agency codes of QCVN 102:2016/BTTTT, read from right to left, four levels."""


class NoOldCode(Refusal):
    code: ClassVar[str] = "directory.no_old_code"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = (
        "Mã {code} không viết được theo QCVN 102 (quá bốn cấp hoặc cấp quá dài). Hãy dùng mã theo QĐ 20/2020."
    )
    en: ClassVar[str] = "The code {code} has no form in QCVN 102 (too many or too long levels). Use the 2020 form."


class BadCode(Refusal):
    code: ClassVar[str] = "directory.bad_code"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Mã cơ quan {code} không đúng khuôn dạng; ví dụ đúng: G12.30 hoặc 000.00.30.G12."
    en: ClassVar[str] = "The agency code {code} is not of the form; right examples: G12.30 or 000.00.30.G12."


class BadReorganisation(Refusal):
    code: ClassVar[str] = "directory.bad_reorganisation"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Không sắp xếp được: {problem}."
    en: ClassVar[str] = "The reorganisation cannot be done: {problem_en}."


class BadTerm(Refusal):
    code: ClassVar[str] = "directory.bad_term"
    status: ClassVar[int] = 422
    vi: ClassVar[str] = "Ngày thôi giữ chức vụ phải sau ngày bắt đầu ({since})."
    en: ClassVar[str] = "An office is left after the day on which it was taken up ({since})."


class Level(StrEnum):
    """Where in the two-level local government, or above it."""

    CENTRAL = "central"
    PROVINCE = "province"
    COMMUNE = "commune"


class UnitKind(StrEnum):
    """What a territory is called by law."""

    PROVINCE = "tinh"
    CITY = "thanh_pho"
    COMMUNE = "xa"
    WARD = "phuong"
    TOWN = "thi_tran"
    SPECIAL_ZONE = "dac_khu"


class Branch(StrEnum):
    """The branches of the political system."""

    PARTY = "party"
    ASSEMBLY = "assembly"
    STATE = "state"
    COURT = "court"
    PROCURACY = "procuracy"
    FRONT = "front"
    ORGANISATION = "organisation"

    @property
    def vi(self) -> str:
        return _BRANCHES[self][0]

    @property
    def en(self) -> str:
        return _BRANCHES[self][1]


_BRANCHES = {
    Branch.PARTY: ("Đảng", "Party"),
    Branch.ASSEMBLY: ("Quốc hội, Hội đồng nhân dân", "National Assembly, People's Councils"),
    Branch.STATE: ("Nhà nước", "State"),
    Branch.COURT: ("Tòa án", "Courts"),
    Branch.PROCURACY: ("Viện kiểm sát", "Procuracy"),
    Branch.FRONT: ("Mặt trận Tổ quốc", "Fatherland Front"),
    Branch.ORGANISATION: ("Tổ chức chính trị - xã hội", "Socio-political organisations"),
}


class Role(StrEnum):
    """The three responsibilities for a system or register."""

    LEADS = "leads"
    OWNS = "owns"
    MANAGES = "manages"

    @property
    def vi(self) -> str:
        return {"leads": "chủ trì", "owns": "chủ quản", "manages": "quản lý, vận hành"}[self.value]

    @property
    def en(self) -> str:
        return self.value


class ChangeKind(StrEnum):
    """How a unit or agency came from another."""

    KEPT = "kept"
    RENAMED = "renamed"
    RETYPED = "retyped"
    MERGED = "merged"
    SPLIT = "split"
    TRANSFERRED = "transferred"


@dataclass(frozen=True)
class Unit:
    """A territory for the time in which its code meant this."""

    code: str
    level: Level
    kind: UnitKind
    name: str
    full_name: str
    name_en: str
    parent: str
    district: str
    """The district a commune lay in until 30 June 2025; empty since."""
    valid_from: date
    valid_to: date | None
    decree: str
    latitude: float | None
    longitude: float | None
    area_km2: float | None


@dataclass(frozen=True)
class Agency:
    """A body for the time in which its code meant this."""

    code: str
    old_code: str
    provisional: bool
    name: str
    name_en: str
    branch: Branch
    level: Level
    parent: str
    territory: str
    sector: str
    valid_from: date
    valid_to: date | None
    decree: str


@dataclass(frozen=True)
class Change:
    """One step from a code to another on a date."""

    on: date
    kind: ChangeKind
    from_code: str
    to_code: str
    decree: str
    is_default: bool


class Outcome(StrEnum):
    """What became of a code between two dates."""

    SAME = "same"
    CHANGED = "changed"
    SPLIT = "split"
    FORMED_FROM = "formed_from"
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Resolution:
    """The answer to "what was this code on that date, what is it on another". ``parts`` are all it may be; ``default``
    is what the law's mapping proposes when there are several, and is never taken without saying so."""

    outcome: Outcome
    was: Unit | None
    parts: tuple[Unit, ...] = ()
    default: Unit | None = None
    steps: tuple[Change, ...] = ()

    @property
    def certain(self) -> Unit | None:
        """The one unit it is, when it is one."""
        return self.parts[0] if len(self.parts) == 1 else None


@dataclass(frozen=True)
class HeldPosition:
    """An office that a person holds."""

    position_id: UUID
    account_id: UUID
    title: str
    title_en: str
    is_head: bool
    agency_code: str
    agency_name: str
    agency_path: tuple[str, ...]
    territory: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True)
class Responsibility:
    """Who answers for a system, register or source, in which role, since when, by which document."""

    subject: str
    role: Role
    agency_code: str
    agency_name: str
    valid_from: date
    valid_to: date | None
    document: str


def from_old_code(code: str) -> str:
    """``000.05.10.H15`` → ``H15.10.05``; a code of the 2020 form comes back as it is.

    :raises BadCode: it is neither.
    """
    if CODE_QCVN_102.match(code):
        return ".".join(level for level in reversed(code.split(".")) if level.strip("0"))
    if CODE_2020.match(code) and len(code) <= 35:
        return code
    raise BadCode(code=code)


def to_old_code(code: str) -> str:
    """``H15.10.05`` → ``000.05.10.H15``.

    :raises BadCode: it is no code of the 2020 form.
    :raises NoOldCode: it has more than four levels, or levels that do not fit.
    """
    if not CODE_2020.match(code) or len(code) > 35:
        raise BadCode(code=code)
    levels = code.split(".")
    widths = (3, 2, 2, 3)
    if len(levels) > len(widths) or any(
        len(level) != width for level, width in zip(levels[1:], (2, 2, 3), strict=False)
    ):
        raise NoOldCode(code=code)
    if any(not level.strip("0") for level in levels[1:]):
        raise NoOldCode(code=code)
    padded = levels + ["0" * width for width in (3, 2, 2, 3)[len(levels) :]]
    return ".".join(reversed(padded))


@dataclass(frozen=True)
class Calendar:
    """Which days are worked: Monday to Friday less public holidays, with the swaps decided each year."""

    days_off: Collection[date]
    days_worked: Collection[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        if day in self.days_worked:
            return True
        return day.weekday() < 5 and day not in self.days_off

    def add_working_days(self, day: date, count: int) -> date:
        """The day that ends a period of working days; the day it starts from is not counted (Civil Code 91/2015/QH13,
        art. 147)."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and with ``end``; 0 when it is not later."""
        days = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=number)) for number in range(1, days + 1))


def english_name(plain: str, kind: UnitKind) -> str:
    """``Ba Dinh`` and a kind as English readers meet them: ``Ba Dinh Ward``."""
    return f"{plain} {_ENGLISH[kind]}"


_ENGLISH: Mapping[UnitKind, str] = {
    UnitKind.PROVINCE: "Province",
    UnitKind.CITY: "City",
    UnitKind.COMMUNE: "Commune",
    UnitKind.WARD: "Ward",
    UnitKind.TOWN: "Township",
    UnitKind.SPECIAL_ZONE: "Special Zone",
}
