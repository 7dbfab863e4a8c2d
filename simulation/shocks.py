"""What strikes from outside: storms, a new law, offices without staff, an outage of systems, a surge of demand.

A shock is known to newspapers, not to the messages. It multiplies what it touches on the days it lasts: arrivals of some
procedures, the capacity of offices, the pace of handling; an outage also keeps messages back.
"""

from dataclasses import asdict, dataclass, field

import numpy as np

from .calendar import YEAR, Calendar
from .draws import Draws
from .offices import Offices
from .procedures import PROCEDURES

COAST = ("22", "31", "33", "37", "38", "40", "42", "44", "46", "48", "51", "52", "66", "56")
"""Provinces on the coast that storms cross, from north to south."""


@dataclass(frozen=True)
class Shock:
    """One shock: where (provinces or offices), which sectors, from which day until which (not included), how strong.

    ``arrivals``, ``capacity`` and ``slow`` are factors while it lasts; ``after`` is a factor on arrivals of ``after_sectors`` in
    the ``after_days`` that follow; ``silent`` keeps every message back until it is over.
    """

    id: str
    kind: str
    title: str
    start: int
    end: int
    provinces: tuple[str, ...] = ()
    offices: tuple[int, ...] = ()
    sectors: tuple[str, ...] = ()
    arrivals: float = 1.0
    capacity: float = 1.0
    slow: float = 1.0
    after: float = 1.0
    after_days: int = 0
    after_sectors: tuple[str, ...] = field(default=())
    silent: bool = False

    def touches(self, province: str) -> bool:
        return province in self.provinces

    def told(self, calendar: Calendar, offices: Offices) -> dict:
        """For the file of truth: with days as dates and offices by code."""
        row = asdict(self)
        row |= {"start": calendar.date(self.start).isoformat(), "end": calendar.date(self.end).isoformat()}
        return row | {"offices": [offices.code[number] for number in self.offices]}


def draw(draws: Draws, calendar: Calendar, offices: Offices) -> list[Shock]:
    """The seven shocks of a year; dates and places by chance, within what is plausible."""
    generator = draws.generator("shocks")
    everywhere = tuple(np.unique(offices.province).tolist())
    shocks = [
        _storm(generator, "S1", _near(calendar, (10, 11), generator, 20)),
        _law(generator, calendar, everywhere),
        _understaffed(generator, offices),
    ]
    outage = _near(calendar, (3, 5), generator, 150)
    hit = tuple(sorted(generator.choice(everywhere, 4, replace=False).tolist()))
    shocks.append(
        Shock(
            "S4", "outage", "Hệ thống một cửa ngừng hoạt động", outage, outage + int(generator.integers(2, 5)), hit,
            arrivals=0.55, capacity=0.25, silent=True,
        )
    )  # fmt: skip
    surge = _near(calendar, (6, 7), generator, 255)
    shocks.append(
        Shock(
            "S5", "demand", "Đợt cấp đổi giấy phép và giấy tờ theo thời hạn chuyển tiếp", surge, surge + 25, everywhere,
            sectors=("GT", "DD"), arrivals=float(generator.uniform(1.45, 1.8)),
        )
    )  # fmt: skip
    shocks.append(_storm(generator, "S6", _near(calendar, (8, 9), generator, 310)))
    flu = _near(calendar, (4, 12), generator, 190)
    ill = tuple(sorted(generator.choice(everywhere, 5, replace=False).tolist()))
    shocks.append(
        Shock("S7", "illness", "Dịch cúm mùa, nhiều công chức nghỉ", flu, flu + 14, ill, capacity=0.6, slow=1.15)
    )
    return shocks


def _near(calendar: Calendar, months: tuple[int, int], generator: np.random.Generator, otherwise: int) -> int:
    """A day within the months, three weeks from the ends of the year; if there is none, about the day ``otherwise``."""
    chosen = generator.random()
    days = [n for n in range(12, YEAR - 45) if months[0] <= calendar.dates[n].month <= months[1]]
    return days[int(chosen * len(days))] if days else otherwise


def _storm(generator: np.random.Generator, number: str, start: int) -> Shock:
    first = int(generator.integers(0, len(COAST) - 5))
    hit = COAST[first : first + int(generator.integers(4, 6))]
    return Shock(
        number, "storm", "Bão và mưa lũ", start, start + int(generator.integers(8, 14)), hit, arrivals=0.6, capacity=0.3,
        slow=1.2, after=1.9, after_days=28, after_sectors=("BT", "XD", "DD"),
    )  # fmt: skip


def _law(generator: np.random.Generator, calendar: Calendar, everywhere: tuple[str, ...]) -> Shock:
    """A new law from the first day of a quarter or half-year on: more dossiers, and each takes longer."""
    days = [n for n in range(75, 290) if calendar.dates[n].day == 1 and calendar.dates[n].month in (1, 3, 4, 6, 7)]
    start = int(generator.choice(days))
    sector = ("DD", "BT", "HT")[int(generator.integers(0, 3))]
    return Shock(
        "S2", "law", "Luật mới có hiệu lực, quy trình của một lĩnh vực thay đổi", start, YEAR + 300, everywhere,
        sectors=(sector,), arrivals=float(generator.uniform(1.15, 1.3)), slow=float(generator.uniform(1.1, 1.18)),
    )  # fmt: skip


def _understaffed(generator: np.random.Generator, offices: Offices) -> Shock:
    count = max(20, len(offices) // 50)
    chosen = np.sort(generator.choice(len(offices), count, replace=False))
    start = int(generator.integers(60, 180))
    return Shock(
        "S3", "understaffed", "Thiếu công chức kéo dài ở một số nơi", start, start + int(generator.integers(75, 130)),
        offices=tuple(chosen.tolist()), capacity=0.45, slow=1.35,
    )  # fmt: skip


@dataclass
class Weather:
    """The shocks as factors for one province: days × procedures for arrivals and pace, offices × days for the rest."""

    arrivals: np.ndarray
    slow: np.ndarray
    office_slow: np.ndarray
    capacity: np.ndarray
    silent: list[tuple[int, int]]


def weather(shocks: list[Shock], province: str, offices: np.ndarray, days: int) -> Weather:
    """The factors of all shocks that touch a province, multiplied."""
    sectors = np.array([procedure.sector for procedure in PROCEDURES])
    here = Weather(
        np.ones((days, sectors.size)), np.ones((days, sectors.size)),
        np.ones((offices.size, days)), np.ones((offices.size, days)), [],
    )  # fmt: skip
    for shock in shocks:
        lasting = slice(shock.start, min(shock.end, days))
        struck = np.isin(offices, shock.offices)
        here.office_slow[struck, lasting] *= shock.slow
        here.capacity[struck, lasting] *= shock.capacity
        if not shock.touches(province):
            continue
        met = np.isin(sectors, shock.sectors) if shock.sectors else np.ones(sectors.size, bool)
        here.arrivals[lasting, met] *= shock.arrivals
        here.slow[lasting, met] *= shock.slow
        here.capacity[:, lasting] *= shock.capacity
        afterwards = slice(shock.end, min(shock.end + shock.after_days, days))
        here.arrivals[afterwards, np.isin(sectors, shock.after_sectors)] *= shock.after
        if shock.silent:
            here.silent.append((shock.start, shock.end))
    return here
