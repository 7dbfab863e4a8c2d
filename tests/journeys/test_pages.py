"""Every page that a person can reach by following links, in a real browser: nothing that axe finds, no script error, nothing
wider than the screen, at desk and phone width, in light and dark."""

import os
import re
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from .conftest import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("space")]

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
SCREENSHOTS = os.environ.get("LIENTHONG_SCREENSHOTS")
EXAMINED: set[tuple[str, str, str]] = set()
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DOWNLOADS = re.compile(r"\.csv$|/content$|/proof$|/evidence/|^/static/|^/api/|^/healthz|^/readyz")
VIEWS = {
    "desk": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "device_scale_factor": 2},
}
PEOPLE = ("", "lanh-dao-tw", "quan-tri-du-lieu", "chu-tich-tinh", "van-hanh", "kiem-toan", "cong-dan", "can-bo-xa")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def kind(address: str) -> str:
    """Pages of one kind look alike: the address with what varies taken out."""
    parts = urlsplit(address)
    path = UUID.sub("*", parts.path)
    path = re.sub(
        r"^/registers/[^/]+(/records/.+)?", lambda found: "/registers/*" + "/records/*" * bool(found[1]), path
    )
    path = re.sub(r"^/indicators/[^/]+(/.+)?", lambda found: "/indicators/*" + "/*" * bool(found[1]), path)
    path = re.sub(r"^/kpis/(?!assessments/)[^/]+/[^/]+", "/kpis/*/*", path)
    path = re.sub(r"^/(results|roadmaps)/.+", r"/\1/*", path)
    path = re.sub(r"^/(boards/sector|boards|brief|kpis|agencies)/(?!sector/|own)[^/]+", r"/\1/*", path)
    # A filter that links set makes a page of its own kind; where a list goes on does not.
    names = sorted({part.partition("=")[0] for part in parts.query.split("&") if part} - {"after", "before"})
    return path + ("?" + "&".join(names) if names else "")


def sign_in(page, url: str, username: str) -> None:
    page.goto(f"{url}/sign-in")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_url(f"{url}/workplace")


def links(page, url: str) -> list[str]:
    # In a picture, a link's address is no plain text until it is resolved.
    address = "item => new URL(item.getAttribute('href'), document.baseURI).href"
    found = page.eval_on_selector_all("a[href]", f"items => items.map({address})")
    return [link.split("#")[0] for link in found if link.startswith(url + "/") or link == url]


def listen(page, faults: list[str]) -> None:
    page.on("pageerror", lambda error: faults.append(f"{page.url}: script error: {error}"))
    page.on("console", lambda line: line.type == "error" and faults.append(f"{page.url}: console: {line.text}"))


def examine(page, address: str, name: str, view: str, faults: list[str]) -> None:
    page.wait_for_load_state("load")
    if SCREENSHOTS:
        Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(SCREENSHOTS) / f"{name}-{view}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        faults.append(f"{address} ({view}): {wide} px wider than the screen")
    # What a person may do shows in the buttons of a page; a page with the same ones has been examined.
    buttons = "|".join(page.eval_on_selector_all("main button", "items => items.map(item => item.textContent.trim())"))
    if (kind(address), view, buttons) in EXAMINED:
        return
    EXAMINED.add((kind(address), view, buttons))
    page.evaluate(AXE)
    result = page.evaluate(f"axe.run(document, {{runOnly: {WCAG}}})")
    for violation in result["violations"]:
        nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
        faults.append(f"{address} ({view}): {violation['id']}: {violation['help']}: {nodes}")


@pytest.mark.parametrize("person", PEOPLE, ids=[name or "stranger" for name in PEOPLE])
def test_every_page_is_sound(space, browser, person):
    faults: list[str] = []
    seen: set[str] = set()
    for view, settings in VIEWS.items():
        context = browser.new_context(**settings, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
        page = context.new_page()
        listen(page, faults)
        if person:
            sign_in(page, space.url, person)
        waiting, known = deque([f"{space.url}/"]), set()
        while waiting:
            address = waiting.popleft()
            shape = kind(address)
            if shape in known or DOWNLOADS.search(urlsplit(address).path):
                continue
            known.add(shape)
            answer = page.goto(address)
            if answer.status != 200:
                faults.append(f"{address}: {answer.status}")
            name = re.sub(r"[^a-z0-9]+", "-", shape.lower().replace("*", "x")).strip("-") or "front"
            examine(page, address, f"{person or 'stranger'}-{name}", view, faults)
            waiting.extend(links(page, space.url))
        seen |= known
        context.close()
    assert not faults, "\n".join(faults)
    assert len(seen) > (10 if person else 1)
