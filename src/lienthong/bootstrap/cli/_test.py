"""``./lienthong test``: everything that CI runs."""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lienthong.bootstrap.options import ROOT

FAST = ["-m", "not slow and not browser"]
ON_BOTH_CORES = ["-n", "2", "--dist", "loadgroup"]
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True)
class Step:
    """One thing that must succeed: arguments of this Python, and what it finds in its environment."""

    title: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def test(arguments: list[str]) -> int:
    """Style, structure, then tests; ``--fast`` leaves out what takes seconds. Further arguments go to pytest."""
    parser = argparse.ArgumentParser(prog="./lienthong test")
    parser.add_argument("--fast", action="store_true", help="bỏ các kiểm thử chậm / leave out slow tests")
    chosen, rest = parser.parse_known_args(arguments)
    for name in ("DJANGO_SETTINGS_MODULE", "LIENTHONG_HOME", "LIENTHONG_PORT", "LIENTHONG_CONFIG"):
        os.environ.pop(name, None)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    for step in chosen_tests(rest, fast=chosen.fast) if rest else everything(fast=chosen.fast):
        print(f"── {step.title}", flush=True)
        command = [sys.executable, *step.arguments]
        if code := subprocess.run(command, cwd=ROOT, env=environment | step.environment, check=False).returncode:
            return code
    return 0


def chosen_tests(arguments: list[str], *, fast: bool) -> Iterator[Step]:
    """The tests that pytest's own arguments name."""
    yield Step("pytest", ["-m", "pytest", "-q", *(FAST if fast else []), *arguments])


def everything(*, fast: bool) -> Iterator[Step]:
    """All that CI runs, the quick things first."""
    yield Step("ruff check", ["-m", "ruff", "check", "."])
    yield Step("ruff format", ["-m", "ruff", "format", "--check", "."])
    yield Step("lint-imports", ["-c", LINT_IMPORTS])
    if not fast and shutil.which("npm"):
        yield Step("frontend/renew --check", ["frontend/renew", "--check"])
    pytest = ["-m", "pytest", "-q", *ON_BOTH_CORES]
    yield Step("pytest", pytest + (FAST if fast else []))
    if not fast and (programs := system_postgres()):
        yield Step(
            f"pytest on {programs.parent.name}, the system's PostgreSQL",
            pytest + FAST,
            {"LIENTHONG_TEST_POSTGRES": str(programs)},
        )


def system_postgres() -> Path | None:
    """The programs of the newest PostgreSQL that Debian installed here: production runs on such a one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    return found[-1].parent if found else None
