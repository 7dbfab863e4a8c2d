"""Fact intake: takes facts one by one over HTTP and commits them in groups, because a transaction is dear and a row is cheap.

A request is judged as it comes and stands in a bounded line. One writer takes from the line what is there, writes it in one
transaction and then answers each request; meanwhile the next ones are judged. Of two facts of one key the later goes with
the next group. A group that the database refuses is divided until the fact that is to blame stands alone.

Nothing is kept here: what was not answered was not confirmed, and whoever sends it again doubles nothing.
"""

import asyncio
import contextlib
import logging
import re
import time
from collections import deque
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

import orjson
import psycopg
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lienthong.data.registry import domain
from lienthong.data.registry.programs._group import Sender, write
from lienthong.kernel import clock
from lienthong.kernel.errors import NotFound, Refusal
from lienthong.kernel.ids import uuid7

log = logging.getLogger(__name__)

GROUP = 1000
"""Facts of one transaction at most."""
GATHER_SECONDS = 0.015
"""How long a group waits for company."""
BUSY, BUSY_SECONDS = 100, 0.025
"""After a group of so many facts the next one waits so long: many groups a second would cost more than their facts."""
QUEUE = 4000
"""Facts in line before others are told to come later."""
TOKEN_SECONDS = 1.0
"""How long a token is believed before it is looked up again."""
LATER_SECONDS = 1
"""When to come again, as the answer says it."""
FACTS = re.compile(r"/intake/v1/registers/(?P<register>[^/]+)/sources/(?P<source>[^/]+)/records")
FAULTS_OF_FACTS = {"22", "23", "54"}
"""Classes of SQLSTATE that lie in what was sent: data, constraints, limits of what can be kept."""
CONNECTION = {"autocommit": True, "application_name": "intake", "connect_timeout": 5}

SENDER = """
SELECT t.id, s.id, g.key, s.key, g.id, g.declared_at FROM data_registry_intake_token t
JOIN data_registry_source s ON s.id = t.source_id JOIN data_registry_register g ON g.id = s.register_id
WHERE t.hash = %s AND t.revoked_at IS NULL AND t.expires_at > %s
"""
DECLARATION = "SELECT declaration FROM data_registry_register WHERE id = %s"


@dataclass(eq=False, slots=True)
class Fact:
    """One judged fact in line, and the request that waits for it."""

    sender: Sender
    incoming: domain.Incoming
    answer: asyncio.Future[tuple[int, domain.Taken]] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def place(self) -> tuple[int, str]:
        return self.sender.source_id, self.incoming.key

    def settle(self, xid: int, outcome: domain.Taken | Refusal) -> None:
        """Answer the request, if somebody still waits for it."""
        if self.answer.done():
            return
        if isinstance(outcome, Refusal):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result((xid, outcome))


