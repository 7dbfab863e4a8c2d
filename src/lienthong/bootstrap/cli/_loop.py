"""``./lienthong loop``: the closed loop on real input, printed as one table."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lienthong.bootstrap.cli._manage import needs_database
from lienthong.bootstrap.options import ROOT
from lienthong.bootstrap.space import Trouble
from lienthong.kernel.errors import Refusal

console = Console()


def loop(arguments: list[str]) -> int:
    """Run the loop on the two public copies of the list of administrative units, or on the user's own files."""
    chosen = _parser().parse_args(arguments)
    if chosen.install_samples:
        return install_samples()
    needs_database()
    import django

    django.setup()
    import lienthong.bootstrap.urls  # noqa: F401  (subscribes every module's handlers)
    from lienthong.bootstrap import loop as closed_loop

    try:
        with tempfile.TemporaryDirectory() as folder:
            if chosen.source:
                files = _files(chosen.source)
                if not chosen.key or not chosen.trusted:
                    raise Trouble(
                        "Cần thêm --key CỘT và --trusted NGUỒN. / --key COLUMN and --trusted NAME are needed."
                    )
                register, sources = closed_loop.own_files(
                    files, key=chosen.key, trusted=chosen.trusted, register=chosen.register, territory=chosen.territory
                )
            else:
                register, sources = closed_loop.national(Path(folder), provinces_only=chosen.provinces)
            with console.status("…") as status:
                run = closed_loop.Loop(
                    register,
                    sources,
                    tell=lambda stage: status.update(f"{stage.vi} ✓ …"),
                    responsible=chosen.responsible,
                )
                result = run.run()
    except closed_loop.CannotRun as error:
        raise Trouble(str(error)) from error
    except Refusal as refusal:
        raise Trouble(f"{refusal.text('vi')}\n{refusal.text('en')}") from refusal
    show(result)
    if chosen.json:
        chosen.json.write_text(json.dumps(result.document(), ensure_ascii=False, indent=2, default=str) + "\n", "utf-8")
    return 0


def show(result) -> None:
    """One table: stage, what happened, counts per class, ids, time."""
    from lienthong.bootstrap.options import options

    table = Table(title=f"Vòng khép kín trên {result.register} / the closed loop", title_justify="left")
    for heading in ("bước / stage", "diễn ra / what happened", "mã, nơi xem / ids"):
        table.add_column(heading, overflow="fold")
    table.add_column("giây / s", justify="right")
    for stage in result.stages:
        ids = "\n".join(f"{name} {value}" for name, value in stage.ids.items())
        table.add_row(f"{stage.vi}\n[dim]{stage.en}[/]", stage.what, ids, f"{stage.seconds:.2f}")
    console.print(table)
    moved = Table(title="Trước → sau / before → after", title_justify="left")
    for heading in ("số đo / measure", "trước / before", "sau / after"):
        moved.add_column(heading, justify="left" if heading.startswith("số") else "right")
    for name, before in result.before.items():
        after = result.after[name]
        moved.add_row(name, *("–" if value is None else f"{value:.2f}" for value in (before, after)))
    console.print(moved)
    base = options().url
    console.print(
        f"Xem / see: {base}/indicators/agreement-{result.register} · {base}/directives · {base}/quality · {base}/kpis"
    )


def install_samples() -> int:
    """Install the second public copy into the running environment, as the lock file pins it."""
    lines, wanted = [], False
    for line in (ROOT / "requirements-dev.lock").read_text("utf-8").splitlines():
        if not line.startswith(" "):
            wanted = line.startswith("vietnam-provinces==")
        if wanted:
            lines.append(line)
    with tempfile.NamedTemporaryFile("w", suffix=".lock") as lock:
        lock.write("\n".join(lines) + "\n")
        lock.flush()
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        if subprocess.run([*command, "--require-hashes", "-r", lock.name], check=False).returncode:
            raise Trouble("Chưa cài được; hãy kiểm tra kết nối mạng. / It could not be installed; check the network.")
    console.print("Đã cài vietnam-provinces. Chạy: ./lienthong loop / installed; now run ./lienthong loop")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./lienthong loop")
    parser.add_argument("--source", action="append", metavar="TÊN=TỆP", help="một nguồn của bạn / a source of your own")
    parser.add_argument("--key", help="cột khóa / the key column")
    parser.add_argument("--trusted", metavar="TÊN", help="nguồn tin cậy / the trusted source")
    parser.add_argument("--register", default="", help="mã cơ sở dữ liệu sẽ tạo / key of the register to make")
    parser.add_argument("--territory", default="", help="cột mã địa bàn / the column of territory codes")
    parser.add_argument(
        "--responsible", default="G06.90", metavar="MÃ", help="cơ quan sửa nguồn / who mends the sources"
    )
    parser.add_argument("--provinces", action="store_true", help="chỉ 34 tỉnh, thành phố / the 34 provinces only")
    parser.add_argument("--json", type=Path, metavar="TỆP", help="ghi kết quả cho máy / write the result for machines")
    parser.add_argument("--install-samples", action="store_true", help="cài bản sao thứ hai / install the second copy")
    return parser


def _files(pairs: list[str]) -> dict[str, Path]:
    files = {}
    for pair in pairs:
        name, sign, file = pair.partition("=")
        if not sign or not name or not file:
            raise Trouble(f"--source {pair}: viết TÊN=TỆP, ví dụ --source goc=danh-muc.csv. / write NAME=FILE.")
        files[name] = Path(file)
    return files
