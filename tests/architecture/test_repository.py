"""What a checkout must never hold."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REGISTRIES = re.compile(
    r"pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org|npmjs\.com|deb\.debian\.org", re.IGNORECASE
)


def tracked() -> list[Path]:
    names = (
        subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    )
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_no_file_names_a_registry_host():
    own = Path(__file__)
    for file in tracked():
        if file != own and file.suffix in {".py", ".toml", ".lock", ".json", ".md", ".npmrc", "", ".sh", ".html"}:
            assert not REGISTRIES.search(file.read_text("utf-8", errors="ignore")), f"{file} names a registry host"


def test_the_lock_file_pins_every_package_by_hash():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        packages = re.findall(r"^\S+==", text, re.MULTILINE)
        assert packages
        assert "--index-url" not in text
        assert text.count("--hash=sha256:") >= len(packages)
