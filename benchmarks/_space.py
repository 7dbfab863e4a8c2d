"""A space for one benchmark: a home folder and a PostgreSQL of its own, set as in production, gone when it is over."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


@contextmanager
def space() -> Iterator[Path]:
    """Start the database, make its tables, set Django up; the home folder. Processes started from here share the space."""
    home = Path(tempfile.mkdtemp(prefix="lienthong-benchmark-"))
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {
        "LIENTHONG_HOME": str(home),
        "LIENTHONG_STATEMENT_TIMEOUT": "600s",
        "DJANGO_SETTINGS_MODULE": "lienthong.bootstrap.settings",
    }
    home.chmod(0o711)
    import django

    from lienthong.bootstrap import postgres, setup
    from lienthong.bootstrap.options import options

    server = home / "postgres"
    postgres.prepare(server, options().run)
    postgres.start(server, options().run)
    try:
        django.setup()
        setup.migrate()
        yield home
    finally:
        postgres.stop(server)
        shutil.rmtree(home, ignore_errors=True)


def server_seconds() -> float:
    """Processor time that the database's processes have used, those that ended among them."""
    server = Path(os.environ["LIENTHONG_HOME"]) / "postgres" / "postmaster.pid"
    main = psutil.Process(int(server.read_text().split()[0]))
    times = [main.cpu_times(), *(process.cpu_times() for process in main.children())]
    return sum(item.user + item.system for item in times) + times[0].children_user + times[0].children_system
