"""The analyst process: what takes long and can wait. It closes the days over which dossiers stood open; when a week is over it
analyses what that brought; it counts once a day how the space governs, and assesses the periods that go on. It lets everybody
else go first; one of them runs."""

import os
import time
from datetime import date

import django

django.setup()

import lienthong.bootstrap.urls  # noqa: E402, F401  (every module is known)
from lienthong.bootstrap import steps  # noqa: E402
from lienthong.channels.briefs import services as briefs  # noqa: E402
from lienthong.channels.kpis import services as kpis  # noqa: E402
from lienthong.commons.casework import services as casework  # noqa: E402
from lienthong.commons.stewardship import services as stewardship  # noqa: E402
from lienthong.data.intelligence import queries as intelligence_queries  # noqa: E402
from lienthong.data.intelligence import services as intelligence  # noqa: E402
from lienthong.foundation.outbox import queries as outbox  # noqa: E402
from lienthong.kernel import clock  # noqa: E402

BY = "system:analyst"
NICE = 10
"""How far it stands behind the processes that somebody waits for."""


def close_days() -> bool:
    """How many dossiers stood open on the days that are over; a month at a time when there are many."""
    return casework.close_days(by=BY, at=clock.now())


PATIENCE = 60
"""Seconds that an analysis waits at most for numbers to know what was told."""
analysed: set[date] = set()
"""Weeks done by this process: one with too little to be forecast leaves no forecast that says so."""


def analyse() -> None:
    """When a week is over: what to expect of the next ones, what was changed by what was done, what is unusual, what
    has changed for good, which forecasts no longer hold, what looks falsified; and what leaders are told of it."""
    week = intelligence_queries.week_to_analyse()
    if week and week not in analysed:
        # What is told of the new week says that the last days of the old one are over: they belong to its numbers.
        while close_days():
            pass
        waiting = time.monotonic()
        while outbox.unread() and time.monotonic() - waiting < PATIENCE:
            steps.stopping.wait(0.5)
        intelligence.forecast(by=BY, at=clock.now())
        intelligence.estimate_effects(by=BY, at=clock.now())
        intelligence.find_unusual(by=BY, at=clock.now())
        intelligence.find_changed(by=BY, at=clock.now())
        intelligence.find_drifting(by=BY, at=clock.now())
        casework.look_for_falsified(by=BY, at=clock.now())
        analysed.add(week)
    briefs.make_due(by=BY, at=clock.now())


started = time.monotonic()
SETTLING = 60
"""Seconds after the start before anything is counted: until then records of the log may wait to be sealed."""


def count() -> None:
    """Once a day: what the gauges of the seven principles are computed from."""
    if time.monotonic() - started > SETTLING:
        stewardship.measure_once_a_day(by=BY, at=clock.now())


def assess() -> None:
    """Results of the periods that go on or are just over; those whose days of appeal are over become final."""
    kpis.assess_current(at=clock.now())
    kpis.close_unappealed(at=clock.now())


def main() -> None:
    os.nice(NICE)
    steps.run({
        "days of dossiers": (close_days, 600), "analysis": (analyse, 600), "measures of governing": (count, 30),
        "assessments": (assess, 900),
    })  # fmt: skip


if __name__ == "__main__":
    main()
