"""What was truly so: the effect of each intervention, and the secrets of the year."""

import numpy as np

from . import indicators
from .decisions import WEEKS
from .interventions import Intervention
from .world import Columns, Plan, World, simulate


def window(intervention: Intervention) -> list[int]:
    """The first days of the eight weeks in which an effect is measured."""
    return [intervention.start + 7 * week for week in range(WEEKS)]


def measured(world: World, intervention: Intervention, come: Columns) -> dict[str, np.ndarray]:
    """The weekly values of the indicator an intervention wants to move, in its eight weeks.

    Each treated province is a unit; treated communes are taken together as one, because a commune's week is a handful of
    dossiers. With a sector, only its dossiers count.
    """
    where = ["true"]
    if intervention.sector:
        where.append(f"sector = '{intervention.sector}'")
    if intervention.communes:
        where.append("territory IN ({})".format(", ".join(f"'{code}'" for code in intervention.communes)))
    by = "'all'" if intervention.communes else "province"
    with indicators.connect(threads=1) as database:
        indicators.load_columns(database, world, come)
        only = intervention.indicator
        daily = indicators.facts(database, world.calendar, by=by, where=" AND ".join(where), only=only)[only]
    return {place: indicators.weekly(only, values, window(intervention)) for place, values in daily.items()}


def difference(world: World, plan: Plan, intervention: Intervention, province: str, lived: Columns) -> np.ndarray:
    """What one intervention changed in one province, week by week: the year as it was less the same year without it."""
    other = simulate(world, plan.without(intervention.id), province)
    with_it, without_it = measured(world, intervention, lived), measured(world, intervention, other)
    unknown = np.full(WEEKS, np.nan)  # in a very small year a sector may have no dossier
    (changed,) = [with_it[place] - without_it.get(place, unknown) for place in with_it] or [unknown]
    return changed


def effect(differences: list[np.ndarray]) -> float:
    """The mean over weeks and units; exactly zero where nothing was pushed."""
    weeks = np.concatenate([np.zeros(0), *differences])
    weeks = weeks[np.isfinite(weeks)]
    return round(float(weeks.mean()), 9) if weeks.size else 0.0


def interventions(plan: Plan, effects: dict[str, float]) -> list[dict]:
    return [
        {
            "id": item.id,
            "indicator": item.indicator,
            "effect": effects.get(item.id, 0.0),
            "null": item.is_null,
            "strength": dict(item.strength),
        }
        for item in plan.interventions
    ]


def falsified(world: World, plan: Plan, come: Columns) -> list[dict]:
    """The offices that falsified, and how many dossiers of the year."""
    told = come["falsified"] & (come["sent_ended"] < world.calendar.end)
    count = np.bincount(come["office"][told], minlength=len(world.offices))
    return [
        {
            "agency": world.offices.code[item.office],
            "since": world.calendar.date(item.start).isoformat(),
            "style": item.style,
            "part": round(item.part, 3),
            "dossiers": int(count[item.office]),
        }
        for item in plan.falsifiers
    ]


def parameters(world: World) -> dict:
    """The habits of the offices, as drawn."""
    return {
        "offices": {
            code: {name: round(float(values[number]), 4) for name, values in world.offices.habit.items()}
            | {"expected": round(float(world.offices.size[number]), 1), "sync": int(world.offices.sync[number])}
            for number, code in enumerate(world.offices.code)
        }
    }


def shocks(world: World) -> list[dict]:
    return [shock.told(world.calendar, world.offices) for shock in world.shocks]
