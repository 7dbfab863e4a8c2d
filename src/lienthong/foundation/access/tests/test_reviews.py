"""Delegations judged by results: looked at on a day, concluded on once, by who gave them."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.foundation.access import domain, models, queries, services
from lienthong.foundation.audit import queries as audit
from lienthong.foundation.directory import queries as directory
from lienthong.kernel.clock import vietnam_date

from .test_access import ANN, AT, BOB, CAT, DAY, give, hand_on

WIDE, NARROW = domain.Scope("a.*"), domain.Scope("a.read")
ENDS = AT + 90 * DAY
TODAY = vietnam_date(AT)
NOW = {"numbers": "7.5"}


def goal(days: int = 30, **values) -> domain.Goal:
    return domain.Goal(**{"indicators": ("numbers",), "territory": "", "baseline": {"numbers": "5"},
                          "review_on": TODAY + timedelta(days=days)} | values)  # fmt: skip


def delegated(scope: domain.Scope = NARROW, **values) -> UUID:
    return hand_on(give(), ANN, BOB, scope, valid_to=ENDS, goal=goal(**values))


def review(grant_id: UUID) -> domain.Review:
    return queries.reviews(grant_ids=[grant_id])[grant_id][-1]


def conclude(
    grant_id: UUID, conclusion: str, *, by: UUID = ANN, reason: str = "Theo kết quả", at=AT, review_id=None, **more
):
    return services.conclude(
        review_id=review_id or review(grant_id).id, account_id=by, conclusion=domain.Conclusion(conclusion), reason=reason,
        measured=NOW, at=at, **more,
    )  # fmt: skip


@pytest.mark.django_db
class TestReviews:
    def test_it_waits_for_its_day_and_then_for_its_giver(self):
        made = delegated()
        assert queries.waiting(on=TODAY, at=AT) == []
        day = review(made).goal.review_on
        ((grant, waiting),) = queries.waiting(on=day, at=AT, given_by=f"account:{ANN}")
        assert (grant.id, waiting.goal.baseline, waiting.due(day)) == (made, {"numbers": "5"}, True)
        assert queries.waiting(on=day, at=AT, given_by=f"account:{BOB}") == []
        assert queries.waiting(on=day, at=ENDS) == []
        assert [item.id for _, item in queries.judged(at=AT)] == [waiting.id]

    def test_a_review_falls_on_a_working_day(self):
        calendar = directory.calendar([2026, 2027])
        for days in range(20, 40):
            made = review(delegated(days=days)).goal.review_on
            assert calendar.is_working_day(made)
            assert TODAY + timedelta(days=days) <= made

    @pytest.mark.parametrize(
        "terms", [{"indicators": ()}, {"review_on": TODAY}, {"review_on": vietnam_date(ENDS + DAY)}]
    )
    def test_judged_by_nothing_or_too_late_is_refused(self, terms):
        with pytest.raises(domain.CannotDelegate):
            delegated(**terms)
        assert models.ReviewRow.objects.count() == 0

    def test_continued_it_is_looked_at_again_and_held_against_the_first_baseline(self):
        made = delegated()
        first = review(made)
        assert conclude(made, "continue", review_on=TODAY + timedelta(days=60)) is None
        before, after = queries.reviews(grant_ids=[made])[made]
        assert (before.id, before.conclusion, before.measured) == (first.id, domain.Conclusion.CONTINUE, NOW)
        assert (after.conclusion, after.goal.baseline, after.taken_at) == (None, first.goal.baseline, first.taken_at)
        assert queries.Rights(BOB, AT).allows("a.read")
        conclude(made, "continue")
        assert [item.conclusion for item in queries.reviews(grant_ids=[made])[made]] == [domain.Conclusion.CONTINUE] * 2

    def test_revoked_it_ends_at_once_and_says_why(self):
        made = delegated()
        conclude(made, "revoke", reason="Không có kết quả")
        assert not queries.Rights(BOB, AT).allows("a.read")
        (entry, *_) = audit.of(subject=f"grant:{made}")
        assert (entry.record.action, entry.record.reason) == ("foundation.access.conclude", "Không có kết quả")
        assert entry.record.about == (f"account:{BOB}",)

    @pytest.mark.parametrize(("conclusion", "old", "new"), [("widen", NARROW, WIDE), ("narrow", WIDE, NARROW)])
    def test_widened_or_narrowed_another_takes_its_place(self, conclusion, old, new):
        made = delegated(old)
        day = TODAY + timedelta(days=60)
        successor = conclude(made, conclusion, scope=new, review_on=day)
        rights = queries.Rights(BOB, AT)
        assert rights.allows("a.read")
        assert rights.allows("a.write") is (new == WIDE)
        assert queries.grant(id=made).revoked_at == AT
        assert review(made).successor_id == successor
        assert review(successor).goal.baseline == NOW
        assert queries.grant(id=successor).scope == new

    @pytest.mark.parametrize(
        ("conclusion", "scope"),
        [("widen", NARROW), ("widen", domain.Scope("b.*")), ("narrow", WIDE), ("narrow", NARROW), ("widen", None)],
    )
    def test_what_is_not_what_it_is_called_is_refused_and_changes_nothing(self, conclusion, scope):
        made = delegated()
        with pytest.raises(domain.CannotConclude):
            conclude(made, conclusion, scope=scope, review_on=TODAY + timedelta(days=60))
        assert review(made).conclusion is None
        assert queries.Rights(BOB, AT).allows("a.read")

    def test_more_than_the_giver_has_is_refused(self):
        mine = give(scope=domain.Scope("a.*", territory="75"))
        made = hand_on(mine, ANN, BOB, domain.Scope("a.read", territory="75"), valid_to=ENDS, goal=goal())
        with pytest.raises(domain.CannotDelegate):
            conclude(made, "widen", scope=domain.Scope("a.read"), review_on=TODAY + timedelta(days=60))
        assert review(made).conclusion is None

    def test_twice_without_a_reason_or_by_another_is_refused(self):
        made = delegated()
        once = review(made).id
        with pytest.raises(domain.CannotConclude):
            conclude(made, "continue", reason=" ")
        for other in (BOB, CAT):
            with pytest.raises(domain.NotTheGiver):
                conclude(made, "revoke", by=other)
        conclude(made, "continue", review_on=TODAY + timedelta(days=60))
        with pytest.raises(domain.CannotConclude):
            conclude(made, "revoke", review_id=once)
        assert queries.Rights(BOB, AT).allows("a.read")
        with pytest.raises(domain.CannotConclude):
            conclude(made, "continue", at=ENDS)

    def test_reviews_in_time_are_counted(self):
        since = date(2026, 1, 1)
        made = delegated(days=8), delegated(days=8), delegated(days=8)
        later = TODAY + timedelta(days=40)
        conclude(made[0], "continue")
        conclude(made[1], "continue", at=AT + 20 * DAY)
        assert queries.concluded_in_time(since=since, today=later) == (1, 3)
        services.revoke(grant_id=made[2], reason="mẫu", by="system:test", at=AT)
        assert queries.concluded_in_time(since=since, today=later) == (1, 2)

    def test_who_has_it_by_delegation_alone_is_told_apart(self):
        delegated()
        known = queries.index()
        told = [queries.by_delegation(domain.Subject(who), "a.read", AT, known) for who in (ANN, BOB, CAT)]
        assert told == [False, True, None]
        give(BOB)
        assert queries.by_delegation(domain.Subject(BOB), "a.read", AT, queries.index()) is False


ACTIONS = st.sampled_from(["a.*", "a.b.*", "a.b.c", "d"])


@given(ACTIONS, ACTIONS)
def test_no_change_is_both_wider_and_narrower(old, new):
    wider, narrower = (
        services._differs(item, domain.Scope(old), domain.Scope(new), TODAY)
        for item in (domain.Conclusion.WIDEN, domain.Conclusion.NARROW)
    )
    assert not (wider and narrower)
    if old == new:
        assert not wider
        assert not narrower
