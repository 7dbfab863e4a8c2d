"""From a number to a directive with its target beside the forecast, and from the directive to what it changed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lienthong.commons.direction import domain, queries, services
from lienthong.data.identity import samples
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.intelligence import services as intelligence_services
from lienthong.data.intelligence.domain import Verdict
from lienthong.data.intelligence.tests.test_services import (  # noqa: F401 - a fixture
    BY,
    MONDAY,
    WEEKS,
    fill,
    provinces,
)
from lienthong.data.warehouse import queries as warehouse
from lienthong.kernel import clock

PROVINCE = samples.PROVINCE
START = MONDAY + timedelta(weeks=20)


@given(st.floats(-100, 100), st.floats(-100, 100), st.floats(0, 50), st.booleans())
def test_a_target_is_beyond_within_or_on_the_side_that_comes_anyway(value, low, width, at_least):
    high = low + width
    found = domain.without_action(value, low, high, at_least=at_least)
    reached = [point >= value if at_least else point <= value for point in (low, high)]
    assert found is {2: domain.Anyway.MET, 1: domain.Anyway.PERHAPS, 0: domain.Anyway.NOT_MET}[sum(reached)]


@given(
    st.none() | st.decimals(0, 100, places=1), st.none() | st.decimals(0, 100, places=1),
    st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), max_size=3), st.booleans(),
)  # fmt: skip
def test_a_target_to_begin_with_is_not_met_anyway(threshold, present, parts, at_least):
    expected = [(low, low + width) for low, width in parts]
    found = domain.worth_reaching(threshold, present, expected, at_least=at_least)
    if expected:
        for low, high in expected:  # a forecast without any width is reached at its very point
            assert low == high or domain.without_action(found, low, high, at_least=at_least) is not domain.Anyway.MET
    else:
        assert found in (threshold, present)
        if None not in (threshold, present):
            assert found == (max if at_least else min)(threshold, present)


@pytest.mark.parametrize(
    ("verdict", "effect", "up", "expected"),
    [
        ("effect", 2.0, True, "worked"), ("effect", 2.0, False, "worse"), ("effect", -2.0, False, "worked"),
        ("none seen", 0.1, True, "none_seen"), ("cannot say", None, True, "cannot_say"), ("effect", None, True, "cannot_say"),
    ],
)  # fmt: skip
def test_no_more_is_said_than_was_estimated(verdict, effect, up, expected):
    assert domain.outcome(Verdict(verdict), effect, up=up) is domain.Outcome(expected)


def issue(places: list[str], *, starts_on: date | None = START, indicator: str = "answered") -> domain.Task:
    first, *others = places
    target = domain.Target(indicator, first, Decimal(70), True, domain.WEEKLY, tuple(others))
    task = domain.NewTask("Trả lời đủ cuộc gọi", "H19", None, target=target, starts_on=starts_on)
    made = services.issue(title="Thử", text="", issuer_agency="A08", tasks=[task], by=BY, at=clock.now())
    return queries.directive(id=made).tasks[0]


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


@pytest.mark.django_db
@pytest.mark.usefixtures("sample_space")
class TestEffects:
    def test_a_task_on_a_weekly_indicator_is_an_intervention_from_its_start(self, provinces):  # noqa: F811
        fill(provinces)
        task = issue(provinces[:3])
        (declared,) = intelligence.interventions()
        assert (declared.id, declared.territories, declared.start) == (task.intervention, tuple(provinces[:3]), START)
        whole = issue([""], starts_on=None)
        declared = next(item for item in intelligence.interventions() if item.id == whole.intervention)
        assert set(declared.territories) == set(provinces)
        assert declared.start == clock.vietnam_date(clock.now())

    def test_one_on_an_indicator_of_the_present_is_none(self):
        target = domain.Target("tasks-open", "", Decimal(5), False)
        task = domain.NewTask("Việc", "H19", None, target=target)
        made = services.issue(title="Thử", text="", issuer_agency="A08", tasks=[task], by=BY, at=clock.now())
        (task,) = queries.directive(id=made).tasks
        assert (task.intervention, queries.effect(task), queries.effects([task])) == ("", None, {})
        assert "không đếm theo tuần" in signed_in("lanh-dao-tw").get(f"/tasks/{task.id}").content.decode()

    def test_several_territories_are_measured_as_one_in_the_last_week_that_is_over(self, provinces):  # noqa: F811
        fill(provinces)
        task = issue(provinces[:3])
        week = f"{MONDAY + timedelta(weeks=WEEKS - 2):%G-W%V}"
        cells = warehouse.cells(codes=["answered"], territories=provinces[:3], period=week)
        expected = 100 * sum(cell.numerator for cell in cells) / sum(cell.denominator for cell in cells)
        assert task.baseline == pytest.approx(expected)
        assert queries.of_indicator(indicator="answered", territories=[provinces[2]])[0].id == task.id

    def test_of_what_was_completed_it_is_counted_what_worked(self, provinces, django_assert_num_queries):  # noqa: F811
        fill(provinces, lift=dict.fromkeys(provinces[:5], 0.1), start=20)
        worked, alone, still_open = issue(provinces[:5]), issue([provinces[7]]), issue([provinces[8]])
        assert queries.ended_effects() == {}
        for task in (worked, alone):
            for move in (domain.Move.ACCEPT, domain.Move.REPORT, domain.Move.APPROVE):
                services.move(task_id=task.id, move=move, by=BY, at=clock.now())
        with django_assert_num_queries(3):
            assert queries.ended_effects() == {"": (0, 1), provinces[7]: (0, 1)}
        intelligence_services.estimate_effects(by=BY, at=clock.now())
        assert queries.effect(queries.task(id=worked.id)).outcome is domain.Outcome.WORKED
        assert queries.ended_effects()[""] == (1, 1)
        span = {"since": clock.now() - timedelta(days=1), "until": clock.now() + timedelta(days=1)}
        assert [task.id for task in queries.issued(by=[BY], **span)] == [still_open.id, alone.id, worked.id]
        assert queries.issued(by=["account:x"], **span) == []

    @pytest.mark.parametrize("places", [["01", "01"], ["01", "00004"], ["", "01"]])
    def test_territories_that_cannot_be_compared_are_refused(self, provinces, places):  # noqa: F811
        fill(provinces)
        with pytest.raises(domain.BadDirective):
            issue(places)

    def test_its_pages_say_when_it_worked_and_where(self, provinces):  # noqa: F811
        fill(provinces, lift=dict.fromkeys(provinces[:3], 0.15), start=20)
        task, leader = issue(provinces[:3]), signed_in("lanh-dao-tw")
        assert "Chưa đủ tuần" in leader.get(f"/tasks/{task.id}").content.decode()
        intelligence_services.estimate_effects(by=BY, at=clock.now())
        effect = queries.effect(task)
        assert effect.outcome is domain.Outcome.WORKED
        assert effect.low < 15 < effect.high
        assert {unit.territory for unit in effect.units} == set(provinces[:3])
        for address in (f"/tasks/{task.id}", f"/directives/{task.directive_id}", "/directives"):
            assert "có tác dụng" in leader.get(address).content.decode()
        assert f"/effects/{task.intervention}" in leader.get(f"/tasks/{task.id}").content.decode()

    def test_where_nothing_changed_they_say_that_no_effect_is_seen(self, provinces):  # noqa: F811
        fill(provinces)
        task, leader = issue(provinces[:5]), signed_in("lanh-dao-tw")
        intelligence_services.estimate_effects(by=BY, at=clock.now())
        for address in (f"/tasks/{task.id}", f"/directives/{task.directive_id}", "/directives"):
            assert "không thấy tác dụng" in leader.get(address).content.decode()

    def test_what_was_done_before_is_offered_with_its_effect_what_worked_first(self, provinces):  # noqa: F811
        assert "Chưa biết việc nào" in signed_in("lanh-dao-tw").get("/indicators/tasks-open").content.decode()
        fill(provinces, lift=dict.fromkeys(provinces[:3], 0.15), start=20)
        nothing, something = issue(provinces[8:12]), issue(provinces[:3])
        intelligence_services.estimate_effects(by=BY, at=clock.now())
        found = queries.precedents(indicator="answered")
        assert [item.task_id for item in found] == [something.id, nothing.id]
        page = signed_in("lanh-dao-tw").get(f"/indicators/answered/{provinces[20]}").content.decode()
        assert page.index(f"/tasks/{something.id}") < page.index(f"/tasks/{nothing.id}")

    def test_a_list_costs_the_same_for_many(self, provinces, django_assert_num_queries):  # noqa: F811
        fill(provinces)
        tasks = [issue([place]) for place in provinces[:2]]
        with django_assert_num_queries(2):
            queries.effects(tasks)
        tasks += [issue([place]) for place in provinces[2:12]]
        with django_assert_num_queries(2):
            assert len(queries.effects(tasks)) == 12


@pytest.mark.django_db
@pytest.mark.usefixtures("sample_space")
class TestTheForm:
    def test_it_comes_filled_in_and_can_be_issued_as_it_is(self, provinces):  # noqa: F811
        fill(provinces, lift=dict.fromkeys(provinces[4:6], -0.2), start=WEEKS - 5)
        intelligence_services.forecast(codes=["answered"], by=BY, at=clock.now())
        leader = signed_in("lanh-dao-tw")
        address = "/directives/new?indicator=answered"
        assert address in leader.get("/indicators/answered").content.decode()
        answer = leader.get(address)
        form = answer.context
        assert set(provinces[4:6]) <= set(form["chosen"])
        assert {item.territory for item in form["prospects"]} == set(form["chosen"])
        assert all(item.low <= item.point <= item.high for item in form["prospects"])
        assert "Nếu không làm gì" in answer.content.decode()
        sent = {
            name: form[name]
            for name in ("title", "text", "document", "content", "due_on", "target_value", "grace_days")
        }
        sent |= {"lead_agency": "H19", "places": form["chosen"]}
        made = leader.post(address, sent)
        assert made.status_code == 302
        (task,) = queries.directive(id=made.url.rsplit("/", 1)[1]).tasks
        assert set(task.target.territories) == set(form["chosen"])
        assert task.target.period == domain.WEEKLY
        assert task.intervention

    def test_a_target_that_would_be_met_anyway_is_said_to_be_so(self, provinces):  # noqa: F811
        fill(provinces)
        intelligence_services.forecast(codes=["answered"], by=BY, at=clock.now())
        leader = signed_in("lanh-dao-tw")
        due = MONDAY + timedelta(weeks=WEEKS)
        address = f"/directives/prospects?indicator=answered&content=x&due_on={due}&places={provinces[0]}&target_value="
        assert "không làm gì cũng đạt" in leader.get(address + "10").content.decode()
        assert "không làm thì không đạt" in leader.get(address + "99").content.decode()
        (short,) = queries.prospects(
            target=domain.Target("answered", provinces[0], Decimal(10), True), due_on=due + timedelta(weeks=30)
        )
        assert short.short

    def test_a_number_gives_no_authority_over_agencies_elsewhere(self, provinces):  # noqa: F811
        fill(provinces)
        sent = {
            "title": "Thử", "content": "Việc", "due_on": "", "target_value": "70,5", "grace_days": "5", "places": [PROVINCE],
        }  # fmt: skip
        address = f"/directives/new?indicator=answered&territory={PROVINCE}"
        chairperson = signed_in("chu-tich-tinh")
        assert chairperson.post(address, sent | {"lead_agency": "G06"}).status_code == 403
        assert chairperson.post(address, sent | {"lead_agency": "H19"}).status_code == 302

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("grace_days", "0"), ("grace_days", "61"), ("grace_days", "99999999"), ("target_value", "NaN"),
            ("target_value", "1e40"), ("target_value", "nhiều"), ("due_on", "32/12/2026"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused_on_the_form(self, provinces, field, value):  # noqa: F811
        fill(provinces)
        sent = {
            "title": "Thử",
            "content": "Việc",
            "lead_agency": "G06",
            "due_on": "",
            "target_value": "70",
            "grace_days": "5",
        }
        page = signed_in("lanh-dao-tw").post("/directives/new?indicator=answered", sent | {field: value})
        assert page.status_code == 422
        assert "Chỉ đạo chưa ban hành được" in page.content.decode()

    def test_it_is_for_those_who_may_direct_there(self, provinces):  # noqa: F811
        fill(provinces)
        chairperson = signed_in("chu-tich-tinh")
        here, elsewhere = samples.PROVINCE, "01"
        answer = chairperson.get(f"/directives/new?indicator=answered&territory={here}")
        assert answer.status_code == 200
        assert answer.context["lead_agency"].startswith("H19 ")
        for door in ("new", "prospects"):
            assert chairperson.get(f"/directives/{door}?indicator=answered&territory={elsewhere}").status_code == 403
            assert chairperson.get(f"/directives/{door}?indicator=answered").status_code == 403
            assert signed_in("cong-dan").get(f"/directives/{door}?indicator=answered").status_code == 403
        assert "directives/new?indicator" not in signed_in("kiem-toan").get("/indicators/answered").content.decode()
        assert signed_in("lanh-dao-tw").get("/directives/new?indicator=none").status_code == 404
