"""What units would have done: predictions of the time after a date from the time before it and from other units.

Everything here works for all units at once, treated or not, so that the same prediction can be tried on units to which
nothing happened (placebos).
"""

from dataclasses import dataclass

import numpy as np

from lienthong.data.intelligence.domain._statistics import robust_scale

NEAREST = 20
"""Units a synthetic control is made of at most: those most like it before the date."""
STEPS = 80
RECENT, EARLIER = 4, 12
"""Weeks just before the date and before those, whose departures say how much of a departure will pass by itself."""


@dataclass(frozen=True)
class Prediction:
    """Departures of units from what others did, at one date; on the scale of the values."""

    gap: np.ndarray
    """(units, time): value less unit level less common movement, before and after the date."""
    synthetic: np.ndarray
    """(units, time): the same less its synthetic control's."""
    features: np.ndarray
    """(units, 3): recent, earlier and drift of the gap before the date, in the unit's scatter."""
    synthetic_features: np.ndarray
    scatter: np.ndarray
    """(units,): deviation of the gap before the date, drawn towards the middle unit's."""
    fit: np.ndarray
    """(units,): how well the synthetic control follows before the date: its error over the gap's."""


def filled(values: np.ndarray) -> np.ndarray:
    """The values with unknown ones put in from the unit's level and the common movement; two rounds of two-way means."""
    known = np.isfinite(values)
    result = np.where(known, values, 0.0)
    unit = result.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    for _ in range(3):
        rest = np.where(known, values - unit[:, None], 0.0)
        common = rest.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        rest = np.where(known, values - common, 0.0)
        unit = rest.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.where(known, values, unit[:, None] + common)


def predict(values: np.ndarray, date: int, donors: np.ndarray, *, with_synthetic: bool = True) -> Prediction:
    """Departures of every unit at a date, others (never itself) being the measure.

    ``values``: (units, time) without gaps; the date is the first column after. ``donors``: (units,) who may serve. The
    common movement is the mean of the donors', each pulled in to three robust deviations at every moment, so that a shock
    of some of them does not become everybody's (difference-in-differences with unit and time effects).
    """
    level = values[:, :date].mean(axis=1, keepdims=True)
    centred = values - level
    pool = centred[donors]
    middle, reach = np.median(pool, axis=0), 3 * robust_scale(pool, axis=0)
    tamed = np.clip(centred, middle - reach, middle + reach)
    total, count = tamed[donors].sum(axis=0), int(donors.sum())
    own = donors[:, None]
    common = (total - own * tamed) / np.maximum(count - own, 1)
    gap = centred - common
    gap = gap - gap[:, :date].mean(axis=1, keepdims=True)
    scatter = gap[:, :date].std(axis=1)
    scatter = np.sqrt((date * scatter**2 + 10 * np.median(scatter) ** 2) / (date + 10)) + 1e-12
    follows = np.zeros_like(gap)
    if with_synthetic and count >= 4:
        follows = _synthetic(gap / scatter[:, None], date, donors) * scatter[:, None]
    synthetic = gap - follows
    synthetic = synthetic - synthetic[:, :date].mean(axis=1, keepdims=True)
    fit = synthetic[:, :date].std(axis=1) / np.maximum(gap[:, :date].std(axis=1), 1e-12)
    return Prediction(
        gap, synthetic, _features(gap, scatter, date), _features(synthetic, scatter, date), scatter, fit
    )  # fmt: skip


def _features(gap: np.ndarray, scatter: np.ndarray, date: int) -> np.ndarray:
    """(units, 3) in units of scatter, pulled in to ±6: a shock just before is not a level of forty deviations."""
    split = max(date - RECENT, 1)
    recent = gap[:, split:date].mean(axis=1)
    earlier = gap[:, max(split - EARLIER, 0) : split].mean(axis=1)
    t = np.arange(split) - (split - 1) / 2
    drift = gap[:, :split] @ t / max(float(t @ t), 1e-9) * date / 2
    return np.clip(np.column_stack([recent, earlier, drift]) / scatter[:, None], -6, 6)


def _synthetic(gap: np.ndarray, date: int, donors: np.ndarray) -> np.ndarray:
    """(units, time): for every unit the mixture of donors, weights ≥ 0 adding up to 1, that follows it before the date.

    Abadie, Diamond & Hainmueller (JASA 105, 2010) on departures from the unit's level (Ferman & Pinto, Quant. Econ. 12,
    2021), over the nearest donors, with a ridge towards equal weights that keeps it from following noise; what imbalance is
    left is taken out by a ridge regression, as in Ben-Michael, Feller & Rothstein (JASA 116, 2021), here of placebos'
    errors on features (``learn_passing``). Accelerated projected gradient.
    """
    past = gap[:, :date]
    gram = past @ past.T
    size = np.diag(gram)
    distance = size[:, None] + size - 2 * gram
    distance[:, ~donors] = np.inf
    np.fill_diagonal(distance, np.inf)
    k = min(NEAREST, int(donors.sum()) - 1)
    nearest = np.argpartition(distance, k - 1, axis=1)[:, :k]
    inner = gram[nearest[:, :, None], nearest[:, None, :]]
    target = np.take_along_axis(gram, nearest, axis=1)
    ridge = 0.5 * np.trace(inner, axis1=1, axis2=2) / k
    inner[:, np.arange(k), np.arange(k)] += ridge[:, None]
    target = target + ridge[:, None] / k
    step = 1 / np.abs(inner).sum(axis=2).max(axis=1)[:, None]
    weight = np.full(target.shape, 1 / k)
    ahead, pace = weight, 1.0
    for _ in range(STEPS):
        slope = (inner @ ahead[:, :, None])[:, :, 0] - target
        new = _onto_simplex(ahead - step * slope)
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead = new + (pace - 1) / faster * (new - weight)
        weight, pace = new, faster
    dense = np.zeros(gram.shape)
    np.put_along_axis(dense, nearest, weight, axis=1)
    return dense @ gap


def _onto_simplex(points: np.ndarray) -> np.ndarray:
    """The nearest points whose coordinates are ≥ 0 and add up to 1, row by row (Duchi et al., ICML 2008)."""
    ordered = -np.sort(-points, axis=1)
    excess = np.cumsum(ordered, axis=1) - 1
    rank = np.arange(1, points.shape[1] + 1)
    last = (ordered - excess / rank > 0).sum(axis=1) - 1
    cut = excess[np.arange(len(points)), last] / (last + 1)
    return np.maximum(points - cut[:, None], 0)


@dataclass(frozen=True)
class Passing:
    """How much of a departure before a date is left after it, learnt from placebos."""

    effect: np.ndarray
    """(features,)"""
    covariance: np.ndarray
    """(features, features), in squared deviations of a placebo's error."""

    def left(self, features: np.ndarray) -> np.ndarray:
        """(units,) what is expected of a unit with these features, in its scatter."""
        return features @ self.effect

    def doubt(self, features: np.ndarray) -> float:
        """The variance that not knowing this exactly adds to the mean of units with this mean of features."""
        return float(features @ self.covariance @ features)


def learn_passing(errors: np.ndarray, features: np.ndarray) -> Passing:
    """Ridge regression of placebos' errors on their features, (placebos,) and (placebos, features), errors pulled in."""
    reach = 4 * float(robust_scale(errors)) + 1e-12
    tamed = np.clip(errors, -reach, reach)
    gram = features.T @ features + np.diag(np.full(features.shape[1], 2.0))
    inverse = np.linalg.inv(gram)
    effect = inverse @ (features.T @ tamed)
    return Passing(effect, inverse * float(np.var(tamed - features @ effect)))
