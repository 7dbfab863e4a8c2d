"""Find the command asked for and run it; every failure is one sentence with the way out."""

import sys

from lienthong.bootstrap import papers
from lienthong.bootstrap.cli import _doctor, _loop, _manage, _space, _test
from lienthong.bootstrap.options import BadOption
from lienthong.bootstrap.space import Trouble

COMMANDS = {
    "up": (_space.up, "khởi động không gian số / start the space (--detach: leave it running)"),
    "down": (_space.down, "dừng không gian / stop the space"),
    "status": (_space.status, "các tiến trình và địa chỉ / processes and address"),
    "doctor": (_doctor.doctor, "máy có gì, thiếu gì / what is here, what is missing"),
    "loop": (_loop.loop, "chạy trọn một vòng dữ liệu → chỉ đạo → kết quả / run the closed loop"),
    "audit": (_manage.audit, "kiểm tra nhật ký không thể sửa / check the tamper-evident log"),
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
    except KeyboardInterrupt:
        print("\nĐã dừng. / Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
