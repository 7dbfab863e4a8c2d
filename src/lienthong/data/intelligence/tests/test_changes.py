"""Alarms are seldom false, and what is plain is found."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthong.data.intelligence.domain import BadOption, Kind, TooShort, find_anomalies, find_changes, one_step_errors


def wandering(rng, series, length, memory=0.5):
    noise = rng.normal(size=(series, length))
    for t in range(1, length):
        noise[:, t] = memory * noise[:, t - 1] + noise[:, t] * (1 - memory**2) ** 0.5
    return noise


@pytest.mark.parametrize("heavy", [False, True])
def test_the_budget_holds_under_the_null(heavy):
    """With nothing to find, a day with any alarm is a false one: at most about the budget's share of days."""
    rng, alarmed = np.random.default_rng(1), 0
    for _ in range(30):
        errors = rng.standard_t(4, (250, 60)) if heavy else rng.normal(size=(250, 60))
        found = find_anomalies(errors * rng.lognormal(0, 2, (250, 1)), days=5, budget=0.1)
        alarmed += len(np.unique(found.time))
    assert alarmed / 150 <= 0.14


def test_plain_anomalies_are_found_and_few_others():
    rng, false, true = np.random.default_rng(2), [], []
    for _ in range(10):
        values = 100 + 5 * wandering(rng, 300, 70)
        bad = rng.permutation(300)[:15]
        values[bad, -1] += rng.choice([-1, 1], 15) * 40
        values[rng.integers(0, 300, 40), rng.integers(0, 60, 40)] += 50  # old ones must not hide new ones
        found = find_anomalies(one_step_errors(values), budget=0.1)
        hit = np.isin(found.series, bad)
        true.append(hit.sum() / 15)
        false.append(1 - hit.mean())
        assert (np.sign(found.size) == found.direction).all()
    assert np.mean(true) > 0.9
    assert np.mean(false) <= 0.1


def test_the_day_after_changes_nothing_and_gaps_do_no_harm():
    rng = np.random.default_rng(3)
    errors = rng.normal(size=(50, 40))
    errors[rng.random(errors.shape) < 0.2] = np.nan
    errors[7, 30] = 25.0
    before = find_anomalies(errors[:, :31])
    assert (before.series[0], before.time[0], before.direction[0]) == (7, 30, 1)
    errors[3] = np.nan
    assert np.isnan(find_anomalies(errors).p_all[3]).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.01, 1000))
def test_another_unit_finds_the_same(seed, factor):
    rng = np.random.default_rng(seed)
    errors = rng.normal(size=(40, 30))
    errors[:3, -1] += 12
    one, other = find_anomalies(errors), find_anomalies(errors * factor)
    assert np.array_equal(one.series, other.series)
    assert np.allclose(other.size, one.size * factor)
    values = wandering(rng, 10, 60) + 6 * (np.arange(60) >= 30)
    one, other = find_changes(values), find_changes(values * factor - 17)
    assert np.array_equal(one.time, other.time)
    assert np.allclose(one.size * factor, other.size)


@pytest.mark.parametrize("memory", [0.0, 0.5])
def test_changes_under_the_null(memory):
    rng = np.random.default_rng(4)
    found = find_changes(wandering(rng, 400, 100, memory), budget=0.1)
    assert len(np.unique(found.series)) <= 8  # of 400: nearly none


def test_steps_are_found_where_they_are():
    rng = np.random.default_rng(5)
    values = wandering(rng, 200, 100, 0.3)
    values[:60, 50:] += 3
    values[:20, 75:] -= 5
    values[rng.random(values.shape) < 0.05] = np.nan
    values[150:160, 40] += 30  # lone wild values are anomalies, not changes
    found = find_changes(values)
    first = {row: when for row, when in zip(found.series, found.time, strict=True) if abs(when - 50) <= 4}
    assert len([row for row in first if row < 60]) >= 55
    assert sum(abs(when - 75) <= 3 for row, when in zip(found.series, found.time, strict=True) if row < 20) >= 18
    assert len(np.unique(found.series[found.series >= 60])) <= 6
    up = found.size[(found.series >= 20) & (found.series < 60)]
    assert np.abs(np.median(up) - 3) < 0.4


def test_a_bend_is_found():
    rng, t = np.random.default_rng(6), np.arange(80)
    values = rng.normal(0, 1, (40, 80))
    values[:20] += np.where(t > 40, 0.5 * (t - 40), 0)
    found = find_changes(values, kind=Kind.SLOPE)
    assert len(np.unique(found.series[found.series < 20])) >= 19
    assert len(np.unique(found.series[found.series >= 20])) <= 2
    assert np.median(found.size[found.series < 20]) == pytest.approx(0.5, abs=0.1)
    assert np.abs(np.median(found.time[found.series < 20]) - 41) <= 3


def test_a_step_without_noise_by_hand():
    found = find_changes(np.array([[1.0] * 10 + [3.0] * 10]))
    assert (found.series.tolist(), found.time.tolist(), found.direction.tolist(), found.size.tolist()) == (
        [0],
        [10],
        [1],
        [2.0],
    )
    assert find_changes(np.full((3, 20), 4.0)).series.size == 0


def test_refusals():
    with pytest.raises(TooShort):
        find_anomalies(np.ones((2, 5)))
    with pytest.raises(BadOption):
        find_anomalies(np.ones((2, 50)), budget=1.5)
    with pytest.raises(TooShort):
        find_changes(np.ones((2, 5)))
    with pytest.raises(BadOption):
        find_changes(np.ones((2, 50)), kind=Kind.SLOPE, least=2)
