"""What a directive changed: the treated units against what they would have done without it, and how sure that is."""

from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np

from lienthong.data.intelligence.domain._comparison import Estimate, Reason, by_comparison, by_own_past
from lienthong.data.intelligence.domain._counterfactual import filled
from lienthong.data.intelligence.domain._refusals import BadOption, TooShort, WrongShape, matrix
from lienthong.data.intelligence.domain._sentences import Subject, of_effect
from lienthong.data.intelligence.domain._statistics import benjamini_hochberg, student_quantile

LEAST_DONORS = 6
"""Other units without which a comparison says nothing."""


class Verdict(StrEnum):
    """What can be said."""

    EFFECT = "effect"
    NONE_SEEN = "none seen"
    CANNOT_SAY = "cannot say"


@dataclass(frozen=True)
class UnitEffect:
    """The effect in one treated unit, drawn towards the mean of all as far as it is unsure."""

    unit: int
    raw: float
    effect: float
    low: float
    high: float
    q: float
    """The share of chance finds among units at least as sure."""
    worked: int
    """+1 better, -1 worse (q ≤ 0.1), 0 not to be told."""


@dataclass(frozen=True)
class Effect:
    """An estimate, in the unit of the values, as the mean over the time after the start."""

    verdict: Verdict
    reason: Reason
    effect: float
    low: float
    high: float
    level: float
    p: float
    """The chance of an estimate this far from zero if nothing had changed, from placebos."""
    better: int
    """+1 if the figure moved to the better side, -1 if to the worse, 0 if none was seen."""
    units: tuple[UnitEffect, ...]
    actual: np.ndarray
    """(time,): mean of the treated units."""
    counterfactual: np.ndarray
    """(time,): what it would have been; before the start, how well it was followed."""
    method: str
    """``comparison`` (with other units) or ``own past``."""
    weights: dict[str, float]
    """How much each way of estimating counted."""
    placebos: int
    vi: str
    en: str


def estimate_effect(
    values: np.ndarray,
    treated: np.ndarray,
    start: int,
    *,
    weights: np.ndarray | None = None,
    groups: np.ndarray | None = None,
    calendar: np.ndarray | None = None,
    better: int = 1,
    level: float = 0.95,
    worthwhile: float | None = None,
    subject: Subject | None = None,
    seed: int = 0,
) -> Effect:
    """Estimate what changed in the treated units from ``start`` on.

    ``values``: (units, time), NaN = not known; ``treated``: (units,) booleans; ``start``: the first column after.
    ``weights``: (units,) or (units, time) denominators, by which the mean over units is taken. ``groups``: (units,) labels
    of units that share shocks (a commune's province), so that placebos are drawn group by group. ``calendar``: (time,
    columns) known causes, used where no other unit can serve. ``better``: +1 if higher is better, -1 if lower.
    ``worthwhile``: the smallest change that would matter (else two weekly deviations of the treated); where the interval is
    wider and holds 0, nothing can be said.

    With six or more untreated units: (1) difference-in-differences with unit and time effects; (2) a synthetic control per
    unit. From both is taken what would have passed by itself: the same predictions are made for every untreated unit, and
    for all units at earlier dates, and their errors are regressed on how a unit departed from the others in the last four
    weeks, in the twelve before, and on its drift. So units chosen because they did badly are compared with units that also
    had done badly (regression to the mean), by more than their last weeks. The two are weighed by the placebos' squared
    errors. The interval is the placebos': means of as many errors as there are treated units are drawn (seeded by
    ``seed``), so that lasting noise, shocks and heavy tails are in it. A unit's own shock is pulled in to 2.5 deviations of
    the units' effects. Without other units: the treated mean against its forecast (exponential smoothing after the
    calendar), with the same forecasts at earlier dates as placebos.

    Nothing can be said with fewer than eight columns before, without six other units or a past of three times the length
    after, where the treated moved three times as unlike their counterfactuals before the start as others do, or where the
    interval holds zero and also changes that would matter. Sources: Abadie, J. Econ. Lit. 59 (2021); Arkhangelsky et al.,
    AER 111 (2021); Athey et al., JASA 116 (2021).

    :raises WrongShape, TooShort: arrays that do not fit, no column before or after; :raises BadOption: a level outside 0 … 1.
    """
    values = matrix(values)
    units, length = values.shape
    treated = np.asarray(treated, dtype=bool)
    if treated.shape != (units,) or not treated.any():
        raise WrongShape(what="treated", got=treated.shape, wanted=f"({units},) with at least one")
    if not 2 <= start < length:
        raise TooShort(what="columns before/after the start", got=(start, length - start), wanted="2/1")
    if not 0.5 <= level < 1 or better not in (-1, 1):
        raise BadOption(option="level/better", got=(level, better), wanted="0.5 … 1 / -1 or 1")
    share = _shares(weights, treated, values.shape)
    if groups is not None:
        groups = np.unique(np.asarray(groups), return_inverse=True)[1]
        if groups.shape != (units,):
            raise WrongShape(what="groups", got=groups.shape, wanted=f"({units},)")
    is_known = np.isfinite(values)
    usable = (is_known[:, :start].mean(axis=1) >= 0.5) & (is_known[:, start:].mean(axis=1) >= 0.5)
    donors = ~treated & usable
    complete = filled(values)
    if int(donors.sum()) >= LEAST_DONORS:
        found = by_comparison(complete, treated, donors, start, share, level, groups, np.random.default_rng(seed))
    else:
        found = by_own_past(complete, treated, start, share, level, calendar)

    low, high = found.effect - found.half, found.effect + found.half
    reason = found.reason
    limit = worthwhile if worthwhile is not None else 2 * float(np.median(complete[treated, :start].std(axis=1)))
    if reason is Reason.NONE and low <= 0 <= high and found.half > limit:
        reason = Reason.WIDE
    holds = Verdict.EFFECT if not low <= 0 <= high else Verdict.NONE_SEEN
    verdict = Verdict.CANNOT_SAY if reason is not Reason.NONE else holds
    p = _two_sided(abs(found.effect), found.half, level)
    sign = int(np.sign(found.effect)) * better if verdict is Verdict.EFFECT else 0
    actual = share @ complete[treated]
    effects = _unit_effects(found, np.flatnonzero(treated), better, level) if verdict is not Verdict.CANNOT_SAY else ()
    vi, en = of_effect(
        subject or Subject(), verdict, reason, found.effect, low, high, level, sign,
        (int(treated.sum()), int(donors.sum()), length - start, start), [item.worked for item in effects], found.method,
    )  # fmt: skip
    return Effect(
        verdict, reason, found.effect, low, high, level, p, sign, effects, actual, actual - found.gap, found.method,
        found.weights, found.placebos, vi, en,
    )  # fmt: skip


