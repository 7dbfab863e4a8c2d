"""A directive from a text: proposed, corrected by a person, issued as it was left; nothing before."""

from decimal import Decimal

import pytest
from django.test import Client

from lienthong.commons.direction import queries
from lienthong.data.identity import samples
from lienthong.data.intelligence import models as intelligence_models

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
TEXT = (
    "Giao Bộ Tài chính chủ trì, phối hợp với Bộ Nội vụ rà soát kinh phí, hoàn thành trước ngày 15/12/2027.\n"
    "Giao UBND tỉnh Bình Dương bàn giao trụ sở. Giao UBND tỉnh Nghệ An bảo đảm tỷ lệ hồ sơ đúng hạn đạt 98 %."
)


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


def sent(**changes: str | list[str]) -> dict:
    """What the page sends for the text above, the second task left out."""
    return {
        "text": TEXT, "title": "Kết luận phiên họp", "document": "", "tasks": "3", "issue": "yes",
        "lead_agency": ["G12 – Bộ Tài chính", "", "H41 – Ủy ban nhân dân tỉnh Nghệ An"],
        "task-0-keep": "on", "task-0-content": "Rà soát kinh phí", "task-0-others": "G09", "task-0-due_on": "2027-12-15",
        "task-1-content": "Bàn giao trụ sở", "task-2-keep": "on", "task-2-content": "Bảo đảm tỷ lệ hồ sơ đúng hạn",
        "task-2-indicator": "dossiers-on-time", "task-2-territory": "40", "task-2-value": "98,5", "task-2-least": "yes",
    } | changes  # fmt: skip


def test_tasks_are_proposed_beside_the_words_they_rest_on_and_nothing_is_issued():
    leader = signed_in("lanh-dao-tw")
    page = leader.post("/directives/from-text", {"text": TEXT}).content.decode()
    assert page.count("<mark>") == 3
    assert 'maxlength="40000"' in page
    assert 'value="G12 – Bộ Tài chính"' in page
    assert 'value="2027-12-14"' in page
    assert "trước ngày 15/12/2027: đến hết ngày liền trước" in page
    assert "không có trong danh bạ hiện nay" in page
    assert "Thành phố Hồ Chí Minh" in page or "thành phố Hồ Chí Minh" in page
    assert 'value="98"' in page
    assert not queries.directives(text="", before=None, today=None, agencies=None, limit=5)


def test_what_was_kept_is_issued_as_it_was_corrected():
    leader = signed_in("lanh-dao-tw")
    leader.post("/directives/from-text", {"text": TEXT})
    record = intelligence_models.InferenceRow.objects.get(purpose="propose tasks")
    answer = leader.post("/directives/from-text", sent(record=str(record.id)))
    assert answer.status_code == 302
    directive = queries.directive(id=answer["Location"].rsplit("/", 1)[1])
    first, second = sorted(directive.tasks, key=lambda task: task.lead_agency)
    assert (first.lead_agency, first.co_agencies, str(first.due_on)) == ("G12", ("G09",), "2027-12-15")
    assert (second.target.indicator, second.target.territory) == ("dossiers-on-time", "40")
    assert second.target.value == Decimal("98.5")
    record.refresh_from_db()
    assert (record.decision, record.reason) == ("accept", "2/3")


@pytest.mark.parametrize(
    "changes",
    [
        {"lead_agency": ["ZZ99", "", "H41"]}, {"title": " "}, {"task-0-due_on": "hôm nào"}, {"task-2-value": "nhiều"},
        {"task-0-due_on": "2020-01-01"}, {"tasks": "x"},
    ],
)  # fmt: skip
def test_a_mistake_keeps_what_was_typed_and_issues_nothing(changes):
    answer = signed_in("lanh-dao-tw").post("/directives/from-text", sent(**changes))
    assert answer.status_code in (404, 422)
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert changes.get("tasks") or "Rà soát kinh phí" in page


def test_who_may_issue_nowhere_is_kept_out_and_elsewhere_nothing_is_issued():
    assert signed_in("cong-dan").get("/directives/from-text").status_code == 403
    assert signed_in("kiem-toan").post("/directives/from-text", sent()).status_code == 403
    chairperson = signed_in("chu-tich-tinh")
    assert chairperson.get("/directives/from-text").status_code == 200
    assert chairperson.post("/directives/from-text", sent()).status_code == 403


def test_a_text_without_tasks_says_so():
    page = signed_in("lanh-dao-tw").post("/directives/from-text", {"text": "Thời tiết hôm nay đẹp."}).content.decode()
    assert "Không tìm thấy nhiệm vụ nào" in page
