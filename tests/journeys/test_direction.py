"""A directive finds whoever answers today, its tasks move only as they may, and what is late climbs the line."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lienthong.commons.direction import domain, queries, services
from lienthong.data.identity import queries as identity
from lienthong.data.registry import queries as registry
from lienthong.data.warehouse.domain import UnknownIndicator
from lienthong.foundation.access.queries import Rights
from lienthong.foundation.directory import domain as directory_domain
from lienthong.foundation.directory import queries as directory
from lienthong.foundation.directory import services as directory_services
from lienthong.kernel import clock
from lienthong.kernel.clock import VIETNAM, end_of_day
from lienthong.kernel.errors import Conflict, Forbidden

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY = "system:test"
MONDAY = datetime(2026, 11, 16, 9, tzinfo=VIETNAM)


def issue(*tasks: domain.NewTask, by: str = BY, at: datetime = MONDAY):
    directive_id = services.issue(title="Thử", text="", issuer_agency="A08", tasks=tasks or (task(),), by=by, at=at)
    return queries.directive(id=directive_id).tasks[0]


def task(lead: str = "G06.90", **values) -> domain.NewTask:
    return domain.NewTask(content="Việc", lead_agency=lead, **({"due_on": None} | values))


def found(code: str, **values):
    founded = directory_services.NewAgency(code=code, name=f"Cơ quan {code}", parent="G06", **values)
    return founded


def reorganise(kind: directory_domain.ChangeKind, codes, into, at: datetime = MONDAY - timedelta(days=1)):
    directory_services.reorganise(
        kind=kind, from_codes=codes, into=into, on=at.date(), decree="Quyết định thử", by=BY, at=at
    )


class TestAgencies:
    def test_one_merged_away_yesterday_is_followed_and_the_task_says_so(self):
        reorganise(directory_domain.ChangeKind.MERGED, ["G06.91"], ["G06.90"])
        given_task = issue(task("G06.91"))
        assert given_task.lead_agency == "G06.90"
        assert any("G06.91 → G06.90" in entry.text for entry in queries.life(task_id=given_task.id))

    def test_one_that_was_split_is_never_chosen_silently(self):
        reorganise(directory_domain.ChangeKind.SPLIT, ["G06.91"], [found("G06.97"), found("G06.98")])
        with pytest.raises(domain.AgencyEnded, match=r"G06\.97") as refusal:
            issue(task("G06.91"))
        assert "G06.98" in refusal.value.text("vi")

    def test_one_that_never_was_is_refused(self):
        with pytest.raises(domain.UnknownAgency):
            issue(task("G99.99"))

    def test_codes_of_both_generations_name_it(self):
        assert issue(task("000.00.00.G22")).lead_agency == "G22"


class TestMoves:
    def move(self, given_task, move: domain.Move, **values):
        return services.move(task_id=given_task.id, move=move, by=BY, at=MONDAY, **values)

    def test_the_usual_life(self):
        given_task = issue()
        for move, state in (("accept", "accepted"), ("progress", "in_progress"), ("report", "reported"), ("return", "returned"),
                            ("report", "reported"), ("approve", "completed")):  # fmt: skip
            assert self.move(given_task, domain.Move(move)) == state
        assert [entry.kind for entry in queries.life(task_id=given_task.id)][-1] == "approve"

    def test_what_cannot_be_done_now_is_refused(self):
        with pytest.raises(domain.WrongState):
            self.move(issue(), domain.Move.APPROVE)

    def test_the_slower_of_two_is_told(self):
        given_task = issue()
        self.move(given_task, domain.Move.ACCEPT, version=given_task.version)
        with pytest.raises(Conflict):
            self.move(given_task, domain.Move.WITHDRAW, version=given_task.version)

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.sampled_from([move for move in domain.Move if move is not domain.Move.EXTEND]), max_size=8))
    def test_a_task_that_is_done_or_withdrawn_stays_so(self, moves):
        state, ended = domain.TaskState.ASSIGNED, None
        for move in moves:
            try:
                state = domain.next_state(state, move)
            except domain.WrongState:
                continue
            assert ended is None
            ended = state if state in (domain.TaskState.COMPLETED, domain.TaskState.WITHDRAWN) else None

    def test_the_register_of_tasks_says_the_same(self):
        given_task = issue(task(due_on=MONDAY.date() + timedelta(days=3)))
        self.move(given_task, domain.Move.ACCEPT)
        record = registry.history(register=domain.TASKS, key=str(given_task.id))[0]
        assert (record.payload["state"], record.payload["standing"]) == ("accepted", "in_term")


class TestAuthority:
    @pytest.mark.parametrize(
        ("username", "move", "allowed"),
        [
            ("quan-tri-du-lieu", "accept", True), ("quan-tri-du-lieu", "approve", False), ("lanh-dao-tw", "approve", True),
            ("cong-dan", "accept", False), ("can-bo-xa", "accept", False), ("kiem-toan", "approve", False),
        ],
    )  # fmt: skip
    def test_each_side_does_what_is_its_own(self, username, move, allowed):
        person = identity.by_username(username=username)
        rights = Rights(person.id, clock.now())
        assert queries.may_move(rights, issue(), domain.Move(move), person.actor) is allowed

    def test_a_province_directs_its_own_and_no_other(self):
        rights = Rights(identity.by_username(username="chu-tich-tinh").id, clock.now())
        today = clock.vietnam_date(clock.now())
        queries.require_over(rights, "H19.26368", today)
        with pytest.raises(Forbidden):
            queries.require_over(rights, "H26", today)


class TestDeadlines:
    def test_reminders_and_climbing_follow_working_days_once_each(self):
        due = MONDAY.date() + timedelta(days=4)  # a Friday
        given_task = issue(task("H19.26368", due_on=due))
        kinds = []
        for day in range(0, 25):
            at = end_of_day(MONDAY.date() + timedelta(days=day)) - timedelta(hours=6)
            services.remind_and_escalate(at=at)
            services.remind_and_escalate(at=at)
        for entry in queries.life(task_id=given_task.id):
            if entry.kind in ("reminder", "escalated"):
                kinds.append((entry.kind, entry.agency))
        assert kinds == [
            ("reminder", "H19.26368"), ("reminder", "H19.26368"), ("reminder", "H19.26368"), ("escalated", "H19"),
            ("escalated", "G00"),
        ]  # fmt: skip
        assert queries.task(id=given_task.id).escalated_to == "G00"
        assert given_task.id in {item.id for item in queries.tasks(escalated_to=["G00"], open_only=True)}

    def test_a_deadline_that_has_passed_is_refused(self):
        with pytest.raises(domain.BadDirective):
            issue(task(due_on=MONDAY.date() - timedelta(days=1)))

    def test_a_deadline_is_only_ever_put_off(self):
        given_task = issue(task(due_on=MONDAY.date() + timedelta(days=5)))
        with pytest.raises(domain.BadExtension):
            services.move(task_id=given_task.id, move=domain.Move.EXTEND, due_on=MONDAY.date(), by=BY, at=MONDAY)


def test_a_target_must_be_on_a_known_indicator():
    target = domain.Target("no-such-indicator", "", Decimal(1), at_least=True)
    with pytest.raises(UnknownIndicator):
        issue(task(target=target))


def test_numbers_of_a_year_follow_one_another():
    first, second = (queries.directive(id=issue().directive_id).number for _ in range(2))
    assert int(second.split("/")[0]) == int(first.split("/")[0]) + 1


def test_the_list_costs_the_same_for_many(django_assert_num_queries):
    today = clock.vietnam_date(clock.now())
    for _ in range(3):
        issue()
    with django_assert_num_queries(2):
        queries.directives(today=today)
    for _ in range(20):
        issue()
    with django_assert_num_queries(2):
        assert len(queries.directives(today=today)) > 20


def test_agencies_above_are_known():
    today = clock.vietnam_date(clock.now())
    assert directory.agency_path("H19.26368", today) == ("H19.26368", "H19", "G00")
