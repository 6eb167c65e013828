"""First sign-in of the owner, signing in and out, in real Chromium: by keyboard and on a phone."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

import dibs
from tests.browser.calendar_pages import DAY, book
from tests.browser.office_pages import Look, build_look, set_up_owner, sign_in
from tests.support.office import OWNER, PASSWORD, OfficeBrowser, owner_token
from tests.support.server import Server

NewPage = Callable[..., Page]
STATIC = Path(dibs.__file__).parent / "web" / "static"
#: Bytes, compressed with gzip.
MAX_SCRIPT = 90_000


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


@pytest.mark.parametrize(
    ("width", "height", "dark"), [(390, 844, False), (1280, 860, True), (1280, 860, False)]
)
def test_the_first_owner_chooses_a_password_and_signs_in_again(
    server: Server,
    new_page: NewPage,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    page = new_page(width, height, dark)
    faults: list[str] = []
    page.on("console", lambda each: faults.append(each.text) if "Policy" in each.text else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    kind = "-dark" if dark else ""
    page.goto(f"{server.url}/office")
    expect(page.get_by_role("heading", name="Nobody can sign in yet")).to_be_visible()
    page.goto(f"{server.url}/office/welcome#{owner_token(server)}")
    expect(page.get_by_role("heading", name="Welcome to Dibs")).to_be_visible()
    # The keyboard is enough: the first field has the focus.
    expect(page.locator('input[name="name"]')).to_be_focused()
    page.keyboard.type(OWNER["name"])
    page.keyboard.press("Tab")
    page.keyboard.type(OWNER["email"])
    page.keyboard.press("Tab")
    page.keyboard.type("too short")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is too short.")).to_be_visible()
    expect(page.locator('input[name="password"]')).to_be_focused()
    look(page, f"welcome{kind}")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Olga Owner").first).to_be_attached()
    expect(page).to_have_url(f"{server.url}/office")
    look(page, f"home{kind}")
    if width < 800:
        page.get_by_role("button", name="Menu").click()
        look(page, "menu")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to the office")).to_be_visible()
    # The heading appears before the focus moves. Keys that are pressed in between are lost.
    expect(page.locator('input[name="email"]')).to_be_focused()
    page.keyboard.type(OWNER["email"])
    page.keyboard.press("Tab")
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("e-mail address or the password is wrong")
    look(page, f"sign-in{kind}")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Olga Owner").first).to_be_attached()
    # The link can be used only once.
    page.goto(f"{server.url}/office/welcome#{owner_token(server)}")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("no longer good")
    assert faults == []


def test_who_is_signed_out_meanwhile_goes_on_where_they_were(
    server: Server, new_page: NewPage
) -> None:
    page = new_page()
    page.goto(f"{server.url}/office/welcome#{owner_token(server)}")
    page.locator('input[name="name"]').fill(OWNER["name"])
    page.locator('input[name="email"]').fill(OWNER["email"])
    page.locator('input[name="password"]').fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Olga Owner").first).to_be_attached()
    elsewhere = OfficeBrowser(server.url)
    assert elsewhere.sign_in(OWNER["email"]).status_code == 201
    assert elsewhere.delete("/session?everywhere=true").status_code == 204
    elsewhere.close()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in to the office")).to_be_visible()
    # After signing in, no address leads to another site.
    page.goto(f"{server.url}/office//evil.example/?next=https://evil.example")
    page.locator('input[name="email"]').fill(OWNER["email"])
    page.locator('input[name="password"]').fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="There is no such page.")).to_be_visible()
    assert page.url.startswith(f"{server.url}/office")


@pytest.mark.parametrize("path", ["/calendar", "/bookings"])
def test_who_is_signed_out_elsewhere_is_told_at_once_and_sees_news_after_signing_in(
    server: Server, owner: OfficeBrowser, open_office: Callable[..., Page], path: str
) -> None:
    page = open_office(f"{path}?day={DAY}" if path == "/calendar" else path)
    expect(page.get_by_text("Olga Owner").first).to_be_attached()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert owner.delete("/session?everywhere=true").status_code == 204
    expect(page.get_by_role("heading", name="Please sign in again")).to_be_visible()
    assert owner.sign_in(OWNER["email"]).status_code == 201
    book(owner, "10:00", "Missed Meanwhile")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Missed Meanwhile")).to_be_visible()
    book(owner, "11:00", "Seen Live")
    expect(page.get_by_text("Seen Live")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "shown"), [("/bookings", "Missed Meanwhile"), ("/users", OWNER["email"])]
)
def test_what_was_refused_to_who_was_signed_out_is_loaded_after_signing_in(
    server: Server, owner: OfficeBrowser, new_page: NewPage, path: str, shown: str
) -> None:
    page = new_page()
    sign_in(page, server)
    refused: list[str] = []

    def sign_out_first(route: Route) -> None:
        if not refused:
            refused.append(route.request.url)
            assert owner.delete("/session?everywhere=true").status_code == 204
        route.continue_()

    page.route(lambda url: f"/api/v1/admin{path}" in url, sign_out_first)
    page.goto(f"{server.url}/office{path}")
    expect(page.get_by_role("heading", name="Please sign in again")).to_be_visible()
    assert refused
    assert owner.sign_in(OWNER["email"]).status_code == 201
    book(owner, "10:00", "Missed Meanwhile")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_text(shown)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_is_booked_before_the_stream_is_open_comes_into_the_list(
    server: Server, owner: OfficeBrowser, new_page: NewPage
) -> None:
    page = new_page()
    sign_in(page, server)
    streams: list[Route] = []
    page.route("**/calendar/stream?*", lambda route: streams.append(route))
    page.goto(f"{server.url}/office/bookings")
    expect(page.get_by_text("Nothing is booked from today on.")).to_be_visible()
    book(owner, "10:00", "Missed Meanwhile")
    for stream in streams:
        stream.continue_()
    expect(page.get_by_text("Missed Meanwhile")).to_be_visible()


def test_an_address_that_cannot_be_decoded_names_no_booking(
    open_office: Callable[..., Page],
) -> None:
    page = open_office("/bookings/%E0%A4%A")
    expect(page.get_by_role("alert")).to_be_visible()


def test_the_office_weighs_little(server: Server, new_page: NewPage) -> None:
    """Measures all script that is loaded until the calendar, the start page, can be used."""
    set_up_owner(server).close()
    page = new_page()
    sign_in(page, server)
    loaded: set[str] = set()
    page.on("request", lambda each: loaded.add(each.url) if each.url.endswith(".js") else None)
    page.reload(wait_until="load")
    expect(page.locator(".page h1")).to_be_attached()
    files = [STATIC / "office" / "assets" / each.rpartition("/")[2] for each in loaded]
    weights = {each.name: len(gzip.compress(each.read_bytes())) for each in files}
    assert len(weights) > 1
    assert sum(weights.values()) <= MAX_SCRIPT, weights
