"""Forecasts of many weekly or daily series at once, with intervals that hold what they promise."""

from dataclasses import dataclass

import numpy as np

from lienthong.data.intelligence.domain import _models
from lienthong.data.intelligence.domain._models import Measure, Scale
from lienthong.data.intelligence.domain._refusals import BadOption, OutOfBounds, TooShort, WrongShape, matrix

MODELS = ("seasonal naive", "damped trend", "calendar, AR errors", "calendar, damped trend", "calendar, theta")
SHARPNESS = 4
"""Models are weighed by their mean squared error to this power: 1 would keep bad ones, much more would pick by luck."""
SHRINK = 4.0
"""Origins' worth of the group's mean that a series' own record of a model is drawn towards."""
LEAST = 8
"""Known values of a series below which its scatter is mostly its group's."""


@dataclass(frozen=True)
class Forecast:
    """Forecasts of ``series × horizon`` in the unit of the values."""

    point: np.ndarray
    """(series, horizon): the middle of what is expected."""
    levels: tuple[float, ...]
    low: np.ndarray
    """(levels, series, horizon)"""
    high: np.ndarray
    """(levels, series, horizon)"""
    weights: np.ndarray
    """(series, models): how much each of ``MODELS`` counts; rows add up to 1."""
    skill: np.ndarray
    """(series,): mean absolute error over past origins as a share of the seasonal naive forecast's; NaN where unknown."""
    past: "Backtest"


@dataclass(frozen=True)
class Backtest:
    """What would have been forecast at past origins, by what was known then."""

    origins: tuple[int, ...]
    """Numbers of columns that had been seen."""
    point: np.ndarray
    """(origins, series, horizon)"""
    error: np.ndarray
    """(origins, series, horizon): value less forecast; NaN where the value is not known."""
    naive_error: np.ndarray
    """(origins, series, horizon): the same of the seasonal naive forecast."""
    score: np.ndarray
    """(origins, series, horizon): the error on the scale of the model, in the series' own scatter."""


@dataclass(frozen=True)
class _Candidates:
    """Forecasts of all models at some origins, on the model's scale."""

    z: np.ndarray  # (origins, models, series, horizon)
    variance: np.ndarray  # (origins, series, horizon)


