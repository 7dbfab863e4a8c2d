"""A space for one benchmark: a home folder and a PostgreSQL of its own, set as in production, gone when it is over."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
