"""Finding a suitable time: far ahead, in any time zone, and when a day has no free times."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import book, choose, expect_state, go_on, part
from tests.support.days import working_day
from tests.support.server import Server, run_dibs

NewPage = Callable[..., Page]

FAR = """
[business]
name = "Studio"
time_zone = "UTC"
currency = "EUR"

[[services]]
id = 1
name = "Survey"
duration = 60
booking_window_days = {booking_window_days}
resources = [1]

[[resources]]
id = 1
name = "Mia"
kind = "staff"

[resources.overrides]
{open_day} = ["09:00-12:00"]
"""

ABROAD = """
[business]
name = "Studio"
time_zone = "{business}"
currency = "EUR"

[[services]]
id = 1
name = "Survey"
duration = 60
booking_window_days = 30
resources = [1]

[[services]]
id = 2
name = "Class"
duration = 60
booking_window_days = 30
capacity = 3
resources = [1]

[[resources]]
id = 1
name = "Mia"
kind = "staff"
time_zone = "{resource}"

[resources.hours]
wed = ["11:00-15:00"]
"""


@pytest.fixture
def apply(server: Server, tmp_path: Path) -> Callable[[str], None]:
    def apply(catalog: str) -> None:
        file = tmp_path / "catalog.toml"
        file.write_text(catalog)
        done = run_dibs("catalog", "apply", str(file), "--yes", "--data", str(server.data))
        assert done.returncode == 0, done.stderr

    return apply


@pytest.mark.scenario(41)
def test_the_only_free_day_is_found_however_far_it_is(
    server: Server, new_page: NewPage, apply: Callable[[str], None]
) -> None:
    today = datetime.now(UTC).date()
    open_day = today + timedelta(days=140)
    apply(FAR.format(booking_window_days=150, open_day=open_day))
    page = new_page()
    page.goto(f"{server.url}/?service=1&resource=1")
    expect(page.locator(f'button[data-day="{open_day}"][aria-pressed="true"]')).to_be_visible()
    expect_state(page, "09:00", "free")
    # A link to a day without free times, in a month without any, offers a way to the next free day.
    page.goto(f"{server.url}/?service=1&resource=1&day={today + timedelta(days=70)}")
    expect(page.locator(".next-free")).to_contain_text("Nothing is free in")
    expect(page.get_by_text("Nothing is free on this day.")).to_be_visible()
    part(page, "way-out").click()
    expect(page.locator(f'button[data-day="{open_day}"][aria-pressed="true"]')).to_be_visible()
    # The page says that nothing is free only when it knows this of all days.
    server.visitor().book("09:00")
    apply(FAR.format(booking_window_days=130, open_day=open_day))
    page.goto(f"{server.url}/?service=1&resource=1")
    expect(page.get_by_text("Nothing is free at the moment.")).to_be_visible()


def person_in(chromium: Browser, zone: str) -> Page:
    page = chromium.new_context(timezone_id=zone, locale="en-GB").new_page()
    page.set_default_timeout(10_000)
    return page


@pytest.mark.scenario(39)
def test_every_step_tells_the_time_in_one_zone_and_names_it(
    server: Server, chromium: Browser, apply: Callable[[str], None]
) -> None:
    """The business is in New York, the resource in Berlin and the visitor in Tokyo."""
    apply(ABROAD.format(business="America/New_York", resource="Europe/Berlin"))
    page = person_in(chromium, "Asia/Tokyo")
    page.goto(f"{server.url}/?service=1&resource=1&day={working_day()}")
    choose(page, "11:00")
    expect(page.locator(".times-head")).to_contain_text("Berlin time")
    expect(page.locator(".bar")).to_contain_text(re.compile("11:00.*Berlin time"))
    go_on(page)
    summary = page.locator(".summary-when")
    expect(summary).to_contain_text("11:00 – 12:00 Berlin time")
    expect(summary).to_contain_text("Tokyo time")
    page.go_back()
    expect_state(page, "11:00", "mine")
    link = book(page, "12:00")
    for _ in ("done", "manage"):
        expect(page.locator(".appointment")).to_contain_text("12:00 – 13:00 Berlin time")
        expect(part(page, "own-time")).to_contain_text("Tokyo time")
        page.goto(link)
    part(page, "move").click()
    expect_state(page, "12:00", "now")
    expect(page.locator(".times-head")).to_contain_text("Berlin time")
    page.context.close()


@pytest.mark.scenario(39)
@pytest.mark.parametrize(
    ("second", "shown"),
    [("Asia/Tokyo", "New York time"), ("Europe/Berlin", "Berlin time")],
)
def test_what_was_booked_with_anyone_is_told_in_the_zone_it_was_chosen_in(
    server: Server,
    chromium: Browser,
    apply: Callable[[str], None],
    second: str,
    shown: str,
) -> None:
    """The business is in New York. Its two people are in two time zones, or both in Berlin."""
    catalog = ABROAD.format(business="America/New_York", resource="Europe/Berlin")
    another = f"""
[[resources]]
id = 2
name = "Ben"
kind = "staff"
time_zone = "{second}"

[resources.hours]
wed = ["09:00-17:00"]
"""
    apply(catalog.replace("resources = [1]", "resources = [1, 2]") + another)
    page = person_in(chromium, "Pacific/Honolulu")
    page.goto(f"{server.url}/?service=1&resource=any&day={working_day()}")
    chosen = page.locator('button.slot[data-state="free"]').last
    time = chosen.get_attribute("data-slot")
    assert time is not None
    expect(page.locator(".times-head")).to_contain_text(shown)
    link = book(page, time)
    for _ in ("done", "manage"):
        expect(page.locator(".appointment")).to_contain_text(f"{time} – ")
        expect(page.locator(".appointment")).to_contain_text(shown)
        expect(page.locator(".appointment")).to_contain_text("Berlin time")
        page.goto(link)
    page.context.close()


@pytest.mark.scenario(39)
def test_a_visitor_a_whole_day_apart_is_told_their_own_date(
    server: Server, chromium: Browser, apply: Callable[[str], None]
) -> None:
    apply(ABROAD.format(business="Pacific/Honolulu", resource="Pacific/Honolulu"))
    page = person_in(chromium, "Pacific/Kiritimati")
    page.goto(f"{server.url}/?service=1&resource=1&day={working_day()}")
    choose(page, "11:00")
    go_on(page)
    expect(page.locator(".when-day").first).to_contain_text("Wednesday")
    expect(part(page, "own-time")).to_contain_text("Thursday")
    expect(part(page, "own-time")).to_contain_text("11:00 – 12:00 Kiritimati time")
    page.context.close()


def test_a_class_tells_how_many_seats_are_left(
    server: Server, new_page: NewPage, apply: Callable[[str], None]
) -> None:
    apply(ABROAD.format(business="UTC", resource="UTC"))
    page = new_page()
    page.goto(f"{server.url}/?service=2&resource=1&day={working_day()}")
    word = page.locator('button.slot[data-slot="11:00"] .slot-word')
    expect(word).to_have_text("3 of 3 left")
    server.visitor().book("11:00", service=2)
    server.visitor().hold("11:00", service=2)
    expect(word).to_have_text("Last seat")
    choose(page, "11:00")
