"""Each view of the office's calendar: pictures, axe, right to left, enlarged, and in print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.calendar_pages import book
from tests.support.days import at, wire
from tests.support.office import OfficeBrowser
from tests.support.server import Server


def fill(server: Server, owner: OfficeBrowser) -> None:
    """Fill the day with a typical mix of bookings, closures and claims."""
    for clock, name in (("09:00", "Ann Lee"), ("09:30", "Bo Ärmel"), ("13:30", "مريم العلي")):
        book(owner, clock, name)
    book(owner, "15:00", "Zoë Quist", service_id=2, notes="Prefers the window seat.")
    for clock, name in (("10:00", "<b>Carl</b> & Söhne"), ("16:30", "Dora von Hohenstein")):
        book(owner, clock, name, service_id=2, resource_id=2)
    book(owner, "12:15", "Eve Short", resource_id=2, duration=20)
    book(owner, "10:00", "Fay Photo", service_id=3, resource_id=3)
    for name in ("Gus", "Hal", "Ida"):
        book(owner, "10:00", name, service_id=4, resource_id=4, override=["hours"])
    off = {"starts_at": wire(at("14:00")), "ends_at": wire(at("15:30")), "reason": "Dentist"}
    assert owner.post("/closures", off | {"resource_id": 2}).status_code == 201
    assert server.visitor().hold("10:30").status_code == 201
    assert server.visitor().check_out("12:00").status_code == 201


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Callable[[Page, str], None]:
    """Return a function that saves a picture of a page and checks the page with axe."""
    folder: Path = pytestconfig.getoption("--pictures")
    folder.mkdir(parents=True, exist_ok=True)

    def look_at(page: Page, name: str) -> None:
        assert page.viewport_size is not None
        width = page.viewport_size["width"]
        page.screenshot(path=folder / f"calendar-{name}-{width}.png")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    return look_at


@pytest.mark.parametrize(
    ("name", "width", "height", "dark", "direction"),
    [
        ("light", 1280, 860, False, ""),
        ("dark", 1280, 860, True, ""),
        ("light", 390, 844, False, ""),
        ("dark", 390, 844, True, ""),
        ("right-to-left", 1280, 860, False, "rtl"),
        # Like a window of 1280 pixels at 200 % zoom.
        ("zoomed", 640, 430, False, ""),
    ],
)
def test_each_view_is_readable_by_everybody(
    server: Server,
    owner: OfficeBrowser,
    open_calendar: Callable[..., Page],
    look: Callable[[Page, str], None],
    name: str,
    width: int,
    height: int,
    dark: bool,
    direction: str,
) -> None:
    fill(server, owner)
    window = {"width": width, "height": height, "dark": dark, "direction": direction}
    first = "list" if width <= 640 else "day"
    page = open_calendar(**window)
    expect(page.get_by_text("Ann Lee").first).to_be_visible()
    look(page, f"{first}-{name}")
    page.get_by_text("Zoë Quist").first.click()
    expect(page.get_by_role("dialog", name="Zoë Quist")).to_be_visible()
    look(page, f"booking-{name}")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New booking", exact=True).last.click()
    expect(page.get_by_role("dialog", name="New booking")).to_be_visible()
    look(page, f"new-{name}")
    page.keyboard.press("Escape")
    for view in {"day", "week", "list"} - {first}:
        page.get_by_role("radio", name=view.capitalize()).click()
        expect(page.get_by_text("Ann Lee").first).to_be_visible()
        look(page, f"{view}-{name}")


def test_the_day_is_printed_as_a_list(
    server: Server, owner: OfficeBrowser, open_calendar: Callable[..., Page]
) -> None:
    fill(server, owner)
    page = open_calendar()
    expect(page.get_by_text("Ann Lee").first).to_be_visible()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    paper = page.locator(".cal-paper")
    expect(paper.get_by_role("heading", name="Sarah Johnson")).to_be_visible()
    expect(paper.get_by_text("Zoë Quist")).to_be_visible()
    expect(page.locator(".cal-bar")).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(paper).to_have_count(0)
