"""What is to be expected stands on an indicator's page, once something was forecast."""

import pytest
from django.test import Client

from lienthong.channels.dashboards import queries
from lienthong.data.identity import samples
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.intelligence import services
from lienthong.data.intelligence.tests.test_services import BY, INDICATORS, WEEKS, fill, provinces  # noqa: F401 - a fixture
from lienthong.data.warehouse import services as services_of_warehouse
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]


def page(code: str) -> str:
    client = Client()
    client.post("/sign-in", {"username": "lanh-dao-tw", "password": samples.PASSWORD})
    return client.get(f"/indicators/{code}").content.decode()


def test_the_last_weeks_and_the_next_stand_on_the_page(provinces):  # noqa: F811
    fill(provinces)
    assert queries.outlook(code="answered", territory="") is None
    assert "outlook" not in page("answered")
    services.forecast(codes=["answered"], by=BY, at=clock.now())
    found = queries.outlook(code="answered", territory=provinces[0])
    assert len(found.past) == min(26, WEEKS - 1)
    assert found.past[-1][0] < found.next.week
    assert len(found.expected) == services.HORIZON
    text = page("answered")
    assert 'class="outlook"' in text
    assert text.count("<polyline") >= 2


def test_what_moved_a_number_adds_up(provinces):  # noqa: F811
    fill(provinces, lift={provinces[2]: 0.2}, start=WEEKS - 5)
    found = intelligence.drivers(code="answered", territories=provinces)
    assert sum(item.total for item in found.drivers) == pytest.approx(found.after - found.before)
    assert found.drivers[0].member == provinces[2]
    assert found.drivers[0].rate > 0.8 * found.drivers[0].total
    volumes = intelligence.drivers(code="calls", territories=provinces)
    assert sum(item.total for item in volumes.drivers) == pytest.approx(volumes.after - volumes.before)
    assert intelligence.drivers(code="answered", territories=[]) is None
    assert "Vì đâu thay đổi" in page("answered")


def test_what_moved_a_number_by_its_parts_adds_up_and_is_named(provinces):  # noqa: F811
    fill(provinces, lift={provinces[2]: 0.2}, start=WEEKS - 5)
    services_of_warehouse.declare(document=INDICATORS[1] | {"by": ["kind"]}, by=BY, at=clock.now())
    (found,) = intelligence.part_drivers(code="answered", territory=provinces[2])
    whole = intelligence.drivers(code="answered", territories=[provinces[2]])
    assert found.dimension == "kind"
    assert sum(item.total for item in found.drivers) == pytest.approx(whole.after - whole.before)
    assert (found.before, found.after) == (pytest.approx(whole.before), pytest.approx(whole.after))
    assert intelligence.part_drivers(code="calls", territory="") == []
    text = page("answered")
    assert text.count('class="drivers"') == 2
    assert "theo kind" in text
