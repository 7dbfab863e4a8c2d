"""How soon a fact that was acknowledged stands on the open boards that show it.

    PYTHONPATH=src .venv/bin/python -m benchmarks.channels.dashboards.live [--rate N] [--seconds S] [--boards N] [--dossiers]
        [--keep]

A real space runs with all its processes. A sending system delivers facts to the intake, each a request of its own; boards are
open, one in ten of the country, the others of one province each with its communes. Probes among the facts note when they were
acknowledged and by which transaction; a board has a probe when a push arrives whose watermark lies above that transaction.
With ``--dossiers`` the facts are whole dossiers and the boards show the indicators of public services that a space computes from
them, by month, week, channel, procedure and sector; without, plain facts and two sums.
Beside it in the same run: the same with one fact at a time, which is what the way from process to process costs when nothing
waits.
"""

import argparse
import asyncio
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks import _results
from benchmarks.bootstrap.loops import ROOT, start
from benchmarks.data.registry._sender import DOSSIERS_PATH, PATH, dossier
from benchmarks.data.registry.intake import REGISTER

BY = "system:benchmark"
PROVINCES, COMMUNES = 34, 3321
LIMIT_MILLISECONDS = 500
CONNECTIONS = 800
"""Of the sending systems; each carries one request at a time."""
PROBES_FROM = 8_000_000
WATERMARK = re.compile(rb"id: (\d+)\n")


def prepare() -> str:
    """Declare the register and its indicators, lay the places; a token for the sender."""
    from lienthong.data.registry import services as registry
    from lienthong.data.warehouse import services as warehouse
    from lienthong.kernel import clock

    now = clock.now()
    registry.declare(document=REGISTER, by=BY, at=now)
    pairs = [(f"{code:02}", above) for code in range(PROVINCES) for above in (f"{code:02}", "")]
    for code in range(COMMUNES):
        pairs += [(f"{code:05}", above) for above in (f"{code:05}", f"{code % PROVINCES:02}", "")]
    warehouse.set_places(pairs=pairs)
    for code, numerator in (("facts", {}), ("facts-amount", "amount")):
        warehouse.declare(
            document={
                "code": code, "name": {"vi": code, "en": code}, "definition": {"vi": "", "en": ""}, "unit": "",
                "register": "facts", "direction": "up", "numerator": numerator, "signals": [],
            },
            by=BY, at=now,
        )  # fmt: skip
    _, token = registry.issue_token(
        register="facts", source="main", name="benchmark", expires_at=now + timedelta(days=1), by=BY, at=now
    )
    return token


def communes() -> list[tuple[str, str]]:
    """(commune, province) of the country."""
    from lienthong.foundation.directory import queries as directory
    from lienthong.kernel import clock

    return [(unit.code, unit.parent) for unit in directory.units(level="commune", on=clock.vietnam_date(clock.now()))]


def token_for_dossiers() -> str:
    from lienthong.data.registry import services as registry
    from lienthong.kernel import clock

    now = clock.now()
    _, token = registry.issue_token(
        register="dossiers",
        source="national-portal",
        name="benchmark",
        expires_at=now + timedelta(days=1),
        by=BY,
        at=now,
    )
    return token


def tickets(
    boards: int, key: str, since: int, places: list[tuple[str, str]], shown: list[str]
) -> list[tuple[str, str]]:
    """(territory, ticket) of each board.

    :param places: (commune, province) of dossiers, with the indicators that their boards show; none for plain facts.
    """
    from lienthong.channels.dashboards.programs.live import make_ticket

    places = places or [(f"{code:05}", f"{code % PROVINCES:02}") for code in range(COMMUNES)]
    provinces = sorted({province for _, province in places})
    found = []
    for number in range(boards):
        place = "" if number % 10 == 0 else provinces[number % len(provinces)]
        below = [commune for commune, province in places if province == place]
        territories = ["", *provinces] if not place else [place, *below]
        indicators = shown or (["facts", "facts-amount"] if number % 2 else ["facts"])
        found.append(
            (
                place,
                make_ticket(
                    key=key, territories=territories, indicators=indicators, since=since, until=time.time() + 3600
                ),
            )
        )
    return found


async def listen(socket: str, ticket: str, heard: list[tuple[float, int]]) -> None:
    """One open board: when each push came, and up to which transaction it told."""
    reader, writer = await asyncio.open_unix_connection(socket, limit=2**24)
    writer.write(f"GET /live/board?ticket={ticket} HTTP/1.1\r\nHost: live\r\n\r\n".encode())
    rest = b""
    while data := await reader.read(2**16):
        now = time.perf_counter()
        for found in WATERMARK.finditer(rest + data):
            heard.append((now, int(found[1])))
        rest = data[-24:] if not WATERMARK.search(data[-24:]) else b""


