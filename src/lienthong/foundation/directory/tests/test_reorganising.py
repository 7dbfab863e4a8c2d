"""Reorganisations change what comes, never what was; offices, duties and subordinates are always somewhere."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lienthong.foundation.directory import domain, models, queries, services
from lienthong.foundation.directory.domain import ChangeKind
from lienthong.kernel.clock import VIETNAM
from lienthong.kernel.errors import NotFound
from lienthong.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
BY, DECREE = "system:test", "Nghị định thử"
START, DAY = date(2020, 1, 1), date(2026, 3, 1)
BEFORE = DAY - timedelta(days=1)


def moment(day: date) -> datetime:
    return datetime.combine(day, time(9), VIETNAM)


AT = moment(date(2026, 2, 1))


def found(code: str, parent: str = "", since: date = START) -> None:
    models.AgencyRow.objects.create(
        code=code, name=f"Cơ quan {code}", branch="state", level="central", parent=parent, valid_from=since, search=code
    )


def new(code: str, parent: str = "R00", **values) -> services.NewAgency:
    return services.NewAgency(code=code, name=f"Cơ quan {code} mới", parent=parent, **values)


def reorganise(kind: ChangeKind, codes, into, on: date = DAY, **values) -> None:
    services.reorganise(kind=kind, from_codes=codes, into=into, on=on, decree=DECREE, by=BY, at=AT, **values)


def person_in(code: str):
    position = services.create_position(agency_code=code, title="Giám đốc", is_head=True, by=BY, at=AT)
    person = uuid7()
    services.appoint(position_id=position, account_id=person, valid_from=AT, by=BY, at=AT)
    return person


@pytest.fixture(autouse=True)
def _tree():
    found("R00")
    for code in ("R01", "R02", "R03"):
        found(code, "R00")
    found("R01.01", "R01")


class TestWhatWas:
    def test_subordinates_were_where_they_were(self):
        reorganise(ChangeKind.MERGED, ["R01"], ["R02"])
        assert queries.agency_path("R01.01", BEFORE) == ("R01.01", "R01", "R00")
        assert queries.agency_path("R01.01", DAY) == ("R01.01", "R02", "R00")

    def test_a_merger_to_come_moves_nobody_before_its_day(self):
        person = person_in("R01")
        reorganise(ChangeKind.MERGED, ["R01"], ["R02"])
        assert [held.account_id for held in queries.holders("R01", moment(BEFORE))] == [person]
        assert queries.holders("R02", moment(BEFORE)) == ()
        assert [held.account_id for held in queries.holders("R02", moment(DAY))] == [person]
        assert [held.agency_code for held in queries.held_positions(person, moment(BEFORE))] == ["R01"]

    def test_an_office_is_held_in_each_agency_for_its_time(self, django_assert_num_queries):
        person = person_in("R01")
        reorganise(ChangeKind.MERGED, ["R01"], ["R02"])
        turn = datetime.combine(DAY, time(0), VIETNAM)
        with django_assert_num_queries(1):
            held = {item.agency_code: (item.valid_from, item.valid_to) for item in queries.ever_held(accounts=[person])}
        assert held == {"R01": (AT, turn), "R02": (turn, None)}
        (there,) = queries.ever_held(agencies=["R02"])
        assert (there.account_id, there.valid_from) == (person, turn)
        for day in (BEFORE, DAY):
            standing = [
                item.agency_code for item in queries.ever_held(positions=[there.position_id])
                if item.valid_from <= moment(day) and (item.valid_to is None or item.valid_to > moment(day))
            ]  # fmt: skip
            assert standing == [item.agency_code for item in queries.held_positions(person, moment(day))]
        assert [held.agency_path for held in queries.held_positions(person, moment(DAY))] == [("R02", "R00")]
        assert queries.positions_below(["R02"], BEFORE) == []
        assert len(queries.positions_below(["R02"], DAY)) == 1

    def test_the_published_lists_come_again_without_undoing_it(self):
        reorganise(ChangeKind.RENAMED, ["R01"], [new("R01")])
        assert [queries.agency("R01", day).name for day in (BEFORE, DAY)] == ["Cơ quan R01", "Cơ quan R01 mới"]


class TestDuties:
    def assign(self, subject: str, agency: str, since: date):
        services.assign_responsibility(
            subject=subject, role=domain.Role.OWNS, agency_code=agency, valid_from=since, document="thử", by=BY, at=AT
        )

    def owner(self, subject: str, day: date) -> list[str]:
        return [item.agency_code for item in queries.responsible(subject, day)]

    @pytest.mark.parametrize("since", [START, DAY, DAY + timedelta(days=9)], ids=["long before", "that day", "later"])
    def test_what_a_merged_agency_answers_for_is_its_successors(self, since):
        self.assign("system:x", "R01", since)
        reorganise(ChangeKind.MERGED, ["R01"], ["R02"])
        assert self.owner("system:x", DAY + timedelta(days=9)) == ["R02"]
        assert self.owner("system:x", BEFORE) == (["R01"] if since < DAY else [])

    def test_a_working_day_in_exchange_and_a_decision_over_it(self):
        saturday, monday = date(2026, 8, 22), date(2026, 8, 31)
        assert queries.calendar([2026]).is_working_day(saturday)
        assert not queries.calendar([2026]).is_working_day(monday)
        services.set_day(day=saturday, working=False, reason="thử", by=BY, at=AT)
        services.set_day(day=monday, working=True, reason="thử", by=BY, at=AT)
        assert not queries.calendar([2026]).is_working_day(saturday)
        assert queries.calendar([2026]).is_working_day(monday)


def test_a_subordinate_that_takes_over_stands_where_the_one_above_it_stood():
    reorganise(ChangeKind.MERGED, ["R01"], ["R01.01"])
    assert queries.agency_path("R01.01", DAY) == ("R01.01", "R00")


class TestSplits:
    def test_a_part_that_keeps_the_code_is_a_part_like_the_others(self):
        reorganise(ChangeKind.SPLIT, ["R02"], ["R02", new("R09")])
        assert [item.code for item in queries.agency_successors("R02", BEFORE, DAY)] == ["R02", "R09"]

    def test_where_each_subordinate_goes_must_be_said(self):
        parts = [new("R08"), new("R09")]
        with pytest.raises(domain.BadReorganisation, match=r"R01\.01"):
            reorganise(ChangeKind.SPLIT, ["R01"], parts)
        models.AgencyRow.objects.filter(code__in=["R08", "R09"]).delete()
        models.AgencyRow.objects.filter(code="R01").update(valid_to=None)
        reorganise(ChangeKind.SPLIT, ["R01"], parts, children={"R01.01": "R09"})
        assert queries.agency_path("R01.01", DAY) == ("R01.01", "R09", "R00")

    def test_offices_wait_for_a_decision(self):
        person_in("R02")
        reorganise(ChangeKind.SPLIT, ["R02"], [new("R08"), new("R09")])
        assert queries.unplaced_positions(BEFORE) == []
        assert [(code, title) for _, code, title in queries.unplaced_positions(DAY)] == [("R02", "Giám đốc")]


@pytest.mark.parametrize(
    ("kind", "codes", "into"),
    [
        (ChangeKind.RENAMED, ["R01"], ["R01"]),
        (ChangeKind.RENAMED, ["R01"], ["R02"]),
        (ChangeKind.TRANSFERRED, ["R01"], ["R02"]),
        (ChangeKind.MERGED, ["R01"], ["R01"]),
        (ChangeKind.MERGED, ["R77"], ["R01"]),
        (ChangeKind.MERGED, ["R01"], ["R77"]),
        (ChangeKind.SPLIT, ["R02"], [services.NewAgency("R09", "một")]),
        (ChangeKind.RENAMED, ["R02"], [services.NewAgency("R02", "  ", parent="R00")]),
        (ChangeKind.RENAMED, ["R02"], [services.NewAgency("R03", "trùng mã", parent="R00")]),
        (ChangeKind.TRANSFERRED, ["R02"], [services.NewAgency("R02", "dưới ai", parent="R77")]),
        (ChangeKind.TRANSFERRED, ["R01"], [services.NewAgency("R01", "vòng", parent="R01.01")]),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(kind, codes, into):
    from django.db import transaction

    before = list(models.AgencyRow.objects.order_by("id").values())
    with pytest.raises(domain.BadReorganisation), transaction.atomic():
        reorganise(kind, codes, into)
    assert list(models.AgencyRow.objects.order_by("id").values()) == before


def test_a_code_named_twice_is_one():
    reorganise(ChangeKind.MERGED, ["R01", "R01"], ["R02"])
    assert [item.code for item in queries.agency_successors("R01", BEFORE, DAY)] == ["R02"]


def test_offices_that_are_not_there():
    with pytest.raises(NotFound):
        services.appoint(position_id=uuid7(), account_id=uuid7(), valid_from=AT, by=BY, at=AT)
    person = person_in("R01")
    position = queries.position_of("R01", "Giám đốc")
    with pytest.raises(domain.BadTerm):
        services.relieve(position_id=position, account_id=person, valid_to=AT - timedelta(days=1), by=BY, at=AT)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "split", "rename", "transfer"]),
        st.integers(0, 9),
        st.integers(0, 9),
        st.integers(1, 400),
    ),
    max_size=8,
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_is_reorganised_the_directory_holds_together(steps):
    from django.db import transaction

    with transaction.atomic():
        days, number = [BEFORE], 0
        services.assign_responsibility(
            subject="system:y", role=domain.Role.LEADS, agency_code="R01", valid_from=START, document="", by=BY, at=AT
        )
        person_in("R01")
        for kind, first, second, later in steps:
            day = days[-1] + timedelta(days=later)
            number += 1
            standing = sorted(
                models.AgencyRow.objects.filter(valid_to=None).exclude(code="R00").values_list("code", flat=True)
            )
            one, two = standing[first % len(standing)], standing[second % len(standing)]
            history = snapshot(days)
            children = {row.code: f"R{number}8" for row in models.AgencyRow.objects.filter(parent=one, valid_to=None)}
            try:
                with transaction.atomic():
                    if kind == "merge":
                        reorganise(ChangeKind.MERGED, [one], [two], day)
                    elif kind == "split":
                        into = [new(f"R{number}8"), new(f"R{number}9")]
                        reorganise(ChangeKind.SPLIT, [one], into, day, children=children)
                    elif kind == "rename":
                        reorganise(ChangeKind.RENAMED, [one], [new(f"R{number}7")], day)
                    else:
                        reorganise(ChangeKind.TRANSFERRED, [one], [new(one, parent=two)], day)
            except domain.BadReorganisation:
                continue
            assert snapshot(days) == history, "what was before the day has changed"
            days.append(day)
        for code in set(models.AgencyRow.objects.values_list("code", flat=True)):
            rows = list(models.AgencyRow.objects.filter(code=code).order_by("valid_from"))
            for row, after in pairwise(rows):
                assert row.valid_to is not None
                assert row.valid_to <= after.valid_from
        for day in days:
            alive = {item.code: item for item in queries.agencies(on=day, limit=1000)}
            for item in alive.values():
                assert item.parent == "" or item.parent in alive, f"{item.code} stands under {item.parent} on {day}"
            for code in ("R01", "R02", "R03"):
                assert {item.code for item in queries.agency_successors(code, BEFORE, day)} <= alive.keys()
                assert queries.agency_successors(code, BEFORE, day)
            assert len(queries.responsible("system:y", day)) == 1
            assert sum(1 for _ in models.Placement.objects.filter(queries._on(day))) == 1
        transaction.set_rollback(True)


def snapshot(days: list[date]) -> list:
    """All that could be asked about days gone by."""
    return [
        (
            [(item.code, item.name, item.parent) for item in queries.agencies(on=day, limit=1000)],
            [(item.agency_code, item.role) for item in queries.responsible("system:y", day)],
            [(item.account_id, item.agency_code) for item in queries.holders("R01", moment(day))],
        )
        for day in days
    ]
