"""What a space needs before it serves: tables, reference data, samples, static files. Each step is harmless to repeat."""

from importlib import import_module
from importlib.util import find_spec

import psycopg
from django.conf import settings
from django.core.management import call_command

from lienthong.bootstrap.options import options
from lienthong.bootstrap.settings import modules
from lienthong.kernel import clock


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
    """Make the database where there is none, then bring its tables up to date."""
    make_database()
    call_command("migrate", verbosity=0, interactive=False)


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
