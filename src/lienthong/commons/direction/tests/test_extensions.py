"""More time: asked for with a reason by who works on the task, answered by who issued it, both written down."""

from datetime import timedelta

import pytest
from django.test import Client

from lienthong.commons.direction import domain, queries, services
from lienthong.data.identity import queries as identity
from lienthong.data.identity import samples
from lienthong.kernel import clock
from lienthong.kernel.ids import uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY, LEAD = "system:test", "account:lead"


def issue(by: str = BY, days: int | None = 5) -> domain.Task:
    now = clock.now()
    due = None if days is None else clock.vietnam_date(now) + timedelta(days=days)
    task = domain.NewTask("Việc", "G06.90", due)
    made = services.issue(title="Thử", text="", issuer_agency="A08", tasks=[task], by=by, at=now)
    return queries.directive(id=made).tasks[0]


def ask(task: domain.Task, *, days: int = 10, reason: str = "Chờ kinh phí", by: str = LEAD):
    due = (task.due_on or clock.vietnam_date(clock.now())) + timedelta(days=days)
    return services.ask_extension(task_id=task.id, due_on=due, reason=reason, by=by, at=clock.now())


def decide(id, grant: bool, *, reason: str = "", by: str = BY):
    return services.decide_extension(extension_id=id, grant=grant, reason=reason, by=by, at=clock.now())


def kinds(task: domain.Task) -> list[str]:
    return [entry.kind for entry in queries.life(task_id=task.id)]


def test_granted_the_deadline_is_the_new_one_and_both_sides_are_written_down():
    task = issue()
    asked = ask(task)
    assert ask(task) == asked
    assert queries.task(id=task.id).due_on == task.due_on
    for _ in range(2):
        assert decide(asked, True) is domain.Answer.GRANTED
    assert queries.task(id=task.id).due_on == task.due_on + timedelta(days=10)
    assert kinds(task)[-2:] == ["extension_asked", "extension_granted"]
    assert queries.extensions(task_id=task.id) == []


def test_refused_it_stays_and_the_reason_is_told():
    task = issue()
    asked = ask(task)
    with pytest.raises(domain.BadExtension):
        decide(asked, False)
    assert decide(asked, False, reason="Không đủ căn cứ") is domain.Answer.REFUSED
    assert queries.task(id=task.id).due_on == task.due_on
    with pytest.raises(domain.BadExtension):
        decide(asked, True)
    assert "Không đủ căn cứ" in queries.life(task_id=task.id)[-1].text
    assert ask(task, days=12) != asked


def test_what_cannot_be_asked_or_answered_is_refused():
    task = issue()
    for values in ({"reason": " "}, {"days": 0}, {"days": -1}):
        with pytest.raises(domain.BadExtension):
            ask(task, **values)
    with pytest.raises(domain.BadExtension):
        ask(issue(days=None))
    asked = ask(task)
    with pytest.raises(domain.BadExtension):
        ask(task, days=20)
    with pytest.raises(domain.BadExtension):
        decide(asked, True, by=LEAD)


@pytest.mark.parametrize("move", ["withdraw", "extend"])
def test_a_task_that_ended_or_got_another_deadline_needs_no_answer(move):
    task = issue()
    asked = ask(task)
    due = task.due_on + timedelta(days=3) if move == "extend" else None
    services.move(task_id=task.id, move=domain.Move(move), due_on=due, by=BY, at=clock.now())
    assert queries.extensions(task_id=task.id) == []
    with pytest.raises(domain.BadExtension):
        decide(asked, True)


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


def send(client: Client, door: str, document: dict):
    key = {"Idempotency-Key": f"test-{uuid7()}"}
    return client.post(door, document, content_type="application/json", headers=key)


def test_as_json_each_side_does_what_is_its_own():
    leader, steward = signed_in("lanh-dao-tw"), signed_in("quan-tri-du-lieu")
    task = issue(by=identity.by_username(username="lanh-dao-tw").actor)
    door = f"/api/v1/tasks/{task.id}/extensions"
    sent = {"due_on": (task.due_on + timedelta(days=7)).isoformat(), "reason": "Chờ kinh phí"}
    assert send(signed_in("cong-dan"), door, sent).status_code == 403
    asked = send(steward, door, sent)
    assert asked.status_code == 201
    door, answer = f"/api/v1/extensions/{asked.json()['id']}/answer", {"grant": False, "reason": "Không đủ căn cứ"}
    assert send(steward, door, answer).status_code == 403
    assert send(leader, door, answer).json() == {"answer": "refused"}


def test_on_screen_each_side_does_what_is_its_own():
    leader, steward, citizen = (signed_in(name) for name in ("lanh-dao-tw", "quan-tri-du-lieu", "cong-dan"))
    task = issue(by=identity.by_username(username="lanh-dao-tw").actor)
    sent = {"due_on": (task.due_on + timedelta(days=7)).isoformat(), "reason": "Chờ kinh phí"}
    door = f"/tasks/{task.id}/extension"
    assert "Đề nghị gia hạn" in steward.get(f"/tasks/{task.id}").content.decode()
    assert citizen.post(door, sent).status_code == 403
    assert steward.post(door, {"reason": "x"}).status_code == 422
    assert steward.post(door, sent).status_code == 302
    (waiting,) = queries.extensions(task_id=task.id)
    answer = f"/extensions/{waiting.id}/decide"
    assert answer not in steward.get(f"/tasks/{task.id}").content.decode()
    assert steward.post(answer, {"answer": "grant"}).status_code == 403
    assert "Chờ kinh phí" in leader.get("/workplace").content.decode()
    assert answer in leader.get(f"/tasks/{task.id}").content.decode()
    assert leader.post(answer, {"answer": "grant"}).status_code == 302
    assert queries.task(id=task.id).due_on == task.due_on + timedelta(days=7)
    assert leader.post(f"/extensions/{task.id}/decide", {"answer": "grant"}).status_code == 404
