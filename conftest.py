"""The tests' own space: a private PostgreSQL and a home folder that vanish when the run ends.

Each worker of a parallel run has a server of its own: what may be read waits for the oldest transaction of the whole server, so
workers on one server would wait for each other's tests.
"""

import os
import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path

import pytest

BASE = Path(os.environ.setdefault("LIENTHONG_TEST_HOME", tempfile.mkdtemp(prefix="lienthong-test-")))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
HOME = BASE / WORKER if WORKER else BASE
# The settings are named here, not in pyproject.toml: there they would be read before the lines above are.
os.environ |= {
    "LIENTHONG_HOME": str(HOME),
    "LIENTHONG_SAMPLES": "true",
    "LIENTHONG_STATEMENT_TIMEOUT": "120s",
    "DJANGO_SETTINGS_MODULE": "lienthong.bootstrap.settings",
}
SERVER = HOME / "postgres"
SYSTEM_POSTGRES = os.environ.get("LIENTHONG_TEST_POSTGRES", "")
"""Folder of another PostgreSQL's programs: the tests then run on a server of that one instead of the embedded one."""


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL before Django looks for it."""
    HOME.mkdir(exist_ok=True)
    only_leads_workers = not WORKER and getattr(config.option, "numprocesses", None)
    if only_leads_workers:
        # Workers inherit this environment, and would read the settings before they have named their own homes.
        del os.environ["DJANGO_SETTINGS_MODULE"]
        return
    if SYSTEM_POSTGRES:
        os.environ["DATABASE_URL"] = _start_system_postgres(Path(SYSTEM_POSTGRES))
    if not os.environ.get("DATABASE_URL"):
        from lienthong.bootstrap import postgres
        from lienthong.bootstrap.options import options

        for folder in (BASE, HOME):
            folder.chmod(0o711)
        # Tests need no durability, except those that start a space of their own.
        postgres.prepare(SERVER, options().run, settings="fsync = off\nmax_connections = 200\n")
        postgres.start(SERVER, options().run)
    from django.conf import settings

    # pytest-django sets Django up only where its settings have been read.
    assert settings.INSTALLED_APPS
    # Pages name their files as they are; what collecting makes of the names is seen by the tests that start a space.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    (HOME / "static").mkdir(exist_ok=True)
    from django.core.management.commands import flush

    flush.Command.handle = _flush_as_owner(flush.Command.handle)


def _start_system_postgres(programs: Path) -> str:
    """A server of the system's PostgreSQL, under the account it came with when we are root; its address."""
    account = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    BASE.chmod(0o711)
    HOME.chmod(0o777)
    arguments = ["-D", SERVER, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "--no-sync"]
    run = partial(subprocess.run, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **account)
    run([programs / "initdb", *arguments])
    settings = f"-c listen_addresses= -c unix_socket_directories={HOME} -c fsync=off -c max_connections=200"
    run([programs / "pg_ctl", "-D", SERVER, "-w", "-o", settings, "-l", HOME / "server.log", "start"])
    return f"postgresql://postgres@/lienthong?host={HOME}"


def _stop_system_postgres(programs: Path) -> None:
    account = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    command = [programs / "pg_ctl", "-D", SERVER, "-m", "immediate", "stop"]
    subprocess.run(command, check=False, cwd="/", stdout=subprocess.DEVNULL, **account)


def _flush_as_owner(handle):
    """Between transactional tests Django empties every table. The audit log refuses that, as it should; here, and only
    here, its triggers stand aside for it."""

    def flush(self, **options):
        from django.db import connections

        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        try:
            handle(self, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = origin")

    return flush


def pytest_unconfigure(config: pytest.Config) -> None:
    if SYSTEM_POSTGRES and (SERVER / "postmaster.pid").exists():
        _stop_system_postgres(Path(SYSTEM_POSTGRES))
    elif (SERVER / "postmaster.pid").exists():
        from lienthong.bootstrap import postgres

        postgres.stop(SERVER)
    if not WORKER:
        shutil.rmtree(BASE, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file go to one worker, so that what a file needs is laid once; some files say with which others they go."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests speak to this machine only."""
    import socket

    connect = socket.socket.connect

    def guarded(self, address):
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address}: tests speak to this machine only")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="module")
def sample_space(django_db_setup, django_db_blocker):
    """Every module's reference data and samples, loaded once for the tests of one file and taken away after them."""
    from django.core.management import call_command

    from lienthong.bootstrap import setup

    with django_db_blocker.unblock():
        setup.load_reference_data()
        setup.load_samples()
        yield
        call_command("flush", verbosity=0, interactive=False)
