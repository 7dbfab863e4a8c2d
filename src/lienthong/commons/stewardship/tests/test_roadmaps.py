"""Roadmaps: whose line counts, what a file may say, who sets them, that nothing is written over."""

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from lienthong.commons.stewardship import domain, models, queries, services
from lienthong.commons.stewardship.tests.test_delegations import signed_in
from lienthong.foundation.audit import queries as audit
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY = "system:test"
EXAMPLE = Path(__file__).parents[5] / "examples" / "roadmaps" / "lo-trinh-xa.roadmap.json"
FRAMEWORK = "public-service"
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
UNITS, LEVELS = ("26368", "75", ""), ("4.3", "4", FRAMEWORK)


def set_due(**values) -> bool:
    asked = {"framework": FRAMEWORK, "criterion": "4", "unit": "75", "due_from": date(2027, 1, 1), "basis": "KH 1",
             "reason": "chưa có hạ tầng", "by": BY, "at": clock.now()}  # fmt: skip
    return services.set_due(**asked | values)


def line(unit: str, criterion: str, day: date | None) -> domain.Line:
    return domain.Line(criterion, unit, day, "KH")


class TestWhoseLine:
    def test_the_nearest_unit_and_the_latest_level(self):
        told = domain.Roadmaps.of(
            [line("", "4", date(2026, 7, 1)), line("75", "4", date(2026, 1, 1)), line("", "4.3", date(2027, 1, 1))]
        )
        assert told.line(UNITS, LEVELS).due_from == date(2027, 1, 1)
        assert told.line(("26368", "75", ""), ("4.1", "4", FRAMEWORK)).due_from == date(2026, 1, 1)
        assert told.line(("26000", "01", ""), ("4.1", "4", FRAMEWORK)).due_from == date(2026, 7, 1)
        assert told.line(("26000", "01", ""), ("3.1", "3", FRAMEWORK)) is None
        assert told.is_due(("26000", "01", ""), ("3.1", "3", FRAMEWORK), date(2020, 1, 1))

    def test_a_line_that_was_taken_back_lets_what_stands_above_count(self):
        told = domain.Roadmaps.of([line("", "4", date(2026, 7, 1)), line("75", "4", None)])
        assert told.line(("75", ""), ("4",)).unit == ""
        assert told.units == {""}

    @given(st.dictionaries(st.tuples(st.sampled_from(UNITS), st.sampled_from(LEVELS)), DAYS), DAYS)
    def test_a_part_is_never_due_before_its_whole_and_a_day_on_which_it_is_stays(self, days, on):
        told = domain.Roadmaps.of(line(unit, criterion, day) for (unit, criterion), day in days.items())
        if told.is_due(UNITS, LEVELS, on):
            assert told.is_due(UNITS, LEVELS[1:], on)
            assert told.is_due(UNITS, LEVELS, date(2028, 1, 1))
        else:
            late = told.line(UNITS, LEVELS)
            assert late.due_from > on
            assert days[late.unit, late.criterion] == late.due_from

    def test_a_path_ends_with_the_country(self):
        assert domain.path_of("26368", "75") == ("26368", "75", "")
        assert domain.path_of("G06") == ("G06", "")
        assert domain.path_of("") == ("",)


