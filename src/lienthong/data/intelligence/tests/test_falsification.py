"""Offices that re-date are found; offices with odd but honest habits are not."""

import re
from dataclasses import dataclass

import numpy as np
import pytest

from lienthong.data.intelligence.domain import BadOption, TooShort, WrongShape, find_falsification

DAY = 24 * 60
HONEST = (
    "at once",
    "nightly",
    "weekly",
    "round minutes",
    "closes in batches",
    "works to the deadline",
    "changes its habit",
)
FALSE = ("just before", "the last day", "the stamp itself", "one evening's batch", "scattered", "from some day on")


@dataclass
class Offices:
    """Columns of dossiers of many offices, and the truth."""

    office: np.ndarray
    received: np.ndarray
    due: np.ndarray
    ended: np.ndarray
    known: np.ndarray
    is_false: np.ndarray
    style: list
    habit: list

    def columns(self):
        return self.office, self.received, self.due, self.ended, self.known


def working_hours(minutes, rng):
    """The same day, at a minute between 7:30 and 17:00."""
    return np.floor(minutes / DAY) * DAY + 450 + rng.integers(0, 570, len(minutes))


def one_office(rng, habit, style, n):
    received = np.sort(working_hours(rng.uniform(0, 180 * DAY, n), rng))
    term = rng.choice([3, 5, 7, 10, 15, 20], n) * DAY
    due = np.where(rng.random(n) < 0.5, received + term, np.floor((received + term) / DAY) * DAY + 17 * 60)
    pace = rng.uniform(0.45, 0.7)
    taken = term * np.exp(rng.normal(np.log(pace), 0.5, n))
    if habit == "works to the deadline":
        rushed = rng.random(n) < 0.35
        taken = np.where(rushed, term - rng.exponential(0.4 * DAY, n).clip(0, term * 0.9), taken)
    ended = np.maximum(working_hours(received + taken, rng), received + 5)
    if habit == "closes in batches":
        ended = np.maximum(np.floor(ended / DAY) * DAY + rng.choice([11 * 60 + 20, 16 * 60 + 40], n), received + 5)
    if habit == "round minutes":
        ended = np.ceil(ended / 15) * 15
    true = ended.copy()
    is_late = np.flatnonzero(true > due)
    chosen = np.zeros(n, dtype=bool)
    if style:
        if style == "from some day on":
            is_late = is_late[received[is_late] > 90 * DAY]
        chosen[rng.permutation(is_late)[: max(12, int(0.8 * len(is_late)))]] = True
        before = {
            "just before": rng.integers(1, 60, n), "the last day": rng.integers(1, DAY, n), "the stamp itself": np.zeros(n),
            "one evening's batch": 30 + 0 * due, "scattered": rng.integers(1, 3 * DAY, n),
            "from some day on": rng.integers(1, 240, n),
        }[style]  # fmt: skip
        ended = np.where(chosen, np.maximum(due - before, received + 1), ended)
        if style == "the last day":
            ended = np.where(chosen, np.maximum(np.round(ended / 30) * 30, received), ended)
            ended = np.minimum(ended, np.where(chosen, due, ended))
    reported = {
        "nightly": np.floor(true / DAY + 1) * DAY + 60, "weekly": np.ceil(true / (7 * DAY)) * 7 * DAY + rng.integers(0, 120, n),
        "changes its habit": np.where(true > 80 * DAY, np.ceil(true / (7 * DAY)) * 7 * DAY, true + 5),
    }.get(habit, true + rng.exponential(rng.choice([10, 300, DAY]), n))  # fmt: skip
    return received, due, ended, np.floor(np.maximum(reported, true + 1)), chosen.sum()


