"""An effect is called one when there is one, and seldom otherwise, however the treated units were chosen."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthong.data.intelligence.domain import (
    BadOption,
    Reason,
    Subject,
    TooShort,
    Verdict,
    WrongShape,
    estimate_effect,
)
from lienthong.data.intelligence.domain._counterfactual import _onto_simplex, filled, predict

START = 30


def panel(rng, *, units=34, length=52, start=START, treated=8, memory=0.6, choose="worst of late", effect=0.0):
    """Weekly values with unit levels, a common path with a break near the start, regions, lasting noise, shocks of some.

    Returns the values, who is treated, the region of each and the true mean effect.
    """
    noise = rng.normal(size=(units, length + 30))
    for week in range(1, length + 30):
        noise[:, week] = memory * noise[:, week - 1] + (1 - memory**2) ** 0.5 * noise[:, week]
    common, regions = np.zeros(length), np.zeros((4, length))
    for week in range(1, length):
        common[week] = 0.8 * common[week - 1] + rng.normal()
        regions[:, week] = 0.9 * regions[:, week - 1] + 0.4 * rng.normal(size=4)
    common[start + int(rng.integers(-4, 5)) :] += rng.normal(0, 2)
    region = rng.integers(0, 4, units)
    y = rng.normal(0, 5, (units, 1)) + common + noise[:, 30:] + regions[region]
    for unit in rng.permutation(units)[: max(2, units // 12)]:
        begin = start + int(rng.integers(-6, 7))
        y[unit, begin : begin + int(rng.integers(3, 12))] += rng.normal(0, 4)
    recent = y[:, start - 4 : start].mean(1)
    rank = {"worst of late": recent - y[:, : start - 4].mean(1), "lowest": recent, "by lot": rng.random(units)}[choose]
    who = np.zeros(units, dtype=bool)
    who[np.argsort(rank)[:treated]] = True
    each = effect * (1 + 0.5 * rng.normal(size=treated))
    y[who, start:] += each[:, None]
    return y, who, region, float(each.mean())


def trial(panels, seed, start=START, **options):
    rng, results = np.random.default_rng(seed), []
    for _ in range(panels):
        y, who, _, truth = panel(rng, start=start, **options)
        found = estimate_effect(y, who, start)
        results.append((found.effect - truth, found.low <= truth <= found.high, found.verdict is Verdict.EFFECT))
    return np.array(results, dtype=float).mean(axis=0)


@pytest.mark.parametrize("choose", ["worst of late", "lowest", "by lot"])
def test_where_nothing_changed_nothing_is_seen(choose):
    bias, covered, called = trial(60, 1, choose=choose)
    assert abs(bias) < 0.2  # of a unit's weekly deviation; the chosen were two below themselves
    assert covered >= 0.9
    assert called <= 0.05


def test_doing_badly_before_would_have_fooled_a_plain_comparison():
    rng, plain = np.random.default_rng(1), []
    for _ in range(60):
        y, who, _, _ = panel(rng)
        change = y[:, START:].mean(1) - y[:, START - 4 : START].mean(1)
        plain.append(change[who].mean() - change[~who].mean())
    assert np.mean(plain) > 1


@pytest.mark.parametrize(
    "options", [{}, {"treated": 3}, {"units": 120, "treated": 12}, {"memory": 0.2, "choose": "lowest"}]
)
def test_intervals_hold_the_truth_and_clear_effects_are_seen(options):
    bias, covered, called = trial(40, 2, effect=3.0, **options)
    assert abs(bias) < 0.3
    assert covered >= 0.85
    assert called >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {}, {"choose": "lowest"}, {"treated": 3}, {"memory": 0.0}, {"memory": 0.85}, {"units": 200, "treated": 20},
        {"units": 200, "treated": 2}, {"start": 20, "length": 40},
    ],
)  # fmt: skip
def test_the_rate_of_false_effects_in_many_panels(options):
    bias, covered, called = trial(200 if options.get("units", 34) < 100 else 80, 3, **options)
    assert abs(bias) < 0.3
    assert covered >= 0.93
    assert called <= 0.05


def test_neighbours_that_share_shocks_are_one_piece_of_evidence():
    rng, false = np.random.default_rng(4), 0
    for _ in range(80):
        y, _, region, _ = panel(rng, choose="by lot")
        false += estimate_effect(y, region == 0, START, groups=region).verdict is Verdict.EFFECT
    assert false / 80 <= 0.08


def test_where_it_worked_and_where_not():
    rng, table = np.random.default_rng(5), {(w, t): 0 for w in (-1, 0, 1) for t in (0, 1)}
    for _ in range(30):
        y, who, _, _ = panel(rng, treated=10, choose="by lot")
        worked = rng.random(10) < 0.5
        y[np.flatnonzero(who)[worked], START:] += 4
        for item, truth in zip(estimate_effect(y, who, START).units, worked, strict=False):
            table[item.worked, int(truth)] += 1
    right, wrong = table[1, 1], table[1, 0] + table[-1, 0] + table[-1, 1]
    assert right / sum(table[w, 1] for w in (-1, 0, 1)) > 0.7
    assert wrong / max(right + wrong, 1) < 0.12


def test_without_other_units_its_own_past_serves_if_it_is_long():
    rng, seen, false, covered = np.random.default_rng(6), 0, 0, []
    for _ in range(60):
        y = rng.normal(size=(3, 116)) + np.sin(np.arange(116) / 9)
        every = np.ones(3, dtype=bool)
        null = estimate_effect(y, every, 104)
        false += null.verdict is Verdict.EFFECT
        y[:, 104:] += 3
        found = estimate_effect(y, every, 104)
        seen += found.verdict is Verdict.EFFECT
        covered.append(found.low <= 3 <= found.high)
        assert found.method == "own past"
    assert seen >= 54
    assert false <= 3
    assert np.mean(covered) >= 0.85
    short = estimate_effect(y[:, 80:], every, 24)
    assert (short.verdict, short.reason) == (Verdict.CANNOT_SAY, Reason.FEW_UNITS)
    assert "Chưa thể kết luận" in short.vi


def test_a_known_cause_is_not_the_directive():
    rng = np.random.default_rng(7)
    holidays = np.zeros((112, 1))
    holidays[::9], holidays[100:] = 1, 1
    y = 50 + rng.normal(size=(2, 112)) - 8 * holidays[:, 0]
    every = np.ones(2, dtype=bool)
    assert estimate_effect(y, every, 100, calendar=holidays).verdict is not Verdict.EFFECT
    assert estimate_effect(y, every, 100).effect < -5


def test_unlike_units_cannot_be_compared():
    rng = np.random.default_rng(8)
    y, who, _, _ = panel(rng, treated=5, choose="by lot")
    y[who, :START] += 12 * rng.normal(size=(5, START))
    found = estimate_effect(y, who, START)
    assert (found.verdict, found.reason) == (Verdict.CANNOT_SAY, Reason.BAD_FIT)
    assert found.units == ()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.01, 100), st.floats(-500, 500))
def test_another_unit_of_measure_changes_the_unit_only(seed, factor, shift):
    y, who, _, _ = panel(np.random.default_rng(seed), effect=2.0)
    one, other = estimate_effect(y, who, START), estimate_effect(factor * y + shift, who, START)
    for name in ("effect", "low", "high"):
        assert getattr(other, name) == pytest.approx(factor * getattr(one, name), rel=1e-5, abs=1e-6 * factor)
    assert one.verdict is other.verdict
    flipped = estimate_effect(-y, who, START, better=-1)
    assert flipped.effect == pytest.approx(-one.effect, abs=1e-7)
    assert flipped.better == one.better


def test_a_level_shift_without_noise_by_hand():
    y = np.add.outer(np.arange(12.0), np.sin(np.arange(40)))
    who = np.arange(12) < 3
    y[who, 20:] += 5
    found = estimate_effect(y, who, 20)
    assert found.effect == pytest.approx(5)
    assert found.verdict is Verdict.EFFECT
    assert np.allclose((found.actual - found.counterfactual)[20:], 5)
    assert np.allclose((found.actual - found.counterfactual)[:20], 0, atol=1e-9)


def test_gaps_are_bridged_and_weights_matter():
    rng = np.random.default_rng(9)
    y, who, _, _ = panel(rng, choose="by lot")
    y[np.flatnonzero(who)[0], START:] += 8
    size = np.ones(34)
    size[np.flatnonzero(who)[0]] = 20
    light, heavy = estimate_effect(y, who, START), estimate_effect(y, who, START, weights=size)
    assert heavy.actual[START:].mean() != pytest.approx(light.actual[START:].mean())
    y[rng.random(y.shape) < 0.1] = np.nan
    assert np.isfinite(estimate_effect(y, who, START).effect)
    exact = np.add.outer(np.arange(4.0), np.arange(6.0))
    hole = exact.copy()
    hole[1, 2] = np.nan
    assert np.abs(filled(hole) - exact).max() < 0.3


def test_no_unit_is_its_own_measure():
    y, _, _, _ = panel(np.random.default_rng(10))
    other, everyone = y.copy(), np.ones(34, dtype=bool)
    other[3, START:] += 1000
    one, two = predict(y, START, everyone), predict(other, START, everyone)
    assert np.allclose((two.gap - one.gap)[3, START:], 1000, atol=0.1)  # but for how far others' extremes are pulled in
    point = _onto_simplex(np.array([[0.2, 0.8, -3.0], [5.0, 0.0, 0.0]]))
    assert np.allclose(point, [[0.2, 0.8, 0], [1, 0, 0]])


def test_sentences_name_the_figure_in_both_languages():
    y, who, _, _ = panel(np.random.default_rng(11), effect=4.0)
    subject = Subject("tỷ lệ đúng hạn", "the on-time share", " %")
    found = estimate_effect(y, who, START, subject=subject)
    assert "tỷ lệ đúng hạn ở 8 đơn vị tốt lên" in found.vi
    assert f"{found.effect:.1f}".replace(".", ",") + " %" in found.vi
    assert "the on-time share in 8 units" in found.en
    assert "26 units" in found.en
    nothing = estimate_effect(panel(np.random.default_rng(12), choose="by lot")[0], who, START, subject=subject)
    assert "zero included" in nothing.en or "cannot be said" in nothing.en


@pytest.mark.slow
def test_the_years_directives_in_half_a_minute():
    rng = np.random.default_rng(13)
    start = time.process_time()
    for _ in range(20):
        for units in (34, 200):
            y, who, _, _ = panel(rng, units=units)
            estimate_effect(y, who, START)
    assert time.process_time() - start < 30


def test_refusals():
    y = np.random.default_rng(0).normal(size=(10, 20))
    with pytest.raises(WrongShape):
        estimate_effect(y, np.zeros(10, dtype=bool), 10)
    with pytest.raises(TooShort):
        estimate_effect(y, np.arange(10) < 2, 20)
    with pytest.raises(BadOption):
        estimate_effect(y, np.arange(10) < 2, 10, level=2)
    with pytest.raises(WrongShape):
        estimate_effect(y, np.arange(10) < 2, 10, weights=np.ones(3))
    with pytest.raises(WrongShape):
        estimate_effect(y, np.arange(10) < 2, 10, groups=np.ones(3))
