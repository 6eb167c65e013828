"""The first run in real Chromium: from the owner link to a booking on the public page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office_pages import Look, build_look
from tests.support.office import OWNER, PASSWORD, owner_token
from tests.support.pictures import draw_file
from tests.support.server import Server

NewPage = Callable[..., Page]


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


def choose_hours(page: Page, look: Look) -> None:
    page.get_by_label("Friday", exact=True).uncheck()
    page.get_by_label("Monday closes").fill("08:00")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator('[name="resources.0.hours.mon"]').first).to_have_attribute(
        "aria-invalid", "true"
    )
    look(page, "setup-person")
    page.get_by_label("Monday closes").fill("18:00")
    page.get_by_role("button", name="The same hours as on Monday on all open days").click()
    expect(page.get_by_label("Thursday closes")).to_have_value("18:00")
    expect(page.get_by_label("Friday closes")).to_have_count(0)
    page.get_by_role("button", name="Go on").click()


def add_service(page: Page, look: Look) -> None:
    """Do the third step, first with a service that takes longer than anybody works."""
    expect(page.get_by_role("heading", name="The first thing to book")).to_be_visible()
    page.get_by_label("Name").fill("Haircut")
    page.get_by_label("Minutes").fill("600")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("alert").first).to_contain_text("Haircut")
    page.get_by_label("Minutes").fill("45")
    page.get_by_label("Price").fill("30,50")
    look(page, "setup-service")
    page.get_by_role("button", name="Finish").click()


def begin(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/office/welcome#{owner_token(server)}")
    expect(page.locator('input[name="name"]')).to_be_focused()
    for text in (OWNER["name"], OWNER["email"], PASSWORD):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Begin").press("Enter")


def choose_look(page: Page, look: Look, folder: Path) -> None:
    page.get_by_label("Accent", exact=True).fill("#ffee00")
    expect(page.get_by_text("#ffee00 can't be read on a light page")).to_be_visible()
    (photo := folder / "logo.png").write_bytes(draw_file(size=(200, 200)))
    page.locator('input[type="file"]').set_input_files(photo)
    expect(page.get_by_role("img", name="Logo")).to_be_visible()
    look(page, "setup-look")


def expect_look(public: Page) -> None:
    expect(public.locator(".logo img")).to_have_js_property("naturalWidth", 200)
    accent = "getComputedStyle(document.documentElement).getPropertyValue('--accent')"
    assert "#ffee00" in public.evaluate(accent)


@pytest.mark.parametrize(("width", "height", "dark"), [(390, 844, False), (1280, 860, True)])
def test_an_owner_is_led_from_the_link_to_the_public_page(
    start_server: Callable[..., Server],
    new_page: NewPage,
    look: Look,
    tmp_path: Path,
    width: int,
    height: int,
    dark: bool,
) -> None:
    """All text is typed with the keyboard only: Enter leads to the next step."""
    server = start_server(command="serve")
    page = new_page(width, height, dark)
    begin(page, server)

    expect(page.get_by_role("heading", name="Your business")).to_be_visible()
    name = page.locator('input[name="business.name"]')
    expect(name).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Is blank: write a name that can be seen.")).to_be_visible()
    expect(name).to_be_focused()
    look(page, "setup-business")
    page.keyboard.type("North & <i>Co</i>")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    choose_look(page, look, tmp_path)
    name.press("Enter")

    expect(page.get_by_role("heading", name="The first person")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value(OWNER["name"])
    # Typed text survives a reload of the page.
    page.get_by_label("Name").fill("Sarah")
    page.reload()
    expect(page.locator('input[name="business.name"]')).to_have_value("North & <i>Co</i>")
    page.locator('input[name="business.name"]').press("Enter")
    expect(page.get_by_label("Name")).to_have_value("Sarah")
    choose_hours(page, look)
    add_service(page, look)

    expect(page.get_by_role("heading", name="You can be booked")).to_be_focused()
    look(page, "setup-done")
    expect(page.get_by_role("link", name=server.url)).to_be_visible()
    expect(page.get_by_text("This address works on this machine only.")).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Book a test time").click()
    public = opened.value
    expect(public).to_have_title(re.compile("North & <i>Co</i>$"))
    expect(public.get_by_text("Haircut").filter(visible=True).first).to_be_visible()
    expect_look(public)
    page.get_by_role("button", name="Go to the office").click()
    expect(page.locator(".menu")).to_be_visible()
    page.reload()
    expect(page.locator(".menu")).to_be_visible()
