"""The space counts what it holds itself, once a day, and every count is an ordinary row of an ordinary register."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthong.commons.stewardship import domain, queries, services
from lienthong.data.identity import queries as identity
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.registry import domain as registry_domain
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.registry import testing as registry_testing
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse import services as warehouse_services
from lienthong.foundation.access import domain as access_domain
from lienthong.foundation.access import queries as access_queries
from lienthong.foundation.access import services as access
from lienthong.foundation.audit import keys
from lienthong.foundation.audit import queries as audit_queries
from lienthong.foundation.audit import services as audit
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY = "system:test"
DAY = timedelta(days=1)
COMMUNES = ("00004", "26368")
"""In Hà Nội (01) and in Đồng Nai (75)."""


def counted(at=None) -> dict[str, tuple[int, int]]:
    return {item.key: (item.numerator, item.denominator) for item in queries.counted(at=at or clock.now())}


def rows() -> dict[str, dict]:
    return {item.key: dict(item.payload) for item in registry.current(register=domain.MEASURES, source=domain.COUNTER)}


def account(username: str) -> UUID:
    return identity.by_username(username=username).id


def tell(by: str, *numbers: int, at=None, import_id=None) -> None:
    declared = registry.declaration(register="people")
    registry_services.accept_batch(
        register="people", source="own", by=by, at=at or clock.now(), import_id=import_id,
        rows=[declared.prepare(registry_testing.person(number, commune=COMMUNES[number % 2])) for number in numbers],
    )  # fmt: skip


def test_it_is_written_once_a_day_and_moves_the_indicators():
    now = clock.now()
    assert services.measure_once_a_day(by=BY, at=now) > 5
    assert services.measure_once_a_day(by=BY, at=now) == 0
    assert services.measure(by=BY, at=now) == 0
    found = rows()
    assert {item["day"] for item in found.values()} == {clock.vietnam_date(now).isoformat()}
    assert services.measure_once_a_day(by=BY, at=now + DAY) >= len(found)
    warehouse_services.recompute(code="registers-live", at=now)
    cell = warehouse.cell(code="registers-live", territory="")
    assert (cell.numerator, cell.denominator) == counted()["registers-live"]
    assert cell.value == Decimal(100) * cell.numerator / cell.denominator


def test_facts_are_told_apart_by_the_way_they_came_and_by_province():
    registry_testing.declare()
    before = counted()
    assert "facts-automatic:75" not in before
    tell("intake:1", 1, 3, 2)
    tell(f"account:{UUID(int=1)}", 5, import_id=UUID(int=7))
    tell(f"account:{UUID(int=1)}", 7)
    tell(BY, 9, 11)
    tell("intake:1", 13, at=clock.now() - 40 * DAY)
    after = counted(clock.now() + timedelta(seconds=1))
    (here,) = [
        item for item in registry.told(since=clock.now() - DAY, until=clock.now() + DAY) if item.territory == "26368"
    ]
    assert (here.sent, here.in_files, here.by_hand) == (2, 1, 1)
    assert after["facts-automatic:75"] == (2, 4)
    assert after["facts-automatic:01"] == (1, 1)


def test_where_nothing_is_held_any_more_a_row_says_so():
    registry_testing.declare()
    tell("intake:1", 1)
    now = clock.now()
    services.measure(by=BY, at=now + timedelta(seconds=1))
    assert rows()["facts-automatic:75"]["denominator"] == 1
    services.measure(by=BY, at=now + 31 * DAY)
    assert (rows()["facts-automatic:75"]["numerator"], rows()["facts-automatic:75"]["denominator"]) == (0, 0)


def test_registers_are_live_by_their_own_cadence_and_open_where_they_could_be():
    now = clock.now()
    held = {item.declaration.key: item for item in registry.registers() if item.records}
    told = {
        key: item for key, item in held.items() if key not in (domain.MEASURES, "quality-checks", "directive-tasks")
    }
    assert counted(now)["registers-live"] == (len(told), len(told))
    later = now + 5000 * DAY
    assert counted(later)["registers-live"] == (0, len(told))
    open_ones = [item for item in told.values() if item.declaration.sharing is registry_domain.Sharing.OPEN]
    assert counted(now)["open-registers-live"] == (len(open_ones), len(open_ones))
    assert counted(later)["open-registers-live"][0] == 0


def delegate(giver: str, receiver: str, action: str = "commons.direction.issue", **values) -> UUID:
    now = clock.now()
    held = next(
        item
        for item in access_queries.grants_of(account(giver), now)
        if access_domain.covers_action(item.scope.action, action)
    )
    return services.delegate(
        **{
            "grant_id": held.id, "account_id": account(giver), "holder_kind": access_domain.HolderKind.ACCOUNT,
            "holder": str(account(receiver)), "holder_name": receiver,
            "scope": access_domain.Scope(action, held.scope.agency, held.scope.territory), "valid_to": now + 200 * DAY,
            "basis": "Giấy ủy quyền mẫu", "indicators": ["registers-live"], "territory": "",
            "review_on": clock.vietnam_date(now) + 60 * DAY, "at": now,
        } | values
    )  # fmt: skip


def decide(username: str) -> None:
    audit.record(
        by=f"account:{account(username)}", action="commons.direction.issue", subject="directive:x", at=clock.now()
    )


def test_a_decision_counts_as_delegated_only_where_authority_came_by_delegation_alone():
    begun = counted()["decisions-delegated"]
    delegate("lanh-dao-tw", "quan-tri-du-lieu")
    delegate("lanh-dao-tw", "bo-truong")
    for username in ("lanh-dao-tw", "quan-tri-du-lieu", "quan-tri-du-lieu", "bo-truong"):
        decide(username)
    audit.record(by="system:test", action="commons.direction.issue", subject="directive:x", at=clock.now())
    audit.record(by=f"account:{account('bo-truong')}", action="data.identity.sign_in", subject="x", at=clock.now())
    delegated, all_ = counted(clock.now() + timedelta(seconds=1))["decisions-delegated"]
    assert (delegated - begun[0], all_ - begun[1]) == (2, 4)


def test_what_came_of_delegations_is_counted_by_their_indicators():
    now = clock.now()
    services.measure(by=BY, at=now)
    warehouse_services.recompute(code="registers-live", at=now)
    made = delegate("lanh-dao-tw", "quan-tri-du-lieu")
    assert counted()["delegations-better"] == (0, 1)
    goal = access_queries.reviews(grant_ids=[made])[made][0].goal
    assert Decimal(goal.baseline["registers-live"]) == 100
    services.measure(by=BY, at=now + 5000 * DAY)
    warehouse_services.recompute(code="registers-live", at=now)
    low = delegate("lanh-dao-tw", "van-hanh")
    services.measure(by=BY, at=now)
    warehouse_services.recompute(code="registers-live", at=now)
    assert counted()["delegations-better"] == (1, 2)
    access.revoke(grant_id=low, reason="mẫu", by=BY, at=now)
    assert counted()["delegations-better"] == (0, 1)


def test_records_are_sound_when_they_stand_as_they_were_sealed():
    later = clock.now() + timedelta(hours=1)
    assert audit_queries.sealed(newest=50, until=later) == (0, 50)
    # Records below the oldest running transaction are sealed: this test's own are not, so none of them is sound.
    audit.sequence(at=clock.now(), signer=keys.checkpoint_signer())
    sound, all_ = audit_queries.sealed(newest=50, until=later)
    assert (sound <= all_, all_) == (True, 50)
    assert audit_queries.sealed(newest=50, until=clock.now() - 9999 * DAY) == (0, 0)


def test_insights_and_offices_are_read_in_one_query_each(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert intelligence.answered(since=clock.now() - DAY) == {}
    people = [account("lanh-dao-tw"), account("bo-truong")]
    with django_assert_num_queries(1):
        held = directory.ever_held(accounts=people)
    assert {item.agency_code for item in held} == {"A08", "G06"}
    assert {item.account_id for item in directory.ever_held(agencies=["A08"])} == {people[0]}
    assert directory.ever_held(positions=[held[0].position_id])[0].account_id == held[0].account_id


def test_counting_costs_the_same_however_much_there_is():
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            queries.counted(at=clock.now() + timedelta(seconds=1))
        return len(captured)

    registry_testing.declare()
    tell("intake:1", 1)
    delegate("lanh-dao-tw", "quan-tri-du-lieu")
    decide("quan-tri-du-lieu")
    few = cost()
    tell("intake:1", *range(2, 60))
    for receiver in ("van-hanh", "kiem-toan", "can-bo-xa"):
        delegate("lanh-dao-tw", receiver)
        decide(receiver)
    assert cost() == few
