"""When the national sync hears of each fact, and what citizens rate.

Most offices send within minutes or hours; some, honestly, once a day or once a week: their claims also arrive late, which is
what a search for falsified dates must not confuse.
"""

from typing import TYPE_CHECKING

import numpy as np

from .arrivals import ONLINE
from .calendar import DAY
from .handling import NEVER, STOPPED
from .interventions import Pushes
from .offices import DAILY, WEEKLY
from .shocks import Weather

if TYPE_CHECKING:
    from .world import Columns, World

FACTS = ("received", "asked1", "back1", "asked2", "back2", "ended", "returned", "withdrawn")
"""What is told, in this order; ``ended`` also tells a stop."""
_DAILY_AT, _WEEKLY_AT = 63_900, 59_400
"""17:45 every day; Friday 16:30."""


def send(world: "World", weather: Weather, come: "Columns") -> None:
    """Adds ``sent_<fact>`` for each fact, never before it, never out of order within a dossier."""
    before = np.zeros(come["id"].size, np.int64)
    for fact in FACTS:
        at = fact_stamp(come, fact)
        happened = at < NEVER
        entered = _entered(world, come, np.where(happened, at, 0), fact)
        sent = _delayed(world, come, entered, fact)
        for start, end in weather.silent:
            held = (sent >= start * DAY) & (sent < end * DAY)
            sent = np.where(held, end * DAY + 1_800 + (sent - start * DAY) // 12, sent)
        sent = np.maximum(sent, before)
        before = np.where(happened, sent, before)
        come[f"sent_{fact}"] = np.where(happened, sent, NEVER)


def fact_stamp(come: "Columns", fact: str) -> np.ndarray:
    """When a fact truly was; a claim is sent when the work is done, whatever it claims."""
    return come["end" if fact == "ended" else fact]


def _entered(world: "World", come: "Columns", at: np.ndarray, fact: str) -> np.ndarray:
    """When a fact is entered: at once, but some ends are remembered only days later, in working hours."""
    if fact != "ended":
        return at
    draws, ids, calendar = world.draws, come["id"], world.calendar
    forgotten = draws.uniform("sending/forgotten", ids) < world.offices.habit["forgetful"][come["office"]]
    days = 0.5 + 2.5 * draws.exponential("sending/remembered", ids)
    later = calendar.stamp(calendar.worked(at + (np.minimum(days, 15.0) * DAY).astype(np.int64)) + 600)
    return np.where(forgotten, later, at)


def _delayed(world: "World", come: "Columns", at: np.ndarray, fact: str) -> np.ndarray:
    offices, office = world.offices, come["office"]
    minutes = offices.habit["lag"][office] * np.exp(0.8 * world.draws.normal(f"sending/{fact}", come["id"]))
    live = at + (np.minimum(minutes, 480.0) * 60).astype(np.int64) + 1
    day, second = np.divmod(at, DAY)
    daily = (day + (second > _DAILY_AT)) * DAY + _DAILY_AT
    to_friday = (4 - (world.calendar.first.weekday() + day)) % 7
    weekly = (day + to_friday + np.where((to_friday == 0) & (second > _WEEKLY_AT), 7, 0)) * DAY + _WEEKLY_AT
    sync = offices.sync[office]
    return np.where(sync == DAILY, daily, np.where(sync == WEEKLY, weekly, live))


def rate(world: "World", pushes: Pushes, come: "Columns") -> None:
    """Adds ``rating`` (1 to 5, 0 for none) and ``rated``: a day or more after the return, lower after delay and supplements."""
    draws, ids = world.draws, come["id"]
    rates_at_all = draws.uniform("rating/whether", ids) < np.where(come["channel"] == ONLINE, 0.22, 0.12)
    rates_at_all &= (come["returned"] < NEVER) & (come["outcome"] != STOPPED)
    returned = np.where(rates_at_all, come["returned"], 0)
    days = 1 + np.minimum((draws.exponential("rating/when", ids) * 2.2).astype(np.int64), 30)
    by_day = 25_200 + (draws.uniform("rating/minute", ids) * 54_000).astype(np.int64)
    rated = np.where(rates_at_all, np.maximum((returned // DAY + days) * DAY + by_day, returned + DAY), NEVER)
    day = np.minimum(np.where(rates_at_all, rated, 0) // DAY, len(world.calendar.dates) - 1)
    liking = world.offices.habit["rating"][come["office"]] + pushes.of("rating", come, day)
    # Citizens know when they were truly served, whatever was entered.
    liking = liking - 0.9 * come["late"] - 0.35 * (come["asked1"] < NEVER) + 0.85 * draws.normal("rating/level", ids)
    level = 1 + np.searchsorted(np.array([-1.6, -0.75, 0.05, 0.95]), liking)
    come["rating"] = np.where(rates_at_all, level, 0)
    come["rated"] = rated
