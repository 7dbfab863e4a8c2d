"""Tasks passed on to the levels below: deadlines inside the whole, progress counted from the parts, ended together."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from lienthong.commons.direction import domain, queries, services
from lienthong.data.identity import samples
from lienthong.foundation.audit import queries as audit
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY, LEAD = "system:test", "account:lead"


def whole(days: int | None = 20, lead: str = "H19") -> domain.Task:
    now = clock.now()
    due = None if days is None else clock.vietnam_date(now) + timedelta(days=days)
    task = domain.NewTask("Rà soát hồ sơ tồn", lead, due)
    made = services.issue(title="Thử", text="", issuer_agency="A08", tasks=[task], by=BY, at=now)
    return queries.directive(id=made).tasks[0]


def below(count: int = 2) -> list[str]:
    return [item.code for item in directory.agencies(parent="H19", on=clock.vietnam_date(clock.now()), limit=count)]


def pass_on(task: domain.Task, agencies: list[str], **values) -> list:
    parts = [domain.NewTask("Rà soát tại đơn vị", code, values.get("due_on")) for code in agencies]
    return services.pass_on(task_id=task.id, parts=parts, by=LEAD, at=clock.now())


def move(id, move: domain.Move, **values):
    return services.move(task_id=id, move=move, by=LEAD, at=clock.now(), **values)


def end(id) -> None:
    move(id, domain.Move.REPORT, percent=100)
    move(id, domain.Move.APPROVE)


def roll_up(*ids) -> int:
    return services.roll_up(task_ids=list(ids))


def test_parts_take_the_deadline_of_the_whole_and_are_given_by_its_lead():
    task = whole()
    first, second = pass_on(task, below())
    part = queries.task(id=first)
    assert (part.due_on, part.issuer_agency, part.issued_by, part.parent_id) == (task.due_on, "H19", LEAD, task.id)
    assert part.authority(domain.Move.APPROVE) == (domain.ISSUE, "H19")
    assert queries.task(id=task.id).state is domain.TaskState.IN_PROGRESS
    assert {item.id for item in queries.tasks(parent_id=task.id)} == {first, second}


def test_passed_on_again_nothing_is_doubled():
    task = whole()
    made = pass_on(task, below())
    assert sorted(pass_on(task, below())) == sorted(made)
    assert [entry.kind for entry in queries.life(task_id=task.id)].count("passed_on") == 1
    assert len(pass_on(task, below(3))) == 3


def test_what_cannot_be_passed_on_is_refused():
    task = whole()
    late = task.due_on + timedelta(days=1)
    for agencies, values in (([], {}), (below(), {"due_on": late}), (["H19"], {}), (["G12"], {})):
        with pytest.raises(domain.BadPart):
            pass_on(task, agencies, **values)
    with pytest.raises(domain.UnknownAgency):
        pass_on(task, ["X99"])
    assert queries.tasks(parent_id=task.id) == []
    move(task.id, domain.Move.SUSPEND)
    with pytest.raises(domain.WrongState):
        pass_on(task, below())


def test_progress_is_counted_from_the_parts_up_to_the_top():
    task = whole()
    first, second = pass_on(task, below())
    move(first, domain.Move.PROGRESS, percent=60)
    move(second, domain.Move.PROGRESS, percent=25)
    assert roll_up(first, second) == 1
    assert queries.task(id=task.id).percent == 42
    assert roll_up(first, second) == 0
    move(task.id, domain.Move.PROGRESS, percent=99)
    assert queries.task(id=task.id).percent == 42
    move(second, domain.Move.WITHDRAW)
    roll_up(second)
    assert queries.task(id=task.id).percent == 60


def test_the_whole_does_not_end_before_its_parts_without_a_reason():
    task = whole()
    first, second = pass_on(task, below())
    end(first)
    with pytest.raises(domain.PartsOpen):
        move(task.id, domain.Move.REPORT)
    end(second)
    end(task.id)
    other = whole()
    pass_on(other, below())
    move(other.id, domain.Move.REPORT, text="Đã đủ số liệu, phần còn lại làm tiếp sau")
    with pytest.raises(domain.PartsOpen):
        move(other.id, domain.Move.APPROVE)
    move(other.id, domain.Move.APPROVE, text="Đồng ý")
    assert queries.task(id=other.id).state is domain.TaskState.COMPLETED


def test_withdrawn_it_takes_its_open_parts_along():
    task = whole()
    first, second = pass_on(task, below())
    end(first)
    move(task.id, domain.Move.WITHDRAW)
    states = {item.id: item.state for item in queries.tasks(parent_id=task.id)}
    assert states == {first: domain.TaskState.COMPLETED, second: domain.TaskState.WITHDRAWN}
    assert queries.life(task_id=second)[-1].kind == "withdraw"


def test_a_part_is_not_extended_beyond_the_whole():
    task = whole()
    part = pass_on(task, below(1))[0]
    late = task.due_on + timedelta(days=5)
    with pytest.raises(domain.BadExtension):
        services.ask_extension(task_id=part, due_on=late, reason="Mưa lũ", by="account:commune", at=clock.now())
    with pytest.raises(domain.BadExtension):
        move(part, domain.Move.EXTEND, due_on=late)
    move(task.id, domain.Move.EXTEND, due_on=late)
    assert services.ask_extension(task_id=part, due_on=late, reason="Mưa lũ", by="account:commune", at=clock.now())


def test_what_says_the_same_to_the_same_agency_is_one_part():
    task = whole(None)
    code = below(1)[0]
    twice = [domain.NewTask(text, code, None) for text in ("Rà soát", " Rà soát ")]
    (part,) = services.pass_on(task_id=task.id, parts=twice, by=LEAD, at=clock.now())
    assert queries.task(id=part).due_on is None
    other = services.pass_on(task_id=task.id, parts=[replace(twice[0], content="Khác")], by=LEAD, at=clock.now())
    assert other != [part]


def test_every_part_is_shown_and_counted_however_many_there_are():
    task = whole()
    parts = [domain.NewTask(f"Việc {number}", code, None) for code in below(90) for number in range(3)]
    made = services.pass_on(task_id=task.id, parts=parts, by=BY, at=clock.now())
    assert len(made) == 270
    assert len(queries.tasks(parent_id=task.id, limit=None)) == 270
    assert len(queries.directive(id=task.directive_id).tasks) == 271
    leader = Client()
    leader.post("/sign-in", {"username": "lanh-dao-tw", "password": samples.PASSWORD})
    page = leader.get(f"/tasks/{task.id}").content.decode()
    assert "0/270" in page


def test_with_the_whole_also_what_is_open_under_a_part_that_is_done_is_withdrawn():
    task = whole(lead="G00")
    (part,) = pass_on(task, ["G06"])
    (deeper,) = pass_on(queries.task(id=part), ["G06.90"])
    move(part, domain.Move.REPORT, text="Phần còn lại làm tiếp")
    move(part, domain.Move.APPROVE, text="Đồng ý")
    move(task.id, domain.Move.WITHDRAW)
    assert queries.task(id=deeper).state is domain.TaskState.WITHDRAWN
    assert queries.task(id=part).state is domain.TaskState.COMPLETED
    assert audit.of(subject=f"task:{deeper}")[0].record.action == "commons.direction.withdraw"