def country(seed, honest=3430, false=70, habits=HONEST, styles=FALSE):
    rng = np.random.default_rng(seed)
    parts, is_false, style_of, habit_of = [], [], [], []
    for number in range(honest + false):
        habit, style = habits[int(rng.integers(len(habits)))], styles[number % len(styles)] if number < false else ""
        while True:
            n = int(rng.integers(60, 401))
            columns = one_office(rng, habit, style, n)
            if not style or columns[-1] >= 12:
                break
        parts.append((np.full(n, number), *columns[:4]))
        is_false.append(bool(style))
        style_of.append(style)
        habit_of.append(habit)
    joined = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Offices(*joined, np.array(is_false), style_of, habit_of)


def record(data, result):
    found = np.zeros(len(data.is_false), dtype=bool)
    found[[item.office for item in result.findings]] = True
    return (found & data.is_false).sum() / max(found.sum(), 1), (found & data.is_false).sum() / data.is_false.sum()


def test_of_hundreds_of_offices_the_false_are_found_and_few_others():
    data = country(1, honest=780, false=20)
    precision, recall = record(data, find_falsification(*data.columns()))
    assert precision >= 0.9
    assert recall >= 0.8


def test_days_are_fine_enough_to_know_when_claims_became_known():
    data = country(8, honest=390, false=20)
    result = find_falsification(*data.columns()[:4], np.floor(data.known / DAY) * DAY + DAY - 1)
    precision, recall = record(data, result)
    assert precision >= 0.9
    assert recall >= 0.7


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_in_the_whole_country(seed):
    data = country(seed)
    precision, recall = record(data, find_falsification(*data.columns()))
    assert precision >= 0.9
    assert recall >= 0.8


def test_where_all_are_honest_nobody_is_accused():
    data = country(4, honest=700, false=0)
    result = find_falsification(*data.columns())
    assert len(result.findings) <= 1
    for name in ("late_report", "batches", "digits", "jump"):
        p = getattr(result.signs, name)
        assert np.nanmean(p < 0.01) < 0.02, name
    assert np.nanmean(result.p < 0.01) < 0.02


def test_the_order_of_rows_and_the_origin_of_time_do_not_matter():
    data = country(5, honest=60, false=6)
    one = find_falsification(*data.columns())
    order = np.random.default_rng(0).permutation(len(data.office))
    stamps = [(column[order] + 56 * 365 * DAY).astype("datetime64[m]") for column in data.columns()[1:]]
    other = find_falsification(data.office[order], *stamps)
    assert np.allclose(one.p, other.p, equal_nan=True)
    assert [item.office for item in one.findings] == [item.office for item in other.findings]


def test_open_dossiers_and_unknown_stamps_are_left_out():
    data = country(6, honest=40, false=4)
    rng = np.random.default_rng(1)
    ended, known = data.ended.copy(), data.known.copy()
    ended[rng.random(len(ended)) < 0.1] = np.nan
    known[rng.random(len(known)) < 0.1] = np.nan
    result = find_falsification(data.office, data.received, data.due, ended, known, offices=50)
    assert len(result.p) == 50
    assert np.isnan(result.p[44:]).all()
    assert np.isfinite(result.p[:40]).all()


def test_the_sentences_can_be_checked():
    data = country(7, honest=150, false=12)
    result = find_falsification(*data.columns())
    finding = result.findings[0]
    rows = data.office == finding.office
    slack = data.due[rows] - data.ended[rows]
    near = int(((slack >= 0) & (slack <= DAY)).sum())
    assert re.search(rf"\b{near} hồ sơ ghi kết thúc trong ngày cuối", finding.vi)
    assert re.search(rf"Of {near} dossiers", finding.en)
    assert "nan" not in finding.vi + finding.en


def test_refusals():
    one = np.zeros(3)
    with pytest.raises(TooShort):
        find_falsification(np.zeros(0), *[np.zeros(0)] * 4)
    with pytest.raises(WrongShape):
        find_falsification(np.zeros(3), one, one, one, np.zeros(2))
    with pytest.raises(WrongShape):
        find_falsification(np.full(3, 5), one, one, one, one, offices=2)
    with pytest.raises(BadOption):
        find_falsification(np.zeros(3), one, one, one, one, budget=0)