class TestFiles:
    @pytest.mark.parametrize(
        "document",
        [{}, {"lines": 3}, {"lines": [3]}, {"lines": [{}]}, {"lines": [{"framework": "a", "from": "mai"}]},
         {"lines": [{"framework": "a", "from": "2026-01-01"}] * 2}],
    )  # fmt: skip
    def test_what_cannot_be_read_is_refused(self, document):
        with pytest.raises(domain.BadRoadmap):
            domain.parse_roadmap(document)

    def test_the_example_is_taken_in_whole_and_once(self):
        document = json.loads(EXAMPLE.read_text("utf-8"))
        asked = {"document": document, "reason": "bắt đầu", "by": BY, "at": clock.now()}
        assert services.declare_roadmap(**asked) == 4
        assert services.declare_roadmap(**asked) == 0
        found = queries.roadmaps(framework=FRAMEWORK)
        assert found.lines["75", "4"].basis == "Kế hoạch 75/KH-MAU (ví dụ)"
        assert found.lines["", "4.3"].due_from == date(2027, 1, 1)
        assert models.RoadmapRow.objects.count() == 4

    @pytest.mark.parametrize(
        "bad", [{"criterion": "99"}, {"unit": "99"}, {"unit": "Z1"}, {"framework": "none"}, {"basis": ""}]
    )
    def test_one_bad_line_and_nothing_is_taken(self, bad):
        document = {
            "lines": [
                {"framework": FRAMEWORK, "from": "2026-01-01", "basis": "KH"},
                {"framework": FRAMEWORK, "criterion": "4", "from": "2026-01-01", "basis": "KH"} | bad,
            ]
        }
        with pytest.raises(domain.BadRoadmap):
            services.declare_roadmap(document=document, reason="x", by=BY, at=clock.now())
        assert models.RoadmapRow.objects.count() == 0

    def test_by_the_command(self, tmp_path):
        said = StringIO()
        call_command("stewardship", "roadmap", str(EXAMPLE), "--reason", "bắt đầu", stdout=said)
        assert said.getvalue().startswith("4 ")
        (tmp_path / "bad.json").write_text("{}", "utf-8")
        for file in (tmp_path / "bad.json", tmp_path / "none.json"):
            with pytest.raises(CommandError):
                call_command("stewardship", "roadmap", str(file), "--reason", "x")


