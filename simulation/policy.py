"""A policy tried before it is ordered: the same years lived with it and without it.

What it says of the real administration is as good as the simulator is: the size of each push is what somebody believes of the
policy, and the answer is what then becomes of queues, deadlines and shares in years with their own storms and shortages.
"""

import json
import multiprocessing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from . import indicators
from .calendar import Calendar
from .decisions import LOWER_IS_BETTER
from .errors import Wrong
from .interventions import Intervention
from .procedures import PROCEDURES
from .world import Plan, World, build, simulate

PUSHES = ("slow", "capacity", "online", "pay", "digitise", "e_result", "supplement", "reuse", "rating")
"""What a policy can push, as :class:`interventions.Intervention` describes it."""
STRONGEST, MOST_YEARS = 2.0, 50
WEEKS = 8
"""Weeks after the start that are compared."""
_NAMES = {
    "received": "Hồ sơ tiếp nhận", "finished": "Hồ sơ xong", "on_time": "Đúng hạn, %",
    "handling_ratio": "Thời gian so với luật, %", "online": "Trực tuyến, %", "paid_online": "Thanh toán trực tuyến, %",
    "digitised": "Số hóa, %", "e_result": "Kết quả điện tử, %", "supplemented": "Phải bổ sung, %",
    "reused": "Giấy tờ dùng lại, %", "satisfaction": "Hài lòng, điểm", "backlog": "Hồ sơ quá hạn còn tồn",
}  # fmt: skip
_PLAIN = (*indicators.COUNTS, "satisfaction", "backlog")
"""Not shown in per cent."""


@dataclass(frozen=True)
class Policy:
    """What is tried: where, from which day of the year on, in which sector (empty: in all), and what it pushes how hard."""

    title: str
    provinces: tuple[str, ...]
    sector: str
    start: int
    pushes: tuple[tuple[str, float], ...]

    def as_intervention(self) -> Intervention:
        return Intervention("try", self.title, "", "", self.provinces, (), self.sector, self.start, "", self.pushes)


def read(file: Path, calendar: Calendar, provinces: list[str]) -> Policy:
    """Read a policy from its JSON file.

    :raises Wrong: naming what is not right.
    """
    try:
        told: Mapping[str, Any] = json.loads(file.read_text("utf-8"))
        pushes = {str(name): float(size) for name, size in told["pushes"].items()}
        chosen = tuple(told["provinces"]) or tuple(provinces)
        start = calendar.dates.index(date.fromisoformat(told["start"]))
        policy = Policy(str(told["title"]), chosen, str(told.get("sector", "")), start, tuple(pushes.items()))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Wrong(f"Tệp chính sách chưa đúng: {error}.", f"The file of the policy is not right: {error}.") from None
    if unknown := set(pushes) - set(PUSHES):
        raise Wrong(
            f"Không có lực đẩy {', '.join(sorted(unknown))}; có: {', '.join(PUSHES)}.",
            f"There is no push {', '.join(sorted(unknown))}; there are {', '.join(PUSHES)}.",
        )
    if not pushes or not all(0 < abs(size) <= STRONGEST for size in pushes.values()):
        raise Wrong(
            f"Mỗi lực đẩy phải khác 0 và không quá {STRONGEST:g}.",
            f"Each push must be other than 0, up to {STRONGEST:g}.",
        )
    if unknown := set(chosen) - set(provinces):
        raise Wrong(
            f"Không có tỉnh {', '.join(sorted(unknown))}.", f"There is no province {', '.join(sorted(unknown))}."
        )
    if policy.sector and policy.sector not in {procedure.sector for procedure in PROCEDURES}:
        raise Wrong(f"Không có lĩnh vực {policy.sector}.", f"There is no sector {policy.sector}.")
    if start + WEEKS * 7 > calendar.days:
        raise Wrong(
            f"Sau ngày bắt đầu phải còn {WEEKS} tuần trong năm mô phỏng.",
            f"{WEEKS} weeks of the simulated year must follow the start.",
        )
    return policy


