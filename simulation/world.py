"""The world of a seed, and one province of it lived through once."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from . import arrivals, falsification, handling, offices, sending, shocks
from .calendar import Calendar
from .draws import Draws
from .interventions import Intervention, Pushes
from .offices import Offices
from .shocks import Shock

Columns = dict[str, np.ndarray]
"""Dossiers as equally long columns."""


@dataclass(frozen=True)
class World:
    """What is drawn once for a seed: everything but decisions."""

    seed: int
    dossiers: int
    draws: Draws
    calendar: Calendar
    offices: Offices
    shocks: list[Shock]

    @property
    def provinces(self) -> list[str]:
        return sorted(set(self.offices.province.tolist()))


@dataclass(frozen=True)
class Plan:
    """Decisions taken in the world: public interventions, and offices that falsify."""

    interventions: tuple[Intervention, ...] = ()
    falsifiers: tuple[falsification.Falsifier, ...] = field(default=())

    def without(self, intervention: str) -> "Plan":
        """The same plan, had this one intervention not been decided."""
        return Plan(tuple(item for item in self.interventions if item.id != intervention), self.falsifiers)


def build(seed: int, dossiers: int, first: date) -> World:
    """The world of a seed."""
    draws, calendar = Draws(seed), Calendar(first)
    all_offices = offices.build(draws, dossiers)
    return World(seed, dossiers, draws, calendar, all_offices, shocks.draw(draws, calendar, all_offices))


def simulate(world: World, plan: Plan, province: str) -> Columns:
    """One province's dossiers of the year: what came, what was done, what was claimed, what was sent when.

    Provinces do not touch each other, so each may be lived through alone, and again without one decision.
    """
    here = world.offices.of(province)
    weather = shocks.weather(world.shocks, province, here, len(world.calendar.dates))
    pushes = Pushes(plan.interventions, province, world.offices, here)
    come = arrivals.draw(world, here, weather, pushes)
    handling.handle(world, here, weather, pushes, come)
    falsification.claim(world, plan.falsifiers, come)
    sending.send(world, weather, come)
    sending.rate(world, pushes, come)
    return come
