"""Which dossiers come to the offices of a province, on which day, for what, through which channel."""

from typing import TYPE_CHECKING

import numpy as np

from .calendar import AFTERNOON, DAY, EVENING, MORNING, MORNING_LENGTH, NOON, Calendar
from .draws import logistic, poisson_quantile
from .interventions import Pushes
from .procedures import PROCEDURES
from .shocks import Weather

if TYPE_CHECKING:
    from .world import Columns, World

DIRECT, ONLINE, POST = 1, 2, 3
"""Channels by the code list of the sync profile."""
PAPERS = 6
"""The largest number of papers a procedure asks for."""
_WEEK = np.array([1.13, 1.05, 1.0, 0.98, 0.93, 0.06, 0.04])
_IDS_A_DAY = 1 << 14
_DAYS = 1 << 10

_SEASONS = {
    # sector: twelve monthly factors, January first
    "GD": (0.5, 0.5, 0.6, 0.7, 0.9, 1.6, 2.6, 2.4, 1.1, 0.6, 0.5, 0.5),
    "DN": (1.05, 0.8, 1.15, 1.1, 1.05, 1.0, 1.0, 1.0, 1.0, 1.0, 0.95, 0.9),
    "DD": (0.95, 0.85, 1.1, 1.1, 1.05, 1.0, 1.0, 0.95, 0.95, 1.0, 1.05, 1.05),
    "XD": (1.05, 0.9, 1.15, 1.1, 1.05, 0.95, 0.9, 0.85, 0.9, 1.0, 1.1, 1.05),
    "HT": (1.05, 0.95, 1.0, 0.95, 0.95, 0.95, 1.0, 1.0, 1.0, 1.05, 1.05, 1.1),
}
"""Seasons of the sectors that have one; the others are level but for Tết."""


def _column(name: str, kind: type = float) -> np.ndarray:
    return np.array([getattr(procedure, name) for procedure in PROCEDURES], kind)


LEGAL_DAYS = _column("legal_days", int)
PAPERS_ASKED = _column("papers", int)
HAS_FEE = _column("fee", int) > 0
PAYABLE = _column("online_payment", bool)
SECTOR = _column("sector", str)
SERVICE = _column("service", str)
ORGANISATION = _column("organisation")


def draw(world: "World", here: np.ndarray, weather: Weather, pushes: Pushes) -> "Columns":
    """The dossiers of a province's offices, ordered by office, day and time of receipt."""
    calendar, draws = world.calendar, world.draws
    days = calendar.days
    seasons = season(calendar)[:days]
    rate = rates(world, here, seasons * weather.arrivals[:days])
    numbers = (here[:, None].astype(np.uint64) * np.uint64(_DAYS) + np.arange(days, dtype=np.uint64)) * np.uint64(
        _IDS_A_DAY
    )
    spread = 0.22  # offices' days vary more than Poisson: a van comes, a school sends its pupils
    rate = rate * np.exp(spread * draws.normal("arrivals/spread", numbers) - spread**2 / 2)
    count = np.minimum(poisson_quantile(draws.uniform("arrivals/count", numbers), rate), 9_999)
    local = np.repeat(np.repeat(np.arange(here.size), days), count.ravel())
    day = np.repeat(np.tile(np.arange(days), here.size), count.ravel())
    first = np.cumsum(count.ravel()) - count.ravel()
    ids = numbers.ravel().repeat(count.ravel()) + (np.arange(local.size) - first.repeat(count.ravel())).astype(
        np.uint64
    )
    working = calendar.working[day]
    mix = world.offices.mix[here][local] * (seasons * weather.arrivals[:days])[day]
    mix[~working] *= SERVICE != "info"  # what has no electronic form is not submitted on a Sunday
    procedure = _choose(draws.uniform("arrivals/procedure", ids), mix)
    come = {"id": ids, "local": local, "office": here[local], "day": day, "procedure": procedure}
    _channel(world, come, working, pushes)
    _moment(world, come, working)
    _papers(world, come, pushes)
    order = np.lexsort((ids, come["received"], local))
    come = {name: column[order] for name, column in come.items()}
    come["serial"] = _serials(come["local"], come["day"])
    come["due"] = calendar.due(come["received"], LEGAL_DAYS[come["procedure"]])
    return come


def season(calendar: Calendar) -> np.ndarray:
    """Days × procedures: the season of each sector times the week and Tết, without growth and shocks."""
    month = np.array([day.month - 1 for day in calendar.dates])
    by_sector = np.array([_SEASONS.get(sector, (1.0,) * 12) for sector in SECTOR])
    since = calendar.tet
    tet = np.where((since >= -12) & (since < 0), 0.55 + 0.45 * -since / 12, 1.0)
    tet = np.where((since >= 4) & (since <= 28), 1.28 - 0.28 * (since - 4) / 24, tet)
    week = np.where(
        calendar.working, np.maximum(_WEEK[calendar.weekday], 0.8), np.minimum(_WEEK[calendar.weekday], 0.05)
    )
    week = np.where(calendar.holiday, 0.03, week)
    week = np.where((since >= -1) & (since <= 3), 0.006, week)
    return by_sector[:, month].T * (week * tet)[:, None]


