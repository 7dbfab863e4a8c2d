"""The worker process: delivers events, seals the audit log, runs jobs, reminds and escalates, closes the days of open dossiers,
analyses what a week has brought, counts once a day how the space governs, assesses periods, looks after it. Any number of them
may run."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import date

import django
import psycopg

django.setup()

from asgiref.sync import async_to_sync  # noqa: E402
from django.db import DatabaseError, close_old_connections, connection  # noqa: E402
from procrastinate.contrib.django import app  # noqa: E402

import lienthong.bootstrap.urls  # noqa: E402, F401  (subscribes every module's handlers)
from lienthong.bootstrap import monitor  # noqa: E402
from lienthong.bootstrap.options import options  # noqa: E402
from lienthong.channels.briefs import services as briefs  # noqa: E402
from lienthong.channels.kpis import services as kpis  # noqa: E402
from lienthong.commons.casework import services as casework  # noqa: E402
from lienthong.commons.direction import services as direction  # noqa: E402
from lienthong.commons.stewardship import services as stewardship  # noqa: E402
from lienthong.data.intelligence import queries as intelligence_queries  # noqa: E402
from lienthong.data.intelligence import services as intelligence  # noqa: E402
from lienthong.foundation.audit import keys  # noqa: E402
from lienthong.foundation.audit import services as audit  # noqa: E402
from lienthong.foundation.idempotency import services as idempotency  # noqa: E402
from lienthong.foundation.outbox import domain as outbox_domain  # noqa: E402
from lienthong.foundation.outbox import queries as outbox_queries  # noqa: E402
from lienthong.foundation.outbox import services as outbox  # noqa: E402
from lienthong.foundation.storage import services as storage  # noqa: E402
from lienthong.kernel import clock  # noqa: E402

log = logging.getLogger(__name__)
BY = "system:worker"
stopping = threading.Event()


def repeat(step: Callable[[], bool | None], *, every: float) -> None:
    """Run a step until told to stop: at once again while it finds work, else after a pause. A database that is away for
    a moment is waited for."""
    while not stopping.is_set():
        try:
            found = step()
        except DatabaseError:
            log.exception("the database did not answer; trying again")
            connection.close()
            found = False
        except Exception:
            log.exception("a step of the worker failed; trying again")
            found = False
        if not found:
            close_old_connections()
            stopping.wait(every)


class Notices:
    """Waits for the outbox to say that something was published."""

    def __init__(self) -> None:
        self.connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> None:
        """Until a notice, or so long; a notice that came since the last wait counts."""
        try:
            if self.connection is None:
                self.connection = psycopg.connect(**connection.get_connection_params(), autocommit=True)
                self.connection.execute(f"LISTEN {outbox_domain.CHANNEL}")
            for _ in self.connection.notifies(timeout=seconds, stop_after=1):
                pass
        except psycopg.Error:
            self.connection = None
            stopping.wait(seconds)


notices = Notices()


GATHER_SECONDS = 0.03
"""After a round that gave something: what is published meanwhile is given together in the next."""


def deliver() -> bool:
    """One round; when it finds nothing, a wait for the next notice, short where a fact is held back by an older transaction."""
    if outbox.deliver(at=clock.now()).delivered:
        stopping.wait(GATHER_SECONDS)
        return True
    notices.wait(0.05 if outbox_queries.held_back() else 1)
    return False


def close_days() -> bool:
    """How many dossiers stood open on the days that are over; a month at a time when there are many."""
    return casework.close_days(by=BY, at=clock.now())


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
        outbox.settle(clock=clock.now)
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


def look() -> None:
    stewardship.note(monitor.look(options(), at=clock.now()))


def run_stalled_jobs_again() -> None:
    """Jobs of a worker that was killed go back in line; every job is harmless to repeat."""
    for job in async_to_sync(app.job_manager.get_stalled_jobs)():
        log.warning("job %s of a killed worker runs again", job.id)
        async_to_sync(app.job_manager.retry_job)(job)


def main() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    signer = keys.checkpoint_signer()
    steps = {
        "outbox": (deliver, 0.01),
        "audit": (lambda: bool(audit.sequence(at=clock.now(), signer=signer)), 0.5),
        "monitor": (look, 5),
        "stalled jobs": (run_stalled_jobs_again, 30),
        "days of dossiers": (close_days, 600),
        "analysis": (analyse, 600),
        "measures of governing": (count, 30),
        "assessments": (assess, 900),
        "deadlines": (lambda: any(direction.remind_and_escalate(at=clock.now())), 0.1),
        "successors": (lambda: direction.hand_over(at=clock.now()) and None, 3600),
        "unclaimed files": (lambda: storage.clear_unclaimed(at=clock.now()) and None, 3600),
        "old answers": (lambda: idempotency.forget_old(at=clock.now()) and None, 3600),
    }
    loops = [
        threading.Thread(target=repeat, args=(step,), kwargs={"every": pause}, name=name, daemon=True)
        for name, (step, pause) in steps.items()
    ]
    for loop in [*loops, threading.Thread(target=run_jobs, name="jobs", daemon=True)]:
        loop.start()
    while not stopping.is_set():
        time.sleep(0.2)
    deadline = time.monotonic() + 5
    for loop in loops:
        loop.join(max(0.0, deadline - time.monotonic()))


def run_jobs() -> None:
    """procrastinate's worker, in this thread's own event loop."""
    repeat(
        lambda: bool(
            app.with_connector(app.connector.get_worker_connector()).run_worker(install_signal_handlers=False)
        ),
        every=1,
    )


if __name__ == "__main__":
    main()
