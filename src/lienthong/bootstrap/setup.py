"""What a space needs before it serves: tables, reference data, samples, static files. Each step is harmless to repeat."""

import time
from importlib import import_module
from importlib.util import find_spec

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection

from lienthong.bootstrap.options import options
from lienthong.bootstrap.settings import modules
from lienthong.kernel import clock

LOCK_SECONDS, LOCK_ATTEMPTS = 5, 6


def make_database() -> None:
    """Make the database if it is the embedded one and new."""
    database = settings.DATABASES["default"]
    if options().embedded:
        with psycopg.connect(
            host=database["HOST"], user=database["USER"], dbname="postgres", autocommit=True
        ) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database["NAME"]]).fetchone():
                server.execute(f'CREATE DATABASE "{database["NAME"]}"')


def migrate() -> None:
    """Make the database where there is none, then bring its tables up to date.

    A migration may work for as long as it needs, but waits for no lock longer than a few seconds: whoever waits for one makes
    everybody wait who comes after. It is tried again.

    :raises OperationalError: a table was held by others every time.
    """
    make_database()
    for attempt in range(1, LOCK_ATTEMPTS + 1):
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = 0; SET lock_timeout = '{LOCK_SECONDS}s'")
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except OperationalError as error:
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable) or attempt == LOCK_ATTEMPTS:
                raise
            time.sleep(attempt)
        else:
            break
        finally:
            connection.close()  # and with it what was set for this session


def load_reference_data() -> None:
    """Let every module load what it cannot work without, lowest layer first."""
    for module in modules():
        if find_spec(f"{module}.reference"):
            import_module(f"{module}.reference").load(by="system:setup", at=clock.now())


def load_samples() -> None:
    """Let every module lay its part of the sample space."""
    for module in modules():
        if find_spec(f"{module}.samples"):
            import_module(f"{module}.samples").load(by="system:setup", at=clock.now())


def collect_static() -> None:
    """Gather the screens' files under far-future names."""
    call_command("collectstatic", verbosity=0, interactive=False)
