"""The chain of the principles as people use it: read without signing in, tapped, walked by keyboard, followed to the rows; and a
delegation from its form to its conclusion."""

import re
from pathlib import Path

import pytest

from .test_pages import VIEWS, WCAG, listen, sign_in

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("space")]

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def counted(space):
    space.run("manage", "stewardship", "measure")
    return space


@pytest.fixture
def faults():
    found: list[str] = []
    yield found
    assert not found, found


def settled(page, url: str) -> None:
    """The worker moves the numbers a moment after they were counted."""
    for _ in range(40):
        page.goto(f"{url}/principles")
        if "100" in page.locator(".principles-map:visible a", has_text="Dữ liệu sống").text_content():
            return
        page.wait_for_timeout(250)
    raise AssertionError("the numbers did not move")


@pytest.mark.parametrize("view", VIEWS)
def test_a_stranger_reads_the_chain_and_opens_a_gauge(counted, browser, faults, view):
    context = browser.new_context(**VIEWS[view], locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    page = context.new_page()
    listen(page, faults)
    page.goto(counted.url)
    page.click('main a[href="/principles"]')
    settled(page, counted.url)
    nodes = page.locator(".principles-map:visible a")
    assert nodes.count() == 7
    assert page.locator(".principles-map:visible").count() == 1
    box = page.locator(".principles-map:visible").bounding_box()
    assert box["y"] < VIEWS[view]["viewport"]["height"]
    for word in nodes.all_text_contents():
        assert re.search("đạt mục tiêu|đang tiến tới|chưa đạt|chưa có số liệu", word)
    nodes.filter(has_text="Dữ liệu sống").click()
    assert page.url.endswith("#principle-2")
    gauge = page.locator("#principle-2")
    assert gauge.evaluate("item => item.getBoundingClientRect().top < innerHeight")
    assert "Mốc" in gauge.inner_text()
    assert gauge.locator("svg.gauge-bar").count() >= 1
    assert page.locator("table tbody tr").count() >= 14
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.evaluate("for (const item of document.querySelectorAll('details')) item.open = true")
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run(document, {{runOnly: {WCAG}}})")["violations"]
    assert not found, [(item["id"], item["nodes"][0]["html"][:200]) for item in found]
    page.locator("#principle-2").get_by_text("Trang chỉ tiêu").first.click()
    assert "/sign-in" in page.url
    context.close()


def test_the_chain_is_walked_by_keyboard_and_leads_to_the_rows(counted, browser, faults):
    context = browser.new_context(**VIEWS["desk"], locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    page = context.new_page()
    listen(page, faults)
    sign_in(page, counted.url, "kiem-toan")
    settled(page, counted.url)
    page.locator(".board-head .button").last.focus()
    reached = []
    for _ in range(7):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
    assert reached == [f"#principle-{number}" for number in range(1, 8)]
    page.keyboard.press("Enter")
    assert page.url.endswith("#principle-7")
    page.locator("#principle-2 .gauge").first.get_by_text("Các dòng").click()
    page.wait_for_url(re.compile(r"/registers/governance-measures\?q=registers-live"))
    assert "registers-live" in page.locator("main").inner_text()
    context.close()


def test_authority_is_handed_on_judged_and_taken_back(counted, browser, faults):
    context = browser.new_context(**VIEWS["phone"], locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    page = context.new_page()
    listen(page, faults)
    sign_in(page, counted.url, "lanh-dao-tw")
    page.goto(f"{counted.url}/delegations/new")
    page.get_by_role("link", name="Chỉ đạo và theo dõi nhiệm vụ").first.click()
    page.select_option("#kind", "account")
    page.fill("#holder", "van-hanh")
    page.select_option("#action", "commons.direction.issue")
    page.fill("#basis", "Giấy ủy quyền 05")
    page.check("#i-registers-live")
    page.click("main form .actions button")
    page.wait_for_url(re.compile("/delegations/[0-9a-f-]{36}$"))
    address = page.url
    assert "Cơ sở dữ liệu đang sống" in page.locator("main").inner_text()
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run(document, {{runOnly: {WCAG}}})")["violations"]
    assert not found, [(item["id"], item["nodes"][0]["html"][:200]) for item in found]
    page.check("#c-revoke")
    page.fill("#reason", "Thử xong")
    page.click("text=Ghi kết luận")
    page.wait_for_url(address)
    assert "đã thu hồi" in page.locator(".page-head").inner_text()
    assert "Thử xong" in page.locator("main").inner_text()
    context.close()
