"""Looking at what the space stands on: processes, the database, the queue of events, the log, the disk."""

import http.client
import shutil
import xmlrpc.client
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection

from lienthong.bootstrap.options import Options
from lienthong.bootstrap.space import Space
from lienthong.commons.stewardship.domain import Pulse
from lienthong.foundation.audit import queries as audit
from lienthong.foundation.outbox import queries as outbox

UNREAD, UNSEALED, FREE_MEGABYTES = 10_000, timedelta(seconds=30), 500
"""Beyond these, something does not keep up."""


def look(options: Options, *, at: datetime) -> list[Pulse]:
    """How everything is found at this moment."""
    return [*_processes(options, at), _database(at), _events(at), _audit(at), _storage(options, at)]


def _processes(options: Options, at: datetime) -> Iterator[Pulse]:
    try:
        found = Space(options).supervisor.getAllProcessInfo()
    except (OSError, http.client.HTTPException, xmlrpc.client.Error):
        return
    for item in found:
        up = timedelta(seconds=item["now"] - item["start"])
        running = item["statename"] == "RUNNING"
        state = item["statename"].lower()
        yield Pulse(
            item["name"],
            running,
            f"chạy liên tục {up}" if running else f"không chạy ({state})",
            f"up for {up}" if running else f"not running ({state})",
            at,
        )


def _database(at: datetime) -> Pulse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) / 1048576, current_setting('server_version')")
        megabytes, version = cursor.fetchone()
    return Pulse("database", True, f"PostgreSQL {version}, {megabytes} MB", f"PostgreSQL {version}, {megabytes} MB", at)


def _events(at: datetime) -> Pulse:
    unread, aside = outbox.unread(), len(outbox.set_aside(limit=100))
    return Pulse(
        "events",
        unread < UNREAD and not aside,
        f"{unread} đang chờ giao, {aside} bị gác lại",
        f"{unread} waiting, {aside} set aside",
        at,
    )


def _audit(at: datetime) -> Pulse:
    oldest = audit.oldest_unsealed()
    late = at - oldest if oldest else timedelta(0)
    return Pulse(
        "audit",
        late < UNSEALED,
        f"niêm phong chậm {max(0, round(late.total_seconds()))} giây",
        f"sealed {max(0, round(late.total_seconds()))} s behind",
        at,
    )


def _storage(options: Options, at: datetime) -> Pulse:
    free = shutil.disk_usage(options.home).free // 2**20
    return Pulse("storage", free >= FREE_MEGABYTES, f"còn trống {free} MB", f"{free} MB free", at)