class Senders:
    """Who stands behind a token, as the table said at most a second ago."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.connection: psycopg.AsyncConnection | None = None
        self.one_at_a_time = asyncio.Lock()
        self.known: dict[bytes, tuple[float, Sender]] = {}
        self.declarations: dict[int, tuple[Any, domain.Declaration]] = {}

    async def behind(self, authorization: bytes) -> Sender:
        """The sender of a request.

        :raises domain.TokenRefused: the token is not one, or not any more.
        :raises domain.IntakeAway: the table cannot be read.
        """
        if (sender := self._remembered(authorization)) is not None:
            return sender
        async with self.one_at_a_time:
            if (sender := self._remembered(authorization)) is not None:
                return sender
            self.known.pop(authorization, None)
            looked_up = time.monotonic()
            try:
                sender = await self._look_up(authorization)
            except (psycopg.Error, OSError) as error:
                self.connection = None
                raise domain.IntakeAway(seconds=LATER_SECONDS) from error
            self.known[authorization] = (looked_up, sender)
            return sender

    def _remembered(self, authorization: bytes) -> Sender | None:
        looked_up, sender = self.known.get(authorization, (0.0, None))
        return sender if looked_up > time.monotonic() - TOKEN_SECONDS else None

    async def _look_up(self, authorization: bytes) -> Sender:
        scheme, _, token = authorization.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            raise domain.TokenRefused
        if self.connection is None or self.connection.closed:
            self.connection = await psycopg.AsyncConnection.connect(self.dsn, **CONNECTION)
        found = await self.connection.execute(SENDER, [domain.token_hash(token.strip()), clock.now()])
        row = await found.fetchone()
        if row is None:
            raise domain.TokenRefused
        *who, register_id, declared_at = row
        declared, declaration = self.declarations.get(register_id, (None, None))
        if declared != declared_at:
            (document,) = await (await self.connection.execute(DECLARATION, [register_id])).fetchone()
            declaration = domain.Declaration.parse(document)
            self.declarations[register_id] = declared_at, declaration
        return Sender(*who, declaration)


class Intake:
    """The line of this process and the one writer that serves it. An ASGI application of its own: at thousands of requests
    a second the comforts of a framework would cost more than the work."""

    def __init__(self, dsn: str, queue: int) -> None:
        self.dsn, self.limit = dsn, queue
        self.senders = Senders(dsn)
        self.line: deque[Fact] = deque()
        self.filled = asyncio.Event()
        self.last = 0
        """Facts of the last group."""
        self.is_away = True

    # --- requests ---------------------------------------------------------------------------------------------------

    async def __call__(self, scope, receive, send) -> None:
        """``PUT /intake/v1/registers/{register}/sources/{source}/records``: one fact."""
        headers = dict(scope["headers"])
        try:
            xid, taken = await self.take(FACTS.fullmatch(scope["path"]), headers, receive)
        except Refusal as refusal:
            await problem(refusal, scope["path"], headers)(scope, receive, send)
            return
        body = orjson.dumps({"key": taken.key, "version": taken.version, "changed": taken.written, "watermark": xid})
        head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 201 if taken.new else 200, "headers": head})
        await send({"type": "http.response.body", "body": body})

    async def take(self, place: re.Match[str], headers: dict[bytes, bytes], receive) -> tuple[int, domain.Taken]:
        """Judge a fact, let it stand in line, wait for its commit: the number of the transaction, and what became of it.

        :raises Refusal: it is not taken, and why.
        """
        sender = await self.senders.behind(headers.get(b"authorization", b""))
        if (place["register"], place["source"]) != (sender.register, sender.source):
            own, asked = f"{sender.register}/{sender.source}", f"{place['register']}/{place['source']}"
            raise domain.OtherSource(own=own, asked=asked)
        if self.is_away:
            raise domain.IntakeAway(seconds=LATER_SECONDS)
        if len(self.line) >= self.limit:
            raise domain.IntakeFull(seconds=LATER_SECONDS)
        payload, version = domain.read_fact(await read_body(headers, receive))
        fact = Fact(sender, replace(sender.declaration.prepare(payload), version=version))
        self.line.append(fact)
        self.filled.set()
        return await fact.answer

    async def health(self, _request: Request) -> Response:
        """``GET /intake/healthz``: 503 while the database is away."""
        return JSONResponse({"waiting": len(self.line)}, status_code=503 if self.is_away else 200)

    # --- the writer -------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Write for ever. A database that goes away is waited for; who waits meanwhile is told to come again."""
        while True:
            group: list[Fact] = []
            try:
                async with await psycopg.AsyncConnection.connect(self.dsn, **CONNECTION) as connection:
                    self.is_away = False
                    while True:
                        group = await self.next_group()
                        await self.write(connection, group)
            except Exception:
                log.exception("facts cannot be written; trying again")
            self.is_away = True
            for fact in (*group, *self.line):
                fact.settle(0, domain.IntakeAway(seconds=LATER_SECONDS))
            self.line.clear()
            await asyncio.sleep(LATER_SECONDS / 2)

    async def next_group(self) -> list[Fact]:
        """What is in line, each key once; the rest keeps its place."""
        await self.filled.wait()
        if len(self.line) < GROUP:
            await asyncio.sleep(GATHER_SECONDS if self.last < BUSY else BUSY_SECONDS)
        group: dict[tuple[int, str], Fact] = {}
        later = []
        while self.line and len(group) < GROUP:
            fact = self.line.popleft()
            if fact.place in group:
                later.append(fact)
            else:
                group[fact.place] = fact
        self.line.extendleft(reversed(later))
        if not self.line:
            self.filled.clear()
        self.last = len(group)
        return list(group.values())

    async def write(self, connection: psycopg.AsyncConnection, group: list[Fact]) -> None:
        """Write a group and answer its requests; what the database refuses is found by halving.

        :raises Exception: the database is away, or this program has a fault; some of the group may not be answered yet.
        """
        try:
            xid, outcomes = await write(connection, [(fact.sender, fact.incoming) for fact in group], at=clock.now())
        except psycopg.Error as error:
            if (error.sqlstate or "")[:2] not in FAULTS_OF_FACTS:
                raise
            if len(group) == 1:
                group[0].settle(0, domain.NotStorable(key=group[0].incoming.key, problem=error.diag.message_primary))
                return
            half = len(group) // 2
            await self.write(connection, group[:half])
            await self.write(connection, group[half:])
        else:
            for fact, outcome in zip(group, outcomes, strict=True):
                fact.settle(xid, outcome)


