"""Live pushes: one process holds every open page's event stream and tells each what moved, within its rights.

A page shows its board's ticket, signed by the web process: which territories and indicators it may see, from which moment,
until when. The process hears one notice per committed batch, reads the cells that moved in a single query below the oldest
running transaction, and fans them out. Its state is one number, the watermark. A page that comes, or comes back, is first told
what moved since it was drawn or last heard, so that nothing falls between two connections.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import orjson
import psycopg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from lienthong.data.warehouse.domain import COUNTRY, SMALL

CHANNEL = "live"
HEARTBEAT_SECONDS = 15
PAUSE_SECONDS = 0.05
"""Between two pushes: what moves in it is told together."""
QUEUE = 1000
"""Pushes a slow page may lag behind before it is closed, to come back from its last event."""

MOVED = """
SELECT i.code, v.territory, v.period, v.numerators[i.slot]::text, v.denominators[i.slot]::text, v.rows[i.slot], v.at::text
FROM data_warehouse_sums_version v JOIN data_warehouse_indicator i ON i.family_id = v.family_id
WHERE v.period = '' AND v.xid >= %s AND v.xid < %s AND v.rows[i.slot] IS NOT NULL ORDER BY v.id
"""
"""Of all time, which boards show. What moved more than once comes in the order of its moves."""
MOVED_FOR_A_PAGE = """
SELECT i.code, c.territory, c.period, c.numerators[i.slot]::text, c.denominators[i.slot]::text, c.rows[i.slot],
       c.computed_at::text
FROM data_warehouse_sums c JOIN data_warehouse_indicator i ON i.family_id = c.family_id
WHERE c.period = '' AND c.part = '' AND c.xid >= %s AND c.xid < %s AND c.rows[i.slot] IS NOT NULL
  AND i.code = ANY(%s) AND c.territory = ANY(%s)
