"""The page of the principles: for everyone, the same numbers for everyone, nothing invented, nothing small about persons."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lienthong.commons.stewardship import domain, queries, services
from lienthong.data.identity import samples
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import services as warehouse
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY = "system:test"


def measure() -> None:
    services.measure(by=BY, at=clock.now())
    warehouse.recompute_many(codes=queries.gauge_codes(), at=clock.now())


def dossiers(count: int) -> None:
    now = clock.now()
    declared = registry.declaration(register="dossiers")
    rows = [
        declared.prepare(
            {
                "code": f"H19.26368-260101-{number:04}", "procedure": "1.000001", "channel": "online", "agency": "H19.26368",
                "state": "new", "received_at": now.isoformat(), "received_on": clock.vietnam_date(now).isoformat(),
                "papers": 4, "papers_reused": 1, "applicant_id": f"9993010{number:05}", "territory": "26368",
            }
        )
        for number in range(count)
    ]  # fmt: skip
    registry_services.accept_batch(register="dossiers", source=_trusted("dossiers"), rows=rows, by=BY, at=now)


def _trusted(register: str) -> str:
    return next(source.key for source in registry.register(key=register).sources if source.trusted)


def gauges() -> dict[str, queries.GaugeNow]:
    return {now.indicator.code: now for item in queries.principles(at=clock.now()) for now in item.gauges}


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


def test_where_nothing_is_held_it_says_so_and_what_would_fill_it():
    page = Client().get("/principles")
    assert page.status_code == 200
    text = page.content.decode()
    assert text.count("Sẽ có khi") == len(queries.gauge_codes())
    assert "<svg" in text
    assert all(f'href="#principle-{number}"' in text and f'id="principle-{number}"' in text for number in range(1, 8))
    assert all(now.standing is domain.Standing.NOTHING_HELD for now in gauges().values())
    measure()
    assert gauges()["registers-live"].standing is domain.Standing.ON_TARGET
    assert gauges()["reviews-in-time"].standing is domain.Standing.NOTHING_HELD


def test_the_baseline_is_the_first_value_and_stays():
    measure()
    before = gauges()["registers-live"]
    assert (before.value, before.baseline, before.baseline_at) == (100, 100, clock.vietnam_date(clock.now()))
    later = clock.now().replace(year=clock.now().year + 20)
    services.measure(by=BY, at=later)
    warehouse.recompute_many(codes=queries.gauge_codes(), at=later)
    after = gauges()["registers-live"]
    assert (after.value, after.baseline, after.standing) == (0, 100, domain.Standing.OFF_TARGET)
    assert len(after.months) <= 24


def test_what_few_people_stand_behind_is_withheld_from_everyone():
    dossiers(3)
    measure()
    few = gauges()["papers-reused"]
    assert (few.suppressed, few.value, few.baseline, few.months) == (True, None, None, ())
    for reader in (Client(), signed_in("lanh-dao-tw")):
        text = reader.get("/principles").content.decode()
        assert "ít hồ sơ" in text
        assert "25\u00a0%" not in text
    answer = Client().get("/api/v1/stewardship/principles").json()
    (told,) = [item for part in answer["principles"] for item in part["gauges"] if item["indicator"] == "papers-reused"]
    assert (told["suppressed"], told["value"], told["numerator"], told["computed_at"]) == (True, None, None, None)
    dossiers(12)
    measure()
    many = gauges()["papers-reused"]
    assert (many.value, many.baseline) == (Decimal(25), Decimal(25))


def test_machines_read_it_and_ask_again_for_nothing():
    measure()
    first = Client().get("/api/v1/stewardship/principles")
    assert first.status_code == 200
    told = first.json()
    assert [item["number"] for item in told["principles"]] == [1, 2, 3, 4, 5, 6, 7]
    assert told["carries"] == [list(item) for item in domain.ARROWS]
    again = Client().get("/api/v1/stewardship/principles", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    dossiers(12)
    measure()
    other = Client().get("/api/v1/stewardship/principles", headers={"If-None-Match": first["ETag"]})
    assert other.status_code == 200
    assert other["ETag"] != first["ETag"]


def test_rows_are_offered_to_who_may_read_them():
    measure()
    stranger, citizen, auditor = Client(), signed_in("cong-dan"), signed_in("kiem-toan")

    def offered(client: Client, link: str) -> bool:
        return f'href="{link}' in client.get("/principles").content.decode()

    assert offered(stranger, "/indicators/targets-met")
    assert not offered(stranger, "/registers/")
    assert not offered(citizen, "/indicators/")
    assert offered(citizen, "/registers/governance-measures?q=registers-live")
    assert not offered(citizen, "/registers/dossiers")
    assert offered(auditor, "/registers/dossiers")
    assert offered(auditor, "/indicators/targets-met")
    rows = auditor.get("/registers/governance-measures?q=registers-live").content.decode()
    assert "registers-live" in rows
    assert "registers-open" not in rows.partition("<tbody")[2]


def test_the_cost_does_not_grow():
    def cost(client: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    dossiers(6)
    measure()
    before = [cost(Client(), "/principles"), cost(Client(), "/api/v1/stewardship/principles")]
    dossiers(40)
    measure()
    assert [cost(Client(), "/principles"), cost(Client(), "/api/v1/stewardship/principles")] == before


def test_it_is_linked_from_the_front_page_and_the_model():
    assert 'href="/principles"' in Client().get("/").content.decode()
    assert 'href="/principles"' in signed_in("cong-dan").get("/model").content.decode()
