"""Cells moved row by row are what a full computing gives, whatever happened in which order."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import domain, models, queries, services
from lienthong.foundation.outbox.models import EventRow
from lienthong.kernel import clock

pytestmark = pytest.mark.django_db
BY = "system:test"
PLACES = [("75", "75"), ("75", ""), ("26368", "26368"), ("26368", "75"), ("26368", ""), ("01", "01"), ("01", "")]
REGISTER = {
    "key": "wells", "name": {"vi": "Giếng", "en": "Wells"}, "purpose": {"vi": "Thử", "en": "Trial"}, "owner": "",
    "record_key": "code", "title": "code", "territory": "territory", "valid_from": "since",
    "schema": {
        "type": "object", "required": ["code"],
        "properties": {
            "code": {"type": "string"}, "territory": {"type": "string"}, "depth": {"type": ["number", "null"]},
            "state": {"enum": ["good", "bad"]}, "since": {"type": ["string", "null"], "format": "date"},
        },
    },
    "sources": [{"key": "main", "name": "Nguồn chính", "trusted": True}],
}  # fmt: skip
COUNT = {
    "code": "wells", "name": {"vi": "Giếng", "en": "Wells"}, "definition": {"vi": "", "en": ""}, "unit": "giếng",
    "register": "wells", "direction": "up", "numerator": {}, "signals": [],
}  # fmt: skip
SHARE = COUNT | {
    "code": "wells-good", "unit": "%", "scale": 100, "numerator": {"where": {"state": "good"}}, "denominator": {},
    "amber": 90, "red": 50, "signals": ["country"],
}  # fmt: skip
MONTHLY = COUNT | {"code": "wells-by-month", "period": "since", "numerator": "depth"}
EVERY = COUNT | {"code": "wells-every", "period": "since", "every": ["all", "month", "week"]}


@pytest.fixture(autouse=True)
def _ground():
    registry_services.declare(document=REGISTER, by=BY, at=clock.now())
    services.set_places(pairs=PLACES)
    for document in (COUNT, SHARE, MONTHLY):
        services.declare(document=document, by=BY, at=clock.now())


def send(*payloads: dict) -> int:
    """Send rows in; the number of their transaction, which is the test's own for all."""
    declaration = registry.declaration(register="wells")
    registry_services.accept_batch(
        register="wells", source="main", rows=[declaration.prepare(row) for row in payloads], by=BY, at=clock.now()
    )
    return 0


def cells(code: str) -> dict[tuple[str, str], tuple]:
    """Sums of an indicator that are not nothing, by territory and period."""
    place = models.IndicatorRow.objects.get(code=code)
    rows = models.CellRow.objects.filter(family=place.family, part="")
    found = {
        (row.territory, row.period): tuple(
            sums[place.slot - 1] for sums in (row.numerators, row.denominators, row.rows)
        )
        for row in rows
        if len(row.rows) >= place.slot
    }
    return {key: sums for key, sums in found.items() if any(sums)}


def test_the_value_of_the_country_is_that_of_its_places():
    send({"code": "a", "territory": "26368", "state": "good"}, {"code": "b", "territory": "01", "state": "bad"})
    services.recompute(code="wells-good", at=clock.now())
    values = {cell.territory: cell.value for cell in queries.cells(codes=["wells-good"])}
    assert values == {"": Decimal(50), "75": Decimal(100), "26368": Decimal(100), "01": Decimal(0)}


def test_a_row_of_no_known_place_counts_for_the_country_alone():
    send({"code": "a", "territory": "99999"})
    services.recompute(code="wells", at=clock.now())
    assert cells("wells") == {("", ""): (1, 0, 1)}


def test_a_row_counts_in_every_period_its_day_lies_in_and_without_a_day_in_none():
    send(
        {"code": "a", "territory": "01", "since": "2026-01-05"},
        {"code": "b", "territory": "01", "since": "2025-12-29"},  # the first week of 2026 by ISO 8601
        {"code": "c", "territory": "01"},
    )
    services.declare(document=EVERY, by=BY, at=clock.now())
    periods = {period: rows for (place, period), (_, _, rows) in cells("wells-every").items() if place == "01"}
    assert periods == {"": 2, "2026-01": 1, "2025-12": 1, "2026-W02": 1, "2026-W01": 1}


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (COUNT | {"every": ["month"]}, "all time only"),
        (EVERY | {"every": ["fortnight"]}, "fortnight"),
        (EVERY | {"period": "depth"}, "format date"),
        (COUNT | {"direction": "sideways"}, "sideways"),
        (COUNT | {"numerator": {"where": {"state'; DROP TABLE x; --": 1}}}, "field name"),
        ({key: value for key, value in COUNT.items() if key != "unit"}, "unit"),
    ],
)
def test_a_declaration_that_cannot_work_is_refused(document, problem):
    with pytest.raises(domain.BadIndicator, match=problem):
        services.declare(document=document, by=BY, at=clock.now())


