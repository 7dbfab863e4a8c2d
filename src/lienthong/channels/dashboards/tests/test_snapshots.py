"""Boards kept for good, checked by means that are not ours; notes beside numbers; boards as they were known."""

import base64
import hashlib
import json
import subprocess
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from lienthong.channels.dashboards import models, queries, services
from lienthong.commons.direction import domain as task_domain
from lienthong.commons.direction import services as direction
from lienthong.data.identity import queries as identity
from lienthong.data.identity import samples
from lienthong.data.warehouse import queries as warehouse
from lienthong.data.warehouse import services as warehouse_services
from lienthong.foundation.audit import keys
from lienthong.foundation.audit import services as audit
from lienthong.kernel import clock
from lienthong.kernel.keeping import canonical, digest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


def keep(client: Client, **fields) -> str:
    answer = client.post("/snapshots/keep", {"territory": "vn", "title": "Giao ban tuần 47"} | fields)
    assert answer.status_code == 302
    return answer["Location"].rsplit("/", 1)[1]


def fill() -> None:
    """Some tasks, and the numbers of them."""
    tasks = [task_domain.NewTask(f"Việc {number}", "G06.90", None) for number in range(3)]
    direction.issue(title="Thử", text="", issuer_agency="A08", tasks=tasks, by="system:test", at=clock.now())
    warehouse_services.recompute_many(codes=["tasks-open", "tasks-overdue"], at=clock.now())


