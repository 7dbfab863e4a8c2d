"""Commands that modules bring: run with Django set up, inside the running space's database."""

import os
import sys

from lienthong.bootstrap.options import options
from lienthong.bootstrap.space import Space, Trouble


def manage(arguments: list[str]) -> int:
    """``./lienthong manage …``: any management command of any module."""
    from django.core.management import execute_from_command_line

    needs_database()
    # Management commands may read and write for as long as they need.
    os.environ["LIENTHONG_STATEMENT_TIMEOUT"] = "0"
    execute_from_command_line(["./lienthong manage", *arguments])
    return 0


def audit(arguments: list[str]) -> int:
    """``./lienthong audit verify``."""
    return manage(["audit", *arguments])


def needs_database() -> None:
    """:raises Trouble: the embedded database does not run."""
    space = Space(options())
    if space.options.embedded and not space.running():
        print("Không gian chưa chạy; khởi động bằng ./lienthong up --detach", file=sys.stderr)
        raise Trouble("The space is not running; start it with ./lienthong up --detach")
