"""Starting, stopping, and what goes wrong: one clear sentence each, and the next start goes on."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from .conftest import ROOT, RunningSpace, new_space

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]
EVERYTHING = {"postgres", "web", "live", "intake", "worker", "analyst", "front"}


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    made = new_space(tmp_path_factory.mktemp("up") / "home")
    made.home.parent.chmod(0o755)
    made.run("up", "--detach")
    yield made
    made.run("down", check=False)


def answers(space: RunningSpace, path: str = "/healthz", *, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if httpx.get(space.url + path, trust_env=False, timeout=5).status_code == 200:
                return True
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    return False


def pids(space: RunningSpace) -> dict[str, int]:
    found = re.findall(r"│ (\w+) +│ RUNNING +│ (\d+)", space.run("status").stdout)
    return {name: int(pid) for name, pid in found}


def all_pids(space: RunningSpace) -> dict[str, int]:
    """The same once every process has been up for the second that the supervisor asks for before it says so."""
    deadline = time.monotonic() + 60
    while pids(space).keys() != EVERYTHING and time.monotonic() < deadline:
        time.sleep(0.5)
    return pids(space)


def one_sentence(done: subprocess.CompletedProcess[str], said: str) -> None:
    assert done.returncode == 1, done.stdout + done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_up_again_says_where_it_runs(started):
    again = started.run("up", "--detach")
    assert f":{started.port}" in again.stdout
    assert all_pids(started).keys() == EVERYTHING


def test_the_sample_accounts_are_printed_and_work(started):
    assert answers(started, "/sign-in")
    assert "lanh-dao-tw" in httpx.get(f"{started.url}/sign-in", trust_env=False).text


@pytest.mark.parametrize("name", sorted(EVERYTHING))
def test_a_killed_process_comes_back(started, name):
    before = all_pids(started)[name]
    os.kill(before, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while pids(started).get(name, before) == before and time.monotonic() < deadline:
        time.sleep(0.5)
    assert all_pids(started)[name] != before
    assert answers(started, "/readyz")
    # Nobody is left who worked for the killed one.
    mark = str(started.home / "run" / f"{name}.sock")
    strays = [process for process in psutil.process_iter(["ppid", "cmdline"])
              if process.info["ppid"] == 1 and mark in (process.info["cmdline"] or ())]  # fmt: skip
    assert not strays


def test_after_the_supervisor_is_killed_the_next_up_goes_on(started):
    supervisor = int((started.home / "run" / "supervisord.pid").read_text())
    os.kill(supervisor, signal.SIGKILL)
    time.sleep(0.5)
    started.run("up", "--detach")
    assert answers(started, "/readyz")
    started.run("audit", "verify")


def test_down_and_up_keep_what_was_there(started):
    started.run("down")
    assert started.run("status", check=False).returncode == 3
    begun = time.monotonic()
    started.run("up", "--detach")
    assert time.monotonic() - begun < 120
    assert answers(started)


def test_a_taken_port_is_said_before_anything_starts(tmp_path):
    space = new_space(tmp_path / "home")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", space.port))
        taken.listen()
        one_sentence(space.run("up", "--detach", check=False), "LIENTHONG_PORT=")
    assert not (space.home / "postgres").exists()


def test_a_wrong_option_is_named(tmp_path):
    space = new_space(tmp_path / "home")
    (space.home / "lienthong.toml").write_text("prot = 8600\n")
    one_sentence(space.run("up", "--detach", check=False), "prot")
    (space.home / "lienthong.toml").write_text("web_threads = 'many'\n")
    one_sentence(space.run("doctor", check=False), "số nguyên")


def test_an_unknown_command_lists_those_there_are(tmp_path):
    done = new_space(tmp_path / "home").run("fly", check=False)
    assert done.returncode == 2
    assert "doctor" in done.stdout


def test_a_wrong_python_is_named(tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = subprocess.run(
        [ROOT / "lienthong", "status"], env={"PATH": f"{tmp_path}:/bin", "LIENTHONG_PYTHON": str(old)}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Python 3.11" in done.stderr


def test_a_broken_download_leaves_nothing_and_says_so(tmp_path):
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LIENTHONG_HOME": str(tmp_path / "home"),
                   "LIENTHONG_PYTHON": sys.executable, "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/",
                   "PIP_RETRIES": "0", "PIP_TIMEOUT": "2"}  # fmt: skip
    done = subprocess.run([ROOT / "lienthong", "status"], env=environment, capture_output=True, text=True, check=False)
    one_sentence(done, "Chưa chuẩn bị được môi trường")
    assert not [folder for folder in (tmp_path / "home" / "env").iterdir() if folder.is_dir()]


@contextmanager
def small_disk(folder: Path, megabytes: int):
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=False)


def test_a_full_disk_is_said_before_anything_starts(tmp_path):
    with small_disk(tmp_path / "disk", 50):
        one_sentence(new_space(tmp_path / "disk" / "home").run("up", "--detach", check=False), "MB")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_may_run_it():
    for folder in [ROOT, *ROOT.parents, Path(sys.prefix).resolve(), *Path(sys.prefix).resolve().parents]:
        if not folder.stat().st_mode & 0o001:
            pytest.skip(f"other users may not enter {folder}")
    base = Path(tempfile.mkdtemp(prefix="lienthong-ordinary-"))
    base.chmod(0o755)
    space = new_space(base / "home")
    nobody = 65534
    for path in [base, space.home, space.home / "env"]:
        os.chown(path, nobody, nobody)

    def run(*arguments: str) -> None:
        done = subprocess.run(
            [ROOT / "lienthong", *arguments], env=space.environment | {"HOME": str(base)}, user=nobody, group=nobody,
            extra_groups=[], cwd="/", capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        run("up", "--detach")
        assert answers(space, "/readyz")
    finally:
        run("down")
        shutil.rmtree(base, ignore_errors=True)
