"""Differences between two sources, each counted once under what it really is."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.data.quality import domain
from lienthong.data.quality.domain import Class, Dimension, Former

NAMES = ["Hòa Bình", "Thủy Nguyên", "Đắk Lắk", "Quy Nhơn", "Ba Vì", "Sa Pa"]


def rows(*names, **more):
    return {str(number): {"name": name, **more} for number, name in enumerate(names)}


def kinds(trusted, other, **options):
    return {item.key: item.kind for item in domain.compare(trusted, other, fields=["name", "kind"], **options)}


@pytest.mark.parametrize(
    ("given_name", "kind"),
    [
        ("Hoà Bình", Class.SPELLING), ("HÒA BÌNH", Class.SPELLING), ("Hòa  Bình", Class.SPELLING), ("Hòa-Bình", Class.SPELLING),
        ("Hóa Bình", Class.CHANGED), ("Sa Pa", Class.SWAPPED), ("SA PA", Class.SWAPPED), ("", Class.CHANGED),
        ("Hà Đông", Class.OUTDATED),
    ],
)  # fmt: skip
def test_each_difference_is_called_what_it_is(given_name, kind):
    former = {("0", "name"): [Former("Hà Đông", date(2025, 7, 1))]}
    assert kinds(rows(*NAMES), rows(given_name, *NAMES[1:]), former=former) == {"0": kind}


def test_what_was_true_is_outdated_with_its_day_even_when_spelled_otherwise():
    former = {("0", "name"): [Former("Hoà Lạc", date(2025, 7, 1))]}
    (found,) = domain.compare(rows(*NAMES), rows("Hòa Lạc", *NAMES[1:]), fields=["name"], former=former)
    assert (found.kind, found.differences[0].until) == (Class.OUTDATED, date(2025, 7, 1))


def test_a_field_that_many_share_cannot_be_swapped():
    trusted = {str(number): {"name": NAMES[number], "kind": "xã" if number else "phường"} for number in range(6)}
    other = {key: dict(row) for key, row in trusted.items()}
    other["0"]["kind"] = "xã"
    assert kinds(trusted, other) == {"0": Class.CHANGED}


def test_the_gravest_difference_of_a_row_counts():
    trusted, other = rows(*NAMES, kind="xã"), rows(*NAMES, kind="xã")
    other["0"] |= {"name": "HÒA BÌNH", "kind": "phường"}
    assert kinds(trusted, other) == {"0": Class.CHANGED}


def test_a_field_that_a_source_never_tells_is_not_held_against_it():
    assert kinds(rows(*NAMES, kind="xã"), rows(*NAMES)) == {}


TOLD = st.dictionaries(st.integers(0, 9).map(str), st.sampled_from(NAMES))


@given(TOLD, TOLD)
def test_every_row_is_equal_or_counted_once(trusted, other):
    right = {key: {"name": name} for key, name in trusted.items()}
    given_rows = {key: {"name": name} for key, name in other.items()}
    found = list(domain.compare(right, given_rows, fields=["name"]))
    assert max(Counter(item.key for item in found).values(), default=1) == 1
    differing = {key for key in trusted.keys() | other.keys() if trusted.get(key) != other.get(key)}
    assert {item.key for item in found} == differing
    assert {item.key for item in found if item.kind is Class.MISSING} == trusted.keys() - other.keys()
    assert {item.key for item in found if item.kind is Class.EXTRA} == other.keys() - trusted.keys()
    assert list(domain.compare(right, right, fields=["name"])) == []


@pytest.mark.parametrize(
    ("rule", "failing"),
    [
        ({"check": "filled", "dimension": "complete", "fields": ["name"]}, {"b"}),
        ({"check": "unique", "dimension": "clean", "fields": ["name"]}, {"a", "c"}),
        ({"check": "ordered", "dimension": "correct", "fields": ["from", "to"]}, {"c"}),
        ({"check": "known", "dimension": "consistent", "field": "parent"}, {"b"}),
    ],
)
def test_declared_rules(rule, failing):
    payloads = {
        "a": {"name": "Hòa", "from": "2020-01-01", "to": "2021-01-01", "parent": "b"},
        "b": {"name": "", "from": "2020-01-01", "parent": "z"},
        "c": {"name": "HOÀ", "from": "2021-01-01", "to": "2020-01-01"},
    }
    assert domain.failing(payloads, [rule]) == {key: {Dimension(rule["dimension"])} for key in failing}


def test_a_rule_that_is_not_there_is_named():
    with pytest.raises(domain.UnknownRule, match="magic"):
        domain.failing({}, [{"check": "magic", "dimension": "clean"}])


@given(
    st.sets(st.sampled_from(list(Dimension))),
    st.dictionaries(st.sampled_from([d.value for d in Dimension]), st.floats(0.1, 5)),
)
def test_the_index_lies_between_none_and_all(failed, weights):
    value = domain.index(failed, weights)
    assert 0 <= value <= 1
    assert domain.index([], weights) == 1
    assert domain.index(list(Dimension), weights) == pytest.approx(0)
