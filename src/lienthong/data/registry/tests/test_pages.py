"""Lists of records: found without tone marks, paged without gaps, at the same number of queries however long."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lienthong.data.registry import models, queries, testing
from lienthong.kernel.text import fold

FROM_PEOPLE = {"register": testing.REGISTER, "source": testing.SOURCE}
NAMES = ["Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "Đặng Đình Đức", "Lê 100%", "Phạm_Gạch", "Trần Ô'Brien", "ĐẶNG THÙY DUNG"]


def take(*people) -> None:
    testing.take_in(testing.csv_of(people, ("id", "name", "commune")))


def found(text: str, **where) -> list[str]:
    return [version.payload["name"] for version in queries.search(**FROM_PEOPLE, text=text, **where)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("nguyen hoa", NAMES[:2]),
        ("HÒA nguyễn", NAMES[:2]),
        ("dang", [NAMES[2], NAMES[6]]),
        ("đặng dinh", [NAMES[2]]),
        ("100%", [NAMES[3]]),
        ("%", [NAMES[3]]),
        ("_", [NAMES[4]]),
        ("obrien", [NAMES[5]]),
        ("999000000004", [NAMES[4]]),
        ("  ", NAMES),
        ("không có ai", []),
        ("\\", []),
    ],
)
def test_people_are_found_with_or_without_tone_marks_by_any_words_of_their_name_or_key(people, text, names):
    take(*(testing.person(number, name=name) for number, name in enumerate(NAMES)))
    assert found(text) == names


def test_a_list_looks_only_into_the_territories_asked_for(people):
    take(*(testing.person(number, commune=f"0000{number % 3}") for number in range(6)))
    assert len(found("", territories=["00001", "00002"])) == 4
    assert found("", territories=[]) == []
    assert len(found("")) == 6


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.integers(0, 60), min_size=1), st.integers(1, 9), st.sampled_from(["", "nguyen", "1"]))
def test_pages_have_no_gaps_and_no_repeats(people, numbers, size, text):
    models.Record.objects.all().delete()
    take(*(testing.person(number) for number in numbers))
    expected = [
        person["id"]
        for person in map(testing.person, sorted(numbers))
        if text in fold(f"{person['id']} {person['name']}")
    ]
    got, after = [], ""
    while page := queries.search(**FROM_PEOPLE, text=text, after=after, limit=size):
        assert len(page) <= size
        got += [version.key for version in page]
        after = got[-1]
        if len(got) == size:  # a record that comes in before the place reached moves nothing
            take(testing.person(-1 + 10**8))
    assert [key for key in got if key != "999099999999"] == expected


def count_queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "page", ["/registers", "/registers/people", "/registers/people?q=nguyen", "/registers/people/records/999000000001"]
)
def test_the_number_of_queries_does_not_grow_with_the_rows(people, client_of, page):
    client = client_of("data.registry.read")
    take(testing.person(1, commune="00001"), testing.person(2))
    few = count_queries(client, page)
    take(*(testing.person(number, commune=f"{number:05}") for number in range(200)))
    for number in range(3):
        take(testing.person(1, name=f"Trần {number}"))
    assert count_queries(client, page) <= few


def test_a_page_leads_to_the_next_and_the_last_leads_nowhere(people, client_of):
    take(*(testing.person(number) for number in range(60)))
    client = client_of()
    first = client.get("/registers/people").content.decode()
    assert "after=999000000049" in first
    last = client.get("/registers/people?after=999000000049").content.decode()
    assert "999000000059" in last
    assert "999000000049</a>" not in last
    assert 'class="pager"' in first
    assert 'class="pager"' not in last


def test_a_private_register_is_closed_to_who_has_no_right(people, client_of):
    testing.declare(sharing="private")
    take(testing.person(1))
    for page in ("/registers/people", "/registers/people/records/999000000001"):
        assert client_of().get(page).status_code == 403
        assert client_of("data.registry.read").get(page).status_code == 200


def test_looking_at_personal_data_is_noted_about_the_person(people, client_of):
    testing.declare(sharing="private", subject="person_basic")
    take(testing.person(1))
    client_of("data.registry.read").get("/registers/people/records/999000000001")
    with connection.cursor() as cursor:
        cursor.execute("SELECT about FROM foundation_audit_record WHERE action = 'data.registry.look'")
        assert cursor.fetchall() == [('["person:999000000001"]',)]


def test_a_file_sent_by_an_officer_stands_in_line(people, client_of):
    client = client_of("data.registry.import")
    content = testing.csv_of([testing.person(1)])
    answer = client.post(
        "/registers/people/import", {"source": "own", "file": SimpleUploadedFile("người.csv", content)}
    )
    assert answer.status_code == 302
    assert client.get(answer.url).status_code == 200
    assert queries.imports(register="people")[0].name == "người.csv"
    assert client_of().get("/registers/people/import").status_code == 403


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"a,b\n1,2\n", "thiếu cột"),
        (b"PK\x03\x04 no workbook", "Không đọc được tệp"),
        (b"id,name\n999000000001," + b"\x81\x8d", "Không đọc được tệp"),
    ],
)
def test_a_file_that_cannot_be_taken_in_is_refused_where_it_is_sent(people, client_of, content, part):
    client = client_of("data.registry.import")
    answer = client.post("/registers/people/import", {"source": "own", "file": SimpleUploadedFile("a.csv", content)})
    assert answer.status_code == 422
    assert part in answer.content.decode()
    assert not queries.imports(register="people")


def test_no_file_at_all_is_refused_where_it_is_sent(people, client_of):
    answer = client_of("data.registry.import").post("/registers/people/import", {"source": "own"})
    assert answer.status_code == 422
    assert "chưa chọn tệp" in answer.content.decode()
