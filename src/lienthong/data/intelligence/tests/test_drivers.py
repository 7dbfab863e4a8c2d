"""The parts of a change add up to the change."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.data.intelligence.domain import BadOption, Figure, OutOfBounds, WrongShape, decompose, find_drivers

COUNTS = st.lists(st.tuples(*[st.integers(0, 50)] * 2, *[st.integers(0, 100)] * 2), min_size=1, max_size=12)


def cells(rows):
    """Numerators never above their denominators."""
    n0, n1, share0, share1 = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return np.round(n0 * share0 / 100), n0, np.round(n1 * share1 / 100), n1


@given(COUNTS, st.sampled_from(list(Figure)))
def test_the_effects_add_up_exactly(rows, figure):
    a0, n0, a1, n1 = cells(rows)
    if figure is Figure.SHARE and not (n0.sum() and n1.sum()):
        with pytest.raises(OutOfBounds):
            decompose(a0, n0, a1, n1, figure=figure)
        return
    effects = decompose(a0, n0, a1, n1, figure=figure)
    change = a1.sum() - a0.sum() if figure is Figure.SUM else a1.sum() / n1.sum() - a0.sum() / n0.sum()
    assert effects.total.sum() == pytest.approx(change, abs=1e-9)
    assert effects.after - effects.before == pytest.approx(change, abs=1e-9)
    back = decompose(a1, n1, a0, n0, figure=figure)  # the way back undoes the way there
    for name in ("volume", "mix", "rate"):
        assert np.allclose(getattr(back, name), -getattr(effects, name), atol=1e-9)


def test_a_share_by_hand():
    # Two units of 50 dossiers, 80 % and 40 % on time; then 75 and 25, with the first at 90 %.
    effects = decompose(np.array([40, 20]), np.array([50, 50]), np.array([67.5, 10]), np.array([75, 25]))
    assert np.allclose(effects.rate, [0.625 * 0.1, 0])
    assert np.allclose(effects.mix, [0.25 * (0.85 - 0.6875), -0.25 * (0.4 - 0.6875)])
    assert effects.total.sum() == pytest.approx(0.775 - 0.6)


def test_a_sum_by_hand():
    # Everything doubles, nothing else changes: all is volume.
    effects = decompose(
        np.array([10, 6]), np.array([20, 20]), np.array([20, 12]), np.array([40, 40]), figure=Figure.SUM
    )
    assert np.allclose(effects.volume, [10, 6])
    assert np.allclose(effects.mix, 0)
    assert np.allclose(effects.rate, 0)


def test_who_comes_and_goes_is_mix():
    effects = decompose(np.array([5.0, 0]), np.array([10.0, 0]), np.array([5.0, 9]), np.array([10.0, 10]))
    assert np.allclose(effects.rate, 0)
    assert effects.mix.sum() == pytest.approx(0.2)


def cube(rng, *shape):
    n = rng.poisson(5, shape).astype(float)
    return rng.binomial(n.astype(int), 0.8).astype(float), n


def test_every_dimension_adds_up_and_is_ranked():
    rng = np.random.default_rng(1)
    (a0, n0), (a1, n1) = cube(rng, 30, 6, 3), cube(rng, 30, 6, 3)
    a1[4] = 0
    members = {"unit": [f"u{i}" for i in range(30)], "procedure": list("abcdef"), "channel": ["x", "y", "z"]}
    units, procedures, channels = find_drivers(a0, n0, a1, n1, members, top=5)
    assert units.drivers[0].member == "u4"
    assert units.drivers[0].after == 0
    assert units.drivers[-1].member == ""
    assert units.drivers[-1].members == 25
    assert len(channels.drivers) == 3
    for result in (units, procedures, channels):
        assert sum(item.total for item in result.drivers) == pytest.approx(result.change, abs=1e-12)
        sizes = [abs(item.total) for item in result.drivers if item.member]
        assert sizes == sorted(sizes, reverse=True)


def test_the_whole_country_in_a_blink():
    rng = np.random.default_rng(2)
    (a0, n0), (a1, n1) = cube(rng, 3321, 60, 3), cube(rng, 3321, 60, 3)
    members = {"unit": [str(i) for i in range(3321)], "procedure": [str(i) for i in range(60)], "channel": list("abc")}
    start = time.process_time()
    find_drivers(a0, n0, a1, n1, members)
    assert time.process_time() - start < 0.1


def test_refusals():
    one = np.ones(2)
    with pytest.raises(WrongShape):
        decompose(one, one, one, np.ones(3))
    with pytest.raises(OutOfBounds):
        decompose(one, -one, one, one)
    with pytest.raises(OutOfBounds):
        decompose(one, 0 * one, one, one)
    with pytest.raises(WrongShape):
        find_drivers(one, one, one, one, {"unit": ["a"]})
    with pytest.raises(BadOption):
        find_drivers(one, one, one, one, {"unit": ["a", "b"]}, top=0)
