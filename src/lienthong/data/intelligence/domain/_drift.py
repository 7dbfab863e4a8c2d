"""Whether a model still knows what it knew: drift of its errors."""

from dataclasses import dataclass

import numpy as np

from lienthong.data.intelligence.domain._refusals import BadOption, TooShort, matrix
from lienthong.data.intelligence.domain._statistics import normal_quantile

SIEGMUND = 1.166
"""The mean overshoot of a normal random walk over both of its sides (Siegmund, Sequential Analysis, 1985, §10)."""


def cusum_limit(run_length: float, slack: float = 0.5) -> float:
    """The limit at which a one-sided CUSUM of standard normal scores alarms falsely once in ``run_length`` on average.

    Siegmund's approximation of the average run length, (e^{2kb} - 2kb - 1) / 2k² with b = limit + 1.166, solved by halving.

    :raises BadOption: a run length of 10 or less, a slack that is not positive.
    """
    if run_length <= 10 or slack <= 0:
        raise BadOption(option="run_length/slack", got=(run_length, slack), wanted="above 10 / positive")
    low, high = 0.0, 100.0 / slack
    for _ in range(80):
        middle = (low + high) / 2
        x = 2 * slack * (middle + SIEGMUND)
        length = (np.expm1(min(x, 700)) - x) / (2 * slack**2)
        low, high = (middle, high) if length < run_length else (low, middle)
    return high


@dataclass(frozen=True)
class Drift:
    """Where errors of models began to drift; one element per model."""

    alarm: np.ndarray
    """(models,) the column at which the first alarm was raised; -1: none."""
    began: np.ndarray
    """(models,) the column from which the evidence gathered; -1: none."""
    worse: np.ndarray
    """(models,) whether errors became larger (as against one-sided: a bias)."""
    bias: np.ndarray
    """(models,) +1: values run above the forecasts, -1: below, 0: neither."""
    evidence: np.ndarray
    """(models, time) the highest of the sums, as a share of the limit."""
    limit: float
    false_per_year: float
    """Expected false alarms per model in 52 columns: 52 / run length."""


def find_drift(errors: np.ndarray, *, run_length: float = 520.0, slack: float = 0.5, reference: int = 16) -> Drift:
    """Watch forecast errors for drift, with a false-alarm rate that holds whatever their distribution.

    ``errors``: (models, time), value less forecast, NaN = not known. Every error becomes the normal score of its rank among
    those before it: if nothing changes these ranks are independent and uniform, whatever the distribution (Conover,
    Tercero-Gómez & Cordero-Franco, Sequential Analysis 36, 2017). Three CUSUMs watch them: errors above, below, and larger
    in size. Together they alarm falsely at most once in ``run_length`` columns on average (more seldom where errors are
    skewed, as two of the watches then see the same); the first ``reference`` columns only teach. After an alarm a model is
    not watched on: it is to be mended.

    :raises TooShort: with no column after the reference; :raises BadOption: as :func:`cusum_limit`.
    """
    errors = matrix(errors, "errors")
    models, length = errors.shape
    if length <= reference or reference < 4:
        raise TooShort(what="columns of errors", got=length, wanted=max(reference, 4) + 1)
    limit = cusum_limit(3 * run_length, slack)  # three watches share the rate
    centre = np.nanmedian(
        np.where(np.isnan(errors[:, :reference]).all(1, keepdims=True), 0, errors[:, :reference]), axis=1
    )
    signed, size = _rank_scores(errors, reference), _rank_scores(np.abs(errors - centre[:, None]), reference)
    sums, start = np.zeros((3, models)), np.full((3, models), reference)
    alarm, which, began = np.full(models, -1), np.zeros(models, dtype=int), np.full(models, -1)
    evidence = np.zeros((models, length))
    for t in range(reference, length):
        score = np.nan_to_num(np.stack([signed[:, t], -signed[:, t], size[:, t]]))
        known = np.isfinite(errors[:, t])
        start = np.where(sums <= 0, t, start)
        sums = np.where(known, np.maximum(sums + score - slack, 0), sums)
        evidence[:, t] = sums.max(axis=0) / limit
        new = (alarm < 0) & (evidence[:, t] >= 1)
        first = sums.argmax(axis=0)
        which, began = np.where(new, first, which), np.where(new, start[first, np.arange(models)], began)
        alarm = np.where(new, t, alarm)
    is_drifting = alarm >= 0
    bias = np.where(is_drifting, np.array([1, -1, 0])[which], 0)
    return Drift(alarm, began, is_drifting & (which == 2), bias, evidence, limit, 52 / run_length)


def _rank_scores(values: np.ndarray, reference: int) -> np.ndarray:
    """(models, time): the normal score of each value's rank among itself and the known ones before it."""
    scores = np.full(values.shape, np.nan)
    for t in range(reference, values.shape[1]):
        now, past = values[:, t, None], values[:, :t]
        with np.errstate(invalid="ignore"):
            below, equal = (past < now).sum(axis=1), (past == now).sum(axis=1)
        n = np.isfinite(past).sum(axis=1) + 1
        score = normal_quantile((below + equal / 2 + 0.5) / n)
        scores[:, t] = np.where(np.isfinite(now[:, 0]) & (n > 4), score, np.nan)
    return scores
