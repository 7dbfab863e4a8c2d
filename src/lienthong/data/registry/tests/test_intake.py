"""The intake against its promises: what is acknowledged is there, once, with its act and its event, whatever happens."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from lienthong.bootstrap.options import ROOT, options
from lienthong.data.registry import domain, models, services, testing
from lienthong.data.registry.programs.intake import make_application
from lienthong.foundation.audit.models import RecordRow
from lienthong.foundation.outbox.models import EventRow
from lienthong.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = "/intake/v1/registers/people/sources/own/records"


def dsn() -> str:
    return options().dsn.replace("/lienthong?", f"/{connection.settings_dict['NAME']}?")


@contextmanager
def program(folder: Path) -> Iterator[tuple[Path, subprocess.Popen]]:
    """The intake as a space runs it, on a socket of its own."""
    socket = folder / "intake.sock"
    command = [
        sys.executable,
        "-m",
        "granian",
        "--no-ws",
        "--log-level",
        "warning",
        "--interface",
        "asgi",
        "--workers",
        "1",
    ]
    process = subprocess.Popen(
        [*command, "--uds", socket, "--backpressure", "8192", "lienthong.bootstrap.intake:application"],
        env=os.environ | {"DATABASE_URL": dsn(), "PYTHONPATH": str(ROOT / "src")},
        start_new_session=True,
    )
    try:
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://intake") as client:
            deadline = time.monotonic() + 30
            while not (socket.exists() and answers(client)):
                assert time.monotonic() < deadline, "the intake did not start"
                time.sleep(0.05)
        yield socket, process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/intake/healthz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def running(django_db_setup, tmp_path_factory) -> Iterator[Path]:
    with program(tmp_path_factory.mktemp("intake")) as (socket, _):
        yield socket


@pytest.fixture
def token(transactional_db) -> str:
    """A token for the people's own source."""
    testing.declare()
    return issue()


def issue(source: str = "own", days: float = 1) -> str:
    now = clock.now()
    _, token = services.issue_token(
        register="people",
        source=source,
        name="Hệ thống mẫu",
        expires_at=now + timedelta(days=days),
        by="system:test",
        at=now,
    )
    return token


@asynccontextmanager
async def client_of(transport, token: str):
    if isinstance(transport, Path):
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
        transport = httpx.AsyncHTTPTransport(uds=str(transport), limits=limits)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://intake", headers=headers, timeout=30, trust_env=False
    ) as client:
        yield client


def send(transport, token: str, facts: list[dict], *, path: str = PEOPLE, **headers: str) -> list[httpx.Response]:
    """Send facts, a hundred at once; the answers in their order."""
    replies: dict[int, httpx.Response] = {}

    async def work() -> None:
        waiting = iter(enumerate(facts))
        async with client_of(transport, token) as client:

            async def sender() -> None:
                for number, fact in waiting:
                    replies[number] = await client.put(path, json=fact, headers=headers)

            await asyncio.gather(*(sender() for _ in range(100)))

    asyncio.run(work())
    return [replies[number] for number in range(len(facts))]


def person(number: int, *, version: int | None = None, **fields) -> dict:
    fact = {"payload": testing.person(number, **fields)}
    return fact if version is None else fact | {"version": version}


def acts() -> list[RecordRow]:
    return list(RecordRow.objects.filter(action="data.registry.accept").order_by("seq"))


def told() -> list[dict]:
    return [row.payload for row in EventRow.objects.filter(name="data.registry.records_versioned.v1").order_by("id")]


