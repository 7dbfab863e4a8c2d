"""Every legal instant is crossed once, in order, whoever is killed meanwhile."""

import os
import signal
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from lienthong.commons.direction import domain, handlers, models, queries, services
from lienthong.commons.direction.events import DeadlinesCrossed
from lienthong.commons.direction.services import _deadlines
from lienthong.data.registry import queries as registry
from lienthong.foundation.directory.domain import Calendar
from lienthong.foundation.outbox.models import EventRow
from lienthong.kernel.clock import VIETNAM, end_of_day, vietnam_date

BY = "system:test"
CALENDAR = Calendar(days_off={date(2026, 9, 2), date(2026, 4, 30), date(2026, 5, 1)}, days_worked={date(2026, 5, 9)})
DAYS = st.dates(date(2026, 3, 1), date(2026, 11, 1))
FRIDAY = date(2026, 10, 16)


class TestRules:
    @given(DAYS, st.sampled_from(domain.REMINDERS))
    def test_a_reminder_comes_on_the_first_day_with_so_many_left(self, due, days):
        first = vietnam_date(domain.reminder_at(due, days, CALENDAR))
        assert CALENDAR.working_days_between(first, due) <= days
        assert CALENDAR.working_days_between(first - timedelta(days=1), due) > days

    @given(DAYS, st.integers(1, 10), st.integers(1, 6))
    def test_steps_up_the_line_are_a_grace_period_of_working_days_apart(self, due, grace, level):
        assert domain.escalation_at(due, 1, grace, CALENDAR) == end_of_day(due) + timedelta(microseconds=1)
        first = vietnam_date(domain.escalation_at(due, level, grace, CALENDAR)) - timedelta(days=1)
        assert CALENDAR.working_days_between(due, first) == grace * (level - 1)

    @given(DAYS, st.integers(-60, 20), st.integers(1, 10))
    def test_instants_follow_one_another_and_none_is_left_out(self, due, days, grace):
        at = end_of_day(due + timedelta(days=days)) - timedelta(hours=10)
        item = domain.first_crossing(due, grace=grace, calendar=CALENDAR, at=at)
        seen = [item]
        while len(seen) < 8:
            item = domain.crossing_after(item.kind, item.step, due, grace=grace, calendar=CALENDAR)
            seen.append(item)
        levels = [step.step for step in seen if step.kind is domain.Crossing.ESCALATED]
        reminders = [step.step for step in seen if step.kind is domain.Crossing.REMINDER]
        assert levels == list(range(1, len(levels) + 1))
        assert tuple(reminders) == domain.REMINDERS[len(domain.REMINDERS) - len(reminders) :]
        assert all(one.at <= other.at for one, other in pairwise(seen[1:]))


def issue(*leads: str, due: date = FRIDAY, grace: int | None = None, at: datetime) -> list[domain.Task]:
    tasks = [domain.NewTask(content=f"Việc {lead}", lead_agency=lead, due_on=due) for lead in leads]
    made = services.issue(title="Thử", text="", issuer_agency="A08", tasks=tasks, grace_days=grace, by=BY, at=at)
    return list(queries.directive(id=made).tasks)


MONDAY = datetime(2026, 9, 28, 9, tzinfo=VIETNAM)


