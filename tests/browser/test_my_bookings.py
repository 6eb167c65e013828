"""Customers sign in on the page, and see, move, cancel, keep and erase their bookings, in real
Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.pages import book, choose, confirm, expect_state, go_on, open_times, part
from tests.support.mail import MailSink
from tests.support.server import Server

NewPage = Callable[..., Page]
EMAIL = "ann@example.com"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


@pytest.fixture
def mailing(start_server: Callable[..., Server], sink: MailSink) -> Server:
    return start_server(smtp_url=sink.url, mail_from="studio@dibs.example")


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Callable[[Page, str], None]:
    """Return a function that saves a picture of a step and checks it with axe."""
    folder: Path = pytestconfig.getoption("--pictures")
    folder.mkdir(parents=True, exist_ok=True)

    def look_at(page: Page, step: str) -> None:
        assert page.viewport_size is not None
        width = page.viewport_size["width"]
        # The script of a step may still be loading.
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.screenshot(path=folder / f"my-{step}-{width}.png", full_page=True)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{step}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, step

    return look_at


def sign_in(page: Page, server: Server, sink: MailSink) -> None:
    """Sign in with the keyboard only: the focus is always in the field that is typed into next."""
    which = len(sink.codes_to(EMAIL))
    page.goto(f"{server.url}/my")
    page.locator('input[name="email"]').focus()
    page.keyboard.type(EMAIL)
    page.keyboard.press("Enter")
    expect(page.locator('input[name="code"]')).to_be_focused()
    page.keyboard.type(sink.code_for(EMAIL, which=which))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="My bookings")).to_be_focused()
    expect(page.get_by_text(f"Signed in as {EMAIL}")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 860)])
def test_a_customer_sees_moves_and_cancels_their_bookings(
    mailing: Server,
    sink: MailSink,
    new_page: NewPage,
    look: Callable[[Page, str], None],
    width: int,
    height: int,
) -> None:
    page = new_page(width, height)
    page.emulate_media(reduced_motion="reduce")
    open_times(page, mailing)
    book(page, "10:00")
    look(page, "done")
    expect(part(page, "change-until")).to_contain_text("You can change this until")
    reference = part(page, "reference").inner_text()
    assert mailing.visitor().book("14:00", name="Bob Lee").status_code == 201
    page.get_by_role("link", name="My bookings").click()
    look(page, "sign-in")
    page.locator('input[name="email"]').fill(EMAIL)
    part(page, "go-on").click()
    code = page.locator('input[name="code"]')
    expect(code).to_have_attribute("autocomplete", "one-time-code")
    expect(code).to_have_attribute("inputmode", "numeric")
    code.fill("x")
    part(page, "go-on").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("isn’t the code"))
    expect(part(page, "send-again")).to_be_disabled()
    look(page, "code")
    code.fill(sink.code_for(EMAIL))
    part(page, "go-on").click()
    expect(page.get_by_role("heading", name="My bookings")).to_be_focused()
    items = page.locator("li[data-reference]")
    expect(items).to_have_count(2)
    expect(items.nth(0)).to_contain_text("For Ann Lee")
    expect(items.nth(1)).to_contain_text("For Bob Lee")
    look(page, "bookings")

    items.nth(0).get_by_test_id("change").click()
    part(page, "move").click()
    expect_state(page, "10:00", "now")
    choose(page, "11:00")
    confirm(page)
    expect(part(page, "notice")).to_contain_text("Your booking is now on")
    look(page, "manage")
    part(page, "cancel").click()
    part(page, "cancel-yes").click()
    expect(page.get_by_role("heading", name="Booking cancelled")).to_be_visible()
    expect(page.get_by_text("Add to calendar")).to_have_count(0)
    page.goto(f"{mailing.url}/my")
    page.get_by_text("Past and cancelled (1)").click()
    cancelled = page.locator(f'li[data-reference="{reference}"]')
    expect(cancelled).to_contain_text("Cancelled")
    expect(cancelled.get_by_test_id("calendar-file")).to_have_count(0)


def test_a_booking_is_put_into_a_calendar(server: Server, new_page: NewPage) -> None:
    page = new_page()
    open_times(page, server)
    book(page, "10:00")
    with page.expect_download() as saving:
        part(page, "calendar-file").click()
    reference = part(page, "reference").inner_text()
    assert saving.value.suggested_filename == f"{reference}.ics"
    text = Path(saving.value.path()).read_text()
    assert text.startswith("BEGIN:VCALENDAR")
    assert reference in text
    for name in ("Google", "Outlook"):
        link = page.get_by_role("link", name=name)
        expect(link).to_have_attribute("href", re.compile(f"Dibs%20Studio.*{reference}"))
        expect(link).to_have_attribute("target", "_blank")


def test_a_customer_gets_and_erases_their_data(
    mailing: Server, sink: MailSink, new_page: NewPage, look: Callable[[Page, str], None]
) -> None:
    made = mailing.visitor().book("10:00").json()
    page = new_page()
    sign_in(page, mailing, sink)
    with page.expect_download() as saving:
        page.get_by_role("button", name="Download my data").click()
    data = json.loads(Path(saving.value.path()).read_text())
    assert [each["reference"] for each in data["bookings"]] == [made["reference"]]
    part(page, "erase").click()
    expect(page.get_by_text("Your upcoming booking will be cancelled.")).to_be_visible()
    look(page, "erase")
    part(page, "erase-yes").click()
    expect(page.get_by_text("Your data is erased.")).to_be_visible()
    assert mailing.visitor().board()["busy"] == []
    page.reload()
    expect(page.locator('input[name="email"]')).to_be_visible()


def test_a_customer_signs_out(mailing: Server, sink: MailSink, new_page: NewPage) -> None:
    page = new_page()
    sign_in(page, mailing, sink)
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.reload()
    expect(page.locator('input[name="email"]')).to_be_visible()


def test_without_mail_the_page_says_why_nobody_can_sign_in(
    server: Server, new_page: NewPage
) -> None:
    page = new_page()
    open_times(page, server)
    expect(page.get_by_role("link", name="My bookings")).to_have_count(0)
    page.goto(f"{server.url}/my")
    page.locator('input[name="email"]').fill(EMAIL)
    part(page, "go-on").click()
    expect(page.get_by_role("alert")).to_contain_text("This business sends no e-mail")


def test_details_are_remembered_only_if_the_visitor_wants_it(
    server: Server, new_page: NewPage, look: Callable[[Page, str], None]
) -> None:
    page = new_page(390, 844)
    name, tick = page.locator('input[name="name"]'), page.get_by_test_id("remember")

    def open_details(time: str) -> None:
        open_times(page, server)
        choose(page, time)
        go_on(page)

    open_times(page, server)
    book(page, "10:00")
    open_details("11:00")
    expect(name).to_have_value("")
    expect(tick).not_to_be_checked()
    name.fill("Ann Lee")
    page.locator('input[name="email"]').fill(EMAIL)
    tick.check()
    look(page, "details")
    confirm(page)
    expect(part(page, "reference")).to_be_visible()
    open_details("12:00")
    expect(name).to_have_value("Ann Lee")
    expect(page.locator('input[name="email"]')).to_have_value(EMAIL)
    expect(tick).to_be_checked()
    tick.uncheck()
    assert "Ann" not in page.evaluate("JSON.stringify(localStorage)")
    confirm(page)
    expect(part(page, "reference")).to_be_visible()
    open_details("14:00")
    expect(name).to_have_value("")
