"""Tails of distributions against tables and against counting."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.data.intelligence.domain import BadOption
from lienthong.data.intelligence.domain._statistics import (
    benjamini_hochberg,
    cauchy_combination,
    chi_square_sf,
    fisher_combination,
    hypergeometric_sf,
    normal_quantile,
    normal_sf,
    student_quantile,
)


def test_normal_tails_and_back():
    z = np.linspace(-8, 30, 200)
    assert np.allclose(normal_sf(z), [math.erfc(item / math.sqrt(2)) / 2 for item in z], rtol=3e-7)
    p = np.array([1e-12, 1e-4, 0.02, 0.3, 0.5, 0.77, 0.99])
    assert np.allclose(1 - normal_sf(normal_quantile(p)), p, rtol=1e-3, atol=2e-7)


def test_tables():
    assert np.allclose(chi_square_sf(np.array([3.841, 6.635]), 1), [0.05, 0.01], atol=1e-4)
    assert np.allclose(chi_square_sf(np.array([16.919]), 9), 0.05, atol=1e-4)
    assert np.allclose(chi_square_sf(np.array([18.307]), 10), 0.05, atol=1e-4)
    assert student_quantile(0.975, 5) == pytest.approx(2.571, rel=0.01)
    assert student_quantile(0.95, 30) == pytest.approx(1.697, rel=0.002)
    with pytest.raises(BadOption):
        chi_square_sf(np.ones(1), 0)


@given(st.integers(1, 60), st.data())
def test_fishers_test_counts_right(total, data):
    drawn, marked = data.draw(st.integers(0, total)), data.draw(st.integers(0, total))
    seen = data.draw(st.integers(0, min(drawn, marked)))
    ways = sum(
        math.comb(marked, k) * math.comb(total - marked, drawn - k)
        for k in range(seen, min(drawn, marked) + 1)
        if drawn - k <= total - marked
    )
    (p,) = hypergeometric_sf(np.array([seen]), np.array([drawn]), np.array([marked]), np.array([total]))
    assert p == pytest.approx(ways / math.comb(total, drawn), rel=1e-9)


def test_false_discoveries_by_hand():
    q = benjamini_hochberg(np.array([0.01, np.nan, 0.04, 0.03]))
    assert np.allclose(q, [0.03, np.nan, 0.04, 0.04], equal_nan=True)


def test_combinations_keep_their_level():
    p = np.random.default_rng(1).random((4, 40000))
    for combined in (cauchy_combination(p), fisher_combination(p)):
        assert np.mean(combined < 0.05) == pytest.approx(0.05, abs=0.005)
        assert np.mean(combined < 0.001) == pytest.approx(0.001, abs=0.0006)
    same = np.repeat(p[:1], 4, axis=0)
    assert np.allclose(cauchy_combination(same), same[0], rtol=0.05, atol=0.01)
    assert cauchy_combination(np.array([[1e-20], [1.0]]))[0] == pytest.approx(2e-20, rel=0.01)
    assert cauchy_combination(np.full((2, 1), np.nan))[0] == 1
