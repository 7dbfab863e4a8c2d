"""Briefs: made once a week and never changed, every sentence with its source, only for who may see what they rest on."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lienthong.channels.briefs import domain, models, queries, services
from lienthong.data.identity import samples
from lienthong.data.intelligence import queries as intelligence
from lienthong.data.intelligence import services as intelligence_services
from lienthong.data.intelligence.tests.test_services import WEEKS, fill, provinces  # noqa: F401 - a fixture
from lienthong.kernel import clock

BY = "system:test"


@given(st.lists(st.floats(-1e6, 1e6), max_size=30))
def test_surprise_is_never_negative_and_nothing_where_too_little_is_known(changes):
    found = domain.surprise(changes)
    assert found >= 0
    if len(changes) <= domain.LEAST_PAST:
        assert found == 0


def test_a_change_is_as_large_as_it_is_beside_those_before():
    assert domain.surprise([1, -1, 1, -1, 1, -1, 10]) == 10
    assert domain.surprise([0, 0, 0, 0, 0, 0, 10]) == 0


def test_of_a_longer_text_the_first_clause_is_told():
    assert domain.first_clause("Có 3 hồ sơ trễ; thường là 1. Nên xem lại.") == "Có 3 hồ sơ trễ."
    assert domain.first_clause("Tăng 1.5 lần") == "Tăng 1.5 lần"


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


@pytest.mark.django_db
@pytest.mark.usefixtures("sample_space")
class TestABrief:
    @pytest.fixture
    def week(self, provinces):  # noqa: F811
        fill(provinces, lift={provinces[2]: 0.3}, start=WEEKS - 2)
        intelligence_services.forecast(by=BY, at=clock.now())
        return intelligence.last_full_week()

    def test_it_is_made_once_for_the_country_and_every_province(self, week, provinces):  # noqa: F811
        count = len(intelligence.provinces(clock.vietnam_date(clock.now())))
        assert services.make_due(by=BY, at=clock.now()) == count
        assert services.make_due(by=BY, at=clock.now()) == 0
        assert not services.make(territory="", week=week, by=BY, at=clock.now())
        assert models.BriefRow.objects.count() == count

    def test_nothing_is_made_before_the_week_is_analysed(self, provinces):  # noqa: F811
        assert services.make_due(by=BY, at=clock.now()) == 0
        fill(provinces)
        assert services.make_due(by=BY, at=clock.now()) == 0

    def test_what_changed_much_is_told_with_its_page_and_its_numbers(self, week, provinces):  # noqa: F811
        services.make(territory=provinces[2], week=week, by=BY, at=clock.now())
        found = queries.brief(territory=provinces[2])
        said = dict(found.parts)[domain.Part.CHANGED]
        assert any(sentence.vi.startswith("Được trả lời tăng") for sentence in said)
        leader = signed_in("lanh-dao-tw")
        for sentence in said:
            assert sentence.vi
            assert sentence.en
            assert leader.get(sentence.page).status_code == 200
            (cell,) = leader.get(sentence.query).json()
            assert f" {float(cell['value']):.0f} " in sentence.vi
            assert f" {float(cell['value']):.0f} " in sentence.en

    def test_it_stays_as_it_was_and_the_log_has_its_hash(self, week):
        services.make(territory="", week=week, by=BY, at=clock.now())
        found = queries.brief(territory="")
        leader = signed_in("lanh-dao-tw")
        content = leader.get(f"/briefs/{found.id}/content").content
        assert hashlib.sha256(content).hexdigest() == found.sha256
        assert json.loads(queries.proof_of(id=found.id).record)["details"]["sha256"] == found.sha256
        for statement in ("UPDATE channels_briefs_brief SET content = 'x'", "DELETE FROM channels_briefs_brief"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)

    def test_on_screen_it_is_for_who_may_see_its_territory(self, week, provinces):  # noqa: F811
        for place in ("", "75", "01"):
            services.make(territory=place, week=week, by=BY, at=clock.now())
        leader, chairperson = signed_in("lanh-dao-tw"), signed_in("chu-tich-tinh")
        page = leader.get("/brief").content.decode()
        for part in domain.Part:
            assert part.vi in page
        assert "chờ ký vào nhật ký" in page
        assert chairperson.get("/brief")["Location"] == "/brief/75"
        assert chairperson.get("/brief/75").status_code == 200
        for door in ("/brief/01", "/brief/vn", f"/briefs/{queries.brief(territory='01').id}/content"):
            assert chairperson.get(door).status_code == 403
        assert signed_in("cong-dan").get("/brief").status_code == 403
        assert leader.get("/brief/zz").status_code == 404
        old = leader.get(f"/brief/vn?week={week - timedelta(days=7)}").content.decode()
        assert "Chưa có bản tin nào" in old
        assert leader.get("/brief/vn?week=x").status_code == 200

    def test_without_any_the_page_says_when_there_will_be_one(self):
        assert "bản tin đầu tiên" in signed_in("lanh-dao-tw").get("/brief").content.decode()
