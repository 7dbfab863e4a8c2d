"""Conclusions against truth.

Forecasts are compared with the weekly values that the year's messages tell at last. The measure of reference is the seasonal
naive forecast with a season of one week, which on weekly values carries the last whole week before the origin over the horizon.
MASE (Hyndman and Koehler 2006): the mean of |error| / scale, the scale of a series at an origin being its mean absolute
difference between neighbouring weeks up to the origin. ``ratio`` is plainer: mean absolute error by that of the naive forecast
on the same targets. Naive forecast and scale use final values, a small advantage against whoever knew only what had been sent.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import orjson

from . import indicators
from .calendar import Calendar
from .conclusions import Effect, Forecast, Kpi, read
from .errors import Wrong
from .indicators import INDICATORS

Facts = dict[str, dict[str, tuple[np.ndarray, np.ndarray]]]
_ROUNDED = 5e-5
"""A KPI is equal to the truth if it is so when shown as a percentage with two decimals; counts are equal or not."""


def score(folder: Path, conclusions: Path) -> dict:
    """Everything that can be said of the conclusions in a file about the year in a folder."""
    calendar, truth = _open(folder)
    concluded = read(conclusions)
    facts: Facts = {}
    if concluded.forecasts or concluded.kpis:
        facts = daily(folder, calendar)
    return {
        "forecasts": forecasts(calendar, facts, concluded.forecasts),
        "effects": effects(truth["interventions"], concluded.effects),
        "falsified": falsified({row["agency"] for row in truth["falsified"]}, concluded.falsified),
        "kpis": kpis(calendar, facts, concluded.kpis),
    }


def daily(folder: Path, calendar: Calendar) -> Facts:
    """The indicators of the provinces and of the country (``VN``) by day, from the files of a year."""
    try:
        with indicators.connect() as database:
            indicators.load_files(database, folder)
            facts = indicators.facts(database, calendar)
    except duckdb.Error:
        raise Wrong(
            f"Tệp thông điệp trong {folder} bị hỏng hoặc thiếu.", f"Message files in {folder} are broken or missing."
        )
    for places in facts.values():
        columns = [np.stack(part) for part in zip(*places.values(), strict=True)]
        if columns:
            places["VN"] = columns[0].sum(0), columns[1].sum(0)
    if facts["backlog"]:
        facts["backlog"]["VN"] = facts["backlog"]["VN"][0], np.ones(calendar.days)
    return facts


def _open(folder: Path) -> tuple[Calendar, dict]:
    try:
        year = orjson.loads((folder / "year.json").read_bytes())
        calendar = Calendar(date.fromisoformat(year["first_day"]))
        truth = {
            name: orjson.loads((folder / "truth" / f"{name}.json").read_bytes())
            for name in ("interventions", "falsified")
        }
    except (OSError, ValueError, KeyError, TypeError):
        raise Wrong(
            f"Thư mục {folder} không chứa một năm mô phỏng đầy đủ.",
            f"Folder {folder} does not hold a whole simulated year.",
        )
    return calendar, truth


def forecasts(calendar: Calendar, facts: Facts, concluded: Sequence[Forecast]) -> dict:
    """MASE, ratio to the naive forecast and coverage, for each indicator and over all."""
    starts = np.array(indicators.mondays(calendar))
    series: dict[tuple[str, str], np.ndarray] = {}
    rows: dict[str, list[tuple[float, float, float, bool]]] = {}
    skipped = 0
    for forecast in concluded:
        key = forecast.indicator, forecast.territory
        if forecast.territory not in facts[forecast.indicator]:
            raise Wrong(
                f"Không có địa bàn “{forecast.territory}” trong năm này.",
                f"There is no territory “{forecast.territory}” in this year.",
            )
        if key not in series:
            series[key] = indicators.weekly(forecast.indicator, facts[forecast.indicator][forecast.territory], starts)
        compared = _compare(calendar, starts, series[key], forecast)
        if compared is None:
            skipped += 1
        else:
            rows.setdefault(forecast.indicator, []).append(compared)
    by_indicator = {name: _summed(rows[name]) for name in INDICATORS if name in rows}
    every = _summed([row for name in rows for row in rows[name]]) if rows else None
    if every:
        # Errors of counts and of shares have no common unit: over all, the ratio is the geometric mean of the indicators'.
        ratios = [row["ratio"] for row in by_indicator.values() if row["ratio"]]
        every["ratio"] = round(float(np.exp(np.mean(np.log(ratios)))), 4) if ratios else None
    return {"indicators": by_indicator, "all": every, "skipped": skipped}


def _compare(calendar: Calendar, starts: np.ndarray, values: np.ndarray, forecast: Forecast):
    """(error by scale, error, naive error, held by the interval); nothing where the year does not hold what is needed."""
    target = np.flatnonzero(starts == (forecast.target - calendar.first).days)
    known = np.flatnonzero(starts + 6 <= (forecast.origin - calendar.first).days)
    known = known[np.isfinite(values[known])]
    if not target.size or known.size < 3 or not np.isfinite(values[target[0]]):
        return None
    actual, scale = values[target[0]], float(np.abs(np.diff(values[known])).mean())
    error = abs(forecast.mean - actual)
    return (error / scale if scale else np.nan, error, abs(values[known[-1]] - actual), _held(forecast, actual))


def _held(concluded, actual: float) -> bool:
    """Whether an interval holds a value, forgiving the last rounding of a written number."""
    hair = 1e-9 * max(1.0, abs(actual))
    return bool(concluded.lower - hair <= actual <= concluded.upper + hair)


def _summed(rows: list) -> dict:
    scaled, errors, naive, held = (np.array(column, float) for column in zip(*rows, strict=True))
    return {
        "forecasts": len(rows),
        "mase": round(float(np.nanmean(scaled)), 4) if np.isfinite(scaled).any() else None,
        "ratio": round(float(errors.mean() / naive.mean()), 4) if naive.mean() else None,
        "coverage": round(float(held.mean()), 4),
    }


def effects(truth: list[dict], concluded: Sequence[Effect]) -> dict:
    """How many intervals hold the truth, nulls called an effect, wrong signs, and errors in the unit of each indicator.

    A null is an effect of exactly zero; in a very small year an intervention that pushes may still happen to change nothing.
    """
    known = {row["id"]: row for row in truth}
    rows = []
    for effect in concluded:
        if effect.id not in known:
            raise Wrong(f"Không có can thiệp “{effect.id}”.", f"There is no intervention “{effect.id}” in this year.")
        true = known[effect.id]["effect"]
        rows.append({
            "id": effect.id, "indicator": known[effect.id]["indicator"], "truth": true, "null": true == 0,
            "mean": effect.mean, "lower": effect.lower, "upper": effect.upper, "verdict": effect.verdict,
            "held": _held(effect, true),
        })  # fmt: skip
    said = [row for row in rows if row["verdict"] != "cannot say"]
    null = [row for row in rows if row["null"]]
    real = [row for row in rows if not row["null"]]
    errors = {}
    for name in sorted({row["indicator"] for row in rows}):
        pairs = [(row["mean"] - row["truth"]) for row in rows if row["indicator"] == name]
        errors[name] = round(float(np.sqrt(np.mean(np.square(pairs)))), 6)
    return {
        "concluded": len(rows),
        "missing": sorted(set(known) - {row["id"] for row in rows}),
        "held": sum(row["held"] for row in rows),
        "held_where_said": sum(row["held"] for row in said),
        "said": len(said),
        "nulls": len(null),
        "nulls_called_effect": sum(row["verdict"] == "effect" for row in null),
        "effects": len(real),
        "effects_found": sum(row["verdict"] == "effect" and row["mean"] * row["truth"] > 0 for row in real),
        "sign_errors": sum(row["verdict"] == "effect" and row["mean"] * row["truth"] < 0 for row in real),
        "rmse": errors,
        "rows": rows,
    }


def falsified(truth: set[str], concluded: Sequence[str] | None) -> dict | None:
    """Precision, recall and F1 of the offices named; nothing where nobody searched."""
    if concluded is None:
        return None
    named = set(concluded)
    right = len(named & truth)
    precision = right / len(named) if named else (0.0 if truth else 1.0)
    recall = right / len(truth) if truth else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {
        "named": len(named), "true": len(truth), "right": right,
        "precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4),
    }  # fmt: skip


def kpis(calendar: Calendar, facts: Facts, concluded: Sequence[Kpi]) -> dict:
    """Which figures are equal to those recomputed from the messages."""
    rows = []
    for kpi in concluded:
        start, end = (kpi.first - calendar.first).days, (kpi.last - calendar.first).days + 1
        if kpi.territory not in facts[kpi.indicator] or not 0 <= start < end <= calendar.days:
            raise Wrong(
                f"Kỳ hoặc địa bàn của chỉ tiêu “{kpi.indicator}/{kpi.territory}” không thuộc năm này.",
                f"The period or the territory of KPI “{kpi.indicator}/{kpi.territory}” is not in this year.",
            )
        numerators, denominators = facts[kpi.indicator][kpi.territory]
        true = indicators.over(kpi.indicator, numerators[start:end], denominators[start:end])
        close = 0.5 if kpi.indicator in indicators.COUNTS else _ROUNDED
        rows.append({
            "indicator": kpi.indicator, "territory": kpi.territory, "from": kpi.first.isoformat(), "to": kpi.last.isoformat(),
            "value": kpi.value, "truth": None if np.isnan(true) else round(true, 6),
            "equal": bool(abs(kpi.value - true) <= close),
        })  # fmt: skip
    return {
        "figures": len(rows),
        "equal": sum(row["equal"] for row in rows),
        "different": [r for r in rows if not r["equal"]],
    }


def write(result: dict, file: Path) -> None:
    try:
        file.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    except OSError as error:
        raise Wrong(f"Không ghi được tệp {file}.", f"File {file} cannot be written: {error.strerror}.")


def report(result: dict) -> str:
    """The result for a person to read."""
    lines = ["Dự báo / forecasts"]
    table = dict(result["forecasts"]["indicators"])
    if result["forecasts"]["all"]:
        table["all"] = result["forecasts"]["all"]
    lines += [
        f"  {name:16s} n={row['forecasts']:<7d} MASE={_shown(row['mase'])}  ratio={_shown(row['ratio'])}  "
        f"90% cover={row['coverage']:.1%}"
        for name, row in table.items()
    ] or ["  –"]
    found = result["effects"]
    lines += [
        "Hiệu quả / effects",
        f"  intervals that hold the truth {found['held']}/{found['concluded']}, nulls called an effect "
        f"{found['nulls_called_effect']}/{found['nulls']}, effects found {found['effects_found']}/{found['effects']}, "
        f"sign errors {found['sign_errors']}, not concluded {len(found['missing'])}",
        *(f"  RMSE {name} {value:.4f}" for name, value in found["rmse"].items()),
    ]
    named = result["falsified"]
    lines += ["Số liệu bị sửa / falsified"]
    lines += [
        f"  precision={named['precision']:.3f} recall={named['recall']:.3f} F1={named['f1']:.3f} "
        f"({named['right']} right of {named['named']} named, {named['true']} true)"
        if named
        else "  –"
    ]
    equal = result["kpis"]
    return "\n".join([*lines, "Chỉ tiêu / KPIs", f"  {equal['equal']}/{equal['figures']} equal"])


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
