"""Roadmaps in results: what is not due is never 0, the rest is scored by itself, and asking costs one query for all units."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from lienthong.channels.kpis import domain, handlers, models, queries, services
from lienthong.channels.kpis.testing import all_open, small
from lienthong.channels.kpis.tests.test_life import AFTER, BY, JUDGE, LEADER, OWN, Q3, UNIT, again, assessed, dossiers
from lienthong.channels.kpis.tests.test_pages import signed_in
from lienthong.channels.kpis.tests.test_periods import framework as made
from lienthong.commons.stewardship import services as stewardship
from lienthong.commons.stewardship.events import RoadmapChanged
from lienthong.foundation.access.queries import stranger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]


def due(criterion: str, unit: str, day: date) -> None:
    stewardship.set_due(
        framework="small", criterion=criterion, unit=unit, due_from=day, basis="KH 1", reason="lộ trình", by=BY, at=AFTER
    )  # fmt: skip


@pytest.fixture
def declared():
    services.declare(document=small(), by=BY, at=AFTER)


class TestScoring:
    CODES = ("a", "b", "c")

    @given(st.sets(st.sampled_from(CODES)), st.lists(st.integers(0, 100), min_size=3, max_size=3))
    def test_what_is_not_due_changes_nothing_in_the_rest(self, late, tops):
        leaf = {"max": 5, "name": {"vi": "A"}, "full_at": 100, "nothing": "zero"}
        leaves = [leaf | {"code": code, "indicator": code} for code in self.CODES]
        of = made(*leaves)
        sums = {code: (Decimal(top), Decimal(100)) for code, top in zip(self.CODES, tops, strict=True)}
        asked = {"sums": sums, "last_year": {}, "scales": {}, "given": {}}
        found = domain.assess(of, Q3, **asked, not_due=late)
        assert {code for code in self.CODES if not found[code].is_due} == late
        assert all(found[code].score is None for code in late)
        left = [item for item in leaves if item["code"] not in late]
        if not left:
            assert (found["root"].is_due, found["root"].score) == (False, None)
            return
        alone = domain.assess(made(*left), Q3, **asked)["root"]
        assert found["root"].score * 5 * len(left) == pytest.approx(alone.score * 15, abs=Decimal("0.2"))
        assert found["root"].completeness == 100

    def test_it_is_kept_and_read_back(self):
        result = domain.Result("a", None, None, Decimal("0.00"), is_due=False)
        document = services._assessments.kept({"a": result})
        assert queries.to_results(document) == {"a": result}


class TestAssessing:
    def test_a_criterion_that_is_not_due_takes_no_part_and_is_asked_of_nobody(self, declared):
        dossiers(online=60, others=40)
        due("plan", "75", date(2026, 10, 1))
        found = assessed()
        assert (found.results["plan"].is_due, found.score, found.completeness) == (False, Decimal("7.50"), 100)
        for given_points in (OWN, {"online": ("1", "x")}):
            with pytest.raises(domain.BadScore):
                services.self_score(id=found.id, given=given_points, **UNIT)
        services.self_score(id=found.id, given={}, **UNIT)
        services.appraise(id=found.id, given={}, **JUDGE)
        services.publish(ids=[found.id], **LEADER)
        assert again(found).score == Decimal("7.50")
        assert set(queries.questions(id=found.id)) == set()

    def test_a_commune_has_its_provinces_line_and_a_nearer_one_goes_first(self, declared):
        for agency in ("H19.26368", "H19.26374"):
            dossiers(online=6, others=4, agency=agency)
        due("small", "", date(2026, 1, 1))
        due("small", "75", date(2026, 10, 1))
        due("small", "26374", date(2026, 4, 1))
        framework = queries.framework(code="small")
        services.assess(framework=framework, span=Q3, at=AFTER)
        units = queries.assessments(framework=framework, span=Q3)
        assert {unit for unit in units if unit.startswith("26") or unit == "75"} == {"26374"}
        ranking = queries.ranked(
            framework=framework, span=Q3, kind=domain.Kind.COMMUNE, above="75", shut=all_open, at=AFTER
        )
        known = {item.unit: item for item in ranking}
        assert (known["26374"].place, known["26374"].is_due) == (1, True)
        assert (known["26368"].place, known["26368"].is_due, known["26368"].result.score) == (None, False, None)
        assert not queries.sheet(code="small", span=Q3, unit="26368", at=AFTER).is_due
        assert queries.sheet(code="small", span=Q3, unit="26374", at=AFTER).is_due
        assert queries.sheet(code="small", span=domain.Span.parse("2026-Q4"), unit="26368", at=AFTER).is_due

    def test_what_was_assessed_before_its_roadmap_has_no_score_any_more(self, declared):
        dossiers(online=60, others=40)
        found = assessed()
        due("small", "75", date(2026, 10, 1))
        services.assess(framework=queries.framework(code="small"), span=Q3, at=AFTER + timedelta(hours=1))
        assert (again(found).score, again(found).not_due) == (None, {"small", "online", "plan"})

    def test_what_was_published_stays_as_it_was(self, declared):
        dossiers(online=60, others=40)
        found = assessed()
        services.self_score(id=found.id, given=OWN, **UNIT)
        services.appraise(id=found.id, given=OWN, **JUDGE)
        services.publish(ids=[found.id], **LEADER)
        due("small", "75", date(2026, 10, 1))
        services.assess(framework=queries.framework(code="small"), span=Q3, at=AFTER + timedelta(hours=1))
        (row,) = queries.ranked(
            framework=queries.framework(code="small"),
            span=Q3,
            kind=domain.Kind.PROVINCE,
            public=True,
            shut=all_open,
            at=AFTER,
        )
        assert (row.place, row.is_due) == (1, True)
        assert queries.sheet(code="small", span=Q3, unit="75", at=AFTER).is_due

    def test_all_roadmaps_are_asked_in_one_query(self, declared):
        dossiers(online=6, others=4, agency="H19.26368")
        framework = queries.framework(code="small")

        def cost() -> int:
            with CaptureQueriesContext(connection) as seen:
                services.assess(framework=framework, span=Q3, at=AFTER)
            assert sum("commons_stewardship_roadmap" in query["sql"] for query in seen) == 1
            return len(seen)

        cost()
        few = cost()
        for unit in ("", "75", "26368", "26374", "G06"):
            due("plan", unit, date(2027, 1, 1))
        assert cost() == few

    def test_a_changed_roadmap_is_followed(self, declared):
        leaf = {"code": "share", "weight": 50, "name": {"vi": "A", "en": "A"}, "indicator": "online-share",
                "points": [[0, 0], [100, 100]]}  # fmt: skip
        document = {"code": "small", "version": "2", "name": leaf["name"], "basis": "thử",
                    "criteria": [leaf, leaf | {"code": "other", "indicator": "registers-live"}]}  # fmt: skip
        dossiers(online=60, others=40)
        services.declare(document=document, by=BY, at=AFTER)
        framework = queries.framework(code="small")
        assert queries.current(framework="small", territories=["75"])["75", "share"].score == 60
        due("share", "75", date(2099, 1, 1))
        handlers.follow_roadmaps([RoadmapChanged(framework="small", lines=1)])
        assert queries.current(framework="small", territories=["75"])["75", "share"].score is None
        lines = queries.tree(framework=framework, territory="75", rights=stranger(AFTER), on=AFTER.date())
        assert [line.result.is_due for line in lines] == [True, False, True]
        assert "chưa đến hạn" in signed_in("lanh-dao-tw").get("/kpis/75?framework=small").content.decode()
        assert models.FrameworkRow.objects.get(code="small").moved_at is not None


def test_pages_say_what_is_not_due(declared):
    dossiers(online=60, others=40)
    due("plan", "75", date(2026, 10, 1))
    found = assessed()
    client = signed_in("lanh-dao-tw")
    page = client.get("/kpis/75?framework=small&period=2026-Q3").content.decode()
    assert "1 tiêu chí chưa đến hạn, không tính là 0" in page
    assert "/roadmaps/75?framework=small" in page
    assert "chưa đến hạn" in client.get("/kpis/75/plan?framework=small&period=2026-Q3").content.decode()
    assert "points-plan" not in signed_in("chu-tich-tinh").get(f"/kpis/assessments/{found.id}").content.decode()
    lines = client.get("/api/v1/kpis/small?territory=75&period=2026-Q3").json()
    assert [line["due"] for line in lines] == [True, True, False]
    services.self_score(id=found.id, given={}, **UNIT)
    services.appraise(id=found.id, given={}, **JUDGE)
    services.publish(ids=[found.id], **LEADER)
    assert "1 tiêu chí chưa đến hạn" in Client().get("/results/small/2026-Q3/75").content.decode()
    assert "chưa đến hạn" not in Client().get("/results").content.decode()
