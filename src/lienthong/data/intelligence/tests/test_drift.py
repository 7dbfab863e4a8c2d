"""Drift is seen soon and seldom falsely, whatever the errors look like."""

import numpy as np
import pytest

from lienthong.data.intelligence.domain import (
    BadOption,
    TooShort,
    cusum_limit,
    find_drift,
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


def test_refusals():
    with pytest.raises(TooShort):
        find_drift(np.ones((1, 10)))
    with pytest.raises(BadOption):
        cusum_limit(5)
