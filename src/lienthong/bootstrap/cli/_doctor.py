"""``./lienthong doctor``: what is here, what is optional and missing, and how to get it."""

import os
import platform
import shutil
import sys
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lienthong.bootstrap.options import Options, options
from lienthong.bootstrap.space import Space

OPTIONAL_PROGRAMS = {
    "chromium": ("kiểm thử màn hình / browser tests", "apt install chromium"),
    "openssl": ("kiểm tra chữ ký bằng công cụ ngoài / signatures checked by another's tool", "apt install openssl"),
    "npm": ("làm mới thư viện giao diện / renewing front-end libraries", "apt install npm"),
}
OPTIONAL_PACKAGES = {
    "vietnam_provinces": ("bản sao thứ hai của danh mục cho ./lienthong loop", "./lienthong loop --install-samples"),
    "obstore": ("lưu tệp trên S3 / files in S3", "pip install --require-hashes --no-deps -r requirements-dev.lock"),
    "pytest": ("kiểm thử / tests", "./lienthong test"),
}


def doctor(arguments: list[str]) -> int:
    """Print the state of this machine; exit code 1 when something necessary is missing."""
    settings, console = options(), Console()
    if "--options" in arguments:
        table = Table()
        for heading in ("biến / variable", "TOML", "mặc định / default", "ý nghĩa / meaning"):
            table.add_column(heading)
        for item in fields(Options):
            table.add_row(item.metadata["variable"], item.name, str(item.default), item.metadata["help"])
        console.print(table)
        return 0
    space = Space(settings)
    free = shutil.disk_usage(settings.home if settings.home.exists() else settings.home.parent).free // 2**20
    rows = [
        ("Python", sys.version_info >= (3, 11), f"{platform.python_version()} {sys.executable}"),
        ("ổ đĩa / disk", free >= 500, f"{free} MB, {settings.home}"),
        (
            "ghi được / writable",
            os.access(settings.home if settings.home.exists() else settings.home.parent, os.W_OK),
            str(settings.home),
        ),
        ("caddy", (Path(sys.executable).parent / "caddy").exists(), "cửa vào một địa chỉ / the one address"),
        ("PostgreSQL", True, "riêng / private" if settings.embedded else "DATABASE_URL"),
        ("không gian / space", True, settings.url if space.running() else "chưa chạy / not running"),
    ]
    table = Table(title="Cần có / needed", title_justify="left")
    for heading in ("", "", ""):
        table.add_column(heading)
    for name, there, detail in rows:
        table.add_row("[green]✓[/]" if there else "[red]✗[/]", name, detail)
    console.print(table)
    table = Table(title="Tùy chọn / optional", title_justify="left")
    for heading in ("", "", "dùng cho / for", "cài bằng / install with"):
        table.add_column(heading)
    for name, (purpose, command) in OPTIONAL_PROGRAMS.items():
        table.add_row("[green]✓[/]" if shutil.which(name) else "–", name, purpose, command)
    for name, (purpose, command) in OPTIONAL_PACKAGES.items():
        table.add_row("[green]✓[/]" if find_spec(name) else "–", name, purpose, command)
    console.print(table)
    return 0 if all(there for _, there, _ in rows) else 1