"""
HELD_BACK = "SELECT coalesce(max(xid) >= %s, false) FROM data_warehouse_sums_version WHERE period = ''"
WATERMARK = "SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"


@dataclass(eq=False)
class Board:
    """What some open pages show alike: each is told the same."""

    territories: tuple[str, ...]
    indicators: tuple[str, ...]
    guarded: frozenset[str] = frozenset()
    """Indicators about persons whose rows the readers may not see: of these only the country's number is told, and no small one;
    from those of its places a withheld one could be reckoned."""
    pages: set["Page"] = field(default_factory=set)

    @property
    def shown(self) -> tuple:
        """What makes it the same as another."""
        return self.territories, self.indicators, self.guarded

    def cells(self) -> list[tuple[str, str]]:
        """Every (indicator, territory) it shows."""
        return [(indicator, territory) for indicator in self.indicators for territory in self.territories]

    def may_hear(self, row: tuple) -> bool:
        """Whether a moved cell may be told to it."""
        return row[0] not in self.guarded or (row[1] == COUNTRY and not 0 < row[5] < SMALL)


@dataclass(eq=False)
class Page:
    """One open page: its board, from when on it is told, and what waits to be sent to it."""

    board: Board
    since: int
    queue: asyncio.Queue = field(default_factory=lambda: asyncio.Queue(QUEUE))


class Live:
    """The pages of this process and the one listener that feeds them."""

    def __init__(self, dsn: str, key: str) -> None:
        self.dsn, self.key = dsn, key.encode()
        self.boards: dict[tuple, Board] = {}
        """Those that some page shows."""
        self.showing: dict[tuple[str, str], set[Board]] = defaultdict(set)
        """Which of them show a cell."""
        self.watermark = 0
        self.catching_up = asyncio.Lock()

    # --- the listener -----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Listen for ever; a database that goes away is waited for, and nothing is lost, because the watermark stays."""
        while True:
            with contextlib.suppress(psycopg.Error, OSError):
                async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    if not self.watermark:
                        self.watermark = await watermark(connection)
                    while True:
                        await self.push(connection)
                        await asyncio.sleep(PAUSE_SECONDS)
                        if not await self.held_back(connection):
                            async for _ in connection.notifies(timeout=1, stop_after=1):
                                pass
            await asyncio.sleep(0.5)

    async def push(self, connection: psycopg.AsyncConnection) -> None:
        """Tell every page what moved since the watermark."""
        limit = await watermark(connection)
        if limit <= self.watermark:
            return
        rows = await (await connection.execute(MOVED, [self.watermark, limit])).fetchall()
        self.watermark = limit
        told: dict[Board, list[bytes]] = defaultdict(list)
        for row in {row[:2]: row for row in rows}.values():
            if boards := self.showing.get(row[:2]):
                cell = encode(row)
                for board in boards:
                    if board.may_hear(row):
                        told[board].append(cell)
        for board, cells in told.items():
            said = message(limit, cells)
            for page in list(board.pages):
                try:
                    page.queue.put_nowait(said)
                except asyncio.QueueFull:
                    self.leave(page)

    async def held_back(self, connection: psycopg.AsyncConnection) -> bool:
        """Whether cells moved that wait for an older transaction to end before they may be told."""
        return (await (await connection.execute(HELD_BACK, [self.watermark])).fetchone())[0]

    # --- the pages --------------------------------------------------------------------------------------------------

    async def stream(self, request: Request):
        """``GET /live/board?ticket=…``: server-sent events of the cells a ticket allows."""
        page = self.admit(request.query_params.get("ticket", ""))
        if page is None:
            return PlainTextResponse("The ticket is not valid or has ended; reload the page.", status_code=403)
        heard = request.headers.get("last-event-id", "")
        page.since = max(page.since, int(heard) if heard.isdecimal() and len(heard) < 19 else 0)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self.events(page), media_type="text/event-stream", headers=headers)

    async def events(self, page: Page) -> AsyncIterator[bytes]:
        self.join(page)
        try:
            yield b"retry: 1000\n\n"
            yield await self.missed(page)
            while page in page.board.pages:
                try:
                    yield await asyncio.wait_for(page.queue.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield b": still here\n\n"
        finally:
            self.leave(page)

    def join(self, page: Page) -> None:
        standing = self.boards.setdefault(page.board.shown, page.board)
        if standing is page.board and not standing.pages:
            for cell in standing.cells():
                self.showing[cell].add(standing)
        page.board = standing
        standing.pages.add(page)

    def leave(self, page: Page) -> None:
        """Harmless to repeat."""
        board = page.board
        if page not in board.pages:
            return
        board.pages.discard(page)
        if not board.pages:
            del self.boards[board.shown]
            for cell in board.cells():
                self.showing[cell].discard(board)
                if not self.showing[cell]:
                    del self.showing[cell]

    async def missed(self, page: Page) -> bytes:
        """What moved between the drawing of a page, or the last it heard, and now."""
        async with self.catching_up, await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as connection:
            limit = await watermark(connection)
            values = [page.since, limit, list(page.board.indicators), list(page.board.territories)]
            rows = await (await connection.execute(MOVED_FOR_A_PAGE, values)).fetchall()
        return message(limit, [encode(row) for row in rows if page.board.may_hear(row)])

    async def health(self, _request: Request):
        pages = sum(len(board.pages) for board in self.boards.values())
        return JSONResponse({"pages": pages, "watermark": self.watermark})

    def admit(self, ticket: str) -> Page | None:
        """The page a ticket stands for; none when its signature or time is not right."""
        body, _, signature = ticket.partition(".")
        if not hmac.compare_digest(sign(self.key, body).encode(), signature.encode()):
            return None
        content = orjson.loads(base64.urlsafe_b64decode(body))
        if content["until"] < time.time():
            return None
        shown = tuple(content["territories"]), tuple(content["indicators"]), frozenset(content.get("guarded", ()))
        return Page(Board(*shown), content["since"])


async def watermark(connection: psycopg.AsyncConnection) -> int:
    """Below this transaction number everything has been decided."""
    return (await (await connection.execute(WATERMARK)).fetchone())[0]


def encode(row: tuple) -> bytes:
    """A cell as JSON."""
    indicator, territory, period, numerator, denominator, rows, at = row
    return orjson.dumps({
        "indicator": indicator, "territory": territory, "period": period, "numerator": numerator, "denominator": denominator,
        "rows": rows, "at": _iso(at),
    })  # fmt: skip


@lru_cache(64)
def _iso(at: str) -> str:
    """A moment as PostgreSQL writes it, as JavaScript reads it."""
    return datetime.fromisoformat(at).isoformat()


def message(limit: int, cells: list[bytes]) -> bytes:
    """One server-sent event: what moved, and the watermark up to which the page has heard everything."""
    return b'id: %d\nevent: cells\ndata: {"watermark":%d,"cells":[%b]}\n\n' % (limit, limit, b",".join(cells))


def sign(key: bytes, body: str) -> str:
    """The signature of a ticket's body."""
    return hmac.new(key, f"live:{body}".encode(), hashlib.sha256).hexdigest()


def make_ticket(
    *,
    key: str,
    territories: list[str],
    indicators: list[str],
    since: int,
    until: float,
    guarded: list[str] | None = None,
) -> str:
    """A ticket for one board: what its page may see until a Unix time, told from a watermark on."""
    content = {
        "territories": territories, "indicators": indicators, "since": since, "until": until, "guarded": guarded or [],
    }  # fmt: skip
    body = base64.urlsafe_b64encode(orjson.dumps(content)).decode()
    return f"{body}.{sign(key.encode(), body)}"


def make_application(*, dsn: str, key: str) -> Starlette:
    """The ASGI application."""
    live = Live(dsn, key)

    @contextlib.asynccontextmanager
    async def lifespan(_application: Starlette):
        listener = asyncio.create_task(live.run())
        yield
        listener.cancel()
        for board in live.boards.values():
            board.pages.clear()

    routes = [Route("/live/board", live.stream), Route("/live/healthz", live.health)]
    return Starlette(routes=routes, lifespan=lifespan)
