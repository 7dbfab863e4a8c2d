"""The handling offices: every commune's People's Committee and six departments in each province, with their size and habits."""

from dataclasses import dataclass, field

import numpy as np

from lienthong.foundation.directory.adapters import read_agencies, read_territories

from .draws import Draws, logistic
from .procedures import COMMUNE, DEPARTMENTS, PROCEDURES, PROVINCE

POPULATION = {
    "01": 8807, "04": 574, "08": 1866, "11": 673, "12": 513, "14": 1404, "15": 1778, "19": 1799, "20": 881, "22": 1498,
    "24": 3619, "25": 4023, "31": 4664, "33": 3567, "37": 4412, "38": 4324, "40": 3831, "42": 1622, "44": 1870, "46": 1432,
    "48": 3065, "51": 2161, "52": 3583, "56": 2243, "66": 3346, "68": 3872, "75": 4491, "79": 14002, "80": 3254, "82": 4370,
    "86": 4257, "91": 4952, "92": 4200, "96": 2606,
}  # fmt: skip
"""Thousands of people when the provinces were joined, rounded: only for the relative size of the provinces."""
COMMUNE_SHARE = 0.86
"""The part of all dossiers that communes handle."""
LIVE, DAILY, WEEKLY = 0, 1, 2
"""How an office sends to the national sync."""

_HABITS = {
    # habit: (mean, spread between provinces, spread between offices); on the scale where effects add up
    "slow": (0.21, 0.2, 0.15),
    "online": (-0.62, 0.42, 0.35),
    "online_growth": (1.0, 0.4, 0.15),
    "pay": (-0.3, 0.4, 0.35),
    "pay_growth": (0.9, 0.35, 0.1),
    "digitise": (0.75, 0.45, 0.4),
    "e_result": (1.1, 0.4, 0.4),
    "supplement": (-2.25, 0.2, 0.25),
    "reuse": (-1.7, 0.4, 0.3),
    "rating": (1.05, 0.12, 0.16),
    "trend": (0.0, 0.07, 0.06),
}


@dataclass
class Offices:
    """Columns over all offices; ``habit`` holds the drawn habits by name, ``mix`` the shares of procedures."""

    code: list[str]
    name: list[str]
    territory: list[str]
    province: np.ndarray
    is_commune: np.ndarray
    size: np.ndarray
    mix: np.ndarray
    sync: np.ndarray
    habit: dict[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.code)

    def of(self, province: str) -> np.ndarray:
        """The numbers of a province's offices."""
        return np.flatnonzero(self.province == province)

    def public(self) -> list[dict]:
        """What the file of offices tells."""
        return [
            {
                "code": self.code[number],
                "name": self.name[number],
                "level": COMMUNE if self.is_commune[number] else PROVINCE,
                "territory": self.territory[number],
                "province": str(self.province[number]),
            }
            for number in range(len(self))
        ]


def build(draws: Draws, dossiers: int) -> Offices:
    """All offices, in the order of province and code; ``size`` is the expected number of dossiers of the year."""
    rows = _listed()
    provinces = np.array([row["province"] for row in rows])
    is_commune = np.array([row["sectors"] is None for row in rows])
    size, mix = np.zeros(len(rows)), np.zeros((len(rows), len(PROCEDURES)))
    habit = {
        name: np.zeros(len(rows)) for name in (*_HABITS, "load", "absence", "rush", "rounding", "lag", "forgetful")
    }
    sync = np.zeros(len(rows), np.int64)
    for province in sorted(POPULATION):
        here = np.flatnonzero(provinces == province)
        generator = draws.generator("offices", province)
        _draw_sizes(generator, rows, here, is_commune, size)
        _draw_mix(generator, rows, here, mix)
        _draw_habits(generator, here, habit, sync)
    for level, part in ((is_commune, COMMUNE_SHARE), (~is_commune, 1 - COMMUNE_SHARE)):
        size[level] *= dossiers * part / size[level].sum()
    # A department meets harder cases and more of them: its queue is fuller than a commune's.
    habit["slow"] += np.where(is_commune, 0.0, 0.06)
    names = [[row[key] for row in rows] for key in ("code", "name", "territory")]
    return Offices(*names, provinces, is_commune, size, mix, sync, habit)


