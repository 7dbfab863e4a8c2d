"""``python -m simulation make|feed|score|try``: make a simulated year, send it to a space, score what was concluded about it;
try a policy on simulated years before it is ordered."""

import argparse
import os
import sys
import tempfile
from datetime import date
from pathlib import Path

import orjson

from .errors import Wrong


def main(arguments: list[str] | None = None) -> int:
    """Run one command; a wrong input ends in one sentence and code 2."""
    try:
        given = _parser().parse_args(arguments)
        return given.run(given)
    except Wrong as wrong:
        print(f"{wrong.vi}\n{wrong.en}", file=sys.stderr)
        return 2
    except OSError as error:
        what = f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")
        print(f"Không đọc hoặc ghi được tệp ({what}).\nA file cannot be read or written ({what}).", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Đã dừng.\nStopped.", file=sys.stderr)
        return 130


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        raise Wrong(
            f"Lệnh chưa đúng; xem {self.prog} --help.", f"The command is not right: {message}; see {self.prog} --help."
        )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m simulation", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="make|feed|score|try", parser_class=_Parser)
    make = commands.add_parser("make", help="tạo một năm mô phỏng / make a simulated year")
    make.add_argument(
        "--seed", type=_whole, required=True, help="số khởi tạo: cùng số, cùng tệp / same seed, same files"
    )
    make.add_argument("--out", type=Path, required=True, help="thư mục trống / an empty folder")
    make.add_argument(
        "--dossiers", type=_whole, default=600_000, help="khoảng bao nhiêu hồ sơ / about how many dossiers"
    )
    make.add_argument(
        "--from", dest="first", type=_day, default=date(2025, 10, 1), help="ngày đầu / first day, YYYY-MM-DD"
    )
    make.add_argument(
        "--workers", type=_whole, default=None, help="số tiến trình / processes; the files do not depend on it"
    )
    make.set_defaults(run=_make)
    feed = commands.add_parser("feed", help="gửi từng ngày vào một không gian / send it to a space day by day")
    feed.add_argument("folder", type=Path, metavar="DIR", help="thư mục của năm / folder of the year")
    feed.add_argument("--url", required=True, help="địa chỉ không gian / address of the space")
    feed.add_argument(
        "--speed",
        type=_speed,
        default=0.0,
        help="số giây mô phỏng trong một giây; 0: nhanh nhất / seconds in one second",
    )
    feed.add_argument("--from", dest="first", type=_day, default=None, help="từ ngày / from this day on")
    feed.add_argument("--to", dest="last", type=_day, default=None, help="đến hết ngày / up to and with this day")
    feed.add_argument(
        "--state", type=Path, default=None, help="sống theo lịch thật, ghi ngày đã gửi / live by the calendar"
    )
    feed.set_defaults(run=_feed)
    score = commands.add_parser("score", help="chấm kết luận so với sự thật / compare conclusions with the truth")
    score.add_argument("folder", type=Path, metavar="DIR", help="thư mục của năm / folder of the year")
    told = score.add_mutually_exclusive_group(required=True)
    told.add_argument("--conclusions", type=Path, help="tệp JSON các kết luận / what was concluded, JSON")
    told.add_argument("--space", type=Path, help="như không gian ghi ra / the same as a space writes it")
    score.add_argument("--json", type=Path, default=None, help="ghi kết quả ra tệp / write the result to a file")
    score.set_defaults(run=_score)
    policy = commands.add_parser(
        "try", help="thử một chính sách trên các năm mô phỏng / try a policy on simulated years"
    )
    policy.add_argument("policy", type=Path, metavar="FILE", help="tệp JSON của chính sách / the policy as JSON")
    policy.add_argument("--years", type=_whole, default=5, help="bao nhiêu năm / how many years")
    policy.add_argument("--seed", type=_whole, default=1, help="số khởi tạo của năm đầu / seed of the first year")
    policy.add_argument("--dossiers", type=_whole, default=600_000, help="hồ sơ mỗi năm / dossiers a year")
    policy.add_argument("--from", dest="first", type=_day, default=date(2025, 10, 1), help="ngày đầu / first day")
    policy.add_argument("--workers", type=_whole, default=min(os.cpu_count() or 1, 8), help="số tiến trình / processes")
    policy.add_argument("--json", type=Path, default=None, help="ghi kết quả ra tệp / write the result to a file")
    policy.set_defaults(run=_try)
    acts = commands.add_parser("interventions", help="can thiệp của năm, như không gian đọc / as a space reads them")
    acts.add_argument("folder", type=Path, metavar="DIR", help="thư mục của năm / folder of the year")
    acts.add_argument("--out", type=Path, required=True, help="tệp JSON / a JSON file")
    acts.set_defaults(run=_interventions)
    return parser


def _make(given: argparse.Namespace) -> int:
    from . import year

    made = year.make(given.seed, given.out, given.dossiers, given.first, given.workers)
    counts = made["counts"]
    print(
        f"{given.out}: {counts['dossiers']} dossiers, {counts['messages']} messages, {made['first_day']} .. {made['last_day']}"
    )
    return 0


def _feed(given: argparse.Namespace) -> int:
    from . import feed

    counts = feed.feed(
        given.folder, url=given.url, speed=given.speed, first=given.first, last=given.last, state=given.state
    )
    print(f"{counts['dossiers']} dossiers, {counts['ratings']} ratings, {counts['refused']} refused")
    return 0


def _interventions(given: argparse.Namespace) -> int:
    from . import space

    given.out.write_bytes(orjson.dumps(space.interventions(given.folder)))
    return 0


def _score(given: argparse.Namespace) -> int:
    from . import score, space

    with tempfile.TemporaryDirectory() as folder:
        file = given.conclusions
        if given.space:
            file = Path(folder, "conclusions.json")
            file.write_bytes(orjson.dumps(space.conclusions(orjson.loads(given.space.read_bytes()), given.folder)))
        result = score.score(given.folder, file)
    if given.json:
        score.write(result, given.json)
    print(score.report(result))
    return 0


def _try(given: argparse.Namespace) -> int:
    from . import policy

    result = policy.lived(
        given.policy,
        first=given.first,
        seed=given.seed,
        years=given.years,
        dossiers=given.dossiers,
        workers=given.workers,
    )
    if given.json:
        given.json.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
    policy.report(result)
    return 0


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Wrong(f"“{text}” không phải là số nguyên.", f"“{text}” is not a whole number.")


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed < 1e9:
        raise Wrong(f"--speed {text}: cần một số không âm.", f"--speed {text} must be a number from 0.")
    return speed


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong(f"“{text}” không phải là ngày dạng YYYY-MM-DD.", f"“{text}” is not a day like 2025-10-01.")


if __name__ == "__main__":
    sys.exit(main())