def rates(world: "World", here: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Offices × days: expected dossiers. The year without shocks adds up to the size of each office."""
    offices, days = world.offices, world.calendar.days
    # Not by a matrix product of BLAS: its last bits depend on the number of threads.
    plain = np.einsum("op,dp->od", offices.mix[here], season(world.calendar)[:days])
    drift = 1.0 + 0.06 * np.linspace(-1, 1, days) * np.sign(offices.habit["trend"][here])[:, None]
    return (
        offices.size[here][:, None] / plain.sum(1)[:, None] * np.einsum("op,dp->od", offices.mix[here], factor) * drift
    )


def _choose(u: np.ndarray, weight: np.ndarray) -> np.ndarray:
    total = np.cumsum(weight, axis=1)
    return np.minimum((total < (u * total[:, -1])[:, None]).sum(1), weight.shape[1] - 1)


def _habit(world: "World", come: "Columns", name: str) -> np.ndarray:
    return world.offices.habit[name][come["office"]]


def _channel(world: "World", come: "Columns", working: np.ndarray, pushes: Pushes) -> None:
    year = come["day"] / world.calendar.days
    logit = _habit(world, come, "online") + _habit(world, come, "online_growth") * year + pushes.of("online", come)
    service = SERVICE[come["procedure"]]
    logit = logit + np.where(service == "partial", -0.35, 0.25)
    online = (world.draws.uniform("arrivals/online", come["id"]) < logistic(logit)) & (service != "info")
    by_post = world.draws.uniform("arrivals/post", come["id"]) < 0.025
    come["channel"] = np.where(online | ~working, ONLINE, np.where(by_post, POST, DIRECT))


def _moment(world: "World", come: "Columns", working: np.ndarray) -> None:
    """The stamp of receipt: counters in working hours, the portal also in the evening and on days off."""
    u = world.draws.uniform("arrivals/moment", come["id"])
    v = world.draws.uniform("arrivals/part", come["id"])
    counter = np.where(v < 0.62, MORNING + MORNING_LENGTH * u**1.15, AFTERNOON + (EVENING - AFTERNOON) * u**1.25)
    evening = EVENING + 300 + 21_000 * u**1.3
    early = 21_600 + 5_000 * u
    portal = np.where(v < 0.70, MORNING + (EVENING - MORNING) * u, np.where(v < 0.95, evening, early))
    off = 25_200 + 55_000 * u
    second = np.where(come["channel"] == ONLINE, np.where(working, portal, off), counter)
    counter_only = np.clip(second, MORNING, EVENING)
    noon = (counter_only > NOON) & (counter_only < AFTERNOON)
    counter_only = np.where(noon, NOON, counter_only)
    second = np.where(come["channel"] == ONLINE, second, counter_only)
    come["received"] = come["day"] * DAY + second.astype(np.int64)


def _papers(world: "World", come: "Columns", pushes: Pushes) -> None:
    """Digitised papers, papers from the personal store, and fees; masks have one bit for each paper."""
    draws, ids, procedure = world.draws, come["id"], come["procedure"]
    year = come["day"] / world.calendar.days
    online = come["channel"] == ONLINE
    asked = PAPERS_ASKED[procedure]
    every = draws.uniform("papers/digitised", ids) < logistic(
        _habit(world, come, "digitise") + 0.5 * year + np.where(online, 0.7, -0.4) + pushes.of("digitise", come)
    )
    reuse = logistic(_habit(world, come, "reuse") + 0.6 * year + np.where(online, 0.5, -0.3) + pushes.of("reuse", come))
    digitised, stored = np.zeros(ids.size, np.int64), np.zeros(ids.size, np.int64)
    for paper in range(PAPERS):
        one = draws.uniform(f"papers/digitised/{paper}", ids) < 0.5
        # The first paper is never digitised where not all are: "all" is decided once, not by luck of the papers.
        digitised |= np.where(every | (one & (paper > 0)), 1 << paper, 0) * (paper < asked)
        stored |= np.where(draws.uniform(f"papers/stored/{paper}", ids) < reuse, 1 << paper, 0) * (paper < asked)
    come["digitised"], come["stored"], come["all_digitised"] = digitised, stored, every
    paying = _habit(world, come, "pay") + _habit(world, come, "pay_growth") * year + np.where(online, 0.9, -0.9)
    paying = logistic(paying + pushes.of("pay", come))
    come["paid_online"] = HAS_FEE[procedure] & PAYABLE[procedure] & (draws.uniform("fees/online", ids) < paying)
    come["organisation"] = draws.uniform("owner/kind", ids) < ORGANISATION[procedure]


def _serials(local: np.ndarray, day: np.ndarray) -> np.ndarray:
    """1, 2, 3 … for the dossiers of one office and day, in the order of receipt."""
    key = local * _DAYS + day
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    lengths = np.diff(np.concatenate((starts, [key.size])))
    return np.arange(key.size) - np.repeat(starts, lengths) + 1
