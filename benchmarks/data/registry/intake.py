"""How many facts a second the intake takes in, each a request of its own that is answered after its commit.

    PYTHONPATH=src .venv/bin/python -m benchmarks.data.registry.intake [--seconds S] [--rate N] [--connections N] [--keep]

The intake runs as in a space, on its socket; the sender is a process of its own on the same machine, so both and PostgreSQL
share the cores. Beside it in the same run: the same rows by bare COPY into a table like that of the records, one transaction
for as many rows as the intake's groups had; and one Django transaction for each fact.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks import _results, _space
from benchmarks.data.registry._sender import fact

BY = "system:benchmark"
TARGET = 5000
WARM_UP = 2000
DJANGO_SECONDS = 5
REGISTER = {
    "key": "facts", "name": {"vi": "Sự kiện", "en": "Facts"}, "purpose": {"vi": "Đo", "en": "Measuring"}, "owner": "",
    "record_key": "id", "title": "name", "territory": "commune",
    "schema": {
        "type": "object", "required": ["id", "name"], "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "pattern": "^[0-9]{9}$"}, "name": {"type": "string", "maxLength": 100},
            "commune": {"type": "string", "pattern": "^[0-9]{5}$"}, "on": {"type": "string", "format": "date"},
            "kind": {"enum": ["a", "b", "c"]}, "amount": {"type": "number", "minimum": 0},
        },
    },
    "sources": [{"key": "main", "name": "Nguồn", "trusted": True}],
}  # fmt: skip


def rows_of(count: int) -> list[tuple]:
    """The first facts as judged rows of the table of records."""
    from lienthong.data.registry.domain import Declaration
    from lienthong.kernel import clock

    declaration, at, rows = Declaration.parse(REGISTER), clock.now(), []
    for number in range(count):
        payload = json.loads(fact(number))["payload"]
        item = declaration.prepare(payload)
        rows.append((1, item.key, 1, json.dumps(payload), item.digest, item.territory, item.search, at, False, BY))
    return rows


def bare_copy(rows: list[tuple], per_group: int) -> float:
    """Rows a second, copied into a table like that of the records, a transaction for each group."""
    import psycopg

    from lienthong.bootstrap.options import options

    with psycopg.connect(options().dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE benchmark_record (LIKE data_registry_record INCLUDING ALL)")
        begun = time.perf_counter()
        for start in range(0, len(rows), per_group):
            with connection.transaction(), connection.cursor().copy(
                "COPY benchmark_record (source_id, key, version, payload, digest, territory, search, known_from, closed, by)"
                " FROM STDIN"
            ) as copy:  # fmt: skip
                for row in rows[start : start + per_group]:
                    copy.write_row(row)
        return len(rows) / (time.perf_counter() - begun)


def one_by_one(seconds: float) -> float:
    """Facts a second in one process, a Django transaction for each."""
    from lienthong.data.registry import services
    from lienthong.kernel import clock

    begun, number = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        payload = json.loads(fact(500_000_000 + number))["payload"]
        services.accept(register="facts", source="main", payload=payload, by=BY, at=clock.now())
        number += 1
    return number / (time.perf_counter() - begun)


def stored() -> tuple[int, int, int, int]:
    """Records, transactions that wrote them, acts in the log and events about them so far."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT count(*) FROM data_registry_record), (SELECT count(DISTINCT xid) FROM data_registry_record),
                (SELECT count(*) FROM foundation_audit_record WHERE action = 'data.registry.accept'),
                (SELECT count(*) FROM foundation_outbox_event WHERE name = 'data.registry.records_versioned.v1')
            """
        )
        return cursor.fetchone()


def processor_seconds(processes: list[psutil.Process]) -> float:
    """What processes have used of the processors."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def database_processes(home: Path) -> list[psutil.Process]:
    """The processes of this benchmark's own PostgreSQL."""
    main = psutil.Process(int((home / "postgres" / "postmaster.pid").read_text().split()[0]))
    return [main, *main.children(recursive=True)]


def measure(home: Path, chosen: argparse.Namespace) -> dict:
    from lienthong.bootstrap.options import options
    from lienthong.data.registry import services
    from lienthong.kernel import clock

    now = clock.now()
    services.declare(document=REGISTER, by=BY, at=now)
    _, token = services.issue_token(
        register="facts", source="main", name="benchmark", expires_at=now + timedelta(days=1), by=BY, at=now
    )
    socket = options().run / "intake.sock"
    granian = [sys.executable, "-m", "granian", "--no-ws", "--log-level", "warning", "--backlog", "1024"]
    server = subprocess.Popen(
        [*granian, "--interface", "asgi", "--uds", socket, "--workers", "1", "--backpressure", "8192",
         "lienthong.bootstrap.intake:application"],
        env=os.environ | {"PYTHONPATH": "src"}, cwd=_results.ROOT,
    )  # fmt: skip

    def send(first: int, rate: int, seconds: float) -> dict:
        sender = [sys.executable, "-m", "benchmarks.data.registry._sender", socket, token]
        how = ["--first", first, "--rate", rate, "--seconds", seconds, "--connections", chosen.connections]
        done = subprocess.run(
            [*sender, *map(str, how)], capture_output=True, check=True, cwd=_results.ROOT, text=True,
            timeout=10 * seconds + 60,
        )  # fmt: skip
        return json.loads(done.stdout.splitlines()[-1])

    try:
        while not socket.exists():
            time.sleep(0.05)
        time.sleep(1)
        send(900_000_000, WARM_UP, 1)
        before = stored()
        processes = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        database = database_processes(home)
        used, used_there = processor_seconds(processes), processor_seconds(database)
        figures = send(0, chosen.rate, chosen.seconds)
        used, used_there = processor_seconds(processes) - used, processor_seconds(database) - used_there
        memory = sum(process.memory_full_info().uss for process in processes) / 2**20
        records, groups, acts, events = (after - first for after, first in zip(stored(), before, strict=True))
    finally:
        server.terminate()
        server.wait(20)
    if not records == acts == figures["acknowledged"] or groups != events:
        raise SystemExit(
            f"acknowledged {figures['acknowledged']}, records {records}, acts {acts}, {groups=}, {events=}"
        )
    per_group = records / groups
    copied = bare_copy(rows_of(min(records, 100_000)), max(1, round(per_group)))
    django = one_by_one(DJANGO_SECONDS)
    return {
        "asked_rate": chosen.rate, "connections": chosen.connections, **figures,
        "facts_per_group": round(per_group, 1), "groups_per_second": round(groups / figures["seconds"], 1),
        "intake_processor_seconds": round(used, 1), "database_processor_seconds": round(used_there, 1),
        "intake_memory_megabytes": round(memory),
        "bare_copy_rows_per_second": round(copied), "ratio_of_bare_copy": round(figures["rate"] / copied, 2),
        "django_facts_per_second": round(django), "times_django": round(figures["rate"] / django, 1), "target_rate": TARGET,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=int, default=TARGET)
    parser.add_argument("--connections", type=int, default=400)
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    with _space.space() as home:
        figures = measure(home, chosen)
    table = Table(title="Facts one by one through the intake")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:,}" if isinstance(value, int) else str(value))
    Console().print(table)
    if chosen.keep:
        print(_results.keep("data-registry-intake", figures))


if __name__ == "__main__":
    main()
