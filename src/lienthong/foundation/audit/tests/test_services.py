"""The log finds what was done to it behind its back."""

import subprocess
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
