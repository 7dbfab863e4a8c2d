"""Conclusions drawn from cells: recorded with their model, adding up, answered by people, replaced and never doubled."""

from datetime import date, timedelta

import numpy as np
import pytest

from lienthong.data.intelligence import domain, models, queries, services
from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import services as warehouse
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock
from lienthong.kernel.clock import vietnam_date

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY = "system:test"
MONDAY = date(2026, 1, 5)
WEEKS = 30
REGISTER = {
    "key": "calls", "name": {"vi": "Cuộc gọi", "en": "Calls"}, "purpose": {"vi": "Thử", "en": "Trial"}, "owner": "",
    "record_key": "code", "title": "code", "territory": "place",
    "schema": {
        "type": "object", "required": ["code", "place", "on"], "additionalProperties": False,
        "properties": {
            "code": {"type": "string"}, "place": {"type": "string"}, "on": {"type": "string", "format": "date"},
            "calls": {"type": "integer"}, "answered": {"type": "integer"}, "kind": {"type": "string"},
        },
    },
    "sources": [{"key": "main", "name": "Nguồn", "trusted": True}],
}  # fmt: skip
SHARED = {
    "unit": "", "definition": {"vi": "", "en": ""}, "register": "calls", "direction": "up", "period": "on",
    "every": ["week"], "signals": [],
}  # fmt: skip
INDICATORS = [
    SHARED | {"code": "calls", "name": {"vi": "Cuộc gọi", "en": "Calls"}, "numerator": "calls"},
    SHARED | {"code": "answered", "name": {"vi": "Được trả lời", "en": "Answered"}, "unit": "%", "scale": 100,
              "numerator": "answered", "denominator": "calls"},
]  # fmt: skip


@pytest.fixture
def provinces() -> list[str]:
    return [unit.code for unit in directory.units(level="province", parent="", on=vietnam_date(clock.now()))]


def fill(provinces: list[str], *, lift: dict[str, float] | None = None, start: int = WEEKS) -> None:
    """Thirty weeks of calls in every province; from ``start`` on the answered share is higher where lifted."""
    chance = np.random.default_rng(5)
    registry_services.declare(document=REGISTER, by=BY, at=clock.now())
    declaration = registry.declaration(register="calls")
    rows = []
    for number, place in enumerate(provinces):
        for week in range(WEEKS):
            calls = int(chance.poisson(300 + 10 * number))
            share = 0.6 + 0.005 * number + (lift or {}).get(place, 0) * (week >= start)
            on = MONDAY + timedelta(weeks=week, days=2)
            rows.append(
                {"code": f"{place}-{week}", "place": place, "on": on.isoformat(), "calls": calls,
                 "answered": int(chance.binomial(calls, share)), "kind": "a" if number % 2 else "b"}
            )  # fmt: skip
    prepared = [declaration.prepare(row) for row in rows]
    registry_services.accept_batch(register="calls", source="main", rows=prepared, by=BY, at=clock.now())
    for document in INDICATORS:
        warehouse.declare(document=document, by=BY, at=clock.now())


