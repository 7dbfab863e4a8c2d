"""Versions of records: what is accepted, what never goes away, what was true when and known when."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import count, pairwise

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lienthong.data.registry import domain, models, queries, services, testing

AT, REGISTER, SOURCE = testing.AT, testing.REGISTER, testing.SOURCE
HOUR = timedelta(hours=1)
WHOM = {"register": REGISTER, "source": SOURCE, "by": "system:test"}


@pytest.fixture(autouse=True)
def _register(people):
    testing.declare(valid_from="born")


def accept(payload, *, version=None, at=AT):
    return services.accept(payload=payload, version=version, at=at, **WHOM)


def history(key="999000000001"):
    """Versions of a record, the oldest first."""
    return sorted(queries.history(register=REGISTER, key=key), key=lambda item: item.version)


def test_a_higher_version_is_accepted_and_what_it_follows_stays():
    accept(testing.person(1, name="Trần An"), version=3)
    result = accept(testing.person(1, name="Trần Bình"), version=7, at=AT + HOUR)
    assert (result.new, result.written) == (False, True)
    first, second = history()
    assert (first.version, first.payload["name"], first.known_to) == (3, "Trần An", AT + HOUR)
    assert (second.version, second.payload["name"], second.is_current) == (7, "Trần Bình", True)


@pytest.mark.parametrize("given", [3, 2, 1])
def test_an_equal_or_lower_version_that_says_something_else_is_a_conflict(given):
    accept(testing.person(1, name="Trần An"), version=3)
    with pytest.raises(domain.VersionConflict) as refusal:
        accept(testing.person(1, name="Trần Bình"), version=given, at=AT + HOUR)
    assert refusal.value.status == 409
    assert "999000000001 đang ở phiên bản 3; chỉ nhận phiên bản cao hơn, không nhận" in refusal.value.text("vi")
    assert str(given) in refusal.value.text("en")
    assert len(history()) == 1


@pytest.mark.parametrize("version", [None, 1, 3, 9])
def test_the_same_content_is_left_alone_whatever_its_version(version):
    accept(testing.person(1), version=3)
    result = accept(testing.person(1), version=version, at=AT + HOUR)
    assert (result.new, result.written) == (False, False)
    assert [item.version for item in history()] == [3]


def test_a_version_that_a_late_fact_has_taken_is_a_conflict_too():
    accept(testing.person(1, born="2020-01-01"), version=1)
    accept(testing.person(1, born="2010-01-01"))
    with pytest.raises(domain.VersionConflict):
        accept(testing.person(1, born="2022-01-01"), version=2)
    accept(testing.person(1, born="2022-01-01"), version=3)
    assert history()[-1].is_current


@pytest.mark.parametrize(
    ("payload", "part"),
    [
        ({"id": "1", "name": "An"}, "999"),
        ({"id": "999000000001"}, "thiếu"),
        (testing.person(1, name="a\x00b"), "ký tự rỗng"),
        (testing.person(1, children=2**70), "JSON"),
        (testing.person(1, unknown=1), "không khai báo"),
    ],
)
def test_a_record_that_does_not_fit_is_refused_with_the_reason(payload, part):
    with pytest.raises(domain.RecordRefused) as refusal:
        accept(payload)
    assert part in refusal.value.text("vi")
    assert not models.Record.objects.exists()


def test_of_one_batch_the_last_row_of_a_key_counts_and_conflicts_change_nothing():
    accept(testing.person(2), version=5)
    declaration = queries.declaration(register=REGISTER)
    rows = [declaration.prepare(testing.person(1, name=name)) for name in ("Trần An", "Trần Bình")] + [
        domain.Incoming(**declaration.prepare(testing.person(2, name="Khác")).__dict__ | {"version": 4})
    ]
    result = services.accept_batch(rows=rows, at=AT, **WHOM)
    assert (result.new, result.changed, result.conflicts) == (1, 0, (("999000000002", 5, 4),))
    assert testing.stored() == {
        "999000000001": testing.person(1, name="Trần Bình"),
        "999000000002": testing.person(2),
    }


def test_an_ended_record_leaves_the_current_ones_and_may_come_back():
    accept(testing.person(1))
    services.close(keys=["999000000001", "999000000999"], at=AT + HOUR, **WHOM)
    assert not testing.stored()
    assert queries.register(key=REGISTER).records == 0
    assert not queries.search(register=REGISTER, source=SOURCE)
    accept(testing.person(1), at=AT + 2 * HOUR)
    assert [item.closed for item in history()] == [False, True, False]
    assert queries.register(key=REGISTER).records == 1


def test_a_register_counts_each_source_by_itself():
    for source in (SOURCE, "other"):
        services.accept(payload=testing.person(1), version=None, at=AT, **WHOM | {"source": source})
    accept(testing.person(2))
    counts = {item.key: item.records for item in queries.register(key=REGISTER).sources}
    assert counts == {SOURCE: 2, "other": 1}


def test_an_end_is_never_before_the_fact_that_it_ends():
    accept(testing.person(1, born="2020-07-01"))
    services.close(keys=["999000000001"], valid_from=date(2020, 1, 1), at=AT + HOUR, **WHOM)
    assert history()[-1].valid_from == date(2020, 7, 1)
    for day in (date(2020, 1, 1), date(2020, 7, 1)):
        assert (
            queries.as_of(register=REGISTER, source=SOURCE, key="999000000001", valid_on=day, known_at=AT + HOUR)
            is None
        )


def test_accepting_and_ending_are_in_the_audit_log():
    accept(testing.person(1))
    services.close(keys=["999000000001"], at=AT, **WHOM)
    with connection.cursor() as cursor:
        cursor.execute("SELECT action FROM foundation_audit_record ORDER BY id")
        assert [action for (action,) in cursor.fetchall()][-2:] == ["data.registry.accept", "data.registry.close"]


def test_what_stands_is_never_looked_up_through_the_index_of_places():
    """Which leads there by reading it whole for every key, as long as the planner knows nothing of a new table."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("DROP INDEX data_registry_record_one_current")
        cursor.execute(
            "EXPLAIN SELECT * FROM data_registry_record WHERE source_id = 1 AND key = 'x' AND known_to IS NULL LIMIT 1"
        )
        assert "data_registry_current_place" not in "".join(line for (line,) in cursor.fetchall())


