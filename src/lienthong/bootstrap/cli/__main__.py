"""Find the command asked for and run it; every failure is one sentence with the way out."""

import errno
import sys
import traceback

from lienthong.bootstrap import papers
from lienthong.bootstrap.cli import _backup, _doctor, _loop, _manage, _space, _test, _year
from lienthong.bootstrap.options import BadOption, options
from lienthong.bootstrap.space import Trouble

COMMANDS = {
    "up": (_space.up, "khởi động không gian số / start the space (--detach: leave it running)"),
    "down": (_space.down, "dừng không gian / stop the space"),
    "status": (_space.status, "các tiến trình và địa chỉ / processes and address"),
    "doctor": (_doctor.doctor, "máy có gì, thiếu gì / what is here, what is missing"),
    "loop": (_loop.loop, "chạy trọn một vòng dữ liệu → chỉ đạo → kết quả / run the closed loop"),
    "year": (_year.year, "một năm hành chính mô phỏng: make, feed, score, try / a simulated year of administration"),
    "audit": (_manage.audit, "kiểm tra nhật ký không thể sửa / check the tamper-evident log"),
    "backup": (_backup.backup, "sao lưu cả không gian vào một tệp / the whole space into one file"),
    "restore": (_backup.restore, "khôi phục vào không gian trống, có đối chiếu / into an empty space, and prove it"),
    "reset": (_space.reset, "xóa toàn bộ dữ liệu của không gian / delete all data of the space"),
    "manage": (_manage.manage, "lệnh quản trị của các mô-đun / modules' management commands"),
    "papers": (papers.write, "viết lại các trang sinh từ mã / write anew the papers made from the code"),
    "test": (_test.test, "chạy các bộ kiểm thử (--fast: dưới hai phút) / run the tests"),
}


def main() -> int:
    """Run one command; the exit code."""
    name, *arguments = sys.argv[1:] or ["help"]
    if name not in COMMANDS:
        asked_for_help = name in ("help", "-h", "--help")
        if not asked_for_help:
            print(f"Không có lệnh {name}. / There is no command {name}.\n", file=sys.stderr)
        print("./lienthong LỆNH / COMMAND\n")
        for command, (_, purpose) in COMMANDS.items():
            print(f"  {command:<9} {purpose}")
        return 0 if asked_for_help else 2
    try:
        return COMMANDS[name][0](arguments) or 0
    except (Trouble, BadOption) as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            return unexpected()
        print(
            "\nỔ đĩa đầy; hãy dọn chỗ trống rồi chạy lại. / The disk is full; free some space and run this again.",
            file=sys.stderr,
        )
        return 1
    except Exception:
        return unexpected()
    except KeyboardInterrupt:
        print("\nĐã dừng. / Stopped.", file=sys.stderr)
        return 130


def unexpected() -> int:
    """A fault of the program: what happened goes to a file, the sentence to the screen."""
    file = options().logs / "command.log"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as log:
            log.write(f"{' '.join(sys.argv)}\n{traceback.format_exc()}\n")
    except OSError:
        traceback.print_exc()
    reason = traceback.format_exception_only(sys.exc_info()[1])[-1].strip()[:300]
    print(f"\nLỗi ngoài dự kiến: {reason}\nUnexpected error; details / chi tiết: {file}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