def lived(file: Path, *, first: date, seed: int, years: int, dossiers: int, workers: int) -> dict[str, Any]:
    """Live years with and without a policy; what it changed, by indicator.

    :param years: how many years, of the seeds from ``seed`` on, each with its own shocks and chances.
    :returns: ``{"title", "years", "weeks", "indicators": {name: {"without", "change", "low", "high"}}}``; of each indicator its
        mean over treated provinces and weeks without the policy, and the change: its mean over years, and the least and the
        most that any year brought.
    :raises Wrong: the policy is not right, or too many years.
    """
    if not 1 <= years <= MOST_YEARS:
        raise Wrong(f"Số năm phải từ 1 đến {MOST_YEARS}.", f"The number of years must be 1 to {MOST_YEARS}.")
    world = build(seed, dossiers, first)
    policy = read(file, world.calendar, world.provinces)
    tasks = [(policy, number, dossiers, first) for number in range(seed, seed + years)]
    found = list(_each(tasks, workers))
    result = {}
    for name in indicators.INDICATORS:
        without = np.array([year[name][0] for year in found])
        change = np.array([year[name][1] for year in found])
        known = np.isfinite(change)
        if known.any():
            result[name] = {
                "without": float(without[known].mean()), "change": float(change[known].mean()),
                "low": float(change[known].min()), "high": float(change[known].max()),
            }  # fmt: skip
    return {"title": policy.title, "years": years, "weeks": WEEKS, "indicators": result}


def report(result: Mapping[str, Any]) -> None:
    """Print what was found as a table, the better and the worse marked."""
    table = Table(title=f"{result['title']} – {result['years']} năm mô phỏng / simulated years, {WEEKS} tuần / weeks")
    for name in (
        "Chỉ tiêu / indicator",
        "Nếu không / without",
        "Thay đổi / change",
        "Ít nhất … nhiều nhất / least … most",
    ):
        table.add_column(name, justify="left" if "/ indicator" in name else "right")
    for name, row in result["indicators"].items():
        scale = 1 if name in _PLAIN else 100
        without, change, low, high = (f"{row[key] * scale:+.2f}" for key in ("without", "change", "low", "high"))
        sure = row["low"] > 0 or row["high"] < 0
        good = (row["change"] < 0) is (name in LOWER_IS_BETTER)
        style = ("green" if good else "red") if sure and name not in indicators.COUNTS else ""
        table.add_row(_NAMES[name], without.lstrip("+"), change, f"{low} … {high}", style=style)
    Console(width=120).print(table)


def _each(tasks: list[tuple], workers: int) -> Iterator[dict[str, tuple[float, float]]]:
    said = "Sống thử / living"
    if workers == 1:
        yield from (_year(task) for task in track(tasks, said, transient=True))
        return
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        yield from track(pool.imap(_year, tasks), said, total=len(tasks), transient=True)


def _year(task: tuple[Policy, int, int, date]) -> dict[str, tuple[float, float]]:
    """(without, change) of each indicator in one year, as means over the treated provinces and the weeks."""
    policy, seed, dossiers, first = task
    world = build(seed, dossiers, first)
    weeks = [policy.start + 7 * number for number in range(WEEKS)]
    pairs: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {name: [] for name in indicators.INDICATORS}
    for province in policy.provinces:
        without, with_it = (
            _weekly(world, plan, province, weeks) for plan in (Plan(), Plan((policy.as_intervention(),)))
        )
        for name, values in without.items():
            pairs[name].append((values, with_it[name]))
    result = {}
    for name, found in pairs.items():
        without, with_it = (np.concatenate([pair[side] for pair in found] or [np.zeros(0)]) for side in (0, 1))
        known = np.isfinite(without) & np.isfinite(with_it)
        mean = float(without[known].mean()) if known.any() else float("nan")
        result[name] = (mean, float((with_it - without)[known].mean()) if known.any() else float("nan"))
    return result


def _weekly(world: World, plan: Plan, province: str, weeks: list[int]) -> dict[str, np.ndarray]:
    come = simulate(world, plan, province)
    with indicators.connect(threads=1) as database:
        indicators.load_columns(database, world, come)
        facts = indicators.facts(database, world.calendar)
    unknown = np.full(len(weeks), np.nan)
    return {
        name: indicators.weekly(name, places[province], weeks) if province in places else unknown
        for name, places in facts.items()
    }
