"""What people do on screens: direct from a signal, choose an agency by typing, import a file and read why rows were refused."""

import re

import pytest

from .test_pages import listen, sign_in

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("space")]


@pytest.fixture
def page_of(space, browser):
    faults: list[str] = []
    contexts = []

    def open_page(username: str, **settings):
        context = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **settings)
        contexts.append(context)
        page = context.new_page()
        listen(page, faults)
        sign_in(page, space.url, username)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, faults


def test_a_leader_issues_a_directive_and_the_lead_agency_moves_it_on(space, page_of):
    leader = page_of("lanh-dao-tw")
    leader.goto(f"{space.url}/directives/new")
    leader.fill("#title", "Rà soát danh mục")
    leader.fill("#content", "Rà soát và báo cáo")
    with leader.expect_response(re.compile("/agencies/options")):
        leader.locator("#lead_agency").press_sequentially("cuc chuyen doi so")
    option = leader.locator("#agency-options option").first
    option.wait_for(state="attached")
    leader.fill("#lead_agency", option.get_attribute("value"))
    leader.click("main form button")
    leader.wait_for_url(re.compile("/directives/[0-9a-f-]{36}$"))
    task = leader.locator("a.card.tile").first.get_attribute("href")

    steward = page_of("quan-tri-du-lieu")
    steward.goto(f"{space.url}/workplace")
    assert steward.locator(f'a[href="{task}"]').count() == 1
    steward.goto(space.url + task)
    steward.click('button[value="accept"]')
    steward.fill("#text", "Đã xong")
    steward.click('button[value="report"]')
    leader.goto(space.url + task)
    leader.click('button[value="approve"]')
    assert "hoàn thành" in leader.locator(".page-head").inner_text()


def test_a_form_with_a_mistake_keeps_what_was_typed_and_says_what_to_do(space, page_of):
    page = page_of("lanh-dao-tw")
    page.goto(f"{space.url}/directives/new")
    page.fill("#title", "Giữ lại")
    page.fill("#content", "Việc")
    page.fill("#lead_agency", "ZZ99")
    page.on("console", lambda _: None)
    answer = page.request.post(
        f"{space.url}/directives/new",
        form={
            "title": "Giữ lại", "content": "Việc", "lead_agency": "ZZ99",
            "csrfmiddlewaretoken": page.locator("main input[name=csrfmiddlewaretoken]").first.get_attribute("value"),
        },
        headers={"Referer": space.url},
    )  # fmt: skip
    assert answer.status == 422
    text = answer.text()
    assert "ZZ99" in text
    assert 'value="Giữ lại"' in text
    assert "/agencies" in text


def test_a_file_is_taken_in_and_refused_rows_are_told(space, page_of, tmp_path):
    page = page_of("quan-tri-du-lieu")
    file = tmp_path / "danh-muc.csv"
    file.write_text("code,full_name,level,parent\n99999,Xã Thử Nghiệm,commune,01\nsai,X,không có,01\n", "utf-8")
    page.goto(f"{space.url}/registers/administrative-units/import")
    page.set_input_files("input[type=file]", file)
    page.locator("select[name=source], input[name=source]").first.evaluate("item => item.value = 'vietnam-provinces'")
    page.click("main form button")
    page.wait_for_url(re.compile("/imports/"))
    page.wait_for_selector("text=đã xong", timeout=30000)
    text = page.locator("main").inner_text()
    assert "không đúng khuôn dạng" in text
    assert page.locator("a[download]").count() == 1


def test_everything_can_be_reached_by_keyboard(space, page_of):
    page = page_of("lanh-dao-tw")
    page.goto(f"{space.url}/boards")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.tagName"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
    assert len(seen) > 6


def test_the_language_is_changed_by_a_switch_and_stays(space, page_of):
    page = page_of("lanh-dao-tw")
    page.goto(f"{space.url}/kpis")
    page.click("button[name=language][value=en]")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert "/kpis" in page.url
    page.goto(f"{space.url}/boards")
    assert "The whole country" in page.locator("h1").inner_text()


def test_an_unknown_address_and_a_closed_door_show_the_way_out(space, page_of):
    page = page_of("lanh-dao-tw")
    for address, status in (
        ("/boards/zz", 404),
        ("/tasks/00000000-0000-7000-8000-000000000000", 404),
        ("/nowhere", 404),
    ):
        answer = page.request.get(space.url + address)
        assert answer.status == status
        assert 'href="/' in answer.text()
    citizen = page_of("cong-dan")
    answer = citizen.request.get(f"{space.url}/operations")
    assert answer.status == 403
    assert "thẩm quyền" in answer.text()


