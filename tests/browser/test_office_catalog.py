"""The pages about services, people, closures and the business, in real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office_pages import Look, build_look
from tests.support.days import at, working_day
from tests.support.office import OfficeBrowser
from tests.support.server import Server

NewPage = Callable[..., Page]
OpenPage = Callable[..., Page]

SIZES = pytest.mark.parametrize(
    ("width", "height", "dark"), [(390, 844, False), (1280, 860, True), (1280, 860, False)]
)
EVIL = "<img src=x onerror=\"document.title='evil'\"> & שלום"


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


@pytest.fixture
def open_office(
    server: Server,
    owner: OfficeBrowser,
    new_page: NewPage,
    watch_errors: Callable[[Page], None],
) -> OpenPage:
    """Return a function that opens a page of the office as the owner."""

    def open_page(path: str, **window: Any) -> Page:
        page = new_page(**window)
        cookies = [
            {"name": name, "value": value, "url": server.url}
            for name, value in owner.http.cookies.items()
        ]
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
        watch_errors(page)
        page.goto(f"{server.url}/office{path}")
        expect(page.locator(".page h1")).to_be_focused()
        return page

    return open_page


def part(owner: OfficeBrowser, kind: str, key: int) -> Any:
    found = owner.get("/catalog").json()[kind]
    return next(each for each in found if each["table"]["id"] == key)


def change(owner: OfficeBrowser, kind: str, key: int, **changes: Any) -> None:
    """Change a part of the catalog as another user does."""
    seen = part(owner, kind, key)
    body = {"table": seen["table"] | changes, "version": seen["version"]}
    answer = owner.http.put(f"/catalog/{kind}/{key}", json=body)
    assert answer.is_success, answer.text


@SIZES
def test_an_owner_adds_a_service_and_customers_see_it(
    server: Server,
    open_office: OpenPage,
    new_page: NewPage,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    page = open_office("/services", width=width, height=height, dark=dark)
    look(page, "services")
    page.get_by_role("link", name="Add a service").press("Enter")
    expect(page.get_by_role("heading", name="New service")).to_be_focused()
    page.get_by_label("Duration").fill("")
    page.get_by_role("button", name="Save").click()
    name = page.locator('input[name="name"]')
    expect(name).to_be_focused()
    expect(page.get_by_text("Is blank: write a name that can be seen.")).to_be_visible()
    page.keyboard.type(EVIL)
    page.get_by_label("Description").fill("Washing,\ncutting & drying")
    page.get_by_label("Price").fill("30,5")
    page.get_by_label("Duration").fill("45")
    page.get_by_label("At the latest before it begins", exact=True).fill("2")
    page.get_by_label("Own reminders").check()
    page.get_by_role("button", name="Add a reminder").click()
    look(page, "service-form")
    # Typed text survives a reload of the page.
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("You had begun to change this.")).to_be_visible()
    expect(name).to_have_value(EVIL)
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("Saved. Customers see it now.")).to_be_visible()
    row = page.get_by_test_id("service").last
    expect(row).to_contain_text(EVIL)
    expect(row).to_contain_text("45 min · 30.50")
    row.get_by_role("button", name="up").press("Enter")
    expect(page.get_by_test_id("service").last).not_to_contain_text(EVIL)
    expect(page.get_by_role("button", name=f"Move {EVIL} up")).to_be_focused()
    public = new_page()
    public.goto(server.url)
    expect(public.get_by_text(EVIL).first).to_be_visible()
    assert public.title() != "evil"
    page.get_by_role("link", name=EVIL).click()
    expect(page.get_by_role("heading", name=EVIL)).to_be_focused()
    page.get_by_role("button", name="Offer no more").click()
    look(page, "service-retire")
    page.get_by_role("dialog").get_by_role("button", name="Offer no more").click()
    expect(page.get_by_text(EVIL)).to_have_count(0)
    assert page.title() != "evil"


@SIZES
def test_hours_are_edited_and_bookings_outside_them_are_shown_first(
    server: Server,
    owner: OfficeBrowser,
    open_office: OpenPage,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    day = working_day(0)
    booking = server.visitor().book(at("14:00", day), service=2, resource=1).json()
    page = open_office("/people/1", width=width, height=height, dark=dark)
    look(page, "person-form")
    monday = page.get_by_role("group", name="Monday")
    while monday.get_by_role("button", name="Remove hours 1").count():
        monday.get_by_role("button", name="Remove hours 1").press("Enter")
    monday.get_by_role("button", name="Add hours").press("Enter")
    monday.get_by_label("Monday 1: to").fill("12:00")
    monday.get_by_role("button", name="Add hours").click()
    monday.get_by_label("Monday 2: to").fill("13:30")
    monday.get_by_label("Monday 2: from").fill("11:00")
    page.get_by_role("button", name="Save").click()
    expect(monday.get_by_text("Opening hours overlap.")).to_be_visible()
    look(page, "person-fault")
    monday.get_by_label("Monday 2: from").fill("13:00")
    monday.get_by_role("button", name="Copy").click()
    look(page, "hours-copy")
    page.get_by_role("dialog").get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("A booking is concerned")
    expect(dialog).to_contain_text(booking["reference"])
    expect(dialog).to_contain_text("it is outside the opening hours")
    look(page, "person-concerned")
    dialog.get_by_role("button", name="Go back").click()
    assert part(owner, "resources", 1)["table"]["hours"]["mon"] != ["09:00-12:00", "13:00-13:30"]
    page.get_by_role("button", name="Save").click()
    dialog.get_by_role("button", name="Save all the same").press("Enter")
    expect(page.get_by_text("Saved. Customers see it now.")).to_be_visible()
    hours = part(owner, "resources", 1)["table"]["hours"]
    assert hours["mon"] == hours["fri"] == ["09:00-12:00", "13:00-13:30"]
    look(page, "people")


def test_two_at_once_lose_nothing(owner: OfficeBrowser, open_office: OpenPage) -> None:
    page = open_office("/services/2")
    page.get_by_label("Description").fill("Mine")
    page.get_by_label("Place").fill("My place")
    change(owner, "services", 2, name="Theirs", place="Their place")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody else has changed this meanwhile.")).to_be_visible()
    expect(page.get_by_text("Both of you have changed: Place.")).to_be_visible()
    expect(page.locator('input[name="name"]')).to_have_value("Theirs")
    page.get_by_role("link", name="Back to services").click()
    row = page.get_by_test_id("service").filter(has_text="Theirs")
    expect(row).to_contain_text("Not saved yet")
    row.get_by_role("link").click()
    expect(page.get_by_text("You had begun to change this.")).to_be_visible()
    expect(page.get_by_label("Place")).to_have_value("My place")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Customers see it now.")).to_be_visible()
    table = part(owner, "services", 2)["table"]
    said = table["name"], table["description"], table["place"]
    assert said == ("Theirs", "Mine", "My place")


@SIZES
def test_a_holiday_is_added_changed_and_removed(
    owner: OfficeBrowser, open_office: OpenPage, look: Look, width: int, height: int, dark: bool
) -> None:
    page = open_office("/closures", width=width, height=height, dark=dark)
    page.get_by_role("button", name="Add a closure").click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Save").click()
    expect(form.locator('input[name="from"]')).to_be_focused()
    form.get_by_label("First day").fill("2031-12-24")
    form.get_by_label("Last day").fill("2031-12-23")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("It ends before it begins.")).to_be_visible()
    look(page, "closure-form")
    form.get_by_label("Last day").fill("2031-12-26")
    form.get_by_label("Reason").fill(EVIL)
    form.get_by_role("button", name="Save").click()
    row = page.get_by_test_id("closure").filter(has_text=EVIL)
    expect(row).to_contain_text("The whole business")
    row.get_by_role("button", name="Change").click()
    form.get_by_label("Whole days").uncheck()
    form.get_by_label("Who is off").select_option(index=1)
    look(page, "closure-times")
    form.get_by_role("button", name="Save").click()
    expect(row).not_to_contain_text("The whole business")
    look(page, "closures")
    row.get_by_role("button", name="Remove").press("Enter")
    expect(row).to_have_count(0)
    assert EVIL not in owner.get("/catalog.toml").text


@SIZES
def test_the_business_is_changed_and_a_file_is_taken_over(
    owner: OfficeBrowser,
    open_office: OpenPage,
    look: Look,
    tmp_path: Path,
    width: int,
    height: int,
    dark: bool,
) -> None:
    page = open_office("/business", width=width, height=height, dark=dark)
    look(page, "business")
    page.locator('input[name="name"]').fill(EVIL)
    page.get_by_label("E-mail address").fill("not an address")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.get_by_label("E-mail address").fill("hello@example.com")
    page.get_by_label("moved").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Customers see it now.")).to_be_visible()
    expect(page.get_by_text("Not saved yet")).to_have_count(0)
    assert owner.get("/catalog").json()["business"]["table"]["letters"] == ["moved"]
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download the file").click()
    file = tmp_path / "catalog.toml"
    downloading.value.save_as(file)
    text = file.read_text(encoding="utf-8")
    assert text == owner.get("/catalog.toml").text
    chooser = page.locator('input[type="file"]')
    chooser.set_input_files(file)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("There is nothing to change.")
    dialog.get_by_role("button", name="Go back").click()
    file.write_text(text + "color = 1\n", encoding="utf-8")
    chooser.set_input_files(file)
    expect(page.get_by_text("hours.color: it must be 'mon'")).to_be_visible()
    look(page, "business-file-faults")
    file.write_text(text.replace("hello@example.com", "desk@example.com"), encoding="utf-8")
    chooser.set_input_files(file)
    expect(dialog).to_contain_text("business: changed")
    look(page, "business-file")
    dialog.get_by_role("button", name="Take it over").click()
    expect(page.get_by_text("The file was taken over.")).to_be_visible()
    assert owner.get("/catalog").json()["business"]["table"]["email"] == "desk@example.com"


def test_a_file_that_cannot_be_read_is_refused_before_anything_changes(
    owner: OfficeBrowser, open_office: OpenPage
) -> None:
    """An editor may save “Köln” in another encoding. It must not become “K�ln” for all
    customers."""
    text = owner.get("/catalog.toml").text
    page = open_office("/business")
    chooser = page.locator('input[type="file"]')
    for bytes_of_file, said in (
        (text.replace("Sarah", "Säräh").encode("cp1252", "replace"), "isn’t written in UTF-8"),
        (text.encode("utf-16"), "isn’t written in UTF-8"),
        (f"{text}# {'x' * 1_000_000}".encode(), "more than 1,000,000 characters"),
    ):
        chooser.set_input_files(
            {"name": "catalog.toml", "mimeType": "text/plain", "buffer": bytes_of_file}
        )
        expect(page.get_by_role("alert")).to_contain_text(said)
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert owner.get("/catalog.toml").text == text


def test_from_right_to_left_and_at_twice_the_size_everything_is_there(
    open_office: OpenPage, look: Look
) -> None:
    """At 200 % zoom a window of 1280 pixels has the room of a window of 640."""
    for path in ("services/1", "people/1", "closures", "business"):
        page = open_office(f"/{path}", width=640, height=430)
        page.evaluate("document.documentElement.dir = 'rtl'")
        look(page, f"rtl-{path.partition('/')[0]}")
