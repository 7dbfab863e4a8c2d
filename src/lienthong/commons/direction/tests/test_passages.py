"""What directives and tasks say is quoted for those alone who may open their pages, as it stands now."""

from datetime import timedelta

import pytest
from django.test import Client

from lienthong.commons.direction import domain, models, queries, services
from lienthong.data.identity import queries as identity
from lienthong.data.identity import samples
from lienthong.data.intelligence import domain as intelligence_domain
from lienthong.data.intelligence import models as intelligence_models
from lienthong.data.intelligence import queries as intelligence
from lienthong.foundation.access.queries import Rights
from lienthong.foundation.directory import services as directory
from lienthong.foundation.directory.domain import ChangeKind
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY = "account:0192f0c1-0000-7000-8000-000000000001"
READERS = (
    "lanh-dao-tw",
    "kiem-toan",
    "chu-tich-tinh",
    "bi-thu-tinh",
    "can-bo-xa",
    "bo-truong",
    "mat-tran",
    "van-hanh",
    "cong-dan",
)


def issue(*leads: str, text: str = "Rà soát lại cầu treo dân sinh.", issuer: str = "A08") -> domain.Directive:
    due_on = clock.vietnam_date(clock.now()) + timedelta(days=9)
    tasks = [domain.NewTask(f"Sửa cầu treo, phần {code}", code, due_on) for code in leads]
    made = services.issue(title="Cầu treo", text=text, issuer_agency=issuer, tasks=tasks, by=BY, at=clock.now())
    return queries.directive(id=made)


def rights(username: str) -> Rights:
    return Rights(identity.by_username(username=username).id, clock.now())


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


def readable(reader: Rights) -> set[str]:
    """The addresses of all passages of directives and tasks that somebody may read."""
    rows = intelligence_models.PassageRow.objects.filter(kind__in=["directive", "task"])
    references = [
        {"kind": row.kind, "key": row.key, "number": row.number, "sha256": intelligence_domain.digest(row.text), "marks": [],
         "begin": 0, "end": len(row.text)}
        for row in rows
    ]  # fmt: skip
    return {quote.passage.href for quote in intelligence.quoted(references=references, rights=reader)}


def said(key: object) -> list[str]:
    rows = intelligence_models.PassageRow.objects.filter(key=str(key)).order_by("number")
    return list(rows.values_list("text", flat=True))


@pytest.mark.parametrize("username", READERS)
def test_passages_are_read_by_the_same_rule_as_the_pages_they_stand_on(username):
    issued = [issue("H19", "G06"), issue("H19.26368"), issue("H41", issuer="G06"), issue("B75", issuer="H19")]
    addresses = {f"/directives/{item.id}" for item in issued} | {
        f"/tasks/{task.id}" for item in issued for task in item.tasks
    }
    reader = signed_in(username)
    opened = {address for address in addresses if reader.get(address).status_code == 200}
    assert readable(rights(username)) == opened


def test_who_leads_and_by_when_is_said_and_follows_what_becomes_of_the_task():
    (task,) = issue("G06.90").tasks
    (text,) = said(task.id)
    assert text.startswith("Sửa cầu treo, phần G06.90. Cơ quan chủ trì: ")
    assert f"Thời hạn: {task.due_on:%d/%m/%Y}." in text
    later = task.due_on + timedelta(days=30)
    services.move(task_id=task.id, move=domain.Move.EXTEND, due_on=later, text="", by=BY, at=clock.now())
    assert f"Thời hạn: {later:%d/%m/%Y}." in said(task.id)[0]
    directory.reorganise(
        kind=ChangeKind.MERGED, from_codes=["G06.90"], into=[directory.NewAgency("G06.97", "Cơ quan nối tiếp", parent="G06")],
        on=clock.vietnam_date(clock.now()), decree="Nghị định thử", by=BY, at=clock.now(),
    )  # fmt: skip
    services.hand_over(at=clock.now())
    row = intelligence_models.PassageRow.objects.get(kind="task", key=str(task.id))
    assert "Cơ quan nối tiếp" in row.text
    assert row.agencies == ["G06.97", "A08"]
    assert intelligence_models.PassageRow.objects.get(kind="directive", key=str(task.directive_id)).agencies == [
        "G06.97",
        "A08",
    ]
    services.move(task_id=task.id, move=domain.Move.WITHDRAW, text="thôi", by=BY, at=clock.now())
    assert said(task.id) == []
    assert said(task.directive_id)


def test_who_gets_a_part_reads_it_and_the_directive_from_then_on():
    (task,) = issue("H19").tasks
    clerk = rights("can-bo-xa")
    assert readable(clerk) == set()
    services.move(task_id=task.id, move=domain.Move.ACCEPT, text="", by=BY, at=clock.now())
    part = domain.NewTask("Sơn lại lan can", "H19.26368", task.due_on)
    services.pass_on(task_id=task.id, parts=[part], by=BY, at=clock.now())
    (below,) = queries.tasks(parent_id=task.id)
    assert readable(clerk) == {f"/tasks/{below.id}", f"/directives/{task.directive_id}"}


def test_a_long_text_is_kept_in_passages_of_whole_sentences():
    sentences = [f"Câu số {number} nói về cầu treo dân sinh ở bản xa." for number in range(60)]
    parts = said(issue("H19", text=" ".join(sentences)).id)
    assert len(parts) > 2
    assert " ".join(parts) == " ".join(sentences)
    assert all(len(part) <= intelligence_domain.LONGEST_PASSAGE for part in parts)


def test_what_was_issued_before_is_filled_in_once():
    made = issue("H19")
    before = said(made.id)
    intelligence_models.PassageRow.objects.filter(kind__in=["directive", "task"]).delete()
    services.keep_missing(at=clock.now())
    assert said(made.id) == before
    assert models.TaskRow.objects.count() == intelligence_models.PassageRow.objects.filter(kind="task").count()
