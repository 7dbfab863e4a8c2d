"""Steps that a process repeats until it is told to stop."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from django.db import DatabaseError, close_old_connections, connection

log = logging.getLogger(__name__)
stopping = threading.Event()
Step = tuple[Callable[[], bool | None], float]
"""What is done, and the pause in seconds after a time that found nothing to do."""


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
            log.exception("a step failed; trying again")
            found = False
        if not found:
            close_old_connections()
            stopping.wait(every)


def run(steps: Mapping[str, Step], *, beside: Sequence[threading.Thread] = ()) -> None:
    """Repeat every step in a thread of its own until a signal says stop; then wait a little for what is at work.

    :param beside: threads that run as long, and need no end of their own.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    loops = [
        threading.Thread(target=repeat, args=(step,), kwargs={"every": pause}, name=name, daemon=True)
        for name, (step, pause) in steps.items()
    ]
    for loop in [*loops, *beside]:
        loop.start()
    while not stopping.is_set():
        time.sleep(0.2)
    deadline = time.monotonic() + 5
    for loop in loops:
        loop.join(max(0.0, deadline - time.monotonic()))