class TestSetting:
    def test_what_was_set_before_stays_with_its_reason(self):
        assert set_due()
        assert not set_due()
        assert set_due(due_from=date(2027, 7, 1), reason="vẫn chưa")
        assert set_due(due_from=None, reason="đã có hạ tầng")
        told = queries.roadmap_history(framework=FRAMEWORK, unit="75")["4"]
        assert [(item.due_from, item.reason) for item in told] == [
            (None, "đã có hạ tầng"), (date(2027, 7, 1), "vẫn chưa"), (date(2027, 1, 1), "chưa có hạ tầng"),
        ]  # fmt: skip
        assert queries.roadmaps(framework=FRAMEWORK).lines == {}
        noted = audit.of(subject=f"framework:{FRAMEWORK}")
        reasons = [item.record.reason for item in noted if item.record.action == "commons.stewardship.roadmap"]
        assert sorted(reasons) == ["chưa có hạ tầng", "vẫn chưa", "đã có hạ tầng"]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM foundation_outbox_event WHERE name = 'commons.stewardship.roadmap_changed.v1'"
            )
            assert cursor.fetchone() == (3,)

    @pytest.mark.parametrize(
        "bad",
        [{"basis": " "}, {"reason": ""}, {"criterion": "99"}, {"unit": "99"}, {"framework": "x"}, {"due_from": None}],
    )
    def test_refusals(self, bad):
        with pytest.raises(domain.BadRoadmap):
            set_due(**bad)

    def test_the_database_itself_keeps_what_was_set(self):
        set_due()
        for change in (
            lambda: models.RoadmapRow.objects.update(due_from=None),
            lambda: models.RoadmapRow.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()

    def test_items_are_those_of_the_framework_now(self):
        known = queries.items(framework=FRAMEWORK)
        services.know_items(framework=FRAMEWORK, items=known)
        assert (known[0].code, known[0].above) == (FRAMEWORK, "")
        services.know_items(framework=FRAMEWORK, items=known[:2])
        assert queries.items(framework=FRAMEWORK) == known[:2]

    def test_all_roadmaps_are_one_query(self):
        services.declare_roadmap(document=json.loads(EXAMPLE.read_text("utf-8")), reason="x", by=BY, at=clock.now())
        with CaptureQueriesContext(connection) as seen:
            queries.roadmaps(framework=FRAMEWORK)
        assert len(seen) == 1


class TestOnScreen:
    def test_empty_it_says_what_that_means_and_leads_on(self):
        assert "mọi đơn vị đều phải đạt" in signed_in("bo-truong").get("/roadmaps").content.decode()
        leader = signed_in("lanh-dao-tw").get(f"/roadmaps?framework={FRAMEWORK}").content.decode()
        assert "/roadmaps/vn?framework=public-service" in leader
        assert Client().get("/roadmaps").status_code == 302
        assert signed_in("bo-truong").get("/roadmaps?framework=none").status_code == 404

    def test_who_may_sets_it_and_others_read_it(self):
        address = f"/roadmaps/75?framework={FRAMEWORK}"
        sent = {"criterion": "4", "due_from": "2099-01-01", "basis": "KH 9", "reason": "chưa có hạ tầng"}
        for username in ("chu-tich-tinh", "kiem-toan"):
            client = signed_in(username)
            assert 'name="due_from"' not in client.get(address).content.decode()
            assert client.post(address, sent).status_code == 403
        leader = signed_in("lanh-dao-tw")
        assert 'name="due_from"' in leader.get(address).content.decode()
        for bad in ({"basis": ""}, {"reason": ""}, {"due_from": ""}, {"due_from": "mai"}, {"criterion": "zz"}):
            answer = leader.post(address, sent | bad)
            assert answer.status_code == 422, bad
            assert 'role="alert"' in answer.content.decode()
        assert leader.post(address, sent).status_code == 302
        page = signed_in("chu-tich-tinh").get(address).content.decode()
        assert "01/01/2099" in page
        assert "chưa có hạ tầng" in page
        below = leader.get(f"/roadmaps/26368?framework={FRAMEWORK}").content.decode()
        assert "01/01/2099" in below
        assert leader.post(address, sent | {"due_from": "", "take_back": "yes"}).status_code == 302
        assert "bỏ dòng riêng" in leader.get(address).content.decode()
        assert leader.get("/roadmaps/99").status_code == 404
        for unit in ("vn", "G06", "01"):
            assert leader.get(f"/roadmaps/{unit}?framework={FRAMEWORK}").status_code == 200

    def test_the_list_is_searched_without_tone_marks_and_shows_what_is_inherited(self):
        services.declare_roadmap(document=json.loads(EXAMPLE.read_text("utf-8")), reason="x", by=BY, at=clock.now())
        reader = signed_in("bo-truong")
        whole = reader.get(f"/roadmaps?framework={FRAMEWORK}").content.decode()
        assert "/roadmaps/26368?" in whole
        assert "/roadmaps/01?" not in whole
        found = reader.get(f"/roadmaps?framework={FRAMEWORK}&q=ha noi").content.decode()
        assert "/roadmaps/01?" in found
        assert "theo cả nước" in found
        assert "Không có đơn vị nào khớp" in reader.get(f"/roadmaps?framework={FRAMEWORK}&q=zzzz").content.decode()

    def test_the_list_costs_the_same_however_many_there_are(self):
        reader = signed_in("bo-truong")

        def cost() -> int:
            with CaptureQueriesContext(connection) as seen:
                assert reader.get(f"/roadmaps?framework={FRAMEWORK}").status_code == 200
            return len(seen)

        for unit in ("G06", "75", "26368"):
            set_due(unit=unit)
        cost()  # what a process learns once is learnt
        few = cost()
        for unit in ("01", "31", "26374", "G22", ""):
            set_due(unit=unit)
        assert cost() == few

    @pytest.mark.parametrize(("language", "said"), [("vi", "chưa đến hạn"), ("en", "not yet due")])
    def test_in_both_languages(self, language, said):
        set_due(due_from=date(2099, 1, 1))
        leader = signed_in("lanh-dao-tw")
        leader.cookies["language"] = language
        for address in (f"/roadmaps?framework={FRAMEWORK}", f"/roadmaps/75?framework={FRAMEWORK}"):
            assert said in leader.get(address).content.decode()

    def test_as_json(self):
        set_due(unit="75")
        set_due(unit="", criterion=FRAMEWORK, due_from=date(2026, 1, 1))
        reader = signed_in("bo-truong")
        told = reader.get(f"/api/v1/stewardship/roadmaps/{FRAMEWORK}").json()
        assert [(item["unit"], item["criterion"], item["due_from"]) for item in told] == [
            ("", FRAMEWORK, "2026-01-01"), ("75", "4", "2027-01-01"),
        ]  # fmt: skip
        assert reader.get("/api/v1/stewardship/roadmaps/none").status_code == 404
        assert Client().get(f"/api/v1/stewardship/roadmaps/{FRAMEWORK}").status_code == 401
