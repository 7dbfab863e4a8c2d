"""An agency's open tasks: by urgency, page after page, each once, found without tone marks, for those who may read them."""

from datetime import timedelta

import pytest
from django.test import Client

from lienthong.commons.direction import domain, queries, services
from lienthong.data.identity import samples
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY = "system:test"


def issue(*days: int | None, content: str = "Rà soát danh mục") -> list[domain.Task]:
    now = clock.now()
    today = clock.vietnam_date(now)
    tasks = [
        domain.NewTask(f"{content} {number}", "G06.90", None if day is None else today + timedelta(days=day))
        for number, day in enumerate(days)
    ]
    made = services.issue(title="Thử", text="", issuer_agency="A08", tasks=tasks, by=BY, at=now)
    return list(queries.directive(id=made).tasks)


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


def test_pages_follow_one_another_and_hold_each_open_task_once():
    tasks = issue(5, None, 3, 5, 40, None, 1)
    services.move(task_id=tasks[0].id, move=domain.Move.WITHDRAW, by=BY, at=clock.now())
    seen, after = [], None
    while True:
        page, after = queries.worklist(agency="G06.90", after=after, limit=2)
        seen += page
        if after is None:
            break
        assert queries.Place.parse(str(after)) == after
    assert {task.id for task in seen} == {task.id for task in tasks[1:]}
    assert len(seen) == 6
    days = [task.due_on for task in seen]
    assert days == [*sorted(days[:4]), None, None]


def test_words_are_found_without_tone_marks():
    issue(1, 2)
    (wanted,) = issue(3, content="Số hóa hồ sơ đất đai")
    found, more = queries.worklist(agency="G06.90", text="dat DAI so")
    assert ([task.id for task in found], more) == ([wanted.id], None)
    assert queries.worklist(agency="G06.90", text="khong co") == ([], None)


def test_a_page_costs_the_same_for_many(django_assert_num_queries):
    issue(*range(1, 4))
    for _ in range(2):
        with django_assert_num_queries(2):
            queries.worklist(agency="G06.90")
        issue(*range(1, 60))


def test_it_is_read_by_those_who_may():
    (task,) = issue(2)
    may = {"quan-tri-du-lieu": 200, "lanh-dao-tw": 200, "kiem-toan": 200, "can-bo-xa": 403, "cong-dan": 403}
    for username, status in may.items():
        client = signed_in(username)
        answer = client.get("/tasks?agency=G06.90&q=ra+soat")
        assert answer.status_code == status
        assert (str(task.id) in answer.content.decode()) is (status == 200)
        assert client.get("/api/v1/tasks?agency=G06.90").status_code == status
    assert str(task.id) in signed_in("quan-tri-du-lieu").get("/tasks").content.decode()
    assert signed_in("lanh-dao-tw").get("/tasks?agency=ZZ").status_code == 422
    assert signed_in("cong-dan").get("/tasks").status_code == 403
