"""Nothing is allowed that no grant allows; a delegation never gives more than its giver has."""

import dataclasses
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from lienthong.foundation.access import domain, models, queries, services
from lienthong.kernel.errors import Forbidden
from lienthong.kernel.ids import uuid7

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = timedelta(days=1)
ANN, BOB, CAT, DAN = (UUID(int=number) for number in range(1, 5))

# --- rules ------------------------------------------------------------------------------------------------------------

TREE = {"": (), "75": ("",), "01": ("",), "26368": ("75", ""), "00004": ("01", "")}
paths = {code: (code, *above) if code else ("",) for code, above in TREE.items()}
actions = st.sampled_from(["a.read", "a.write", "a.*", "b.read", "b.*"])
scopes = st.builds(
    domain.Scope, actions, st.sampled_from(["", "G1"]), st.sampled_from(list(TREE)), st.sampled_from(["", "health"])
)
moments = st.integers(-3, 3).map(lambda days: AT + days * DAY)
targets = st.builds(
    domain.Target,
    st.sampled_from([(), ("G1",), ("G1.2", "G1")]),
    st.sampled_from(list(paths.values())),
    st.sampled_from(["", "health"]),
)
wanted = st.sampled_from(["a.read", "a.write", "b.read", "c"])


def make(holder: UUID, scope: domain.Scope, parent=None, start=AT - DAY, end=None, revoked=None, may_delegate=True):
    return domain.Grant(
        uuid7(), domain.HolderKind.ACCOUNT, str(holder), scope, start, end, "Quyết định mẫu", may_delegate,
        parent.id if parent else None, "system:test", revoked,
    )  # fmt: skip


@given(scopes, scopes, targets, wanted)
def test_what_is_within_never_covers_more(inner, outer, target, action):
    agency_path = (inner.agency,) if inner.agency else ()
    if domain.within(inner, outer, agency_path=agency_path, territory_path=paths[inner.territory]) and domain.covers(
        inner, action, target
    ):
        assert domain.covers(outer, action, target)


@given(actions, wanted | actions)
def test_the_actions_looked_up_are_those_that_cover(granted, action):
    assert (granted in domain.covering_actions(action)) == domain.covers_action(granted, action)


@st.composite
def grants(draw):
    """Grants of two holders, some handed on from others, each with a begin, an end and a revocation of its own."""
    made = []
    for _ in range(draw(st.integers(0, 12))):
        holder, parent = draw(st.sampled_from([ANN, BOB])), draw(st.sampled_from([None, *made]))
        start, end, revoked = draw(moments), draw(st.none() | moments), draw(st.none() | moments)
        made.append(make(holder, draw(scopes), parent, start, end, revoked))
    return made


def explanations(held, action, target):
    """Every answer that reading each grant in turn could give: may it be done, and every sentence that would be true."""
    index = domain.Index({grant.id: grant for grant in held})
    mine = [grant for grant in held if grant.holder == str(ANN) and domain.covers_action(grant.scope.action, action)]
    here = [grant for grant in mine if domain.covers(grant.scope, action, target)]
    if standing := [grant for grant in here if index.stands(grant, AT)]:
        return True, {domain._allowed(grant) for grant in standing}
    if here:
        return False, {domain._lapsed(grant, AT) for grant in here}
    return False, {domain._denied(scope) for scope in [grant.scope for grant in mine] or [None]}


@given(grants(), targets, wanted)
def test_the_index_decides_and_explains_as_reading_every_grant_would(held, target, action):
    allowed, sentences = explanations(held, action, target)
    decision = domain.Index.of(held).decide(domain.Subject(ANN), action, target, AT)
    assert decision.allowed == allowed
    assert decision in sentences


