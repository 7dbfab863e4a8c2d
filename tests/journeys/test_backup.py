"""A space in one file, restored elsewhere and proved the same; whatever is wrong with the file is said before anything begins."""

import io
import json
import tarfile

import pytest

from .conftest import ROOT, new_space

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("backup")]
EXAMPLE = ROOT / "examples" / "invented-people"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A backup of a running space in which the small loop has run."""
    folder = tmp_path_factory.mktemp("backup")
    folder.chmod(0o755)
    space = new_space(folder / "home")
    space.run("up", "--detach")
    try:
        space.run(
            "loop", "--source", f"nhan-su={EXAMPLE / 'nhan-su.csv'}", "--source", f"bang-luong={EXAMPLE / 'bang-luong.csv'}",
            "--key", "so_dinh_danh", "--trusted", "nhan-su",
        )  # fmt: skip
        file = folder / "space.tar"
        said = space.run("backup", str(file)).stdout
        yield space, file, said
    finally:
        space.run("down", check=False)


@pytest.fixture
def empty(tmp_path):
    tmp_path.chmod(0o755)
    space = new_space(tmp_path / "home")
    yield space
    space.run("down", check=False)


def refused(space, file, said: str) -> None:
    done = space.run("restore", str(file), check=False)
    assert done.returncode == 1
    assert said in done.stderr, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not (space.home / "postgres").exists()


def rewritten(file, target, change):
    """The same archive with its members changed: (name, content) → what to write instead."""
    with tarfile.open(file) as source, tarfile.open(target, "w") as copy:
        for member in source:
            for name, content in change(member.name, source.extractfile(member).read()):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                copy.addfile(info, io.BytesIO(content))
    return target


def test_what_is_restored_is_the_same_and_goes_on(made, empty):
    _, file, said = made
    assert "dòng" in said
    with tarfile.open(file) as archive:
        names = archive.getnames()
        manifest = json.load(archive.extractfile("manifest.json"))
    assert not [name for name in names if name.startswith("keys/")]
    assert manifest["tables"]["data_registry_record"][0] > 10_000
    proof = empty.run("restore", str(file)).stdout
    assert "✓ Giống hệt" in proof
    assert "data_registry_record" in proof
    empty.run("up", "--detach")
    assert "✓" in empty.run("audit", "verify").stdout
    # What is there is read again, and what comes is heard: the numbers of transactions go on where they stood.
    loop = [
        "loop", "--source", f"nhan-su={EXAMPLE / 'nhan-su.csv'}", "--source", f"bang-luong={EXAMPLE / 'bang-luong.csv'}",
        "--key", "so_dinh_danh", "--trusted", "nhan-su",
    ]  # fmt: skip
    assert "100.00" in empty.run(*loop).stdout
    again = empty.home / "again.tar"
    empty.run("backup", str(again))
    with tarfile.open(again) as archive:
        assert {name for name in archive.getnames() if name.startswith("files/")} == {
            name for name in names if name.startswith("files/")
        }
    refused_as_not_empty = empty.run("restore", str(file), check=False)
    assert "không trống" in refused_as_not_empty.stderr


def test_a_file_that_is_there_is_not_overwritten(made):
    space, file, _ = made
    assert "--force" in space.run("backup", str(file), check=False).stderr


def test_a_file_that_was_cut_off(made, empty, tmp_path):
    short = tmp_path / "short.tar"
    short.write_bytes(made[1].read_bytes()[: made[1].stat().st_size // 2])
    refused(empty, short, "nguyên vẹn")


@pytest.mark.parametrize("content", [b"", b"not a backup", b"\x00" * 2048])
def test_something_else(empty, tmp_path, content):
    other = tmp_path / "other.tar"
    other.write_bytes(content)
    refused(empty, other, "nguyên vẹn")


def test_a_file_that_was_changed(made, empty, tmp_path):
    def change(name, content):
        middle = len(content) // 2
        if name == "database.dump":
            content = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        return [(name, content)]

    refused(empty, rewritten(made[1], tmp_path / "changed.tar", change), "đã bị thay đổi")


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/outside", "files/../../outside", "keys/../outside", "files/short"]
)
def test_a_name_that_leads_elsewhere(made, empty, tmp_path, name):
    def change(given, content):
        return [(given, content), (name, b"x")] if given == "manifest.json" else []

    bad = rewritten(made[1], tmp_path / "bad.tar", change)
    refused(empty, bad, "không hợp lệ")
    assert not (tmp_path / "outside").exists()


def test_one_of_a_newer_program(made, empty, tmp_path):
    def change(name, content):
        if name == "manifest.json":
            content = json.dumps(json.loads(content) | {"version": "99.0.0"}).encode()
        return [(name, content)]

    refused(empty, rewritten(made[1], tmp_path / "newer.tar", change), "mới hơn")


def test_a_server_that_is_far_behind_is_brought_up(made, empty, tmp_path):
    def change(name, content):
        if name == "manifest.json":
            content = json.dumps(json.loads(content) | {"next_transaction": 50_000_000}).encode()
        return [(name, content)]

    empty.run("restore", str(rewritten(made[1], tmp_path / "old.tar", change)))
    empty.run("up", "--detach")
    again = tmp_path / "again.tar"
    empty.run("backup", str(again))
    with tarfile.open(again) as archive:
        assert json.load(archive.extractfile("manifest.json"))["next_transaction"] > 50_000_000


def test_a_table_that_differs_is_named(made, empty, tmp_path):
    def change(name, content):
        if name == "manifest.json":
            manifest = json.loads(content)
            manifest["tables"]["data_identity_account"][1] = "1"
            content = json.dumps(manifest).encode()
        return [(name, content)]

    done = empty.run("restore", str(rewritten(made[1], tmp_path / "differs.tar", change)), check=False)
    assert done.returncode == 1
    assert "✗ Khác bản sao lưu / differs from the backup: data_identity_account" in done.stdout