def _shares(weights: np.ndarray | None, treated: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(treated,) parts of the mean over treated units."""
    if weights is None:
        size = np.ones(shape[0])
    else:
        size = np.asarray(weights, dtype=float)
        if size.shape == shape:
            with np.errstate(all="ignore"):
                size = np.nanmean(size, axis=1)
        if size.shape != shape[:1]:
            raise WrongShape(what="weights", got=size.shape, wanted=f"{shape[:1]} or {shape}")
        size = np.maximum(np.nan_to_num(size), 0)
    size = size[treated]
    return size / size.sum() if size.sum() > 0 else np.full(len(size), 1 / len(size))


def _two_sided(size: float, half: float, level: float) -> float:
    if not np.isfinite(half) or half <= 0:
        return 1.0 if not half <= 0 else float(size == 0)
    normal = NormalDist()
    return 2 * (1 - normal.cdf(size / half * normal.inv_cdf(0.5 + level / 2)))


def _unit_effects(found: Estimate, rows: np.ndarray, better: int, level: float) -> tuple[UnitEffect, ...]:
    """Empirical Bayes: what units differ by beyond their errors decides how far each is drawn to the mean."""
    variance = found.unit_error**2 + 1e-24
    between = max(float(np.mean((found.units - found.effect) ** 2 - variance)), 0.0) if len(rows) > 1 else 0.0
    keep = between / (between + variance)
    drawn = found.effect + keep * (found.units - found.effect)
    z = student_quantile(0.5 + level / 2, 8)  # the two variances are themselves guessed
    half = z * np.sqrt(keep * variance + (1 - keep) ** 2 * found.error**2)
    if len(rows) == 1:
        half = np.array([found.half])
    # "It worked here" needs the unit's own figures too: what it has from the mean of all is no evidence about it.
    own = half if len(rows) == 1 else z * found.unit_error
    p = np.array(
        [
            max(_two_sided(abs(float(mean)), float(width), level), _two_sided(abs(float(raw)), float(wide), level))
            for mean, width, raw, wide in zip(drawn, half, found.units, own, strict=True)
        ]
    )
    q = benjamini_hochberg(p)
    return tuple(
        UnitEffect(
            int(rows[i]), float(found.units[i]), float(drawn[i]), float(drawn[i] - half[i]), float(drawn[i] + half[i]),
            float(q[i]), int(np.sign(drawn[i])) * better if q[i] <= 0.1 else 0,
        )
        for i in range(len(rows))
    )  # fmt: skip
