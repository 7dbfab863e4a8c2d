"""Results on screen: who sees what, what can be done, what everybody may read, and that a page costs the same for many."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lienthong.channels.kpis import domain, queries, services
from lienthong.channels.kpis.testing import small
from lienthong.channels.kpis.tests.test_life import BY, JUDGE, LEADER, OWN, UNIT, dossiers
from lienthong.channels.kpis.views._results import _costs
from lienthong.channels.kpis.views._units import Unit
from lienthong.commons.casework import queries as casework
from lienthong.data.identity import samples
from lienthong.foundation.access.queries import stranger
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
Q3 = domain.Span.parse("2026-Q3")
AT = datetime(2026, 10, 5, 3, tzinfo=UTC)


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


@pytest.fixture
def found() -> domain.Assessment:
    """What the province of the sample people came to."""
    services.declare(document=small(), by=BY, at=AT)
    dossiers(online=10, others=90)
    dossiers(online=2, others=1, agency="H19.26368")
    framework = queries.framework(code="small")
    services.assess(framework=framework, span=Q3, at=AT)
    return queries.assessments(framework=framework, span=Q3)["75"]


def publish(found: domain.Assessment) -> None:
    services.self_score(id=found.id, given=OWN, **UNIT)
    services.appraise(id=found.id, given=OWN, **JUDGE)
    services.publish(ids=[found.id], **LEADER)


PAGES = ["/kpis", "/kpis?framework=small&period=2026-Q3", "/kpis/75?framework=small&period=2026-Q3",
         "/kpis/26368?framework=small&period=2026-Q3", "/kpis/G06?framework=small&period=2026-Q3",
         "/kpis/75?framework=small&period=2026-Q3&rank=ministry", "/kpis/75/online?framework=small&period=2026-Q3",
         "/kpis/vn/root?framework=small&period=2026-07", "/kpis/75?framework=model",
         "/kpis?framework=public-service", "/kpis/vn/2.1?framework=public-service&period=2026-Q3"]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_open(found, address, language):
    client = signed_in("lanh-dao-tw")
    client.cookies["language"] = language
    answer = client.get(address)
    expected = 404 if "/root" in address else 200
    assert answer.status_code == expected, answer.content.decode()[:500]


@pytest.mark.parametrize(
    "address",
    ["/kpis?framework=none", "/kpis/99?framework=small", "/kpis/75?framework=small&period=2026-13",
     "/kpis/75?framework=small&period=2026",
     "/kpis/G06?framework=model", "/kpis/75/nothing?framework=small", "/kpis/75/online?framework=model",
     "/kpis/assessments/0198c0de-0000-7000-8000-000000000000", "/results/small/2026-Q3/75"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(found, address):
    assert signed_in("lanh-dao-tw").get(address).status_code == 404


def test_who_may_see_one_place_sees_no_other(found):
    province = signed_in("chu-tich-tinh")
    assert province.get("/kpis/75?framework=small&period=2026-Q3").status_code == 200
    assert province.get(f"/kpis/assessments/{found.id}").status_code == 200
    assert province.get("/kpis?framework=small", follow=False).status_code == 302
    for address in ("/kpis/01?framework=small", "/kpis/G06?framework=small", "/kpis/01/online?framework=small"):
        assert province.get(address).status_code == 403
    assert signed_in("cong-dan").get("/kpis/75?framework=small").status_code == 403
    assert signed_in("can-bo-xa").get(f"/kpis/assessments/{found.id}").status_code == 403
    assert Client().get("/kpis/75?framework=small").status_code == 302


def test_few_rows_are_not_told_to_who_may_not_read_them(found):
    address = "/kpis/26368?framework=small&period=2026-Q3"
    assert "2 ÷ 3" in signed_in("lanh-dao-tw").get(address).content.decode()
    answer = signed_in("van-hanh").get(address).content.decode()
    assert "2 ÷ 3" not in answer
    assert "dưới 5 dòng" in answer
    document = "/api/v1/kpis/small?territory=26368&period=2026-Q3"
    read, unread = (signed_in(who).get(document).json()[1] for who in ("lanh-dao-tw", "van-hanh"))
    assert (read["numerator"], read["denominator"]) == ("2.000000", "3.000000")
    assert [unread[name] for name in ("value", "numerator", "denominator")] == [None] * 3


def test_results_of_the_moment_tell_no_small_number_of_a_commune(found):
    leaf = {"code": "share", "weight": 100, "name": {"vi": "Trực tuyến", "en": "Online"}, "indicator": "online-share",
            "points": [[0, 0], [100, 100]]}  # fmt: skip
    services.declare(
        document={"code": "now", "version": "1", "name": leaf["name"], "basis": "thử", "criteria": [leaf]}, by=BY, at=AT
    )
    framework = queries.framework(code="now")
    assert [
        line.result.value
        for line in queries.tree(framework=framework, territory="26368", rights=stranger(AT), on=AT.date())
    ] == [
        None,
        None,
    ]
    assert (
        queries.tree(framework=framework, territory="75", rights=stranger(AT), on=AT.date())[1].result.value is not None
    )


def test_rows_are_led_to_where_they_may_be_read(found):
    address = "/kpis/75/online?framework=small&period=2026-Q3"
    assert "/registers/dossiers?territory=75" in signed_in("lanh-dao-tw").get(address).content.decode()
    answer = signed_in("van-hanh").get(address).content.decode()
    assert "/registers/dossiers" not in answer
    assert "/indicators/online-share/75" in answer


def test_the_way_through_on_screen(found):
    page = f"/kpis/assessments/{found.id}"
    unit, judge, leader = signed_in("chu-tich-tinh"), signed_in("kiem-toan"), signed_in("lanh-dao-tw")
    marks = {"points-plan": "4", "basis-plan": "Kế hoạch 12"}
    for other, step in (
        (judge, "self-score"),
        (unit, "appraise"),
        (unit, "publish"),
        (judge, "publish"),
        (unit, "decide"),
    ):
        assert other.post(f"{page}/{step}", marks).status_code == 403
    assert unit.post(f"{page}/self-score", {"points-plan": "9", "basis-plan": "x"}).status_code == 422
    assert unit.post(f"{page}/self-score", marks).status_code == 302
    assert judge.post(f"{page}/appraise", {"points-plan": "2", "basis-plan": "thiếu kinh phí"}).status_code == 302
    assert leader.post("/kpis/publish", {"framework": "small", "period": "2026-Q3"}).status_code == 302
    assert queries.assessment(id=found.id).state is domain.State.PUBLISHED
    text = unit.get(page).content.decode()
    assert "thiếu kinh phí" in text
    assert "Kiến nghị" in text
    promised = {"text": "Sẽ mở thêm điểm hỗ trợ nộp trực tuyến", "promised_on": "2099-12-31"}
    assert judge.post(f"{page}/answer/online", promised).status_code == 403
    assert unit.post(f"{page}/answer/online", promised | {"promised_on": "mai"}).status_code == 422
    assert unit.post(f"{page}/answer/online", promised).status_code == 302
    assert unit.post(f"{page}/appeal", {"text": "Chưa tính hồ sơ giấy"}).status_code == 302
    assert judge.post(f"{page}/decide", {"verdict": "grant", "text": "x"}).status_code == 403
    public = Client().get("/results/small/2026-Q3/75").content.decode()
    assert "Sẽ mở thêm điểm hỗ trợ nộp trực tuyến" in public
    assert "31/12/2099" in public


def test_who_appraises_is_shown_what_waits(found):
    address = "/kpis?framework=small&period=2026-Q3"
    judge = signed_in("kiem-toan")
    assert str(found.id) not in judge.get(address).content.decode()
    services.self_score(id=found.id, given=OWN, **UNIT)
    assert f"/kpis/assessments/{found.id}" in judge.get(address).content.decode()
    assert f"/kpis/assessments/{found.id}" not in signed_in("bo-truong").get(address).content.decode()


def test_everybody_reads_what_is_published_and_only_that(found):
    stranger = Client()
    assert "Chưa có kết quả" in stranger.get("/results").content.decode()
    assert stranger.get("/api/v1/results/small/2026-Q3").status_code == 404
    publish(found)
    text = stranger.get("/results").content.decode()
    assert "Đồng Nai" in text
    assert "/results/small/2026-Q3/75" in text
    assert "/results/small/2026-Q3/01" not in text
    unit = stranger.get("/results/small/2026-Q3/75")
    assert unit.status_code == 200
    assert stranger.get("/results/small/2026-Q3/01").status_code == 404
    (row,) = stranger.get("/api/v1/results/small/2026-Q3").json()
    assert (row["unit"], row["place"]) == ("75", 1)
    assert stranger.get("/results?rank=ministry").status_code == 200
    assert stranger.get("/results?province=75").status_code == 200


def test_who_is_asked_finds_it_at_their_workplace(found):
    unit = signed_in("chu-tich-tinh")
    address = f"/kpis/assessments/{found.id}"
    assert address not in unit.get("/workplace").content.decode()
    publish(found)
    assert address in unit.get("/workplace").content.decode()
    assert address not in signed_in("bo-truong").get("/workplace").content.decode()
    promised = {"text": "Sẽ mở thêm điểm hỗ trợ", "promised_on": "2099-12-31"}
    unit.post(f"{address}/answer/online", promised)
    assert address not in unit.get("/workplace").content.decode()


def test_an_answer_that_does_not_come_stands_there(found, monkeypatch):
    publish(found)
    monkeypatch.setattr("lienthong.kernel.clock.now", lambda: datetime(2026, 10, 25, 3, tzinfo=UTC))
    assert "chưa trả lời, quá hạn 6 ngày" in Client().get("/results/small/2026-Q3/75").content.decode()
    assert "1 câu hỏi quá hạn trả lời" in Client().get("/results").content.decode()


def test_numbers_as_json(found):
    client = signed_in("lanh-dao-tw")
    lines = client.get("/api/v1/kpis/small?territory=75&period=2026-Q3").json()
    assert [line["criterion"] for line in lines] == ["small", "online", "plan"]
    assert (lines[1]["numerator"], lines[1]["denominator"]) == ("12.000000", "103.000000")
    assert client.get("/api/v1/kpis/small?territory=G06").status_code == 200
    assert client.get("/api/v1/kpis/model").status_code == 200
    assert client.get("/api/v1/kpis/small?period=x").status_code == 404
    assert signed_in("chu-tich-tinh").get("/api/v1/kpis/small?territory=01").status_code == 403


@pytest.mark.parametrize("address", ["/kpis/75?framework=small&period=2026-Q3", "/results?province=75"])
def test_a_page_costs_the_same_for_many(found, address):
    publish(found)
    client = signed_in("lanh-dao-tw")
    framework = queries.framework(code="small")

    def communes() -> list:
        known = queries.assessments(framework=framework, span=Q3)
        return [known[unit] for unit in known if len(unit) == 5]

    def cost() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    def appear(agencies) -> None:
        for agency in agencies:
            dossiers(online=6, others=4, agency=agency)
        services.assess(framework=framework, span=Q3, at=AT)
        for item in communes():
            if item.state is domain.State.COMPUTED:
                publish(item)

    appear(["H19.26368"])
    few = cost()
    appear(["H19.26374", "H19.26377", "H19.26380", "H19.26383"])
    assert len(communes()) > 2
    assert cost() == few


def test_costs_of_few_dossiers_are_not_told_to_who_may_not_read_rows(monkeypatch):
    told = [
        casework.ProcedureCost(code, code, dossiers, *map(Decimal, (10, 0, 0, 0, 20)))
        for code, dossiers in (("a", 90), ("b", 7), ("c", 1))
    ]
    monkeypatch.setattr(casework, "costs_by_procedure", lambda **asked: told)
    node = domain.Criterion("cost", {"vi": "", "en": ""}, Decimal(1), measure="compliance-cost")
    asked = node, Unit("75", "Đồng Nai"), domain.Span.parse("2026-Q3"), clock.now()
    shown = _costs(SimpleNamespace(rights=stranger(clock.now())), *asked)
    assert [item.procedure for item in shown] == ["a"]
    everything = SimpleNamespace(rights=SimpleNamespace(allows=lambda action, **place: True))
    assert _costs(everything, *asked) == told