@pytest.mark.parametrize(
    ("direction", "value", "level"),
    [
        ("up", 49, "red"), ("up", 50, "amber"), ("up", 89.9, "amber"), ("up", 90, "green"), ("up", None, "none"),
        ("down", 91, "amber"), ("down", 51, "green"), ("down", 90, "green"),
    ],
)  # fmt: skip
def test_a_value_at_its_threshold_is_within_it(direction, value, level):
    limits = {"amber": 90, "red": 50} if direction == "up" else {"amber": 90, "red": 95}
    indicator = domain.Indicator.parse(SHARE | {"direction": direction} | limits)
    assert indicator.level(None if value is None else Decimal(str(value))) == level


ROWS = st.fixed_dictionaries(
    {
        "code": st.sampled_from("abcde"),
        "territory": st.sampled_from(["26368", "75", "01", "", "99999"]),
        "state": st.sampled_from(["good", "bad"]),
        "depth": st.one_of(st.none(), st.integers(-50, 50)),
        "since": st.sampled_from([None, "2026-01-05", "2026-01-20", "2026-02-01"]),
    }
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.lists(ROWS, min_size=1, max_size=4)),
        st.tuples(st.just("end"), st.lists(st.sampled_from("abcde"), min_size=1, max_size=3)),
        st.tuples(st.just("declare"), st.sampled_from([SHARE, MONTHLY])),
    ),
    max_size=8,
)


@pytest.mark.django_db(transaction=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.integers(0, 1000))
def test_moved_cells_equal_a_full_computing(steps, seed):
    """Transactions of their own, applied late, in any order and any company, some of them twice; the cells of boards and the
    rest each in an order of their own."""
    chance = random.Random(seed)
    services.declare(document=EVERY, by=BY, at=clock.now())
    registry_services.close(register="wells", source="main", keys=list("abcde"), by=BY, at=clock.now())
    services.apply(register="wells", xids=models_xids(), at=clock.now())
    for kind, value in steps:
        if kind == "send":
            send(*value)
        elif kind == "end":
            registry_services.close(register="wells", source="main", keys=value, by=BY, at=clock.now())
        else:
            services.declare(document=value | {"digits": chance.randint(0, 6)}, by=BY, at=clock.now())
    pending = {}
    for share in (domain.Share.LIVE, domain.Share.REST):
        pending[share] = list(models_xids())
        chance.shuffle(pending[share])
        pending[share] += pending[share][:2]
    while waiting := [share for share in pending if pending[share]]:
        share, together = chance.choice(waiting), chance.randint(1, 4)
        services.apply(register="wells", xids=pending[share][:together], at=clock.now(), share=share)
        pending[share] = pending[share][together:]
    for code in ("wells", "wells-good", "wells-by-month", "wells-every"):
        moved = cells(code)
        assert services.recompute(code=code, at=clock.now()) == 0
        assert cells(code) == moved


def models_xids() -> list[int]:
    rows = EventRow.objects.filter(name="data.registry.records_versioned.v1", payload__register="wells")
    return sorted({row["xid"] for row in rows.values_list("payload", flat=True)})


@pytest.mark.django_db(transaction=True)
def test_a_changed_row_touches_exactly_its_indicators_places_and_periods():
    send({"code": "a", "territory": "26368", "state": "good", "depth": 5, "since": "2026-01-05"})
    services.apply(register="wells", xids=models_xids(), at=clock.now())
    before = set(models.CellVersion.objects.values_list("id", flat=True))
    send({"code": "a", "territory": "01", "state": "bad", "depth": 7, "since": "2026-02-01"})
    assert services.apply(register="wells", xids=models_xids()[-1:], at=clock.now()) == 12
    codes = {(row.family_id, row.slot): row.code for row in models.IndicatorRow.objects.all()}
    touched = [
        (codes[row.family_id, slot], row.territory, row.period)
        for row in models.CellVersion.objects.exclude(id__in=before)
        for slot, rows in enumerate(row.rows, start=1)
        if rows is not None
    ]
    assert len(touched) == len(set(touched))
    old, new = ("26368", "75"), ("01",)
    expected = {(code, place, "") for code in ("wells-good",) for place in (*old, *new, "")}
    expected |= {("wells", place, "") for place in (*old, *new)}  # the country had one well before and has one now
    expected |= {("wells-by-month", place, "2026-01") for place in (*old, "")}
    expected |= {("wells-by-month", place, "2026-02") for place in (*new, "")}
    assert set(touched) == expected


@pytest.mark.django_db(transaction=True)
def test_a_threshold_crossed_raises_one_signal_that_closes_when_it_is_met_again():
    def step(*payloads):
        send(*payloads)
        services.apply(register="wells", xids=models_xids()[-1:], at=clock.now())
        return [(item.indicator, item.territory, item.level.value) for item in queries.signals()]

    assert step({"code": "a", "territory": "01", "state": "good"}) == []
    assert step({"code": "b", "territory": "01", "state": "bad"}) == [("wells-good", "", "amber")]
    assert step({"code": "c", "territory": "01", "state": "bad"}) == [("wells-good", "", "red")]
    assert (
        step({"code": "b", "territory": "01", "state": "good"}, {"code": "c", "territory": "01", "state": "good"}) == []
    )
    assert models.SignalRow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_past_of_a_value_can_be_asked_for():
    send({"code": "a", "territory": "01", "state": "bad"})
    services.apply(register="wells", xids=models_xids()[-1:], at=clock.now())
    then = clock.now()
    send({"code": "a", "territory": "01", "state": "good"})
    services.apply(register="wells", xids=models_xids()[-1:], at=clock.now())
    (known,) = queries.cells_known_at(at=then, codes=["wells-good"], territories=["01"])
    assert known.value == 0
    assert [point.value for point in queries.past(code="wells-good", territory="01")] == [0, 100]
    assert queries.trends(codes=["wells-good", "wells"], territory="01", limit=1)["wells-good"] == [100.0]


