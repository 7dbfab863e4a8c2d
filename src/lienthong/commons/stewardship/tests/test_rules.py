"""How a gauge stands, how far it has come, what it said by month; the declared principles hold together."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lienthong.commons.stewardship import conf, domain
from lienthong.commons.stewardship.domain import Standing

NUMBERS = st.decimals(-1000, 1000, places=2)
MAYBE = st.none() | NUMBERS


@given(MAYBE, NUMBERS, MAYBE, MAYBE, st.booleans())
def test_every_value_stands_somewhere_and_a_mirror_stands_the_same(value, target, baseline, red, up):
    def mirrored(number):
        return None if number is None else -number

    found = domain.standing(value, target=target, baseline=baseline, red=red, up=up)
    assert found is domain.standing(
        mirrored(value), target=-target, baseline=mirrored(baseline), red=mirrored(red), up=not up
    )
    assert (found is Standing.NOTHING_HELD) is (value is None)
    if value is not None:
        assert (found is Standing.ON_TARGET) is (value >= target if up else value <= target)


@given(NUMBERS, NUMBERS, NUMBERS, MAYBE, MAYBE)
def test_a_better_value_never_stands_worse(value, other, target, baseline, red):
    order = [Standing.OFF_TARGET, Standing.UNDER_WAY, Standing.ON_TARGET]
    low, high = sorted((value, other))
    stands = [
        order.index(domain.standing(item, target=target, baseline=baseline, red=red, up=True)) for item in (low, high)
    ]
    assert stands[0] <= stands[1]


@given(NUMBERS, NUMBERS, NUMBERS)
def test_the_way_goes_from_nothing_to_all_of_it(value, baseline, target):
    found = domain.way(value, baseline=baseline, target=target)
    if baseline == target:
        assert found is None
        return
    assert 0 <= found <= 1
    assert domain.way(baseline, baseline=baseline, target=target) == 0
    assert domain.way(target, baseline=baseline, target=target) == 1


@given(st.lists(st.tuples(st.integers(0, 900), NUMBERS), max_size=20))
def test_months_follow_one_another_and_end_with_what_was_said_last(told):
    start = datetime(2025, 1, 15, tzinfo=UTC)
    points = [(start + timedelta(days=day), value) for day, value in sorted(told)]
    months = domain.by_month(points, until=date(2027, 12, 31))
    if not points:
        assert months == []
        return
    assert months[-1] == (date(2027, 12, 1), points[-1][1])
    for (before, _), (after, _) in pairwise(months):
        assert (after - before).days in (28, 29, 30, 31)
        assert after.day == 1


def test_a_value_holds_until_the_next_one():
    points = [(datetime(2026, 1, 10, tzinfo=UTC), Decimal(1)), (datetime(2026, 3, 31, 20, tzinfo=UTC), Decimal(2))]
    # 20:00 UTC on 31 March is 1 April in Viet Nam.
    assert domain.by_month(points, until=date(2026, 4, 2)) == [
        (date(2026, 1, 1), 1), (date(2026, 2, 1), 1), (date(2026, 3, 1), 1), (date(2026, 4, 1), 2),
    ]  # fmt: skip


def test_the_declared_principles_are_seven_and_their_chain_reaches_them_all():
    declared = conf.principles()
    assert [item.number for item in declared] == [1, 2, 3, 4, 5, 6, 7]
    assert {number for arrow in domain.ARROWS for number in arrow} == {1, 2, 3, 4, 5, 6, 7}
    for item in declared:
        assert item.gauges
        for words in (
            item.name,
            item.short,
            item.means,
            *(g.fills for g in item.gauges),
            *(g.cannot for g in item.gauges),
        ):
            assert words["vi"]
            assert words["en"]


@given(MAYBE, MAYBE, st.booleans())
def test_an_indicator_got_better_or_worse_or_neither(then, now, up):
    change = domain.Change("x", then, now, up)
    if then is None or now is None:
        assert change.better is None
        assert change.worse is None
    else:
        assert not (change.better and change.worse)
        assert (change.better or change.worse) is (then != now)
