"""How good weekly forecasts are, and what they cost, beside statsforecast's own models on the same series in the same run.

    PYTHONPATH=src .venv/bin/python -m benchmarks.data.intelligence.forecast --year DIR [--keep]
    PYTHONPATH=src .venv/bin/python -m benchmarks.data.intelligence.forecast --csv FILE --season N [--keep]

``--year``: the weekly values of a simulated year (``./lienthong year make``) by province. ``--csv``: series by others, a row
each, the identifier first and then its values, oldest first, as the M3 and M4 competitions publish them. From several origins the
next eight steps are forecast and compared with what came. MASE is Hyndman & Koehler's: mean absolute error by the mean absolute
seasonal difference up to the origin.

The peer is optional (``pip install statsforecast`` beside the environment's packages, named by ``--peer FOLDER``).
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import _results

HORIZON, LEVEL, LEAST = 8, 0.9, 24


def series_of_a_year(folder: Path) -> dict[str, np.ndarray]:
    """Weekly values of each indicator by province: (provinces, weeks); weeks without a value are left as gaps."""
    from simulation import indicators, score
    from simulation.calendar import Calendar

    calendar = Calendar(date.fromisoformat(json.loads((folder / "year.json").read_text("utf-8"))["first_day"]))
    starts = indicators.mondays(calendar)
    return {
        name: np.stack([indicators.weekly(name, daily, starts) for place, daily in places.items() if place != "VN"])
        for name, places in score.daily(folder, calendar).items()
    }


def series_of_a_file(file: Path) -> dict[str, np.ndarray]:
    """Series of one length class together, as matrices; shorter ones begin with gaps."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = [
            [float(cell) for cell in row[1:] if cell not in ("", "NA")] for row in csv.reader(stream) if _is_data(row)
        ]
    length = max(map(len, rows))
    matrix = np.full((len(rows), length), np.nan)
    for number, row in enumerate(rows):
        matrix[number, length - len(row) :] = row
    return {file.stem: matrix}


def _is_data(row: list[str]) -> bool:
    try:
        float(row[1])
    except (IndexError, ValueError):
        return False
    return True


def ours(values: np.ndarray, season: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from lienthong.data.intelligence import domain

    made = domain.forecast(values, horizon=HORIZON, season=season, levels=(LEVEL,))
    return made.point, made.low[0], made.high[0]


PEER = """
import sys, time, numpy as np
sys.path.insert(0, sys.argv[1])
from statsforecast.models import AutoETS, DynamicOptimizedTheta
data = np.load(sys.argv[2])
values, season, horizon, level = data["values"], int(data["season"]), int(data["horizon"]), int(data["level"])
out = {}
for name, kind in (("AutoETS", AutoETS), ("Theta", DynamicOptimizedTheta)):
    model = lambda: kind(season_length=season)
    model().forecast(np.arange(1.0, 60.0), 4)  # compiled before it is timed
    begun, rows = time.perf_counter(), []
    for row in values:
        known = np.interp(np.arange(row.size), np.flatnonzero(np.isfinite(row)), row[np.isfinite(row)])
        known = known[np.flatnonzero(np.isfinite(row))[0]:]
        made = model().forecast(known.astype(float), horizon, level=[level])
        rows.append([made["mean"], made[f"lo-{level}"], made[f"hi-{level}"]])
    out[name] = np.array(rows)
    out[name + "_seconds"] = time.perf_counter() - begun
np.savez(sys.argv[3], **out)
"""


def peers(values: np.ndarray, season: int, peer: Path) -> dict[str, tuple]:
    """(point, low, high, seconds) of the peer's models, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder, "in.npz"), Path(folder, "out.npz")
        np.savez(given, values=values, season=season, horizon=HORIZON, level=round(100 * LEVEL))
        subprocess.run([sys.executable, "-c", PEER, peer, given, made], check=True, env={"PATH": "/usr/bin:/bin"})
        with np.load(made) as found:
            return {
                name: (*found[name].transpose(1, 0, 2), float(found[f"{name}_seconds"]))
                for name in ("AutoETS", "Theta")
            }


def measure(groups: dict[str, np.ndarray], season: int, origins: int, peer: Path | None) -> dict:
    """Scores of everyone over all origins and series."""
    found: dict[str, dict[str, list]] = {}

    def note(who: str, point, low, high, seconds: float, truth, scale, naive) -> None:
        row = found.setdefault(who, {"error": [], "naive": [], "held": [], "seconds": []})
        known = np.isfinite(truth) & np.isfinite(point) & np.isfinite(naive + scale) & (scale > 0)
        row["error"].append((np.abs(truth - point) / scale)[known])
        row["naive"].append((np.abs(truth - naive) / scale)[known])
        row["held"].append(((truth >= low) & (truth <= high))[known])
        row["seconds"].append(seconds)

    for values in groups.values():
        length = values.shape[1]
        for origin in np.linspace(max(LEAST, length // 2), length - HORIZON, origins).astype(int):
            past, truth = values[:, :origin], values[:, origin : origin + HORIZON]
            usable = np.isfinite(past).sum(axis=1) >= 12
            past, truth = past[usable], truth[usable]
            scale = np.nanmean(np.abs(past[:, season:] - past[:, :-season]), axis=1, keepdims=True)
            naive = np.tile(past[:, -season:], HORIZON // season + 1)[:, :HORIZON]
            begun = time.perf_counter()
            made = ours(past, season)
            note("lienthong", *made, time.perf_counter() - begun, truth, scale, naive)
            if peer:
                for name, told in peers(past, season, peer).items():
                    note(name, *told, truth, scale, naive)
    return {
        who: {
            "mase": round(float(np.concatenate(row["error"]).mean()), 3),
            "ratio_to_seasonal_naive": round(
                float(np.concatenate(row["error"]).mean() / np.concatenate(row["naive"]).mean()), 3
            ),
            "coverage_of_90": round(float(np.concatenate(row["held"]).mean()), 3),
            "seconds": round(sum(row["seconds"]), 2),
            "forecasts": int(sum(map(len, row["error"]))),
        }
        for who, row in found.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--year", type=Path)
    what.add_argument("--csv", type=Path)
    parser.add_argument("--season", type=int, default=1, help="steps of a season; 1: none")
    parser.add_argument("--origins", type=int, default=4)
    parser.add_argument("--peer", type=Path, help="folder with statsforecast")
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    groups = series_of_a_year(chosen.year) if chosen.year else series_of_a_file(chosen.csv)
    figures = measure(groups, chosen.season, chosen.origins, chosen.peer)
    table = Table(title=f"{sum(map(len, groups.values()))} series, eight steps ahead from {chosen.origins} origins")
    for name in ("", *next(iter(figures.values()))):
        table.add_column(name.replace("_", " "), justify="right" if name else "left")
    for who, row in figures.items():
        table.add_row(who, *map(str, row.values()))
    Console(width=120).print(table)
    if chosen.keep:
        print(_results.keep("data-intelligence-forecast", json.loads(json.dumps(figures))))


if __name__ == "__main__":
    main()