def forecast(
    values: np.ndarray,
    *,
    horizon: int,
    season: int = 52,
    measure: Measure = Measure.VALUE,
    denominators: np.ndarray | None = None,
    future_denominators: np.ndarray | None = None,
    calendar: np.ndarray | None = None,
    groups: np.ndarray | None = None,
    levels: tuple[float, ...] = (0.5, 0.8, 0.9, 0.95),
    origins: int = 16,
) -> Forecast:
    """Forecast every series for the next ``horizon`` steps.

    ``values``: (series, time), newest last, NaN = not known. ``denominators``: (series, time), what a share is of;
    ``future_denominators``: (series, horizon), else the mean of the last eight. ``calendar``: (time + horizon, columns) of
    what is known beforehand (working days of the week, distance to Tết …). ``groups``: (series,) labels of series whose
    errors are alike after scaling (an indicator's provinces); else all are one group. ``season``: steps of a season
    (52 weeks, 7 days, 1 for none).

    Five models are weighed per series by their errors at past (rolling) origins, drawn towards the group's mean. Intervals
    are split-conformal: the quantile, per step ahead, of past absolute errors divided by each series' scatter, pooled over
    the group (Lei et al., JASA 113, 2018; pooled over series as in Stankevičiūtė et al., NeurIPS 2021), the weights of an
    origin being those of the other origins. They nest, and lie within the measure's bounds because they are made on a
    scale that has none; a small denominator widens them by its sampling variance.

    :raises WrongShape: where arrays do not fit; :raises TooShort: with fewer than 12 columns;
    :raises OutOfBounds: counts below 0, shares outside 0 … 1; :raises BadOption: a horizon, level or season of no use.
    """
    values = matrix(values)
    series, length = values.shape
    if not series or length < 12:
        raise TooShort(what="columns of a series", got=length if series else 0, wanted=12)
    if horizon < 1 or horizon > length:
        raise BadOption(option="horizon", got=horizon, wanted=f"1 … {length}")
    if season < 1 or not levels or not all(0 < level < 1 for level in levels) or list(levels) != sorted(set(levels)):
        raise BadOption(option="season/levels", got=(season, levels), wanted="≥ 1 / rising between 0 and 1")
    values, past_n, future_n = _bounded(values, measure, denominators, future_denominators, horizon)
    if calendar is not None:
        calendar = matrix(calendar, "calendar")
        if len(calendar) != length + horizon or np.isnan(calendar).any():
            raise WrongShape(what="calendar", got=calendar.shape, wanted=f"({length + horizon}, columns), all known")
    groups = np.zeros(series, dtype=int) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    if groups.shape != (series,):
        raise WrongShape(what="groups", got=groups.shape, wanted=(series,))

    past_origins = _origins(length, horizon, origins)
    scale = Scale.of(measure, values)
    z = scale.there(values, past_n)
    points = [*past_origins, length]
    all_n = None if past_n is None else np.concatenate([past_n, future_n], axis=1)
    candidates = _candidates(z, points, horizon, season, calendar, groups, scale, all_n)

    ahead = np.array(past_origins)[:, None] + np.arange(horizon)
    begun = np.isfinite(values).cumsum(axis=1)[:, np.array(past_origins) - 1].T >= 3
    truth = np.where(begun[:, :, None], z[:, ahead].transpose(1, 0, 2), np.nan)  # (origins, series, horizon)
    error = truth[:, None] - candidates.z[:-1]
    weights, left_out = _weights(error, candidates.variance[:-1], groups)
    past_z = np.einsum("osm,omsh->osh", left_out, candidates.z[:-1])
    deviation = np.sqrt(candidates.variance)
    score = (truth - past_z) / deviation[:-1]
    width = _widths(score, groups, levels)[:, groups] * deviation[-1]

    centre = np.einsum("sm,msh->sh", weights, candidates.z[-1])
    past_point = np.stack(
        [scale.back(item, _ahead(all_n, o, horizon)) for o, item in zip(past_origins, past_z, strict=True)]
    )
    naive = np.stack(
        [scale.back(item[0], _ahead(all_n, o, horizon)) for o, item in zip(past_origins, candidates.z, strict=False)]
    )
    actual = values[:, ahead].transpose(1, 0, 2)
    known = np.isfinite(actual)
    total = np.where(known, np.abs(actual - naive), 0).sum(axis=(0, 2))
    with np.errstate(all="ignore"):
        skill = np.where(total > 0, np.where(known, np.abs(actual - past_point), 0).sum(axis=(0, 2)) / total, np.nan)
    return Forecast(
        point=scale.back(centre, future_n),
        levels=tuple(levels),
        low=np.stack([scale.back(centre - item, future_n) for item in width]),
        high=np.stack([scale.back(centre + item, future_n) for item in width]),
        weights=weights,
        skill=skill,
        past=Backtest(tuple(past_origins), past_point, actual - past_point, actual - naive, score),
    )


def one_step_errors(values: np.ndarray, *, season: int = 1, calendar: np.ndarray | None = None) -> np.ndarray:
    """(series, time): every value less what exponential smoothing, with the calendar taken out, expected the step before.

    ``calendar``: (time, columns). The calendar's effects are estimated once over the whole time (they are nuisance here,
    not knowledge of the future); the level is never told a value before it is expected. NaN for unknown values and the
    first three of a series.

    :raises TooShort: with fewer than 12 columns.
    """
    values = matrix(values)
    if values.shape[1] < 12:
        raise TooShort(what="columns of a series", got=values.shape[1], wanted=12)
    table = _models.design(calendar, values.shape[1], season, values.shape[1])
    if table.shape[1]:
        fit = _models.regress(values, table, np.zeros(len(values), dtype=int))
        values = values - fit.effects @ table.T
    smoothed = _models.smooth(values, range(3, values.shape[1]), 1).damped[:, :, 0].T
    return np.concatenate([np.full((len(values), 3), np.nan), values[:, 3:] - smoothed], axis=1)


