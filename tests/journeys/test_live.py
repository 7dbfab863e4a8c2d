"""An open board hears what moves, within its rights, and misses nothing between two connections."""

import json
import re
import threading
import time
import uuid

import httpx
import pytest

from .conftest import PASSWORD
from .test_pages import sign_in

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("space")]
OPEN_TASKS = "tasks-open"


class Person:
    """A signed-in client of the space."""

    def __init__(self, url: str, username: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30, trust_env=False)
        self.http.get("/sign-in")
        token = self.http.cookies["csrftoken"]
        answer = self.http.post(
            "/sign-in",
            data={"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token},
            headers={"Referer": url},
        )
        assert answer.status_code == 302, answer.text

    def issue(self, title: str) -> dict:
        body = {"title": title, "tasks": [{"content": title, "lead_agency": "G06.90", "due_on": "2030-01-01"}]}
        headers = {"X-CSRFToken": self.http.cookies["csrftoken"], "Idempotency-Key": uuid.uuid4().hex}
        answer = self.http.post("/api/v1/directives", json=body, headers=headers | {"Referer": str(self.http.base_url)})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def board(self, path: str = "/boards") -> str:
        """The ticket of a board's page."""
        return re.search(r'data-live="([^"]+)"', self.http.get(path).text)[1]

    def value(self) -> int:
        return int(float(self.http.get(f"/api/v1/indicators/{OPEN_TASKS}/cells").json()[0]["value"]))


def listen(url: str, ticket: str, *, seconds: float, until, last: str = "") -> list[dict]:
    """The messages of a stream until one satisfies, or time is up."""
    messages = []
    headers = {"Last-Event-ID": last} if last else {}
    with httpx.stream(
        "GET", f"{url}/live/board", params={"ticket": ticket}, headers=headers, timeout=seconds, trust_env=False
    ) as stream:
        assert stream.status_code == 200
        deadline = time.monotonic() + seconds
        try:
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    messages.append(json.loads(line.removeprefix("data: ")))
                    if until(messages[-1]):
                        break
                if time.monotonic() > deadline:
                    break
        except httpx.ReadTimeout:
            pass
    return messages


def told_of(code: str, value: int):
    return lambda message: any(
        cell["indicator"] == code and cell["territory"] == "" and float(cell["numerator"]) == value
        for cell in message["cells"]
    )


def test_a_new_number_reaches_an_open_board_and_says_its_watermark(space):
    leader = Person(space.url, "lanh-dao-tw")
    ticket, before = leader.board(), leader.value()
    heard: list[dict] = []
    listener = threading.Thread(
        target=lambda: heard.extend(listen(space.url, ticket, seconds=20, until=told_of(OPEN_TASKS, before + 1)))
    )
    listener.start()
    time.sleep(0.5)
    leader.issue("Việc thử trực tiếp")
    listener.join(25)
    assert told_of(OPEN_TASKS, before + 1)(heard[-1])
    marks = [message["watermark"] for message in heard]
    assert marks == sorted(marks)


def test_what_moved_before_the_page_listened_is_told_first(space):
    leader = Person(space.url, "lanh-dao-tw")
    ticket, before = leader.board(), leader.value()
    leader.issue("Việc trước khi nghe")
    deadline = time.monotonic() + 20
    while leader.value() == before and time.monotonic() < deadline:
        time.sleep(0.1)
    first = listen(space.url, ticket, seconds=10, until=lambda _: True)
    assert told_of(OPEN_TASKS, before + 1)(first[0])
    # Who has heard up to a watermark is told only what came after it.
    again = listen(space.url, ticket, seconds=10, until=lambda _: True, last=str(first[0]["watermark"]))
    assert again[0]["cells"] == []


def test_a_board_hears_only_what_its_reader_may_see(space):
    leader, chairman = Person(space.url, "lanh-dao-tw"), Person(space.url, "chu-tich-tinh")
    ticket = chairman.board("/boards/75")
    before = leader.value()
    leader.issue("Việc ngoài tỉnh")
    deadline = time.monotonic() + 20
    while leader.value() == before and time.monotonic() < deadline:
        time.sleep(0.1)
    heard = listen(space.url, ticket, seconds=3, until=lambda _: False)
    assert {cell["territory"] for message in heard for cell in message["cells"]} <= {"75"} | {
        cell["territory"] for message in heard for cell in message["cells"] if len(cell["territory"]) == 5
    }
    assert all(cell["territory"] != "" for message in heard for cell in message["cells"])


@pytest.mark.parametrize(
    "spoil", [lambda ticket: "", lambda ticket: ticket[:-1] + "0", lambda ticket: "x." + ticket, lambda ticket: "é"]
)
def test_a_ticket_that_is_not_right_is_refused(space, spoil):
    ticket = Person(space.url, "lanh-dao-tw").board()
    answer = httpx.get(f"{space.url}/live/board", params={"ticket": spoil(ticket)}, trust_env=False)
    assert answer.status_code == 403 or spoil(ticket) == ticket


@pytest.mark.browser
def test_the_number_on_an_open_page_changes_by_itself(space, browser):
    leader = Person(space.url, "lanh-dao-tw")
    page = browser.new_context(locale="vi-VN").new_page()
    sign_in(page, space.url, "lanh-dao-tw")
    page.goto(f"{space.url}/boards")
    page.wait_for_selector(".live-state.on")
    before = leader.value()
    leader.issue("Việc thấy trên trang")
    place = f'.figure [data-cell="{OPEN_TASKS}|"], .figure[data-cell="{OPEN_TASKS}|"]'
    page.wait_for_function(
        "([place, value]) => document.querySelector(place)?.textContent.trim().startsWith(value)",
        arg=[place, str(before + 1)], timeout=15000,
    )  # fmt: skip
