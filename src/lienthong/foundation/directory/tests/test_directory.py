"""What a code meant on a date, what became of it, and reorganisations."""

import json
import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from lienthong.foundation.directory import domain, models, queries, services
from lienthong.kernel import clock
from lienthong.kernel.ids import uuid7
from lienthong.kernel.text import spelling_key

BEFORE, SINCE, TODAY = date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 24)
SHARED = (
    Path(os.environ.get("LIENTHONG_VECTORS") or Path(__file__).parents[6] / "shared") / "data/administrative-units.json"
)


@pytest.fixture(scope="module")
def _lists(django_db_setup, django_db_blocker):
    """The published lists, loaded once for the module's tests and taken away after them."""
    with django_db_blocker.unblock():
        services.load_published_lists(by="system:test", at=clock.now())
        yield
        call_command("flush", verbosity=0, interactive=False)


@pytest.mark.django_db
@pytest.mark.usefixtures("_lists")
class TestTerritories:
    def test_both_generations_are_whole(self):
        assert Counter(unit.level.value for unit in queries.units(on=BEFORE)) == {"province": 63, "commune": 10040}
        assert Counter(unit.level.value for unit in queries.units(on=SINCE)) == {"province": 34, "commune": 3321}

    def test_kinds_before_and_after_30_april_2026(self):
        for day, communes, provinces in (
            (SINCE, {"xa": 2621, "phuong": 687, "dac_khu": 13}, {"tinh": 28, "thanh_pho": 6}),
            (TODAY, {"xa": 2611, "phuong": 697, "dac_khu": 13}, {"tinh": 27, "thanh_pho": 7}),
        ):
            assert Counter(unit.kind.value for unit in queries.units(level="commune", on=day)) == communes
            assert Counter(unit.kind.value for unit in queries.units(level="province", on=day)) == provinces

    def test_whole_and_split_communes(self):
        rows = models.UnitChange.objects.filter(on=SINCE).values_list("from_code", flat=True)
        parts = Counter(code for code in rows if len(code) > 2)
        assert Counter("whole" if count == 1 else "split" for count in parts.values()) == {"whole": 9569, "split": 471}

    def test_every_split_has_one_proposal(self):
        rows = models.UnitChange.objects.filter(on=SINCE, kind="split")
        defaults = Counter(rows.filter(is_default=True).values_list("from_code", flat=True))
        assert set(defaults.values()) == {1}
        assert set(defaults) == set(rows.values_list("from_code", flat=True))

    @pytest.mark.parametrize("code", ["15", "24", "44", "52", "80", "82", "91"])
    def test_a_reused_code_means_another_province_before(self, code):
        assert queries.unit(code, BEFORE).name != queries.unit(code, SINCE).name

    def test_a_merged_province_is_followed(self):
        answer = queries.resolve("02", date(2020, 5, 1), TODAY)
        assert (answer.outcome, answer.was.name, answer.certain.code) == (domain.Outcome.CHANGED, "Hà Giang", "08")
        back = queries.resolve("08", TODAY, BEFORE)
        assert back.outcome is domain.Outcome.FORMED_FROM
        assert {unit.code for unit in back.parts} == {"02", "08"}

    def test_a_split_is_never_answered_silently(self):
        code = models.UnitChange.objects.filter(on=SINCE, kind="split").order_by("from_code")[0].from_code
        answer = queries.resolve(code, BEFORE, TODAY)
        assert answer.outcome is domain.Outcome.SPLIT
        assert answer.certain is None
        assert len(answer.parts) > 1
        assert answer.default in answer.parts

    def test_the_ward_of_2026_was_a_commune(self):
        assert queries.unit("26368", date(2026, 4, 29)).full_name == "Xã Long Thành"
        assert queries.unit("26368", date(2026, 4, 30)).full_name == "Phường Long Thành"
        answer = queries.resolve("75", SINCE, TODAY)
        assert (answer.outcome, answer.certain.full_name) == (domain.Outcome.CHANGED, "Thành phố Đồng Nai")

    def test_an_unknown_code_is_said_to_be_one(self):
        assert queries.resolve("02", TODAY, TODAY).outcome is domain.Outcome.UNKNOWN
        assert queries.resolve("xx", TODAY, TODAY).was is None

    def test_an_unchanged_province_is_the_same(self):
        assert queries.resolve("01", BEFORE, TODAY).outcome is domain.Outcome.SAME

    @pytest.mark.skipif(not SHARED.exists(), reason="the list of units by others is not here (LIENTHONG_VECTORS)")
    def test_our_list_is_the_list_by_others(self):
        others = {}
        for province in json.loads(SHARED.read_text("utf-8")):
            others[province["Code"]] = (spelling_key(province["FullName"]), "")
            for ward in province["Wards"]:
                others[ward["Code"]] = (spelling_key(ward["FullName"]), province["Code"])
        ours = {unit.code: (spelling_key(unit.full_name), unit.parent) for unit in queries.units(on=date(2026, 7, 25))}
        assert ours == others

    def test_search_without_tone_marks(self):
        assert "01" in [unit.code for unit in queries.search_units("ha noi", TODAY)]
        assert queries.territory_path("26368", TODAY) == ("26368", "75", "")

    def test_loading_again_does_nothing(self, django_assert_num_queries):
        with django_assert_num_queries(3):  # the savepoint's two and the question
            assert not services.load_published_lists(by="system:test", at=clock.now())


