"""The models a forecast is made of, each over all series and at several origins at once.

A *series* is a row; an *origin* is a number of columns: a model at origin ``o`` has seen columns 0 … o-1 and nothing
after them. Unknown values (NaN) move no state and take no part in a fit.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

BLOCK = 256
"""Series smoothed together: small enough for the states to stay in the processor's cache."""
LOG_FROM = 20.0
"""Counts with a median above this change by factors (log); smaller ones scatter like Poisson counts (square root)."""
_SMOOTHING = [(a, 0.0, 1.0) for a in (0.03, 0.08, 0.15, 0.25, 0.4, 0.6, 0.85)] + [
    (a, b, f) for a, b, f in itertools.product((0.1, 0.25, 0.5), (0.05, 0.2), (0.85, 0.97))
]
"""The grid: weight of the newest error for the level, for the trend (as a share of the former), damping."""


class Measure(StrEnum):
    """What a value is: any number, a count (≥ 0), or a share of a denominator (0 to 1)."""

    VALUE = "value"
    COUNT = "count"
    SHARE = "share"


@dataclass(frozen=True)
class Scale:
    """The scale on which a measure's errors are about as large everywhere, there and back.

    Counts: log(1 + y) where they are large, Anscombe's 2·√(y + 3/8) where small. Shares: arcsin √((k + 3/8)/(n + 3/4))
    (Anscombe, Biometrika 35, 1948), whose sampling variance is 1/(4n).
    """

    measure: Measure
    is_log: np.ndarray
    """(series, 1): whether a count is taken as its logarithm."""

    @classmethod
    def of(cls, measure: Measure, values: np.ndarray) -> "Scale":
        """By the first known values of each series, so that what comes later does not choose the scale."""
        is_known = ~np.isnan(values)
        first = is_known & (is_known.cumsum(axis=1) <= 12)
        ordered = np.sort(np.where(first, values, np.nan), axis=1)  # unknown ones go last
        middle = ordered[np.arange(len(values)), np.maximum(first.sum(axis=1) - 1, 0) // 2]
        return cls(measure, (np.nan_to_num(middle) > LOG_FROM)[:, None])

    def unit(self, z: np.ndarray) -> np.ndarray | None:
        """(series,): the size in which effects of the calendar are alike across series; none: their own scatter."""
        if self.measure is Measure.VALUE:
            return None
        level = np.nan_to_num(z).sum(axis=1) / np.maximum(np.isfinite(z).sum(axis=1), 1)
        return (
            np.where(self.is_log[:, 0], 1.0, np.maximum(level, 1)) if self.measure is Measure.COUNT else np.ones(len(z))
        )

    def there(self, values: np.ndarray, denominators: np.ndarray | None) -> np.ndarray:
        if self.measure is Measure.COUNT:
            return np.where(self.is_log, np.log1p(values), 2 * np.sqrt(values + 0.375))
        if self.measure is Measure.SHARE:
            n = np.maximum(denominators, 1e-9)
            return np.arcsin(np.sqrt(np.clip((values * n + 0.375) / (n + 0.75), 0, 1)))
        return values

    def back(self, z: np.ndarray, denominators: np.ndarray | None) -> np.ndarray:
        if self.measure is Measure.COUNT:
            return np.maximum(
                np.where(self.is_log, np.expm1(np.minimum(z, 700)), (np.maximum(z, 0) / 2) ** 2 - 0.375), 0
            )
        if self.measure is Measure.SHARE:
            n = np.maximum(denominators, 1e-9)
            return np.clip((np.sin(np.clip(z, 0, np.pi / 2)) ** 2 * (n + 0.75) - 0.375) / n, 0, 1)
        return z

    def sampling_variance(self, z: np.ndarray, denominators: np.ndarray | None) -> np.ndarray:
        """The part of a value's variance that comes from counting alone, on this scale."""
        if self.measure is Measure.COUNT:
            return np.where(self.is_log, np.exp(-np.clip(z, 0, 50)), 1.0)
        if self.measure is Measure.SHARE:
            return 1 / (4 * np.maximum(denominators, 0.5))
        return np.zeros_like(z)


@dataclass(frozen=True)
class Smoothed:
    """Forecasts of the smoothing models at some origins."""

    damped: np.ndarray
    """(origins, series, horizon): exponential smoothing with damped trend."""
    theta: np.ndarray
    """(origins, series, horizon): the Theta method."""
    variance: np.ndarray
    """(origins, series): mean squared one-step error up to the origin."""
    known: np.ndarray
    """(origins, series): values seen."""


def smooth(z: np.ndarray, origins: Sequence[int], horizon: int) -> Smoothed:
    """Exponential smoothing with damped trend (additive errors) and Theta, in one pass over time.

    The filter is run for every parameter of a grid at once; a forecast is the mean over the grid, each weighed by the
    likelihood of the one-step errors *before the origin*, so one pass serves all origins without looking ahead.
    Sources: Gardner & McKenzie, Management Science 31 (1985); Assimakopoulos & Nikolopoulos, IJF 16 (2000) in the form of
    Hyndman & Billah, IJF 19 (2003): simple smoothing with half the drift of the straight line.
    """
    shape = (len(origins), len(z), horizon)
    damped, theta = np.empty(shape), np.empty(shape)
    variance, known = np.empty(shape[:2]), np.empty(shape[:2])
    for start in range(0, len(z), BLOCK):
        part = slice(start, start + BLOCK)
        damped[:, part], theta[:, part], variance[:, part], known[:, part] = _smooth_block(z[part], origins, horizon)
    return Smoothed(damped, theta, variance, known)


def _smooth_block(z: np.ndarray, origins: Sequence[int], horizon: int) -> tuple[np.ndarray, ...]:
    alpha, share, phi = (np.array(column)[:, None] for column in zip(*_SMOOTHING, strict=True))
    beta, simple = alpha * share, np.flatnonzero(share[:, 0] == 0)
    is_known = ~np.isnan(z)
    filled = np.where(is_known, z, 0.0)
    order = is_known.cumsum(axis=1)
    # The first three known values make the first level; they lie before every origin that is of use.
    first = is_known & (order <= 3)
    level = np.repeat(((filled * first).sum(1) / np.maximum(first.sum(1), 1))[None], len(alpha), axis=0)
    trend, squares = np.zeros_like(level), np.zeros_like(level)
    counts = order - np.minimum(order, 1)  # the first known value is not forecast
    line = _slopes(filled, is_known)
    steps = np.arange(1, horizon + 1)
    growth = np.where(phi == 1, 0.0, np.cumsum(phi**steps, axis=1))
    results, wanted = [], {}
    for position, origin in enumerate(origins):
        wanted.setdefault(origin, []).append(position)
    out: list[tuple[np.ndarray, ...] | None] = [None] * len(origins)
    for t in range(max(origins)):
        ahead = level + phi * trend
        error = np.where(is_known[:, t], filled[:, t] - ahead, 0.0)
        level = ahead + alpha * error
        trend = phi * trend + beta * error
        squares += np.where(counts[:, t] > 0, error * error, 0.0)
        if t + 1 in wanted:
            n = np.maximum(counts[:, t], 1)
            fit = -0.5 * n * np.log(squares / n + 1e-12)
            weight = np.exp(fit - fit.max(axis=0))
            weight /= weight.sum(axis=0)
            forecast = np.einsum("ps,ps->s", weight, level)[:, None] + np.einsum("ps,ps,ph->sh", weight, trend, growth)
            plain = weight[simple] / weight[simple].sum(axis=0)
            lag = (1 - (1 - alpha[simple]) ** order[:, t]) / alpha[simple]
            reach = steps[None] - 1 + np.einsum("ps,ps->s", plain, lag)[:, None]
            flat = np.einsum("ps,ps->s", plain, level[simple])[:, None]
            results = (
                forecast,
                flat + 0.5 * line[:, t, None] * reach,
                (weight * squares).sum(axis=0) / n,
                order[:, t].astype(float),
            )
            for position in wanted[t + 1]:
                out[position] = results
    return tuple(np.stack(column) for column in zip(*out, strict=True))


def _slopes(filled: np.ndarray, is_known: np.ndarray) -> np.ndarray:
    """(series, time): the slope of the least-squares line through the known values up to each moment."""
    t = np.arange(filled.shape[1])
    n, st, sy = is_known.cumsum(1), (is_known * t).cumsum(1), filled.cumsum(1)
    stt, sty = (is_known * t * t).cumsum(1), (filled * t).cumsum(1)
    spread = n * stt - st * st
    # Twelve values' worth of "no slope": a line through a handful of points says little.
    return (n * sty - st * sy) / (spread + 12.0 * np.maximum(n, 1) ** 2) * (n > 2)


def seasonal_naive(z: np.ndarray, origin: int, horizon: int, season: int) -> np.ndarray:
    """(series, horizon): the value of the same phase one season (or more) before; the newest known where there is none."""
    past = z[:, :origin]
    result = np.full((len(z), horizon), np.nan)
    for h in range(horizon):
        at = origin + h - season
        while at >= 0 and np.isnan(result[:, h]).any():
            if at < origin:
                result[:, h] = np.where(np.isnan(result[:, h]), past[:, at], result[:, h])
            at -= season
    return np.where(np.isnan(result), newest(past)[0][:, None], result)


def newest(past: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The last known value of every series (0 where none is) and how many columns ago it was."""
    is_known = ~np.isnan(past)
    age = np.argmax(is_known[:, ::-1], axis=1)
    value = past[np.arange(len(past)), past.shape[1] - 1 - age]
    return np.where(is_known.any(axis=1), value, 0.0), age


def design(calendar: np.ndarray | None, length: int, season: int, seen: int) -> np.ndarray:
    """(length, columns): the given calendar with the season's own shape, every column with mean 0 and deviation 1.

    A short season (days of a week) has one column per phase; a long one two waves, once it has been seen more than once.
    """
    t = np.arange(length)
    columns = [] if calendar is None else list(calendar.T)
    if 1 < season <= 14:
        columns += [(t % season == phase).astype(float) for phase in range(1, season)]
    elif season > 14 and seen >= 1.25 * season:
        columns += [f(2 * np.pi * wave * t / season) for wave in (1, 2) for f in (np.sin, np.cos)]
    table = np.array(columns, dtype=float).reshape(len(columns), length).T
    spread = table.std(axis=0)
    table = table[:, spread > 1e-9]
    return (table - table.mean(axis=0)) / table.std(axis=0)


@dataclass(frozen=True)
class Regression:
    """What the calendar explains of every series, and how its errors hang together."""

    level: np.ndarray
    """(series,)"""
    effects: np.ndarray
    """(series, columns)"""
    memory: np.ndarray
    """(series,): the correlation of an error with the one before."""
    covariance: np.ndarray
    """(series, columns, columns): how unsure the effects are."""

    def doubt(self, table: np.ndarray) -> np.ndarray:
        """(series, rows of the table): the variance that not knowing the effects adds to a forecast."""
        return np.einsum("hk,skj,hj->sh", table, self.covariance, table, optimize=True)


def regress(z: np.ndarray, table: np.ndarray, groups: np.ndarray, unit: np.ndarray | None = None) -> Regression:
    """Regression on the calendar with AR(1) errors, the effects drawn towards those of similar series.

    Three rounds of Cochrane & Orcutt (JASA 44, 1949) with a ridge; then an empirical-Bayes round: the prior of a series'
    effects is the middle and spread of its group's, as Tết is Tết in every province. ``unit``: (series,) the size in which
    effects are alike; else each series' own scatter.
    """
    is_known = (~np.isnan(z)).astype(float)
    mean = (np.nan_to_num(z)).sum(1) / np.maximum(is_known.sum(1), 1)
    y = np.where(is_known > 0, np.nan_to_num(z) - mean[:, None], 0.0)
    full = np.column_stack([np.ones(len(table)), table])
    count, k = len(z), full.shape[1]
    both = is_known[:, 1:] * is_known[:, :-1]
    now, before = full[1:], full[:-1]
    products = [
        (both @ item.reshape(len(now), -1)).reshape(count, k, k)
        for item in (
            now[:, :, None] * now[:, None],
            now[:, :, None] * before[:, None] + before[:, :, None] * now[:, None],
            before[:, :, None] * before[:, None],
        )
    ]
    penalty = np.diag([0.05] + [1.0] * (k - 1))
    memory = np.zeros(count)
    for _ in range(3):
        r = memory[:, None, None]
        gram = products[0] - r * products[1] + r * r * products[2]
        u = both * (y[:, 1:] - memory[:, None] * y[:, :-1])
        right = u @ now - memory[:, None] * (u @ before)
        inverse = np.linalg.inv(gram + penalty)
        beta = np.einsum("skj,sj->sk", inverse, right)
        error = (y - beta @ full.T) * is_known
        pairs = (error[:, 1:] * error[:, :-1] * both).sum(1)
        memory = np.clip(pairs / ((error[:, :-1] ** 2 * both).sum(1) + 1e-12), 0, 0.97)
    innovation = both * (error[:, 1:] - memory[:, None] * error[:, :-1])
    free = np.maximum(both.sum(1) - np.minimum(k, both.sum(1) / 2), 1)
    sigma = np.sqrt((innovation**2).sum(1) / free) + 1e-9
    few = both.sum(1) < 2 * k
    if few.any() and not few.all():
        # A short series' scatter about a fit it can nearly follow says nothing; it borrows its peers'.
        sigma[few] = np.maximum(sigma[few], np.median(sigma[~few]))
    unit = sigma if unit is None else unit
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        solid = rows[both[rows].sum(1) >= 2 * k]
        if len(solid) < 8 or k == 1:
            continue
        relative = beta[solid, 1:] / unit[solid, None]
        noise = np.diagonal(inverse[solid], axis1=1, axis2=2)[:, 1:] * ((sigma / unit)[solid, None] ** 2)
        centre = np.median(relative, axis=0)
        spread = 1.4826 * np.median(np.abs(relative - centre), axis=0)
        between = np.maximum(spread**2 - np.median(noise, axis=0), 0.05 * spread**2 + 1e-9)
        strength = (sigma / unit)[rows, None] ** 2 / between
        prior = np.zeros((len(rows), k, k))
        prior[:, 0, 0] = 0.05
        prior[:, np.arange(1, k), np.arange(1, k)] = strength
        pull = np.column_stack([np.zeros(len(rows)), strength * centre * unit[rows, None]])
        inverse[rows] = np.linalg.inv(gram[rows] + prior)
        beta[rows] = np.einsum("skj,sj->sk", inverse[rows], right[rows] + pull)
    return Regression(mean + beta[:, 0], beta[:, 1:], memory, inverse[:, 1:, 1:] * (sigma**2)[:, None, None])
