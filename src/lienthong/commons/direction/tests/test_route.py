"""Whom a text is for, on screen: reasons beside every body, a person's word kept with the record, nothing else kept."""

import json
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lienthong.data.identity import samples
from lienthong.data.intelligence import models as intelligence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
TEXT = "Đề nghị Bộ Y tế xem xét khiếu nại về thuốc bảo hiểm y tế tại tỉnh Nghệ An."
BODY = "G18"


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


def routed(client: Client, text: str = TEXT) -> tuple[str, intelligence.InferenceRow]:
    page = client.post("/route", {"text": text})
    assert page.status_code == 200
    return page.content.decode(), intelligence.InferenceRow.objects.filter(purpose="route a text").latest("id")


def decide(client: Client, record: object, choice: str, **more: str):
    return client.post("/route", {"text": TEXT, "record": str(record), "choice": choice} | more)


def test_bodies_are_named_with_reasons_and_confidence_and_the_text_is_not_kept():
    page, record = routed(signed_in("can-bo-xa"))
    for shown in ("Bộ Y tế", "được nêu tên: “Bộ Y tế”", "độ chắc", "địa bàn: Tỉnh Nghệ An", "lĩnh vực phụ trách"):
        assert shown in page
    assert page.count('name="choice"') == len(record.output["routes"]) + 2
    assert "khiếu nại" not in json.dumps([record.inputs, record.output], ensure_ascii=False)


@pytest.mark.parametrize(
    ("choice", "more", "decision", "reason"),
    [
        (BODY, {}, "accept", BODY), (BODY, {"reason": "đúng thẩm quyền"}, "accept", f"{BODY}: đúng thẩm quyền"),
        ("other", {"lead_agency": "G12 – Bộ Tài chính", "reason": "là việc ngân sách"}, "refuse", "G12: là việc ngân sách"),
        ("nobody", {"reason": "thư gửi nhầm"}, "refuse", "–: thư gửi nhầm"),
    ],
)  # fmt: skip
def test_what_a_person_makes_of_it_is_kept_with_the_record(choice, more, decision, reason):
    client = signed_in("lanh-dao-tw")
    _, record = routed(client)
    assert record.output["routes"][0]["agency"] == BODY
    for _ in range(2):
        assert decide(client, record.id, choice, **more)["Location"] == "/route"
    record.refresh_from_db()
    assert (record.decision, record.reason) == (decision, reason)


@pytest.mark.parametrize(
    ("choice", "more", "status"),
    [
        ("nobody", {"reason": " "}, 422), ("other", {"lead_agency": "G12"}, 422),
        ("other", {"lead_agency": "ZZ9", "reason": "x"}, 422), ("other", {"reason": "x"}, 422), ("' OR 1", {"reason": "x"}, 422),
    ],
)  # fmt: skip
def test_a_mistake_keeps_what_was_typed_and_decides_nothing(choice, more, status):
    client = signed_in("lanh-dao-tw")
    _, record = routed(client)
    answer = decide(client, record.id, choice, **more)
    assert answer.status_code == status
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert "thuốc bảo hiểm y tế" in page
    record.refresh_from_db()
    assert record.decision == ""


def test_a_record_of_another_or_none_is_not_judged():
    _, record = routed(signed_in("lanh-dao-tw"))
    other = signed_in("kiem-toan")
    for id in (record.id, UUID(int=1), "x", ""):
        assert decide(other, id, BODY).status_code == 404
    record.refresh_from_db()
    assert record.decision == ""


def test_a_text_for_nobody_says_so_and_an_empty_or_too_long_one_asks_for_another():
    client = signed_in("lanh-dao-tw")
    page, _ = routed(client, "Xin chào")
    assert "Không có cơ quan nào được gợi ý" in page
    assert client.post("/route", {"text": "  "}).status_code == 200
    long = client.post("/route", {"text": "x" * 40_001})
    assert long.status_code == 422
    assert "Văn bản quá dài" in long.content.decode()
    assert "<script>alert" not in routed(client, "<script>alert(1)</script> gửi Bộ Y tế")[0]


def test_who_reads_no_directives_is_kept_out():
    for username in ("cong-dan", "van-hanh"):
        assert signed_in(username).get("/route").status_code == 403
        assert signed_in(username).post("/route", {"text": TEXT}).status_code == 403


def test_the_page_costs_the_same_however_many_bodies_are_named():
    client = signed_in("lanh-dao-tw")

    def cost(text: str) -> int:
        with CaptureQueriesContext(connection) as told:
            routed(client, text)
        return len(told)

    cost("Gửi Bộ Y tế")
    assert cost("Gửi Bộ Y tế, Bộ Tài chính, Bộ Nội vụ, Bộ Công an") == cost("Gửi Bộ Y tế")


def test_the_list_of_directives_leads_there():
    assert 'href="/route"' in signed_in("kiem-toan").get("/directives").content.decode()