@pytest.mark.django_db
@pytest.mark.usefixtures("_lists")
class TestAgencies:
    def test_every_place_has_its_four_bodies(self):
        rows = models.AgencyRow.objects.filter(valid_to=None)
        assert rows.filter(level="province").count() == 4 * 34
        assert rows.filter(level="commune").count() == 4 * 3321
        assert rows.filter(level="central").count() > 60
        assert 13400 < rows.count() < 13600

    def test_unpublished_codes_are_marked(self):
        assert not queries.agency("G12", TODAY).provisional
        assert queries.agency("B01", TODAY).provisional
        assert not queries.agency("H26", TODAY).provisional
        assert queries.agency("H05", TODAY).provisional  # Bắc Ninh was merged, its new code was not found published

    def test_both_generations_of_codes_name_an_agency(self):
        assert queries.agency("000.00.00.G22", TODAY) == queries.agency("G22", TODAY)
        assert queries.agency("not a code", TODAY) is None

    def test_the_line_above_a_commune(self):
        assert queries.agency_path("B75.26368", TODAY) == ("B75.26368", "B75", "A01")
        assert queries.agency("H19.26368", TODAY).name == "Ủy ban nhân dân phường Long Thành"
        assert queries.agency("B75", date(2026, 1, 1)).name == "Tỉnh ủy Đồng Nai"
        assert queries.agency("B75", TODAY).name == "Thành ủy Đồng Nai"

    def test_merged_bodies_are_followed(self):
        assert [item.code for item in queries.agency_successors("G05", BEFORE, TODAY)] == ["G12"]
        assert [item.code for item in queries.agency_successors("H02", BEFORE, TODAY)] == ["H05"]

    def test_no_parent_is_missing(self):
        standing = set(models.AgencyRow.objects.filter(valid_to=None).values_list("code", flat=True))
        parents = set(models.AgencyRow.objects.filter(valid_to=None).values_list("parent", flat=True))
        assert parents - standing == {""}


def found(code, parent="R00", **values):
    return services.NewAgency(code=code, name=f"Cơ quan {code}", parent=parent, **values)


def lay(*codes):
    for code in codes:
        models.AgencyRow.objects.create(
            code=code, name=f"Cơ quan {code}", branch="state", level="central", parent="" if code == "R00" else "R00",
            valid_from=date(2020, 1, 1), search=code.lower(),
        )  # fmt: skip


def reorganise(kind, codes, into, on=date(2026, 11, 1)):
    services.reorganise(
        kind=kind, from_codes=codes, into=into, on=on, decree="Quyết định mẫu", by="system:test", at=clock.now()
    )


