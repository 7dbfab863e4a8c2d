"""How far treated units are from what they would have done, and how far units to which nothing happened seem to be."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lienthong.data.intelligence.domain import _models
from lienthong.data.intelligence.domain._counterfactual import Passing, Prediction, learn_passing, predict
from lienthong.data.intelligence.domain._refusals import WrongShape, matrix
from lienthong.data.intelligence.domain._statistics import robust_scale, student_quantile

LEAST_BEFORE = 8
"""Columns before a date without which nothing can be said of it."""
DATES = 5
"""Earlier dates that serve as placebos, at most."""
DRAWS = 1000


class Reason(StrEnum):
    """Why nothing can be said."""

    NONE = ""
    FEW_UNITS = "few units"
    SHORT_PAST = "short past"
    BAD_FIT = "bad fit"
    WIDE = "wide"


@dataclass(frozen=True)
class Estimate:
    """What either way of estimating gives."""

    effect: float
    half: float
    error: float  # standard error
    units: np.ndarray
    unit_error: np.ndarray
    gap: np.ndarray
    fit: float
    method: str
    weights: dict[str, float]
    placebos: int
    reason: Reason


def by_comparison(values, treated, donors, start, share, level, groups, rng) -> Estimate:
    """Treated units against others, by the two predictions and their placebos."""
    after = values.shape[1] - start
    everyone = np.ones(len(values), dtype=bool)
    now = predict(values, start, donors)
    sets = [(now, start, after, donors)]
    # Earlier dates as if the directive had come then: all units, none of them treated yet, over as long a time after.
    for date in _earlier_dates(start, after):
        sets.append((predict(values[:, :start], date, everyone), date, min(after, start - date), everyone))
    ways: dict[str, tuple[np.ndarray, np.ndarray, Passing]] = {}
    for name in ("difference in differences", "synthetic control"):
        errors = np.concatenate(
            [_mean_after(_gap(item, name), d, n)[who] / item.scatter[who] for item, d, n, who in sets]
        )
        features = np.concatenate([_traits(item, name)[who] for item, _, _, who in sets])
        passing = learn_passing(errors, features)
        ways[name] = errors - passing.left(features), features, passing
    loss = {name: float(np.mean(np.clip(left, *_fence(left)) ** 2)) + 1e-12 for name, (left, _, _) in ways.items()}
    best = {name: (min(loss.values()) / item) ** 4 for name, item in loss.items()}
    weights = {name: item / sum(best.values()) for name, item in best.items()}

    scatter = now.scatter[treated]
    unit = np.zeros(int(treated.sum()))
    gap = np.zeros(values.shape[1])
    placebo = sum(weights[name] * ways[name][0] for name in ways)
    doubt = 0.0
    for name, (_, _, passing) in ways.items():
        traits = _traits(now, name)[treated]
        left = passing.left(traits) * scatter
        unit = unit + weights[name] * (_mean_after(_gap(now, name), start, after)[treated] - left)
        path = share @ _gap(now, name)[treated]
        path[start:] -= share @ left
        gap = gap + weights[name] * path
        doubt += weights[name] * passing.doubt((share * scatter) @ traits)
    spread = float(robust_scale(placebo)) + 1e-12
    effect = float(_robust_mean(unit, share, spread * scatter))
    gap[start:] += effect - gap[start:].mean()

    if groups is None:
        draws = rng.choice(placebo, (DRAWS, len(unit))) * scatter
    else:
        cluster = np.concatenate([groups[who] + position * len(values) for position, (*_, who) in enumerate(sets)])
        draws = _by_group(placebo, cluster, groups[treated], rng) * scatter
    errors = _robust_mean(draws - (placebo.mean() * scatter), share, spread * scatter)
    count = int(donors.sum())
    # The measure itself is unsure, being a mean of so many donors; and placebos are fewer than they seem, as those of one
    # unit, or of one group, resemble each other.
    widen = 1 + len(unit) / count + doubt / max(float(errors.var()), 1e-12)
    freedom = max(count - 4, 3)
    if groups is None:
        widen *= _together(sum(weights[name] * _gap(now, name)[treated] for name in ways), share, start)
    else:
        others = np.unique(groups[donors])
        without = np.setdiff1d(groups[treated], others)
        widen += len(without) / len(others)
        freedom = min(freedom, 2 * len(others)) if len(without) else freedom
    normal = student_quantile(0.5 + level / 2, 1e6)
    widen = np.sqrt(widen) * student_quantile(0.5 + level / 2, freedom) / normal
    half = float(np.quantile(np.abs(errors), level)) * float(widen)
    followed = float(np.median(now.synthetic[treated][:, : max(start - 4, 2)].std(axis=1)))
    usual = float(np.median(now.synthetic[donors][:, : max(start - 4, 2)].std(axis=1)))
    reason = Reason.SHORT_PAST if start < LEAST_BEFORE else Reason.BAD_FIT if followed > 3 * usual else Reason.NONE
    return Estimate(
        effect, half, half / normal, unit, scatter * float(placebo.std()), gap, followed / max(usual, 1e-12), "comparison",
        weights, len(placebo), reason,
    )  # fmt: skip


def _earlier_dates(start: int, after: int) -> list[int]:
    """Dates with at least eight columns before and (nearly) as many after as the true one has."""
    last = start - max(round(0.7 * after), 1)
    if last < LEAST_BEFORE:
        return []
    first = max(LEAST_BEFORE, min(start // 2, last))
    return sorted({round(item) for item in np.linspace(first, last, DATES)})


def _by_group(placebo: np.ndarray, cluster: np.ndarray, groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(draws, treated): for every group of treated units the errors of one group at one date, drawn with replacement."""
    order = np.argsort(cluster, kind="stable")
    labels, start, size = np.unique(cluster[order], return_index=True, return_counts=True)
    draws = np.empty((DRAWS, len(groups)))
    for group in np.unique(groups):
        columns = np.flatnonzero(groups == group)
        picked = rng.integers(0, len(labels), DRAWS)
        member = start[picked, None] + rng.integers(0, size[picked, None], (DRAWS, len(columns)))
        draws[:, columns] = placebo[order[member]]
    return draws