class TestForecasts:
    def test_they_are_kept_with_their_model_and_add_up(self, provinces):
        fill(provinces)
        written = services.forecast(codes=["calls", "answered"], by=BY, at=clock.now())
        assert written == 2 * (len(provinces) + 1) * services.HORIZON
        told = queries.expectations(indicator="calls")
        origin = MONDAY + timedelta(weeks=WEEKS - 1, days=-1)  # the newest week is not over
        assert {item.origin for item in told} == {origin}
        for week in {item.week for item in told}:
            here = {item.territory: item for item in told if item.week == week}
            assert here[""].point == pytest.approx(sum(here[place].point for place in provinces))
            assert all(0 <= item.low <= item.point <= item.high for item in here.values())
        shares = queries.expectations(indicator="answered", territory=provinces[0])
        assert all(50 < item.low <= item.point <= item.high < 75 for item in shares)
        used = models.InferenceRow.objects.get(purpose="forecast:calls")
        assert (used.model.name, used.by, len(bytes(used.inputs_sha256))) == ("weekly-forecast", BY, 32)

    def test_communes_are_forecast_beside_their_provinces_and_leave_those_as_they_are(self, provinces):
        communes = [unit.code for unit in directory.units(parent=provinces[0], on=vietnam_date(clock.now()))][:2]
        fill([*provinces, *communes])
        services.forecast(codes=["calls"], by=BY, at=clock.now())
        before = queries.expectations(indicator="calls")
        for _ in range(2):
            services.forecast(codes=["calls"], communes=True, by=BY, at=clock.now())
        assert {item.territory for item in queries.expectations(indicator="calls")} >= {*provinces, *communes}
        assert [item for item in queries.expectations(indicator="calls") if item in before] == before
        assert len(queries.newest_expectations(indicator="calls", territory=communes[0])) == services.HORIZON

    def test_done_again_for_an_origin_they_are_replaced(self, provinces):
        fill(provinces)
        for _ in range(2):
            services.forecast(codes=["calls"], origin=MONDAY + timedelta(weeks=20), by=BY, at=clock.now())
        assert models.ForecastRow.objects.count() == (len(provinces) + 1) * services.HORIZON

    def test_a_week_that_is_over_is_analysed_once(self, provinces):
        assert queries.week_to_analyse() is None
        fill(provinces)
        assert queries.week_to_analyse() == MONDAY + timedelta(weeks=WEEKS - 2)
        services.forecast(codes=["calls"], by=BY, at=clock.now())
        assert queries.week_to_analyse() is None

    def test_what_came_after_the_origin_changes_nothing(self, provinces):
        fill(provinces, lift=dict.fromkeys(provinces, 0.2), start=24)
        services.forecast(codes=["answered"], origin=MONDAY + timedelta(weeks=22, days=6), by=BY, at=clock.now())
        assert all(item.point < 80 for item in queries.expectations(indicator="answered"))

    def test_too_few_weeks_are_not_forecast(self, provinces):
        fill(provinces)
        origin = MONDAY + timedelta(weeks=domain.LEAST_WEEKS - 2, days=6)
        assert services.forecast(codes=["calls"], origin=origin, by=BY, at=clock.now()) == 0


class TestEffects:
    def declare(self, provinces, **changes) -> None:
        item = domain.Intervention("T1", "Thử", "answered", tuple(provinces[:5]), MONDAY + timedelta(weeks=20), {})
        services.declare_intervention(item=domain.Intervention(**vars(item) | changes), by=BY, at=clock.now())

    def test_a_lift_is_found_with_its_size(self, provinces):
        fill(provinces, lift=dict.fromkeys(provinces[:5], 0.1), start=20)
        self.declare(provinces)
        assert services.estimate_effects(by=BY, at=clock.now()) == 1
        found = queries.effects()["T1"]
        assert found.verdict is domain.Verdict.EFFECT
        assert found.low < 10 < found.high
        assert "điểm phần trăm" in found.vi
        assert "percentage points" in found.en

    def test_where_nothing_changed_none_is_seen(self, provinces):
        fill(provinces)
        self.declare(provinces)
        services.estimate_effects(by=BY, at=clock.now())
        assert queries.effects()["T1"].verdict is domain.Verdict.NONE_SEEN

    def test_a_part_of_the_rows_is_looked_at_by_itself(self, provinces):
        fill(provinces, lift={provinces[1]: 0.2}, start=20)
        self.declare(provinces, where={"kind": "a"}, territories=(provinces[1],))
        assert services.estimate_effects(by=BY, at=clock.now()) == 1

    def test_one_of_nowhere_or_of_no_indicator_is_refused(self, provinces):
        fill(provinces)
        with pytest.raises(domain.BadIntervention):
            self.declare(provinces, territories=())
        with pytest.raises(Exception, match="no indicator"):
            self.declare(provinces, indicator="none")


