"""How offices handle what came: supplements, a first-in-first-out queue, technical time, end, return. The truth of the year.

The queue is solved without stepping through time. Capacity runs as a clock of its own: so many units of work a working day,
fewer when somebody is ill. On that clock each dossier takes its work, and the end of dossier i in a first-in-first-out queue is
W(i) + max over j ≤ i of (arrival(j) - W(j-1)), with W the running sum of work (Lindley 1952): one running maximum for all.
"""

from typing import TYPE_CHECKING

import numpy as np

from .arrivals import LEGAL_DAYS, ONLINE, PAPERS_ASKED, rates, season
from .calendar import DAY, DAYS_AFTER, EVENING, WORKED_DAY
from .draws import logistic
from .interventions import Pushes
from .procedures import PROCEDURES
from .shocks import Weather

if TYPE_CHECKING:
    from .world import Columns, World

NEVER = np.int64(2**62)
"""The stamp of what did not happen."""
RETURNED, STOPPED, WITHDRAWN = 10, 8, 7
"""How a dossier ends, by the state list of the sync profile."""
_PACE = np.array([procedure.pace for procedure in PROCEDURES])
_WORK = np.array([procedure.work for procedure in PROCEDURES])
_SMALLEST_CAPACITY = 3.2
"""Units of work a day that even the smallest office manages: it does other things besides."""
QUARTER = 900


