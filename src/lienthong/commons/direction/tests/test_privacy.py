"""What a task measures is read by whoever may read the task: small numbers about persons are not in it."""

from decimal import Decimal

import pytest

from lienthong.commons.direction import domain, queries
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import services as warehouse
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
def test_a_target_does_not_tell_a_small_number_nor_one_from_which_it_could_be_reckoned():
    few, more, many = "01", "04", "08"
    registry_services.declare(document=PEOPLE, by=BY, at=clock.now())
    rows = [
        registry.declaration(register="people").prepare({"id": f"9990{place}{number:06}", "territory": place})
        for place, count in ((few, 3), (more, 17), (many, 43))
        for number in range(count)
    ]
    registry_services.accept_batch(register="people", source="main", rows=rows, by=BY, at=clock.now())
    warehouse.declare(document=COUNT, by=BY, at=clock.now())

    def target(place: str, *others: str) -> domain.Target:
        return domain.Target("people", place, Decimal(5), at_least=True, others=others)

    asked = [target(few), target(more), target(many), target(""), target(few, many)]
    assert [queries.measured(asked)[item] for item in asked] == [None, None, 43, 63, None]