class TestUnusual:
    def test_a_week_unlike_what_was_expected_is_proposed_once_in_words(self, provinces):
        fill(provinces, lift={provinces[3]: -0.3}, start=WEEKS - 2)
        found = [queries.insight(id=item) for item in services.find_unusual(by=BY, at=clock.now())]
        assert ("answered", provinces[3]) in {(item.indicator, item.territory) for item in found}
        (insight,) = [item for item in found if item.indicator == "answered" and item.territory == provinces[3]]
        assert "thấp hơn hẳn" in insight.vi
        assert insight.evidence["value"] < insight.evidence["expected"]
        assert not services.find_unusual(by=BY, at=clock.now())

    def test_of_usual_weeks_few_are_called_unusual(self, provinces):
        fill(provinces)
        mondays = [MONDAY + timedelta(weeks=week) for week in range(20, WEEKS - 1)]
        found = [len(services.find_unusual(week=week, by=BY, at=clock.now())) for week in mondays]
        assert sum(number > 0 for number in found) <= 3


class TestInsights:
    def columns(self) -> tuple[list[domain.Office], np.ndarray]:
        """Thirty offices, of which one enters what it ended late as ended just before the deadline."""
        chance = np.random.default_rng(1)
        offices = [domain.Office(f"H{number:02}", f"Phòng {number}", "01") for number in range(30)]
        office = np.repeat(np.arange(30), 120)
        received = chance.uniform(0, 400, office.size) * 1440
        due = received + 5 * 1440
        ended = received + chance.uniform(0.2, 5.6, office.size) * 1440
        known = ended + chance.uniform(5, 600, office.size)
        redated = (office == 3) & (ended > due)
        ended = np.where(redated, due - chance.uniform(1, 40, office.size), ended)
        return offices, np.stack([office, received, due, ended, known + 1440 * redated])

    def test_an_office_is_proposed_once_and_a_person_answers(self):
        offices, columns = self.columns()
        proposed = services.find_falsified(offices=offices, columns=columns, sample={"test": 1}, by=BY, at=clock.now())
        (insight,) = [queries.insight(id=item) for item in proposed]
        assert (insight.agency, insight.territory, insight.state) == ("H03", "01", domain.InsightState.PROPOSED)
        assert not services.find_falsified(offices=offices, columns=columns, sample={"test": 1}, by=BY, at=clock.now())
        assert queries.insights(text="phong 3")[0].id == insight.id

        def answer(state):
            services.decide(
                insight_id=insight.id, state=state, reason="đã đối chiếu sổ", by="account:1", at=clock.now()
            )

        with pytest.raises(domain.BadStep):
            answer(domain.InsightState.MEASURED)
        answer(domain.InsightState.CONFIRMED)
        assert queries.insight(id=insight.id).state is domain.InsightState.CONFIRMED
        used = models.InferenceRow.objects.get(id=insight.inference_id)
        assert (used.decision, used.reason) == ("accept", "đã đối chiếu sổ")

    def test_an_answer_to_one_of_many_is_no_answer_to_the_run(self):
        offices, columns = self.columns()
        other = columns[:, columns[0] == 3].copy()
        other[0] = len(offices)
        offices, columns = (
            [*offices, domain.Office("H99", "Phòng khác", "01")],
            np.concatenate([columns, other], axis=1),
        )
        first, second = services.find_falsified(offices=offices, columns=columns, sample={}, by=BY, at=clock.now())
        services.decide(
            insight_id=first, state=domain.InsightState.REFUSED, reason="đã đối chiếu", by="account:1", at=clock.now()
        )
        assert queries.insight(id=second).state is domain.InsightState.PROPOSED
        assert models.InferenceRow.objects.get(id=queries.insight(id=second).inference_id).decision == ""

    def test_only_an_approved_model_is_used_and_an_older_one_can_come_back(self):
        cards = [{**queries.models_in_use()["weekly-forecast"], "version": version} for version in ("1", "2")]
        services.register_model(card=cards[1], by=BY, at=clock.now())
        services.approve_model(name="weekly-forecast", version="2", by=BY, at=clock.now())
        assert queries.models_in_use()["weekly-forecast"]["version"] == "2"
        services.approve_model(name="weekly-forecast", version="1", by=BY, at=clock.now())
        assert queries.models_in_use()["weekly-forecast"]["version"] == "1"
        models.ModelRow.objects.filter(name="weekly-forecast").update(state=domain.ModelState.RETIRED)
        with pytest.raises(domain.NoModel):
            services.infer(model="weekly-forecast", purpose="x", inputs={}, run=int, output=dict, by=BY, at=clock.now())
