"""What is unusual, over all indicators at once, with a bound on how many alarms are false; and since when a series is another."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lienthong.data.intelligence.domain._refusals import BadOption, TooShort, matrix
from lienthong.data.intelligence.domain._statistics import (
    benjamini_hochberg,
    middle,
    normal_sf,
    robust_scale,
)

TAIL = 0.02
"""The share of the reference beyond which its tail is a fitted curve, so that p-values below 1 in n exist."""
TAIL_AT_MOST = 2000
REFERENCE = 200_000
"""Earlier errors that new ones are ranked among, at least."""


@dataclass(frozen=True)
class Anomalies:
    """Unusual values, the surest first; arrays of one length, and what was tested."""

    series: np.ndarray
    """(found,) the row."""
    time: np.ndarray
    """(found,) the column."""
    direction: np.ndarray
    """(found,) +1 above, -1 below what was expected."""
    size: np.ndarray
    """(found,) value less expectation, in the unit of the errors."""
    z: np.ndarray
    """(found,) the same in the usual scatter of the series."""
    p: np.ndarray
    q: np.ndarray
    """(found,) the share of false alarms among all that are at least as sure."""
    tested: int
    budget: float
    p_all: np.ndarray
    """(series, days tested)"""
    q_all: np.ndarray


def find_anomalies(
    errors: np.ndarray, *, days: int = 1, budget: float = 0.1, window: int = 60, least: int = 12
) -> Anomalies:
    """Which of the newest values are unusual, so that the share of false alarms stays under a budget.

    ``errors``: (series, time) one-step forecast errors (``one_step_errors``), NaN = not known. The last ``days`` columns are
    tested; each day is a family of its own, and the budget (expected share of false alarms among the alarms) holds for
    each. An error is divided by the scatter of at most ``window`` known errors before it (median and median absolute deviation:
    earlier anomalies do not hide later ones); its p-value is its rank among the earlier errors of all series (of the last
    26 columns at least, of more while series are few), divided in the same way, with a generalised Pareto tail beyond the
    highest 2 % (Pickands, Ann. Stat. 3, 1975). Benjamini & Hochberg over everything tested that day: ranks against one
    common past are positively dependent, for which the bound holds (Bates et al., Ann. Stat. 51, 2023). Series with fewer
    than ``least`` earlier errors are not tested.

    :raises TooShort: with fewer than ``least + days`` columns; :raises BadOption: a budget outside 0 … 1.
    """
    errors = matrix(errors, "errors")
    if not 0 < budget < 1:
        raise BadOption(option="budget", got=budget, wanted="between 0 and 1")
    if days < 1 or errors.shape[1] < least + days:
        raise TooShort(what="columns of errors", got=errors.shape[1], wanted=least + max(days, 1))
    first = errors.shape[1] - days
    # So many series that a part of the past is reference enough.
    start = max(0, first - max(REFERENCE // max(len(errors), 1), 26) - least)
    z = _standardised(errors, window, least, start)
    reference = np.abs(z[:, :first])
    reference = reference[np.isfinite(reference)]
    p = _tail_p(np.abs(z[:, first:]), reference)
    q = np.column_stack([benjamini_hochberg(p[:, day]) for day in range(days)])
    with np.errstate(invalid="ignore"):
        series, day = np.nonzero(q <= budget)
    order = np.argsort(p[series, day], kind="stable")
    series, day = series[order], day[order]
    found = z[series, first + day]
    return Anomalies(
        series, first + day, np.sign(found).astype(int), errors[series, first + day], found, p[series, day], q[series, day],
        int(np.isfinite(p).sum()), budget, p, q,
    )  # fmt: skip


def _standardised(errors: np.ndarray, window: int, least: int, start: int) -> np.ndarray:
    """(series, time): every error in the scatter of those before it; NaN until there are enough of them."""
    z = np.full(errors.shape, np.nan)
    known = np.isfinite(errors).cumsum(axis=1)
    floor = 1e-9 * np.nanmax(np.abs(errors), initial=1.0)
    for t in range(max(least, start), errors.shape[1]):
        rows = np.flatnonzero((known[:, t - 1] >= least) & np.isfinite(errors[:, t]))
        past = errors[rows, max(0, t - window) : t]
        n = np.isfinite(past).sum(axis=1)
        scale = robust_scale(past)
        # A scatter from few values is itself unsure; half-empty windows lean on the whole past.
        enough = n >= least
        rows, scale, past = rows[enough], scale[enough], past[enough]
        z[rows, t] = (errors[rows, t] - middle(past)) / np.maximum(scale, floor)
    return z


def _tail_p(values: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """P(a reference value is at least this large), ranks below and a Pareto tail above."""
    if reference.size < 100:
        # Too little past for ranks: a tail heavier than normal (Student's with about five degrees of freedom).
        return np.where(
            np.isnan(values), np.nan, 2 * normal_sf(np.sqrt(5.5 * np.log1p(np.nan_to_num(values) ** 2 / 5)))
        )
    ordered = np.sort(reference)
    n = ordered.size
    above = n - np.searchsorted(ordered, np.nan_to_num(values), side="left")
    p = (above + 1) / (n + 1)
    count = min(max(int(TAIL * n), 25), TAIL_AT_MOST)
    edge = ordered[-count - 1]
    beyond = ordered[-count:] - edge
    # Probability-weighted moments (Hosking & Wallis, Technometrics 29, 1987).
    mean = beyond.mean()
    moment = float(np.mean(beyond * (1 - (np.arange(1, count + 1) - 0.35) / count)))
    if mean > 0 and mean > 2 * moment + 1e-12:
        # A tail is not believed to end: a shape below zero would call everything beyond the largest impossible.
        shape = np.clip(2 - mean / (mean - 2 * moment), 0.0, 0.9)
        scale = mean * (1 - shape)
        over = np.maximum(np.nan_to_num(values) - edge, 0) / scale
        fitted = np.exp(-over) if shape < 1e-6 else (1 + shape * over) ** (-1 / shape)
        # The fit takes over where ranks grow coarse: fewer than 25 of the past were as large.
        p = np.where(above < 25, np.minimum(fitted * count / n, 26 / (n + 1)), p)
    return np.where(np.isnan(values), np.nan, np.clip(p, 1e-300, 1))


class Kind(StrEnum):
    """What changes: the level, or level and slope of a line."""

    LEVEL = "level"
    SLOPE = "slope"


@dataclass(frozen=True)
class Changes:
    """Moments from which a series is another, the surest first; arrays of one length."""

    series: np.ndarray
    time: np.ndarray
    """(found,) the first column of the new level or slope."""
    direction: np.ndarray
    size: np.ndarray
    """(found,) new level less old (slope: new less old, per column)."""
    p: np.ndarray
    q: np.ndarray
    memory: np.ndarray
    """(series,): estimated correlation of a value with the one before, changes apart."""


def find_changes(
    values: np.ndarray, *, kind: Kind = Kind.LEVEL, budget: float = 0.1, least: int = 4, penalty: float = 1.0
) -> Changes:
    """Since when series are others: the best division into stretches of one level (or one line) each.

    ``values``: (series, time), NaN = not known. Optimal partitioning (Jackson et al., IEEE SPL 12, 2005), which PELT (Killick,
    Fearnhead & Eckley, JASA 107, 2012) computes for one series by pruning and we, exactly, for all series side by side.
    Each stretch of at least ``least`` columns costs ``penalty`` × 3 ln n (4 ln n for lines) times the long-run variance:
    estimated from the spread of differences at lags 1 and 2, which steps hardly touch (Chakar et al., Bernoulli 23,
    2017), so that wandering series are not cut to pieces. Lone wild values are pulled in to four deviations beforehand. A
    change's p-value compares its two stretches, multiplied by the moments it could have been at; Benjamini & Hochberg
    over all series, one test for each without a change, keeps the share of false ones under ``budget``.

    :raises TooShort: with fewer than ``2 × least`` columns; :raises BadOption: ``least`` below 2 (3 for slopes).
    """
    values = matrix(values)
    lowest = 3 if kind is Kind.SLOPE else 2
    if least < lowest:
        raise BadOption(option="least", got=least, wanted=f"at least {lowest}")
    if values.shape[1] < 2 * least:
        raise TooShort(what="columns", got=values.shape[1], wanted=2 * least)
    is_known = np.isfinite(values)
    scatter, memory = _noise(values)
    y = _tamed(values, scatter)
    n = is_known.sum(axis=1)
    unit = scatter**2 * (1 + memory) / (1 - memory)
    sums = _Sums(y, is_known, kind)
    price = penalty * (4.0 if kind is Kind.SLOPE else 3.0) * np.log(np.maximum(n, 3)) * unit
    edges = _partition(sums, values.shape[1], least, price)

    found = []
    for row, cuts in enumerate(edges):
        bounds = [0, *cuts, values.shape[1]]
        found += [(row, *bounds[position : position + 3]) for position in range(len(cuts))]
    rows, before, cut, after = np.array(found, dtype=int).reshape(-1, 4).T
    left, left_variance = sums.estimate(rows, before, cut)
    right, right_variance = sums.estimate(rows, cut, after)
    size = right - left
    z = np.abs(size) / np.sqrt((left_variance + right_variance) * unit[rows] + 1e-300)
    # The moment was chosen as the best of many; neighbours are nearly the same test.
    tries = np.maximum((after - before) / 2, 1)
    p = np.clip(2 * normal_sf(z) * tries, 1e-300, 1)
    silent = (n > 0).sum() - len(np.unique(rows))
    q = benjamini_hochberg(np.concatenate([p, np.ones(silent)]))[: len(p)]
    keep = np.flatnonzero(q <= budget)
    keep = keep[np.argsort(p[keep], kind="stable")]
    return Changes(rows[keep], cut[keep], np.sign(size[keep]).astype(int), size[keep], p[keep], q[keep], memory)


def _noise(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(series,) standard deviation and lag-1 correlation, from differences: steps touch few of them."""
    one, two = (_spread(values[:, lag:] - values[:, :-lag]) for lag in (1, 2))
    with np.errstate(all="ignore"):
        memory = np.clip(np.nan_to_num((two / one) ** 2 - 1), 0, 0.9)
    if len(memory) >= 8:
        # One series shows its memory badly; its peers' is the better half of what is known.
        memory = (memory + np.median(memory)) / 2
    return np.maximum(one / np.sqrt(2 * (1 - memory)), 1e-9), memory


