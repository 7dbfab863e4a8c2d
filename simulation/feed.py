"""A year sent to a running space day by day, through the entrance that agencies' own systems use.

Each day's messages go to the services of the national sync in the order in which agencies sent them, a thousand a call; days
sent again end where they stood, so a feed that was cut off goes on from its last day. Nothing of ``truth`` is read here.
"""

import gzip
import http.client
import os
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from simulation.errors import Wrong

HANOI = timezone(timedelta(hours=7))
CALL = 1000
"""Messages of one call."""
PATIENCE_SECONDS = 60
"""How long a space that is away is waited for."""
TOKENS = {
    "dossiers": "LIENTHONG_TOKEN_DOSSIERS",
    "ratings": "LIENTHONG_TOKEN_RATINGS",
    "procedures": "LIENTHONG_TOKEN_PROCEDURES",
}
"""Environment variables with the tokens of the sending system, one for each register."""


def feed(
    folder: Path, *, url: str, speed: float, first: date | None, last: date | None, state: Path | None = None
) -> dict[str, int]:
    """Send the days of a year; how many messages were taken and refused.

    :param speed: seconds of the year in one second; 0: as fast as the space takes them.
    :param state: live with the calendar: the days that have been are sent at this speed, each later one when it is over in Hanoi.
        The file keeps the last day that was sent, after which the next run goes on.
    :raises Wrong: there is no year, a token is missing, or the space refuses or does not answer.
    """
    year = read_year(folder)
    if state is not None and state.is_file():
        first = date.fromisoformat(state.read_text("utf-8").strip()) + timedelta(days=1)
    days = [day for day in _days(year) if (first is None or day >= first) and (last is None or day <= last)]
    if not days:
        raise Wrong("Không có ngày nào trong khoảng đã chọn.", "No day of the year lies in the range chosen.")
    space = Space(url)
    _send_procedures(space, folder)
    counts = {"dossiers": 0, "ratings": 0, "refused": 0}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    begun = time.monotonic()
    with Progress(*columns) as progress:
        bar = progress.add_task("", total=len(days))
        for number, day in enumerate(days):
            if speed:
                time.sleep(max(0.0, begun + number * 86400 / speed - time.monotonic()))
            if state is not None:
                _wait_until_over(day)
            progress.update(bar, description=f"{day:%d/%m/%Y}")
            _send_day(space, folder, day, counts)
            if state is not None:
                draft = state.with_suffix(".new")
                draft.write_text(f"{day}\n", "utf-8")
                draft.replace(state)
            progress.advance(bar)
    return counts


def _wait_until_over(day: date) -> None:
    while datetime.now(HANOI).date() <= day:
        time.sleep(20)


def read_year(folder: Path) -> Mapping[str, Any]:
    """What the file of a year says.

    :raises Wrong: there is none.
    """
    try:
        return orjson.loads((folder / "year.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        raise Wrong(
            f"{folder} không có năm mô phỏng nào; tạo bằng ./lienthong year make --seed N --out {folder}",
            f"{folder} holds no year; make one with ./lienthong year make --seed N --out {folder}",
        ) from None


def _days(year: Mapping[str, Any]) -> Iterator[date]:
    day, last = date.fromisoformat(year["first_day"]), date.fromisoformat(year["last_day"])
    while day <= last:
        yield day
        day += timedelta(days=1)


def _send_procedures(space: "Space", folder: Path) -> None:
    for line in (folder / "procedures.jsonl").read_bytes().splitlines():
        item = orjson.loads(line)
        place = "/intake/v1/registers/procedures/sources/national/records"
        space.call("PUT", place, {"payload": item}, register="procedures")


def _send_day(space: "Space", folder: Path, day: date, counts: dict[str, int]) -> None:
    for messages in _parts(folder / "days" / f"{day}.jsonl.gz"):
        body = {"isUpdating": True, "data": [message["data"] for message in messages]}
        answer = space.call("POST", "/api/v1/dvcqg-sync/DongBoHoSoMC", body, register="dossiers")
        refused = sum(row["error_code"] != 200 for row in answer["data"])
        counts["refused"] += refused
        counts["dossiers"] += len(messages) - refused
    for ratings in _parts(folder / "ratings" / f"{day}.jsonl.gz"):
        rows = [{"dossier": item["dossier"], "level": item["level"], "rated_on": item["at"][:10]} for item in ratings]
        space.call("POST", "/api/v1/dvcqg-sync/ratings", {"data": rows}, register="ratings")
        counts["ratings"] += len(rows)


def _parts(file: Path) -> Iterator[list[Any]]:
    if not file.exists():
        return
    with gzip.open(file, "rb") as lines:
        messages = map(orjson.loads, lines)
        yield from iter(lambda: list(islice(messages, CALL)), [])


class Space:
    """A running space, called over one connection that stays open."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Wrong(f"--url {url}: cần một địa chỉ http(s).", f"--url {url} must be an http(s) address.")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.connection = kind(parts.hostname, parts.port, timeout=120)
        self.url, self.tokens = url, {}
        for register, variable in TOKENS.items():
            if not (token := os.environ.get(variable)):
                raise Wrong(
                    f"Thiếu thẻ {variable}; cấp bằng ./lienthong manage intake token {register} NGUỒN --name TÊN",
                    f"The token {variable} is missing; issue it with ./lienthong manage intake token {register} …",
                )
            self.tokens[register] = token

    def call(self, method: str, path: str, body: Any, *, register: str) -> Any:
        """The answer of one call; a space that is away or busy is asked again, because what it took it does not take twice.

        :raises Wrong: it refuses, or stays away.
        """
        headers = {"Authorization": f"Bearer {self.tokens[register]}", "Content-Type": "application/json"}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            status, text = 0, b""
            try:
                self.connection.request(method, quote(path), orjson.dumps(body), headers)
                response = self.connection.getresponse()
                status, text = response.status, response.read()
            except (OSError, http.client.HTTPException):
                self.connection.close()
            if 200 <= status < 300:
                return orjson.loads(text)
            if (status and status not in (429, 500, 502, 503, 504)) or time.monotonic() > deadline:
                said = text.decode(errors="replace")[:300] or "–"
                raise Wrong(
                    f"Không gian tại {self.url} không nhận ({status or 'không trả lời'}): {said}",
                    f"The space at {self.url} does not take it ({status or 'no answer'}).",
                )
            time.sleep(1)
