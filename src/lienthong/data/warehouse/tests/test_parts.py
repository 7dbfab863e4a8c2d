"""Parts, meanings, small numbers, and the view as it was known."""

import random
from datetime import date

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from lienthong.data.registry import queries as registry
from lienthong.data.registry import services as registry_services
from lienthong.data.warehouse import domain, models, queries, services
from lienthong.data.warehouse.tests.test_cells import BY, COUNT, EVERY, PLACES, REGISTER, SHARE, models_xids
from lienthong.foundation.directory import models as directory_models
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock

APART = EVERY | {"code": "wells-apart", "by": ["state", "kind"], "numerator": "depth", "denominator": {}}


@pytest.fixture
def ground(transactional_db):
    schema = REGISTER["schema"] | {"properties": REGISTER["schema"]["properties"] | {"kind": {"type": "string"}}}
    registry_services.declare(document=REGISTER | {"schema": schema}, by=BY, at=clock.now())
    services.set_places(pairs=PLACES)


def send(*payloads: dict) -> None:
    declaration = registry.declaration(register="wells")
    rows = [declaration.prepare(row) for row in payloads]
    registry_services.accept_batch(register="wells", source="main", rows=rows, by=BY, at=clock.now())


def apply() -> None:
    services.apply(register="wells", xids=models_xids(), at=clock.now())


def test_the_parts_of_an_indicator_add_up_to_it_and_follow_their_rows(ground):
    services.declare_many(documents=[APART, COUNT], by=BY, at=clock.now())
    chance = random.Random(4)
    for _ in range(4):
        send(
            *(
                {
                    "code": f"w{chance.randrange(40)}", "territory": chance.choice(["26368", "75", "01", "99999"]),
                    "state": chance.choice(["good", "bad"]), "kind": chance.choice(["dug", "drilled", "100% bored"]),
                    "depth": chance.randrange(90), "since": chance.choice(["2026-01-05", "2026-02-10"]),
                }
                for _ in range(15)
            )
        )  # fmt: skip
        apply()
    for territory in ("", "75", "01"):
        for period in ("", "2026-01", "2026-W02"):
            whole = queries.cell(code="wells-apart", territory=territory, period=period)
            for by in ("state", "kind"):
                parts = queries.parts(code="wells-apart", territories=[territory], by=by, periods=[period])
                sums = [sum(column) for column in zip(*parts[territory, period].values(), strict=True)]
                assert sums == [whole.numerator, whole.denominator, whole.rows]
    assert services.recompute(code="wells-apart", at=clock.now()) == 0
    assert not models.CellRow.objects.exclude(part="").filter(territory="26368").exists()
    with pytest.raises(domain.UnknownPart):
        queries.parts(code="wells-apart", territories=[""], by="depth", periods=[""])


def test_an_indicator_that_counts_otherwise_keeps_its_past_and_tells_since_when(ground):
    services.declare_many(documents=[SHARE, COUNT], by=BY, at=clock.now())
    send(
        {"code": "a", "territory": "01", "state": "good", "since": "2026-01-05"},
        {"code": "b", "territory": "01", "state": "bad"},
    )
    apply()
    before = clock.now()
    services.declare(document=SHARE | {"period": "since", "every": ["all"]}, by=BY, at=clock.now())
    assert queries.cell(code="wells-good", territory="01").value == 100  # only dated wells count now
    assert [point.value for point in queries.past(code="wells-good", territory="01")] == [50, 100]
    assert [meaning.indicator.period for meaning in queries.meanings(code="wells-good")] == ["", "since"]
    known = queries.cells_known_at(at=before, territories=["01", "75"])
    assert {(cell.indicator, cell.territory): cell.value for cell in known} == {
        ("wells-good", "01"): 50,
        ("wells", "01"): 2,
    }


