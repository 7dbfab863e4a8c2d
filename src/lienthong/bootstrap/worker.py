"""The worker process: delivers events, seals the audit log, runs jobs. Any number of them may run."""

import logging
import signal
import threading
import time
from collections.abc import Callable

import django

django.setup()

from django.db import DatabaseError, close_old_connections, connection  # noqa: E402
from procrastinate.contrib.django import app  # noqa: E402

import lienthong.bootstrap.urls  # noqa: E402, F401  (subscribes every module's handlers)
from lienthong.foundation.audit import keys  # noqa: E402
from lienthong.foundation.audit import services as audit  # noqa: E402
from lienthong.foundation.outbox import services as outbox  # noqa: E402
from lienthong.kernel import clock  # noqa: E402

log = logging.getLogger(__name__)
stopping = threading.Event()


def repeat(step: Callable[[], bool], *, every: float) -> None:
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


def deliver() -> bool:
    return bool(outbox.deliver(at=clock.now()).delivered)


def main() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    signer = keys.checkpoint_signer()
    loops = [
        threading.Thread(target=repeat, args=(deliver,), kwargs={"every": 0.1}, name="outbox"),
        threading.Thread(
            target=repeat,
            args=(lambda: bool(audit.sequence(at=clock.now(), signer=signer)),),
            kwargs={"every": 0.5},
            name="audit",
        ),
        threading.Thread(target=run_jobs, name="jobs"),
    ]
    for loop in loops:
        loop.daemon = True
        loop.start()
    while not stopping.is_set():
        time.sleep(0.2)
    for loop in loops[:2]:
        loop.join(5)


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
