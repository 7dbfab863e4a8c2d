"""What is to be expected of an indicator in the country and its provinces: forecasts that agree with each other."""

from dataclasses import dataclass

import numpy as np

from lienthong.data.intelligence.domain._forecast import Forecast, forecast
from lienthong.data.intelligence.domain._hierarchy import reconcile
from lienthong.data.intelligence.domain._models import Measure

LEAST_WEEKS = 12
"""Weeks without which nothing is forecast."""
YEAR = 52
RECENT, SHARPNESS = 6, 8
"""Past origins by which the two ways of forecasting are weighed, by their mean error to this power."""


@dataclass(frozen=True)
class _Blend:
    """Forecasts with and without the calendar, weighed by how each has done lately."""

    point: np.ndarray
    low: np.ndarray
    high: np.ndarray
    error: np.ndarray
    """(origins, series, horizon): past errors of the blend."""


def expected(
    numerators: np.ndarray,
    denominators: np.ndarray | None,
    *,
    measure: Measure,
    horizon: int,
    calendar: np.ndarray,
    level: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Forecast a whole and its parts, weekly: point, low and high of the ``level`` interval, each (nodes, horizon).

    ``numerators``, ``denominators``: (nodes, weeks), the whole first; ``denominators`` None for counts. ``calendar``: (weeks +
    horizon, columns). How many dossiers come hangs on the working days of a week, which share of them comes online does not:
    so every indicator is forecast with the calendar and without, and the two are weighed by their latest errors over all
    parts. Counts of the parts add up to the whole exactly (minimum trace); a whole's share is that of its parts, by their
    latest denominators; other quotients are forecast each by itself.

    :raises TooShort: with fewer than 12 weeks.
    """
    nodes, weeks = numerators.shape
    values = numerators
    if denominators is not None:
        with np.errstate(all="ignore"):
            values = np.where(denominators > 0, numerators / denominators, np.nan)
    # The whole is another kind of series than a part: steadier.
    how = {"horizon": horizon, "season": YEAR if weeks >= 2 * YEAR else 1, "levels": (level,), "measure": measure,
           "groups": np.array([0] + [1] * (nodes - 1))}  # fmt: skip
    if measure is Measure.SHARE:
        how["denominators"] = denominators
    made = _blended(values, [forecast(values, calendar=known, **how) for known in (calendar, None)])
    if measure is Measure.COUNT:
        parent = np.array([-1] + [0] * (nodes - 1))
        samples = made.error.transpose(1, 0, 2).reshape(nodes, -1)
        agreed = reconcile(made.point, parent, errors=samples, low=made.low[None], high=made.high[None])
        return agreed.point, agreed.low[0], agreed.high[0]
    if measure is Measure.VALUE or nodes == 1:
        return made.point, made.low, made.high
    latest = denominators[1:, -4:].sum(axis=1)
    whole = (made.point[1:] * latest[:, None]).sum(axis=0) / max(latest.sum(), 1)
    moved = whole - made.point[0]
    point, low, high = made.point.copy(), made.low.copy(), made.high.copy()
    point[0], low[0], high[0] = whole, np.clip(low[0] + moved, 0, 1), np.clip(high[0] + moved, 0, 1)
    return point, low, high


def _blended(values: np.ndarray, made: list[Forecast]) -> _Blend:
    steps = np.abs(np.diff(values, axis=1))
    with np.errstate(all="ignore"):
        scale = (np.nansum(steps, axis=1) / np.isfinite(steps).sum(axis=1))[None, :, None]
        errors = [np.abs(item.past.error[-RECENT:]) / scale for item in made]
        losses = [np.mean(known) if (known := error[np.isfinite(error)]).size else np.nan for error in errors]
    losses = [loss if np.isfinite(loss) and loss > 0 else 1.0 for loss in losses]
    weights = np.array([loss**-SHARPNESS for loss in losses])
    weights /= weights.sum()

    def mean(parts: list[np.ndarray]) -> np.ndarray:
        return sum(weight * part for weight, part in zip(weights, parts, strict=True))

    return _Blend(
        mean([item.point for item in made]), mean([item.low[0] for item in made]), mean([item.high[0] for item in made]),
        mean([item.past.error for item in made]),
    )  # fmt: skip
