"""The log finds what was done to it behind its back."""

import subprocess
from datetime import timedelta
from shutil import which

import pytest
from django.db import DatabaseError, connection, transaction

from lienthong.foundation.audit import domain, keys, models, queries, services
from lienthong.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signer(tmp_path):
    return keys.FileSigner(tmp_path / "key.pem")


@pytest.fixture
def _twenty(signer):
    for number in range(20):
        services.record(
            by="system:test",
            action="test.act",
            subject=f"thing:{number}",
            at=clock.now(),
            about=("person:999301000001",),
        )
        if number in (6, 13, 19):
            services.sequence(at=clock.now(), signer=signer)


def behind_its_back(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE foundation_audit_record DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE foundation_audit_record ENABLE TRIGGER USER")


@pytest.mark.usefixtures("_twenty")
def test_an_untouched_log_is_sound():
    report = queries.verify()
    assert report.sound
    assert (report.records, report.leaves, report.checkpoints) == (20, 20, 3)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE foundation_audit_record SET reason = 'x'",
        "DELETE FROM foundation_audit_record",
        "TRUNCATE foundation_audit_record",
    ],
)
@pytest.mark.usefixtures("_twenty")
def test_the_database_refuses_changes(statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("_twenty")
def test_a_changed_record_is_named():
    changed = models.RecordRow.objects.order_by("seq")[4]
    behind_its_back(f"UPDATE foundation_audit_record SET by = 'account:other' WHERE seq = {changed.seq}")
    findings = queries.verify().findings
    assert ("changed", f"record {changed.id}") in [(finding.kind, finding.place) for finding in findings]


@pytest.mark.usefixtures("_twenty")
def test_a_removed_record_is_named():
    removed = models.RecordRow.objects.order_by("seq")[9]
    behind_its_back(f"DELETE FROM foundation_audit_record WHERE seq = {removed.seq}")
    assert ("removed", f"record {removed.seq}") in [(item.kind, item.place) for item in queries.verify().findings]


@pytest.mark.usefixtures("_twenty")
def test_an_inserted_record_is_named():
    model = models.RecordRow.objects.order_by("seq")[3]
    services.record(by="system:test", action="test.late", subject="thing:x", at=clock.now())
    late = models.RecordRow.objects.latest("seq")
    behind_its_back(
        f"UPDATE foundation_audit_record SET xid = {model.xid}, seq = {model.seq} - 1000 WHERE seq = {late.seq}"
    )
    assert ("inserted", f"record {late.id}") in [(item.kind, item.place) for item in queries.verify().findings]


@pytest.mark.usefixtures("_twenty")
def test_a_record_rewritten_together_with_its_hashes_breaks_the_signed_root():
    row = models.RecordRow.objects.order_by("seq")[2]
    behind_its_back(f"UPDATE foundation_audit_record SET reason = 'forged' WHERE seq = {row.seq}")
    row.refresh_from_db()
    value = domain.leaf_hash(queries.to_record(row).canonical())
    models.Leaf.objects.filter(record=row.seq).update(hash=value)
    assert {"root"} <= {finding.kind for finding in queries.verify().findings}


@pytest.mark.usefixtures("_twenty")
def test_leaves_cut_off_the_end_are_missed():
    models.Leaf.objects.filter(index__gte=15).delete()
    assert "removed" in {finding.kind for finding in queries.verify().findings}


@pytest.mark.usefixtures("_twenty")
def test_proofs_from_the_stored_tree_verify():
    leaf = models.Leaf.objects.get(index=11)
    index, proof = queries.inclusion_proof(seq=leaf.record, size=20)
    root = bytes(queries.checkpoint().root)
    assert domain.verify_inclusion(bytes(leaf.hash), index, 20, proof, root)
    first = models.Checkpoint.objects.get(size=7)
    assert domain.verify_consistency(7, 20, bytes(first.root), root, queries.consistency_proof(first=7, second=20))


@pytest.mark.usefixtures("_twenty")
def test_people_see_what_is_about_them():
    found = queries.about(person="person:999301000001", limit=5)
    assert [entry.record.subject for entry in found] == [f"thing:{number}" for number in (19, 18, 17, 16, 15)]
    assert queries.about(person="person:999301000001", before=found[-1].seq, limit=1)[0].record.subject == "thing:14"


@pytest.mark.usefixtures("_twenty")
@pytest.mark.skipif(which("openssl") is None, reason="openssl is not installed")
def test_openssl_verifies_a_checkpoint(tmp_path):
    checkpoint = queries.checkpoint()
    (tmp_path / "key.der").write_bytes(bytes(checkpoint.public_key))
    (tmp_path / "text").write_bytes(domain.checkpoint_text(checkpoint.size, bytes(checkpoint.root)))
    (tmp_path / "signature").write_bytes(bytes(checkpoint.signature))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.der", "-keyform", "DER", "-rawin"]
    subprocess.run([*command, "-in", "text", "-sigfile", "signature"], cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.usefixtures("_twenty")
def test_the_newest_records_are_sound_one_by_one_under_the_signed_root():
    later = clock.now() + timedelta(hours=1)
    assert queries.sealed(newest=100, until=later) == (20, 20)
    assert queries.sealed(newest=9, until=later) == (9, 9)
    assert queries.sealed(newest=9, until=later - timedelta(days=1)) == (0, 0)
    services.record(by="system:test", action="test.act", subject="thing:waits", at=clock.now())
    assert queries.sealed(newest=5, until=later) == (4, 5)
    row = models.RecordRow.objects.order_by("-seq")[3]
    behind_its_back(f"UPDATE foundation_audit_record SET reason = 'forged' WHERE seq = {row.seq}")
    assert queries.sealed(newest=5, until=later) == (3, 5)
    row.refresh_from_db()
    models.Leaf.objects.filter(record=row.seq).update(hash=domain.leaf_hash(queries.to_record(row).canonical()))
    assert queries.sealed(newest=5, until=later) == (0, 5)


@pytest.mark.usefixtures("_twenty")
def test_without_a_valid_checkpoint_or_with_leaves_gone_no_record_is_sound():
    later = clock.now() + timedelta(hours=1)
    models.Leaf.objects.filter(index=15).delete()
    assert queries.sealed(newest=10, until=later) == (0, 10)
    models.Checkpoint.objects.all().delete()
    assert queries.sealed(newest=3, until=later) == (0, 3)


def test_acts_are_counted_by_person_action_and_day():
    now = clock.now()
    for by, action in (("account:a", "test.act"), ("account:a", "test.act"), ("account:b", "test.act"),
                       ("account:a", "test.other"), ("system:test", "test.act")):  # fmt: skip
        services.record(by=by, action=action, subject="thing", at=now)
    span = {"since": now - timedelta(days=1), "until": now + timedelta(days=1)}
    found = queries.acts(actions=["test.act"], **span)
    assert {(item.by, item.action): item.count for item in found} == {
        ("account:a", "test.act"): 2, ("account:b", "test.act"): 1,
    }  # fmt: skip
    done = queries.done_by(by=["account:a"], actions=["test.act", "test.other"], **span)
    assert [entry.record.action for entry in done] == ["test.other", "test.act", "test.act"]
    assert queries.done_by(by=["account:a"], actions=["test.act"], since=now + timedelta(hours=1), until=now) == []
