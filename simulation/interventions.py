"""A public intervention and how it pushes the world of the units it treats."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .calendar import Calendar
from .procedures import PROCEDURES

if TYPE_CHECKING:
    from .offices import Offices
    from .world import Columns

RAMP = 12
"""Days until an intervention works in full; it begins with a quarter of it."""
_SECTORS = np.array([procedure.sector for procedure in PROCEDURES])


@dataclass(frozen=True)
class Intervention:
    """One decision. ``strength`` is its secret: for each thing it pushes, how hard (none: it changes nothing).

    Things pushed: ``slow`` (log of handling time, minus is faster), ``capacity`` (log of the units of work a day) and logits of
    shares: ``online``, ``pay``, ``digitise``, ``e_result``, ``supplement``, ``reuse``; ``rating`` (points of the five levels).
    """

    id: str
    title: str
    what: str
    indicator: str
    provinces: tuple[str, ...]
    communes: tuple[str, ...]
    sector: str
    start: int
    target: str
    strength: tuple[tuple[str, float], ...] = ()

    @property
    def is_null(self) -> bool:
        return not self.strength

    def public(self, calendar: Calendar) -> dict:
        """What everybody may know of it."""
        return {
            "id": self.id,
            "title": self.title,
            "what": self.what,
            "indicator": self.indicator,
            "level": "commune" if self.communes else "province",
            "units": list(self.communes or self.provinces),
            "province": self.provinces[0] if self.communes else None,
            "sector": self.sector or None,
            "start": calendar.date(self.start).isoformat(),
            "target": self.target,
        }


class Pushes:
    """The sum of all interventions on the dossiers of one province."""

    def __init__(
        self, interventions: tuple[Intervention, ...], province: str, offices: "Offices", here: np.ndarray
    ) -> None:
        self._here = [item for item in interventions if province in item.provinces and not item.is_null]
        territory = np.array(offices.territory)[here]
        self._treated = {
            item.id: np.isin(territory, item.communes) if item.communes else np.ones(here.size, bool)
            for item in self._here
        }

    def of(self, thing: str, come: "Columns", day: np.ndarray | None = None) -> np.ndarray:
        """The push on one thing for every dossier, by the day it is met (day of receipt unless told otherwise)."""
        day = come["day"] if day is None else day
        total = np.zeros(day.size)
        for item in self._here:
            strength = dict(item.strength).get(thing, 0.0)
            if not strength:
                continue
            met = self._treated[item.id][come["local"]]
            if item.sector:
                met = met & (_SECTORS[come["procedure"]] == item.sector)
            total += strength * met * ramp(day, item.start)
        return total

    def of_offices(self, thing: str, days: int) -> np.ndarray:
        """The push on offices × days; an intervention in one sector does not change the capacity of an office."""
        first = next(iter(self._treated.values()), np.zeros(0, bool))
        total = np.zeros((first.size, days)) if first.size else np.zeros((1, days))
        for item in self._here:
            strength = 0.0 if item.sector else dict(item.strength).get(thing, 0.0)
            total += strength * np.outer(self._treated[item.id], ramp(np.arange(days), item.start))
        return total


def ramp(day: np.ndarray, start: int) -> np.ndarray:
    """0 before the start, a quarter on it, 1 from ``RAMP`` days after it on."""
    since = day - start
    return np.where(since < 0, 0.0, np.minimum(1.0, 0.25 + 0.75 * since / RAMP))
