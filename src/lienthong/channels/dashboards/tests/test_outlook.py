"""What is to be expected stands on an indicator's page, once something was forecast."""

import pytest
from django.test import Client

from lienthong.channels.dashboards import queries
from lienthong.data.identity import samples
from lienthong.data.intelligence import services
from lienthong.data.intelligence.tests.test_services import BY, WEEKS, fill, provinces  # noqa: F401 - a fixture
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
