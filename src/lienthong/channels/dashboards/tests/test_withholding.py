"""Numbers behind which few people stand are not shown to who may not read the rows, neither drawn nor pushed."""

import pytest
from django.test import Client

from lienthong.channels.dashboards.programs import live
from lienthong.data.identity import samples
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import services as warehouse
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

    def page(username: str, address: str) -> str:
        client = Client()
        client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
        return client.get(address).content.decode()

    def shown(reader: str, place: str, text: str) -> bool:
        _, _, rest = page(reader, "/indicators/people").partition(f'data-cell="people|{place}"')
        return f">{text}<" in rest[:200]

    assert shown("van-hanh", many, "43")
    assert shown("van-hanh", few, "ít hồ sơ")
    assert shown("van-hanh", more, "ít hồ sơ")
    assert "Địa bàn này có dưới 5 hồ sơ" in page("van-hanh", f"/indicators/people/{few}")
    assert shown("lanh-dao-tw", few, "3")  # who may read the rows sees their number


def test_a_push_tells_a_guarded_page_only_its_own_number_and_no_small_one():
    page = live.Page(["01", "00001"], ["people", "wells"], 0, frozenset({"people"}))
    assert page.cells() == [("people", "01"), ("wells", "01"), ("wells", "00001")]

    def heard(code: str, place: str, rows: int) -> bool:
        return page.may_hear((1, code, place, "", rows, 0, rows, clock.now()))

    assert heard("people", "01", 5)
    assert heard("people", "01", 0)
    assert not heard("people", "01", 4)
    assert not heard("people", "00001", 40)
    assert heard("wells", "00001", 1)