async def read_body(headers: dict[bytes, bytes], receive) -> bytes:
    """The body of a request.

    :raises domain.FactTooLarge: it is, or says it is, beyond the limit.
    """
    limit = domain.FACT_KILOBYTES * 1024
    said = headers.get(b"content-length", b"0")
    if said.isdigit() and int(said) > limit:
        raise domain.FactTooLarge(kilobytes=domain.FACT_KILOBYTES)
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise domain.FactTooLarge(kilobytes=domain.FACT_KILOBYTES)
    return body


def problem(refusal: Refusal, path: str, headers: dict[bytes, bytes]) -> Response:
    """A refusal as the main API answers it (RFC 9457)."""
    language = "en" if headers.get(b"accept-language", b"vi")[:2] == b"en" else "vi"
    trace = uuid7().hex
    body = {
        "type": f"/problems/{refusal.code}",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.text(language),
        "code": refusal.code,
        "instance": path,
        "trace_id": trace,
    }
    more = {"Content-Language": language, "X-Trace-Id": trace}
    if "seconds" in refusal.data:
        more["Retry-After"] = str(refusal.data["seconds"])
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        more["WWW-Authenticate"] = "Bearer"
    return Response(orjson.dumps(body), refusal.status, more, media_type="application/problem+json")


async def nowhere(request: Request, _error: HTTPException) -> Response:
    """Any other address or method."""
    return problem(NotFound(what=request.url.path), request.url.path, dict(request.headers.raw))


class Application(Starlette):
    """Facts go straight to their line; what is rare goes the framework's way."""

    def __init__(self, intake: Intake, **given: Any) -> None:
        super().__init__(routes=[Route("/intake/healthz", intake.health)], **given)
        self.intake = intake

    async def __call__(self, scope, receive, send) -> None:
        is_fact = scope["type"] == "http" and scope["method"] == "PUT" and FACTS.fullmatch(scope["path"])
        await (self.intake if is_fact else super().__call__)(scope, receive, send)


def make_application(*, dsn: str, queue: int = QUEUE) -> Starlette:
    """The ASGI application."""
    intake = Intake(dsn, queue)

    @contextlib.asynccontextmanager
    async def lifespan(_application: Starlette):
        writer = asyncio.create_task(intake.run())
        yield
        writer.cancel()

    return Application(intake, lifespan=lifespan, exception_handlers={404: nowhere, 405: nowhere})