def _together(gap: np.ndarray, share: np.ndarray, start: int) -> float:
    """By how much more the treated units' mean varied before the start than if they were independent (neighbours are not).

    The last eight weeks, by which they may have been chosen, are left out; a fifth more is chance.
    """
    past = gap[:, : max(start - 8, start // 2)]
    alone = float(share**2 @ past.var(axis=1))
    return max(1.0, float((share @ past).var()) / max(alone, 1e-24) / 1.2)


def _gap(item: Prediction, name: str) -> np.ndarray:
    return item.synthetic if name == "synthetic control" else item.gap


def _traits(item: Prediction, name: str) -> np.ndarray:
    return item.synthetic_features if name == "synthetic control" else item.features


def _mean_after(gap: np.ndarray, date: int, count: int) -> np.ndarray:
    return gap[:, date : date + count].mean(axis=1)


def _fence(errors: np.ndarray) -> tuple[float, float]:
    reach = 4 * float(robust_scale(errors))
    return -reach, reach


def _robust_mean(effects: np.ndarray, share: np.ndarray, scatter: np.ndarray | float) -> np.ndarray:
    """The weighted mean along the last axis, each pulled in to 2.5 deviations from the middle (one's own shock)."""
    if effects.shape[-1] < 4:
        return effects @ share
    middle = np.median(effects, axis=-1, keepdims=True)
    reach = 2.5 * np.maximum(robust_scale(effects)[..., None], scatter)
    return np.clip(effects, middle - reach, middle + reach) @ share


def by_own_past(values, treated, start, share, level, calendar) -> Estimate:
    """The treated mean against its own forecast; earlier forecasts of the same length as placebos."""
    own = (share @ values[treated])[None]
    after = own.shape[1] - start
    if calendar is not None:
        calendar = matrix(calendar, "calendar")
        if len(calendar) != own.shape[1] or not np.isfinite(calendar).all():
            raise WrongShape(what="calendar", got=calendar.shape, wanted=f"({own.shape[1]}, columns), all known")
        table = _models.design(calendar, own.shape[1], 1, start)
        fit = _models.regress(own[:, :start], table[:start], np.zeros(1, dtype=int))
        explained = fit.effects @ table.T
    else:
        explained = np.zeros_like(own)
    rest = own - explained
    origins = [*range(min(LEAST_BEFORE, start), start - after + 1), start]
    ahead = _models.smooth(rest, origins, after).damped[:, 0]
    actual = np.stack([rest[0, origin : origin + after] for origin in origins])
    errors = (actual - ahead).mean(axis=1)
    past = errors[:-1]
    blocks = max(start - LEAST_BEFORE, 0) // after
    gap = np.zeros(own.shape[1])
    gap[start:] = actual[-1] - ahead[-1]
    unit_ahead = _models.smooth(values[treated] - explained, [start], after).damped[0]
    unit = (values[treated][:, start:] - explained[:, start:] - unit_ahead).mean(axis=1)
    error = float(np.sqrt(np.mean(past**2))) if past.size else float("nan")
    reason = Reason.FEW_UNITS if blocks < 3 else Reason.NONE
    half = student_quantile(0.5 + level / 2, max(blocks - 1, 3)) * error * 1.1 if past.size else float("inf")
    spread = (
        np.full(len(unit), error) * values[treated][:, :start].std(axis=1) / max(float(own[:, :start].std()), 1e-12)
    )
    return Estimate(
        float(errors[-1]), half, error, unit, spread, gap, 1.0, "own past", {"forecast": 1.0}, len(past), reason
    )  # fmt: skip