def test_what_is_acknowledged_is_there_with_its_act_and_its_event(running, token):
    replies = send(running, token, [person(number) for number in range(300)])
    assert {reply.status_code for reply in replies} == {201}
    bodies = {reply.json()["key"]: reply.json() for reply in replies}
    stored = {row.key: row for row in models.Record.objects.all()}
    assert stored.keys() == bodies.keys()
    assert len(stored) == 300
    for key, row in stored.items():
        assert bodies[key] == {"key": key, "version": row.version, "changed": True, "watermark": row.xid}
    id = models.IntakeToken.objects.get().id
    assert {(act.by, act.subject) for act in acts()} == {(f"intake:{id}", f"record:people:{key}") for key in stored}
    assert {event["xid"] for event in told()} == {row.xid for row in stored.values()}
    assert sum(event["new"] for event in told()) == 300
    assert len(told()) < 300, "facts that come together are committed together"
    assert models.Source.objects.get(key="own").records == 300


def test_the_same_again_changes_nothing(running, token):
    send(running, token, [person(1)])
    (reply,) = send(running, token, [person(1)])
    assert (reply.status_code, reply.json()["version"], reply.json()["changed"]) == (200, 1, False)
    assert (len(acts()), len(told())) == (1, 1)


def test_only_a_higher_version_is_taken(running, token):
    send(running, token, [person(1, version=5)])
    (reply,) = send(running, token, [person(1, name="Người khác", version=5)])
    assert (reply.status_code, reply.json()["code"]) == (409, "registry.version_conflict")
    assert reply.headers["content-type"] == "application/problem+json"
    (reply,) = send(running, token, [person(1, name="Người khác", version=6)])
    assert (reply.status_code, reply.json()["version"], reply.json()["changed"]) == (200, 6, True)


def test_a_bad_fact_does_not_fail_its_neighbours(running, token):
    send(running, token, [person(30, name="Trước", version=domain.HIGHEST_VERSION)])
    facts = [person(number) for number in range(60)]
    facts[7] = {"payload": {"id": "999000000007"}}
    # The thirtieth fits its schema, but there is no next version: only the database finds that out.
    facts[45] = {"payload": 7}
    replies = send(running, token, facts)
    refused = {number: reply for number, reply in enumerate(replies) if reply.status_code != 201}
    assert {number: (reply.status_code, reply.json()["code"]) for number, reply in refused.items()} == {
        7: (422, "registry.record_refused"), 30: (422, "registry.not_storable"), 45: (422, "registry.fact_unreadable"),
    }  # fmt: skip
    assert len(acts()) == models.Record.objects.count() == 57 + 1


def test_facts_of_one_key_sent_together_have_a_version_each(running, token):
    replies = send(running, token, [person(1, name=f"Tên {number}") for number in range(20)])
    assert sorted(reply.json()["version"] for reply in replies) == list(range(1, 21))
    by_version = {row.version: row.payload["name"] for row in models.Record.objects.all()}
    for number, reply in enumerate(replies):
        assert by_version[reply.json()["version"]] == f"Tên {number}"


@pytest.mark.slow
def test_only_a_standing_token_opens(running, token):
    assert send(running, token, [person(1)])[0].status_code == 201
    for wrong in ("", "lti_wrong", issue(days=-1)):
        (reply,) = send(running, wrong, [person(2)])
        assert (reply.status_code, reply.json()["code"]) == (401, "registry.token_refused")
        assert reply.headers["www-authenticate"] == "Bearer"
    call_command("intake", "revoke", str(models.IntakeToken.objects.order_by("created_at").first().id))
    time.sleep(1.1)
    assert send(running, token, [person(3)])[0].status_code == 401
    actions = RecordRow.objects.filter(subject__startswith="token:").order_by("seq").values_list("action", flat=True)
    assert list(actions) == ["data.registry.issue_token", "data.registry.issue_token", "data.registry.revoke_token"]
    assert models.Record.objects.count() == 1


def test_a_token_is_for_one_source(running, token):
    (reply,) = send(running, issue("other"), [person(1)])
    assert (reply.status_code, reply.json()["code"]) == (403, "registry.other_source")


def test_refusals_are_told_in_the_language_asked_for(running, token):
    (vi,) = send(running, "", [person(1)])
    (en,) = send(running, "", [person(1)], **{"Accept-Language": "en-GB,en"})
    assert vi.json()["detail"] == domain.TokenRefused().text("vi")
    assert en.json()["detail"] == domain.TokenRefused().text("en")
    assert vi.json()["instance"] == PEOPLE


