"""``./lienthong test``: everything that CI runs."""

import argparse
import os
import shutil
import subprocess
import sys

from lienthong.bootstrap.options import ROOT


def test(arguments: list[str]) -> int:
    """Style, structure, then tests; ``--fast`` leaves out what takes seconds. Further arguments go to pytest."""
    parser = argparse.ArgumentParser(prog="./lienthong test")
    parser.add_argument("--fast", action="store_true", help="bỏ các kiểm thử chậm / leave out slow tests")
    chosen, rest = parser.parse_known_args(arguments)
    for name in ("DJANGO_SETTINGS_MODULE", "LIENTHONG_HOME", "LIENTHONG_PORT", "LIENTHONG_CONFIG"):
        os.environ.pop(name, None)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    steps = [] if rest else [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["lint_imports"]]
    if not rest and not chosen.fast and shutil.which("npm"):
        steps.append(["frontend/renew", "--check"])
    steps.append(
        [
            "pytest",
            "-q",
            *(["-m", "not slow and not browser"] if chosen.fast else []),
            *(rest or ["-n", "2", "--dist", "loadgroup"]),
        ]
    )
    for step in steps:
        print(f"── {' '.join(step)}", flush=True)
        command = [sys.executable, "-m", *step]
        if step == ["lint_imports"]:
            command = [
                sys.executable,
                "-c",
                "from importlinter.cli import lint_imports_command; lint_imports_command()",
            ]
        elif step[0] == "frontend/renew":
            command = [sys.executable, *step]
        if code := subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            return code
    return 0