def handle(world: "World", here: np.ndarray, weather: Weather, pushes: Pushes, come: "Columns") -> None:
    """Adds: supplements (``asked1``, ``back1``, ``asked2``, ``back2``), ``outcome``, ``end``, ``returned``, ``withdrawn``,
    ``deadline`` (due after the pause of one supplement) and ``late``; stamps, with NEVER for what did not happen."""
    calendar, draws, ids = world.calendar, world.draws, come["id"]
    entry = calendar.worked(come["received"])
    technical = _technical(world, weather, pushes, come)
    ready, rest = _supplements(world, pushes, come, entry, technical)
    queued = _queue(world, here, weather, pushes, come, ready)
    end = calendar.stamp(np.maximum(queued, ready + rest)) + (draws.uniform("handling/second", ids) * 59).astype(
        np.int64
    )
    end = _within_hours(calendar, end)
    habit, office = world.offices.habit, come["office"]
    # Some people write the next quarter of an hour instead of the minute: honest, and rounded.
    rounds = (draws.uniform("handling/rounds", ids) < habit["rounding"][office]) & (LEGAL_DAYS[come["procedure"]] > 0)
    end = np.where(rounds, -(-end // QUARTER) * QUARTER, end)
    come["deadline"] = come["due"] + pause(come)
    end = _hurry(world, come, end, ready)
    _outcomes(world, pushes, come, end, entry)
    come["late"] = is_late(come, come["end"])


def pause(come: "Columns") -> np.ndarray:
    """The time the clock stood for the first supplement; only it counts, and only if it came back."""
    return np.where(come["back1"] < NEVER, come["back1"] - come["asked1"], 0)


def is_late(come: "Columns", end: np.ndarray) -> np.ndarray:
    """By the rule of the public-service index: after the deadline moved by exactly one supplement; with more than one, late."""
    return (end < NEVER) & ((end > come["deadline"]) | (come["asked2"] < NEVER))


def _technical(world: "World", weather: Weather, pushes: Pushes, come: "Columns") -> np.ndarray:
    """Working seconds a dossier takes even where nobody waits."""
    draws, habit, office, procedure = world.draws, world.offices.habit, come["office"], come["procedure"]
    month = come["day"] // 30
    wander = draws.normal("handling/month", office.astype(np.uint64) * np.uint64(64) + month.astype(np.uint64))
    log = habit["slow"][office] + habit["trend"][office] * (come["day"] / world.calendar.days - 0.5) + 0.05 * wander
    spread = np.where(LEGAL_DAYS[procedure] > 0, 0.34, 0.75)  # at the counter some wait for the one who signs
    log = log + pushes.of("slow", come) + spread * draws.normal("handling/technical", come["id"])
    log = log + np.log(weather.slow[come["day"], procedure] * weather.office_slow[come["local"], come["day"]])
    legal = LEGAL_DAYS[procedure]
    usual = np.where(legal > 0, legal * WORKED_DAY * _PACE[procedure], 3_300 * _PACE[procedure])
    return np.maximum(180, usual * np.exp(log - 0.02)).astype(np.int64)


def _supplements(world: "World", pushes: Pushes, come: "Columns", entry: np.ndarray, technical: np.ndarray):
    """When handling can start for good, and how much of the technical time is left then."""
    calendar, draws, ids, office = world.calendar, world.draws, come["id"], come["office"]
    procedure = come["procedure"]
    logit = world.offices.habit["supplement"][office] + pushes.of("supplement", come)
    logit = logit + 0.16 * (PAPERS_ASKED[procedure] - 3) + np.where(come["channel"] == ONLINE, 0.2, -0.1)
    asks = (draws.uniform("supplement/first", ids) < logistic(logit)) & (LEGAL_DAYS[procedure] > 0)
    again = asks & (draws.uniform("supplement/second", ids) < 0.07)
    gives_up = asks & ~again & (draws.uniform("supplement/gives-up", ids) < 0.05)
    part = 0.08 + 0.42 * draws.uniform("supplement/when", ids)
    asked1 = calendar.stamp(entry + 900 + technical * part)
    back1 = _back(world, come, asked1, "first")
    ready1 = calendar.worked(back1)
    rest1 = technical * (1.0 - 0.7 * part)
    asked2 = calendar.stamp(ready1 + 900 + rest1 * part * 0.6)
    back2 = _back(world, come, asked2, "second")
    come["asked1"] = np.where(asks, asked1, NEVER)
    come["back1"] = np.where(asks & ~gives_up, back1, NEVER)
    come["asked2"], come["back2"] = np.where(again, asked2, NEVER), np.where(again, back2, NEVER)
    come["gives_up"] = gives_up
    ready = np.where(again, calendar.worked(back2), np.where(asks, ready1, entry))
    rest = np.where(again, rest1 * 0.7, np.where(asks, rest1, technical))
    return ready, rest.astype(np.int64)


def _back(world: "World", come: "Columns", asked: np.ndarray, name: str) -> np.ndarray:
    """When the citizen brings what was asked: some days later, entered in working hours."""
    days = 0.4 + 3.2 * np.exp(0.8 * world.draws.normal(f"supplement/back/{name}", come["id"]))
    moment = asked + (np.minimum(days, 45.0) * DAY).astype(np.int64)
    within = world.draws.uniform(f"supplement/minute/{name}", come["id"]) * 5_400
    return world.calendar.stamp(world.calendar.worked(moment) + 300 + within)


def capacities(world: "World", here: np.ndarray, weather: Weather, pushes: Pushes) -> np.ndarray:
    """Offices × working days: units of work that can be done."""
    calendar, habit = world.calendar, world.offices.habit
    expected = rates(world, here, season(calendar)[: calendar.days])
    mix = world.offices.mix[here] * (LEGAL_DAYS > 0)
    per_day = expected.sum(1) * (mix * _WORK).sum(1) / calendar.working[: calendar.days].sum()
    usual = np.maximum(per_day / habit["load"][here], _SMALLEST_CAPACITY)
    days = calendar.working_days
    numbers = here[:, None].astype(np.uint64) * np.uint64(1 << 12) + days.astype(np.uint64)
    absent = world.draws.uniform("handling/absence", numbers) < habit["absence"][here][:, None]
    pushed = np.exp(pushes.of_offices("capacity", len(calendar.dates)))[:, days]
    return usual[:, None] * np.where(absent, 0.5, 1.0) * weather.capacity[:, days] * pushed


def _queue(world: "World", here, weather, pushes: Pushes, come: "Columns", ready: np.ndarray) -> np.ndarray:
    """Working seconds at which each dossier leaves its office's queue. Same-day procedures are done at the counter."""
    out = ready.copy()
    queued = np.flatnonzero(LEGAL_DAYS[come["procedure"]] > 0)
    order = queued[np.lexsort((come["id"][queued], ready[queued], come["local"][queued]))]
    work = _WORK[come["procedure"][order]] * np.exp(
        0.35 * world.draws.normal("handling/work", come["id"][order]) - 0.06
    )
    out[order] = leave_queue(capacities(world, here, weather, pushes), come["local"][order], ready[order], work)
    return out


def leave_queue(capacity: np.ndarray, office: np.ndarray, ready: np.ndarray, work: np.ndarray) -> np.ndarray:
    """Working seconds at which dossiers are done, first in first out in each office.

    :param capacity: offices × working days, units of work a day, all above zero.
    :param office: office of each dossier; dossiers are ordered by office and by ``ready``.
    :param ready: working seconds from which each may be worked on.
    :param work: units of work of each.
    """
    before = np.concatenate((np.zeros((len(capacity), 1)), np.cumsum(capacity, axis=1)), axis=1)
    last = capacity.shape[1] - 1
    day, second = np.divmod(ready, WORKED_DAY)
    day = np.minimum(day, last)
    arrival = before[office, day] + capacity[office, day] * second / WORKED_DAY
    # Offices one after the other on one line, far enough apart that none waits for another.
    apart = before.max() + work.sum() + 1.0
    done_before = np.cumsum(work) - work
    leaves = np.maximum.accumulate(arrival + office * apart - done_before) + done_before + work - office * apart
    line = (before + np.arange(len(capacity))[:, None] * apart).ravel()
    place = np.searchsorted(line, leaves + office * apart, side="right") - 1
    on_day = np.minimum(place - office * before.shape[1], last)
    part = np.clip((leaves - before[office, on_day]) / capacity[office, on_day], 0.0, 1.0)
    return ((on_day + part) * WORKED_DAY).astype(np.int64)


def _within_hours(calendar, stamp: np.ndarray) -> np.ndarray:
    """Brings a stamp that seconds pushed over the end of a shift back to it."""
    return np.where(calendar.is_worked_moment(stamp), stamp, calendar.stamp(calendar.worked(stamp) - 60))


def _hurry(world: "World", come: "Columns", end: np.ndarray, ready: np.ndarray) -> np.ndarray:
    """What would end within a working day after the deadline is often truly finished in the last hours before it."""
    calendar, draws = world.calendar, world.draws
    limit = calendar.worked(come["deadline"])
    over = calendar.worked(end) - limit
    willing = draws.uniform("handling/hurry", come["id"]) < world.offices.habit["rush"][come["office"]]
    hurried = limit - 30 - (draws.uniform("handling/hurried", come["id"]) ** 1.5 * 9_000).astype(np.int64)
    can = (end > come["deadline"]) & (over < WORKED_DAY) & (hurried > ready + 900) & willing
    return np.where(can, calendar.stamp(hurried), end)


def _outcomes(world: "World", pushes: Pushes, come: "Columns", end: np.ndarray, entry: np.ndarray) -> None:
    calendar, draws, ids = world.calendar, world.draws, come["id"]
    slow_enough = LEGAL_DAYS[come["procedure"]] > 0
    changes_mind = slow_enough & (come["asked1"] == NEVER) & (draws.uniform("outcome/withdrawn", ids) < 0.012)
    refused = ~changes_mind & ~come["gives_up"] & (draws.uniform("outcome/refused", ids) < 0.015)
    part = 0.1 + 0.8 * draws.uniform("outcome/withdrawn/when", ids)
    soon = calendar.stamp(entry + 120 + (calendar.worked(end) - entry) * part)
    weeks = 10 * DAY + draws.uniform("outcome/gives-up/when", ids) * 20 * DAY
    later = calendar.stamp(calendar.worked(np.where(come["gives_up"], come["asked1"], 0) + weeks.astype(np.int64)) + 60)
    withdrawn = come["gives_up"] | changes_mind
    come["outcome"] = np.where(withdrawn, WITHDRAWN, np.where(refused, STOPPED, RETURNED))
    come["withdrawn"] = np.where(come["gives_up"], later, np.where(changes_mind, soon, NEVER))
    come["end"] = np.where(withdrawn | (end >= _horizon(calendar)), NEVER, end)
    day = np.minimum(end // DAY, calendar.days - 1)
    result = world.offices.habit["e_result"][come["office"]] + 0.5 * day / calendar.days
    result = result + np.where(come["channel"] == ONLINE, 0.5, -0.3) + pushes.of("e_result", come, day)
    electronic = np.array([procedure.electronic_result for procedure in PROCEDURES])[come["procedure"]]
    come["e_result"] = (
        electronic & (come["outcome"] == RETURNED) & (draws.uniform("outcome/e-result", ids) < logistic(result))
    )
    waits = np.where(come["e_result"], 0.004, 0.9) * draws.exponential("outcome/collected", ids) * WORKED_DAY
    back = calendar.stamp(np.minimum(calendar.worked(end) + 60 + waits, calendar.worked(_horizon(calendar))))
    come["returned"] = np.where((come["outcome"] == RETURNED) & (come["end"] < NEVER), back, NEVER)
    come["by_post"] = draws.uniform("outcome/by-post", ids) < 0.12


def _horizon(calendar) -> int:
    """Nothing is told of what ends in the last weeks that are simulated."""
    return (calendar.days + DAYS_AFTER - 30) * DAY + EVENING
