"""How fast boards open while two hundred people look at them.

    PYTHONPATH=src:. python -m benchmarks.channels.dashboards.pages [--viewers N] [--seconds S] [--keep]

A real space with all its processes holds a simulated year. Viewers of four accounts open the country's board, boards of provinces
and communes, sectors and numbers, each again after a pause of ten seconds on average; every answer is read to its end through the
front. Beside it in the same run: one viewer alone, which is what a page costs when nobody else asks.
"""

import argparse
import asyncio
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks import _results
from benchmarks.bootstrap.loops import ROOT, start
from lienthong.bootstrap.options import options
from lienthong.bootstrap.space import Space

PASSWORD = "lienthong-mau-2026"  # noqa: S105 - of sample spaces only
PAUSE_SECONDS = 10
LIMIT_MILLISECONDS = 200
QUIET_SECONDS = 20
MOST_SECONDS_OF_ANALYSIS = 1200
BOARDS = ("/boards", "/boards/sector/services", "/boards/01", "/boards/40", "/boards/79", "/boards/75")
PAGES = {
    "lanh-dao-tw": BOARDS, "bo-truong": BOARDS, "kiem-toan": BOARDS, "chu-tich-tinh": ("/boards/75", "/boards/26368"),
}  # fmt: skip
NUMBERS = ("/indicators/dossiers-on-time", "/indicators/dossiers-received", "/indicators/online-share/40")


async def ask(port: int, method: str, path: str, cookie: str, body: str = "") -> tuple[int, dict[str, str], bytes]:
    """One request on a connection of its own; status, headers, body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\nCookie: {cookie}\r\n"
    if body:
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nReferer: http://localhost:{port}/\r\n"
    writer.write(f"{head}\r\n{body}".encode())
    answer = await reader.read()
    writer.close()
    top, _, rest = answer.partition(b"\r\n\r\n")
    lines = top.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(": ")
        headers[name.lower()] = f"{headers[name.lower()]}\n{value}" if name.lower() in headers else value
    return int(lines[0].split()[1]), headers, rest


def cookies(headers: dict[str, str]) -> dict[str, str]:
    return dict(item.split(";")[0].split("=", 1) for item in headers.get("set-cookie", "").split("\n") if "=" in item)


async def sign_in(port: int, username: str) -> str:
    """The cookies of a signed-in account."""
    _, headers, page = await ask(port, "GET", "/sign-in", "")
    known = cookies(headers)
    token = page.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    sent = urlencode({"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token})
    jar = "; ".join(f"{name}={value}" for name, value in known.items())
    status, headers, _ = await ask(port, "POST", "/sign-in", jar, sent)
    if status != 302:
        raise SystemExit(f"{username} cannot sign in: {status}")
    return "; ".join(f"{name}={value}" for name, value in (known | cookies(headers)).items())


async def open_page(port: int, path: str, jar: str, found: dict[str, list[float]]) -> None:
    begun = time.perf_counter()
    status, _, _ = await ask(port, "GET", path, jar)
    if status != 200:
        raise SystemExit(f"{path}: {status}")
    found["boards" if path.startswith("/boards") else "numbers"].append(1000 * (time.perf_counter() - begun))


async def viewer(port: int, jar: str, pages: tuple[str, ...], end: float, chance, found) -> None:
    await asyncio.sleep(chance.uniform(0, PAUSE_SECONDS))
    while time.perf_counter() < end:
        path = chance.choice(NUMBERS) if chance.random() < 0.1 and len(pages) > 2 else chance.choice(pages)
        await open_page(port, path, jar, found)
        await asyncio.sleep(chance.expovariate(1 / PAUSE_SECONDS))


def quiet_down() -> None:
    """Wait until the year that came has been taken up and analysed: what is measured is a day like others."""
    space = Space(options())
    end = time.monotonic() + MOST_SECONDS_OF_ANALYSIS
    while time.monotonic() < end:
        before = processor_seconds(space)
        time.sleep(QUIET_SECONDS)
        if processor_seconds(space) - before < 0.1 * QUIET_SECONDS:
            return
    raise SystemExit("the space does not come to rest")


def processor_seconds(space: Space) -> float:
    """What everything in a space has used of the processors."""
    used = 0.0
    for process in space.processes().values():
        main = psutil.Process(process["pid"])
        for item in (main, *main.children(recursive=True)):
            times = item.cpu_times()
            used += times.user + times.system
    return used


async def measure(port: int, viewers: int, seconds: float) -> dict:
    chance = random.Random(3)  # noqa: S311 - a benchmark repeats itself
    jars = {name: await sign_in(port, name) for name in PAGES}
    alone: dict[str, list[float]] = {"boards": [], "numbers": []}
    for path in (*BOARDS, *NUMBERS) * 6:
        await open_page(port, path, jars["lanh-dao-tw"], alone)
    found: dict[str, list[float]] = {"boards": [], "numbers": []}
    end = time.perf_counter() + seconds
    names = list(PAGES)
    people = [names[number % len(names)] for number in range(viewers)]
    await asyncio.gather(*(viewer(port, jars[name], PAGES[name], end, chance, found) for name in people))
    return {
        "viewers": viewers, "seconds": seconds, "boards_opened": len(found["boards"]),
        "boards": summary(found["boards"]), "numbers": summary(found["numbers"]),
        "boards_alone": summary(alone["boards"]), "numbers_alone": summary(alone["numbers"]),
        "ratio_p95_to_alone_p50": round(
            summary(found["boards"])["p95_milliseconds"] / summary(alone["boards"])["p50_milliseconds"], 2
        ),
        "limit_p95_milliseconds": LIMIT_MILLISECONDS,
    }  # fmt: skip


def summary(values: list[float]) -> dict:
    values = sorted(values)
    at = lambda share: round(values[min(len(values) - 1, int(len(values) * share))], 1)  # noqa: E731
    return {"p50_milliseconds": at(0.5), "p95_milliseconds": at(0.95), "p99_milliseconds": at(0.99)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--dossiers", type=int, default=60_000)
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="lienthong-benchmark-"))
    home.chmod(0o755)
    try:
        start(home)
        year = home / "a-year"
        for given in (["make", "--seed", "5", "--out", year, "--dossiers", str(chosen.dossiers)], ["feed", year]):
            subprocess.run([ROOT / "lienthong", "year", *given], check=True, stdout=subprocess.DEVNULL)
        quiet_down()
        figures = asyncio.run(measure(options().port, chosen.viewers, chosen.seconds))
    finally:
        subprocess.run([ROOT / "lienthong", "down"], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(home, ignore_errors=True)
    table = Table(title="Boards while people look at them")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), str(value))
    Console().print(table)
    if chosen.keep:
        print(_results.keep("channels-dashboards-pages", figures))


if __name__ == "__main__":
    sys.exit(main())
