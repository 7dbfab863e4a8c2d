"""Nothing is allowed that no grant allows; a delegation never gives more than its giver has."""

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


@given(st.lists(st.tuples(scopes, moments, st.one_of(st.none(), moments)), max_size=6), targets, wanted)
def test_the_index_decides_as_reading_every_grant_would(specifications, target, action):
    grants = [make(ANN, scope, start=start, revoked=revoked) for scope, start, revoked in specifications]
    naive = any(domain.covers(item.scope, action, target) and item.in_force(AT) for item in grants)
    decision = domain.Index.of(grants).decide(domain.Subject(ANN), action, target, AT)
    assert decision.allowed == naive
    assert decision.vi
    assert decision.en


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
