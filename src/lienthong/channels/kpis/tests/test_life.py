"""The life of a result: in order, in time, by different people; what is published stays; red ones ask for an answer."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from lienthong.channels.kpis import domain, models, queries, reference, services
from lienthong.channels.kpis.testing import all_open, small
from lienthong.commons.casework import services as casework
from lienthong.data.warehouse import services as warehouse
from lienthong.foundation.audit import models as audit_models
from lienthong.foundation.directory import services as appointments

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
BY = "system:test"
Q3 = domain.Span.parse("2026-Q3")
AFTER = datetime(2026, 10, 5, 3, tzinfo=UTC)
UNIT_ACTOR, JUDGE_ACTOR, OTHER_ACTOR, LEADER_ACTOR, NEW_ACTOR = (
    f"account:{UUID(int=number)}" for number in range(1, 6)
)
UNIT = {"by": UNIT_ACTOR, "agency": "H19", "at": AFTER}
JUDGE = {"by": JUDGE_ACTOR, "agency": "K01", "at": AFTER}
OTHER = {"by": OTHER_ACTOR, "agency": "K01", "at": AFTER}
LEADER = {"by": LEADER_ACTOR, "agency": "A08", "at": AFTER}
OWN = {"plan": ("4", "https://example.vn/ke-hoach.pdf")}


def dossiers(online: int, others: int, agency: str = "H19") -> None:
    rows = [
        {"MaHoSo": f"{agency}-260810-{number:05}", "MaTTHC": "1.999999", "KenhThucHien": 2 if number < online else 1,
         "DonViXuLy": agency, "NgayTiepNhan": "20260810083000", "TrangThaiHoSo": 2}
        for number in range(online + others)
    ]  # fmt: skip
    casework.sync(rows=rows, source="national-portal", by=BY, at=AFTER)
    warehouse.recompute(code="online-share", at=AFTER)


def assessed(unit: str = "75", at: datetime = AFTER, **more) -> domain.Assessment:
    services.declare(document=small(**more), by=BY, at=at)
    framework = queries.framework(code="small")
    services.assess(framework=framework, span=Q3, at=at)
    return queries.assessments(framework=framework, span=Q3)[unit]


def again(found: domain.Assessment) -> domain.Assessment:
    return queries.assessment(id=found.id)


def published(**more) -> domain.Assessment:
    found = assessed(**more)
    services.self_score(id=found.id, given=OWN, **UNIT)
    services.appraise(id=found.id, given={"plan": ("3", "chưa có mốc")}, **JUDGE)
    services.publish(ids=[found.id], **LEADER)
    return again(found)


class TestTheWay:
    @pytest.mark.parametrize("step", ["appraise", "self_score"])
    def test_a_step_taken_while_it_is_computed_anew_is_not_undone(self, monkeypatch, step):
        dossiers(online=60, others=40)
        found = assessed()
        services.self_score(id=found.id, given=OWN, **UNIT)
        inputs = queries.inputs

        def meanwhile(**asked):
            told = inputs(**asked)
            given = {"plan": ("1", "chưa đủ")}
            getattr(services, step)(id=found.id, given=given, **(JUDGE if step == "appraise" else UNIT))
            return told

        monkeypatch.setattr(queries, "inputs", meanwhile)
        services.assess(framework=queries.framework(code="small"), span=Q3, at=AFTER + timedelta(hours=1))
        kept = again(found)
        assert (kept.results["plan"].score, kept.computed_at) == (Decimal(1), AFTER)

    def test_from_computed_to_final(self):
        dossiers(online=60, others=40)
        found = assessed()
        assert (found.state, found.score, found.completeness) == (
            domain.State.COMPUTED,
            Decimal("7.50"),
            Decimal("60.00"),
        )
        services.self_score(id=found.id, given=OWN, **UNIT)
        assert again(found).score == Decimal("8.50")
        services.appraise(id=found.id, given={"plan": ("3", "chưa có mốc")}, **JUDGE)
        assert (again(found).state, again(found).score) == (domain.State.APPRAISED, Decimal("7.50"))
        assert services.publish(ids=[found.id], **LEADER) == 1
        done = again(found)
        assert (done.state, done.appeal_until, done.number) == (domain.State.PUBLISHED, date(2026, 10, 12), 1)
        assert services.close_unappealed(at=AFTER) == 0
        assert services.close_unappealed(at=AFTER + timedelta(days=8)) == 1
        assert again(found).state is domain.State.FINAL
        assert [taken.step.value for taken in queries.life(id=found.id)] == [
            "self_score",
            "appraise",
            "publish",
            "close",
        ]
        noted = audit_models.RecordRow.objects.filter(action__startswith="channels.kpis.").values_list(
            "action", flat=True
        )
        assert {"channels.kpis.self_score", "channels.kpis.appraise", "channels.kpis.publish"} <= set(noted)

    def test_an_appeal_that_is_granted_makes_a_further_version(self):
        dossiers(online=10, others=90)
        found = published()
        first = found.score
        services.appeal(id=found.id, reason="Số liệu đã được đính chính", **UNIT)
        dossiers(online=80, others=20)
        services.decide(id=found.id, granted=True, reason="Đúng", given={"plan": ("4", "đã có mốc")}, **OTHER)
        done = again(found)
        assert (done.state, done.number, done.score) == (domain.State.FINAL, 2, Decimal("10.00"))
        assert [(version.number, version.score) for version in queries.published(id=found.id)] == [
            (1, first),
            (2, done.score),
        ]
        assert queries.sheet(code="small", span=Q3, unit="75", public=True, at=AFTER).assessment.score == done.score

    def test_an_appeal_that_is_refused_changes_nothing(self):
        found = published()
        services.appeal(id=found.id, reason="Không đồng ý", **UNIT)
        services.decide(id=found.id, granted=False, reason="Không có căn cứ", **OTHER)
        done = again(found)
        assert (done.state, done.number, done.results) == (domain.State.FINAL, 1, found.results)

    def test_what_is_published_does_not_move(self):
        dossiers(online=60, others=40)
        found = published()
        dossiers(online=0, others=100)
        framework = queries.framework(code="small")
        services.assess(framework=framework, span=Q3, at=AFTER)
        assert again(found).results == found.results
        with pytest.raises(domain.VersionTaken):
            services.declare(document=small(basis="khác"), by=BY, at=AFTER)
        services.declare(document=small(version="2", red_below=10), by=BY, at=AFTER)
        services.assess(framework=queries.framework(code="small"), span=Q3, at=AFTER + timedelta(hours=1))
        assert again(found).results == found.results
        sheet = queries.sheet(code="small", span=Q3, unit="75", at=AFTER)
        assert (sheet.framework.version, sheet.assessment.state) == ("2", domain.State.COMPUTED)
        assert queries.sheet(code="small", span=Q3, unit="75", public=True, at=AFTER).framework.version == "1"

    def test_steps_again_are_harmless(self):
        found = assessed()
        for _ in range(2):
            services.self_score(id=found.id, given=OWN, **UNIT)
        assert len(queries.life(id=found.id)) == 1
        services.appraise(id=found.id, given=OWN, **JUDGE)
        assert services.publish(ids=[found.id, found.id], **LEADER) == 1
        assert services.publish(ids=[found.id], **LEADER) == 0
        assert models.QuestionRow.objects.filter(assessment=found.id).count() == 1
        assert again(found).state is domain.State.PUBLISHED

    def test_the_database_itself_keeps_what_was_published(self):
        dossiers(online=60, others=40)
        found = published()
        row = models.AssessmentRow.objects.filter(id=found.id)
        for change in (
            lambda: models.PublishedRow.objects.filter(assessment=found.id).update(score=10),
            lambda: models.PublishedRow.objects.filter(assessment=found.id).delete(),
            lambda: models.StepRow.objects.filter(assessment=found.id).delete(),
            lambda: row.update(score=10),
            lambda: row.update(results={}),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        assert again(found) == found


class TestRefusals:
    def test_wrong_order(self):
        found = assessed()
        for step in (
            lambda: services.appraise(id=found.id, given=OWN, **JUDGE),
            lambda: services.publish(ids=[found.id], **LEADER),
            lambda: services.appeal(id=found.id, reason="x", **UNIT),
            lambda: services.decide(id=found.id, granted=True, reason="x", **OTHER),
        ):
            with pytest.raises(domain.WrongStep):
                step()
        services.self_score(id=found.id, given=OWN, **UNIT)
        services.appraise(id=found.id, given=OWN, **JUDGE)
        with pytest.raises(domain.WrongStep):
            services.self_score(id=found.id, given=OWN, **UNIT)
        with pytest.raises(domain.WrongStep):
            services.confirm(framework=queries.framework(code="small"), span=Q3, **JUDGE)

    def test_a_period_is_scored_when_it_is_over(self):
        early = datetime(2026, 9, 30, 3, tzinfo=UTC)
        found = assessed(at=early)
        with pytest.raises(domain.NotOver):
            services.self_score(id=found.id, given=OWN, **UNIT | {"at": early})

    @pytest.mark.parametrize(
        "judge",
        [(UNIT_ACTOR, "K01"), (NEW_ACTOR, "H19"), (NEW_ACTOR, "H19.26368")],
        ids=["the same person", "the same agency", "an agency under it"],
    )
    def test_nobody_appraises_their_own(self, judge):
        found = assessed()
        services.self_score(id=found.id, given=OWN, **UNIT)
        with pytest.raises(domain.SamePerson):
            services.appraise(id=found.id, given=OWN, by=judge[0], agency=judge[1], at=AFTER)

    def test_no_other_office_of_the_judge_makes_them_one_of_their_own_cause(self):
        """Whichever office is named first: who also holds one in the body assessed does not appraise it."""
        found = assessed()
        services.self_score(id=found.id, given=OWN, **UNIT)
        office = appointments.create_position(agency_code="H19", title="Chánh Văn phòng (thử)", by=BY, at=AFTER)
        appointments.appoint(position_id=office, account_id=UUID(int=5), valid_from=AFTER, by=BY, at=AFTER)
        with pytest.raises(domain.SamePerson):
            services.appraise(id=found.id, given=OWN, by=NEW_ACTOR, agency="K01", at=AFTER)
        services.appraise(id=found.id, given=OWN, **JUDGE)

    def test_who_appraised_does_not_decide_the_appeal(self):
        found = published()
        services.appeal(id=found.id, reason="Không đồng ý", **UNIT)
        for who in (JUDGE, UNIT):
            with pytest.raises(domain.SamePerson):
                services.decide(id=found.id, granted=True, reason="x", **who)

    def test_an_appeal_comes_in_time_and_with_a_reason(self):
        found = published()
        with pytest.raises(domain.BadScore):
            services.appeal(id=found.id, reason=" ", **UNIT)
        with pytest.raises(domain.TooLate):
            services.appeal(id=found.id, reason="muộn", **UNIT | {"at": datetime(2026, 10, 12, 17, 1, tzinfo=UTC)})
        services.appeal(id=found.id, reason="vừa kịp", **UNIT | {"at": datetime(2026, 10, 12, 16, 59, tzinfo=UTC)})

    @pytest.mark.parametrize(
        "given",
        [{}, {"plan": ("5", "x")}, {"plan": ("-1", "x")}, {"plan": ("nhiều", "x")}, {"plan": ("1.005", "x")},
         {"plan": ("1", " ")}, {"plan": ("1", "x"), "online": ("6", "x")}, {"plan": ("NaN", "x")}],
        ids=["none", "too many", "too few", "no number", "three decimals", "no evidence", "a computed leaf", "NaN"],
    )  # fmt: skip
    def test_points_that_cannot_be(self, given):
        found = assessed()
        with pytest.raises(domain.BadScore):
            services.self_score(id=found.id, given=given, **UNIT)
        assert again(found).state is domain.State.COMPUTED

    def test_other_points_need_a_reason(self):
        found = assessed()
        services.self_score(id=found.id, given=OWN, **UNIT)
        with pytest.raises(domain.BadScore):
            services.appraise(id=found.id, given={"plan": ("3", "")}, **JUDGE)
        services.appraise(id=found.id, given={"plan": ("4,00", "")}, **JUDGE)
        assert again(found).appraised["plan"].basis == OWN["plan"][1]


class TestRoadmap:
    def test_who_is_not_due_has_no_score_and_no_place(self):
        dossiers(online=60, others=40)
        dossiers(online=10, others=90, agency="H26")
        assessed("01", starts={"75": "2026-Q4"})
        framework = queries.framework(code="small")
        assert "75" not in queries.assessments(framework=framework, span=Q3)
        ranking = queries.ranked(framework=framework, span=Q3, kind=domain.Kind.PROVINCE, shut=all_open, at=AFTER)
        assert (ranking[0].unit, ranking[0].place) == ("01", 1)
        last = ranking[-1]
        assert (last.unit, last.place, last.is_due, last.result.score) == ("75", None, False, None)
        assert not queries.sheet(code="small", span=Q3, unit="75", at=AFTER).is_due


class TestComputedAlone:
    def test_all_of_a_period_is_confirmed_but_the_own(self):
        document = small()
        document["criteria"] = [document["criteria"][0] | {"max": 10}]
        services.declare(document=document, by=BY, at=AFTER)
        framework = queries.framework(code="small")
        units = services.assess(framework=framework, span=Q3, at=AFTER)
        done = services.confirm(framework=framework, span=Q3, by=NEW_ACTOR, agency="H19", at=AFTER)
        left = queries.standing(framework=framework, span=Q3, state=domain.State.COMPUTED)
        assert done == units - 1
        assert [queries.assessment(id=id).unit for id in left] == ["75"]
        ids = queries.standing(framework=framework, span=Q3, state=domain.State.APPRAISED)
        assert services.publish(ids=ids, **LEADER) == done
        assert queries.states(framework=framework, span=Q3)[domain.State.COMPUTED] == 1


class TestAnswers:
    def answer(self, found, text="Sẽ mở thêm điểm hỗ trợ", day=date(2026, 12, 1), at=AFTER, criterion="online"):
        services.answer(assessment_id=found.id, criterion=criterion, text=text, promised_on=day, by=UNIT_ACTOR, at=at)

    def test_a_red_criterion_is_answered_for_in_public_once(self):
        dossiers(online=10, others=90)
        found = published()
        (asked,) = queries.questions(id=found.id).values()
        assert (asked.criterion, asked.due_on) == ("online", date(2026, 10, 19))
        assert (asked.overdue(date(2026, 10, 19)), asked.overdue(date(2026, 10, 22))) == (0, 3)
        assert queries.unanswered(code="small", span=Q3, on=date(2026, 10, 22)) == {"75": (1, 1)}
        for _ in range(2):
            self.answer(found, at=AFTER + timedelta(days=15))
        (told,) = queries.questions(id=found.id).values()
        assert (told.promised_on, told.overdue(date(2027, 1, 1))) == (date(2026, 12, 1), 1)
        assert queries.unanswered(code="small", span=Q3, on=date(2026, 10, 22)) == {}
        with pytest.raises(domain.BadAnswer):
            self.answer(found, text="Một câu trả lời khác hẳn")

    @pytest.mark.parametrize(
        ("text", "day"), [("", date(2026, 12, 1)), ("Sẽ khắc phục sớm", None), ("Sẽ khắc phục", date(2026, 1, 1))]
    )
    def test_an_answer_says_something_and_names_a_day(self, text, day):
        found = published()
        with pytest.raises(domain.BadAnswer):
            self.answer(found, text=text, day=day)

    def test_nothing_is_asked_about_what_is_not_red(self):
        dossiers(online=60, others=40)
        found = published()
        assert queries.questions(id=found.id) == {}


def test_a_space_starts_though_a_file_says_otherwise_than_what_is_published(monkeypatch, tmp_path):
    published()
    (tmp_path / "small.framework.json").write_text(json.dumps(small(basis="khác")), "utf-8")
    monkeypatch.setattr(reference, "DECLARATIONS", tmp_path)
    reference.load(by=BY, at=AFTER)
    assert queries.framework(code="small").basis == "thử"