async def probe(
    socket: str, token: str, seconds: float, pause: float, first: int, places: list[tuple[str, str]]
) -> list[tuple[float, int, str]]:
    """Facts sent one after another: when each was acknowledged, its transaction, its province.

    :param places: (commune, province) of dossiers; none for plain facts.
    """
    chance, found = random.Random(7), []  # noqa: S311 - a benchmark repeats itself
    reader, writer = await asyncio.open_unix_connection(socket)
    end, number = time.perf_counter() + seconds, first
    while time.perf_counter() < end:
        if places:
            commune, province = places[chance.randrange(len(places))]
            body, path = dossier(number, [commune]), DOSSIERS_PATH
        else:
            code = chance.randrange(COMMUNES)
            province, path = f"{code % PROVINCES:02}", PATH
            payload = {"id": f"{number:09}", "name": "Probe", "commune": f"{code:05}", "amount": 1}
            body = json.dumps({"payload": payload}).encode()
        writer.write(
            f"PUT {path} HTTP/1.1\r\nHost: intake\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        answer = json.loads(await reader.readexactly(length))
        if "watermark" in answer:
            found.append((time.perf_counter(), answer["watermark"], province))
        number += 1
        await asyncio.sleep(pause)
    return found


def delays(probes, boards: list[tuple[str, list[tuple[float, int]]]]) -> list[float]:
    """Milliseconds from an acknowledgement to each board that shows the fact; 0 where the push was faster than the answer."""
    found = []
    for acknowledged, xid, province in probes:
        for place, heard in boards:
            if place in ("", province):
                shown = next((when for when, mark in heard if mark > xid), None)
                found.append(float("inf") if shown is None else max(0.0, 1000 * (shown - acknowledged)))
    return sorted(found)


def summary(values: list[float]) -> dict:
    at = lambda share: round(values[min(len(values) - 1, int(len(values) * share))], 1) if values else None  # noqa: E731
    return {
        "shown": len(values),
        "p50_milliseconds": at(0.5),
        "p99_milliseconds": at(0.99),
        "worst_milliseconds": at(1),
    }


def processor_seconds() -> dict[str, float]:
    """What each process of the space, with its children, and this one have used of the processors."""
    from lienthong.bootstrap.options import options
    from lienthong.bootstrap.space import Space

    found = {"boards": time.process_time()}
    for name, process in Space(options()).processes().items():
        main = psutil.Process(process["pid"])
        times = [main.cpu_times(), *(child.cpu_times() for child in main.children(recursive=True))]
        found[name] = sum(item.user + item.system for item in times)
    return found


async def measure(
    home: Path, token: str, boards: list[tuple[str, str]], rate: int, seconds: float, places: list[tuple[str, str]]
) -> dict:
    run = home / "run"
    opened = [(place, []) for place, _ in boards]
    listeners = [
        asyncio.create_task(listen(str(run / "live.sock"), ticket, heard))
        for (_, ticket), (_, heard) in zip(boards, opened, strict=True)
    ]
    await asyncio.sleep(2)
    alone = await probe(str(run / "intake.sock"), token, 5, 0.1, PROBES_FROM, places)
    await asyncio.sleep(2)
    communes_told = ",".join(commune for commune, _ in places)
    command = [sys.executable, "-m", "benchmarks.data.registry._sender", str(run / "intake.sock"), token,
               "--rate", str(rate), "--seconds", str(seconds), "--connections", str(CONNECTIONS),
               "--communes", communes_told]  # fmt: skip
    sender = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, cwd=ROOT)
    await sender.stdout.readline()  # it has begun
    used = processor_seconds()
    await asyncio.sleep(1)
    under_load = await probe(str(run / "intake.sock"), token, seconds - 2, 0.05, PROBES_FROM + 100_000, places)
    sent = json.loads((await sender.communicate())[0])
    used = {name: round(after - used[name], 1) for name, after in processor_seconds().items()}
    await asyncio.sleep(5)
    for listener in listeners:
        listener.cancel()
    return {
        "what": "dossiers" if places else "plain facts", "boards": len(boards), "sent": sent,
        "under_load": summary(delays(under_load, opened)),
        "one_at_a_time": summary(delays(alone, opened)), "limit_p99_milliseconds": LIMIT_MILLISECONDS,
        "processor_seconds": used,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--boards", type=int, default=100)
    parser.add_argument("--dossiers", action="store_true")
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="lienthong-benchmark-"))
    home.chmod(0o755)
    try:
        start(home)
        import django

        django.setup()
        from lienthong.data.warehouse import queries as warehouse

        places = communes() if chosen.dossiers else []
        token = token_for_dossiers() if chosen.dossiers else prepare()
        key = (home / "keys" / "session.key").read_text()
        shown = [code for code, item in warehouse.indicators().items() if item.section == "services"] if places else []
        boards = tickets(chosen.boards, key, warehouse.watermark(), places, shown)
        figures = asyncio.run(measure(home, token, boards, chosen.rate, chosen.seconds, places))
    finally:
        subprocess.run([ROOT / "lienthong", "down"], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(home, ignore_errors=True)
    table = Table(title="From an acknowledged fact to the open boards")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), str(value))
    Console().print(table)
    if chosen.keep:
        print(_results.keep(f"channels-dashboards-live{'-dossiers' if chosen.dossiers else ''}", figures))


if __name__ == "__main__":
    main()
