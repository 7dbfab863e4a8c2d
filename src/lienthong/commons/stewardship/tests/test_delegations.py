"""Delegations on screen: who sees them, what came of them, who concludes, what the inbox says."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lienthong.commons.direction import domain as direction_domain
from lienthong.commons.direction import services as direction
from lienthong.commons.stewardship import queries, services
from lienthong.data.identity import queries as identity
from lienthong.data.identity import samples
from lienthong.data.warehouse import services as warehouse
from lienthong.foundation.access import domain as access_domain
from lienthong.foundation.access import queries as access_queries
from lienthong.foundation.access import services as access
from lienthong.foundation.access import testing as access_testing
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY = "system:test"
DAY = timedelta(days=1)
ISSUE = "commons.direction.issue"


def account(username: str) -> UUID:
    return identity.by_username(username=username).id


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


def authority(username: str) -> access_domain.Grant:
    return next(
        item
        for item in access_queries.grants_of(account(username), clock.now())
        if access_domain.covers_action(item.scope.action, ISSUE)
    )


def hand_on(receiver: str = "quan-tri-du-lieu", **values) -> UUID:
    now = clock.now()
    return services.delegate(
        **{
            "grant_id": authority("lanh-dao-tw").id, "account_id": account("lanh-dao-tw"),
            "holder_kind": access_domain.HolderKind.ACCOUNT, "holder": str(account(receiver)), "holder_name": receiver,
            "scope": access_domain.Scope(ISSUE), "valid_to": now + 300 * DAY, "basis": "Giấy ủy quyền 01", "territory": "",
            "indicators": ["registers-live", "tasks-open"], "review_on": clock.vietnam_date(now) + 60 * DAY, "at": now,
        }
        | values
    )  # fmt: skip


def review(grant_id: UUID) -> access_domain.Review:
    return access_queries.reviews(grant_ids=[grant_id])[grant_id][-1]


def fall_due(grant_id: UUID) -> None:
    access_testing.fall_due(grant_id, clock.vietnam_date(clock.now()))


def test_it_is_handed_on_by_the_form_with_its_baseline():
    services.measure(by=BY, at=clock.now())
    warehouse.recompute_many(codes=queries.gauge_codes(), at=clock.now())
    leader = signed_in("lanh-dao-tw")
    grant = authority("lanh-dao-tw")
    assert f"grant={grant.id}" in leader.get("/delegations/new").content.decode()
    form = leader.get(f"/delegations/new?grant={grant.id}").content.decode()
    assert 'value="registers-live"' in form
    today = clock.vietnam_date(clock.now())
    sent = {
        "grant": str(grant.id), "kind": "position", "holder": "H19 – Đồng Nai", "action": ISSUE, "agency": "H19", "territory": "",
        "basis": "Giấy ủy quyền 02", "valid_to": (today + 200 * DAY).isoformat(), "review_on": (today + 90 * DAY).isoformat(),
        "indicators": ["registers-live"],
    }  # fmt: skip
    answer = leader.post("/delegations/new", sent)
    assert answer.status_code == 302
    made = UUID(answer["Location"].rpartition("/")[2])
    found = review(made)
    assert found.goal.indicators == ("registers-live",)
    assert (found.goal.territory, found.goal.baseline) == ("75", {"registers-live": None})
    everywhere = leader.post("/delegations/new", sent | {"agency": "", "holder": "G06", "kind": "agency"})
    found = review(UUID(everywhere["Location"].rpartition("/")[2]))
    assert found.goal.territory == ""
    assert float(found.goal.baseline["registers-live"]) == 100
    assert access_queries.Rights(account("chu-tich-tinh"), clock.now()).allows(ISSUE, agency="H19")
    for changes, status in (
        ({"indicators": []}, 403), ({"holder": "ZZ99"}, 404), ({"kind": "x"}, 404), ({"basis": ""}, 403),
        ({"review_on": "không"}, 403), ({"review_on": (today + 300 * DAY).isoformat()}, 403),
        ({"action": "foundation.audit.read"}, 403), ({"indicators": ["none"]}, 404), ({"kind": "account", "holder": "ai"}, 404),
    ):  # fmt: skip
        refused = leader.post("/delegations/new", sent | changes)
        assert refused.status_code == status, changes
        assert 'role="alert"' in refused.content.decode()
    assert len(access_queries.judged(at=clock.now())) == 2


def test_who_may_delegate_nothing_is_offered_nothing():
    citizen = signed_in("cong-dan")
    assert "không có thẩm quyền nào" in citizen.get("/delegations/new").content.decode()
    assert "Chưa có ủy quyền" in citizen.get("/delegations").content.decode()
    assert citizen.post("/delegations/new", {"grant": str(authority("lanh-dao-tw").id)}).status_code == 200
    assert len(access_queries.judged(at=clock.now())) == 0


def test_it_is_seen_by_those_it_concerns_and_by_auditors():
    made = hand_on()
    address = f"/delegations/{made}"
    for username, status in (
        ("lanh-dao-tw", 200),
        ("quan-tri-du-lieu", 200),
        ("kiem-toan", 200),
        ("cong-dan", 403),
        ("van-hanh", 403),
    ):
        client = signed_in(username)
        assert client.get(address).status_code == status, username
        assert (address in client.get("/delegations").content.decode()) is (
            username in ("lanh-dao-tw", "quan-tri-du-lieu")
        )
    assert Client().get(address).status_code == 302
    assert signed_in("lanh-dao-tw").get(f"/delegations/{authority('lanh-dao-tw').id}").status_code == 404
    assert signed_in("lanh-dao-tw").get(f"/delegations/{UUID(int=5)}").status_code == 404


def test_it_shows_what_was_decided_and_what_that_changed():
    made = hand_on()
    holder = f"account:{account('quan-tri-du-lieu')}"
    target = direction_domain.Target("dossiers-on-time", "75", Decimal(95), True)
    task = direction_domain.NewTask("Đẩy nhanh hồ sơ", "G06.90", None, target=target)
    direction.issue(title="Thử", text="", issuer_agency="G06.90", tasks=[task], by=holder, at=clock.now())
    page = signed_in("lanh-dao-tw").get(f"/delegations/{made}").content.decode()
    assert "commons.direction.issue" in page
    assert "Đẩy nhanh hồ sơ" in page
    assert "chưa đủ tuần" in page
    assert "cũng có thẩm quyền này trực tiếp" not in page
    first_hand = hand_on("bo-truong")
    assert (
        "cũng có thẩm quyền này trực tiếp"
        in signed_in("lanh-dao-tw").get(f"/delegations/{first_hand}").content.decode()
    )
    rights = access_queries.Rights(account("lanh-dao-tw"), clock.now())
    grant = access_queries.grant(id=made)
    found = queries.results(grant, review(made).goal, rights=rights, at=clock.now())
    assert [entry.record.by for entry in found.decisions] == [holder]
    before = queries.results(grant, review(made).goal, rights=rights, at=grant.valid_from)
    assert before.decisions == ()


def test_when_its_day_comes_it_stands_first_in_the_inbox_of_its_giver():
    made = hand_on()
    leader = signed_in("lanh-dao-tw")
    assert "Ủy quyền đến hẹn" not in leader.get("/workplace").content.decode()
    fall_due(made)
    assert f'href="/delegations/{made}#conclude"' in leader.get("/workplace").content.decode()
    assert "đến hẹn" in leader.get("/delegations").content.decode()
    assert "Ủy quyền đến hẹn" not in signed_in("quan-tri-du-lieu").get("/workplace").content.decode()


def test_its_giver_concludes_once():
    made = hand_on()
    fall_due(made)
    address = f"/delegations/{made}/reviews/{review(made).id}/conclude"
    leader, holder = signed_in("lanh-dao-tw"), signed_in("quan-tri-du-lieu")
    assert 'name="conclusion"' in leader.get(f"/delegations/{made}").content.decode()
    assert 'name="conclusion"' not in holder.get(f"/delegations/{made}").content.decode()
    assert holder.post(address, {"conclusion": "revoke", "reason": "x"}).status_code == 403
    assert leader.post(address, {"conclusion": "nonsense", "reason": "x"}).status_code == 404
    kept = leader.post(address, {"conclusion": "narrow", "reason": "Giữ chữ này", "action": ISSUE, "territory": ""})
    assert kept.status_code == 409
    assert "Giữ chữ này" in kept.content.decode()
    other = hand_on("van-hanh")
    assert (
        leader.post(
            f"/delegations/{other}/reviews/{review(made).id}/conclude", {"conclusion": "revoke", "reason": "x"}
        ).status_code
        == 404
    )
    assert leader.post(address, {"conclusion": "revoke", "reason": "Không có kết quả"}).status_code == 302
    assert not access_queries.Rights(account("quan-tri-du-lieu"), clock.now()).allows(ISSUE)
    again = leader.post(address, {"conclusion": "continue", "reason": "x"})
    assert again.status_code == 409
    page = leader.get(f"/delegations/{made}").content.decode()
    assert "Không có kết quả" in page
    assert "đã thu hồi" in page
    assert "Ủy quyền đến hẹn" not in leader.get("/workplace").content.decode()


def test_narrowed_to_a_province_another_takes_its_place():
    made = hand_on()
    leader = signed_in("lanh-dao-tw")
    later = (clock.vietnam_date(clock.now()) + 90 * DAY).isoformat()
    answer = leader.post(
        f"/delegations/{made}/reviews/{review(made).id}/conclude",
        {"conclusion": "narrow", "reason": "Chỉ ở Đồng Nai", "action": ISSUE, "territory": "75", "review_on": later},
    )
    successor = UUID(answer["Location"].rpartition("/")[2])
    assert successor != made
    assert f"/delegations/{successor}" in leader.get(f"/delegations/{made}").content.decode()
    rights = access_queries.Rights(account("quan-tri-du-lieu"), clock.now())
    assert rights.allows(ISSUE, territory="75")
    assert not rights.allows(ISSUE, territory="01")


def test_the_list_costs_the_same_however_many_there_are():
    leader = signed_in("lanh-dao-tw")

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert leader.get(address).status_code == 200
        return len(captured)

    made = hand_on()
    before = cost("/delegations"), cost(f"/delegations/{made}")
    for username in ("van-hanh", "kiem-toan", "can-bo-xa", "mat-tran"):
        fall_due(hand_on(username, indicators=["dqi", "dq-live"]))
    assert (cost("/delegations"), cost(f"/delegations/{made}")) == before


def test_a_baseline_never_holds_small_numbers_about_persons():
    assert queries.values_now(indicators=["papers-reused", "registers-live"], territory="75", at=clock.now()) == {
        "papers-reused": None, "registers-live": None,
    }  # fmt: skip
    made = hand_on()
    access.revoke(grant_id=made, reason="mẫu", by=BY, at=clock.now())
    assert "đã thu hồi" in signed_in("lanh-dao-tw").get("/delegations").content.decode()


class TestAsJson:
    ADDRESS = "/api/v1/stewardship/delegations"

    def post(self, client: Client, address: str, **body):
        key = {"Idempotency-Key": str(uuid4())}
        return client.post(address, body, content_type="application/json", headers=key)

    def test_the_list_is_for_whom_it_concerns(self):
        assert Client().get(self.ADDRESS).status_code == 401
        made = hand_on()
        for username in ("lanh-dao-tw", "quan-tri-du-lieu"):
            (told,) = signed_in(username).get(self.ADDRESS).json()
            assert (told["id"], told["stands"], told["due"]) == (str(made), True, False)
            assert [item["indicator"] for item in told["changes"]] == ["registers-live", "tasks-open"]
        assert signed_in("cong-dan").get(self.ADDRESS).json() == []

    def test_one_is_for_whom_it_concerns_and_auditors(self):
        made = hand_on()
        for username, status in (("lanh-dao-tw", 200), ("kiem-toan", 200), ("cong-dan", 403), ("van-hanh", 403)):
            assert signed_in(username).get(f"{self.ADDRESS}/{made}").status_code == status, username
        leader = signed_in("lanh-dao-tw")
        assert leader.get(f"{self.ADDRESS}/{authority('lanh-dao-tw').id}").status_code == 404
        assert leader.get(f"{self.ADDRESS}/{UUID(int=5)}").status_code == 404

    def test_its_giver_judges_it_once(self):
        made = hand_on()
        fall_due(made)
        address = f"{self.ADDRESS}/{made}/reviews/{review(made).id}/conclusion"
        leader, holder = signed_in("lanh-dao-tw"), signed_in("quan-tri-du-lieu")
        assert leader.get(f"{self.ADDRESS}/{made}").json()["due"] is True
        assert self.post(holder, address, conclusion="revoke", reason="x").status_code == 403
        assert self.post(leader, address, conclusion="nonsense", reason="x").status_code == 422
        assert self.post(leader, address, conclusion="narrow", reason="x").status_code == 409
        later = (clock.vietnam_date(clock.now()) + 90 * DAY).isoformat()
        answer = self.post(
            leader, address, conclusion="narrow", reason="Chỉ ở Đồng Nai", territory="75", review_on=later
        )
        assert answer.status_code == 200
        successor = answer.json()["successor_id"]
        assert leader.get(f"{self.ADDRESS}/{successor}").json()["territory"] == "75"
        told = leader.get(f"{self.ADDRESS}/{made}").json()
        assert (told["stands"], told["reviews"][0]["conclusion"]) == (False, "narrow")
        assert self.post(leader, address, conclusion="revoke", reason="x").status_code == 409

    def test_it_costs_the_same_for_many(self):
        leader = signed_in("lanh-dao-tw")

        def cost() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert leader.get(self.ADDRESS).status_code == 200
            return len(captured)

        hand_on()
        few = cost()
        for username in ("van-hanh", "kiem-toan", "can-bo-xa"):
            hand_on(username)
        assert cost() == few