@pytest.mark.django_db
@pytest.mark.usefixtures("sample_space")
class TestTheQueue:
    def test_a_step_is_taken_at_its_instant_and_not_before(self):
        (task,) = issue("H19.26368", grace=2, at=MONDAY)
        instant = end_of_day(FRIDAY)
        services.remind_and_escalate(at=instant)
        assert queries.task(id=task.id).escalated_to == ""
        assert services.remind_and_escalate(at=instant + timedelta(microseconds=1)) == (0, 1)
        assert queries.task(id=task.id).escalated_to == "H19"
        # Two working days of grace: Monday and Tuesday.
        services.remind_and_escalate(at=end_of_day(FRIDAY + timedelta(days=4)))
        assert queries.task(id=task.id).escalated_to == "H19"
        services.remind_and_escalate(at=end_of_day(FRIDAY + timedelta(days=4)) + timedelta(microseconds=1))
        assert queries.task(id=task.id).escalated_to == "G00"
        assert models.TaskRow.objects.get(id=task.id).next_at is None

    def test_more_time_begins_anew_and_takes_it_down_the_line(self):
        (task,) = issue("H19.26368", at=MONDAY)
        services.remind_and_escalate(at=end_of_day(FRIDAY + timedelta(days=1)))
        later = FRIDAY + timedelta(days=30)
        services.move(
            task_id=task.id, move=domain.Move.EXTEND, due_on=later, by=BY, at=end_of_day(FRIDAY + timedelta(days=2))
        )
        assert queries.task(id=task.id).escalated_to == ""
        assert services.remind_and_escalate(at=end_of_day(FRIDAY + timedelta(days=3))) == (0, 0)
        assert services.remind_and_escalate(at=end_of_day(later + timedelta(days=1))) == (3, 1)

    def test_what_rests_is_left_alone_and_made_up_for_when_taken_up_again(self):
        (task,) = issue("H19.26368", at=MONDAY)
        services.move(task_id=task.id, move=domain.Move.SUSPEND, by=BY, at=MONDAY)
        after = end_of_day(FRIDAY + timedelta(days=1))
        assert services.remind_and_escalate(at=after) == (0, 0)
        services.move(task_id=task.id, move=domain.Move.RESUME, by=BY, at=after)
        assert services.remind_and_escalate(at=after) == (3, 1)
        services.move(task_id=task.id, move=domain.Move.WITHDRAW, by=BY, at=after)
        assert services.remind_and_escalate(at=after + timedelta(days=30)) == (0, 0)

    def test_more_time_given_while_it_rests_begins_with_the_new_deadline(self):
        (task,) = issue("H19.26368", at=MONDAY)
        services.remind_and_escalate(at=end_of_day(FRIDAY + timedelta(days=1)))
        now, later = end_of_day(FRIDAY + timedelta(days=2)), FRIDAY + timedelta(days=30)
        services.move(task_id=task.id, move=domain.Move.SUSPEND, by=BY, at=now)
        services.move(task_id=task.id, move=domain.Move.EXTEND, due_on=later, by=BY, at=now)
        services.move(task_id=task.id, move=domain.Move.RESUME, by=BY, at=now)
        assert services.remind_and_escalate(at=end_of_day(later + timedelta(days=1))) == (3, 1)
        assert queries.task(id=task.id).escalated_to == "H19"

    def test_the_register_of_tasks_hears_what_became_overdue(self):
        (task,) = issue("H19.26368", at=MONDAY)
        services.remind_and_escalate(at=end_of_day(FRIDAY + timedelta(days=1)))
        (told,) = [row.payload for row in EventRow.objects.filter(name=DeadlinesCrossed.name) if row.payload["overdue"]]
        handlers.tell_what_is_overdue([DeadlinesCrossed.from_payload(told)])
        record = registry.history(register=domain.TASKS, key=str(task.id))[0]
        assert record.payload["standing"] == "overdue"

    def test_tasks_from_before_the_queue_get_their_place_in_it(self):
        (task,) = issue("H19.26368", at=MONDAY)
        models.TaskRow.objects.filter(id=task.id).update(next_at=None, next_kind="", next_step=0)
        assert services.remind_and_escalate(at=end_of_day(FRIDAY + timedelta(days=1)))[1] == 1

    def test_a_batch_costs_the_same_for_many(self, django_assert_max_num_queries):
        issue(*["H19.26368"] * 3, at=MONDAY)
        after = end_of_day(FRIDAY + timedelta(days=1))
        with django_assert_max_num_queries(60):
            services.remind_and_escalate(at=after)
        issue(*["H19.26368"] * 200, at=MONDAY)
        with django_assert_max_num_queries(60):
            services.remind_and_escalate(at=after)


WORKER = """
import sys
from datetime import datetime, timedelta
import django
django.setup()
from lienthong.commons.direction import services
from lienthong.commons.direction.services import _deadlines
_deadlines.BATCH = 7
at, end = (datetime.fromisoformat(text) for text in sys.argv[1:])
while at <= end:
    services.remind_and_escalate(at=at)
    print(at.isoformat(), flush=True)
    at += timedelta(hours=12)
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_year_with_workers_killed_again_and_again_misses_and_doubles_nothing():
    from lienthong.bootstrap import setup

    setup.load_reference_data()
    begin = datetime(2026, 1, 5, 9, tzinfo=VIETNAM)
    tasks = []
    for number in range(60):
        due = date(2026, 1, 8) + timedelta(days=5 * number)
        tasks += issue("H19.26368", "G06.90", due=due, grace=1 + number % 7, at=begin)
    # Everything that has to be, worked out by the rules alone.
    calendar = _deadlines._calendar({date(2026, 6, 1)})
    end = datetime(2027, 1, 4, 12, tzinfo=VIETNAM)
    lines = {"H19.26368": ["H19", "G00"], "G06.90": ["G06", "G00"]}
    expected = set()
    for task in tasks:
        grace = models.DirectiveRow.objects.get(id=task.directive_id).grace_days
        for level, agency in enumerate(lines[task.lead_agency], start=1):
            instant = domain.escalation_at(task.due_on, level, grace, calendar)
            if instant <= end:
                expected.add((task.id, f"+{level}", agency))
    database = connection.settings_dict
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    at, killed = begin, 0
    while at < end:
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, at.isoformat(), end.isoformat()],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        reached = process.stdout.readline().strip()
        if killed < 6:
            time.sleep(0.15 + 0.1 * killed)
            process.send_signal(signal.SIGKILL)
            killed += 1
        told = [reached, *process.stdout.read().split()]
        process.wait(60)
        assert process.returncode in (0, -signal.SIGKILL)
        at = datetime.fromisoformat([line for line in told if line][-1]) + timedelta(hours=12)
    written = models.EntryRow.objects.filter(kind="escalated").values_list("task_id", "text", "agency")
    assert len(written) == len(set(written))
    assert set(written) == expected
    reminders = models.EntryRow.objects.filter(kind="reminder").values_list("task_id", "text")
    assert len(reminders) == len(set(reminders))
    assert killed >= 4
