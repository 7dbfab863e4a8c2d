"""Models on screen: who may see and approve them, the way back, what stays as people left it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthong.data.intelligence import domain, models, queries, reference, services
from lienthong.foundation.access.domain import Scope
from lienthong.foundation.audit import queries as audit
from lienthong.kernel import clock
from lienthong.kernel.ids import uuid7

from .test_pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY = "system:test"


def version(name: str, number: str = "1") -> queries.ModelVersion:
    return next(item for item in queries.model_versions(at=clock.now()) if (item.name, item.version) == (name, number))


def registered(number: str) -> queries.ModelVersion:
    card = dict(version("question-rules").card) | {"version": number}
    services.register_model(card=card, by=BY, at=clock.now())
    return version("question-rules", number)


def test_cards_states_and_use_are_shown_to_who_may_see_insights():
    services.ask(text="tỷ lệ đúng hạn", rights=Everything(), by="account:1", at=clock.now())
    leader = signed_in("lanh-dao-tw")
    page = leader.get("/models").content.decode()
    for name in ("question-rules 1", "weekly-forecast 1", "forecast-drift 1", "đang dùng"):
        assert name in page
    one = leader.get(f"/models/{version('question-rules').id}").content.decode()
    assert "không câu nào sai mà không báo" in one
    assert "phê duyệt" in one
    assert 'name="step"' not in one
    assert signed_in("cong-dan").get("/models").status_code == 403


class Everything:
    def learn(self, territories) -> None:
        pass

    def allows(self, action: str, **_: str) -> bool:
        return True

    def scopes(self, action: str) -> list[Scope]:
        return [Scope(action)]


def test_a_version_is_approved_with_its_reason_and_the_one_before_is_the_way_back():
    newer = registered("2")
    steward = signed_in("quan-tri-du-lieu")
    steward.post(f"/models/{newer.id}/decide", {"step": "approve", "reason": " "})
    assert version("question-rules", "2").state is domain.ModelState.REGISTERED
    steward.post(f"/models/{newer.id}/decide", {"step": "approve", "reason": "đã thử trên 326 câu"})
    assert version("question-rules", "2").state is domain.ModelState.APPROVED
    assert version("question-rules").state is domain.ModelState.RETIRED
    assert "đã thử trên 326 câu" in steward.get(f"/models/{newer.id}").content.decode()
    steward.post(f"/models/{version('question-rules').id}/decide", {"step": "approve", "reason": "bản 2 sai nhiều"})
    assert version("question-rules").state is domain.ModelState.APPROVED
    told = [entry.record.action for entry in audit.of(subject="model:question-rules/2")]
    assert told.count("data.intelligence.approve_model") == 1


def test_who_may_not_approve_changes_nothing():
    newer = registered("3")
    for username in ("lanh-dao-tw", "kiem-toan", "cong-dan"):
        answer = signed_in(username).post(f"/models/{newer.id}/decide", {"step": "approve", "reason": "x"})
        assert answer.status_code == 403
    assert version("question-rules", "3").state is domain.ModelState.REGISTERED


def test_what_was_retired_is_not_used_and_stays_retired_at_the_next_start():
    steward = signed_in("quan-tri-du-lieu")
    steward.post(f"/models/{version('question-rules').id}/decide", {"step": "retire", "reason": "rà soát lại"})
    with pytest.raises(domain.NoModel):
        services.ask(text="tỷ lệ đúng hạn", rights=Everything(), by=BY, at=clock.now())
    assert signed_in("lanh-dao-tw").post("/ask", {"q": "tỷ lệ đúng hạn"}).status_code == 409
    reference.load(by=BY, at=clock.now())
    assert version("question-rules").state is domain.ModelState.RETIRED
    with pytest.raises(domain.NoModel):
        services.retire_model(name="question-rules", version="1", reason="x", by=BY, at=clock.now())


def test_what_people_made_of_answers_is_counted():
    made, _ = services.ask(text="tỷ lệ đúng hạn", rights=Everything(), by="account:1", at=clock.now())
    services.judge_answer(question_id=made, right=True, reason="", by="account:1", at=clock.now())
    found = version("question-rules")
    assert (found.uses, found.accepted, found.share_accepted) == (1, 1, 1.0)
    assert models.InferenceRow.objects.count() == 1


def test_an_unknown_one_is_not_there():
    assert signed_in("lanh-dao-tw").get("/models/01a2123d-6613-727f-a59a-9dba930e16f2").status_code == 404


def test_uses_are_counted_over_thirty_days_and_the_pages_cost_the_same_however_many_there_are():
    leader, now = signed_in("lanh-dao-tw"), clock.now()
    row = models.ModelRow.objects.get(name="question-rules", version="1")

    def use(days: int, count: int) -> None:
        models.InferenceRow.objects.bulk_create(
            models.InferenceRow(
                id=uuid7(), model=row, purpose="question", by=BY, at=now - timedelta(days=days), inputs={}, inputs_sha256=b"",
                output={}, milliseconds=1,
            )
            for _ in range(count)
        )  # fmt: skip

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as told:
            assert leader.get(address).status_code == 200
        return len(told)

    addresses = ("/models", f"/models/{row.id}")
    before = [cost(address) for address in addresses]
    use(days=31, count=40)
    assert version("question-rules").uses == 0
    assert version("question-rules").used_at == now - timedelta(days=31)
    use(days=29, count=7)
    assert version("question-rules").uses == 7
    assert [cost(address) for address in addresses] == before
