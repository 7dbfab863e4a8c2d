"""Insights and effects on screen: who may see and answer, what is refused."""

import pytest
from django.test import Client

from lienthong.data.identity import samples
from lienthong.data.intelligence import domain, queries, services
from lienthong.kernel import clock

from .test_services import BY, MONDAY, WEEKS, TestInsights, fill, provinces  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


@pytest.fixture
def insight() -> domain.Insight:
    offices, columns = TestInsights().columns()
    (made,) = services.find_falsified(offices=offices, columns=columns, sample={}, by=BY, at=clock.now())
    return queries.insight(id=made)


def test_it_is_found_read_and_answered_by_who_may(insight):
    auditor = signed_in("kiem-toan")
    assert str(insight.id) in auditor.get("/workplace").content.decode()
    assert str(insight.id) not in signed_in("lanh-dao-tw").get("/workplace").content.decode()
    assert str(insight.id) in auditor.get("/insights?q=phong+3").content.decode()
    page = auditor.get(f"/insights/{insight.id}").content.decode()
    assert insight.vi in page
    answered = auditor.post(f"/insights/{insight.id}/decide", {"state": "refused", "reason": "nghỉ lễ, đã đối chiếu"})
    assert answered.status_code == 302
    assert queries.insight(id=insight.id).state is domain.InsightState.REFUSED
    assert "nghỉ lễ" in auditor.get(f"/insights/{insight.id}").content.decode()


def test_without_a_reason_or_a_step_that_can_follow_nothing_changes(insight):
    auditor = signed_in("kiem-toan")
    auditor.post(f"/insights/{insight.id}/decide", {"state": "confirmed", "reason": " "})
    assert queries.insight(id=insight.id).state is domain.InsightState.PROPOSED
    assert auditor.post(f"/insights/{insight.id}/decide", {"state": "measured", "reason": "x"}).status_code == 409
    assert auditor.post(f"/insights/{insight.id}/decide", {"state": "nonsense", "reason": "x"}).status_code == 409


def test_elsewhere_and_without_authority_it_is_closed(insight):
    assert insight.territory == "01"
    chairperson = signed_in("chu-tich-tinh")  # of another province
    assert str(insight.id) not in chairperson.get("/insights").content.decode()
    assert chairperson.get(f"/insights/{insight.id}").status_code == 403
    leader = signed_in("lanh-dao-tw")
    assert leader.get(f"/insights/{insight.id}").status_code == 200
    assert leader.post(f"/insights/{insight.id}/decide", {"state": "refused", "reason": "x"}).status_code == 403
    assert signed_in("cong-dan").get("/insights").status_code == 403


def test_what_was_done_and_what_it_changed(provinces):  # noqa: F811
    fill(provinces, lift=dict.fromkeys(provinces[:5], 0.1), start=20)
    item = domain.Intervention("T1", "Tổ hỗ trợ", "answered", tuple(provinces[:5]), MONDAY.replace(month=5, day=25), {})
    services.declare_intervention(item=item, by=BY, at=clock.now())
    leader = signed_in("lanh-dao-tw")
    assert "Tổ hỗ trợ" in leader.get("/effects").content.decode()
    assert leader.get("/effects/T1").status_code == 200
    services.estimate_effects(by=BY, at=clock.now())
    page = leader.get("/effects/T1").content.decode()
    assert "<svg" in page
    assert page.count("<tr>") > WEEKS - 2
    assert leader.get("/effects/none").status_code == 404


def test_effects_are_told_where_the_reader_may_see_them(provinces):  # noqa: F811
    fill(provinces, lift=dict.fromkeys(provinces[:5], 0.1), start=20)
    start = MONDAY.replace(month=5, day=25)
    own = next(code for code in provinces if code != "75")
    for name, territories in (("Ở nơi khác", (own,)), ("Ở cả hai", (own, "75")), ("Ở đây", ("75",))):
        item = domain.Intervention(f"T-{len(name)}-{name[-1]}", name, "answered", territories, start, {})
        services.declare_intervention(item=item, by=BY, at=clock.now())
    items = {item.title: f"/effects/{item.id}" for item in queries.interventions()}
    services.estimate_effects(by=BY, at=clock.now())
    chairperson = signed_in("chu-tich-tinh")  # of 75
    text = chairperson.get("/effects").content.decode()
    assert [name in text for name in items] == [name in ("Ở cả hai", "Ở đây") for name in items]
    assert chairperson.get(items["Ở nơi khác"]).status_code == 403
    assert chairperson.get(items["Ở đây"]).status_code == 200
    both = chairperson.get(items["Ở cả hai"]).content.decode()
    assert "<svg" not in both.partition("<main")[2].partition("</main")[0]
    assert "Can thiệp này cũng ở nơi khác" in both
    leader = signed_in("lanh-dao-tw")
    assert all(leader.get(address).status_code == 200 for address in items.values())
    assert signed_in("cong-dan").get("/effects").status_code == 403
