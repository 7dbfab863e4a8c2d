"""The small example's loop, many times one after another in one running space.

    PYTHONPATH=src .venv/bin/python -m benchmarks.bootstrap.loops [--loops N] [--keep]

Each loop sends the payroll list as it is, with its faults: they are found, directed, mended, verified, measured. The space is a
real one, started by ``./lienthong up`` with all its processes. Beside it in the same run: the bare cost of as many transactions
as a loop commits, one row each, which is what the disk allows.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import _results

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "invented-people"
LIMITS = {"p50": 1.0, "p99": 3.0}


def start(home: Path) -> None:
    """A space of its own with the environment that runs this."""
    from lienthong.bootstrap import launcher

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (home / "env").mkdir()
    Path(sys.prefix, launcher.COMPLETE).touch()
    (home / "env" / launcher.folder_name("dev")).symlink_to(sys.prefix)
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {
        "LIENTHONG_HOME": str(home), "LIENTHONG_PORT": str(port), "DJANGO_SETTINGS_MODULE": "lienthong.bootstrap.settings",
    }  # fmt: skip
    subprocess.run([ROOT / "lienthong", "up", "--detach"], check=True, stdout=subprocess.DEVNULL)


def one_loop(number: int) -> float:
    """One loop from its files to its measured result; the seconds it took."""
    from lienthong.bootstrap import loop

    # The faulty list comes again as another file, because the same file is known.
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "bang-luong.csv")
        copy.write_text((EXAMPLE / "bang-luong.csv").read_text("utf-8") + "\n" * (number % 7), "utf-8")
        begun = time.perf_counter()
        register, sources = loop.own_files(
            {"nhan-su": EXAMPLE / "nhan-su.csv", "bang-luong": copy},
            key="so_dinh_danh",
            trusted="nhan-su",
            territory="xa",
        )
        result = loop.Loop(register, sources).run()
        seconds = time.perf_counter() - begun
    ids = [value for stage in result.stages for value in stage.ids.values()]
    if result.after[f"agreement-{register}"] != 100 or not sum(result.discrepancies.values()) or len(ids) < 5:
        raise SystemExit(f"loop {number} did not close: {result}")
    return seconds


def bare_commits(count: int) -> float:
    """Seconds for so many transactions of one row each."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS benchmark_bare (id bigserial, at timestamptz)")
    begun = time.perf_counter()
    for _ in range(count):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO benchmark_bare (at) VALUES (now())")
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--loops", type=int, default=1000)
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="lienthong-benchmark-"))
    home.chmod(0o755)
    try:
        start(home)
        import django

        django.setup()
        from django.db import connection

        import lienthong.bootstrap.urls  # noqa: F401  (subscribes every module's handlers)

        one_loop(0)

        def commits() -> int:
            with connection.cursor() as cursor:
                cursor.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
                return cursor.fetchone()[0]

        before = commits()
        seconds = [one_loop(number) for number in track(range(1, chosen.loops + 1), description="loops")]
        per_loop = (commits() - before) // chosen.loops
        bare = bare_commits(per_loop)
    finally:
        subprocess.run([ROOT / "lienthong", "down"], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(home, ignore_errors=True)
    ordered = sorted(seconds)
    figures = {
        "loops": chosen.loops, "p50_seconds": round(statistics.median(ordered), 3),
        "p99_seconds": round(ordered[max(0, int(len(ordered) * 0.99) - 1)], 3), "limits_seconds": LIMITS,
        "first_hundred_p50": round(statistics.median(seconds[:100]), 3),
        "last_hundred_p50": round(statistics.median(seconds[-100:]), 3),
        "transactions_per_loop": per_loop, "as_many_bare_commits_seconds": round(bare, 3),
        "ratio_to_bare_commits": round(statistics.median(ordered) / bare, 1) if bare else None,
    }  # fmt: skip
    table = Table(title="The closed loop, one after another")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), str(value))
    Console().print(table)
    if chosen.keep:
        print(_results.keep("bootstrap-loops", figures))


if __name__ == "__main__":
    main()
