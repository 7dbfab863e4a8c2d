"""What is to be expected of an indicator in the country and its provinces: forecasts that agree with each other."""

import numpy as np

from lienthong.data.intelligence.domain._forecast import Backtest, Forecast, forecast
from lienthong.data.intelligence.domain._hierarchy import reconcile, reconcile_shares
from lienthong.data.intelligence.domain._models import Measure

LEAST_WEEKS = 12
"""Weeks without which nothing is forecast."""
YEAR = 52


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
    horizon, columns). Counts of the parts add up to the whole exactly; shares do through their numerators and denominators;
    other quotients are forecast each by itself.

    :raises TooShort: with fewer than 12 weeks.
    """
    nodes, weeks = numerators.shape
    parent = np.array([-1] + [0] * (nodes - 1))
    # The whole is another kind of series than a part: steadier.
    how = {"horizon": horizon, "season": YEAR if weeks >= 2 * YEAR else 1, "calendar": calendar, "levels": (level,),
           "groups": np.array([0] + [1] * (nodes - 1))}  # fmt: skip
    if measure is Measure.COUNT:
        made = forecast(numerators, measure=measure, **how)
        agreed = reconcile(made.point, parent, errors=_samples(made.past.error), low=made.low, high=made.high)
        return agreed.point, agreed.low[0], agreed.high[0]
    with np.errstate(all="ignore"):
        values = np.where(denominators > 0, numerators / denominators, np.nan)
    if measure is Measure.VALUE:
        made = forecast(values, measure=measure, **how)
        return made.point, made.low[0], made.high[0]
    whole = forecast(denominators, measure=Measure.COUNT, **how)
    made = forecast(
        values, measure=measure, denominators=denominators, future_denominators=np.maximum(whole.point, 0), **how
    )
    agreed = reconcile_shares(
        np.clip(made.point, 0, 1), np.maximum(whole.point, 0), parent, errors=_samples(_of_numerators(made, denominators)),
        denominator_errors=_samples(whole.past.error), low=made.low, high=made.high,
    )  # fmt: skip
    return agreed.share, agreed.low[0], agreed.high[0]


def _samples(errors: np.ndarray) -> np.ndarray:
    """(origins, nodes, horizon) as (nodes, samples)."""
    return errors.transpose(1, 0, 2).reshape(errors.shape[1], -1)


def _of_numerators(made: Forecast, denominators: np.ndarray) -> np.ndarray:
    """Past errors of shares, as errors of their numerators."""
    past: Backtest = made.past
    columns = np.array(past.origins)[:, None] + np.arange(past.error.shape[2])
    return past.error * denominators[:, columns].transpose(1, 0, 2)
