"""Tails of distributions, p-values and how to put them together: what the other files share, in numpy only."""

from statistics import NormalDist

import numpy as np

from lienthong.data.intelligence.domain._refusals import BadOption, WrongShape

TINY = 1e-300
CHUNK = 4_000_000
"""Elements of a work array at a time, so that large offices do not fill the memory."""


def normal_sf(z: np.ndarray | float) -> np.ndarray:
    """P(Z > z) of the standard normal distribution, of any shape; relative error below 2e-7 in both tails.

    Source: the Chebyshev fit of erfc in Press et al., Numerical Recipes, 2nd ed., §6.2.
    """
    x = np.abs(np.asarray(z, dtype=float)) / np.sqrt(2)
    t = 1 / (1 + x / 2)
    fit = [
        0.17087277,
        -0.82215223,
        1.48851587,
        -1.13520398,
        0.27886807,
        -0.18628806,
        0.09678418,
        0.37409196,
        1.00002368,
    ]
    polynomial = np.polyval([*fit, -1.26551223], t)
    tail = t * np.exp(np.maximum(-x * x + polynomial, -740)) / 2
    return np.where(np.asarray(z) >= 0, tail, 1 - tail)


def normal_quantile(p: np.ndarray | float) -> np.ndarray:
    """z with P(Z < z) = p, of any shape; absolute error below 1e-8. Source: P. J. Acklam's rational fit (2003)."""
    p = np.clip(np.asarray(p, dtype=float), TINY, 1 - 1e-16)
    a = [
        -39.69683028665376,
        220.9460984245205,
        -275.9285104469687,
        138.3577518672690,
        -30.66479806614716,
        2.506628277459239,
    ]
    b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1]
    c = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
         2.938163982698783]  # fmt: skip
    d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1]
    q = p - 0.5
    with np.errstate(all="ignore"):
        middle = q * np.polyval(a, q * q) / np.polyval(b, q * q)
        r = np.sqrt(-2 * np.log(np.minimum(p, 1 - p)))
        outer = np.polyval(c, r) / np.polyval(d, r)
    return np.where(np.abs(q) <= 0.47575, middle, np.where(q < 0, outer, -outer))


def student_quantile(p: float, freedom: float) -> float:
    """The quantile of Student's distribution for a few degrees of freedom or more (3 and up: error below 1 %).

    Source: the expansion of Fisher and Cornish, Abramowitz & Stegun 26.7.5.
    """
    z, v = NormalDist().inv_cdf(p), max(freedom, 3.0)
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    )


def chi_square_sf(x: np.ndarray | float, freedom: int) -> np.ndarray:
    """P(X > x) of the chi-square distribution with a whole number of degrees of freedom; exact finite sums.

    Source: Abramowitz & Stegun 26.4.4 and 26.4.5.

    :raises BadOption: if there is no degree of freedom.
    """
    if freedom < 1:
        raise BadOption(option="freedom", got=freedom, wanted="at least 1")
    x = np.maximum(np.asarray(x, dtype=float), 0)
    half = x / 2
    if freedom % 2:
        tail, shape = 2 * normal_sf(np.sqrt(x)), 0.5
        term = np.exp(-half) * np.sqrt(half) / np.sqrt(np.pi) * 2
    else:
        tail, shape = np.exp(-half), 1.0
        term = np.exp(-half) * half
    while shape < freedom / 2 - 0.25:
        tail = tail + term
        shape += 1
        term = term * half / shape
    return np.minimum(tail, 1)


