"""The pages of the office about customers, in real Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calendar_pages import book
from tests.browser.office_pages import Look, build_look
from tests.support.office import OfficeBrowser

SIZES = [(390, 844, True), (1280, 860, False)]
MARKUP = "<script>alert(1)</script>"
LIST = """Name;E-Mail
Kim New;kim@example.com
Ann Known;ann@example.com
No Address;nope
;dee@example.com
"""


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


def book_for(owner: OfficeBrowser, clock: str, name: str, email: str = "") -> None:
    book(owner, clock, name, customer={"name": name, "email": email})


@pytest.mark.parametrize(("width", "height", "dark"), SIZES)
def test_a_customer_is_found_noted_about_and_erased(
    open_office: Callable[..., Page],
    owner: OfficeBrowser,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    book_for(owner, "09:00", f"Ann {MARKUP}", "ann@example.com")
    book_for(owner, "10:00", "Ben Lee", "ANN@example.com")
    book_for(owner, "11:00", "مريم العلي")
    page = open_office("/customers", width=width, height=height, dark=dark)
    rows = page.locator(".customer-row")
    expect(rows).to_have_count(2)
    look(page, "customers")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("ann@")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("2 bookings")
    rows.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Ben Lee")).to_be_focused()
    expect(page.get_by_text(f"Bookings also say: Ann {MARKUP}")).to_be_visible()
    expect(page.locator(".booking-row")).to_have_count(2)
    note = page.get_by_label("New note")
    note.fill(f"{MARKUP}\nPrefers mornings")
    page.get_by_role("button", name="Add the note").click()
    expect(page.get_by_role("listitem").filter(has_text="Prefers mornings")).to_be_visible()
    expect(note).to_have_value("")
    look(page, "customer")
    page.get_by_role("button", name="Erase…").click()
    dialog = page.get_by_role("dialog")
    erase = dialog.get_by_role("button", name="Erase for good")
    expect(dialog.get_by_label("Cancel 2 bookings that are to come")).to_be_visible()
    expect(erase).to_be_disabled()
    look(page, "customer-erase")
    dialog.get_by_label("Cancel 2 bookings that are to come").check()
    erase.click()
    expect(page.get_by_text("There are no such customers.")).to_be_visible()
    assert owner.get("/customers", params={"q": "ann"}).json()["customers"] == []


@pytest.mark.parametrize(("width", "height", "dark"), SIZES)
def test_two_customers_are_merged_by_keyboard(
    open_office: Callable[..., Page],
    owner: OfficeBrowser,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    book_for(owner, "09:00", "Ann Old", "old@example.com")
    book_for(owner, "10:00", "Ann New", "new@example.com")
    (old,) = owner.get("/customers", params={"q": "old@"}).json()["customers"]
    page = open_office(f"/customers/{old['id']}", width=width, height=height, dark=dark)
    merge = page.get_by_role("button", name="Merge…")
    merge.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_role("combobox")
    expect(field).to_be_focused()
    page.keyboard.type("ann")
    # The customer who is being merged is not among the suggestions.
    expect(dialog.get_by_role("option")).to_have_count(1)
    look(page, "customer-suggestion")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Whoever signs in as old@example.com no longer")).to_be_visible()
    expect(dialog.get_by_text("Each booking keeps the name")).to_be_visible()
    look(page, "customer-merge")
    page.keyboard.press("Escape")
    expect(merge).to_be_focused()
    page.keyboard.press("Enter")
    field.fill("new@")
    expect(dialog.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("heading", name="Ann New")).to_be_focused()
    expect(page.locator(".booking-row")).to_have_count(2)
    expect(page.locator(".booking-row").filter(has_text="Ann Old")).to_be_visible()


@pytest.mark.parametrize(("width", "height", "dark"), SIZES)
def test_a_list_is_shown_before_it_is_brought_in(
    open_office: Callable[..., Page],
    owner: OfficeBrowser,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    book_for(owner, "09:00", "Ann Known", "ann@example.com")
    page = open_office("/customers", width=width, height=height, dark=dark)
    page.get_by_role("button", name="Bring in a list").click()
    dialog = page.get_by_role("dialog")
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    wrong = {"name": "list.csv", "mimeType": "text/csv", "buffer": b"a;b\n1;2\n"}
    dialog.get_by_label("CSV file").set_input_files(wrong)  # type: ignore[arg-type]
    dialog.get_by_role("button", name="Check the file").click()
    expect(dialog.get_by_role("alert")).to_contain_text("has no column “name”")
    dialog.get_by_label("CSV file").set_input_files(file)  # type: ignore[arg-type]
    dialog.get_by_role("button", name="Check the file").click()
    expect(dialog.locator("[data-verdict='new']")).to_have_count(1)
    expect(dialog.get_by_text("Left out: this is no e-mail address")).to_be_visible()
    expect(dialog.get_by_text("Known already: stays as it is")).to_be_visible()
    look(page, "customer-import")
    dialog.get_by_role("button", name="Bring in 1 customer").click()
    expect(dialog.get_by_text("1 customer is brought in.")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    expect(page.locator(".customer-row")).to_have_count(2)


def test_staff_see_no_way_to_change_customers(
    open_office: Callable[..., Page], owner: OfficeBrowser
) -> None:
    """Actions that they may not do are not offered to them; the server refuses them as well."""
    book_for(owner, "09:00", "Ann Lee", "ann@example.com")
    answer = owner.post(
        "/users", {"name": "S", "email": "s@example.com", "role": "staff", "resource_id": 1}
    )
    staff = OfficeBrowser(str(owner.http.base_url).partition("/api")[0])
    assert staff.use_link(answer.json()["link"].partition("#")[2]).status_code == 201
    page = open_office("/customers", browser=staff)
    expect(page.locator(".customer-row")).to_have_count(1)
    expect(page.get_by_role("button", name="Bring in a list")).to_have_count(0)
    page.locator(".customer-row a").click()
    expect(page.get_by_role("heading", name="Ann Lee")).to_be_focused()
    expect(page.get_by_role("button", name="Erase…")).to_have_count(0)
    expect(page.get_by_label("New note")).to_have_count(0)
    staff.close()
