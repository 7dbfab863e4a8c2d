"""Offices that enter late dossiers as finished in time.

The work is done, and the message sent, when it is done; only the claimed end is moved to shortly before the deadline. Three
styles: ``blatant`` (the last half hour, round minutes, one stamp for what is ended together), ``batch`` (once a week, several
within minutes of each other, before the first of their deadlines), ``subtle`` (anywhere in the last two working days, mostly odd
minutes, fewer dossiers).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .calendar import DAY, WORKED_DAY
from .handling import NEVER

if TYPE_CHECKING:
    from .world import Columns, World

STYLES = ("blatant", "batch", "subtle")
SHARE = 0.0225
"""The part of all offices that falsify."""
FEWEST_DOSSIERS, FEWEST_FALSIFIED = 60, 12
_SPARE = 6
"""How many more falsified dossiers a candidate must have at first: interventions may later take some away."""


@dataclass(frozen=True)
class Falsifier:
    """One office that falsifies: from which day, how, and which part of its late dossiers."""

    office: int
    start: int
    style: str
    part: float


def claim(world: "World", falsifiers: tuple[Falsifier, ...], come: "Columns") -> None:
    """Adds ``claimed`` (the end that is told) and ``falsified``."""
    come["claimed"], come["falsified"] = come["end"].copy(), np.zeros(come["id"].size, bool)
    for falsifier in falsifiers:
        rows = np.flatnonzero(come["office"] == falsifier.office)
        if rows.size:
            _falsify(world, falsifier, {name: column[rows] for name, column in come.items()}, rows, come)


def _falsify(world: "World", falsifier: Falsifier, own: "Columns", rows: np.ndarray, come: "Columns") -> None:
    calendar, draws, ids = world.calendar, world.draws, own["id"]
    wanted = own["late"] & (own["asked2"] == NEVER) & (own["end"] >= falsifier.start * DAY)
    wanted &= draws.uniform("falsification/which", ids) < falsifier.part
    limit = calendar.worked(own["deadline"])
    # What is ended on one day (for ``batch``: in one week) and due in the same is re-dated in one session.
    width = 7 if falsifier.style == "batch" else 1
    day_due, day_ended = own["deadline"] // DAY // width, np.minimum(own["end"] // DAY, 4_000) // width
    session = (day_due * 4_096 + day_ended).astype(np.uint64)
    together = draws.uniform(f"falsification/session/{falsifier.office}", session)
    alone = draws.uniform("falsification/alone", ids)
    rounded = draws.uniform("falsification/rounded", ids)
    if falsifier.style == "blatant":
        chosen, rounds = np.where(alone < 0.8, together, alone) * 2_400, rounded < 0.9
    elif falsifier.style == "batch":
        joins = wanted & (alone < 0.8)
        limit = np.where(joins, _earliest(limit, session, joins), limit)
        chosen, rounds = np.where(joins, together * 9_000 + alone * 700, alone * WORKED_DAY), rounded < 0.55
    else:
        chosen, rounds = alone**1.3 * 1.8 * WORKED_DAY, rounded < 0.25
    stamp = calendar.stamp(np.maximum(limit - 1 - chosen.astype(np.int64), 0))
    quarter = stamp // 900 * 900
    stamp = np.where(rounds & calendar.is_worked_moment(quarter), quarter, stamp)
    back = np.where(own["back1"] < NEVER, own["back1"], 0)
    earliest = np.maximum(own["received"], back) + 900
    can = wanted & (stamp >= earliest) & (stamp <= own["deadline"]) & (stamp < own["end"])
    come["claimed"][rows[can]] = stamp[can]
    come["falsified"][rows[can]] = True


def _earliest(limit: np.ndarray, session: np.ndarray, joins: np.ndarray) -> np.ndarray:
    """For each dossier the first limit among those of its session that join in."""
    _, group = np.unique(session, return_inverse=True)
    first = np.full(group.max(initial=0) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, group[joins], limit[joins])
    return first[group]


def candidates(world: "World", province: str, come: "Columns") -> list[tuple[float, Falsifier]]:
    """The offices of a province that could falsify and would have a motive, each with the way it would and how far it is from
    doing so, the nearest first."""
    generator = world.draws.generator("falsification", province)
    found = []
    for office in world.offices.of(province):
        start, part = int(generator.integers(45, 200)), float(generator.uniform(0.75, 0.95))
        style = STYLES[int(generator.choice(3, p=(0.4, 0.35, 0.25)))]
        part = part * 0.8 if style == "subtle" else part
        far = float(generator.random())
        own = come["office"] == office
        if own.sum() < FEWEST_DOSSIERS:
            continue
        falsifier = Falsifier(int(office), start, style, part)
        count = tell(world, (falsifier,), {name: column[own] for name, column in come.items()})[int(office)]
        if count < FEWEST_FALSIFIED + _SPARE:
            continue
        motive = come["late"][own].mean() / max(come["late"].mean(), 1e-9)
        # Departments are few, large and watched: most of those that falsify are communes.
        far += -0.25 * min(motive, 2.5) + (0.0 if world.offices.is_commune[office] else 0.9)
        found.append((far, falsifier))
    return sorted(found, key=lambda item: item[0])


def choose(by_province: dict[str, list[tuple[float, Falsifier]]], offices: int) -> tuple[Falsifier, ...]:
    """About two in a hundred offices, spread over provinces: every one taken makes the next of its province less likely."""
    every = [
        (far + 0.12 * turn, falsifier)
        for province in sorted(by_province)
        for turn, (far, falsifier) in enumerate(by_province[province])
    ]
    taken = sorted(every, key=lambda item: (item[0], item[1].office))[: round(offices * SHARE)]
    return tuple(sorted((falsifier for _, falsifier in taken), key=lambda falsifier: falsifier.office))


def tell(world: "World", falsifiers: tuple[Falsifier, ...], come: "Columns") -> dict[int, int]:
    """How many dossiers each office would falsify, and tell within the year."""
    trial = dict(come)
    claim(world, falsifiers, trial)
    told = trial["falsified"] & (trial["end"] < world.calendar.end - 7 * DAY)
    return {f.office: int((told & (trial["office"] == f.office)).sum()) for f in falsifiers}
