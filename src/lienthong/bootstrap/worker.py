"""The worker process: delivers events, seals the audit log, runs jobs, reminds and escalates. Any number of them may run."""

import logging
import threading

import django
import psycopg

django.setup()

from asgiref.sync import async_to_sync  # noqa: E402
from django.db import connection  # noqa: E402
from procrastinate.contrib.django import app  # noqa: E402

import lienthong.bootstrap.urls  # noqa: E402, F401  (subscribes every module's handlers)
from lienthong.bootstrap import monitor, steps  # noqa: E402
from lienthong.bootstrap.options import options  # noqa: E402
from lienthong.commons.direction import services as direction  # noqa: E402
from lienthong.commons.stewardship import services as stewardship  # noqa: E402
from lienthong.foundation.audit import keys  # noqa: E402
from lienthong.foundation.audit import services as audit  # noqa: E402
from lienthong.foundation.idempotency import services as idempotency  # noqa: E402
from lienthong.foundation.outbox import domain as outbox_domain  # noqa: E402
from lienthong.foundation.outbox import queries as outbox_queries  # noqa: E402
from lienthong.foundation.outbox import services as outbox  # noqa: E402
from lienthong.foundation.storage import services as storage  # noqa: E402
from lienthong.kernel import clock  # noqa: E402

log = logging.getLogger(__name__)


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
            steps.stopping.wait(seconds)


notices = Notices()


GATHER_SECONDS = 0.03
"""After a round that gave something: what is published meanwhile is given together in the next."""
BUSY, BUSY_SECONDS = 200, 0.05
"""The same after a round that weighed so much: many rounds a second would cost more than what they give."""


def deliver() -> bool:
    """One round; when it finds nothing, a wait for the next notice, short where a fact is held back by an older transaction."""
    given = outbox.deliver(at=clock.now())
    if given.delivered:
        steps.stopping.wait(GATHER_SECONDS if given.weight < BUSY else BUSY_SECONDS)
        return True
    notices.wait(0.05 if outbox_queries.held_back() else 1)
    return False


def look() -> None:
    stewardship.note(monitor.look(options(), at=clock.now()))


def run_stalled_jobs_again() -> None:
    """Jobs of a worker that was killed go back in line; every job is harmless to repeat."""
    for job in async_to_sync(app.job_manager.get_stalled_jobs)():
        log.warning("job %s of a killed worker runs again", job.id)
        async_to_sync(app.job_manager.retry_job)(job)


def main() -> None:
    signer = keys.checkpoint_signer()
    repeated: dict[str, steps.Step] = {
        "outbox": (deliver, 0.01),
        "audit": (lambda: bool(audit.sequence(at=clock.now(), signer=signer)), 0.5),
        "monitor": (look, 5),
        "stalled jobs": (run_stalled_jobs_again, 30),
        "deadlines": (lambda: any(direction.remind_and_escalate(at=clock.now())), 0.1),
        "successors": (lambda: direction.hand_over(at=clock.now()) and None, 3600),
        "unclaimed files": (lambda: storage.clear_unclaimed(at=clock.now()) and None, 3600),
        "old answers": (lambda: idempotency.forget_old(at=clock.now()) and None, 3600),
    }
    steps.run(repeated, beside=[threading.Thread(target=run_jobs, name="jobs", daemon=True)])


def run_jobs() -> None:
    """procrastinate's worker, in this thread's own event loop."""
    steps.repeat(
        lambda: bool(
            app.with_connector(app.connector.get_worker_connector()).run_worker(install_signal_handlers=False)
        ),
        every=1,
    )


if __name__ == "__main__":
    main()