def test_other_words_for_the_same_count_are_no_new_meaning_and_nothing_is_computed(ground, monkeypatch):
    services.declare(document=SHARE, by=BY, at=clock.now())
    computed = []
    monkeypatch.setattr(services, "recompute_many", lambda codes, at: computed.extend(codes))
    services.declare(document=SHARE | {"also_called": ["tỷ lệ giếng tốt"], "digits": 2}, by=BY, at=clock.now())
    assert computed == []
    assert queries.indicator(code="wells-good").digits == 2
    assert len(queries.meanings(code="wells-good")) == 1
    services.declare(document=SHARE | {"amber": 10}, by=BY, at=clock.now())
    assert computed == ["wells-good"]
    assert len(queries.meanings(code="wells-good")) == 1


def test_new_thresholds_raise_signals_though_no_number_moved(ground):
    services.declare(document=SHARE | {"amber": 10, "red": 5}, by=BY, at=clock.now())
    send({"code": "a", "territory": "01", "state": "good"}, {"code": "b", "territory": "01", "state": "bad"})
    apply()
    assert queries.signals() == []
    services.declare(document=SHARE, by=BY, at=clock.now())
    assert [(item.territory, item.level.value) for item in queries.signals()] == [("", "amber")]


def test_a_condition_of_nothing_counts_rows_that_say_nothing(ground):
    services.declare(document=COUNT | {"numerator": {"where": {"kind": None}}}, by=BY, at=clock.now())
    send({"code": "a", "territory": "01"}, {"code": "b", "territory": "01", "kind": "dug"})
    apply()
    assert queries.cell(code="wells", territory="01").value == 1


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 12)))
def test_no_small_number_about_persons_is_told_and_none_can_be_reckoned(rows):
    hidden = domain.withheld(rows)
    shown = {key: count for key, count in rows.items() if key not in hidden}
    assert all(count == 0 or count >= domain.SMALL for count in shown.values())
    left = sum(rows.values()) - sum(shown.values())
    if any(count >= domain.SMALL for count in shown.values()):  # else nobody is left to hide among
        assert left == 0 or (left >= domain.SMALL and len(hidden) > 1)
    assert bool(hidden) == any(0 < count < domain.SMALL for count in rows.values())


def test_rows_under_a_former_code_count_where_its_unit_went(db):
    day = date(2025, 7, 1)
    units = [
        ("10001", "commune", "xa", "01", date(2000, 1, 1), day),
        ("10002", "commune", "xa", "01", day, None),
        ("01", "province", "tinh", "", date(2000, 1, 1), None),
    ]
    for code, level, kind, parent, since, until in units:
        directory_models.UnitRow.objects.create(
            code=code, level=level, kind=kind, name=code, full_name=code, parent=parent, valid_from=since, valid_to=until,
            search=code,
        )  # fmt: skip
    directory_models.UnitChange.objects.create(on=day, from_code="10001", to_code="10002", kind="merged")
    pairs = set(directory.territory_pairs(date(2026, 1, 1)))
    assert {("10001", "10002"), ("10001", "01"), ("10001", ""), ("10002", "10002")} <= pairs
    assert {pair for pair in directory.territory_pairs(date(2025, 1, 1)) if pair[0] == "10001"} == {
        ("10001", "10001"), ("10001", "01"), ("10001", ""),
    }  # fmt: skip


@pytest.mark.parametrize("rows", [registry.CURRENT_ROWS, registry.CHANGED_ROWS])
def test_rows_of_other_registers_are_left_out_where_they_are_scanned(ground, rows):
    """A field may be a number here and a word there: were it a join that tells registers apart, the server might read the
    fields of every row first, and fail on the words."""
    with transaction.atomic(), connection.cursor() as cursor:
        for way in ("nestloop", "mergejoin", "indexscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {rows}", {"register": "wells", "xids": [1]})
        ((plan,),) = cursor.fetchall()

    def scans(node: dict) -> list[dict]:
        here = [node] if node.get("Alias") == "r" else []
        return here + [found for below in node.get("Plans", ()) for found in scans(below)]

    (scan,) = scans(plan[0]["Plan"])
    assert "source_id" in scan.get("Filter", "") + scan.get("Index Cond", "")
