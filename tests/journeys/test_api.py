"""The JSON API as a program uses it: versions, conditions, writes sent twice, pages, refusals that say the way out."""

import json

import pytest
from django.test import Client

from lienthong.data.identity import queries as identity
from lienthong.data.identity import samples
from lienthong.data.registry import services as registry
from lienthong.foundation.access import domain as authority
from lienthong.foundation.access import services as access
from lienthong.foundation.directory import queries as directory
from lienthong.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_space")]
API = "/api/v1"
DECLARATION = {
    "key": "wells", "name": {"vi": "Giếng", "en": "Wells"}, "purpose": {"vi": "Thử", "en": "Trial"}, "owner": "G10",
    "record_key": "code", "title": "name", "territory": "territory", "valid_from": "since", "compare": ["name"],
    "sharing": "shared",
    "schema": {
        "type": "object", "required": ["code", "name"], "additionalProperties": False,
        "properties": {
            "code": {"type": "string", "maxLength": 20}, "name": {"type": "string"}, "territory": {"type": "string"},
            "depth": {"type": "number"}, "since": {"type": "string", "format": "date"},
        },
    },
    "sources": [{"key": "main", "name": "Nguồn chính", "trusted": True}],
}  # fmt: skip


def signed_in(username: str) -> Client:
    client = Client()
    client.post("/sign-in", {"username": username, "password": samples.PASSWORD})
    return client


@pytest.fixture
def steward():
    registry.declare(document=DECLARATION, by="system:test", at=clock.now())
    return signed_in("quan-tri-du-lieu")


def put(client, key, payload, *, version=None, **headers):
    body = {"payload": payload} | ({"version": version} if version is not None else {})
    return client.put(
        f"{API}/registers/wells/sources/main/records/{key}",
        json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def test_a_record_is_taken_read_and_raised_by_version(steward):
    first = put(steward, "W1", {"code": "W1", "name": "Giếng một"})
    assert (first.status_code, first.json(), first["ETag"]) == (
        201,
        {"key": "W1", "version": 1, "changed": True},
        '"1"',
    )
    assert put(steward, "W1", {"code": "W1", "name": "Giếng một"}).json()["changed"] is False
    second = put(steward, "W1", {"code": "W1", "name": "Giếng Một"}, version=7)
    assert second.json()["version"] == 7
    late = put(steward, "W1", {"code": "W1", "name": "Giếng cũ"}, version=7)
    assert late.status_code == 409
    assert late["Content-Type"] == "application/problem+json"
    assert late.json()["code"] == "registry.version_conflict"
    assert "phiên bản 7" in late.json()["detail"]
    read = steward.get(f"{API}/registers/wells/sources/main/records/W1")
    assert (read.json()["payload"]["name"], read["ETag"]) == ("Giếng Một", '"7"')
    history = steward.get(f"{API}/registers/wells/history/W1").json()
    assert [item["version"] for item in history] == [7, 1]


def test_a_condition_keeps_two_editors_apart(steward):
    put(steward, "W1", {"code": "W1", "name": "a"})
    assert put(steward, "W1", {"code": "W1", "name": "b"}, **{"If-Match": '"1"'}).status_code == 200
    lost = put(steward, "W1", {"code": "W1", "name": "c"}, **{"If-Match": '"1"'})
    assert (lost.status_code, lost.json()["code"]) == (412, "registry.not_expected")
    assert put(steward, "W1", {"code": "W1", "name": "c"}, **{"If-Match": "abc"}).status_code == 400


def test_what_was_true_on_a_day_as_it_was_known(steward):
    put(steward, "W1", {"code": "W1", "name": "cũ", "since": "2020-01-01"})
    put(steward, "W1", {"code": "W1", "name": "mới", "since": "2025-07-01"})
    address = f"{API}/registers/wells/sources/main/records/W1"
    assert steward.get(f"{address}?valid_on=2024-01-01").json()["payload"]["name"] == "cũ"
    assert steward.get(f"{address}?valid_on=2025-07-01").json()["payload"]["name"] == "mới"
    assert steward.get(f"{address}?valid_on=2019-12-31").status_code == 404
    # Learnt of late, what lies between the two is history at once and changes nothing of today.
    put(steward, "W1", {"code": "W1", "name": "giữa", "since": "2022-01-01"})
    assert steward.get(f"{address}?valid_on=2024-01-01").json()["payload"]["name"] == "giữa"
    assert steward.get(address).json()["payload"]["name"] == "mới"


def test_a_record_that_ends_leaves_its_history(steward):
    put(steward, "W1", {"code": "W1", "name": "a"})
    address = f"{API}/registers/wells/sources/main/records/W1"
    assert steward.delete(address).json()["changed"] is True
    assert steward.get(address).status_code == 404
    assert steward.delete(address).status_code == 404
    assert [item["closed"] for item in steward.get(f"{API}/registers/wells/history/W1").json()] == [True, False]


@pytest.mark.parametrize(
    ("key", "payload", "status", "code"),
    [
        ("W1", {"code": "W1"}, 422, "registry.record_refused"),
        ("W1", {"code": "W1", "name": "a", "depth": "sâu"}, 422, "registry.record_refused"),
        ("W1", {"code": "W2", "name": "a"}, 422, "registry.other_key"),
        ("W1", "text", 422, "unreadable"),
    ],
)
def test_a_record_that_does_not_fit_is_refused_with_the_reason(steward, key, payload, status, code):
    answer = put(steward, key, payload)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]
    assert steward.get(f"{API}/registers/wells/sources/main/records").json() == {"items": [], "next": None}


