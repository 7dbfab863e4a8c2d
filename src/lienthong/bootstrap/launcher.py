"""First step of ``./lienthong``: make the Python environment from the lock file, then hand over to the command line.

Standard library only, because nothing is installed yet. The environment is made once per lock file and Python version, in a
folder of its own. The mark of its being complete is laid last: one that was cut off, even by a power failure, is made anew.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
COMPLETE = ".complete"
COMMANDS_FOR_DEVELOPERS = ("test",)
NEEDED_MEGABYTES = 1500


def main() -> None:
    arguments = sys.argv[1:]
    wants_development = bool(arguments) and arguments[0] in COMMANDS_FOR_DEVELOPERS
    try:
        python = environment(development=wants_development)
    except Trouble as trouble:
        sys.exit(f"\n{trouble}")
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    os.environ |= {"PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "lienthong.bootstrap.settings"}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.execv(python, [str(python), "-m", "lienthong.bootstrap.cli", *arguments])


class Trouble(Exception):
    """The environment cannot be made; the message is the sentence for the user, with the way out."""


def environment(*, development: bool) -> Path:
    """The Python of an environment that holds exactly what the lock file says; made if missing.

    :raises Trouble: when it cannot be made.
    """
    home = Path(os.environ.get("LIENTHONG_HOME") or ROOT / "var").expanduser().absolute()
    run, developer = (home / "env" / folder_name(kind) for kind in LOCKS)
    folder, lock = (developer, LOCKS["dev"]) if development else (run, LOCKS["run"])
    # A developer's environment holds everything that running needs.
    for made in (folder, developer):
        if (made / COMPLETE).exists():
            return made / "bin" / "python"
    check(home)
    shutil.rmtree(folder, ignore_errors=True)
    print(
        "Chuẩn bị môi trường Python (lần đầu, vài phút) … / Preparing the Python environment (first time only) …",
        flush=True,
    )
    make(folder, lock)
    return folder / "bin" / "python"


def folder_name(kind: str) -> str:
    """The folder of an environment: another one for another lock file or Python."""
    return f"{kind}-{hashlib.sha256(LOCKS[kind].read_bytes() + sys.version.encode()).hexdigest()[:16]}"


def check(home: Path) -> None:
    """Refuse early and clearly what would fail late and darkly."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        (home / "env").mkdir(exist_ok=True)
    except OSError as error:
        raise Trouble(
            f"Không tạo được thư mục dữ liệu {home} ({error.strerror}). Hãy chọn thư mục khác bằng LIENTHONG_HOME.\n"
            f"Cannot create the data folder {home}. Choose another by LIENTHONG_HOME."
        ) from error
    free = shutil.disk_usage(home).free // 2**20
    if free < NEEDED_MEGABYTES:
        raise Trouble(
            f"Ổ đĩa chứa {home} chỉ còn {free} MB, cần ít nhất {NEEDED_MEGABYTES} MB. Hãy dọn chỗ trống hoặc đặt"
            f" LIENTHONG_HOME ở ổ khác.\nOnly {free} MB are free for {home}; {NEEDED_MEGABYTES} MB are needed."
        )
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Trouble(
            f"Python này ({sys.executable}) thiếu mô-đun venv. Trên Debian, Ubuntu: apt install python3-venv.\n"
            "This Python lacks the venv module (Debian, Ubuntu: apt install python3-venv)."
        )


def make(folder: Path, lock: Path) -> None:
    """Install the lock file into a new environment, showing how far it is."""
    log = folder.with_suffix(".log")
    total = sum(1 for line in lock.read_text("utf-8").splitlines() if "==" in line)
    try:
        with log.open("w", encoding="utf-8") as output:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, stdout=output, stderr=output)
            install = [folder / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
            process = subprocess.Popen(
                [*install, "--require-hashes", "--no-deps", "--progress-bar=off", "-r", lock],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            seen = 0
            for line in process.stdout:
                output.write(line)
                if line.startswith("Collecting "):
                    seen += 1
                    progress(seen, total, line.split()[1])
                elif line.startswith("Installing collected"):
                    progress(total, total, "…")
            if process.wait():
                raise subprocess.CalledProcessError(process.returncode, "pip")
        (folder / COMPLETE).touch()
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise Trouble(explain(log, error)) from error
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        raise Trouble("Đã dừng; chưa có gì được cài. / Stopped; nothing was installed.") from None
    print(flush=True)


def progress(seen: int, total: int, name: str) -> None:
    if sys.stdout.isatty():
        filled = 30 * seen // max(total, 1)
        print(f"\r  {'█' * filled}{'░' * (30 - filled)} {seen}/{total} {name[:36]:<36}", end="", flush=True)
    elif seen == total:
        print(f"  {seen}/{total}", end="", flush=True)


def explain(log: Path, error: Exception) -> str:
    """One sentence for what went wrong, from what the installer said."""
    said = log.read_text("utf-8", errors="replace") if log.exists() else ""
    if "No space left" in said or getattr(error, "errno", None) == 28:
        cause = "ổ đĩa đầy; hãy dọn chỗ trống / the disk is full; free some space"
    elif "HASHES" in said or ("hash" in said.lower() and "mismatch" in said.lower()):
        cause = "một gói tải về không đúng mã băm trong tệp khóa (tải hỏng hoặc bị sửa) / a download does not match its hash"
    elif any(
        words in said
        for words in ("ConnectionError", "NewConnectionError", "Could not find a version", "Read timed out")
    ):
        cause = (
            "không tải được gói; hãy kiểm tra kết nối mạng hoặc cấu hình pip"
            " / packages cannot be downloaded; check the network"
        )
    else:
        cause = f"cài đặt thất bại / installation failed ({error})"
    return f"Chưa chuẩn bị được môi trường: {cause}. Chạy lại cùng lệnh khi đã khắc phục. Chi tiết / details: {log}"


if __name__ == "__main__":
    main()
