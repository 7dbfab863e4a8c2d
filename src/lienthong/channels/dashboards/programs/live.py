"""Live pushes: one process holds every open page's event stream and tells each what moved, within its rights.

A page shows its board's ticket, signed by the web process: which territories and indicators it may see, until when. The
process hears one notice per committed batch, reads the cells that moved in a single query below the oldest running
transaction, and fans them out. Its state is one number, the watermark; a page that was away asks again from its last.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import psycopg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

CHANNEL = "live"
HEARTBEAT_SECONDS = 15
QUEUE = 1000
"""Pushes a slow page may lag behind before it is closed, to come back from its last event."""

MOVED = """
SELECT xid, indicator_id, territory, period, numerator, denominator, rows, computed_at FROM data_warehouse_cell
WHERE xid >= %s AND xid < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint ORDER BY xid
"""
WATERMARK = "SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"


@dataclass(eq=False)
class Page:
    """One open page: what it may see, and what waits to be sent to it."""

    territories: frozenset[str]
    indicators: frozenset[str]
    queue: asyncio.Queue = field(default_factory=lambda: asyncio.Queue(QUEUE))


class Live:
    """The pages of this process and the one listener that feeds them."""

    def __init__(self, dsn: str, key: str) -> None:
        self.dsn, self.key = dsn, key.encode()
        self.pages: set[Page] = set()
        self.watermark = 0

    # --- the listener -----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Listen for ever; a database that goes away is waited for, and nothing is lost, because the watermark stays."""
        while True:
            with contextlib.suppress(psycopg.Error, OSError):
                async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    if not self.watermark:
                        self.watermark = (await (await connection.execute(WATERMARK)).fetchone())[0]
                    await self.push(connection)
                    while True:
                        # Also looks without a notice: a transaction that ran long may hold back what was told before.
                        async for _ in connection.notifies(timeout=1, stop_after=1):
                            pass
                        await self.push(connection)
            await asyncio.sleep(0.5)

    async def push(self, connection: psycopg.AsyncConnection) -> None:
        """Tell every page what moved since the watermark."""
        limit = (await (await connection.execute(WATERMARK)).fetchone())[0]
        if limit <= self.watermark:
            return
        rows = await (await connection.execute(MOVED, [self.watermark])).fetchall()
        rows = [row for row in rows if row[0] < limit]
        self.watermark = limit
        if not rows:
            return
        for page in list(self.pages):
            cells = [
                {
                    "indicator": row[1], "territory": row[2], "period": row[3], "numerator": str(row[4]),
                    "denominator": str(row[5]), "rows": row[6], "at": row[7].isoformat(),
                }
                for row in rows
                if row[1] in page.indicators and row[2] in page.territories
            ]  # fmt: skip
            if not cells:
                continue
            try:
                page.queue.put_nowait((limit, cells))
            except asyncio.QueueFull:
                self.pages.discard(page)

    # --- the pages --------------------------------------------------------------------------------------------------

    async def stream(self, request: Request):
        """``GET /live/board?ticket=…``: server-sent events of the cells a ticket allows."""
        page = self.admit(request.query_params.get("ticket", ""))
        if page is None:
            return PlainTextResponse("The ticket is not valid or has ended; reload the page.", status_code=403)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self.events(page), media_type="text/event-stream", headers=headers)

    async def events(self, page: Page) -> AsyncIterator[bytes]:
        self.pages.add(page)
        try:
            yield b"retry: 1000\n\n"
            while page in self.pages:
                try:
                    watermark, cells = await asyncio.wait_for(page.queue.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                body = json.dumps({"watermark": watermark, "cells": cells}, separators=(",", ":"))
                yield f"id: {watermark}\nevent: cells\ndata: {body}\n\n".encode()
        finally:
            self.pages.discard(page)

    async def health(self, _request: Request):
        return JSONResponse({"pages": len(self.pages), "watermark": self.watermark})

    def admit(self, ticket: str) -> Page | None:
        """The page a ticket stands for; none when its signature or time is not right."""
        body, _, signature = ticket.partition(".")
        if not hmac.compare_digest(sign(self.key, body), signature):
            return None
        try:
            content = json.loads(base64.urlsafe_b64decode(body))
        except ValueError:
            return None
        if content["until"] < time.time():
            return None
        return Page(frozenset(content["territories"]), frozenset(content["indicators"]))


def sign(key: bytes, body: str) -> str:
    """The signature of a ticket's body."""
    return hmac.new(key, f"live:{body}".encode(), hashlib.sha256).hexdigest()


def make_ticket(*, key: str, territories: list[str], indicators: list[str], until: float) -> str:
    """A ticket for one board: what its page may see until a Unix time."""
    content = {"territories": territories, "indicators": indicators, "until": until}
    body = base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()
    return f"{body}.{sign(key.encode(), body)}"


def make_application(*, dsn: str, key: str) -> Starlette:
    """The ASGI application."""
    live = Live(dsn, key)

    @contextlib.asynccontextmanager
    async def lifespan(_application: Starlette):
        listener = asyncio.create_task(live.run())
        yield
        listener.cancel()
        live.pages.clear()

    routes = [Route("/live/board", live.stream), Route("/live/healthz", live.health)]
    return Starlette(routes=routes, lifespan=lifespan)
