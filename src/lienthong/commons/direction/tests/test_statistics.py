"""Every task is counted in one class, however it is grouped, by the deadline in force."""

import csv
from collections import Counter
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lienthong.commons.direction import domain, models, queries, services
from lienthong.data.identity import samples
from lienthong.kernel import clock
from lienthong.kernel.clock import VIETNAM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY = "system:test"
BEGIN = datetime(2026, 3, 2, 9, tzinfo=VIETNAM)
TODAY = BEGIN.date() + timedelta(days=60)
TASK = st.tuples(
    st.sampled_from(["G06.90", "H19", "H19.26368"]),
    st.none() | st.integers(0, 90),
    st.sampled_from(["open", "completed", "withdrawn"]),
    st.integers(0, 59),
)


def issue(given_tasks, at: datetime = BEGIN) -> None:
    tasks = [
        domain.NewTask("Việc", lead, None if due is None else at.date() + timedelta(days=due))
        for lead, due, _, _ in given_tasks
    ]
    made = services.issue(title="Thử", text="", issuer_agency="A08", tasks=tasks, by=BY, at=at)
    ids = models.TaskRow.objects.filter(directive=made).order_by("id").values_list("id", flat=True)
    for id, (_, _, end, day) in zip(ids, given_tasks, strict=True):
        then = at + timedelta(days=day, hours=14)  # 23:00 in Hanoi, when the day in UTC is not over
        if end == "withdrawn":
            services.move(task_id=id, move=domain.Move.WITHDRAW, by=BY, at=then)
        if end == "completed":
            services.move(task_id=id, move=domain.Move.REPORT, by=BY, at=then)
            services.move(task_id=id, move=domain.Move.APPROVE, by=BY, at=then)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TASK, min_size=1, max_size=8))
def test_however_they_are_grouped_the_sums_are_the_whole(given_tasks):
    issue(given_tasks)
    tasks = queries.tasks(limit=100_000)
    expected = Counter(task.standing(TODAY).value for task in tasks)
    for by in domain.By:
        counts = queries.statistics(by=by, today=TODAY)
        total = sum(counts, domain.Count(""))
        assert {name: getattr(total, name) for name in map(str, domain.Standing)} == {
            name: expected[name] for name in map(str, domain.Standing)
        }
        assert total.all == len(tasks)
        assert sum(item.total for item in counts) == total.total == sum(total.numbers[:4])
    leads = Counter(task.lead_agency for task in tasks)
    assert {item.group: item.all for item in queries.statistics(by=domain.By.AGENCY, today=TODAY)} == leads


def test_more_time_that_was_granted_counts():
    issue([("H19", 5, "open", 0)])
    (task,) = queries.tasks(agencies=["H19"])
    (count,) = queries.statistics(by=domain.By.AGENCY, today=TODAY)
    assert count.overdue == 1
    services.move(task_id=task.id, move=domain.Move.EXTEND, due_on=TODAY, by=BY, at=BEGIN)
    (count,) = queries.statistics(by=domain.By.AGENCY, today=TODAY)
    assert (count.overdue, count.in_term) == (0, 1)


def test_only_what_was_issued_in_the_time_is_counted_month_by_month():
    for months in range(3):
        issue([("H19", None, "open", 0)] * (months + 1), at=BEGIN + timedelta(days=31 * months))
    counts = queries.statistics(by=domain.By.MONTH, today=TODAY)
    assert [(item.group, item.no_deadline) for item in counts] == [("2026-03", 1), ("2026-04", 2), ("2026-05", 3)]
    since, until = BEGIN.date() + timedelta(days=31), BEGIN.date() + timedelta(days=31)
    assert [item.group for item in queries.statistics(by=domain.By.MONTH, today=TODAY, since=since, until=until)] == [
        "2026-04"
    ]


def test_the_page_the_file_and_the_api_say_the_same_of_what_the_reader_may_read():
    issue([("H19", 300, "open", 0), ("G06.90", 300, "open", 0), ("G06.90", None, "open", 0)], at=clock.now())

    def signed_in(username: str) -> Client:
        client = Client()
        client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
        return client

    leader, chairperson = signed_in("lanh-dao-tw"), signed_in("chu-tich-tinh")
    assert leader.get("/api/v1/tasks/statistics").json()["total"]["total"] == 2
    rows = list(csv.reader(StringIO(leader.get("/tasks/statistics?format=csv").content.decode("utf-8-sig"))))
    assert rows[-1] == ["tổng", "", "0", "0", "2", "0", "2", "1", "0"]
    assert len(rows) == 4
    assert leader.get("/tasks/statistics").context["total"].all == 3
    for by in [*domain.By, "nonsense&since=nonsense"]:
        assert leader.get(f"/tasks/statistics?by={by}").status_code == 200
    assert [item["group"] for item in chairperson.get("/api/v1/tasks/statistics").json()["groups"]] == ["H19"]
    assert signed_in("cong-dan").get("/tasks/statistics").status_code == 403
    assert signed_in("cong-dan").get("/api/v1/tasks/statistics").status_code == 403