def test_from_a_board_to_a_directive_it_takes_three_clicks(space, page_of):
    """A tile, the page of its number, "Direct", "Issue": nothing need be typed."""
    page, clicks = page_of("lanh-dao-tw"), 0
    page.goto(f"{space.url}/boards")
    for wanted, address in (
        ('a.tile[href="/indicators/agreement-administrative-units"]', "/indicators/agreement-administrative-units$"),
        ('a.button[href^="/directives/new?indicator="]', "/directives/new"),
        ("main form .actions button", "/directives/[0-9a-f-]{36}$"),
    ):
        page.click(wanted)
        clicks += 1
        page.wait_for_url(re.compile(address))
    assert clicks == 3
    assert "Cải thiện" in page.locator("h1").inner_text()
    assert page.locator("a.card.tile").count() == 1


def test_the_form_tells_again_how_the_target_stands_when_it_is_changed(space, page_of):
    page = page_of("lanh-dao-tw")
    page.goto(f"{space.url}/directives/new?indicator=agreement-administrative-units")
    with page.expect_response(re.compile("/directives/prospects")) as answer:
        page.fill("#target_value", "99")
        page.locator("#target_value").blur()
    assert answer.value.status == 200
    assert "csrfmiddlewaretoken" not in answer.value.url
    assert page.locator("#prospects").count() == 1


def test_a_question_is_asked_on_a_board_answered_with_its_query_and_judged(space, page_of):
    page = page_of("lanh-dao-tw", viewport={"width": 390, "height": 844})
    page.goto(f"{space.url}/boards")
    page.fill("#q", "nhiệm vụ quá hạn của cả nước hiện nay")
    page.click("form.search button")
    page.wait_for_url(re.compile("/ask/[0-9a-f-]{36}$"))
    assert "Nhiệm vụ quá hạn" in page.locator("main").inner_text()
    page.fill("#reason", "khác báo cáo")
    page.click('button[value="no"]')
    assert "khác báo cáo" in page.locator("main").inner_text()
    page.goto(f"{space.url}/ask")
    assert "bạn báo sai" in page.locator("main").inner_text()
    page.locator("button.choice").first.click()
    page.wait_for_url(re.compile("/ask/[0-9a-f-]{36}$"))


def test_a_directive_is_drawn_from_a_text_corrected_and_issued(space, page_of):
    page = page_of("lanh-dao-tw")
    page.goto(f"{space.url}/directives")
    page.click("text=Từ văn bản")
    page.fill("#text", "Giao Bộ Tài chính rà soát kinh phí trước ngày 15/12/2030. Giao Sở Nội vụ kiểm tra biên chế.")
    page.click("main form button")
    assert page.locator("mark").count() == 2
    page.uncheck("#task-1-keep")
    page.fill("#title", "Kết luận phiên họp")
    page.click('button[name="issue"]')
    page.wait_for_url(re.compile("/directives/[0-9a-f-]{36}$"))
    assert page.locator("a.card.tile").count() == 1


def test_words_of_a_directive_are_quoted_and_a_text_is_routed_on_a_phone(space, page_of):
    page = page_of("lanh-dao-tw", viewport={"width": 390, "height": 844})
    page.goto(f"{space.url}/directives/from-text")
    page.fill("#text", "Giao Bộ Y tế kiểm tra tủ thuốc trạm y tế vùng cao trước ngày 15/12/2030.")
    page.click("main form button")
    page.fill("#title", "Tủ thuốc vùng cao")
    page.click('button[name="issue"]')
    page.goto(f"{space.url}/ask")
    page.fill("#q", "ai được giao kiểm tra tủ thuốc vùng cao?")
    page.click("form.search button")
    page.wait_for_url(re.compile("/ask/[0-9a-f-]{36}$"))
    assert "Cơ quan chủ trì: Bộ Y tế" in page.locator("blockquote").first.inner_text()
    assert page.locator("blockquote mark").count()
    page.locator("figcaption a").first.click()
    page.wait_for_url(re.compile("/tasks/[0-9a-f-]{36}$"))
    page.goto(f"{space.url}/directives")
    page.click("text=Văn bản này cho ai")
    page.fill("#text", "Đề nghị Bộ Y tế xem lại tủ thuốc.")
    page.click("main form button")
    assert "được nêu tên" in page.locator("fieldset").inner_text()
    page.check("#choice-other")
    with page.expect_response(re.compile("/agencies/options")):
        page.locator("#body").press_sequentially("bo tai chinh")
    page.fill("#body", "G12 – Bộ Tài chính")
    page.fill("#reason", "là việc mua sắm")
    page.locator("fieldset ~ .actions button").click()
    page.wait_for_url(re.compile("/route$"))
    assert "Đã ghi nhận" in page.locator("body").inner_text()
