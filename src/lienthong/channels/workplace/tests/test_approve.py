"""What waits for a decision, one card at a time."""

from datetime import timedelta

import pytest
from django.test import Client

from lienthong.commons.direction import domain, queries, services
from lienthong.data.identity import queries as identity
from lienthong.data.identity import samples
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]


@pytest.fixture
def leader(client: Client) -> Client:
    client.post("/sign-in", {"username": "lanh-dao-tw", "password": samples.PASSWORD})
    return client


def issue(content: str) -> domain.Task:
    now = clock.now()
    task = domain.NewTask(content, "G06.90", clock.vietnam_date(now) + timedelta(days=5))
    by = identity.by_username(username="lanh-dao-tw").actor
    made = services.issue(title="Thử", text="", issuer_agency="A08", tasks=[task], by=by, at=now)
    return queries.directive(id=made).tasks[0]


def test_with_nothing_to_decide_it_says_so(leader):
    assert "Không có gì chờ quyết định của bạn" in leader.get("/approve").content.decode()


def test_cards_are_answered_one_after_the_other(leader):
    later, done = issue("Việc xin gia hạn"), issue("Việc đã xong")
    due = later.due_on + timedelta(days=9)
    services.ask_extension(task_id=later.id, due_on=due, reason="Mưa lũ", by="account:lead", at=clock.now())
    services.move(task_id=done.id, move=domain.Move.REPORT, text="Đã làm", by="account:lead", at=clock.now())
    page = leader.get("/approve").content.decode()
    assert "1 / 2" in page
    assert "Mưa lũ" in page
    (waiting,) = queries.extensions(task_id=later.id)
    answered = leader.post(f"/extensions/{waiting.id}/decide", {"answer": "grant", "next": "/approve?at=1"})
    assert answered["Location"] == "/approve?at=1"
    page = leader.get("/approve?at=1").content.decode()
    assert "Việc đã xong" in page
    assert "đã niêm phong" in page
    leader.post(f"/tasks/{done.id}/move", {"move": "approve", "next": "/approve?at=1"})
    assert "Không có gì chờ quyết định" in leader.get("/approve?at=1").content.decode()
    assert queries.task(id=done.id).state is domain.TaskState.COMPLETED


def test_no_form_leads_away_from_the_space(leader):
    task = issue("Việc")
    services.move(task_id=task.id, move=domain.Move.REPORT, by="account:lead", at=clock.now())
    for page in ("https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"):
        answer = leader.post(f"/tasks/{task.id}/move", {"move": "return", "next": page})
        assert answer["Location"] == f"/tasks/{task.id}"
        services.move(task_id=task.id, move=domain.Move.REPORT, by="account:lead", at=clock.now())


def test_a_number_that_is_none_is_the_first_card(leader):
    task = issue("Việc")
    services.move(task_id=task.id, move=domain.Move.REPORT, by="account:lead", at=clock.now())
    for text in ("0", "99", "x", "-1", "99999999999999999999"):
        assert "1 / 1" in leader.get(f"/approve?at={text}").content.decode()


def test_others_are_not_shown_what_waits_for_somebody_else(leader):
    task = issue("Việc kín")
    services.move(task_id=task.id, move=domain.Move.REPORT, by="account:lead", at=clock.now())
    other = Client()
    other.post("/sign-in", {"username": "bo-truong", "password": samples.PASSWORD})
    assert "Việc kín" not in other.get("/approve").content.decode()
