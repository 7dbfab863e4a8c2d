"""How good forecasts were, counted by hand; every framework of the program on the sample space."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest

from lienthong.channels.kpis import domain, queries, services
from lienthong.data.intelligence.domain import Expectation

FIRST = date(2026, 6, 1)
AT = datetime(2026, 10, 5, 3, tzinfo=UTC)
Q3 = {"first": date(2026, 7, 1), "last": date(2026, 9, 30), "at": AT}


def week(number: int) -> date:
    return FIRST + timedelta(weeks=number)


@pytest.fixture
def told(monkeypatch):
    """Eighteen weeks of two places: one that moves by 2 each week, one that never moves."""
    forecasts: list[Expectation] = []
    moving = [10.0 + 2 * (number % 2) for number in range(18)]
    values = np.array([moving, [5.0] * 18]) / 100
    panel = SimpleNamespace(
        indicator=SimpleNamespace(scale=100),
        territories=("01", "75"),
        weeks=tuple(week(n) for n in range(-6, 12)),
        values=values,
    )
    inside = "lienthong.channels.kpis.queries._forecasts.intelligence"
    monkeypatch.setattr(f"{inside}.last_full_week", lambda: week(11))
    monkeypatch.setattr(f"{inside}.panels", lambda **given: {"one": panel} if given["codes"] else {})
    monkeypatch.setattr(
        f"{inside}.expectations", lambda weeks: [item for item in forecasts if weeks[0] <= item.week <= weeks[1]]
    )
    return forecasts


def test_a_miss_is_told_as_a_multiple_of_what_weeks_change(told):
    told += [
        Expectation("one", "01", week(4), week(5), 12.0, 11.0, 13.0),  # what came: 12
        Expectation("one", "01", week(4), week(6), 13.0, 11.0, 15.0),  # what came: 10
        Expectation("one", "75", week(4), week(5), 9.0, 8.0, 10.0),  # a series that never moves has no scale
        Expectation("one", "01", week(4), week(3), 0.0, 0.0, 0.0),  # before the period
    ]
    assert queries.MEASURES["forecast-error"].count(**Q3) == {"01": (Decimal("1.5"), Decimal(2))}
    assert queries.MEASURES["forecast-coverage"].count(**Q3) == {"01": (Decimal(1), Decimal(2))}


def test_without_forecasts_there_is_nothing_to_judge(told):
    assert queries.MEASURES["forecast-error"].count(**Q3) == {}


@pytest.mark.django_db
@pytest.mark.usefixtures("sample_space")
def test_every_framework_of_the_program_is_complete_and_computes():
    frameworks = queries.frameworks()
    assert set(frameworks) == {"model", "model-results", "public-service", "digital-transformation"}
    groups = {node.code: node.maximum for _, node in frameworks["public-service"].root.walk() if node.children}
    assert groups == {"public-service": 100, "1": 18, "2": 20, "3": 22, "3a": 12, "3b": 10, "4": 22, "5": 18}
    pillars = {
        node.code: node.maximum for depth, node in frameworks["digital-transformation"].root.walk() if depth == 2
    }
    assert [pillars[code] for code in sorted(pillars)] == [100, 100, 100, 100, 100, 200, 150, 150]
    for leaf in frameworks["model-results"].leaves:
        assert all((leaf.owner, leaf.formula, leaf.baseline is not None, leaf.target is not None)), leaf.code
    assert services.assess_current(at=AT) > 0
    later = AT + timedelta(minutes=15)
    assert services.assess_current(at=later) == 0
    services.compute_for(indicators=["online-share"], registers=["dossiers"], at=later)
    assert services.assess_current(at=later + timedelta(minutes=15)) > 0
    services.compute_for(indicators=["tasks-open"], registers=["directive-tasks"], at=later + timedelta(minutes=20))
    assert services.assess_current(at=later + timedelta(minutes=30)) == 0
    assert services.assess_current(at=later + timedelta(days=1)) > 0
    for code in ("public-service", "model-results"):
        sheet = queries.sheet(code=code, span=domain.Span.parse("2026-Q3"), unit="01", at=AT)
        assert sheet.assessment is not None
        assert {line.criterion.code for line in queries.lines(sheet, hide=False)} == {
            node.code for _, node in frameworks[code].root.walk()
        }
