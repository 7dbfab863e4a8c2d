"""Periods, ways of scoring, and the rule that a period is the quotient of its sums."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.channels.kpis import domain

FULL = {"code": "a", "max": 6, "name": {"vi": "A"}, "indicator": "one", "full_at": 80}
PLAN = {"code": "b", "max": 4, "name": {"vi": "B"}, "evidence": True}
SYNC = {"code": "c", "max": 4, "name": {"vi": "C"}, "of": "told", "over": ["x", "y"], "last_year": True, "full_at": 100}
Q3 = domain.Span.parse("2026-Q3")
DECIMALS = st.decimals(0, 10_000, places=0)


def framework(*criteria, **more):
    document = {
        "code": "root",
        "version": "1",
        "name": {"vi": "F"},
        "basis": "thử",
        "every": ["month", "quarter", "year"],
    }
    chosen = list(criteria or (FULL, PLAN))
    return domain.Framework.parse(document | {"criteria": chosen, "total": sum(item["max"] for item in chosen)} | more)


def assess(of, sums, given=None, last_year=None, span=Q3):
    told = {code: tuple(map(Decimal, pair)) for code, pair in sums.items()}
    before = {code: tuple(map(Decimal, pair)) for code, pair in (last_year or {}).items()}
    return domain.assess(of, span, sums=told, last_year=before, scales={}, given=given or {})


class TestSpans:
    def test_a_quarter_is_its_months(self):
        assert Q3.months == ("2026-07", "2026-08", "2026-09")
        assert (Q3.first, Q3.last, Q3.code) == (date(2026, 7, 1), date(2026, 9, 30), "2026-Q3")
        assert (Q3.before.code, Q3.after.code) == ("2026-Q2", "2026-Q4")
        assert domain.Span.parse("2026").last == date(2026, 12, 31)

    @given(st.dates(date(2020, 1, 1), date(2090, 12, 31)), st.sampled_from(list(domain.Every)))
    def test_every_day_lies_in_one_of_each_kind(self, day, every):
        span = domain.Span.of(day, every)
        assert span.first <= day <= span.last
        assert domain.Span.parse(span.code) == span
        assert span.before.after == span
        assert len(span.months) == every.months

    @pytest.mark.parametrize("code", ["", "2026-13", "2026-Q5", "26", "2026-W01", "2026-1", "x" * 50])
    def test_anything_else_is_none(self, code):
        with pytest.raises(domain.BadPeriod):
            domain.Span.parse(code)


class TestScoring:
    def test_full_marks_from_a_value_on_below_in_proportion(self):
        assert assess(framework(), {"one": (600, 1000)}, {"b": Decimal(3)})["root"].score == Decimal("7.50")
        assert assess(framework(), {"one": (800, 1000)})["a"].score == Decimal("6.00")
        assert assess(framework(), {"one": (1000, 1000)})["a"].score == Decimal("6.00")

    def test_nothing_to_divide_by_takes_no_part_or_gives_0(self):
        none = assess(framework(), {}, {"b": Decimal(4)})
        assert (none["a"].score, none["root"].score, none["root"].completeness) == (
            None,
            Decimal("10.00"),
            Decimal("40.00"),
        )
        zero = assess(framework(FULL | {"nothing": "zero"}, PLAN), {}, {"b": Decimal(4)})
        assert (zero["a"].score, zero["root"].score, zero["root"].completeness) == (
            0,
            Decimal("4.00"),
            Decimal("100.00"),
        )

    def test_what_nothing_gives_can_differ_by_kind(self):
        of = framework(FULL | {"nothing": {"else": "zero", "commune": "none"}}, PLAN)
        scores = {
            kind: domain.assess(of, Q3, sums={}, last_year={}, scales={}, given={}, kind=kind)["a"].score
            for kind in domain.Kind
        }
        assert scores == {"country": 0, "province": 0, "ministry": 0, "commune": None}

    def test_the_larger_total_divides_and_last_year_stands_in(self):
        of = framework(SYNC)
        assert assess(of, {"told": (50, 0), "x": (80, 0), "y": (100, 0)})["c"].score == Decimal("2.00")
        assert assess(of, {"told": (50, 0)}, last_year={"x": (400, 0)})["c"].score == Decimal("2.00")
        assert assess(of, {"told": (50, 0)})["c"].score is None

    def test_a_leaf_can_be_multiplied_by_another(self):
        of = framework(SYNC, FULL | {"times": "c", "full_at": 50})
        told = {"told": (50, 0), "x": (100, 0), "one": (50, 100)}
        assert assess(of, told)["a"].value == Decimal("25.000000")
        assert assess(of, told | {"told": (500, 0)})["a"].value == Decimal("50.000000")

    @given(st.integers(0, 10**9), st.integers(1, 10**6))
    def test_rounding_is_half_up_however_long_the_number(self, top, bottom):
        exact = Fraction(top, bottom)
        told = domain.rounded(exact)
        assert -Fraction(1, 200) < exact - Fraction(told) <= Fraction(1, 200) or exact - Fraction(told) == -Fraction(
            1, 200
        )
        assert domain.rounded(Fraction(1, 8)) == Decimal("0.13")

    @given(st.tuples(DECIMALS, DECIMALS, DECIMALS), st.tuples(DECIMALS, DECIMALS, DECIMALS))
    def test_scores_stay_within_their_maxima_and_groups_are_their_parts(self, tops, bottoms):
        sums = dict(zip(("one", "two", "three"), zip(tops, bottoms, strict=True), strict=True))
        leaves = [
            FULL | {"code": name, "indicator": name, "max": 5, "nothing": nothing}
            for name, nothing in (("one", "none"), ("two", "zero"), ("three", "none"))
        ]
        results = assess(framework(*leaves), sums)
        assert all(result.score is None or 0 <= result.score <= 15 for result in results.values())
        known = [results[name].score for name in sums if results[name].score is not None]
        assert results["root"].score == domain.rounded(Fraction(sum(known)) * 15 / (5 * len(known)))

    @pytest.mark.parametrize(
        "criterion",
        [FULL | {"evidence": True}, FULL | {"full_at": 0}, FULL | {"points": [[0, 0], [1, 100]]}, FULL | {"times": "a"},
         FULL | {"times": "zz"}, {"code": "a", "max": 6, "name": {"vi": "A"}}, FULL | {"nothing": "half"}],
        ids=["two ways", "full at 0", "two scales", "times itself", "times nothing", "no way", "no such rule"],
    )  # fmt: skip
    def test_a_leaf_that_cannot_work_is_refused(self, criterion):
        with pytest.raises(domain.BadFramework):
            framework(criterion, PLAN)

    def test_what_has_no_period_counts_neither_measures_nor_evidence(self):
        with pytest.raises(domain.BadFramework):
            framework(every=[])


class TestRanking:
    def test_equal_scores_share_a_place(self):
        scores = [Decimal(9), Decimal(7), Decimal(7), None, Decimal(3)]
        assert domain.places(scores) == [1, 2, 2, None, 4]

    def test_the_roadmap_says_who_answers_from_when(self):
        of = framework(starts={"commune": "2026-Q4", "75": "2026-10", "26368": "2026-07"})
        assert of.is_due("01", "province", Q3)
        assert not of.is_due("75", "province", Q3)
        assert of.is_due("26368", "commune", Q3, "75")
        assert not of.is_due("26374", "commune", Q3, "75")
        assert of.is_due("26374", "commune", Q3.after, "75")
        with pytest.raises(domain.BadFramework):
            framework(starts={"commune": "soon"})


def test_periods_lie_in_one_another():
    codes = lambda spans: [span.code for span in spans]  # noqa: E731
    parse = domain.Span.parse
    assert codes(parse("2026-08").around) == ["2026-Q3", "2026"]
    assert codes(parse("2026-Q3").around) == ["2026"]
    assert codes(parse("2026-Q3").inside) == ["2026-07", "2026-08", "2026-09"]
    assert len(parse("2026").inside) == 16
    for span in parse("2026").inside:
        assert parse("2026") in span.around