def _bounded(values, measure, denominators, future, horizon):
    """The values and denominators, checked against the measure."""
    if measure is Measure.COUNT and (wrong := int((values < 0).sum())):
        raise OutOfBounds(what="count", bounds="≥ 0", got=wrong)
    if measure is not Measure.SHARE:
        return values, None, None
    if wrong := int(((values < 0) | (values > 1)).sum()):
        raise OutOfBounds(what="share", bounds="0 … 1", got=wrong)
    if denominators is None:
        raise WrongShape(what="denominators", got="none", wanted=values.shape)
    n = matrix(denominators, "denominators", values.shape)
    if wrong := int((n < 0).sum()):
        raise OutOfBounds(what="denominators", bounds="≥ 0", got=wrong)
    values = np.where(n > 0, values, np.nan)  # a share of nothing is not known
    n = np.nan_to_num(n)
    recent = np.repeat(np.maximum(n[:, -8:].mean(axis=1), 1)[:, None], horizon, axis=1)
    if future is None:
        return values, n, recent
    future = matrix(future, "future_denominators", (len(values), horizon))
    return values, n, np.where(np.isnan(future), recent, np.maximum(future, 0.5))


def _ahead(n: np.ndarray | None, origin: int, horizon: int) -> np.ndarray | None:
    return None if n is None else n[:, origin : origin + horizon]


def _origins(length: int, horizon: int, wanted: int) -> list[int]:
    """Past origins with a whole horizon after them, spread over the later part of the time."""
    last = length - horizon
    first = min(max(round(0.45 * length), 8), last)
    return sorted({max(round(item), min(4, last)) for item in np.linspace(first, last, max(wanted, 2))})


def _candidates(z, origins, horizon, season, calendar, groups, scale, n) -> _Candidates:
    """Every model's forecasts at every origin; what is learnt at an origin is learnt from the columns before it."""
    smoothed = _models.smooth(z, origins, horizon)
    forecasts = np.empty((len(origins), len(MODELS), len(z), horizon))
    variance = np.empty((len(origins), len(z), horizon))
    steps = np.arange(1, horizon + 1)
    for position, origin in enumerate(origins):
        past = z[:, :origin]
        forecasts[position, 0] = _models.seasonal_naive(z, origin, horizon, season)
        forecasts[position, 1] = smoothed.damped[position]
        table = _models.design(calendar, z.shape[1] + horizon, season, origin)[: origin + horizon]
        fit = _models.regress(past, table[:origin], groups, scale.unit(past))
        explained = fit.effects @ table.T
        rest = past - explained[:, :origin]
        value, age = _models.newest(rest)
        fading = fit.memory[:, None] ** (steps + age[:, None]) * (value - fit.level)[:, None]
        forecasts[position, 2] = fit.level[:, None] + fading + explained[:, origin:]
        after = _models.smooth(rest, [origin], horizon)
        forecasts[position, 3] = after.damped[0] + explained[:, origin:]
        forecasts[position, 4] = after.theta[0] + explained[:, origin:]
        variance[position] = _variances(past, after, groups, scale, n, origin, horizon, forecasts[position, 3])
        variance[position] += fit.doubt(table[origin:])
    return _Candidates(forecasts, variance)


