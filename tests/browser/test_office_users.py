"""The pages of the office about users, keys and one's own account, in real Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.office_pages import Look, build_look, set_up_owner, sign_in
from tests.support.office import LINK, OWNER, PASSWORD, OfficeBrowser
from tests.support.server import Server
from tests.support.waiting import until

NewPage = Callable[..., Page]


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


def link_shown(page: Page) -> str:
    """Return the secret of the link that the dialog shows."""
    field = page.get_by_role("dialog").locator("input[readonly]")
    (token,) = LINK.findall(field.input_value())
    return str(token)


@pytest.mark.parametrize(("width", "height", "dark"), [(390, 844, False), (1280, 860, True)])
def test_an_owner_adds_a_user_who_chooses_a_password(
    server: Server, new_page: NewPage, look: Look, width: int, height: int, dark: bool
) -> None:
    set_up_owner(server).close()
    page = new_page(width, height, dark)
    sign_in(page, server, "/users")
    page.get_by_role("button", name="Add a user").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("<b>Mike</b> O’Hara")
    form.get_by_label("E-mail address").fill("mike@example.com")
    form.get_by_label("Role").select_option("staff")
    form.get_by_role("button", name="Add a user").click()
    expect(form.get_by_text("This is needed.")).to_be_visible()
    look(page, "user-form")
    form.get_by_label("Their calendar").select_option("2")
    form.get_by_role("button", name="Add a user").click()
    expect(form.get_by_text("This is shown only once.")).to_be_visible()
    look(page, "user-link")
    token = link_shown(page)
    form.get_by_role("button", name="Done").click()
    row = page.locator('[data-email="mike@example.com"]')
    expect(row).to_contain_text("<b>Mike</b> O’Hara")
    expect(row).to_contain_text("Has not chosen a password yet")
    look(page, "users")

    mike = new_page(width, height, dark)
    mike.goto(f"{server.url}/office/welcome#{token}")
    expect(mike.get_by_role("heading", name="Welcome, <b>Mike</b> O’Hara")).to_be_visible()
    mike.locator('input[name="password"]').fill(PASSWORD)
    mike.keyboard.press("Enter")
    expect(mike.locator(".menu")).to_be_visible()
    # Staff can't open the pages of owners by typing their address.
    mike.goto(f"{server.url}/office/users")
    expect(mike.get_by_role("heading", name="There is no such page.")).to_be_visible()
    expect(mike.get_by_role("link", name="Users")).to_have_count(0)

    page.reload()
    row.get_by_role("button", name="Disable").click()
    expect(row).to_contain_text("Disabled")
    mike.goto(f"{server.url}/office/account")
    expect(mike.get_by_role("heading", name="Sign in to the office")).to_be_visible()
    row.get_by_role("button", name="Enable").click()
    expect(row.get_by_role("button", name="Let")).to_be_visible()
    own = page.locator(f'[data-email="{OWNER["email"]}"]')
    own.get_by_role("button", name="Change").click()
    form.get_by_label("Role").select_option("manager")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("This is the last owner.")
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 860)])
def test_a_program_gets_a_key(
    server: Server, new_page: NewPage, look: Look, width: int, height: int
) -> None:
    set_up_owner(server).close()
    page = new_page(width, height)
    sign_in(page, server, "/keys")
    page.get_by_role("button", name="Add a key").click()
    form = page.get_by_role("dialog")
    form.get_by_label("What it is for").fill("Bookkeeping")
    form.get_by_role("button", name="Add a key").click()
    expect(form.get_by_text("Choose one at least.")).to_be_visible()
    form.get_by_label("See the audit").check()
    look(page, "key-form")
    form.get_by_role("button", name="Add a key").click()
    token = form.locator("input[readonly]").input_value()
    program = OfficeBrowser(server.url, Authorization=f"Bearer {token}")
    assert program.get("/audit").status_code == 200
    form.get_by_role("button", name="Done").click()
    row = page.get_by_test_id("key")
    expect(row).to_contain_text("Last used")
    look(page, "keys")
    row.get_by_role("button", name="Revoke").click()
    expect(row).to_contain_text("Revoked")
    assert program.get("/audit").status_code == 401
    program.close()
    page.goto(f"{server.url}/office/audit")
    expect(page.get_by_text("API key revoked")).to_be_visible()
    look(page, "audit")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 860)])
def test_a_user_turns_a_second_factor_on(
    server: Server, new_page: NewPage, look: Look, width: int, height: int
) -> None:
    """The keyboard is enough wherever the user has to act."""
    set_up_owner(server).close()
    page = new_page(width, height)
    sign_in(page, server, "/account")
    look(page, "account")
    page.get_by_role("button", name="Turn on").press("Enter")
    form = page.get_by_role("dialog")
    expect(form.get_by_label("Current password")).to_be_focused()
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("This is not your password.")
    form.get_by_label("Current password").fill(PASSWORD)
    page.keyboard.press("Enter")
    secret = form.locator("code").inner_text().replace(" ", "")
    picture = form.locator("img")
    expect(picture).to_be_visible()
    until(lambda: picture.evaluate("each => each.naturalWidth") > 50, "the picture is loaded")
    look(page, "second-factor")
    form.get_by_label("Code that the app shows").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    shown = page.get_by_test_id("recovery-codes").locator("li")
    expect(shown).to_have_count(10)
    codes = shown.all_inner_texts()
    look(page, "recovery-codes")
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("You have 10 recovery codes left")).to_be_visible()

    other = new_page(width, height)
    other.goto(f"{server.url}/office")
    other.locator('input[name="email"]').fill(OWNER["email"])
    other.locator('input[name="password"]').fill(PASSWORD)
    other.keyboard.press("Enter")
    expect(other.get_by_label("Code of your authenticator app")).to_be_focused()
    other.keyboard.type("000000")
    other.keyboard.press("Enter")
    expect(other.get_by_role("alert")).to_contain_text("isn’t the code")
    look(other, "code")
    other.get_by_label("Code of your authenticator app").fill(codes[0].lower())
    other.keyboard.press("Enter")
    expect(other.locator(".menu")).to_be_visible()
    page.reload()
    expect(page.get_by_text("You have 9 recovery codes left")).to_be_visible()
    page.locator("main").get_by_role("button", name="Sign out Chrome").click()
    expect(page.locator("main").get_by_role("button", name="Sign out Chrome")).to_have_count(0)
    other.reload()
    expect(other.get_by_role("heading", name="Sign in to the office")).to_be_visible()


def test_at_twice_the_size_and_from_right_to_left_everything_is_there(
    server: Server, new_page: NewPage, look: Look
) -> None:
    """At 200 % zoom a window of 1280 pixels has the room of a window of 640."""
    set_up_owner(server).close()
    page = new_page(640, 430)
    sign_in(page, server, "/users")
    page.evaluate("document.documentElement.dir = 'rtl'")
    for name in ("keys", "audit", "account", "users"):
        page.get_by_role("button", name="Menu").click()
        page.locator(f'.menu a[href$="/{name}"]').click()
        expect(page.locator(".page h1")).to_be_focused()
        look(page, f"rtl-{name}")


def test_who_chooses_the_page_they_are_on_goes_on_from_its_heading(
    server: Server, new_page: NewPage
) -> None:
    """On a phone the menu closes and hides the link that had the focus."""
    set_up_owner(server).close()
    page = new_page(390, 844)
    sign_in(page, server, "/users")
    for how in ("keyboard", "finger"):
        page.get_by_role("button", name="Menu").click()
        link = page.locator('.menu a[aria-current="page"]')
        if how == "keyboard":
            link.focus()
            expect(link).to_be_focused()
            page.keyboard.press("Enter")
        else:
            link.click()
        expect(link).to_be_hidden()
        expect(page.locator(".page h1")).to_be_focused()
