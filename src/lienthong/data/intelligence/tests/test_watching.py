"""What has become another for good is proposed once; where nothing has, nothing is."""

from datetime import timedelta

import numpy as np
import pytest

from lienthong.data.intelligence import models, queries, services
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import services as warehouse
from lienthong.kernel import clock

from .test_pages import signed_in
from .test_services import BY, INDICATORS, MONDAY, REGISTER, fill, provinces  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
LONG = 60


def fill_long(places: list[str], *, lift: dict[str, float], start: int) -> None:
    """Sixty weeks of calls; the answered share is higher from a week on where lifted."""
    chance = np.random.default_rng(11)
    registry_services.declare(document=REGISTER, by=BY, at=clock.now())
    declaration = registry.declaration(register="calls")
    rows = [
        declaration.prepare({
            "code": f"{place}-{week}", "place": place,
            "on": (MONDAY + timedelta(weeks=week - LONG, days=2)).isoformat(), "calls": 400,
            "answered": int(chance.binomial(400, 0.6 + lift.get(place, 0) * (week >= start))), "kind": "a",
        })
        for place in places
        for week in range(LONG)
    ]  # fmt: skip
    registry_services.accept_batch(register="calls", source="main", rows=rows, by=BY, at=clock.now())
    for document in INDICATORS:
        warehouse.declare(document=document, by=BY, at=clock.now())


class TestLastingChanges:
    def test_a_place_on_another_level_is_proposed_once(self, provinces):  # noqa: F811
        fill(provinces, lift={provinces[4]: 0.2}, start=20)
        made = services.find_changed(by=BY, at=clock.now())
        told = [queries.insight(id=item) for item in made]
        (found,) = [item for item in told if item.indicator == "answered" and item.territory == provinces[4]]
        assert found.kind == "change"
        assert found.evidence["after"] - found.evidence["before"] == pytest.approx(20, abs=4)
        assert "tăng từ khoảng" in found.vi
        assert len(told) <= 3
        assert services.find_changed(by=BY, at=clock.now()) == []

    def test_where_the_country_has_changed_its_provinces_are_not_beside_it(self, provinces):  # noqa: F811
        fill(provinces, lift=dict.fromkeys(provinces, 0.2), start=20)
        told = [queries.insight(id=item) for item in services.find_changed(by=BY, at=clock.now())]
        assert {item.territory for item in told if item.indicator == "answered"} == {""}

    def test_where_nothing_changed_nothing_is_proposed(self, provinces):  # noqa: F811
        fill(provinces)
        assert len(services.find_changed(by=BY, at=clock.now())) <= 1

    def test_without_numbers_nothing_is_proposed(self):
        assert services.find_changed(by=BY, at=clock.now()) == []


class TestDrift:
    def stale(self, places: list[str], weeks: int) -> None:
        """One-week forecasts of a model that always expects what was usual once: 60 %."""
        services.forecast(codes=["answered"], by=BY, at=clock.now())
        inference = models.InferenceRow.objects.filter(purpose="forecast:answered").first()
        models.ForecastRow.objects.all().delete()
        models.ForecastRow.objects.bulk_create(
            models.ForecastRow(
                indicator="answered", territory=place, origin=week - timedelta(days=1), week=week, point=60, low=55, high=65,
                inference=inference,
            )
            for place in places
            for week in (MONDAY - timedelta(weeks=back) for back in range(weeks, 0, -1))
        )  # fmt: skip

    def test_forecasts_that_no_longer_hold_are_proposed_once(self, provinces):  # noqa: F811
        places = provinces[:3]
        fill_long(places, lift={places[1]: -0.1}, start=LONG - 5)
        self.stale(places, 40)
        errors = queries.forecast_errors(territories=places, until=queries.last_full_week())
        assert len(errors.series) == 3
        assert 0.8 < errors.inside < 1
        told = [queries.insight(id=item) for item in services.find_drifting(by=BY, at=clock.now())]
        assert [(item.territory, item.kind) for item in told] == [(places[1], "drift")]
        assert "không còn sát" in told[0].vi
        assert told[0].evidence["since"] == str(MONDAY - timedelta(weeks=5))
        assert services.find_drifting(by=BY, at=clock.now()) == []
        assert models.InferenceRow.objects.filter(purpose="drift").first().output["watched"] == 3
        card = next(item for item in queries.model_versions(at=clock.now()) if item.name == services.FORECASTING)
        page = signed_in("lanh-dao-tw").get(f"/models/{card.id}").content.decode()
        assert "Khoảng dự báo 90 % đã chứa số thật" in page
        assert told[0].title in page

    def test_forecasts_that_hold_are_left_alone(self, provinces):  # noqa: F811
        fill_long(provinces[:3], lift={}, start=0)
        self.stale(provinces[:3], 40)
        assert services.find_drifting(by=BY, at=clock.now()) == []

    def test_too_few_weeks_say_nothing(self, provinces):  # noqa: F811
        fill(provinces)
        services.forecast(codes=["answered"], by=BY, at=clock.now())
        assert services.find_drifting(by=BY, at=clock.now()) == []
