"""``./lienthong backup FILE`` and ``./lienthong restore FILE``."""

import argparse
import shutil
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lienthong.bootstrap.cli._manage import needs_database
from lienthong.bootstrap.options import options
from lienthong.bootstrap.space import Space, Trouble

console = Console()


def backup(arguments: list[str]) -> int:
    """Write the running space into one file."""
    parser = argparse.ArgumentParser(prog="./lienthong backup")
    parser.add_argument("file", type=Path, metavar="TỆP")
    parser.add_argument("--force", action="store_true", help="ghi đè / overwrite")
    parser.add_argument(
        "--with-keys", action="store_true",
        help="kèm khóa bí mật: ai giữ tệp là giữ khóa / private keys too: whoever holds the file then holds them",
    )  # fmt: skip
    chosen = parser.parse_args(arguments)
    target = chosen.file.absolute()
    if target.exists() and not chosen.force:
        raise Trouble(f"{target} đã có; thêm --force để ghi đè. / is there already; --force overwrites it.")
    if not target.parent.is_dir():
        raise Trouble(f"Không có thư mục {target.parent}. / There is no such folder.")
    needs_database()
    _set_up()
    from lienthong.bootstrap import backup as work

    with console.status("…") as status:
        manifest = work.write(
            options(), target, with_keys=chosen.with_keys, tell=lambda text: status.update(f"{text} …")
        )
    rows = sum(count for count, _ in manifest["tables"].values())
    files = sum(item["name"].startswith("files/") for item in manifest["members"])
    console.print(
        f"✓ {target}: {len(manifest['tables'])} bảng, {rows} dòng, {files} tệp, {target.stat().st_size // 2**20} MB"
        f" / tables, rows, files"
    )
    if manifest["missing_files"]:
        console.print(f"! {len(manifest['missing_files'])} tệp không còn trong kho / files are gone from the storage")
    if not chosen.with_keys:
        console.print(
            "Không kèm khóa bí mật: sau khi khôi phục, mọi người đăng nhập lại và nhật ký được ký tiếp bằng khóa mới; chữ ký cũ"
            " vẫn kiểm tra được.\nPrivate keys are not inside: after a restore people sign in again, and the log goes on under a"
            " new key; old signatures still verify.",
            soft_wrap=True,
        )
    return 0


def restore(arguments: list[str]) -> int:
    """Make an empty space from a backup, and prove that it is the same."""
    parser = argparse.ArgumentParser(prog="./lienthong restore")
    parser.add_argument("file", type=Path, metavar="TỆP")
    chosen = parser.parse_args(arguments)
    settings = options()
    space = Space(settings)
    if not chosen.file.is_file():
        raise Trouble(f"Không có tệp {chosen.file}. / There is no such file.")
    if space.running() or (settings.embedded and space.data.exists()):
        raise Trouble(
            "Không gian này không trống. Khôi phục vào một LIENTHONG_HOME mới, hoặc ./lienthong reset trước."
            "\nThis space is not empty. Restore into a new LIENTHONG_HOME, or ./lienthong reset first."
        )
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.home) as folder, console.status("…") as status:
        from lienthong.bootstrap import backup as work

        status.update("Kiểm tra bản sao lưu / checking the backup …")
        manifest = work.read(chosen.file, Path(folder))
        try:
            space.start_supervisor()
            if settings.embedded:
                space.start("postgres")
            _set_up()
            from lienthong.bootstrap import setup

            setup.make_database()
            if not work.is_empty():
                raise Trouble("Cơ sở dữ liệu đã có bảng; hãy dùng một cơ sở trống. / The database is not empty.")
            differing = work.restore(manifest, Path(folder), space, tell=lambda text: status.update(f"{text} …"))
        except BaseException:
            space.stop()
            if settings.embedded:
                shutil.rmtree(space.data, ignore_errors=True)
            raise
        space.stop()
    _show(manifest, differing)
    return 1 if differing else 0


def _show(manifest: dict, differing: list[str]) -> None:
    table = Table(title="Đối chiếu với bản sao lưu / compared with the backup", title_justify="left")
    for heading in ("", "bảng / table", "dòng / rows", "mã băm / hash"):
        table.add_column(heading)
    for name, (count, digest) in manifest["tables"].items():
        if count or name in differing:
            table.add_row("[red]✗[/]" if name in differing else "[green]✓[/]", name, str(count), digest)
    console.print(table)
    if differing:
        console.print(f"✗ Khác bản sao lưu / differs from the backup: {', '.join(differing)}")
    else:
        console.print("✓ Giống hệt bản sao lưu. Khởi động: ./lienthong up / the same as the backup; start it")


def _set_up() -> None:
    import django

    django.setup()
