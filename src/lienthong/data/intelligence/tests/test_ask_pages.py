"""Questions on screen and as JSON: who may ask, what is kept for whom, choices that lead on."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthong.data.identity import samples
from lienthong.data.intelligence import domain, models, queries, services
from lienthong.data.intelligence.domain import Outcome
from lienthong.foundation.access.domain import Scope

from .questions_space import BY, NOW, TODAY, fill
from .test_pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def rows(sample_space, django_db_blocker):
    with django_db_blocker.unblock():
        return fill()


def ask(client, text: str):
    answer = client.post("/ask", {"q": text})
    assert answer.status_code == 302
    return answer["Location"], client.get(answer["Location"]).content.decode()


def test_a_question_is_answered_shown_with_its_query_and_kept_for_who_asked():
    leader = signed_in("lanh-dao-tw")
    address, page = ask(leader, "tỷ lệ đúng hạn của Nghệ An tháng 10/2026")
    for shown in (
        "đã trả lời",
        "giá trị của chỉ tiêu",
        "÷",
        "SELECT",
        "/indicators/dossiers-on-time/40",
        "số liệu biết đến",
    ):
        assert shown in page
    assert "tỷ lệ đúng hạn của Nghệ An tháng 10/2026" in leader.get("/ask").content.decode()
    other = signed_in("kiem-toan")
    assert other.get(address).status_code == 404
    assert (
        "Nghệ An tháng 10/2026" not in other.get("/ask").content.decode().split('id="before"')[1].split("</section>")[0]
    )


def test_what_is_not_understood_leads_on_by_choices():
    leader = signed_in("lanh-dao-tw")
    _, page = ask(leader, "hồ sơ Nghệ An tháng 10")
    assert "cần chọn" in page
    assert page.count('class="choice"') > 1


@pytest.mark.parametrize(
    "text",
    [
        "xu hướng tỷ lệ đúng hạn của Nghệ An năm nay", "năm tỉnh có tỷ lệ đúng hạn cao nhất quý 3", "thời tiết Hà Nội", "",
        "dự báo số hồ sơ tiếp nhận của cả nước tuần tới", "<script>alert(1)</script>", "vì sao tỷ lệ đúng hạn của cả nước giảm",
    ],
)  # fmt: skip
def test_every_kind_of_answer_has_its_page(text):
    _, page = ask(signed_in("lanh-dao-tw"), text)
    assert "<script>alert" not in page
    if "xu hướng" in text or "dự báo" in text:
        assert 'class="trend"' in page
    if "năm tỉnh" in text:
        assert page.count("data-share") == 5


def test_who_sees_one_province_is_told_of_that_one_alone():
    chairperson = signed_in("chu-tich-tinh")
    _, page = ask(chairperson, "tỷ lệ đúng hạn của Nghệ An tháng 10/2026")
    assert "không được hiển thị" in page
    assert "÷" not in page
    own = chairperson.get("/ask").content.decode()
    assert "Đồng Nai" in own
    assert "cả nước" not in own.split('id="examples"')[1]


def test_who_sees_nothing_may_not_ask():
    citizen = signed_in("cong-dan")
    assert citizen.get("/ask").status_code == 403
    assert citizen.post("/ask", {"q": "tỷ lệ đúng hạn"}).status_code == 403


def test_examples_are_answered_for_who_is_offered_them():
    for place in ("", samples.PROVINCE, "26368"):
        for text in queries.examples(place=place, on=TODAY):
            answer = services.ask(text=text, rights=Everything(), by=BY, at=NOW)[1]
            known = answer.outcome is Outcome.ANSWERED or "Chưa có số liệu" in answer.vi
            assert known, (text, answer.vi, answer.left)


class Everything:
    def learn(self, territories) -> None:
        pass

    def allows(self, action: str, **_: str) -> bool:
        return True

    def scopes(self, action: str) -> list[Scope]:
        return [Scope(action)]


def test_an_answer_is_judged_by_its_asker_with_a_reason_where_it_is_wrong():
    leader = signed_in("lanh-dao-tw")
    address, _ = ask(leader, "tỷ lệ đúng hạn tháng 10")
    row = models.InferenceRow.objects.get(id=address.rsplit("/", 1)[1])
    leader.post(f"{address}/judge", {"right": "no", "reason": " "})
    row.refresh_from_db()
    assert row.decision == ""
    leader.post(f"{address}/judge", {"right": "no", "reason": "khác báo cáo tháng"})
    assert "khác báo cáo tháng" in leader.get(address).content.decode()
    assert signed_in("kiem-toan").post(f"{address}/judge", {"right": "yes"}).status_code == 404


def test_the_same_as_json():
    leader = signed_in("lanh-dao-tw")

    def post(path: str, body: dict, key: str):
        return leader.post(path, json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key})

    made = post("/api/v1/intelligence/questions", {"text": "tỷ lệ đúng hạn của Nghệ An tháng 10/2026"}, "question-1")
    assert made.status_code == 201
    document = made.json()
    assert document["outcome"] == "answered"
    assert document["question"]["indicators"] == ["dossiers-on-time"]
    address = f"/api/v1/intelligence/questions/{document['id']}"
    assert leader.get(address).json()["figures"] == document["figures"]
    assert post(f"{address}/judgement", {"right": True}, "judgement-1").status_code == 204
    assert signed_in("kiem-toan").get(address).status_code == 404
    assert signed_in("cong-dan").get(address).status_code in (403, 404)


def quoted_passage() -> domain.Passage:
    return domain.Passage(
        domain.PassageKind.ANSWER, "page", "Tỉnh Mẫu trả lời về cầu treo",
        "Cầu treo dân sinh <b>sẽ</b> được sửa. Xong: 01/12/2026.", "/results", on=TODAY,
    )  # fmt: skip


def test_what_stands_somewhere_is_quoted_with_its_source_and_judged_and_not_shown_once_it_is_gone():
    passage = quoted_passage()
    services.keep_passages(kind=passage.kind, keys=["page"], passages=[passage], at=NOW)
    leader = signed_in("lanh-dao-tw")
    address, page = ask(leader, "ai giải trình về cau treo dan sinh")
    assert "<mark>Cầu treo dân sinh</mark> &lt;b&gt;sẽ&lt;/b&gt; được sửa" in page
    for shown in (
        "trích nguyên văn",
        'href="/results"',
        "Trả lời công khai",
        "25/11/2026",
        "Đoạn trích có giúp bạn không?",
    ):
        assert shown in page
    assert "cầu treo" not in json.dumps(models.InferenceRow.objects.latest("id").output["quotes"]).lower()
    leader.post(f"{address}/judge", {"right": "no", "reason": "cần số cầu"})
    assert "Bạn thấy chưa có ích:" in leader.get(address).content.decode()
    services.keep_passages(kind=passage.kind, keys=["page"], passages=[], at=NOW)
    page = leader.get(address).content.decode()
    assert "sẽ" not in page.split('id="said"')[1].split("</section>")[0]
    assert "1 đoạn đã trích nay đã đổi, không còn" in page


def test_passages_as_json_say_what_is_quoted_and_where_it_stands():
    passage = quoted_passage()
    services.keep_passages(kind=passage.kind, keys=["page"], passages=[passage], at=NOW)
    leader = signed_in("lanh-dao-tw")
    made = leader.post(
        "/api/v1/intelligence/questions", json.dumps({"text": "ai giải trình về cầu treo dân sinh"}),
        content_type="application/json", headers={"Idempotency-Key": "question-about-words"},
    )  # fmt: skip
    document = made.json()
    assert (made.status_code, document["outcome"]) == (201, "quoted")
    (told,) = document["passages"]
    assert (told["kind"], told["text"], told["href"], told["day"]) == ("answer", passage.text, "/results", "2026-11-25")
    assert told["text"][told["begin"] : told["end"]] == told["quote"]
    assert [told["text"][begin:end] for begin, end in told["marks"]] == ["Cầu treo dân sinh"]
    address = f"/api/v1/intelligence/questions/{document['id']}"
    assert leader.get(address).json()["passages"] == document["passages"]
    services.keep_passages(kind=passage.kind, keys=["page"], passages=[], at=NOW)
    assert leader.get(address).json()["passages"] == []


def test_the_page_costs_the_same_however_much_was_asked():
    leader = signed_in("lanh-dao-tw")

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as told:
            leader.get("/ask")
        return len(told)

    ask(leader, "tỷ lệ đúng hạn tháng 10")
    leader.get("/ask")
    before = cost()
    for _ in range(4):
        ask(leader, "tỷ lệ đúng hạn tháng 9")
    assert cost() == before


def test_a_ranking_costs_as_many_queries_as_there_are_kinds_of_things_not_places():
    def cost(text: str) -> int:
        with CaptureQueriesContext(connection) as told:
            assert services.ask(text=text, rights=Everything(), by=BY, at=NOW)[1].outcome is Outcome.ANSWERED
        return len(told)

    cost("5 xã của Nghệ An có tỷ lệ đúng hạn thấp nhất quý 3")  # what is read once a process is read
    few = cost("5 xã của Nghệ An có tỷ lệ đúng hạn thấp nhất quý 3")
    assert cost("50 xã của cả nước có tỷ lệ đúng hạn thấp nhất quý 3") == few
    assert few < 40


def test_boards_have_the_box():
    assert 'action="/ask"' in signed_in("lanh-dao-tw").get("/boards").content.decode()
