"""Drift is seen soon and seldom falsely, whatever the errors look like."""

import numpy as np
import pytest

from lienthong.data.intelligence.domain import (
    BadOption,
    Stability,
    TooShort,
    WrongShape,
    cusum_limit,
    find_drift,
    population_stability,
)


def test_the_limit_is_the_known_one():
    # Page's chart with k = 1/2: h = 4 alarms once in 336 steps, h = 5 once in 930 (Montgomery, Table 9.4).
    assert cusum_limit(336) == pytest.approx(4, abs=0.05)
    assert cusum_limit(930) == pytest.approx(5, abs=0.05)


@pytest.mark.parametrize("draw", ["normal", "lognormal", "standard_cauchy"])
def test_false_alarms_come_as_seldom_as_promised(draw):
    rng = np.random.default_rng(1)
    errors = getattr(rng, draw)(size=(600, 16 + 104))
    share = np.mean(find_drift(errors, run_length=520).alarm >= 0)
    assert 0.08 < share < 1 - np.exp(-104 / 520) + 0.04  # skewed errors: more seldom


def test_larger_errors_and_bias_are_told_apart_and_found_soon():
    rng = np.random.default_rng(2)
    errors = rng.normal(size=(120, 100))
    errors[:40, 60:] *= 4
    errors[40:80, 60:] += 2.5
    errors[80:, 60:] -= 2.5
    errors[rng.random(errors.shape) < 0.1] = np.nan
    found = find_drift(errors, run_length=5000)
    late = (found.alarm >= 60) & (found.alarm <= 80)
    assert late.mean() > 0.85
    assert found.worse[:40][late[:40]].mean() > 0.8
    assert (found.bias[40:80][late[40:80]] >= 0).all()
    assert (found.bias[80:][late[80:]] <= 0).all()
    assert np.abs(np.median(found.began[late]) - 60) <= 3
    assert found.false_per_year == pytest.approx(52 / 5000)


def test_what_comes_later_does_not_move_an_alarm():
    errors = np.random.default_rng(3).normal(size=(20, 60))
    errors[:, 30:] += 3
    whole, part = find_drift(errors), find_drift(errors[:, :45])
    early = whole.alarm < 45
    assert early.any()
    assert np.array_equal(whole.alarm[early], part.alarm[early])


def test_stability_by_hand():
    learnt = np.repeat(np.arange(2.0), 1000)[None]
    seen = np.repeat(np.arange(2.0), [1600, 400])[None]
    result = population_stability(learnt, seen, bins=2)
    assert result.index[0] == pytest.approx(0.3 * np.log(0.8 / 0.5) + 0.3 * np.log(0.5 / 0.2), rel=0.01)
    assert result.verdict == (Stability.OTHER,)


def test_stability_under_the_null_and_for_small_samples():
    rng = np.random.default_rng(4)
    same = population_stability(rng.normal(size=(300, 500)), rng.normal(size=(300, 200)))
    assert np.mean(same.p < 0.05) == pytest.approx(0.05, abs=0.04)
    assert all(
        item is Stability.STABLE
        for item in population_stability(rng.random((50, 60)), rng.random((50, 40))).verdict[:3]
    )
    moved = population_stability(rng.normal(size=(20, 500)), rng.normal(0.5, 1, (20, 500)))
    assert sum(item is not Stability.STABLE for item in moved.verdict) >= 18


def test_refusals():
    with pytest.raises(TooShort):
        find_drift(np.ones((1, 10)))
    with pytest.raises(BadOption):
        cusum_limit(5)
    with pytest.raises(TooShort):
        population_stability(np.ones((1, 5)), np.ones((1, 50)))
    with pytest.raises(WrongShape):
        population_stability(np.ones((1, 50)), np.ones((2, 50)))
    with pytest.raises(BadOption):
        population_stability(np.ones((1, 50)), np.ones((1, 50)), bins=1)
