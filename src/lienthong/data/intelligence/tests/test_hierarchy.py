"""Parts add up to the whole, and agreement makes forecasts better, not only tidier."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthong.data.intelligence.domain import Measure, WrongShape, forecast, reconcile

PARENT = np.array([-1, 0, 0, 1, 1, 1, 2, 2])
"""A country, two provinces, three and two communes."""


def adds_up(values, parent=PARENT):
    return all(
        np.allclose(values[node], values[np.flatnonzero(parent == node)].sum(axis=0), rtol=1e-12, atol=1e-9)
        for node in np.unique(parent[parent >= 0])
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.booleans(), st.integers(0, 30))
def test_the_parts_add_up(seed, non_negative, samples):
    rng = np.random.default_rng(seed)
    result = reconcile(
        rng.normal(2, 3, (8, 4)), PARENT, errors=rng.normal(size=(8, samples)), non_negative=non_negative
    )
    assert adds_up(result.point)
    if non_negative:
        assert result.point.min() >= 0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31))
def test_forecasts_that_agree_are_left_alone(seed):
    rng = np.random.default_rng(seed)
    leaves = rng.uniform(1, 100, (5, 3))
    a, b = leaves[:3].sum(0), leaves[3:].sum(0)
    coherent = np.vstack([a + b, a, b, leaves])
    result = reconcile(
        coherent, PARENT, errors=rng.normal(size=(8, 20)), low=coherent[None] - 1, high=coherent[None] + 1
    )
    assert np.allclose(result.point, coherent)
    assert (result.low <= result.point).all()
    assert (result.high >= result.point).all()


def test_by_hand_the_surer_forecast_moves_less():
    # 10 against 4 + 4 with error variances 1, 1 and 2: the gap of 2 is shared as 1 : 1 : 2.
    errors = np.array([[1, -1, 1, -1], [1, 1, -1, -1], [2**0.5, -(2**0.5), -(2**0.5), 2**0.5]])
    result = reconcile(np.array([[10.0], [4.0], [4.0]]), np.array([-1, 0, 0]), errors=errors)
    assert np.allclose(result.point[:, 0], [9.5, 4.5, 5.0])


def test_agreement_makes_the_whole_better_and_keeps_the_coverage():
    rng, gain, covered = np.random.default_rng(1), [], []
    for _ in range(12):
        common = rng.normal(0, 0.05, 110).cumsum() * 0.3
        parts = rng.poisson(rng.uniform(20, 300, (12, 1)) * np.exp(common + rng.normal(0, 0.1, (12, 110)))).astype(
            float
        )
        values, parent = np.vstack([parts.sum(0), parts]), np.array([-1] + [0] * 12)
        base = forecast(values[:, :104], horizon=6, season=1, measure=Measure.COUNT)
        errors = base.past.error[:, :, 0].T
        result = reconcile(base.point, parent, errors=errors, low=base.low, high=base.high)
        truth = values[:, 104:]
        gain.append(np.abs(truth - base.point).mean() - np.abs(truth - result.point).mean())
        covered.append(((truth >= result.low[2]) & (truth <= result.high[2])).mean())
    assert np.mean(gain) > -0.02 * 12
    assert 0.84 <= np.mean(covered) <= 0.96


def test_what_may_come_to_nothing_still_may_when_more_is_expected_of_it():
    errors = np.random.default_rng(2).normal(size=(3, 40))
    point = np.array([[20.0], [4.0], [4.0]])
    low = np.array([[[10.0], [0.0], [1.0]]])
    result = reconcile(point, np.array([-1, 0, 0]), errors=errors, low=low, high=point[None] + 9)
    assert (result.point[1:] > point[1:]).all()
    assert result.low[0, 1, 0] == 0
    assert 1 < result.low[0, 2, 0] < result.point[2, 0]


def test_no_tree_is_refused():
    with pytest.raises(WrongShape):
        reconcile(np.ones((2, 1)), np.array([1, 0]), errors=np.ones((2, 5)))
