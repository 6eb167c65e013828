"""The page about other calendars, and the busy times that come from them, in real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office_pages import Look, build_look, set_up_owner, sign_in
from tests.browser.pages import expect_state, open_times
from tests.browser.test_office_catalog import NewPage
from tests.support.calendar_host import CalendarHost, calendar_host, calendar_of, hour
from tests.support.days import at, working_day
from tests.support.server import Server

SIZES = pytest.mark.parametrize(
    ("width", "height", "dark"), [(390, 844, False), (1280, 860, True), (1280, 860, False)]
)
SEEN_WITHIN = 60.0


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


@pytest.fixture
def host() -> Iterator[CalendarHost]:
    with calendar_host() as found:
        yield found


@SIZES
def test_the_owner_adds_a_calendar_and_visitors_see_its_busy_times_at_once(
    start_server: Callable[..., Server],
    new_page: NewPage,
    host: CalendarHost,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    server = start_server(calendar_hosts=f"localhost:{host.port}")
    owner = set_up_owner(server)
    day = working_day()
    host.files["/secret/basic.ics"] = calendar_of(hour(at("10:00"), "Dentist"))
    visitor = new_page(width, height)
    open_times(visitor, server, resource=1)
    expect_state(visitor, "10:00", "free")

    page = new_page(width, height, dark)
    sign_in(page, server, "/calendars")
    _add(page, f"{host.url}/secret/basic.ics", look)
    row = page.get_by_test_id("subscription")
    expect(row).to_contain_text("Sarah Johnson: Private")
    expect(row).to_contain_text("Last read", timeout=SEEN_WITHIN * 1000)
    expect(row).not_to_contain_text("secret")
    expect_state(visitor, "10:00", "taken", within=SEEN_WITHIN)

    booked = server.visitor().book("13:00", resource=1)
    assert booked.status_code == 201, booked.text
    host.files["/secret/basic.ics"] = calendar_of(
        hour(at("10:00"), "Dentist"), hour(at("13:00"), "School")
    )
    row.get_by_role("button", name="Read Private now").click()
    conflicts = page.get_by_role("region", name="Bookings in the way")
    expect(conflicts).to_contain_text("School", timeout=SEEN_WITHIN * 1000)
    expect(conflicts.get_by_role("link")).to_contain_text(booked.json()["reference"])
    look(page, "subscriptions")

    page.goto(f"{server.url}/office/calendar?day={day}")
    _see_in_calendar(page, is_list=width < 600)
    look(page, "calendar-with-busy-times")

    del host.files["/secret/basic.ics"]
    page.goto(f"{server.url}/office/calendars")
    row.get_by_role("button", name="Read Private now").press("Enter")
    expect(row).to_contain_text(
        re.compile("status 404. The busy times of .* stay"), timeout=SEEN_WITHIN * 1000
    )
    look(page, "subscription-with-fault")
    expect_state(visitor, "10:00", "taken")
    row.get_by_role("button", name="Remove Private").press("Enter")
    expect(row).to_have_count(0)
    expect_state(visitor, "10:00", "free", within=SEEN_WITHIN)
    owner.close()


def _add(page: Page, address: str, look: Look) -> None:
    page.get_by_role("button", name="Add a calendar").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Who is busy then").select_option("1")
    form.get_by_label("Name").fill("Private")
    form.get_by_label("Address").fill("not an address")
    form.get_by_role("button", name="Add a calendar").click()
    expect(form.locator(".field-error")).to_be_visible()
    form.get_by_label("Address").fill(address)
    look(page, "subscription-form")
    form.get_by_role("button", name="Add a calendar").click()


def _see_in_calendar(page: Page, *, is_list: bool) -> None:
    if is_list:
        expect(page.get_by_text("Busy elsewhere: Dentist").first).to_be_visible()
        return
    busy = page.locator("[data-busy]").filter(has_text="Busy elsewhere: Dentist")
    expect(busy).to_contain_text("Private")
    expect(busy).to_be_visible()


def test_entries_with_a_fault_are_named(
    start_server: Callable[..., Server], new_page: NewPage, host: CalendarHost, look: Look
) -> None:
    server = start_server(calendar_hosts=f"localhost:{host.port}")
    owner = set_up_owner(server)
    bad = (
        "BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\n"
        f"BEGIN:VEVENT\r\nUID:b\r\nDTSTART:{at('14:00'):%Y%m%dT%H%M%SZ}\r\nDURATION:long\r\n"
        "END:VEVENT\r\n"
    )
    good = calendar_of(hour(at("10:00"), "School")).decode()
    host.files["/faulty.ics"] = good.replace("END:VCALENDAR", f"{bad}END:VCALENDAR").encode()
    said = {"resource_id": 1, "name": "Private", "address": f"{host.url}/faulty.ics"}
    assert owner.post("/calendar-subscriptions", said).status_code == 201
    page = new_page(390, 844)
    sign_in(page, server, "/calendars")
    row = page.get_by_test_id("subscription")
    expect(row).to_contain_text("2 entries can’t be read whole", timeout=SEEN_WITHIN * 1000)
    expect(row.get_by_test_id("unread")).to_have_text(
        [
            re.compile(r"An entry without a title \(.*\): its end is not known"),
            "Dentist: it has no start, so its time can still be booked.",
        ]
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    look(page, "subscription-with-unread-entries")
    owner.close()