def _variances(past, after, groups, scale, n, origin, horizon, expected) -> np.ndarray:
    """(series, horizon): the scatter to expect: the series' own, drawn towards its group's while short, with the sampling
    variance of the past taken out and that of the future put in."""
    own, known = after.variance[0], after.known[0]
    pooled = np.empty_like(own)
    for group in np.unique(groups):
        rows = groups == group
        solid = rows & (known >= LEAST)
        pooled[rows] = np.median(own[solid if solid.any() else rows])
    own = (known * own + LEAST / 2 * pooled) / (known + LEAST / 2) + 1e-9
    then = scale.sampling_variance(past, None if n is None else n[:, :origin])
    seen = np.isfinite(past)
    counted = np.where(seen, then, 0).sum(1) / np.maximum(seen.sum(1), 1)
    process = np.maximum(own - counted, 0.05 * own)
    return process[:, None] + scale.sampling_variance(expected, _ahead(n, origin, horizon))


def _weights(error: np.ndarray, variance: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(series, models) weights from all origins, and (origins, series, models) from all origins but that one."""
    squared = error**2 / variance[:, None]
    known = np.isfinite(squared)
    loss = np.where(known, squared, 0).sum(axis=3).transpose(0, 2, 1)  # (origins, series, models)
    seen = known.sum(axis=3).transpose(0, 2, 1) / squared.shape[3]

    def weigh(loss: np.ndarray, seen: np.ndarray) -> np.ndarray:
        mean = np.empty_like(loss)
        for group in np.unique(groups):
            rows = groups == group
            # A series that went wild once must not choose for the others.
            each = loss[rows] / np.maximum(seen[rows], 1e-9) / squared.shape[3]
            capped = np.minimum(each, 25 * np.median(each, axis=0) + 1e-9)
            mean[rows] = (capped * seen[rows]).sum(axis=0) / np.maximum(seen[rows].sum(axis=0), 1e-9)
        drawn = (loss / squared.shape[3] + SHRINK * mean) / (seen + SHRINK) + 1e-12
        weight = (drawn.min(axis=1, keepdims=True) / drawn) ** SHARPNESS
        return weight / weight.sum(axis=1, keepdims=True)

    total, count = loss.sum(axis=0), seen.sum(axis=0)
    left_out = np.stack([weigh(total - loss[o], count - seen[o]) for o in range(len(loss))])
    return weigh(total, count), left_out


def _widths(score: np.ndarray, groups: np.ndarray, levels: tuple[float, ...]) -> np.ndarray:
    """(levels, groups, horizon): half the width of an interval in a series' scatter."""
    steps = score.shape[2]
    result = np.empty((len(levels), int(groups.max()) + 1, steps))
    everything = np.abs(score[np.isfinite(score)])
    for group in range(result.shape[1]):
        part = np.abs(score[:, groups == group])
        by_step = [part[:, :, h][np.isfinite(part[:, :, h])] for h in range(steps)]
        # How errors grow with the distance; few values: the steps lend each other their shape.
        growth = np.array([np.sqrt(np.mean(item**2)) if item.size > 4 else np.nan for item in by_step])
        if np.isnan(growth).all():
            growth = np.full(steps, np.sqrt(np.mean(everything**2)) if everything.size else 1.0)
        known = np.flatnonzero(np.isfinite(growth))
        growth = np.maximum(np.interp(np.arange(steps), known, growth[known]), 1e-6)
        pooled = np.concatenate([item / growth[h] for h, item in enumerate(by_step)]) if everything.size else np.ones(1)
        for position, level in enumerate(levels):
            shared = _conformal(pooled, level) * growth
            own = np.array([_conformal(item, level) if item.size >= 200 else np.nan for item in by_step])
            result[position, group] = np.where(np.isnan(own), shared, own)
    return np.maximum.accumulate(result, axis=0)


def _conformal(scores: np.ndarray, level: float) -> float:
    """The quantile that a new score stays below with this probability; beyond the largest, a normal tail carries on."""
    n = scores.size
    if n == 0:
        return 1.96
    rank = level * (n + 1) / n
    return float(np.quantile(scores, rank)) if rank <= 1 else float(scores.max() * (1.2 if n > 5 else 2.0))