def test_the_first_value_the_whole_past_and_the_last_move_are_read_in_a_query_each(django_assert_num_queries):
    assert queries.firsts(codes=["wells", "wells-good"], territory="") == {}
    for number, state in enumerate(("bad", "good", "good")):
        send({"code": str(number), "state": state})
        for code in ("wells", "wells-good"):
            services.recompute(code=code, at=clock.now())
    with django_assert_num_queries(2):  # what they mean, what they said
        first = queries.firsts(codes=["wells", "wells-good"], territory="")
    assert {code: point.value for code, point in first.items()} == {"wells": 1, "wells-good": 0}
    with django_assert_num_queries(2):
        past = queries.pasts(codes=["wells", "wells-good"], territory="")
    assert [point.value for point in past["wells"]] == [1, 2, 3]
    assert [round(point.value) for point in past["wells-good"]] == [0, 50, 67]
    assert past["wells"] == queries.past(code="wells", territory="")
    assert queries.pasts(codes=["wells"], territory="", guarded=["wells"]) == {}
    assert queries.firsts(codes=["wells"], territory="", guarded=["wells"]) == {}
    with django_assert_num_queries(1):
        assert queries.moved_at(codes=["wells"], territory="") >= past["wells"][-1].at
    assert queries.moved_at(codes=["none"], territory="") is None


def test_what_is_taken_up_soon_after_it_was_known_is_told_apart(django_assert_num_queries):
    now = clock.now()
    span = {"since": now - timedelta(days=1), "until": now + timedelta(days=1)}
    declaration = registry.declaration(register="wells")
    registry_services.accept_batch(
        register="wells", source="main", rows=[declaration.prepare({"code": "1"})], by="intake:1", at=now
    )
    (xid,) = {row.payload["xid"] for row in EventRow.objects.filter(name="data.registry.records_versioned.v1")}
    services.apply(register="wells", xids=[xid], at=now + timedelta(seconds=30))
    with django_assert_num_queries(1):
        assert queries.in_time(within=timedelta(seconds=1), **span) == (0, 1)
    assert queries.in_time(within=timedelta(minutes=1), **span) == (1, 1)
    assert queries.in_time(within=timedelta(minutes=1), since=now - timedelta(days=2), until=span["since"]) == (0, 0)


def test_what_the_program_writes_itself_is_no_fact_that_was_told():
    now = clock.now()
    send({"code": "1"})
    (xid,) = {row.payload["xid"] for row in EventRow.objects.filter(name="data.registry.records_versioned.v1")}
    services.apply(register="wells", xids=[xid], at=now)
    span = {"since": now - timedelta(days=1), "until": now + timedelta(days=1)}
    assert queries.in_time(within=timedelta(minutes=1), **span) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_an_indicator_is_counted_with_those_that_count_by_more_and_is_told_by_its_own_periods():
    send({"code": "a", "territory": "26368", "state": "good", "depth": 5, "since": "2026-01-05"})
    wide = EVERY | {"code": "wide"}
    narrow = {**EVERY, "code": "narrow", "every": ["all", "month"]}
    narrow.pop("by", None)
    services.declare_many(documents=[narrow, wide], by=BY, at=clock.now())
    apart = dict(models.IndicatorRow.objects.filter(code__in=["wide", "narrow"]).values_list("code", "family"))
    assert apart["wide"] != apart["narrow"]
    before = {period: queries.cell(code="narrow", territory="26368", period=period).value for period in ("", "2026-01")}
    # Renamed, it stays; computed by newer rules, it moves with its past and says the same.
    services.declare(document=narrow | {"name": {"vi": "Khác", "en": "Other"}}, by=BY, at=clock.now())
    assert models.IndicatorRow.objects.get(code="narrow").family_id == apart["narrow"]
    models.IndicatorRow.objects.filter(code="narrow").update(rules=0)
    services.declare(document=narrow, by=BY, at=clock.now())
    assert models.IndicatorRow.objects.get(code="narrow").family_id == apart["wide"]
    assert {
        period: queries.cell(code="narrow", territory="26368", period=period).value for period in ("", "2026-01")
    } == before
    assert len(queries.past(code="narrow", territory="26368")) == 2
    send({"code": "b", "territory": "26368", "state": "good", "depth": 5, "since": "2026-01-05"})
    services.apply(register="wells", xids=models_xids()[-1:], at=clock.now())
    assert queries.cell(code="narrow", territory="26368").value == before[""] + 1
    assert services.recompute_many(codes=["narrow", "wide"], at=clock.now()) == 0
