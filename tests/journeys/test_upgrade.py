"""A filled space of the release before goes on under this program."""

import io
import shutil
import subprocess
import tarfile
from dataclasses import replace

import pytest

from .conftest import ROOT, new_space

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("backup")]
EXAMPLE = ROOT / "examples" / "invented-people"
LOOP = (
    "loop", "--source", f"nhan-su={EXAMPLE / 'nhan-su.csv'}", "--source", f"bang-luong={EXAMPLE / 'bang-luong.csv'}",
    "--key", "so_dinh_danh", "--trusted", "nhan-su",
)  # fmt: skip


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout


def release_before() -> str:
    """The newest release; as long as there is none, the program before its tables changed last."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("the history of the program is not here")
    if releases := git("tag", "--list", "v*", "--sort=-version:refname").decode().split():
        return releases[0]
    changes = git("log", "--format=%H", "--", "src/lienthong/*/*/migrations/*.py").decode().split()
    if len(changes) < 2:
        pytest.skip("the program has no forerunner in this history")
    return f"{changes[0]}^"


def test_a_filled_space_of_the_release_before_goes_on(tmp_path):
    program = tmp_path / "before"
    with tarfile.open(fileobj=io.BytesIO(git("archive", release_before()))) as archive:
        archive.extractall(program, filter="data")
    tmp_path.chmod(0o755)
    space = new_space(tmp_path / "home")
    before = replace(space, program=program)
    before.run("up", "--detach", seconds=900)
    try:
        before.run(*LOOP)
        before.run("down")
        space.run("up", "--detach")
        space.run("audit", "verify")
        again = space.run(*LOOP)
        assert "100.00" in again.stdout
        space.run("audit", "verify")
        assert not space.run("manage", "makemigrations", "--check", "--dry-run", check=False).returncode
    finally:
        space.run("down", check=False)
