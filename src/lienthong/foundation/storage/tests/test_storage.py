"""A content is kept once, whole or not at all, and never given back changed."""

import errno
import io
import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.foundation.storage import adapters, conf, domain, models, queries, services
from lienthong.kernel import clock

pytestmark = pytest.mark.django_db


def s3(_folder: Path):
    obstore = pytest.importorskip("obstore", reason="the optional group s3 is not installed")
    return adapters.S3("s3://unused", store=obstore.store.MemoryStore())


@pytest.fixture(params=[adapters.Folder, s3], ids=["folder", "s3"])
def place(request, tmp_path, monkeypatch):
    made = request.param(tmp_path)
    monkeypatch.setattr(adapters, "store", lambda: made)
    return made


def put(content, name="tệp.txt"):
    return services.store(content=content, name=name, media_type="text/plain", by="system:test", at=clock.now())


def test_what_is_stored_is_read_back(place):
    stored = put(io.BytesIO(b"xin ch\xc3\xa0o" * 300_000))
    assert b"".join(queries.open_file(stored.id)) == b"xin ch\xc3\xa0o" * 300_000
    assert queries.file(stored.id) == stored


def test_one_content_is_kept_once(place):
    first, second = put(b"abc", "a"), put(b"abc", "b")
    assert first.sha256 == second.sha256
    assert len(list(place.all())) == 1
    services.remove(file_id=first.id)
    assert services.clear_unclaimed(at=clock.now() + timedelta(days=2)) == 0
    services.remove(file_id=second.id)
    assert services.clear_unclaimed(at=clock.now()) == 0  # may still be claimed
    assert services.clear_unclaimed(at=clock.now() + timedelta(days=2)) == 1


def test_a_changed_content_is_refused(tmp_path, monkeypatch):
    folder = adapters.Folder(tmp_path)
    monkeypatch.setattr(adapters, "store", lambda: folder)
    stored = put(b"sum: 100")
    file = folder._place(stored.sha256)
    file.chmod(0o600)
    file.write_bytes(b"sum: 999")
    with pytest.raises(domain.Damaged):
        b"".join(queries.open_file(stored.id))
    assert [sound for _, sound in queries.check_all()] == [False]
    put(b"sum: 100")  # the same content stored again heals it
    assert b"".join(queries.open_file(stored.id)) == b"sum: 100"
    file.unlink()
    with pytest.raises(domain.Damaged):
        b"".join(queries.open_file(stored.id))


def test_a_file_too_large_leaves_nothing(place, monkeypatch):
    monkeypatch.setattr(conf, "MAXIMUM_BYTES", 1000)
    with pytest.raises(domain.TooLarge):
        put(iter([b"x" * 600, b"x" * 600]))
    assert list(place.all()) == []
    assert not models.FileRow.objects.exists()


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    folder = adapters.Folder(tmp_path)
    monkeypatch.setattr(adapters, "store", lambda: folder)

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(domain.NoSpace):
        put(b"abc")
    assert list(folder.all()) == []
    assert list((tmp_path / "drafts").iterdir()) == []


def test_a_file_system_without_hard_links(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    folder = adapters.Folder(tmp_path)
    with folder.draft() as draft:
        draft.write(b"same")
        folder.keep(draft, "a" * 64)
    assert b"".join(folder.read("a" * 64)) == b"same"
    assert list((tmp_path / "drafts").iterdir()) == []


def test_drafts_of_a_killed_process_are_swept(tmp_path):
    folder = adapters.Folder(tmp_path)
    (tmp_path / "drafts").mkdir()
    old, young = tmp_path / "drafts" / "old", tmp_path / "drafts" / "young"
    for file in (old, young):
        file.write_bytes(b"half")
    os.utime(old, (1, 1))
    folder.sweep()
    assert list((tmp_path / "drafts").iterdir()) == [young]


def test_one_content_stored_by_many_at_once(tmp_path):
    folder = adapters.Folder(tmp_path)
    digest = "a" * 64

    def keep():
        with folder.draft() as draft:
            draft.write(b"same")
            folder.keep(draft, digest)

    threads = [threading.Thread(target=keep) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert b"".join(folder.read(digest)) == b"same"


@given(st.text())
def test_a_safe_name_is_one_name(name):
    safe = domain.safe_name(name)
    assert safe
    assert len(safe) <= 150
    assert "/" not in safe
    assert "\\" not in safe
    assert safe not in (".", "..")
    assert domain.safe_name(safe) == safe


def test_vietnamese_names_stay():
    assert domain.safe_name("../../Danh mục xã, phường.xlsx") == "Danh mục xã, phường.xlsx"
    assert domain.safe_name("báo cáo\u202exslx.exe") == "báo cáoxslx.exe"
