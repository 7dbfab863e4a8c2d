"""What leaders do with boards and tasks on screens: compose by keyboard on a phone, keep for good, pass on, seal, answer."""

import re

import pytest

from .test_pages import AXE, WCAG
from .test_screens import page_of  # noqa: F401 - a fixture

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("space")]
PHONE = {"viewport": {"width": 390, "height": 844}}


def examine(page) -> None:
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run(document, {{runOnly: {WCAG}}})")["violations"]
    assert not found, [item["id"] for item in found]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def press(page, selector: str) -> None:
    """Follow a link or send a form as a keyboard does it."""
    page.locator(selector).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_board_is_composed_by_keyboard_on_a_phone_published_and_kept(space, page_of):  # noqa: F811
    leader = page_of("lanh-dao-tw", **PHONE)
    leader.goto(f"{space.url}/boards/own")
    leader.fill("#title", "Giao ban trên đường")
    press(leader, "main button:has-text('Lập bảng')")
    for code in ("dq-agreement", "tasks-open"):
        press(leader, f"button[value='add:{code}']")
    press(leader, "button[value='up:tasks-open']")
    assert leader.locator(".rows").first.locator("li").first.inner_text().startswith("Nhiệm vụ đang thực hiện")
    examine(leader)
    press(leader, "a:has-text('Xem bảng')")
    press(leader, "button:has-text('Công bố')")
    examine(leader)
    board = leader.url
    leader.fill("#snapshot-title", "Tuần 47")
    press(leader, "button:text-is('Lưu')")
    leader.wait_for_url(re.compile("/snapshots/[0-9a-f-]{36}$"))
    assert "nguyên vẹn" in leader.locator(".page-head").inner_text()
    examine(leader)
    minister = page_of("bo-truong")
    minister.goto(board)
    assert minister.locator("h1").inner_text() == "Giao ban trên đường"


def test_a_task_is_passed_on_reported_with_a_file_and_answered_on_a_phone(space, page_of, tmp_path):  # noqa: F811
    leader, chairperson = page_of("lanh-dao-tw", **PHONE), page_of("chu-tich-tinh")
    leader.goto(f"{space.url}/directives/new")
    for name, value in (("title", "Rà soát"), ("content", "Rà soát hồ sơ tồn"), ("lead_agency", "H19")):
        leader.fill(f"#{name}", value)
    leader.click("main form button:has-text('Ban hành')")
    leader.wait_for_url(re.compile("/directives/[0-9a-f-]{36}$"))
    task = leader.locator("a.card.tile").first.get_attribute("href")
    chairperson.goto(space.url + task)
    chairperson.click("summary:has-text('Giao việc này')")
    chairperson.locator("input[name=agencies]").first.check()
    examine(chairperson)
    chairperson.click("button:text-is('Phân giao')")
    chairperson.wait_for_url(re.compile("#parts$"))
    assert "0/1" in chairperson.locator("#parts").inner_text()
    proof = tmp_path / "biên bản.txt"
    proof.write_text("Đã rà soát", "utf-8")
    chairperson.set_input_files("#files", proof)
    chairperson.fill("#text", "Xong phần của tỉnh, còn một xã")
    press(chairperson, "button[value=report]")
    chairperson.goto(f"{space.url}{task}/seals")
    assert chairperson.locator("h2 .status.good").count() == 1
    examine(chairperson)
    with chairperson.expect_download() as download:
        chairperson.locator("a:has-text('biên bản.txt')").click()
    assert download.value.path().read_text("utf-8") == "Đã rà soát"
    leader.goto(f"{space.url}/approve")
    while "Rà soát hồ sơ tồn" not in leader.locator("main").inner_text():
        press(leader, "a:has-text('xem tiếp')")
    examine(leader)
    leader.fill("#text", "Đồng ý, xã làm tiếp")
    press(leader, "button[value=approve]")
    leader.goto(space.url + task)
    assert "hoàn thành" in leader.locator(".page-head").inner_text()


def test_a_note_stands_beside_its_number(space, page_of):  # noqa: F811
    leader = page_of("lanh-dao-tw")
    leader.goto(f"{space.url}/indicators/tasks-open")
    leader.click("summary:has-text('Thêm ghi chú')")
    leader.fill("#note-text", "Đợt giao việc cuối năm")
    press(leader, "button:text-is('Ghi')")
    assert "Đợt giao việc cuối năm" in leader.locator("#notes + ul").inner_text()
    press(leader, "button:has-text('Rút lại')")
    assert "Đợt giao việc cuối năm" not in leader.locator("main").inner_text()
