"""Agencies and territories end while their tasks are open: nothing is left without somebody who does it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.test import Client

from lienthong.commons.direction import domain, queries, services
from lienthong.data.identity import queries as identity
from lienthong.data.identity import samples
from lienthong.foundation.directory import services as directory
from lienthong.foundation.directory.domain import ChangeKind
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY = "system:test"


def issue(*tasks: domain.NewTask, by: str = BY) -> list[domain.Task]:
    made = services.issue(title="Thử", text="", issuer_agency="A08", tasks=tasks, by=by, at=clock.now())
    return list(queries.directive(id=made).tasks)


def task(lead: str, *shared: str) -> domain.NewTask:
    return domain.NewTask("Việc", lead, clock.vietnam_date(clock.now()) + timedelta(days=9), co_agencies=shared)


def reorganise(kind: ChangeKind, codes: list[str], into: list) -> None:
    today = clock.vietnam_date(clock.now())
    directory.reorganise(
        kind=kind, from_codes=codes, into=into, on=today, decree="Nghị định thử", by=BY, at=clock.now()
    )


def new(code: str) -> directory.NewAgency:
    return directory.NewAgency(code=code, name=f"Cơ quan {code}", parent="G06")


def hand_over() -> int:
    return services.hand_over(at=clock.now())


def test_of_a_merged_agency_tasks_go_to_its_successor_once():
    led, shared, other = issue(task("G06.90"), task("H19", "G06.90"), task("H19"))
    assert hand_over() == 0
    reorganise(ChangeKind.MERGED, ["G06.90"], [new("G06.97")])
    assert hand_over() == 2
    assert hand_over() == 0
    found = queries.task(id=led.id)
    assert (found.lead_agency, found.due_on, found.version) == ("G06.97", led.due_on, led.version + 1)
    assert queries.task(id=shared.id).co_agencies == ("G06.97",)
    assert queries.task(id=other.id) == other
    kinds = [entry.kind for entry in queries.life(task_id=led.id)]
    assert kinds == ["assigned", "handed_over"]
    assert led.id in {item.id for item in queries.worklist(agency="G06.97", text="g06.97")[0]}


def test_parts_go_on_under_the_successor():
    (whole,) = issue(task("G06"))
    (part,) = services.pass_on(task_id=whole.id, parts=[task("G06.90")], by=BY, at=clock.now())
    reorganise(ChangeKind.MERGED, ["G06.90"], [new("G06.97")])
    hand_over()
    assert (queries.task(id=part).lead_agency, queries.task(id=part).issuer_agency) == ("G06.97", "G06")


def test_ended_tasks_stay_as_they_were():
    (done,) = issue(task("G06.90"))
    services.move(task_id=done.id, move=domain.Move.WITHDRAW, by=BY, at=clock.now())
    reorganise(ChangeKind.MERGED, ["G06.90"], [new("G06.97")])
    assert hand_over() == 0
    assert queries.task(id=done.id).lead_agency == "G06.90"


def test_after_a_split_the_issuer_chooses_among_the_parts():
    (split,) = issue(task("G06.90"))
    reorganise(ChangeKind.SPLIT, ["G06.90"], [new("G06.97"), new("G06.98")])
    for _ in range(2):
        assert hand_over() == 0
    assert [entry.kind for entry in queries.life(task_id=split.id)] == ["assigned", "choose_lead"]
    with pytest.raises(domain.BadSuccessor):
        services.choose_lead(task_id=split.id, agency="H19", by=BY, at=clock.now())
    for _ in range(2):
        services.choose_lead(task_id=split.id, agency="G06.98", by=BY, at=clock.now())
    assert queries.task(id=split.id).lead_agency == "G06.98"
    assert [entry.kind for entry in queries.life(task_id=split.id)][-1] == "handed_over"


def test_on_screen_only_whoever_gave_it_chooses():
    leader = Client()
    leader.post("/sign-in", {"username": "lanh-dao-tw", "password": samples.PASSWORD})
    (split,) = issue(task("G06.90"), by=identity.by_username(username="lanh-dao-tw").actor)
    reorganise(ChangeKind.SPLIT, ["G06.90"], [new("G06.97"), new("G06.98")])
    assert "Cơ quan chủ trì đã chia tách" in leader.get("/workplace").content.decode()
    assert "Chọn cơ quan làm tiếp" in leader.get(f"/tasks/{split.id}").content.decode()
    citizen = Client()
    citizen.post("/sign-in", {"username": "cong-dan", "password": samples.PASSWORD})
    assert citizen.post(f"/tasks/{split.id}/lead", {"agency": "G06.97"}).status_code == 403
    assert leader.post(f"/tasks/{split.id}/lead", {"agency": ""}).status_code == 422
    assert leader.post(f"/tasks/{split.id}/lead", {"agency": "G06.97"}).status_code == 302
    assert "Chọn cơ quan làm tiếp" not in leader.get(f"/tasks/{split.id}").content.decode()


def test_a_territory_that_ended_twice_is_followed_to_where_it_lies_now():
    """What a task was handed over to had not been there when it was issued."""
    now = clock.now()
    today = clock.vietnam_date(now)
    target = domain.Target("tasks-open", "04", Decimal(5), at_least=False)
    asked = domain.NewTask("Việc", "H19", today + timedelta(days=9), target=target)
    made = services.issue(title="Thử", text="", issuer_agency="A08", tasks=[asked], by=BY, at=now - timedelta(days=20))
    (given,) = queries.directive(id=made).tasks
    for code, heir, on in (("04", "97", today - timedelta(days=9)), ("97", "98", today)):
        become(code, heir, on)
        services.hand_over(at=clock.end_of_day(on))
        assert queries.task(id=given.id).target.territory == heir


def become(code: str, heir: str, on: date) -> None:
    """On a day a unit of one code becomes that of another."""
    units, changes = (apps.get_model("foundation_directory", name) for name in ("UnitRow", "UnitChange"))
    row = units.objects.get(code=code, valid_to=None)
    row.valid_to = on
    row.save()
    row.pk, row.code, row.valid_from, row.valid_to = None, heir, on, None
    row.save()
    changes.objects.create(on=on, from_code=code, to_code=heir, kind="merged")