# --- any sequence of facts --------------------------------------------------------------------------------------------

numbers = count(1)
days = st.integers(0, 4).map(lambda place: date(2020, 1, 1) + timedelta(days=100 * place))
tell = st.tuples(st.just("tell"), st.sampled_from(["Trần An", "Trần Bình", "Trần Chi"]), days)
end = st.tuples(st.just("end"), st.none(), st.none() | days)
sequences = st.lists(st.lists(tell, min_size=1, max_size=3) | end.map(lambda item: [item]), min_size=1, max_size=8)


def play(sequence) -> tuple[str, list]:
    """Tell one new record's facts hour by hour; its key and what was told: (moment, ends, name, day) in order."""
    number = next(numbers)
    key = testing.person(number)["id"]
    declaration, told = queries.declaration(register=REGISTER), []
    for hour, facts in enumerate(sequence):
        at = AT + hour * HOUR
        if facts[0][0] == "end":
            before = next(iter(queries.current(register=REGISTER, source=SOURCE, keys=[key])), None)
            services.close(keys=[key], valid_from=facts[0][2], at=at, **WHOM)
            if before:
                told.append((at, True, None, max(facts[0][2] or before.valid_from, before.valid_from)))
            continue
        rows = [declaration.prepare(testing.person(number, name=name, born=day.isoformat())) for _, name, day in facts]
        services.accept_batch(rows=rows, at=at, **WHOM)
        told += [(at, False, name, day) for _, name, day in facts]
    return key, told


property_of_sequences = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@property_of_sequences
@given(sequences)
def test_history_replayed_is_the_current_state_and_its_times_do_not_overlap(sequence):
    key, _ = play(sequence)
    versions = history(key)
    if not versions:
        return
    assert [item.version for item in versions] == list(range(1, len(versions) + 1))
    stood = [item for item in versions if item.known_from != item.known_to or item.is_current]
    for before, after in pairwise(stood):
        assert before.known_to == after.known_from
    assert [item.is_current for item in stood] == [False] * (len(stood) - 1) + [True]
    assert testing.stored().get(key) == (None if stood[-1].closed else stood[-1].payload)
    by_day = defaultdict(list)
    for item in versions:
        by_day[item.valid_from].append(item)
        assert item.valid_to is None or item.valid_to > item.valid_from
    for day, following in pairwise(sorted(by_day)):
        assert all(item.valid_to is None or item.valid_to <= following for item in by_day[day])
        assert any(item.valid_to == following for item in by_day[day])


@property_of_sequences
@given(sequences, st.data())
def test_what_was_true_on_a_day_as_known_at_a_moment_is_what_had_been_told(sequence, data):
    key, told = play(sequence)
    for _ in range(5):
        day, hour = data.draw(days), data.draw(st.integers(-1, len(sequence)))
        at = AT + hour * HOUR
        known = [fact for fact in told if fact[0] <= at and fact[3] <= day]
        # Of what is true from the latest day, the last told.
        fact = max(enumerate(known), key=lambda item: (item[1][3], item[0]), default=(0, None))[1]
        found = queries.as_of(register=REGISTER, source=SOURCE, key=key, valid_on=day, known_at=at)
        assert (found and found.payload["name"]) == (fact and fact[2])
