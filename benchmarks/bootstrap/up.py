"""How long a space takes to start, for the first time and later, and how much memory it holds when nothing happens.

    PYTHONPATH=src .venv/bin/python -m benchmarks.bootstrap.up [--first] [--keep]

``--first`` begins as a new machine does, with no environment: what it measures hangs on the network too. Beside it in the same
run: the bare start of the same PostgreSQL and of one Python that imports Django, without which nothing can start.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import _results

ROOT = Path(__file__).resolve().parents[2]
LIMITS = {"first_seconds": 300, "later_seconds": 10, "idle_megabytes": 900}


def run(*arguments: str) -> float:
    """One command of the space; the seconds it took."""
    begun = time.perf_counter()
    subprocess.run([ROOT / "lienthong", *arguments], check=True, stdout=subprocess.DEVNULL)
    return round(time.perf_counter() - begun, 2)


def bare(home: Path) -> float:
    """The database alone, and one Python with Django."""
    from lienthong.bootstrap import postgres

    begun = time.perf_counter()
    postgres.start(home / "postgres", home / "run")
    subprocess.run([sys.executable, "-c", "import django; django.setup()"], check=True)
    seconds = time.perf_counter() - begun
    postgres.stop(home / "postgres")
    return round(seconds, 2)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="lienthong-benchmark-"))
    home.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {
        "LIENTHONG_HOME": str(home), "LIENTHONG_PORT": str(port), "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "lienthong.bootstrap.settings",
    }  # fmt: skip
    from lienthong.bootstrap import launcher
    from lienthong.bootstrap.options import options
    from lienthong.bootstrap.space import Space

    if not chosen.first:
        (home / "env").mkdir()
        Path(sys.prefix, launcher.COMPLETE).touch()
        (home / "env" / launcher.folder_name("dev")).symlink_to(sys.prefix)
    try:
        figures = {"first_seconds" if chosen.first else "first_with_environment_seconds": run("up", "--detach")}
        run("down")
        later = []
        for _ in range(3):
            later.append(run("up", "--detach"))
            if len(later) < 3:
                run("down")
        time.sleep(20)
        processes = Space(options()).processes()
        run("down")
        figures |= {
            "later_seconds": sorted(later)[1],
            "bare_database_and_django_seconds": bare(home),
            "idle_megabytes": round(sum(item["memory"] for item in processes.values()) / 2**20),
            "idle_megabytes_by_process": {name: round(item["memory"] / 2**20) for name, item in processes.items()},
            "limits": LIMITS,
        }
        figures["later_ratio_to_bare"] = round(
            figures["later_seconds"] / figures["bare_database_and_django_seconds"], 1
        )
    finally:
        subprocess.run([ROOT / "lienthong", "down"], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(home, ignore_errors=True)
    table = Table(title="Starting a space")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), str(value))
    Console().print(table)
    if chosen.keep:
        print(_results.keep("bootstrap-up-first" if chosen.first else "bootstrap-up", figures))


if __name__ == "__main__":
    main()
