"""The pages about letters, calendar feeds and the server, in real Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.office_pages import Look, build_look, set_up_owner, sign_in
from tests.browser.test_office_catalog import NewPage
from tests.support.mail import MailSink
from tests.support.office import OWNER
from tests.support.server import Server

NewServer = Callable[..., Server]

SIZES = pytest.mark.parametrize(
    ("width", "height", "dark"), [(390, 844, False), (1280, 860, True), (1280, 860, False)]
)


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


@SIZES
def test_a_calendar_program_gets_an_address(
    server: Server, new_page: NewPage, look: Look, width: int, height: int, dark: bool
) -> None:
    set_up_owner(server).close()
    page = new_page(width, height, dark)
    sign_in(page, server, "/feeds")
    page.get_by_role("button", name="New feed").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Whose bookings").select_option("1")
    look(page, "feed-form")
    form.get_by_role("button", name="New feed").click()
    address = form.locator("input[readonly]").input_value()
    assert server.http.get(address.removeprefix(server.url)).status_code == 200
    look(page, "feed-address")
    form.get_by_role("button", name="Done").click()
    row = page.get_by_test_id("feed")
    expect(row).to_contain_text("Sarah Johnson")
    look(page, "feeds")
    row.get_by_role("button", name="Revoke").press("Enter")
    expect(row).to_have_count(0)
    assert server.http.get(address.removeprefix(server.url)).status_code == 404
    page.goto(f"{server.url}/office/server")
    expect(page.get_by_text("DIBS_SMTP_URL")).to_be_visible()
    look(page, "server")


@SIZES
def test_letters_are_looked_at_and_tried(
    start_server: NewServer,
    new_page: NewPage,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    sink = MailSink()
    server = start_server(smtp_url=sink.url, mail_from="dibs@example.com")
    set_up_owner(server).close()
    page = new_page(width, height, dark)
    sign_in(page, server, "/letters")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Deep tissue massage", exact=True)).to_be_visible()
    look(page, "letters")
    page.get_by_label("Language").select_option("de")
    page.get_by_label("Letter", exact=True).select_option("moved customer")
    expect(frame.locator("html")).to_have_attribute("lang", "de")
    # The letter looks as in a mail program, although the office forbids inline styles.
    assert frame.locator("body").evaluate("body => getComputedStyle(body).fontFamily") != "serif"
    page.get_by_role("button", name="Send me a test").press("Enter")
    expect(page.get_by_text(f"Sent to {OWNER['email']}.")).to_be_visible()
    (message,) = sink.messages_to(OWNER["email"])
    assert str(message["Subject"]) in page.locator(".row-text").first.inner_text()
    sink.stop()
    page.get_by_role("button", name="Send me a test").click()
    expect(page.get_by_role("alert")).to_contain_text("refuses connections")
    look(page, "letters-failed")
