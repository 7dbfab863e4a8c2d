"""Numbers behind which few people stand are not shown to who may not read the rows, neither drawn nor pushed."""

from decimal import Decimal
from types import SimpleNamespace
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client

from lienthong.channels.dashboards.programs import live
from lienthong.channels.dashboards.views import _boards
from lienthong.data.identity import samples
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import queries as warehouse_queries
from lienthong.data.warehouse import services as warehouse
from lienthong.data.warehouse.domain import Level, Signal, SignalState
from lienthong.foundation.access.queries import stranger
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock

BY = "system:test"
PEOPLE = {
    "key": "people", "name": {"vi": "Người", "en": "People"}, "purpose": {"vi": "Thử", "en": "Trial"}, "owner": "",
    "record_key": "id", "title": "id", "territory": "territory", "person": "id", "sharing": "shared",
    "schema": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "territory": {"type": "string"}}},
    "sources": [{"key": "main", "name": "Nguồn", "trusted": True}],
}  # fmt: skip
COUNT = {
    "code": "people", "name": {"vi": "Số người", "en": "People"}, "definition": {"vi": "Đếm", "en": "A count"}, "unit": "người",
    "register": "people", "direction": "up", "numerator": {}, "signals": [],
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("sample_space")
def test_a_page_withholds_small_numbers_and_the_one_that_would_tell_them():
    provinces = [unit.code for unit in directory.units(level="province", parent="", on=clock.vietnam_date(clock.now()))]
    few, more, many = provinces[:3]
    registry_services.declare(document=PEOPLE, by=BY, at=clock.now())
    rows = [
        registry.declaration(register="people").prepare({"id": f"9990{place}{number:06}", "territory": place})
        for place, count in ((few, 3), (more, 17), (many, 43))
        for number in range(count)
    ]
    registry_services.accept_batch(register="people", source="main", rows=rows, by=BY, at=clock.now())
    warehouse.declare(document=COUNT, by=BY, at=clock.now())

    def get(username: str, address: str):
        client = Client()
        client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
        return client.get(address)

    def shown(reader: str, place: str, text: str) -> bool:
        _, _, rest = get(reader, "/indicators/people").content.decode().partition(f'data-cell="people|{place}"')
        return f">{text}<" in rest[:200]

    def told(reader: str, place: str, more: str = "") -> str | None:
        (cell,) = get(reader, f"/api/v1/indicators/people/cells?territory={place}{more}").json()
        assert cell["suppressed"] == (cell["value"] is None)
        return cell["value"]

    assert shown("van-hanh", many, "43")
    assert shown("van-hanh", few, "ít hồ sơ")
    assert shown("van-hanh", more, "ít hồ sơ")
    assert "Địa bàn này có dưới 5 hồ sơ" in get("van-hanh", f"/indicators/people/{few}").content.decode()
    assert shown("lanh-dao-tw", few, "3")  # who may read the rows sees their number
    crossed = [
        Signal(uuid4(), "people", place, "", Level.RED, value, Decimal(2), SignalState.NEW, clock.now(), None, None)
        for place, value in ((few, Decimal(3)), (many, Decimal(43)))
    ]
    assert [item.territory for item in warehouse_queries.signals_shown_to(stranger(clock.now()), crossed)] == [many]
    # Asked for alone, a place says no more than among its neighbours; and its history nothing at all.
    assert [told("van-hanh", place) for place in (few, more, many, "")] == [None, None, "43", "63"]
    now = quote(clock.now().isoformat())
    assert [told("van-hanh", place, f"&known_at={now}") for place in (many, "")] == [None, "63"]
    assert told("lanh-dao-tw", few, f"&known_at={now}") == "3"
    assert get("van-hanh", f"/api/v1/indicators/people/past?territory={more}").status_code == 403
    assert [point["value"] for point in get("van-hanh", "/api/v1/indicators/people/past").json()] == ["63"]


def test_a_push_tells_a_guarded_page_the_number_of_the_country_alone_and_no_small_one():
    board = live.Board(("", "01"), ("people", "wells"), frozenset({"people"}))

    def heard(code: str, place: str, rows: int) -> bool:
        return board.may_hear((code, place, "", rows, 0, rows, clock.now()))

    assert heard("people", "", 5)
    assert heard("people", "", 0)
    assert not heard("people", "", 4)
    assert not heard("people", "01", 40)
    assert heard("wells", "01", 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("sample_space")
def test_what_stood_open_is_not_pushed_to_who_may_see_no_rows(monkeypatch):
    tickets = []
    monkeypatch.setattr(_boards, "make_ticket", lambda **given: tickets.append((given["indicators"], given["guarded"])))
    _boards.live(
        SimpleNamespace(rights=stranger(clock.now())), ["overdue-open", "dossiers-received", "ps-portal"], [""], 0
    )
    assert tickets == [(["dossiers-received", "ps-portal"], ["dossiers-received"])]
