"""Makes the files of a year. Provinces and days are worked on side by side; the files do not depend on by how many hands."""

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from . import decisions, falsification, indicators, messages, truth
from .errors import Wrong
from .falsification import FEWEST_FALSIFIED, Falsifier
from .procedures import PROCEDURES
from .world import Columns, Plan, World, build, simulate

FORMAT = 1
FEWEST, MOST = 1_000, 5_000_000

_shared: dict[str, object] = {}
"""What the workers of a step read: set before they are forked, so that nothing large is sent to them."""


def make(seed: int, folder: Path, dossiers: int, first: date, workers: int | None = None) -> dict:
    """Write a whole year into an empty folder; returns what ``year.json`` says."""
    workers = min(os.cpu_count() or 1, 8) if workers is None else workers
    _check(seed, folder, dossiers, first, workers)
    with _progress() as step:
        world = build(seed, dossiers, first)
        plan = _plan(world, workers, step)
        plan, come = _live(world, plan, workers, step)
        _shared.update(world=world, plan=plan, come=come, queue=messages.queue(world, come), folder=folder)
        try:
            effects = _effects(world, plan, workers, step)
            return _write(world, plan, come, effects, folder, workers, step)
        finally:
            _shared.clear()


def _check(seed: int, folder: Path, dossiers: int, first: date, workers: int) -> None:
    if not 1 <= workers <= 64:
        raise Wrong("Số tiến trình (--workers) phải từ 1 đến 64.", "--workers must be between 1 and 64.")
    if not 0 <= seed < 2**63:
        raise Wrong("Số khởi tạo (--seed) phải là số nguyên không âm.", "The seed must be a whole number, 0 or more.")
    if not FEWEST <= dossiers <= MOST:
        raise Wrong(
            f"Số hồ sơ (--dossiers) phải từ {FEWEST} đến {MOST}.", f"--dossiers must be between {FEWEST} and {MOST}."
        )
    if not 2005 <= first.year <= 2090:
        raise Wrong(
            "Ngày đầu (--from) phải từ năm 2005 đến năm 2090.", "--from must be between the years 2005 and 2090."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        empty = not any(folder.iterdir())
    except OSError as error:
        raise Wrong(f"Không dùng được thư mục {folder}.", f"Folder {folder} cannot be used: {error.strerror}.")
    if not empty:
        raise Wrong(
            f"Thư mục {folder} không trống; hãy chọn thư mục mới.", f"Folder {folder} is not empty; choose another one."
        )


def _plan(world: World, workers: int, step: Callable) -> Plan:
    """Decisions are taken by what a year without them looks like."""
    _shared.update(world=world)
    daily: dict[str, dict] = {name: {} for name in indicators.INDICATORS}
    could: dict[str, list[tuple[float, Falsifier]]] = {}
    for province, facts, candidates in step("Năm thử, chưa có can thiệp", _pilot, world.provinces, workers):
        could[province] = candidates
        for name, places in facts.items():
            daily[name] |= places
    weeks = range(0, world.calendar.days - 6, 7)

    def weekly(indicator: str) -> tuple[list[str], np.ndarray]:
        return world.provinces, np.stack(
            [indicators.weekly(indicator, daily[indicator][province], weeks) for province in world.provinces]
        )

    chosen = decisions.decide(world.draws, world.calendar, world.offices, world.shocks, weekly)
    return Plan(chosen, falsification.choose(could, len(world.offices)))


def _pilot(province: str) -> tuple[str, dict, list[tuple[float, Falsifier]]]:
    world: World = _shared["world"]
    come = simulate(world, Plan(), province)
    with indicators.connect(threads=1) as database:
        indicators.load_columns(database, world, come)
        facts = indicators.facts(database, world.calendar)
    return province, facts, falsification.candidates(world, province, come)


def _live(world: World, plan: Plan, workers: int, step: Callable) -> tuple[Plan, Columns]:
    """The year itself. An office that, with the interventions, has too few late dossiers to falsify does not falsify."""
    _shared.update(plan=plan)
    lived = dict(zip(world.provinces, step("Năm thật", _simulate, world.provinces, workers), strict=True))
    counts = [truth.falsified(world, plan, come) for come in lived.values()]
    total = {row["agency"]: 0 for row in counts[0]}
    for row in (row for rows in counts for row in rows):
        total[row["agency"]] += row["dossiers"]
    kept = tuple(f for f in plan.falsifiers if total[world.offices.code[f.office]] >= FEWEST_FALSIFIED)
    dropped = {f.office for f in plan.falsifiers} - {f.office for f in kept}
    plan = Plan(plan.interventions, kept)
    for province in sorted({str(world.offices.province[office]) for office in dropped}):
        lived[province] = simulate(world, plan, province)
    names = lived[world.provinces[0]]
    return plan, {name: np.concatenate([lived[province][name] for province in world.provinces]) for name in names}


def _simulate(province: str) -> Columns:
    return simulate(_shared["world"], _shared["plan"], province)


def _effects(world: World, plan: Plan, workers: int, step: Callable) -> dict[str, float]:
    tasks = [(item.id, province) for item in plan.interventions if not item.is_null for province in item.provinces]
    found: dict[str, list[np.ndarray]] = {}
    for (name, _), difference in zip(tasks, step("Hiệu quả thật", _difference, tasks, workers), strict=True):
        found.setdefault(name, []).append(difference)
    return {name: truth.effect(differences) for name, differences in found.items()}


def _difference(task: tuple[str, str]) -> np.ndarray:
    world, plan, come = _shared["world"], _shared["plan"], _shared["come"]
    intervention = next(item for item in plan.interventions if item.id == task[0])
    here = np.flatnonzero(world.offices.province[come["office"]] == task[1])
    return truth.difference(world, plan, intervention, task[1], {name: column[here] for name, column in come.items()})


def _write(world: World, plan: Plan, come: Columns, effects: dict, folder: Path, workers: int, step: Callable) -> dict:
    for name in ("days", "ratings", "truth"):
        (folder / name).mkdir()
    sums = {
        "procedures.jsonl": _put(folder / "procedures.jsonl", _lines(item.public() for item in PROCEDURES)),
        "offices.jsonl": _put(folder / "offices.jsonl", _lines(world.offices.public())),
        "interventions.json": _put(
            folder / "interventions.json", _json([item.public(world.calendar) for item in plan.interventions])
        ),
    }
    for written in step("Thông điệp từng ngày", _write_day, range(world.calendar.days), workers):
        sums |= written
    _put(folder / "truth" / "interventions.json", _json(truth.interventions(plan, effects)))
    _put(folder / "truth" / "falsified.json", _json(truth.falsified(world, plan, come)))
    _put(folder / "truth" / "shocks.json", _json(truth.shocks(world)))
    _put(folder / "truth" / "parameters.json", _json(truth.parameters(world)))
    described = {
        "format": FORMAT,
        "seed": world.seed,
        "options": {"dossiers": world.dossiers, "from": world.calendar.first.isoformat()},
        "first_day": world.calendar.first.isoformat(),
        "last_day": world.calendar.last.isoformat(),
        "counts": {
            "dossiers": int((come["sent_received"] < world.calendar.end).sum()),
            "messages": int(_shared["queue"].row.size),
            "ratings": int((come["rated"] < world.calendar.end).sum()),
            "offices": len(world.offices),
            "procedures": len(PROCEDURES),
            "interventions": len(plan.interventions),
        },
        "sha256": dict(sorted(sums.items())),
    }
    _put(folder / "year.json", _json(described))
    return described


def _write_day(day: int) -> dict[str, str]:
    world, come, folder = _shared["world"], _shared["come"], _shared["folder"]
    name = f"{world.calendar.dates[day].isoformat()}.jsonl.gz"
    return {
        f"days/{name}": _put(folder / "days" / name, messages.render(world, come, _shared["queue"], day)),
        f"ratings/{name}": _put(folder / "ratings" / name, messages.ratings(world, come, day)),
    }


def _put(file: Path, content: bytes) -> str:
    file.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def _lines(rows: Iterable[dict]) -> bytes:
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


@contextmanager
def _progress() -> Iterator[Callable]:
    """``step(title, function, tasks, workers)``: results in the order of the tasks, with a bar on standard error."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def step(title: str, function: Callable, tasks: Iterable, workers: int) -> Iterator:
            tasks = list(tasks)
            return progress.track(_side_by_side(function, tasks, workers), total=len(tasks), description=title)

        yield step


def _side_by_side(function: Callable, tasks: list, workers: int) -> Iterator:
    if workers == 1:
        yield from map(function, tasks)
        return
    # Forked, not spawned: the year's columns are read by the workers where they lie.
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        yield from pool.imap(function, tasks)