def hypergeometric_sf(seen: np.ndarray, drawn: np.ndarray, marked: np.ndarray, total: np.ndarray) -> np.ndarray:
    """P(X ≥ seen) when ``drawn`` of ``total`` are drawn and ``marked`` of the total are marked; one test per element.

    Fisher's exact test, one-sided. Arrays of whole numbers of one shape (n,).
    """
    seen, drawn, marked, total = (np.asarray(item, dtype=np.int64).ravel() for item in (seen, drawn, marked, total))
    if not seen.size:
        return np.ones(0)
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, max(int(total.max()), 1) + 1)))])
    result = np.ones(len(seen))
    highest = np.minimum(drawn, marked)
    order = np.argsort(highest - seen)  # items with as many terms as each other together
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and (stop - start + 1) * max(highest[order[stop]] - seen[order[stop]] + 1, 1) < CHUNK:
            stop = min(len(order), stop + max(1, (stop - start)))
        part = order[start:stop]
        start = stop
        width = int(max((highest[part] - seen[part]).max() + 1, 0))
        k = seen[part, None] + np.arange(width)
        d, m, n = drawn[part, None], marked[part, None], total[part, None]
        possible = (k <= highest[part, None]) & (n - m - d + k >= 0) & (k >= 0)
        k = np.where(possible, k, np.maximum(0, d + m - n))
        log = logs[m] - logs[k] - logs[m - k] + logs[n - m] - logs[d - k] - logs[n - m - d + k]
        log = log - logs[n] + logs[d] + logs[n - d]
        result[part] = np.where(possible, np.exp(log), 0).sum(axis=1)
    result = np.where(seen > np.minimum(drawn, marked), 0.0, np.clip(result, TINY, 1))
    return np.where(seen <= np.maximum(0, drawn + marked - total), 1.0, result)


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """The q-values of p-values of any shape: the smallest share of false finds at which each would be kept.

    NaN (not tested) stays NaN and does not count. Source: Benjamini & Hochberg, JRSS B 57 (1995).
    """
    p = np.asarray(p, dtype=float)
    flat = p.ravel()
    tested = np.flatnonzero(~np.isnan(flat))
    result = np.full(flat.shape, np.nan)
    if tested.size:
        order = tested[np.argsort(flat[tested], kind="stable")]
        stepped = flat[order] * len(order) / np.arange(1, len(order) + 1)
        result[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1)
    return result.reshape(p.shape)


def cauchy_combination(p: np.ndarray, axis: int = 0) -> np.ndarray:
    """One p-value out of several along an axis, whatever their dependence; NaN takes no part, none at all gives 1.

    Source: Liu & Xie, JASA 115 (2020).
    """
    p = np.asarray(p, dtype=float)
    known = ~np.isnan(p)
    # A p-value of one would weigh minus infinity; discrete tests give it often and it says nothing.
    q = np.clip(np.where(known, p, 0.5), 1e-300, 0.99)
    score = np.where(q < 1e-8, 1 / (np.pi * q), np.tan((0.5 - q) * np.pi))
    count = known.sum(axis=axis)
    mean = np.where(known, score, 0).sum(axis=axis) / np.maximum(count, 1)
    with np.errstate(divide="ignore"):
        result = np.where(mean > 1e7, 1 / (np.pi * np.maximum(mean, 1)), 0.5 - np.arctan(mean) / np.pi)
    return np.where(count > 0, np.clip(result, TINY, 1), 1.0)


def fisher_combination(p: np.ndarray) -> np.ndarray:
    """One p-value out of independent ones along the first axis, (k, n) → (n,); NaN takes no part (as p = 1 does little)."""
    p = np.asarray(p, dtype=float)
    if p.ndim != 2:
        raise WrongShape(what="p", got=p.shape, wanted="(tests, cases)")
    statistic = -2 * np.log(np.clip(np.where(np.isnan(p), 1.0, p), TINY, 1)).sum(axis=0)
    return np.maximum(chi_square_sf(statistic, 2 * p.shape[0]), TINY)


def middle(values: np.ndarray, axis: int = -1) -> np.ndarray:
    """The median of the known values along an axis; NaN where none is. Many times as fast as ``nanmedian``."""
    ordered = np.sort(values, axis=axis)  # unknown ones go last
    count = np.isfinite(ordered).sum(axis=axis, keepdims=True)
    last = values.shape[axis] - 1
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis)
    high = np.take_along_axis(ordered, np.minimum(count // 2, last), axis)
    return np.where(count > 0, (low + high) / 2, np.nan).squeeze(axis)


def robust_scale(values: np.ndarray, axis: int = -1) -> np.ndarray:
    """The standard deviation as the middle half of the values shows it (1.4826 × median absolute deviation)."""
    return 1.4826 * middle(np.abs(values - np.expand_dims(middle(values, axis), axis)), axis)
