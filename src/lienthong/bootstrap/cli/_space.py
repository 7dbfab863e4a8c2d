"""up, down, status, reset: the life of a space on this machine."""

import argparse
import shutil
import signal
import sys
import time
from contextlib import suppress

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from lienthong.bootstrap.options import options
from lienthong.bootstrap.space import Space, Trouble

console = Console()
SAMPLE_PASSWORD = "lienthong-mau-2026"  # noqa: S105  (printed on the sign-in page of sample spaces only)


def up(arguments: list[str]) -> int:
    """Start the space, showing each step; stay in front until Ctrl-C unless told to detach."""
    parser = argparse.ArgumentParser(prog="./lienthong up")
    parser.add_argument("--detach", action="store_true", help="để chạy nền / leave it running")
    chosen = parser.parse_args(arguments)
    space = Space(options())
    if space.running():
        console.print(f"Không gian đang chạy tại [bold]{space.options.url}[/] / already running there.")
        return 0
    refuse_early(space)
    try:
        begin(space)
    except BaseException:
        space.stop()
        raise
    welcome(space)
    return 0 if chosen.detach else stay(space)


def refuse_early(space: Space) -> None:
    """What would fail late, said early.

    :raises Trouble: the port is taken, or the disk is full.
    """
    settings = space.options
    space.stop_strays()
    if not space.port_is_free():
        raise Trouble(
            f"Cổng {settings.port} đang được chương trình khác dùng. Chọn cổng khác:"
            f" LIENTHONG_PORT={settings.port + 1} ./lienthong up"
            f"\nPort {settings.port} is taken by another program; choose another with LIENTHONG_PORT."
        )
    settings.home.mkdir(parents=True, exist_ok=True)
    if (free := shutil.disk_usage(settings.home).free // 2**20) < 500:
        raise Trouble(
            f"Ổ đĩa chứa {settings.home} chỉ còn {free} MB, cần ít nhất 500 MB."
            " Hãy dọn chỗ trống hoặc đặt LIENTHONG_HOME ở ổ khác."
            f"\nOnly {free} MB are free for {settings.home}; 500 MB are needed."
        )


def begin(space: Space) -> None:
    """Every step of starting, each shown while it works."""
    with Progress(
        SpinnerColumn(), TextColumn("{task.description:<64}"), BarColumn(24), TimeElapsedColumn(), console=console
    ) as progress:

        def step(description: str, work) -> None:
            task = progress.add_task(description, total=None)
            work()
            progress.update(task, total=1, completed=1)

        step("Chuẩn bị thư mục, khóa, bộ giám sát / folders, keys, supervisor", space.start_supervisor)
        if space.options.embedded:
            step("Khởi động PostgreSQL riêng / the private PostgreSQL", lambda: space.start("postgres"))
        import django

        django.setup()
        from lienthong.bootstrap import setup

        step("Tạo, nâng cấp bảng dữ liệu / migrate the database", setup.migrate)
        step("Nạp danh mục, cơ quan, lịch / reference data", setup.load_reference_data)
        if space.options.samples:
            step("Tài khoản và dữ liệu mẫu / sample accounts and data", setup.load_samples)
        step("Gom tệp giao diện / collect the screens' files", setup.collect_static)
        for name in [name for name in space.names() if name != "postgres"]:
            step(f"Khởi động tiến trình {name} / start {name}", lambda name=name: space.start(name))


def welcome(space: Space) -> None:
    """Where to look, and whom to be."""
    console.print(f"\n  Mở / open  [bold underline]{space.options.url}[/]\n")
    if space.options.samples:
        from lienthong.data.identity import queries

        table = Table(
            title=f"Tài khoản mẫu, mật khẩu / sample accounts, password: {SAMPLE_PASSWORD}", title_justify="left"
        )
        table.add_column("tên / name", style="bold")
        table.add_column("vai / role")
        for person in queries.sample_accounts():
            table.add_row(person.username, person.full_name)
        console.print(table)


def stay(space: Space) -> int:
    """Stay in front until told to stop, then stop everything in order."""
    console.print("Ctrl-C để dừng / to stop.")

    def interrupt(*_arguments) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    with suppress(KeyboardInterrupt):
        while space.running():
            time.sleep(1)
    console.print("\nĐang dừng … / stopping …")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    space.stop()
    return 0


def down(_arguments: list[str]) -> int:
    """Stop the space; harmless when nothing runs."""
    space = Space(options())
    was_running = space.running()
    space.stop()
    console.print("Đã dừng. / Stopped." if was_running else "Không có gì đang chạy. / Nothing was running.")
    return 0


def status(_arguments: list[str]) -> int:
    """The processes, their memory, and the address; exit code 3 when the space does not run."""
    space = Space(options())
    if not space.running():
        console.print("Không gian chưa chạy; khởi động bằng ./lienthong up / not running; start it with ./lienthong up")
        return 3
    table = Table()
    for heading in ("tiến trình / process", "trạng thái / state", "pid", "giây / seconds", "MB"):
        table.add_column(heading)
    total = 0
    for name, process in space.processes().items():
        total += process["memory"]
        megabytes = f"{process['memory'] / 2**20:.0f}"
        table.add_row(name, process["state"], str(process["pid"]), str(process["up"]), megabytes)
    console.print(table)
    console.print(f"{space.options.url} · {total / 2**20:.0f} MB")
    return 0


def reset(arguments: list[str]) -> int:
    """Delete the space's data, after the operator types its name; the environment and the option file stay."""
    parser = argparse.ArgumentParser(prog="./lienthong reset")
    parser.add_argument("--yes", action="store_true", help="không hỏi lại / do not ask")
    chosen = parser.parse_args(arguments)
    space = Space(options())
    home = space.options.home
    if not space.options.embedded:
        raise Trouble(
            "DATABASE_URL trỏ tới một PostgreSQL bên ngoài; hãy tự xóa cơ sở dữ liệu đó rồi chạy up."
            "\nDATABASE_URL points to a PostgreSQL of your own: drop that database yourself, then run up."
        )
    if not chosen.yes:
        if not sys.stdin.isatty():
            raise Trouble("Cần xác nhận: ./lienthong reset --yes / confirmation needed: --yes")
        console.print(f"Sẽ xóa vĩnh viễn mọi dữ liệu trong {home} / everything in there will be deleted for good.")
        if input("Gõ XOA để tiếp tục / type XOA to go on: ") != "XOA":
            raise Trouble("Chưa xóa gì. / Nothing was deleted.")
    space.stop()
    for name in ("postgres", "files", "keys", "static", "tmp", "log", "run", "front"):
        shutil.rmtree(home / name, ignore_errors=True)
    shutil.rmtree(space.options.run, ignore_errors=True)
    console.print("Đã xóa. ./lienthong up tạo lại từ đầu. / Deleted; ./lienthong up begins anew.")
    return 0