@given(grants(), st.data())
def test_an_index_brought_up_step_by_step_is_the_same(held, data):
    whole, grown = domain.Index.of(held), domain.Index()
    for grant in data.draw(st.permutations(held)):
        grown.put(dataclasses.replace(grant, revoked_at=None))
        grown.put(grant)
    subject, ids = domain.Subject(ANN, agencies=("G1",)), [grant.id for grant in held if grant.holder == str(ANN)]
    assert sorted(grant.id for grant in grown.held(subject)) == sorted(ids)
    for action in ("a.read", "b.read", "c"):
        decisions = [index.decide(subject, action, domain.Target(), AT).allowed for index in (whole, grown)]
        assert decisions[0] == decisions[1]
        found = [sorted(index.scopes(subject, action, AT), key=str) for index in (whole, grown)]
        naive = [
            grant.scope
            for grant in whole.held(subject)
            if domain.covers_action(grant.scope.action, action) and whole.stands(grant, AT)
        ]
        assert found[0] == found[1] == sorted(naive, key=str)


def test_a_decision_looks_only_at_the_places_the_target_lies_in():
    """However many places a holder has: grants for other communes are not touched."""
    here = make(ANN, domain.Scope("a.read", territory="26368"))
    index = domain.Index.of([here, *(make(ANN, domain.Scope("a.read", territory=f"x{n}")) for n in range(500))])
    touched = []
    index.stands = lambda grant, at: touched.append(grant) or True
    assert index.decide(domain.Subject(ANN), "a.read", domain.Target(territory_path=paths["26368"]), AT).allowed
    assert touched == [here]


def test_of_many_that_ended_the_last_is_told():
    ended = [make(ANN, domain.Scope("a.read"), start=AT - 99 * DAY, end=AT - days * DAY) for days in (9, 2, 5)]
    decision = domain.Index.of(ended).decide(domain.Subject(ANN), "a.read", domain.Target(), AT)
    assert "hết hiệu lực ngày 22/11/2026" in decision.vi


@given(st.integers(1, 5), st.integers(0, 4))
def test_revoking_any_link_ends_the_chain(length, revoked):
    scope, chain = domain.Scope("a.read"), []
    for number in range(length):
        parent = chain[-1] if chain else None
        chain.append(make(UUID(int=number + 1), scope, parent, revoked=AT if number == revoked else None))
    decision = domain.Index.of(chain).decide(domain.Subject(UUID(int=length)), "a.read", domain.Target(), AT)
    assert decision.allowed == (revoked >= length)


def test_a_circle_or_a_missing_link_allows_nothing():
    first = make(ANN, domain.Scope("a.read"))
    second = make(BOB, domain.Scope("a.read"), first)
    circle = domain.Grant(**{**first.__dict__, "parent_id": second.id})
    for grants in ([circle, second], [second]):
        index = domain.Index.of(grants)
        assert not index.decide(domain.Subject(BOB), "a.read", domain.Target(), AT).allowed


def test_denials_say_what_is_wrong():
    elsewhere = make(ANN, domain.Scope("a.read", territory="01"))
    ended = make(ANN, domain.Scope("b.read"), end=AT)
    index = domain.Index.of([elsewhere, ended])
    subject = domain.Subject(ANN)
    assert "01" in index.decide(subject, "a.read", domain.Target(territory_path=paths["75"]), AT).vi
    assert "hết hiệu lực ngày 24/11/2026" in index.decide(subject, "b.read", domain.Target(), AT).vi
    assert "chưa có quyết định" in index.decide(subject, "c", domain.Target(), AT).vi
    assert "until" not in index.decide(subject, "a.read", domain.Target(territory_path=paths["01"]), AT).en


# --- the stored grants ------------------------------------------------------------------------------------------------


def give(account=ANN, scope=None, **values):
    terms = {"valid_from": AT - DAY, "basis": "Quyết định mẫu", "by": "system:test", "at": AT, "may_delegate": True}
    return services.grant(
        holder_kind=domain.HolderKind.ACCOUNT, holder=str(account), scope=scope or domain.Scope("a.*"), **terms | values
    )


def hand_on(grant_id, giver, receiver, scope=None, **values):
    terms = {"valid_to": AT + DAY, "basis": "Giấy ủy quyền mẫu", "at": AT, "may_delegate": True}
    return services.delegate(
        grant_id=grant_id, account_id=giver, holder_kind=domain.HolderKind.ACCOUNT, holder=str(receiver),
        scope=scope or domain.Scope("a.read"), **terms | values,
    )  # fmt: skip


