"""What a result was reported on: files kept by their hash, all of it under one seal that the log has, checked anew."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client

from lienthong.commons.direction import domain, queries, services
from lienthong.data.identity import samples
from lienthong.foundation.audit import domain as audit_domain
from lienthong.foundation.audit import services as audit
from lienthong.foundation.storage import adapters
from lienthong.kernel import clock
from lienthong.kernel.ids import uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]


def issue() -> domain.Task:
    now = clock.now()
    task = domain.NewTask("Việc", "G06.90", clock.vietnam_date(now) + timedelta(days=9))
    made = services.issue(title="Thử", text="", issuer_agency="A08", tasks=[task], by="system:test", at=now)
    return queries.directive(id=made).tasks[0]


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


def report(client: Client, task: domain.Task, *contents: bytes, name: str = "biên bản.pdf"):
    files = [SimpleUploadedFile(name, content) for content in contents]
    return client.post(f"/tasks/{task.id}/move", {"move": "report", "text": "Xong", "files": files})


def seal_of(task: domain.Task) -> domain.Seal:
    return queries.seals(task_id=task.id)[-1]


def test_a_reported_result_is_sealed_with_its_files_and_the_log_has_it():
    steward, task = signed_in("quan-tri-du-lieu"), issue()
    assert report(steward, task, b"%PDF-1.7 mot", b"%PDF-1.7 hai").status_code == 302
    seal = seal_of(task)
    assert seal.intact
    assert len(seal.files) == 2
    assert {file.name for file in seal.files} == {"biên bản.pdf"}
    page = steward.get(f"/tasks/{task.id}/seals").content.decode()
    assert "nguyên vẹn" in page
    assert seal.value in page
    assert steward.get(f"/api/v1/tasks/{task.id}/seals").json()[0]["intact"] is True


def test_the_seal_is_what_others_compute_from_the_lines():
    """By the text of the rule alone: hashlib and json over what the door tells."""
    steward, task = signed_in("quan-tri-du-lieu"), issue()
    report(steward, task, b"%PDF-1.7 mot")
    life = steward.get(f"/api/v1/tasks/{task.id}").json()["life"]
    text = f"{task.id}\n"
    for line in life:
        line.pop("seal")
        line["at"] = datetime.fromisoformat(line["at"]).astimezone(UTC).isoformat(timespec="milliseconds")
        line["value"] = None if line["value"] is None else f"{Decimal(line['value']):.6f}"
        text += json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    assert hashlib.sha256(text.encode()).hexdigest() == seal_of(task).value


def test_lines_are_not_changed_once_written():
    task = issue()
    for statement in ("UPDATE commons_direction_entry SET text = 'khác'", "DELETE FROM commons_direction_entry"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert len(queries.life(task_id=task.id)) == 1


def test_whoever_gets_around_the_database_is_found():
    steward, task = signed_in("quan-tri-du-lieu"), issue()
    report(steward, task, b"%PDF-1.7 mot")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE commons_direction_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE commons_direction_entry SET text = 'khác' WHERE kind = 'report'")
        cursor.execute("ALTER TABLE commons_direction_entry ENABLE TRIGGER USER")
    seal = seal_of(task)
    assert not seal.holds
    assert seal.logged
    assert not seal.intact


def test_a_file_that_is_gone_or_changed_is_found():
    steward, task = signed_in("quan-tri-du-lieu"), issue()
    report(steward, task, b"%PDF-1.7 mot")
    adapters.store().remove(seal_of(task).files[0].sha256)
    seal = seal_of(task)
    assert seal.holds
    assert not seal.files[0].intact
    assert not seal.intact


def test_a_file_comes_back_as_it_was_to_whoever_may_read_the_task():
    steward, task, other = signed_in("quan-tri-du-lieu"), issue(), issue()
    report(steward, task, b"%PDF-1.7 mot", name="../../<b>biên bản</b>.html")
    (file,) = seal_of(task).files
    answer = steward.get(f"/tasks/{task.id}/evidence/{file.id}")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 mot"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "/" not in file.name
    assert steward.get(f"/tasks/{other.id}/evidence/{file.id}").status_code == 404
    citizen = signed_in("cong-dan")
    assert citizen.get(f"/tasks/{task.id}/evidence/{file.id}").status_code == 403
    assert citizen.get(f"/tasks/{task.id}/seals").status_code == 403


def test_a_refused_move_keeps_no_file():
    steward, task = signed_in("quan-tri-du-lieu"), issue()
    report(steward, task, b"%PDF-1.7 mot")
    assert report(steward, task, b"%PDF-1.7 hai").status_code == 409
    assert len(seal_of(task).files) == 1


def test_a_target_reached_by_itself_is_sealed_too(monkeypatch):
    now = clock.now()
    target = domain.Target("tasks-open", "", Decimal(5), at_least=False)
    task = domain.NewTask("Việc", "G06.90", None, target=target)
    monkeypatch.setattr(queries, "measured", lambda targets: dict.fromkeys(targets, Decimal(9)))
    made = services.issue(title="Thử", text="", issuer_agency="A08", tasks=[task], by="system:test", at=now)
    monkeypatch.setattr(queries, "measured", lambda targets: dict.fromkeys(targets, Decimal(3)))
    assert services.measure(indicators=["tasks-open"], at=now) == 1
    (found,) = queries.directive(id=made).tasks
    assert found.state is domain.TaskState.REPORTED
    assert seal_of(found).intact


def test_a_long_life_hides_no_seal_from_the_log():
    steward, task = signed_in("quan-tri-du-lieu"), issue()
    report(steward, task, b"%PDF-1.7 mot")
    looked = [
        audit_domain.Record(uuid7(), "system:test", "test.look", f"task:{task.id}", clock.now(), "", (), {})
        for _ in range(1001)
    ]
    audit.record_many(looked)
    assert seal_of(task).intact


def test_files_are_shown_when_there_are_none_yet():
    page = signed_in("quan-tri-du-lieu").get(f"/tasks/{issue().id}/seals").content.decode()
    assert "Chưa có kết quả nào được báo cáo" in page
