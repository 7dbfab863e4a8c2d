"""What an analysis concluded, read from its file; whatever has the wrong shape is refused in one sentence."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from .errors import Wrong
from .indicators import INDICATORS

VERDICTS = ("effect", "none", "cannot say")


@dataclass(frozen=True)
class Forecast:
    """A week's value foretold at the end of a day; the interval is meant to hold it nine times in ten."""

    indicator: str
    territory: str
    origin: date
    target: date
    mean: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Effect:
    """What was concluded about one intervention."""

    id: str
    mean: float
    lower: float
    upper: float
    verdict: str


@dataclass(frozen=True)
class Kpi:
    """A figure shown for a period, both days included."""

    indicator: str
    territory: str
    first: date
    last: date
    value: float


@dataclass(frozen=True)
class Conclusions:
    """All of them; a part that was not concluded is empty, ``falsified`` is None where nobody searched."""

    forecasts: list[Forecast] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    falsified: list[str] | None = None
    kpis: list[Kpi] = field(default_factory=list)


def read(file: Path) -> Conclusions:
    """The conclusions of a file."""
    try:
        told = orjson.loads(file.read_bytes())
    except OSError:
        raise Wrong(f"Không đọc được tệp kết luận {file}.", f"The conclusions file {file} cannot be read.")
    except orjson.JSONDecodeError as error:
        raise Wrong(f"Tệp kết luận {file} không phải là JSON.", f"The conclusions file {file} is not JSON: {error}.")
    if not isinstance(told, dict):
        raise _misshapen("", "an object", told)
    unknown = sorted(set(told) - {"forecasts", "effects", "falsified", "kpis"})
    if unknown:
        raise Wrong(f"Tệp kết luận có phần lạ “{unknown[0]}”.", f"The conclusions have an unknown part “{unknown[0]}”.")
    falsified = None
    if "falsified" in told:
        listed = _a(list, told["falsified"], "falsified", "a list")
        falsified = [_a(str, code, f"falsified[{number}]", "an agency code") for number, code in enumerate(listed)]
    return Conclusions(
        _each(told, "forecasts", _forecast), _each(told, "effects", _effect), falsified, _kpis(told.get("kpis", {}))
    )


def _each(told: dict, part: str, read_one: Callable[[dict, str], Any]) -> list:
    listed = _a(list, told.get(part, []), part, "a list")
    return [
        read_one(_a(dict, row, f"{part}[{number}]", "an object"), f"{part}[{number}]")
        for number, row in enumerate(listed)
    ]


def _forecast(row: dict, where: str) -> Forecast:
    forecast = Forecast(
        _one_of(INDICATORS, row.get("indicator"), f"{where}.indicator"),
        _a(str, row.get("territory"), f"{where}.territory", "a province code"),
        _day(row.get("origin"), f"{where}.origin"),
        _day(row.get("target"), f"{where}.target"),
        *_interval(row, where),
    )
    if forecast.target.weekday() != 0 or forecast.target <= forecast.origin:
        raise _misshapen(f"{where}.target", "a Monday after the origin", row.get("target"))
    return forecast


def _effect(row: dict, where: str) -> Effect:
    return Effect(
        _a(str, row.get("id"), f"{where}.id", "an intervention's id"),
        *_interval(row, where),
        _one_of(VERDICTS, row.get("verdict"), f"{where}.verdict"),
    )


def _kpis(told: Any) -> list[Kpi]:
    result = []
    for indicator, places in _a(dict, told, "kpis", "an object").items():
        _one_of(INDICATORS, indicator, "kpis")
        for territory, row in _a(dict, places, f"kpis.{indicator}", "an object").items():
            where = f"kpis.{indicator}.{territory}"
            row = _a(dict, row, where, "an object with from, to and value")
            first, last = _day(row.get("from"), f"{where}.from"), _day(row.get("to"), f"{where}.to")
            result.append(Kpi(indicator, territory, first, last, _number(row.get("value"), f"{where}.value")))
    return result


def _interval(row: dict, where: str) -> tuple[float, float, float]:
    mean, lower, upper = (_number(row.get(name), f"{where}.{name}") for name in ("mean", "lower", "upper"))
    if lower > upper:
        raise _misshapen(f"{where}.lower", "not above upper", lower)
    return mean, lower, upper


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _misshapen(where, "a number", value)
    return float(value)


def _day(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _misshapen(where, "a day like 2026-03-02", value)


def _one_of(allowed: tuple[str, ...], value: Any, where: str) -> str:
    if value not in allowed:
        raise _misshapen(where, f"one of {', '.join(allowed)}", value)
    return value


def _a(kind: type, value: Any, where: str, name: str) -> Any:
    if not isinstance(value, kind):
        raise _misshapen(where, name, value)
    return value


def _misshapen(where: str, wanted: str, value: Any) -> Wrong:
    place, shown = where or "conclusions", repr(value)[:60]
    return Wrong(
        f"Tệp kết luận sai ở “{place}”: gặp {shown}.",
        f"The conclusions are wrong at “{place}”: {shown} is not {wanted}.",
    )
