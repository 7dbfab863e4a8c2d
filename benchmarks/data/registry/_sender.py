"""The sending system of the intake benchmark, a process of its own: so many facts a second, each a request with its answer, over
connections that stay open.

Requests are due by the clock, whether or not those before them are answered; a latency is counted from when a request was due,
so that a system that falls behind cannot hide it. It prints ``begun`` when it begins, and one JSON object at the end.
"""

import argparse
import asyncio
import gc
import json
import time
from collections import deque

PATH = "/intake/v1/registers/facts/sources/main/records"
BODY = (
    '{"payload":{"id":"%09d","name":"Nguyễn Văn %d","commune":"%05d","on":"2026-%02d-15","kind":"%c","amount":%d}}'
).encode()


DOSSIERS_PATH = "/intake/v1/registers/dossiers/sources/national-portal/records"
DOSSIER = (
    '{"payload":{"code":"H01.%s-261001-%07d","procedure":"1.%06d","procedure_name":"Thủ tục %d","sector":"S%d","channel":"%s",'
    '"agency":"H01.%s","territory":"%s","state":"returned","received_at":"2026-%02d-%02dT09:00:00+07:00",'
    '"received_on":"2026-%02d-%02d","due_at":"2026-%02d-28T17:00:00+07:00","ended_at":"2026-%02d-27T16:00:00+07:00",'
    '"ended_on":"2026-%02d-27","outcome":"%s","supplements":0,"supplemented":false,"working_days":%d,"legal_days":10,"papers":4,'
    '"papers_reused":%d,"reused":%s,"digitised":true,"fee":20000,"has_fee":true,"paid_online":%s,"electronic_result":true}}'
)


def dossier(number: int, communes: list[str]) -> bytes:
    """A dossier handled to its end, of a commune, one of twenty procedures in five sectors."""
    commune, month, day = communes[number % len(communes)], number % 9 + 1, number % 20 + 1
    late, reused = number % 11 == 0, number % 3
    text = DOSSIER % (
        commune, number % 10_000_000, number % 20, number % 20, number % 5, ("direct", "online", "post")[number % 3], commune,
        commune, month, day, month, day, month, month, month, "late" if late else "on_time", 12 if late else 8, reused,
        "true" if reused else "false", "true" if number % 2 else "false",
    )  # fmt: skip
    return text.encode()


def fact(number: int) -> bytes:
    return BODY % (number, number, number % 3321, number % 12 + 1, b"abc"[number % 3], number % 1000)


class Connection(asyncio.Protocol):
    """One open connection; it carries one request at a time."""

    def __init__(self, sending: "Sending") -> None:
        self.sending, self.read, self.due = sending, b"", 0.0

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.sending.idle.append(self)

    def send(self, body: bytes, due: float) -> None:
        self.due = due
        self.transport.write(b"%b%d\r\n\r\n%b" % (self.sending.head, len(body), body))

    def data_received(self, data: bytes) -> None:
        self.read += data
        head, found, body = self.read.partition(b"\r\n\r\n")
        if not found or len(body) < int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]):
            return
        status = self.read[9:12]
        self.read = b""
        sending = self.sending
        if status in (b"200", b"201"):
            sending.latencies.append(time.perf_counter() - self.due)
        else:
            sending.refused[status.decode()] = sending.refused.get(status.decode(), 0) + 1
        sending.idle.append(self)

    def connection_lost(self, error) -> None:
        self.sending.lost += 1


class Sending:
    def __init__(self, token: str, communes: list[str]) -> None:
        self.body = (lambda number: dossier(number, communes)) if communes else fact
        path = DOSSIERS_PATH if communes else PATH
        head = f"PUT {path} HTTP/1.1\r\nHost: intake\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        self.head = f"{head}Content-Length: ".encode()
        self.idle: deque[Connection] = deque()
        self.latencies: list[float] = []
        self.refused: dict[str, int] = {}
        self.lost = 0

    async def run(self, socket: str, *, first: int, rate: int, seconds: float, connections: int) -> dict:
        loop = asyncio.get_running_loop()
        for _ in range(connections):
            await loop.create_unix_connection(lambda: Connection(self), socket)
        total, sent = int(rate * seconds), 0
        # Told before the clock runs: sending systems are elsewhere, and what they say costs this machine nothing.
        bodies = [self.body(first + number) for number in range(total)]
        print("begun", flush=True)
        begun = time.perf_counter()
        while sent < total:
            due = min(total, int((time.perf_counter() - begun) * rate) + 1)
            while sent < due and self.idle:
                self.idle.popleft().send(bodies[sent], begun + sent / rate)
                sent += 1
            await asyncio.sleep(0.001)
        while len(self.idle) + self.lost < connections:
            await asyncio.sleep(0.001)
        took = time.perf_counter() - begun
        ordered = sorted(self.latencies)
        return {
            "acknowledged": len(ordered), "refused": self.refused, "lost_connections": self.lost,
            "seconds": round(took, 2), "rate": round(len(ordered) / took),
            "p50_milliseconds": round(1000 * ordered[len(ordered) // 2], 1) if ordered else None,
            "p99_milliseconds": round(1000 * ordered[int(len(ordered) * 0.99)], 1) if ordered else None,
            "sender_processor_seconds": round(time.process_time(), 1),
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("socket")
    parser.add_argument("token")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--rate", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument(
        "--communes", help="send dossiers of these communes, by code, instead of plain facts", default=""
    )
    chosen = parser.parse_args()
    gc.disable()  # one run, no circles
    figures = asyncio.run(
        Sending(chosen.token, chosen.communes.split(",") if chosen.communes else []).run(
            chosen.socket, first=chosen.first, rate=chosen.rate, seconds=chosen.seconds, connections=chosen.connections
        )
    )
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
