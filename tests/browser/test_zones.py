"""Time zones on the booking page: every step names the zone, and a visitor elsewhere can see their
own time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import choose, expect_state, fill_in, go_on, open_times, part, slot
from tests.support.days import working_day
from tests.support.server import Server, run_dibs

#: No zone in these tests has daylight saving time.
CATALOG = """
[business]
name = "Studio"
time_zone = "Asia/Dubai"

[[services]]
id = 1
name = "In the studio"
duration = 30
resources = [1]

[[services]]
id = 2
name = "By video"
duration = 30
resources = [1]
place_kind = "video"

[[resources]]
id = 1
name = "Mia"
kind = "staff"

[resources.hours]
mon = ["09:00-21:00"]
tue = ["09:00-21:00"]
wed = ["09:00-21:00"]
thu = ["09:00-21:00"]
fri = ["09:00-21:00"]
"""


@pytest.fixture(autouse=True)
def catalog(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "zones.toml"
    file.write_text(CATALOG, "utf-8")
    done = run_dibs("catalog", "apply", str(file), "--yes", "--data", str(server.data))
    assert done.returncode == 0, done.stderr


@contextmanager
def person_in(chromium: Browser, zone: str, width: int = 1280) -> Iterator[Page]:
    # While a colour changes, its contrast may be too low for a moment.
    looks: Any = {"viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    context = chromium.new_context(timezone_id=zone, locale="en-GB", **looks)
    yield context.new_page()
    context.close()


def expect_shown_as(page: Page, time: str, shown: str) -> None:
    """Expect the text of a slot, found by its time in the zone of the business."""
    expect(slot(page, time)).to_have_text(re.compile(f"^{shown}"))


@pytest.mark.parametrize("width", [390, 1280])
def test_a_visitor_elsewhere_is_told_and_can_see_their_own_time(
    server: Server, chromium: Browser, width: int
) -> None:
    with person_in(chromium, "Asia/Tokyo", width) as page:
        open_times(page, server)
        strip = page.get_by_test_id("zone-strip")
        expect(strip).to_contain_text(
            "You seem to be in Tokyo, 5 h ahead. Times are in Dubai time."
        )
        expect(page.get_by_test_id("zone")).to_have_text("Dubai time")
        expect_shown_as(page, "10:00", "10:00")
        assert Axe().run(page).response["violations"] == []
        page.get_by_test_id("show-mine").click()
        expect(strip).to_contain_text("Times are in Tokyo time.")
        expect(page.get_by_test_id("zone")).to_have_text("Tokyo time")
        expect_shown_as(page, "10:00", "15:00")
        expect(slot(page, "19:30")).to_contain_text("00:30")
        expect(slot(page, "19:30")).to_contain_text("+1 day")
        page.get_by_test_id("show-mine").click()
        expect_shown_as(page, "10:00", "10:00")


def test_the_chosen_time_is_told_in_both_zones(server: Server, chromium: Browser) -> None:
    with person_in(chromium, "America/Bogota") as page:
        open_times(page, server)
        before = slot(page, "10:30").bounding_box()
        choose(page, "10:00")
        assert slot(page, "10:30").bounding_box() == before, "times have moved"
        expect(page.locator(".bar")).to_contain_text("Dubai time · 01:00 for you")
        page.get_by_test_id("show-mine").click()
        expect(page.locator(".bar")).to_contain_text("01:00")
        expect(page.locator(".bar")).to_contain_text("Bogota time · 10:00 in Dubai")
        go_on(page)
        expect(page.locator(".summary-when")).to_contain_text("01:00 – 01:30 Bogota time")
        expect(page.locator(".summary-when")).to_contain_text("10:00 – 10:30 Dubai time")
        fill_in(page)
        part(page, "confirm").click()
        expect(page.locator(".appointment")).to_contain_text("01:00 – 01:30 Bogota time")
        expect(page.locator(".appointment")).to_contain_text("10:00 – 10:30 Dubai time")
        part(page, "manage-link").click()
        expect(page.locator(".appointment .when")).to_have_count(2)
        part(page, "move").click()
        expect_state(page, "10:00", "now")
        expect(page.get_by_test_id("zone")).to_have_text("Bogota time")
        expect(page.get_by_text(re.compile("From .* 01:00"))).to_be_visible()


def test_by_video_everybody_has_their_own_time(server: Server, chromium: Browser) -> None:
    with person_in(chromium, "America/Bogota") as page:
        open_times(page, server, service=2)
        expect(page.get_by_test_id("zone")).to_have_text("Bogota time")
        expect(page.get_by_test_id("zone-strip")).to_have_count(0)
        expect_shown_as(page, "15:00", "06:00")
        choose(page, "15:00")
        expect(page.locator(".bar")).to_contain_text("Bogota time · 15:00 in Dubai")


@pytest.mark.parametrize("zone", ["Asia/Dubai", "Indian/Mauritius"])
def test_who_has_the_same_time_hears_nothing_of_it(
    server: Server, chromium: Browser, zone: str
) -> None:
    with person_in(chromium, zone) as page:
        open_times(page, server)
        expect(page.get_by_test_id("zone")).to_have_text("Dubai time")
        expect(page.get_by_test_id("zone-strip")).to_have_count(0)
        choose(page, "10:00")
        expect(page.locator(".bar-detail")).to_have_text("Held for you · Dubai time")


@pytest.mark.parametrize("width", [390, 1280])
def test_any_zone_is_found_by_its_city(server: Server, chromium: Browser, width: int) -> None:
    with person_in(chromium, "Asia/Tokyo", width) as page:
        loaded: list[str] = []
        page.on("request", lambda request: loaded.append(request.url))
        open_times(page, server)
        assert not any("ZoneList" in url for url in loaded)
        button = page.get_by_test_id("zone")
        button.focus()
        page.keyboard.press("Enter")
        rows = page.locator("[data-zone]")
        expect(rows.nth(0)).to_contain_text("Tokyo")
        expect(rows.nth(0)).to_contain_text("Yours")
        expect(rows.nth(1)).to_contain_text("Dubai")
        expect(rows.nth(1)).to_have_attribute("aria-current", "true")
        expect(rows.nth(1)).to_contain_text(re.compile(r"\d\d:\d\d"))
        assert Axe().run(page).response["violations"] == []
        search = page.get_by_test_id("zone-search")
        search.fill("sao p")
        expect(rows).to_have_count(1)
        search.fill("india standard")
        expect(rows.filter(has_text="Kolkata")).to_be_visible()
        search.fill("nowhere at all")
        expect(page.get_by_text("Nothing is called “nowhere at all”.")).to_be_visible()
        search.fill("kathmandu")
        rows.first.click()
        expect(button).to_have_text("Kathmandu time")
        expect(button).to_be_focused()
        expect_shown_as(page, "10:00", "11:45")
        page.reload()
        expect(button).to_have_text("Kathmandu time")
        button.click()
        expect(rows.first).to_be_visible()
        page.keyboard.press("Escape")
        expect(rows).to_have_count(0)
        expect(button).to_be_focused()
        button.click()
        expect(rows.first).to_be_visible()
        # Who goes on before the browser says that the list is closed keeps the focus.
        free = page.locator("button.slot").first
        free.evaluate("slot => { document.querySelector('dialog').close(); slot.focus(); }")
        expect(rows).to_have_count(0)
        expect(free).to_be_focused()


def test_the_day_keeps_its_date_where_the_visitor_has_another(
    server: Server, chromium: Browser
) -> None:
    """A booking is on the day of the business, even if the visitor's clock shows another date."""
    with person_in(chromium, "Pacific/Kiritimati") as page:
        open_times(page, server)
        page.get_by_test_id("show-mine").click()
        expect(slot(page, "16:00")).to_contain_text("+1 day")
        choose(page, "16:00")
        go_on(page)
        fill_in(page)
        part(page, "confirm").click()
        expect(part(page, "reference")).to_be_visible()
        booked = server.visitor().http.get(f"/api/v1/services/1/days/{working_day()}").json()
        taken = [each["starts_at"] for each in booked["slots"] if each["state"] == "taken"]
        assert len(taken) == 1
