"""A real space, started as a newcomer starts it, and a real browser to look at it with."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lienthong.bootstrap import launcher

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "lienthong-mau-2026"


@dataclass(frozen=True)
class RunningSpace:
    """A space of the tests' own: where it lives and where it answers."""

    home: Path
    port: int
    program: Path = ROOT

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "LIENTHONG_CONFIG")
        }
        return inherited | {"LIENTHONG_HOME": str(self.home), "LIENTHONG_PORT": str(self.port), "COLUMNS": "160"}

    def run(self, *arguments: str, check: bool = True, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """``./lienthong …`` in this space."""
        done = subprocess.run(
            [self.program / "lienthong", *arguments], env=self.environment, capture_output=True, text=True, timeout=seconds,
            cwd="/", check=False,
        )  # fmt: skip
        if check and done.returncode:
            raise AssertionError(f"./lienthong {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def new_space(folder: Path) -> RunningSpace:
    """A home with the environment that runs these tests, so that nothing is installed twice."""
    (folder / "env").mkdir(parents=True)
    Path(sys.prefix, launcher.COMPLETE).touch()
    (folder / "env" / launcher.folder_name("dev")).symlink_to(sys.prefix)
    return RunningSpace(folder, free_port())


@pytest.fixture(scope="session")
def space(tmp_path_factory) -> Iterator[RunningSpace]:
    """A started space in which the loop has run once on the 34 provinces."""
    made = new_space(tmp_path_factory.mktemp("space", numbered=True) / "home")
    made.home.parent.chmod(0o755)
    made.run("up", "--detach")
    try:
        made.run("loop")
        yield made
    finally:
        made.run("down", check=False)
        shutil.rmtree(made.home, ignore_errors=True)


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is needed here and is not there")
        pytest.skip("Chromium is not installed (apt install chromium)")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=arguments)
        yield chromium
        chromium.close()
