"""What nobody types on purpose: signs that are no text, digits that are no numbers, conditions that say nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lienthong.commons.direction import domain, queries, services
from lienthong.data.identity import queries as identity
from lienthong.data.identity import samples
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


def issue() -> domain.Task:
    now = clock.now()
    task = domain.NewTask("Việc", "G06.90", clock.vietnam_date(now) + timedelta(days=9))
    made = services.issue(title="Thử", text="", issuer_agency="A08", tasks=[task], by="system:test", at=now)
    return queries.directive(id=made).tasks[0]


def post(client: Client, address: str, document: str, **headers: str):
    headers |= {"Idempotency-Key": str(uuid4())}
    return client.post(address, document, content_type="application/json", headers=headers)


@pytest.mark.parametrize("typed", ["²", "9" * 5000, "-1", "", "1e3"])
def test_digits_that_are_no_number_are_none(typed):
    steward, task = signed_in("quan-tri-du-lieu"), issue()
    sent = {"move": "progress", "percent": typed, "version": typed if typed == "²" else ""}
    assert steward.post(f"/tasks/{task.id}/move", sent).status_code == 302
    assert queries.task(id=task.id).percent == 0
    assert steward.get("/approve", {"at": typed}).status_code == 200


def test_signs_that_are_no_text_are_refused_before_anything_is_done():
    steward, task = signed_in("quan-tri-du-lieu"), issue()
    assert steward.post(f"/tasks/{task.id}/move", {"move": "progress", "text": "a\x00b"}).status_code == 422
    for address in ("/directives", "/tasks", "/boards/own", "/snapshots"):
        assert steward.get(address, {"q": "a\x00b"}).status_code == 422
    for text in (r"a\u0000b", r"a\ud800b"):
        answer = post(steward, f"/api/v1/tasks/{task.id}/moves", f'{{"move": "progress", "text": "{text}"}}')
        assert answer.status_code == 422
        assert answer.json()["code"] == "no_text"
    assert [entry.kind for entry in queries.life(task_id=task.id)] == ["assigned"]
    odd = r"a\r\nb\u2028 e\u0301 \ud83d\ude00 \\u0000"
    assert post(steward, f"/api/v1/tasks/{task.id}/moves", f'{{"move": "report", "text": "{odd}"}}').status_code == 200
    assert queries.seals(task_id=task.id)[0].intact


def test_a_condition_that_names_no_version_is_not_passed_over():
    steward, task = signed_in("quan-tri-du-lieu"), issue()
    address, move = f"/api/v1/tasks/{task.id}/moves", '{"move": "progress"}'
    assert post(steward, address, move, **{"If-Match": '"khong-phai-so"'}).status_code == 409
    assert post(steward, address, move, **{"If-Match": f'W/"{task.version}"'}).status_code == 200


def test_of_two_who_issue_for_a_signal_at_once_the_second_gets_what_the_first_issued(monkeypatch):
    signal, now = uuid4(), clock.now()

    def issued():
        task = domain.NewTask("Việc", "G06.90", None)
        return services.issue(
            title="Thử", text="", issuer_agency="A08", tasks=[task], signal_id=signal, by="system:test", at=now
        )

    first, found = issued(), queries.directive_of_signal
    seen = []

    def a_moment_before(*, signal_id):
        seen.append(signal_id)
        return None if len(seen) == 1 else found(signal_id=signal_id)

    monkeypatch.setattr(queries, "directive_of_signal", a_moment_before)
    assert issued() == first


def test_a_page_costs_the_same_however_many_people_did_something():
    steward, task = signed_in("quan-tri-du-lieu"), issue()
    costs = []
    for people in (identity.sample_accounts()[:1], identity.sample_accounts()):
        for person in people:
            services.move(task_id=task.id, move=domain.Move.PROGRESS, by=person.actor, at=clock.now())
        with CaptureQueriesContext(connection) as told:
            assert steward.get(f"/tasks/{task.id}").status_code == 200
        costs.append(len(told))
    assert costs[0] == costs[1]
