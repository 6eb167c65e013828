"""The pages of the office about bookings, in real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calendar_pages import DAY, book, point
from tests.browser.office_pages import Look, build_look
from tests.support.days import at, wire
from tests.support.mail import MailSink
from tests.support.office import OfficeBrowser
from tests.support.server import Server
from tests.support.waiting import until

SIZES = [(390, 844, True), (1280, 860, False)]
MARKUP = "<img src=x onerror=alert(1)> O’Hara"


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


@pytest.fixture
def mail() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


@pytest.fixture
def server(start_server: Callable[..., Server], mail: MailSink) -> Server:
    return start_server(smtp_url=mail.url, mail_from="north@example.com")


def book_many(owner: OfficeBrowser) -> dict[str, str]:
    """Book for several customers and return the references by customer name. One booking was two
    weeks ago."""
    made = {
        name: book(owner, clock, name, **more)["reference"]
        for clock, name, more in (
            ("09:00", "Zoë Łukasz", {}),
            ("10:00", "Ann Lee", {"notes": "Window seat"}),
            ("11:00", MARKUP, {}),
            ("12:00", "مريم العلي", {}),
        )
    }
    past = {"override": ["past", "hours", "notice", "window"]}
    before = wire(at("10:00", DAY - timedelta(days=14)))
    made["Carl"] = book(owner, "10:00", "Carl", starts_at=before, **past)["reference"]
    return made


@pytest.mark.parametrize(("width", "height", "dark"), SIZES)
def test_a_booking_is_found_and_ended(
    open_office: Callable[..., Page],
    owner: OfficeBrowser,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    made = book_many(owner)
    page = open_office("/bookings", width=width, height=height, dark=dark)
    rows = page.locator(".booking-row")
    expect(rows).to_have_count(4)
    look(page, "bookings")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.type("ZOE luk")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Zoë Łukasz")
    expect(page).to_have_url(re.compile(r"\?q=ZOE\+luk$"))
    page.reload()
    expect(rows).to_have_count(1)
    expect(search).to_have_value("ZOE luk")
    search.fill("carl")
    expect(rows).to_have_attribute("data-reference", made["Carl"])
    search.fill("")
    expect(rows).to_have_count(4)

    page.get_by_label("When").select_option("all")
    expect(rows).to_have_count(5)
    page.get_by_label("Select all that are shown").check()
    bar = page.get_by_role("region", name="5 selected")
    look(page, "bookings-selected")
    bar.get_by_role("button", name="Completed").click()
    expect(page.get_by_text("1 booking completed.")).to_be_visible()
    said = page.get_by_text("4 bookings left as before:")
    expect(said).to_be_visible()
    expect(page.get_by_text(f"({made['Ann Lee']}): It has not begun yet.")).to_be_visible()
    look(page, "bookings-refused")
    page.get_by_role("button", name="Cancel").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Cancel 4 bookings?")).to_be_visible()
    look(page, "bookings-cancel")
    dialog.get_by_role("button", name="Cancel 4 bookings").click()
    expect(page.get_by_text("4 bookings cancelled.")).to_be_visible()
    expect(page.locator('[data-status="cancelled"].booking-row')).to_have_count(4)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV file").click()
    content = Path(download.value.path()).read_text("utf-8-sig")
    assert content.count("\n") == 6
    assert MARKUP in content


@pytest.mark.parametrize(("width", "height", "dark"), SIZES)
def test_a_booking_has_a_page_with_all_that_happened(
    open_office: Callable[..., Page],
    owner: OfficeBrowser,
    mail: MailSink,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    former = book(owner, "10:00", "Bob Ray")
    owner.post(f"/bookings/{former['reference']}/cancel")
    customer = {"name": MARKUP, "email": "ann@example.com"}
    booking = book(owner, "10:00", MARKUP, customer=customer, notes="Line one\nLine two")
    page = open_office(f"/bookings/{booking['reference']}", width=width, height=height, dark=dark)
    expect(page.get_by_role("heading", name=MARKUP)).to_be_focused()
    expect(page.get_by_text("Who else wanted this time")).to_be_visible()
    expect(page.get_by_role("link", name="Bob Ray")).to_be_visible()
    until(lambda: len(mail.messages_to(customer["email"])) == 1, "the letter comes")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("The letter is on its way.")).to_be_visible()
    until(lambda: len(mail.messages_to(customer["email"])) == 2, "it comes again")
    page.reload()
    expect(page.get_by_text("Confirmation to customer")).to_have_count(2)
    look(page, "booking")

    page.get_by_role("button", name="Edit").click()
    form = page.get_by_role("dialog")
    form.get_by_label("E-mail").fill("ann")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("no e-mail address")).to_be_visible()
    look(page, "booking-edit")
    form.get_by_label("E-mail").fill("anna@example.com")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="anna@example.com")).to_be_visible()
    expect(page.get_by_text("Details changed")).to_be_visible()

    page.get_by_role("button", name="Change time").click()
    form.get_by_label("From").fill("19:00")
    form.get_by_role("button", name="Save").click()
    question = page.get_by_role("dialog", name="Do it all the same?")
    expect(question.get_by_text("It is outside opening hours.")).to_be_visible()
    look(page, "booking-rules")
    question.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("Booking moved")).to_be_visible()
    page.get_by_role("button", name="Cancel booking").click()
    form.get_by_role("button", name="Cancel booking").click()
    expect(page.get_by_text("Booking cancelled")).to_be_visible()
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_text("Booking made")).to_have_count(2)
    page.get_by_role("link", name="Show in the calendar").click()
    expect(page).to_have_url(re.compile(rf"/office/calendar\?day={DAY}"))


def test_a_new_booking_appears_in_the_list(
    open_office: Callable[..., Page], owner: OfficeBrowser
) -> None:
    page = open_office("/bookings")
    expect(page.get_by_text("Nothing is booked from today on.")).to_be_visible()
    with page.expect_response(lambda answer: "/calendar/stream" in answer.url):
        page.reload()
    book(owner, "10:00", "Ann Lee")
    expect(page.locator(".booking-row")).to_contain_text("Ann Lee")


@pytest.mark.parametrize("width", [390, 1280])
def test_right_to_left_everything_fits(
    open_office: Callable[..., Page], owner: OfficeBrowser, look: Look, width: int
) -> None:
    made = book_many(owner)
    page = open_office("/bookings", width=width, direction="rtl")
    expect(page.locator(".booking-row")).to_have_count(4)
    look(page, "bookings-rtl")
    page.goto(f"{page.url}/{made['Ann Lee']}")
    expect(page.get_by_role("heading", name="Ann Lee")).to_be_visible()
    look(page, "booking-rtl")


@pytest.mark.parametrize(("width", "height", "dark"), SIZES)
def test_a_known_customer_fills_the_booking(
    open_calendar: Callable[..., Page],
    owner: OfficeBrowser,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    known: dict[str, Any] = {"email": "zoe@example.com", "phone": "+49 30 7654321"}
    book(owner, "09:00", "Zoë Łukasz", customer={"name": "Zoë Łukasz", **known})
    page = open_calendar(width=width, height=height, dark=dark)
    page.get_by_role("button", name="New booking").first.click()
    form = page.get_by_role("dialog")
    field = form.get_by_role("combobox", name="Name")
    field.fill("zoe")
    option = form.get_by_role("option", name="Zoë Łukasz")
    expect(option).to_be_visible()
    look(page, "booking-suggestion")
    page.keyboard.press("Escape")
    expect(option).to_be_hidden()
    expect(form).to_be_visible()
    field.fill("7654")
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Zoë Łukasz")
    expect(form.get_by_label("E-mail")).to_have_value(known["email"])
    expect(form.get_by_label("Phone")).to_have_value(known["phone"])
    form.get_by_label("From").fill("13:00")
    form.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text("Zoë Łukasz is booked")).to_be_visible()
    (found,) = owner.get("/customers", params={"q": "zoe"}).json()["customers"]
    assert found["booked"] == 2


def test_the_calendar_leads_to_the_booking_s_page(
    open_calendar: Callable[..., Page], owner: OfficeBrowser
) -> None:
    book(owner, "10:00", "Ann Lee")
    page = open_calendar()
    page.mouse.click(*point(page, 1, "10:10"))
    page.get_by_role("dialog").get_by_role("link", name="All about this booking").click()
    expect(page.get_by_role("heading", name="Ann Lee")).to_be_focused()
