"""Forecasts know their error, look at nothing that comes after, and beat last year's week."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthong.data.intelligence.domain import (
    MODELS,
    BadOption,
    Measure,
    OutOfBounds,
    TooShort,
    WrongShape,
    forecast,
    one_step_errors,
)
from lienthong.data.intelligence.domain._models import Scale, smooth

HORIZON = 8


def calendar_of(length, rng):
    """Working days of the week (as a logarithm) and the weeks of Tết and after."""
    days, tet, after = np.full(length, 5.0), np.zeros(length), np.zeros(length)
    for start in range(4, length - 1, 52):
        week = min(start + int(rng.integers(0, 4)), length - 2)
        tet[week], after[week + 1], days[week], days[week + 1] = 1, 1, 1, 3
    days[rng.integers(0, length, length // 12)] -= 1
    return np.column_stack([np.log(np.maximum(days, 1)), tet, after])


def dossiers(series, length, rng, size=5.0):
    """Weekly counts of dossiers: the calendar, a yearly wave, a wandering level, chance."""
    calendar, t = calendar_of(length, rng), np.arange(length)
    wander = np.zeros((series, length))
    for week in range(1, length):
        wander[:, week] = 0.6 * wander[:, week - 1] + rng.normal(0, 0.08, series)
    wave = 0.1 * np.sin(2 * np.pi * t / 52 + rng.uniform(0, 1, (series, 1)))
    effect = (0.9 + 0.1 * rng.normal(size=(series, 1))) * calendar[:, 0] - rng.normal(
        0.5, 0.15, (series, 1)
    ) * calendar[:, 1]
    return rng.poisson(rng.lognormal(size, 1, (series, 1)) * np.exp(wander + wave + effect - 1.6)).astype(
        float
    ), calendar


def shares(series, length, rng, size=3.5):
    """Weekly on-time shares of small and large offices."""
    n = rng.poisson(rng.lognormal(size, 1.2, (series, 1)), (series, length)).astype(float)
    wander = np.zeros((series, length))
    for week in range(1, length):
        wander[:, week] = 0.8 * wander[:, week - 1] + rng.normal(0, 0.15, series)
    p = 1 / (1 + np.exp(-(rng.normal(2, 0.8, (series, 1)) + wander)))
    with np.errstate(invalid="ignore"):
        return np.where(n > 0, rng.binomial(n.astype(int), p) / n, np.nan), n


def coverage(result, truth, level):
    row, known = result.levels.index(level), np.isfinite(truth)
    return ((truth >= result.low[row] - 1e-9) & (truth <= result.high[row] + 1e-9))[known].mean()


def test_counts_are_covered_and_beat_last_years_week():
    rng, found, errors, naive = np.random.default_rng(1), [], 0.0, 0.0
    for _ in range(6):
        y, calendar = dossiers(60, 130 + HORIZON, rng)
        result = forecast(y[:, :130], horizon=HORIZON, measure=Measure.COUNT, calendar=calendar)
        found.append(coverage(result, y[:, 130:], 0.9))
        errors += np.abs(result.point - y[:, 130:]).sum()
        naive += np.abs(y[:, 130 - 52 : 130 - 52 + HORIZON] - y[:, 130:]).sum()
    assert 0.87 <= np.mean(found) <= 0.93
    assert errors / naive < 0.85


def test_small_counts_are_covered():
    rng, found = np.random.default_rng(2), []
    for _ in range(6):
        y, calendar = dossiers(60, 110 + HORIZON, rng, size=1.2)
        result = forecast(y[:, :110], horizon=HORIZON, measure=Measure.COUNT, calendar=calendar)
        found.append(coverage(result, y[:, 110:], 0.9))
    assert 0.87 <= np.mean(found) <= 0.95  # whole numbers: an interval holds a little more than it must


def test_shares_are_covered_and_small_denominators_widen():
    rng, found = np.random.default_rng(3), []
    for _ in range(6):
        y, n = shares(60, 100 + HORIZON, rng)
        future = n[:, 100:]
        result = forecast(
            y[:, :100],
            horizon=HORIZON,
            season=1,
            measure=Measure.SHARE,
            denominators=n[:, :100],
            future_denominators=future,
        )
        found.append(coverage(result, y[:, 100:], 0.9))
        few = forecast(
            y[:, :100], horizon=HORIZON, season=1, measure=Measure.SHARE, denominators=n[:, :100],
            future_denominators=np.maximum(future / 10, 1),
        )  # fmt: skip
        middle = (np.abs(result.point - 0.5) < 0.3) & (future > 20)
        assert ((few.high - few.low)[2] > (result.high - result.low)[2])[middle].mean() > 0.95
    assert 0.87 <= np.mean(found) <= 0.94


def test_a_short_series_leans_on_the_others():
    rng, found = np.random.default_rng(4), []
    for _ in range(6):
        y, calendar = dossiers(60, 110 + HORIZON, rng)
        y[:30, :95] = np.nan
        result = forecast(y[:, :110], horizon=HORIZON, measure=Measure.COUNT, calendar=calendar)
        found.append(coverage(type(result)(**{**vars(result), "low": result.low[:, :30], "high": result.high[:, :30]}),
                              y[:30, 110:], 0.9))  # fmt: skip
    assert 0.84 <= np.mean(found) <= 0.96


def test_days_of_the_week_are_learnt():
    rng, t = np.random.default_rng(5), np.arange(120 + 14)
    y = rng.poisson(np.where(t % 7 < 5, 80, 8), (20, len(t))).astype(float)
    result = forecast(y[:, :120], horizon=14, season=7, measure=Measure.COUNT)
    assert np.abs(result.point.mean(0)[t[120:] % 7 < 5] - 80).max() < 6
    assert np.abs(result.point.mean(0)[t[120:] % 7 >= 5] - 8).max() < 3


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from(list(Measure)))
def test_intervals_nest_and_keep_the_bounds(seed, measure):
    rng = np.random.default_rng(seed)
    y, n = shares(5, 30, rng)
    y = {Measure.SHARE: y, Measure.COUNT: np.round(20 * y), Measure.VALUE: 5 * y - 3}[measure]
    y[rng.random(y.shape) < 0.2] = np.nan
    result = forecast(y, horizon=4, season=1, measure=measure, denominators=n, levels=(0.5, 0.8, 0.95))
    assert np.isfinite(result.low).all()
    assert np.isfinite(result.high).all()
    assert (np.diff(result.low, axis=0) <= 1e-12).all()
    assert (np.diff(result.high, axis=0) >= -1e-12).all()
    assert (result.low <= result.point + 1e-12).all()
    assert (result.point <= result.high + 1e-12).all()
    if measure is not Measure.VALUE:
        assert result.low.min() >= 0
    if measure is Measure.SHARE:
        assert result.high.max() <= 1
    assert np.allclose(result.weights.sum(axis=1), 1)
    assert result.weights.shape == (5, len(MODELS))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.01, 100), st.floats(-1000, 1000))
def test_another_unit_changes_the_unit_only(seed, factor, shift):
    y = np.random.default_rng(seed).normal(size=(6, 40)).cumsum(axis=1)
    one, other = (forecast(values, horizon=3, season=1) for values in (y, factor * y + shift))
    assert np.allclose(other.point, factor * one.point + shift, rtol=1e-4, atol=1e-3 * factor)
    assert np.allclose(other.high - other.low, factor * (one.high - one.low), rtol=1e-3, atol=1e-4 * factor)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**31))
def test_what_comes_after_an_origin_changes_nothing_at_it(seed):
    rng = np.random.default_rng(seed)
    y, origin = dossiers(8, 60, rng)[0], 41
    changed = y.copy()
    changed[:, origin:] = rng.normal(size=changed[:, origin:].shape) * 1000
    smoothed, again = smooth(y, [origin], 4), smooth(changed, [origin], 4)
    assert np.array_equal(smoothed.damped, again.damped)
    assert np.array_equal(smoothed.theta, again.theta)
    assert np.array_equal(one_step_errors(y)[:, :origin], one_step_errors(changed)[:, :origin], equal_nan=True)


def test_candidates_at_an_origin_do_not_look_ahead():
    from lienthong.data.intelligence.domain._forecast import _candidates

    y, calendar = dossiers(12, 64, np.random.default_rng(6))
    changed, groups = y[:, :60].copy(), np.zeros(12, dtype=int)
    changed[:, 40:] = 7.0
    scale = Scale.of(Measure.VALUE, y)
    one, other = (_candidates(z, [30, 40], 4, 7, calendar, groups, scale, None) for z in (y[:, :60], changed))
    assert np.array_equal(one.z, other.z)
    assert np.array_equal(one.variance, other.variance)


def test_a_constant_stays_and_unknown_series_have_no_skill():
    y = np.full((3, 40), 7.0)
    y[2] = np.nan
    result = forecast(y, horizon=3, season=1)
    assert np.allclose(result.point[:2], 7)
    assert np.isnan(result.skill[2])


def test_refusals_name_what_is_wrong():
    y = np.ones((2, 40))
    with pytest.raises(TooShort):
        forecast(y[:, :5], horizon=2)
    with pytest.raises(OutOfBounds):
        forecast(-y, horizon=2, measure=Measure.COUNT)
    with pytest.raises(OutOfBounds):
        forecast(2 * y, horizon=2, measure=Measure.SHARE, denominators=y)
    with pytest.raises(WrongShape):
        forecast(y, horizon=2, measure=Measure.SHARE)
    with pytest.raises(WrongShape):
        forecast(y, horizon=2, calendar=np.ones((41, 1)))
    with pytest.raises(WrongShape):
        forecast(y[0], horizon=2)
    with pytest.raises(BadOption):
        forecast(y, horizon=0)
    with pytest.raises(BadOption) as refused:
        forecast(y, horizon=2, levels=(0.9, 0.5))
    assert "không dùng được" in refused.value.text("vi")
