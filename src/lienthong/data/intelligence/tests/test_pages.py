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