def test_pages_follow_one_another_and_search_knows_no_tone_marks(steward):
    for number in range(5):
        put(steward, f"W{number}", {"code": f"W{number}", "name": f"Giếng Đắk Lắk {number}"})
    found, after = [], ""
    while True:
        page = steward.get(f"{API}/registers/wells/sources/main/records?limit=2&after={after}").json()
        found += [item["key"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == ["W0", "W1", "W2", "W3", "W4"]
    assert len(steward.get(f"{API}/registers/wells/sources/main/records?q=dak lak 3").json()["items"]) == 1


def test_a_write_sent_twice_happens_once(steward):
    body = {"title": "Sửa giếng", "tasks": [{"content": "Sửa", "lead_agency": "G06.90"}]}
    leader = signed_in("lanh-dao-tw")

    def post(key, body=body):
        return leader.post(
            f"{API}/directives", json.dumps(body), content_type="application/json",
            headers={"Idempotency-Key": key} if key else {},
        )  # fmt: skip

    first, again = post("key-00000001"), post("key-00000001")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert again["Idempotency-Replayed"] == "true"
    assert len(leader.get(f"{API}/directives?q=sua gieng").json()["items"]) == 1
    assert post("key-00000001", body | {"title": "Khác"}).json()["code"] == "idempotency.key_reused"
    assert post(None).json()["code"] == "idempotency.key_missing"
    assert "accept" in first.json()["tasks"][0]["moves"]


def test_strangers_and_people_without_authority_are_told_so(steward):
    assert Client().get(f"{API}/registers").status_code == 401
    citizen = signed_in("cong-dan")
    answer = citizen.get(f"{API}/registers/wells/sources/main/records")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert put(citizen, "W1", {"code": "W1", "name": "a"}).status_code == 403
    assert citizen.get(f"{API}/registers/administrative-units/sources/directory/records?limit=1").status_code == 200


def test_a_token_of_the_session_is_needed_to_write(steward):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = steward.cookies
    answer = put(strict, "W1", {"code": "W1", "name": "a"})
    assert (answer.status_code, answer.json()["code"]) == (403, "form_expired")


def test_an_unknown_address_is_a_problem_like_any_other():
    answer = signed_in("lanh-dao-tw").get(f"{API}/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_fault_of_the_program_shows_nothing_of_its_inside(monkeypatch):
    client = signed_in("lanh-dao-tw")
    client.raise_request_exception = False
    monkeypatch.setattr("lienthong.data.registry.queries.registers", lambda: 1 / 0)
    for address in (f"{API}/registers", "/registers"):
        answer = client.get(address)
        assert answer.status_code == 500
        assert "division" not in answer.content.decode()
    assert client.get(f"{API}/registers").json()["code"] == "broken"


def test_the_change_feed_goes_on_where_one_stopped(steward):
    put(steward, "W1", {"code": "W1", "name": "a"})
    page = steward.get(f"{API}/registers/administrative-units/changes?limit=3").json()
    following = steward.get(f"{API}/registers/administrative-units/changes?limit=3&after={page['next']}").json()
    cursors = [item["cursor"] for item in page["items"] + following["items"]]
    assert len(set(cursors)) == 6
    for place in ("x", "1/2", "1/2/3", "-1/0/0/", "9" * 30 + "/0/0/"):
        answer = steward.get(f"{API}/registers/administrative-units/changes", {"after": place})
        assert (answer.status_code, answer.json()["code"]) == (400, "registry.bad_place")


def test_the_directory_answers_by_date():
    leader = signed_in("lanh-dao-tw")
    split = leader.get(f"{API}/units/26734?on=2020-01-01").json()
    assert split["was"]["code"] == "26734"
    assert leader.get(f"{API}/agencies/000.00.00.G22").json()["code"] == "G22"
    assert leader.get(f"{API}/working-days/2026-11-20?days=1").json()["day"] == "2026-11-23"
    assert leader.get(f"{API}/agencies/ZZ99").status_code == 404


def test_reading_within_ones_territory_only():
    officer = signed_in("can-bo-xa")
    assert officer.get(f"{API}/indicators/tasks-open/cells?territory=26368").status_code == 200
    assert officer.get(f"{API}/indicators/tasks-open/cells").status_code == 403
    person = identity.by_username(username="can-bo-xa")
    assert directory.held_positions(person.id, clock.now())
    access.grant(
        holder_kind=authority.HolderKind.ACCOUNT, holder=str(person.id),
        scope=authority.Scope("channels.dashboards.view", "", ""), basis="thử", valid_from=clock.now(), by="system:test",
        at=clock.now(),
    )  # fmt: skip
    assert officer.get(f"{API}/indicators/tasks-open/cells").status_code == 200