@pytest.mark.django_db
class TestReorganisations:
    def test_a_merger_passes_everything_on(self):
        lay("R00", "R61", "R62")
        at = clock.now()
        position = services.create_position(
            agency_code="R61", title="Cục trưởng", is_head=True, by="system:test", at=at
        )
        holder = uuid7()
        services.appoint(position_id=position, account_id=holder, valid_from=at, by="system:test", at=at)
        services.assign_responsibility(
            subject="register:x", role=domain.Role.OWNS, agency_code="R61", valid_from=date(2026, 1, 1), document="mẫu",
            by="system:test", at=at,
        )  # fmt: skip
        reorganise(domain.ChangeKind.MERGED, ["R61", "R62"], [found("R63")])
        assert queries.agency("R61", date(2026, 10, 31)) is not None
        assert queries.agency("R61", TODAY) is None
        assert [item.code for item in queries.agency_successors("R61", TODAY, TODAY)] == ["R63"]
        assert queries.holders("R63", clock.now(), heads_only=True)[0].account_id == holder
        assert queries.responsible("register:x", TODAY)[0].agency_code == "R63"

    def test_a_split_leaves_offices_waiting(self):
        lay("R00", "R61")
        position = services.create_position(agency_code="R61", title="Vụ trưởng", by="system:test", at=clock.now())
        reorganise(domain.ChangeKind.SPLIT, ["R61"], [found("R64"), found("R65")])
        assert [item.code for item in queries.agency_successors("R61", TODAY, TODAY)] == ["R64", "R65"]
        assert (position, "R61", "Vụ trưởng") in queries.unplaced_positions(TODAY)

    def test_a_renaming_and_a_transfer_keep_the_code(self):
        lay("R00", "R61", "R62")
        reorganise(domain.ChangeKind.RENAMED, ["R61"], [services.NewAgency(code="R61", name="Tên mới", parent="R00")])
        assert queries.agency("R61", date(2026, 10, 31)).name == "Cơ quan R61"
        assert queries.agency("R61", TODAY).name == "Tên mới"
        reorganise(
            domain.ChangeKind.TRANSFERRED,
            ["R61"],
            [services.NewAgency(code="R61", name="Tên mới", parent="R62")],
            on=date(2026, 11, 2),
        )
        assert queries.agency_path("R61", TODAY) == ("R61", "R62", "R00")
        assert queries.agency_path("R61", date(2026, 11, 1)) == ("R61", "R00")

    @pytest.mark.parametrize(
        ("kind", "codes", "into"),
        [
            (domain.ChangeKind.MERGED, ["R99"], ["R61"]),
            (domain.ChangeKind.MERGED, ["R61"], ["R61"]),
            (domain.ChangeKind.MERGED, ["R61"], ["R98"]),
            (domain.ChangeKind.SPLIT, ["R61"], [found("R64")]),
            (domain.ChangeKind.RENAMED, ["R61", "R62"], [found("R64")]),
            (domain.ChangeKind.SPLIT, ["R61"], [found("R62"), found("R64")]),
            (domain.ChangeKind.TRANSFERRED, ["R00"], [services.NewAgency(code="R00", name="x", parent="R61")]),
        ],
    )
    def test_what_does_not_hold_is_refused_and_changes_nothing(self, kind, codes, into):
        lay("R00", "R61", "R62")
        before = list(models.AgencyRow.objects.order_by("id").values())
        with pytest.raises(domain.BadReorganisation):
            reorganise(kind, codes, into)
        assert list(models.AgencyRow.objects.order_by("id").values()) == before

    def test_a_date_before_the_beginning_is_refused(self):
        lay("R00", "R61")
        with pytest.raises(domain.BadReorganisation):
            reorganise(domain.ChangeKind.RENAMED, ["R61"], [found("R61")], on=date(2019, 1, 1))


class TestCodes:
    @pytest.mark.parametrize(
        ("old", "new"), [("000.00.00.G22", "G22"), ("000.05.10.H15", "H15.10.05"), ("123.05.10.H15", "H15.10.05.123")]
    )
    def test_both_generations(self, old, new):
        assert domain.from_old_code(old) == new
        assert domain.to_old_code(new) == old

    @given(
        st.from_regex(r"[A-Z][0-9]{2}", fullmatch=True),
        st.integers(0, 3),
        st.from_regex(r"[1-9A-Z][0-9A-Z]", fullmatch=True),
        st.from_regex(r"[1-9A-Z][0-9A-Z]", fullmatch=True),
        st.from_regex(r"[1-9A-Z][0-9A-Z]{2}", fullmatch=True),
    )
    def test_there_and_back(self, first, depth, second, third, fourth):
        code = ".".join([first, second, third, fourth][: depth + 1])
        assert domain.from_old_code(domain.to_old_code(code)) == code

    @pytest.mark.parametrize("code", ["H19.26068", "G01.C06.123.4567.89"])
    def test_what_has_no_old_form_says_so(self, code):
        with pytest.raises(domain.NoOldCode):
            domain.to_old_code(code)


class TestCalendar:
    calendar = domain.Calendar(days_off={date(2026, 9, 2)}, days_worked={date(2026, 9, 5)})

    def test_the_first_day_is_not_counted_and_holidays_are_free(self):
        assert self.calendar.add_working_days(date(2026, 9, 1), 1) == date(2026, 9, 3)
        assert self.calendar.add_working_days(date(2026, 9, 4), 1) == date(2026, 9, 5)  # a Saturday made up for

    @given(st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(0, 60))
    def test_adding_and_counting_agree(self, day, count):
        assert self.calendar.working_days_between(day, self.calendar.add_working_days(day, count)) == count

    @pytest.mark.django_db
    def test_tet_and_decided_days(self):
        services.set_day(day=date(2026, 2, 14), working=True, reason="hoán đổi", by="system:test", at=clock.now())
        calendar = queries.calendar([2026])
        assert not calendar.is_working_day(date(2026, 2, 17))  # first day of the lunar year
        assert calendar.is_working_day(date(2026, 2, 14))
        assert not calendar.is_working_day(date(2026, 4, 30))