def test_other_addresses_and_bodies_too_large_are_refused(running, token):
    assert send(running, token, [person(1)], path="/intake/v1/people")[0].json()["code"] == "not_found"
    (reply,) = send(running, token, [person(1, name="N" * 70_000)])
    assert (reply.status_code, reply.json()["code"]) == (413, "registry.fact_too_large")


def test_the_command_issues_a_token_and_lists_it_without_its_secret(running, token, capsys):
    call_command("intake", "token", "people", "own", "--name", "Một cửa", "--days", "30")
    issued = capsys.readouterr().out.strip()
    assert send(running, issued, [person(1)])[0].status_code == 201
    call_command("intake", "list")
    listed = capsys.readouterr().out
    assert "people/own  Một cửa" in listed
    assert issued not in listed
    assert not models.IntakeToken.objects.filter(hash=issued.encode()).exists()


@pytest.mark.slow
def test_killed_in_the_middle_it_loses_nothing_it_acknowledged_and_doubles_nothing(token, tmp_path):
    facts = [person(number, version=1) for number in range(1200)]
    acknowledged: dict[str, int] = {}

    async def stream(socket: Path, process: subprocess.Popen) -> None:
        async with client_of(socket, token) as client:
            waiting = iter(facts)

            async def sender() -> None:
                for fact in waiting:
                    reply = await client.put(PEOPLE, json=fact)
                    acknowledged[reply.json()["key"]] = reply.json()["version"]
                    if len(acknowledged) == 400:
                        os.killpg(process.pid, signal.SIGKILL)

            await asyncio.gather(*(sender() for _ in range(100)), return_exceptions=True)

    with program(tmp_path) as (socket, process):
        asyncio.run(stream(socket, process))
    assert 400 <= len(acknowledged) < 1200
    assert acknowledged.items() <= dict(models.Record.objects.values_list("key", "version")).items()
    socket.unlink()
    with program(tmp_path) as (socket, _):
        replies = send(socket, token, facts)
    assert {reply.status_code for reply in replies} == {200, 201}
    assert models.Record.objects.count() == len(acts()) == sum(event["new"] for event in told()) == 1200
    assert models.Source.objects.get(key="own").records == 1200


@pytest.mark.slow
def test_the_services_write_to_the_same_source_meanwhile(running, token):
    def through_the_services() -> None:
        for number in range(60):
            services.accept(
                register="people", source="own", payload=testing.person(number % 20, name=f"Chậm {number}"),
                by="system:test", at=clock.now(),
            )  # fmt: skip
        connection.close()

    other = threading.Thread(target=through_the_services)
    other.start()
    replies = []
    while other.is_alive() or not replies:
        begun = len(replies)
        replies += send(running, token, [person(number % 20, name=f"Nhanh {begun + number}") for number in range(60)])
    other.join()
    assert {reply.status_code for reply in replies} <= {200, 201}
    versions: dict[str, list[int]] = {}
    for key, version in models.Record.objects.order_by("version").values_list("key", "version"):
        versions.setdefault(key, []).append(version)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())
    assert sum(map(len, versions.values())) == len(acts()) == 60 + len(replies)
    assert models.Source.objects.get(key="own").records == 20


