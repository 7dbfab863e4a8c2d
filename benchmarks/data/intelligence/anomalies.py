"""How well unusual values are found in series that others published and labelled, beside statsforecast's smoothing.

    PYTHONPATH=src:. python -m benchmarks.data.intelligence.anomalies --nab DIR [--peer FOLDER] [--keep]

``--nab``: a folder as the Numenta Anomaly Benchmark publishes it: ``data/**/*.csv`` with the columns ``timestamp,value`` and
``labels/combined_windows.json`` with the windows in which something happened. The first 15 % of each series is for learning. A
window is found where an alarm lies in it; an alarm outside every window is a false one. All series of a folder of ``data`` are
judged together, value by value in the order they came, as the indicators of one evening are.

Everyone gets the same judge: errors of one step ahead, turned into alarms at the same budgets of false alarms. Ours are the
program's own; the peer's (``--peer FOLDER`` with statsforecast) are those of its SimpleExponentialSmoothingOptimized.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import _results

PROBATION = 0.15
LONGEST = 2000
"""Values of a series that are judged: more are joined, so many neighbours at a time, into their mean."""
BUDGETS = (0.001, 0.01, 0.1)


def read(folder: Path) -> dict[str, list[tuple[str, np.ndarray, np.ndarray]]]:
    """(name, values, whether each lies in a labelled window) of every series, by folder."""
    windows = json.loads((folder / "labels" / "combined_windows.json").read_text("utf-8"))
    found = defaultdict(list)
    for file in sorted((folder / "data").rglob("*.csv")):
        name = file.relative_to(folder / "data").as_posix()
        with file.open(encoding="utf-8", newline="") as stream:
            rows = [(row["timestamp"][:19], float(row["value"])) for row in csv.DictReader(stream)]
        times, values = [time for time, _ in rows], np.array([value for _, value in rows])
        inside = np.zeros(len(values), dtype=int)
        for number, (begin, end) in enumerate(windows.get(name, []), start=1):
            inside[[begin[:19] <= time <= end[:19] for time in times]] = number
        step = -(-len(values) // LONGEST)
        whole = len(values) // step * step
        joined = values[:whole].reshape(-1, step).mean(axis=1)
        found[file.parent.name].append((name, joined, inside[:whole].reshape(-1, step).max(axis=1)))
    if not found:
        raise SystemExit(f"{folder} holds no series")
    return found


def our_errors(values: np.ndarray) -> np.ndarray:
    from lienthong.data.intelligence import domain

    return domain.one_step_errors(values[None])[0]


PEER = """
import sys, numpy as np
sys.path.insert(0, sys.argv[1])
from statsforecast.models import SimpleExponentialSmoothingOptimized as Model
given = np.load(sys.argv[2]); made = {}
for name in given.files:
    values = given[name]
    made[name] = values - np.asarray(Model().forecast(values, 1, fitted=True)["fitted"], dtype=float)
np.savez(sys.argv[3], **made)
"""


def peer_errors(series: list[np.ndarray], peer: Path) -> list[np.ndarray]:
    """The peer's errors, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder, "in.npz"), Path(folder, "out.npz")
        np.savez(given, **{f"s{number:04}": values for number, values in enumerate(series)})
        subprocess.run([sys.executable, "-c", PEER, peer, given, made], check=True, env={"PATH": "/usr/bin:/bin"})
        with np.load(made) as found:
            return [found[name] for name in sorted(found.files)]


def alarms(errors: list[np.ndarray], budget: float) -> list[np.ndarray]:
    """Where each series raises an alarm after its time of learning: rank against the past of all, within the budget."""
    from lienthong.data.intelligence import domain

    length = max(map(len, errors))
    matrix = np.full((len(errors), length), np.nan)
    for row, values in enumerate(errors):
        matrix[row, length - len(values) :] = values  # the newest stand together
    days = length - int(PROBATION * length)
    found = domain.find_anomalies(matrix, days=days, budget=budget)
    raised = [[] for _ in errors]
    for row, column in zip(found.series, found.time, strict=True):
        offset = column - (length - len(errors[row]))
        if offset >= PROBATION * len(errors[row]):
            raised[row].append(offset)
    return [np.array(sorted(row), dtype=int) for row in raised]


def score(found: list[np.ndarray], labelled: list[np.ndarray]) -> tuple[int, int, int, int]:
    """Windows found, windows there are, alarms outside any, values judged."""
    hit = there = false = judged = 0
    for raised, inside in zip(found, labelled, strict=True):
        known = inside[int(PROBATION * len(inside)) :]
        there += len(set(known[known > 0]))
        hit += len(set(inside[raised][inside[raised] > 0]))
        false += int((inside[raised] == 0).sum())
        judged += len(known)
    return hit, there, false, judged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--nab", type=Path, required=True)
    parser.add_argument("--peer", type=Path, help="folder with statsforecast")
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    groups = read(chosen.nab)
    figures: dict[str, dict] = {}
    for who in ("lienthong", *(["SES of statsforecast"] if chosen.peer else [])):
        begun, made = time.perf_counter(), {}
        for group, series in groups.items():
            values = [item for _, item, _ in series]
            made[group] = (
                [our_errors(item) for item in values] if who == "lienthong" else peer_errors(values, chosen.peer)
            )
        seconds = time.perf_counter() - begun
        for budget in BUDGETS:
            counts = np.zeros(4, dtype=int)
            for group, series in groups.items():
                counts += score(alarms(made[group], budget), [inside for _, _, inside in series])
            hit, there, false, judged = map(int, counts)
            figures[f"{who}, budget {budget}"] = {
                "windows_found": f"{hit}/{there}", "false_alarms_per_1000": round(1000 * false / judged, 2),
                "seconds_of_errors": round(seconds, 2),
            }  # fmt: skip
    table = Table(title=f"{sum(map(len, groups.values()))} series")
    for name in ("", *next(iter(figures.values()))):
        table.add_column(name.replace("_", " "), justify="right" if name else "left")
    for who, row in figures.items():
        table.add_row(who, *map(str, row.values()))
    Console(width=120).print(table)
    if chosen.keep:
        series = {group: len(found) for group, found in groups.items()}
        print(_results.keep("data-intelligence-anomalies", {"series": series, **figures}))


if __name__ == "__main__":
    main()