def _listed() -> list[dict]:
    """The offices by the program's own directory: communes as they are there, departments below their province."""
    territories = read_territories()
    current = {unit["code"]: unit for unit in territories.units if unit["valid_to"] is None}
    agencies = [
        row
        for row in read_agencies(territories).agencies
        if row["branch"] == "state" and row["valid_to"] is None and row["territory"] in current
    ]
    rows = [
        {
            "code": row["code"], "name": row["name"], "territory": row["territory"], "sectors": None,
            "province": current[row["territory"]]["parent"], "kind": current[row["territory"]]["kind"],
        }
        for row in agencies
        if row["level"] == "commune"
    ]  # fmt: skip
    for row in agencies:
        if row["level"] != "province":
            continue
        unit = current[row["territory"]]["full_name"]
        for number, (name, sectors) in enumerate(DEPARTMENTS, 1):
            rows.append({
                "code": f"{row['code']}.{number:02d}", "name": f"{name} {unit[:1].lower()}{unit[1:]}", "sectors": sectors,
                "territory": row["territory"], "province": row["territory"], "kind": "",
            })  # fmt: skip
    return sorted(rows, key=lambda row: (row["province"], row["sectors"] is not None, row["code"]))


def _draw_sizes(generator: np.random.Generator, rows: list[dict], here: np.ndarray, is_commune, size) -> None:
    """Long-tailed sizes: wards above communes, and a few very large ones."""
    spread = np.exp(generator.normal(0.0, 0.42, here.size))
    kind = np.array([{"phuong": 1.45, "dac_khu": 0.6}.get(rows[number]["kind"], 1.0) for number in here])
    communes = is_commune[here]
    people = POPULATION[rows[here[0]]["province"]] * 1000
    per_commune = people / communes.sum()
    # Square root: large communes ask for less a head, and small ones must not vanish from the statistics.
    size[here[communes]] = (per_commune**0.5 * spread * kind)[communes]
    shares = np.array([sum(p.share for p in _handled(rows[number])) for number in here[~communes]])
    size[here[~communes]] = (
        people**0.75 * (shares / shares.sum()) ** 0.6 * np.exp(generator.normal(0.0, 0.2, shares.size))
    )


def _handled(row: dict) -> list:
    if row["sectors"] is None:
        return [procedure for procedure in PROCEDURES if procedure.level == COMMUNE]
    return [p for p in PROCEDURES if p.level == PROVINCE and p.sector in row["sectors"]]


def _draw_mix(generator: np.random.Generator, rows: list[dict], here: np.ndarray, mix: np.ndarray) -> None:
    """Each office's own mixture of procedures around the national one."""
    jitter = np.exp(generator.normal(0.0, 0.3, (here.size, len(PROCEDURES))))
    for place, number in enumerate(here):
        handled = {procedure.code for procedure in _handled(rows[number])}
        share = np.array([p.share if p.code in handled else 0.0 for p in PROCEDURES]) * jitter[place]
        mix[number] = share / share.sum()


def _draw_habits(generator: np.random.Generator, here: np.ndarray, habit: dict, sync: np.ndarray) -> None:
    for name, (mean, between, within) in _HABITS.items():
        province = mean + between * np.clip(generator.normal(), -1.9, 1.9)
        habit[name][here] = province + generator.normal(0.0, within, here.size)
    pressure = generator.normal(0.0, 0.35)
    habit["load"][here] = 0.45 + 0.47 * logistic(0.2 + pressure + generator.normal(0.0, 0.7, here.size))
    habit["absence"][here] = generator.uniform(0.02, 0.07, here.size)
    # Honest habits that look a little like falsification: hurrying before the deadline, stamps at round minutes, ends that are
    # entered days later whether they were in time or not.
    habit["rush"][here] = generator.beta(1.6, 3.2, here.size)
    habit["rounding"][here] = np.where(generator.random(here.size) < 0.08, generator.uniform(0.1, 0.5, here.size), 0.02)
    habit["forgetful"][here] = generator.beta(0.7, 40.0, here.size)
    habit["lag"][here] = np.exp(generator.normal(np.log(25.0), 0.9, here.size))
    sync[here] = generator.choice((LIVE, DAILY, WEEKLY), here.size, p=(0.80, 0.14, 0.06))
