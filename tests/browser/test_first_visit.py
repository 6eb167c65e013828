"""Parts of a first visit that visitors found awkward; docs/explanation/booking-page.md explains
them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import book, choose, confirm, fill_in, go_on, open_times, part
from tests.support.days import working_day
from tests.support.server import Server, run_dibs

NewPage = Callable[..., Page]
Start = Callable[[str], Server]

ONE_PERSON = """
[business]
name = "Hanna Lund"
time_zone = "UTC"
currency = "DKK"
place = "Nørrebrogade 20, København"

[[services]]
id = 1
name = "Massage"
description = "An hour for back and neck."
duration = 60
price = "650"
cancel_notice = 86400
move_notice = 86400
booking_window_days = 60
resources = [1]

[[services.questions]]
id = "born"
label = "Year of birth"
kind = "number"

[[resources]]
id = 1
name = "Hanna Lund"

[resources.hours]
mon = ["09:00-17:00"]
tue = ["09:00-17:00"]
wed = ["09:00-17:00"]
thu = ["09:00-17:00"]
fri = ["09:00-17:00"]
"""
SECOND = """
[[services]]
id = 2
name = "Trim"
duration = 30
resources = [1]
"""
LONG_NAME = "The full works: cut, beard, wash and a hot towel"
BY_VIDEO = """
[business]
name = "Aiko Mori"
time_zone = "Asia/Tokyo"

[[services]]
id = 1
name = "Call"
duration = 30
place_kind = "video"
place = "https://meet.example.com/aiko"
booking_window_days = 60
resources = [1]

[[resources]]
id = 1
name = "Aiko Mori"

[resources.hours]
mon = ["09:00-24:00"]
tue = ["09:00-24:00"]
wed = ["09:00-24:00"]
thu = ["09:00-24:00"]
fri = ["09:00-24:00"]
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Server] = []

    def begin(catalog: str) -> Server:
        (file := tmp_path / "catalog.toml").write_text(catalog, encoding="utf-8")
        applied = run_dibs("catalog", "apply", str(file), "--data", str(tmp_path / "data"))
        assert applied.returncode == 0, applied.stderr
        started.append(Server.start(tmp_path / "data", command="serve"))
        return started[-1]

    yield begin
    for server in started:
        server.stop()


@contextmanager
def page_in(browser: Browser, zone: str) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", timezone_id=zone)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_what_comes_first_says_whose_page_it_is(
    start: Start, new_page: NewPage, width: int
) -> None:
    """With one service and one person the first step is the calendar."""
    page = new_page(width, 844)
    page.goto(start(ONE_PERSON).url)
    expect(page.locator("button.slot").first).to_be_visible()
    business = page.get_by_role("heading", name="Hanna Lund", level=1)
    expect(business).to_be_in_viewport()
    summary = page.locator(".summary")
    for text in ("Massage", "An hour for back and neck.", "1 h", "DKK", "Nørrebrogade 20"):
        shown = summary.get_by_text(text, exact=False).locator("visible=true")
        expect(shown.first).to_be_in_viewport()
    expect(page.get_by_role("button", name="Back")).not_to_be_visible()
    # The page may open today, when little time is left, so the last time is chosen.
    choose(page, page.locator("button.slot").last.get_attribute("data-slot") or "")
    go_on(page)
    expect(page.get_by_role("button", name="Back")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390])
def test_a_long_name_leaves_room_for_the_price(start: Start, new_page: NewPage, width: int) -> None:
    page = new_page(width, 844)
    two = ONE_PERSON.replace('name = "Massage"', f'name = "{LONG_NAME}"').replace(
        "[[resources]]", f"{SECOND}\n[[resources]]", 1
    )
    page.goto(start(two).url)
    page.get_by_test_id("service-1").click(trial=True)
    price = page.locator(".choice-price").first
    name = page.get_by_test_id("service-1")
    name_box, price_box = name.bounding_box(), price.bounding_box()
    assert name_box is not None
    assert price_box is not None
    assert abs(name_box["y"] - price_box["y"]) < 4, "the price is on the name's first line"
    name.click()
    end = page.locator(".summary-line b").last
    expect(end).to_contain_text("650")
    box = end.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_booking_that_cannot_be_changed_promises_nothing(start: Start, new_page: NewPage) -> None:
    server = start(ONE_PERSON)
    page = new_page()
    open_times(page, server)
    choose(page, "10:00")
    go_on(page)
    fill_in(page)
    page.locator('[name="answers.born"]').fill("1980")
    confirm(page)
    # A year is shown without a thousands separator.
    expect(part(page, "answers")).to_contain_text("1980")
    expect(page.get_by_text("Keep this link: it shows your booking.")).to_be_visible()
    expect(part(page, "change-until")).to_contain_text("too near to be changed")
    expect(page.get_by_text("change or cancel", exact=False)).to_have_count(0)
    expect(part(page, "manage-link")).to_have_text("Your booking")


def test_a_booking_that_can_be_changed_says_so(server: Server, new_page: NewPage) -> None:
    page = new_page()
    open_times(page, server)
    book(page, "10:00")
    expect(part(page, "manage-link")).to_have_text("Change or cancel")


def test_times_of_another_date_are_below_that_date(start: Start, chromium: Browser) -> None:
    server = start(BY_VIDEO)
    with page_in(chromium, "Pacific/Honolulu") as page:
        page.goto(f"{server.url}/?service=1&resource=1&day={working_day()}")
        expect(page.locator("button.slot").first).to_be_visible()
        parts = page.locator(".times h4")
        # Nine o’clock in Tokyo is the afternoon of the day before in Honolulu.
        expect(parts.first).to_contain_text("Afternoon")
        expect(parts.first).to_contain_text("Tue")
        expect(parts.last).to_contain_text("Morning")
        expect(parts.last).not_to_contain_text("Wed")