def _spread(differences: np.ndarray) -> np.ndarray:
    """(series,) the root mean square of differences, those beyond three robust deviations pulled in."""
    reach = np.nan_to_num(3 * robust_scale(differences))[:, None]
    # Where more than half of the differences are zero, the tenth largest in a hundred is the limit.
    tenth = np.quantile(np.abs(np.nan_to_num(differences)), 0.9, axis=1, keepdims=True)
    tamed = np.clip(differences, -np.maximum(reach, tenth), np.maximum(reach, tenth))
    known = np.isfinite(tamed)
    return np.sqrt((np.where(known, tamed, 0) ** 2).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _tamed(values: np.ndarray, scatter: np.ndarray) -> np.ndarray:
    """The values with lone outliers pulled in; unknown ones as 0."""
    padded = np.pad(values, ((0, 0), (2, 2)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5, axis=1)
    around = np.nan_to_num(middle(windows))
    reach = 4 * scatter[:, None]
    return np.where(np.isnan(values), 0.0, np.clip(np.nan_to_num(values), around - reach, around + reach))


class _Sums:
    """Running sums from which the cost of any stretch of any series follows."""

    def __init__(self, y: np.ndarray, is_known: np.ndarray, kind: Kind) -> None:
        t = np.arange(y.shape[1]) - y.shape[1] / 2
        shift = (y.sum(axis=1) / np.maximum(is_known.sum(axis=1), 1))[:, None]
        self.shift, y = shift[:, 0], np.where(is_known, y - shift, 0.0)
        self.is_line = kind is Kind.SLOPE
        columns = [is_known, y, y * y] + ([is_known * t, is_known * t * t, y * t] if self.is_line else [])
        self.sums = [np.pad(np.cumsum(item, axis=1, dtype=float), ((0, 0), (1, 0))) for item in columns]

    def cost(self, start: int, stop: int, end: int) -> np.ndarray:
        """(series, stop - start): squared errors of the stretches from each of start … stop-1 to end."""
        n, s, ss, *line = (item[:, end, None] - item[:, start:stop] for item in self.sums)
        n = np.maximum(n, 1e-9)
        result = ss - s * s / n
        if self.is_line:
            st, stt, sty = line
            spread = stt - st * st / n
            result = result - np.where(spread > 1e-9, (sty - s * st / n) ** 2 / np.maximum(spread, 1e-9), 0)
        return np.maximum(result, 0)

    def estimate(self, rows: np.ndarray, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The level (or slope) of stretches and its variance in units of the noise's."""
        n, s, _, *line = (item[rows, end] - item[rows, start] for item in self.sums)
        n = np.maximum(n, 1e-9)
        if not self.is_line:
            return s / n, 1 / n
        st, stt, sty = line
        spread = np.maximum(stt - st * st / n, 1e-9)
        return (sty - s * st / n) / spread, 1 / spread


def _partition(sums: _Sums, length: int, least: int, price: np.ndarray) -> list[list[int]]:
    """For every series the columns at which a new stretch begins."""
    count = len(price)
    best = np.full((count, length + 1), np.inf)
    best[:, 0] = -price
    back = np.zeros((count, length + 1), dtype=int)
    for end in range(least, length + 1):
        total = best[:, : end - least + 1] + sums.cost(0, end - least + 1, end)
        back[:, end] = total.argmin(axis=1)
        best[:, end] = total[np.arange(count), back[:, end]] + price
    edges: list[list[int]] = []
    for row in range(count):
        cuts, at = [], length
        while (at := int(back[row, at])) > 0:
            cuts.append(at)
        edges.append(cuts[::-1])
    return edges