@pytest.mark.django_db
class TestStored:
    def test_deny_by_default(self):
        with pytest.raises(Forbidden):
            queries.Rights(ANN, AT).require("a.read")

    def test_a_delegation_works_until_it_or_its_ground_is_revoked(self):
        first = give()
        second = hand_on(first, ANN, BOB)
        third = hand_on(second, BOB, CAT)
        assert queries.Rights(CAT, AT).allows("a.read")
        assert not queries.Rights(CAT, AT).allows("a.write")
        assert not queries.Rights(CAT, AT + DAY).allows("a.read")
        services.revoke(grant_id=first, reason="mẫu", by="system:test", at=AT)
        assert not queries.Rights(CAT, AT).allows("a.read")
        assert third in {item.id for item in queries.delegations_about(account_id=BOB, at=AT)}

    def test_granting_again_finds_the_same(self):
        assert give() == give()

    @pytest.mark.parametrize(
        ("terms", "part"),
        [
            ({"scope": domain.Scope("b.read")}, "rộng hơn"),
            ({"scope": domain.Scope("a.*", territory="")}, "rộng hơn"),
            ({"valid_to": AT + 40 * DAY}, "thời hạn dài hơn"),
            ({"valid_to": AT - DAY}, "ngày kết thúc đã qua"),
        ],
    )
    def test_more_than_the_giver_has_is_refused(self, terms, part):
        mine = give(scope=domain.Scope("a.*", territory="75"), valid_to=AT + 30 * DAY)
        terms = {"scope": domain.Scope("a.read", territory="75")} | terms
        with pytest.raises(domain.CannotDelegate) as refusal:
            hand_on(mine, ANN, BOB, **terms)
        assert part in refusal.value.text("vi")

    def test_what_is_not_ones_own_or_not_to_be_handed_on_is_refused(self):
        mine, fixed = give(), give(scope=domain.Scope("b.*"), may_delegate=False)
        with pytest.raises(domain.CannotDelegate):
            hand_on(mine, BOB, CAT)
        with pytest.raises(domain.CannotDelegate):
            hand_on(fixed, ANN, BOB, scope=domain.Scope("b.read"))

    def test_a_delegation_never_comes_back_to_someone_in_its_chain(self):
        second = hand_on(give(), ANN, BOB)
        third = hand_on(second, BOB, CAT)
        for receiver in (ANN, BOB):
            with pytest.raises(domain.CannotDelegate):
                hand_on(third, CAT, receiver)

    def test_a_chain_has_an_end(self):
        last, giver = give(), ANN
        for number in range(2, 2 + domain.MAXIMUM_DEPTH):
            last, giver = hand_on(last, giver, UUID(int=number)), UUID(int=number)
        with pytest.raises(domain.CannotDelegate):
            hand_on(last, giver, UUID(int=99))

    def test_a_change_undone_leaves_the_index_right(self):
        kept = give(BOB)
        assert queries.Rights(BOB, AT).allows("a.read")
        sid = transaction.savepoint()
        give(ANN)
        assert queries.Rights(ANN, AT).allows("a.read")
        transaction.savepoint_rollback(sid)
        assert not queries.Rights(ANN, AT).allows("a.read")
        give(CAT)
        assert not queries.Rights(ANN, AT).allows("a.read")
        assert queries.Rights(CAT, AT).allows("a.read")
        assert kept in queries.index().grants

    def test_deciding_costs_the_same_however_many_grants(self, django_assert_num_queries):
        for number in range(50):
            give(ANN, domain.Scope(f"x{number}.read"))
        queries.index()
        with django_assert_num_queries(2):  # the last change, the offices held
            rights = queries.Rights(ANN, AT)
            for number in range(50):
                assert rights.allows(f"x{number}.read")

    def test_a_change_by_another_process_is_seen(self):
        give(ANN)
        queries.index()
        with connection.cursor() as cursor:  # as another process would leave it
            cursor.execute("UPDATE foundation_access_grant SET revoked_at = %s, change = 2", [AT - DAY])
            cursor.execute(
                "UPDATE foundation_access_last_change SET number = 2, before = mark, mark = gen_random_uuid()"
            )
        assert not queries.Rights(ANN, AT).allows("a.read")
        assert models.GrantRow.objects.count() == 1