@pytest.mark.slow
def test_it_writes_what_the_services_write(running, transactional_db):
    """The same random story told to one source through the services and to another through the intake."""
    testing.declare(valid_from="born")
    token, chance = issue("other"), random.Random(5)
    for _ in range(150):
        day = chance.choice([None, *(f"2020-01-{day:02}" for day in range(1, 9))])
        payload = testing.person(
            chance.randrange(4), name=f"Tên {chance.randrange(3)}", **({"born": day} if day else {})
        )
        version = chance.choice([None, None, chance.randrange(1, 60)])
        try:
            taken = services.accept(
                register="people", source="own", payload=payload, version=version, by="system:test", at=clock.now()
            )
            expected = (201 if taken.new else 200, taken.version, taken.written)
        except domain.VersionConflict as refusal:
            expected = (409, refusal.text("vi"))
        fact = {"payload": payload} | ({"version": version} if version else {})
        (reply,) = send(running, token, [fact], path=PEOPLE.replace("own", "other"))
        body = reply.json()
        found = (
            (409, body["detail"]) if reply.status_code == 409 else (reply.status_code, body["version"], body["changed"])
        )
        assert found == expected

    def rows(source: str) -> list[tuple]:
        names = ("key", "version", "payload", "digest", "territory", "search", "valid_from", "valid_to", "closed", "late",
                 "raw", "import_id")  # fmt: skip
        rows = (
            models.Record.objects.filter(source__key=source).order_by("key", "version").values_list(*names, "known_to")
        )
        return [(*row[:3], bytes(row[3]), *row[4:-1], row[-1] is None) for row in rows]

    assert rows("own") == rows("other")
    assert any(row[9] for row in rows("own")), "the story tells of the past too"
    own, other = (
        [(act.subject, act.reason, act.about, act.details) for act in acts() if act.by.startswith(by)]
        for by in ("system", "intake")
    )
    assert own == other
    own, other = (
        [(event["new"], event["changed"]) for event in told() if event["source"] == name] for name in ("own", "other")
    )
    assert own == other


def test_a_full_line_asks_to_come_later(token):
    async def work() -> list[httpx.Response]:
        application = make_application(dsn=dsn(), queue=2)
        async with (
            application.router.lifespan_context(application),
            client_of(httpx.ASGITransport(application), token) as client,
        ):
            await until_open(client)
            first = asyncio.create_task(client.put(PEOPLE, json=person(0)))
            await asyncio.sleep(0.2)  # the writer has taken it, and waits
            others = [asyncio.create_task(client.put(PEOPLE, json=person(number))) for number in range(1, 6)]
            await asyncio.sleep(0.2)
            held.set()
            return await asyncio.gather(first, *others)

    held = threading.Event()
    locked = threading.Event()
    holder = threading.Thread(target=hold_source, args=(models.Source.objects.get(key="own").id, locked, held))
    holder.start()
    locked.wait(10)
    try:
        replies = asyncio.run(work())
    finally:
        held.set()
        holder.join()
    assert sorted(reply.status_code for reply in replies) == [201, 201, 201, 429, 429, 429]
    assert {reply.headers["retry-after"] for reply in replies if reply.status_code == 429} == {"1"}


def hold_source(source: int, locked: threading.Event, until: threading.Event) -> None:
    """Be someone who writes to a source for a while."""
    from lienthong.data.registry.programs import _statements

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_statements.LOCK, {"source": source})
        locked.set()
        until.wait(20)
    connection.close()


async def until_open(client: httpx.AsyncClient) -> None:
    deadline = time.monotonic() + 10
    while (await client.get("/intake/healthz")).status_code != 200:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


@pytest.mark.slow
def test_a_database_that_goes_away_is_waited_for(token):
    statuses = []

    async def work() -> None:
        application = make_application(dsn=dsn())
        async with (
            application.router.lifespan_context(application),
            client_of(httpx.ASGITransport(application), token) as client,
        ):
            await until_open(client)
            statuses.append((await client.put(PEOPLE, json=person(0))).status_code)
            await asyncio.to_thread(cut_connections)
            for _ in range(100):
                reply = await client.put(PEOPLE, json=person(1))
                statuses.append(reply.status_code)
                if reply.status_code == 201:
                    return
                assert (reply.status_code, reply.json()["code"]) == (503, "registry.intake_away")
                assert reply.headers["retry-after"] == "1"
                await asyncio.sleep(0.1)

    asyncio.run(work())
    assert (statuses[0], statuses[-1]) == (201, 201)
    assert 503 in statuses


def cut_connections() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'intake'
            """
        )
    connection.close()