def test_a_kept_board_shows_what_the_board_showed_and_stays_so():
    fill()
    leader = signed_in("lanh-dao-tw")
    kept = keep(leader)
    content = json.loads(leader.get(f"/snapshots/{kept}/content").content)
    shown = {tile["code"]: tile for section in content["sections"] for tile in section["tiles"]}
    cells = {cell.indicator: cell for cell in warehouse.cells(codes=list(shown), territories=[""])}
    assert shown["tasks-open"]["value"] == "3"
    for code, cell in cells.items():
        assert shown[code]["numerator"] == str(cell.numerator)
        assert shown[code]["rows"] == cell.rows
    page = leader.get(f"/snapshots/{kept}").content.decode()
    assert "Giao ban tuần 47" in page
    for statement in (
        "UPDATE channels_dashboards_snapshot SET content = 'x'",
        "DELETE FROM channels_dashboards_snapshot",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def root_from(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162 §2.1.3.2, written from its text."""
    position, last, node = index, size - 1, leaf
    for sibling in path:
        if position & 1 or position == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        position, last = position >> 1, last >> 1
    assert last == 0
    return node


@pytest.mark.django_db(transaction=True)
def test_others_check_it_with_openssl_and_the_rfc_alone(tmp_path):
    leader = signed_in("lanh-dao-tw")
    kept = keep(leader)
    assert "chờ ký" in leader.get(f"/snapshots/{kept}").content.decode()
    assert leader.get(f"/snapshots/{kept}/proof").status_code == 404
    audit.sequence(at=clock.now(), signer=keys.checkpoint_signer())
    assert "đã ký vào nhật ký" in leader.get(f"/snapshots/{kept}").content.decode()
    content = leader.get(f"/snapshots/{kept}/content").content
    proof = leader.get(f"/snapshots/{kept}/proof").json()
    assert json.loads(proof["record"])["details"]["sha256"] == hashlib.sha256(content).hexdigest()
    leaf = hashlib.sha256(b"\x00" + proof["record"].encode()).digest()
    path = [base64.b64decode(item) for item in proof["path"]]
    root = root_from(leaf, proof["leaf_index"], proof["tree_size"], path)
    assert base64.b64encode(root).decode() in proof["checkpoint"].splitlines()
    assert proof["checkpoint"].splitlines()[1] == str(proof["tree_size"])
    for name, value in (("key.der", base64.b64decode(proof["public_key"])), ("text", proof["checkpoint"].encode()),
                        ("signature", base64.b64decode(proof["signature"]))):  # fmt: skip
        (tmp_path / name).write_bytes(value)
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-keyform",
        "DER",
        "-inkey",
        "key.der",
        "-rawin",
        "-in",
        "text",
        "-sigfile",
        "signature",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)


def test_what_was_changed_around_the_database_is_found():
    fill()
    leader = signed_in("lanh-dao-tw")
    kept = keep(leader)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE channels_dashboards_snapshot DISABLE TRIGGER USER")
        cursor.execute("UPDATE channels_dashboards_snapshot SET content = replace(content, 'tasks-open', 'tasks-shut')")
        cursor.execute("ALTER TABLE channels_dashboards_snapshot ENABLE TRIGGER USER")
    assert queries.proof_of(id=kept) is None
    assert "không còn đúng như lúc lưu" in leader.get(f"/snapshots/{kept}").content.decode()


def test_who_may_not_see_the_board_sees_no_snapshot_of_it():
    kept = keep(signed_in("lanh-dao-tw"), territory="01")
    chairperson = signed_in("chu-tich-tinh")
    for door in ("", "/content", "/proof"):
        assert chairperson.get(f"/snapshots/{kept}{door}").status_code == 403
    assert "Giao ban" not in chairperson.get("/snapshots").content.decode()
    assert "Giao ban" in signed_in("bo-truong").get("/snapshots?q=giao+ban").content.decode()
    for fields in ({"territory": "01"}, {"territory": "vn"}):
        assert chairperson.post("/snapshots/keep", {"title": "Thử"} | fields).status_code == 403
    assert signed_in("van-hanh").post("/snapshots/keep", {"title": "Thử", "territory": "vn"}).status_code == 403


def test_bad_input_is_refused():
    leader = signed_in("lanh-dao-tw")
    for fields, status in (({"title": ""}, 422), ({"territory": "zz"}, 404), ({"section": "zz"}, 404)):
        sent = {"territory": "vn", "title": "Thử"} | fields
        assert leader.post("/snapshots/keep", sent).status_code == status
    assert models.SnapshotRow.objects.count() == 0


class TestNotes:
    def test_a_note_stands_beside_its_number_until_it_is_withdrawn(self):
        leader, minister = signed_in("lanh-dao-tw"), signed_in("bo-truong")
        sent = {"day": clock.vietnam_date(clock.now()).isoformat(), "text": "Bão số 9"}
        for _ in range(2):
            assert leader.post("/indicators/tasks-open/vn/notes", sent).status_code == 302
        assert minister.get("/indicators/tasks-open").content.decode().count("Bão số 9") == 1
        (note,) = queries.notes(indicator="tasks-open", territory="")
        assert minister.post(f"/notes/{note.id}/withdraw").status_code == 404
        for _ in range(2):
            assert leader.post(f"/notes/{note.id}/withdraw").status_code == 302
        assert "Bão số 9" not in minister.get("/indicators/tasks-open").content.decode()

    def test_who_may_not_and_what_cannot_be_are_refused(self):
        door, text = "/indicators/tasks-open/vn/notes", {"text": "Thử"}
        assert signed_in("van-hanh").post(door, text).status_code == 403
        assert signed_in("chu-tich-tinh").post(door, text).status_code == 403
        assert signed_in("chu-tich-tinh").post("/indicators/tasks-open/75/notes", text).status_code == 302
        leader = signed_in("lanh-dao-tw")
        tomorrow = (clock.vietnam_date(clock.now()) + timedelta(days=1)).isoformat()
        for fields in ({"text": " "}, {"text": "x" * 1001}, {"text": "Thử", "day": tomorrow}):
            assert leader.post(door, fields).status_code == 422
        assert leader.post("/indicators/khong-co/vn/notes", text).status_code == 404


class TestAsItWasKnown:
    def test_a_board_shows_what_was_known_then(self):
        leader = signed_in("lanh-dao-tw")
        before = clock.now() - timedelta(days=400)
        page = leader.get(f"/boards?known={before:%Y-%m-%dT%H:%M}").content.decode()
        assert ">như đã biết lúc" in page
        assert "data-live=" not in page
        assert "data-live=" in leader.get("/boards").content.decode()

    def test_a_moment_that_is_none_or_has_not_come_is_now(self):
        leader = signed_in("lanh-dao-tw")
        for text in ("x", "2999-01-01T00:00", ""):
            assert ">như đã biết lúc" not in leader.get(f"/boards?known={text}").content.decode()


def test_the_text_is_hashed_as_it_is_kept():
    by = identity.by_username(username="lanh-dao-tw").actor
    kept = services.keep_snapshot(territory="", title="Thử", by=by, at=clock.now())
    row = models.SnapshotRow.objects.get(id=kept)
    assert row.sha256 == digest(row.content) == hashlib.sha256(row.content.encode()).hexdigest()
    assert canonical(json.loads(row.content)) == row.content
