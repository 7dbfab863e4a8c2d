"""Reopening what was published: by whom, from which state, once; what was published stays, what is published next says what
changed."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from lienthong.channels.kpis import domain, models, queries, services
from lienthong.channels.kpis.testing import all_open, small
from lienthong.channels.kpis.tests.test_life import (
    AFTER,
    BY,
    JUDGE,
    LEADER,
    NEW_ACTOR,
    OTHER,
    OWN,
    Q3,
    UNIT,
    again,
    assessed,
    dossiers,
    published,
)
from lienthong.channels.kpis.tests.test_pages import signed_in
from lienthong.commons.casework import services as casework
from lienthong.data.registry import services as registry
from lienthong.data.warehouse import services as warehouse
from lienthong.foundation.audit import models as audit_models
from lienthong.foundation.outbox import models as outbox_models

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
LATER = AFTER + timedelta(days=100)
OFFICER = {"by": NEW_ACTOR, "agency": "K01", "at": LATER}
WHY = MappingProxyType({"reason": "Hồ sơ đến muộn", "document": "Kết luận 12/KL-TTCP"})


def reopen(found: domain.Assessment, **others) -> int:
    return services.reopen(id=found.id, **{**WHY, **OFFICER, **others})


def publish_again(found: domain.Assessment) -> domain.Assessment:
    at = LATER + timedelta(days=1)
    services.self_score(id=found.id, given=OWN, **UNIT | {"at": at})
    services.appraise(id=found.id, given=OWN, **JUDGE | {"at": at})
    assert services.publish(ids=[found.id], **LEADER | {"at": at}) == 1
    return again(found)


def send(*, first: int = 0, online: int, others: int) -> None:
    """Some dossiers of the province, the first of them online."""
    rows = [row(first + number, channel=2 if number < online else 1) for number in range(online + others)]
    casework.sync(rows=rows, source="national-portal", by=BY, at=LATER)
    warehouse.recompute(code="online-share", at=LATER)


def row(number: int, channel: int) -> dict:
    return {"MaHoSo": f"H19-260810-{number:05}", "MaTTHC": "1.999999", "KenhThucHien": channel, "DonViXuLy": "H19",
            "NgayTiepNhan": "20260810083000", "TrangThaiHoSo": 2}  # fmt: skip


class TestTheWay:
    def test_what_was_published_stays_and_the_next_says_what_changed(self):
        dossiers(online=60, others=40)
        found = published()
        send(online=80, others=20)
        assert reopen(found) == 1
        open_again = again(found)
        assert (open_again.state, open_again.number, open_again.is_reopened) == (domain.State.COMPUTED, 1, True)
        assert open_again.results["online"].score == Decimal("6.00")
        assert (open_again.self_scores, open_again.appraised) == (found.self_scores, {})
        public = queries.sheet(code="small", span=Q3, unit="75", public=True, at=LATER)
        assert (public.assessment.results, public.assessment.score) == (found.results, found.score)
        (_, told), *_ = queries.course(
            code="small", every=domain.Every.QUARTER, unit="75", criterion="small", public=True, hide=False
        )
        assert told.score == found.score
        (first,) = queries.published(id=found.id)
        assert (first.reopened.reason, first.reopened.document, first.replaced_at) == (*WHY.values(), None)
        done = publish_again(found)
        assert (done.state, done.number, done.score) == (domain.State.PUBLISHED, 2, Decimal("10.00"))
        first, second = queries.published(id=found.id)
        assert (first.results, first.score, first.replaced_at) == (found.results, found.score, second.at)
        assert (second.reason, second.computed_at) == (WHY["reason"], LATER)
        assert first.seal != second.seal
        newest, oldest = queries.changes(
            framework=queries.framework(code="small"), versions=queries.published(id=found.id), hide=False
        )
        assert (newest.before.score, oldest.before, oldest.moved) == (found.score, None, ())
        assert [(item.criterion.code, item.rows, item.counted) for item in newest.moved] == [
            ("online", 0, 20),
            ("plan", None, None),
        ]
        assert [taken.step.value for taken in queries.life(id=found.id)] == [
            "self_score", "appraise", "publish", "reopen", "self_score", "appraise", "publish",
        ]  # fmt: skip

    def test_the_log_and_the_other_modules_are_told(self):
        found = published()
        reopen(found)
        record = audit_models.RecordRow.objects.get(action="channels.kpis.reopen")
        assert record.details["document"] == WHY["document"]
        assert outbox_models.EventRow.objects.filter(name="channels.kpis.results_reopened.v1").count() == 1

    def test_a_final_result_can_be_reopened_and_the_new_one_again(self):
        found = published()
        services.close_unappealed(at=LATER)
        assert again(found).state is domain.State.FINAL
        reopen(found)
        publish_again(found)
        with pytest.raises(domain.SameHand):
            reopen(found, **LEADER)
        assert reopen(found, reason="Lại có hồ sơ muộn") == 1
        assert [item.reopened.reason for item in queries.published(id=found.id)] == [
            WHY["reason"],
            "Lại có hồ sơ muộn",
        ]

    def test_repeated_it_changes_nothing(self):
        found = published()
        assert [reopen(found), reopen(found, reason="khác")] == [1, 0]
        services.self_score(id=found.id, given=OWN, **UNIT | {"at": LATER})
        assert reopen(found) == 0
        assert again(found).state is domain.State.SELF_SCORED
        assert len(queries.reopenings(ids=[found.id])) == 1

    def test_old_periods_follow_the_data_again_while_they_are_reopened(self):
        dossiers(online=10, others=90)
        found = published()
        models.FrameworkRow.objects.exclude(code="small").update(assessed_at=LATER)
        send(online=60, others=40)
        services.assess_current(at=LATER)
        assert again(found) == found
        reopen(found)
        send(online=80, others=20)
        models.FrameworkRow.objects.filter(code="small").update(assessed_at=None)
        services.assess_current(at=LATER)
        assert again(found).results["online"].numerator == 80

    def test_a_whole_period_is_reopened_but_the_own_and_the_appealed(self):
        dossiers(online=60, others=40)
        document = small()
        document["criteria"] = [document["criteria"][0] | {"max": 10}]
        services.declare(document=document, by=BY, at=AFTER)
        framework = queries.framework(code="small")
        services.assess(framework=framework, span=Q3, at=AFTER)
        services.confirm(framework=framework, span=Q3, **JUDGE)
        asked = {"framework": framework, "span": Q3, **WHY}
        with pytest.raises(Exception, match="2026-Q3"):
            services.reopen_period(**asked, **OFFICER)
        ids = queries.standing(framework=framework, span=Q3, state=domain.State.APPRAISED)
        services.publish(ids=ids, **LEADER)
        known = queries.assessments(framework=framework, span=Q3)
        services.appeal(id=known["01"].id, reason="Không đồng ý", **UNIT)
        with pytest.raises(domain.SameHand):
            services.reopen_period(**asked, **LEADER | {"at": LATER})
        send(online=80, others=20)
        apart = queries.apart(framework=framework, span=Q3, at=LATER)
        assert {(item.unit, item.now) for item in apart} == {("75", Decimal("10.00")), ("", Decimal("10.00"))}
        done = services.reopen_period(**asked, **OFFICER | {"agency": "H19"})
        assert done == len(ids) - 2
        now = queries.assessments(framework=framework, span=Q3)
        assert (now["75"].state, now["01"].state) == (domain.State.PUBLISHED, domain.State.APPEALED)
        assert (now["31"].state, now["31"].number) == (domain.State.COMPUTED, 1)
        assert services.reopen_period(**asked, **OFFICER | {"agency": "H19"}) == 0
        ranking = queries.ranked(
            framework=framework, span=Q3, kind=domain.Kind.PROVINCE, public=True, shut=all_open, at=LATER
        )
        assert {item.unit for item in ranking if not item.is_reopened} == {"75", "01"}
        assert next(item for item in ranking if item.unit == "31").result.score == known["31"].score


class TestFaults:
    def test_late_duplicate_corrected_and_contradictory_dossiers(self):
        """Published figures stay through all of it; what is reopened comes to what counting everything anew comes to."""
        dossiers(online=6, others=14)
        found = published()
        told = queries.published(id=found.id)
        send(first=20, online=3, others=2)
        reopen(found)
        send(first=20, online=3, others=2)
        send(first=0, online=10, others=0)
        contrary = [row(24, channel=1), row(24, channel=2), row(23, channel=2), row(23, channel=1)]
        casework.sync(rows=contrary, source="national-portal", by=BY, at=LATER)
        registry.add_source(register="dossiers", key="province", name="Hệ thống tỉnh", by=BY, at=LATER)
        opposite = [row(number, channel=1) for number in range(30)]
        assert not any(item.refusal for item in casework.sync(rows=opposite, source="province", by=BY, at=LATER))
        warehouse.recompute(code="online-share", at=LATER)
        models.FrameworkRow.objects.update(assessed_at=None)
        services.assess_current(at=LATER)
        assert [(item.results, item.score, item.seal) for item in queries.published(id=found.id)] == [
            (item.results, item.score, item.seal) for item in told
        ]
        now = again(found).results["online"]
        assert (now.numerator, now.denominator) == (10 + 3 + 1, 25)
        warehouse.recompute_many(codes=["online-share"], at=LATER)
        framework = queries.framework(code="small")
        anew = queries.anew(framework=framework, span=Q3, given={"75": again(found).given}, at=LATER)
        assert again(found).results == anew["75"]
        done = publish_again(found)
        newest, _ = queries.changes(framework=framework, versions=queries.published(id=found.id), hide=False)
        (online, *_) = newest.moved
        assert (online.rows, online.counted, newest.version.score) == (5, 8, done.score)


class TestRefusals:
    def test_what_is_not_published_cannot_be_reopened(self):
        found = assessed()
        for step in (
            lambda: services.self_score(id=found.id, given=OWN, **UNIT),
            lambda: services.appraise(id=found.id, given=OWN, **JUDGE),
            lambda: None,
        ):
            with pytest.raises(domain.WrongStep):
                reopen(found)
            step()

    def test_an_appeal_is_decided_first(self):
        found = published()
        services.appeal(id=found.id, reason="Không đồng ý", **UNIT)
        with pytest.raises(domain.WrongStep):
            reopen(found)

    @pytest.mark.parametrize("missing", ["reason", "document"])
    def test_it_has_a_reason_and_a_document(self, missing):
        found = published()
        with pytest.raises(domain.BadReopening):
            reopen(found, **{missing: "  "})
        assert again(found) == found

    def test_who_published_does_not_reopen_nor_who_reopened_publish(self):
        found = published()
        with pytest.raises(domain.SameHand):
            reopen(found, **LEADER)
        with pytest.raises(domain.SamePerson):
            reopen(found, **OFFICER | {"agency": "H19"})
        reopen(found)
        services.self_score(id=found.id, given=OWN, **UNIT | {"at": LATER})
        services.appraise(id=found.id, given=OWN, **JUDGE | {"at": LATER})
        with pytest.raises(domain.SameHand):
            services.publish(ids=[found.id], **OFFICER)

    def test_who_granted_an_appeal_published_that_version(self):
        found = published()
        services.appeal(id=found.id, reason="Không đồng ý", **UNIT)
        services.decide(id=found.id, granted=True, reason="Đúng", **OTHER)
        with pytest.raises(domain.SameHand):
            reopen(found, **OTHER)

    def test_the_database_itself_asks_for_a_reopening(self):
        found = published()
        row = models.AssessmentRow.objects.filter(id=found.id)
        for change in (
            lambda: row.update(state="computed", published_at=None),
            lambda: row.update(number=0),
            lambda: row.update(number=3),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        reopen(found)
        for change in (
            lambda: models.ReopeningRow.objects.update(reason="khác"),
            lambda: models.ReopeningRow.objects.all().delete(),
            lambda: row.update(state="published", published_at=LATER),
            lambda: models.PublishedRow.objects.update(score=1),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


class TestOnScreen:
    def test_an_auditor_compares_and_reopens_and_everybody_reads_why(self):
        dossiers(online=60, others=40)
        found = published()
        send(online=80, others=20)
        page = f"/kpis/assessments/{found.id}"
        auditor, leader = signed_in("kiem-toan"), signed_in("lanh-dao-tw")
        assert f"{page}/reopen" not in leader.get(page).content.decode()
        assert leader.post(f"{page}/reopen", {"text": "x", "document": "y"}).status_code == 403
        assert leader.post("/kpis/reopen", {"framework": "small", "period": "2026-Q3"}).status_code == 403
        text = auditor.get(f"{page}?compare=1").content.decode()
        assert "7,50 thành 9,00; tiêu chí đổi: online" in text
        assert auditor.post(f"{page}/reopen", {"text": "Hồ sơ muộn", "document": ""}).status_code == 422
        sent = {"text": "Hồ sơ muộn", "document": "KL 12"}
        assert auditor.post(f"{page}/reopen", sent).status_code == 302
        public = Client().get("/results/small/2026-Q3/75").content.decode()
        assert "7,50" in public
        assert "9,00" not in public
        assert "Hồ sơ muộn" in public
        assert "đang tính lại" in Client().get("/results").content.decode()
        (version,) = Client().get("/api/v1/results/small/2026-Q3/75").json()
        assert (version["reopened"]["document"], version["replaced_at"]) == ("KL 12", None)
        publish_again(found)
        newest, oldest = Client().get("/api/v1/results/small/2026-Q3/75").json()
        assert (newest["score"], oldest["score"], oldest["replaced_at"]) == ("10.00", "7.50", newest["published_at"])
        assert {"criterion": "online", "before": "4.50", "after": "6.00", "rows": "0.000000"} in newest["moved"]
        now = Client().get("/results/small/2026-Q3/75").content.decode()
        assert "đã được thay thế ngày" in now
        assert "10,00" in now
        before = Client().get("/results/small/2026-Q3/75?version=1").content.decode()
        assert "Bản này đã được thay thế ngày" in before
        for address in ("/results/small/2026-Q3/75?version=3", "/results/small/2026-Q3/75?version=0",
                        "/api/v1/results/small/2026-Q3/01"):  # fmt: skip
            assert Client().get(address).status_code == 404, address

    @pytest.mark.parametrize("language", ["vi", "en"])
    def test_in_both_languages(self, language):
        dossiers(online=60, others=40)
        found = published()
        send(online=80, others=20)
        auditor = signed_in("kiem-toan")
        page, public = f"/kpis/assessments/{found.id}", "/results/small/2026-Q3/75"
        for client in (auditor, stranger := Client()):
            client.cookies["language"] = language
        said = {"vi": ("So với số liệu hiện nay", "mở lại", "thay thế"), "en": ("Compare with", "reopened", "replaced")}
        offer, reopened, replaced = said[language]
        assert offer in auditor.get(page).content.decode()
        assert "9.00" in auditor.get(f"{page}?compare=1").content.decode().replace(",", ".")
        reopen(found)
        assert reopened in stranger.get(public).content.decode()
        publish_again(found)
        assert replaced in stranger.get(public).content.decode()
        assert replaced in stranger.get(f"{public}?version=1").content.decode()

    def test_a_whole_period_on_screen(self):
        dossiers(online=60, others=40)
        published()
        address = "/kpis?framework=small&period=2026-Q3"
        send(online=80, others=20)
        auditor = signed_in("kiem-toan")
        assert "/kpis/reopen" in auditor.get(address).content.decode()
        assert "1 kết quả đã công bố khác" in auditor.get(f"{address}&compare=1").content.decode()
        sent = {"framework": "small", "period": "2026-Q3", "text": "Hồ sơ muộn", "document": "KL 12"}
        assert auditor.post("/kpis/reopen", sent | {"text": ""}).status_code == 422
        assert auditor.post("/kpis/reopen", sent).status_code == 302
        assert auditor.post("/kpis/reopen", sent | {"period": "2026-Q1"}).status_code == 404
        assert "/kpis/reopen" not in auditor.get(address).content.decode()

    def test_few_rows_that_made_the_difference_are_not_told(self):
        dossiers(online=60, others=40)
        found = published()
        send(first=100, online=2, others=0)
        reopen(found)
        publish_again(found)
        newest, _ = Client().get("/api/v1/results/small/2026-Q3/75").json()
        assert newest["moved"][0]["rows"] is None
        assert "dưới 5" in Client().get("/results/small/2026-Q3/75").content.decode()


@pytest.mark.django_db(transaction=True)
def test_reopened_by_two_at_once_it_is_reopened_once():
    dossiers(online=60, others=40)
    found = published()
    start, results = threading.Barrier(3), []

    def run(number: int) -> None:
        try:
            start.wait(20)
            results.append(reopen(found, reason=f"Lý do {number}", at=datetime(2027, 1, 4, number, tzinfo=UTC)))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == [0, 0, 1]
    assert len(queries.reopenings(ids=[found.id])) == 1
    assert [taken.step.value for taken in queries.life(id=found.id)].count("reopen") == 1
