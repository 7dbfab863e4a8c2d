"""Scores: weights add up, what is not known takes no part and is said, more is never worse."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.channels.kpis import domain

A = {"code": "a", "name": {"vi": "A"}, "weight": 60, "indicator": "one", "points": [[0, 0], [100, 100]]}
B = {"code": "b", "name": {"vi": "B"}, "weight": 40, "indicator": "two", "points": [[0, 100], [10, 50], [50, 0]]}


def framework(*criteria):
    document = {"code": "root", "version": "1", "name": {"vi": "F", "en": "F"}, "basis": "thử"}
    return domain.Framework.parse(document | {"criteria": list(criteria or (A, B))})


def score(**values):
    return domain.compute(framework(), {name: Decimal(str(value)) for name, value in values.items()})


def test_a_score_is_the_weighted_mean_of_its_parts():
    assert {result.score for result in score(one=50, two=10).values()} == {Decimal("50.00")}
    assert score(one=100, two=30)["root"].score == Decimal("70.00")


def test_beyond_the_last_point_a_score_stays():
    assert score(one=900, two=-5)["root"].score == Decimal("100.00")


def test_what_is_not_known_takes_no_part_and_is_said():
    result = score(one=80)["root"]
    assert (result.score, result.completeness) == (Decimal("80.00"), Decimal("60.00"))
    nothing = score()["root"]
    assert (nothing.score, nothing.completeness) == (None, Decimal("0.00"))


@given(st.decimals(0, 100, places=2), st.decimals(0, 100, places=2), st.decimals(0, 50, places=2))
def test_more_of_what_is_good_is_never_worse(less, more, other):
    less, more = sorted((less, more))
    low, high = (score(one=value, two=other)["root"].score for value in (less, more))
    assert low <= high
    assert 0 <= low <= high <= 100


@pytest.mark.parametrize(
    "criteria",
    [(A | {"weight": 70}, B), (A, B | {"code": "a"}), (A | {"points": []}, B), (A | {"points": [[5, 0], [1, 100]]}, B)],
    ids=["weights do not add up to 100", "a code twice", "a leaf without points", "points that fall back"],
)
def test_a_tree_that_cannot_work_is_refused(criteria):
    with pytest.raises(domain.BadFramework):
        framework(*criteria)


GRADES = [(None, "chưa có số liệu"), (100, "xuất sắc"), (90, "xuất sắc"), (89.99, "tốt"), (0, "yếu")]


@pytest.mark.parametrize(("value", "name"), GRADES)
def test_grades(value, name):
    assert domain.grade(None if value is None else Decimal(str(value)))[0] == name
