"""The appearance page of the office, in real Chromium: the preview beside the form changes at once,
and nobody else sees the change before it is saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.office_pages import Look, build_look
from tests.support.office import OfficeBrowser
from tests.support.pictures import draw_file
from tests.support.server import Server

OpenPage = Callable[..., Page]
YELLOW, GREEN = "rgb(255, 221, 0)", "rgb(10, 107, 79)"


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


def preview_of(page: Page) -> FrameLocator:
    preview = page.frame_locator('iframe[title^="Booking page"]')
    expect(preview.get_by_test_id("service-1")).to_be_visible()
    return preview


def business(owner: OfficeBrowser) -> Any:
    return owner.get("/catalog").json()["business"]


@pytest.mark.parametrize(
    ("width", "height", "dark"), [(390, 844, False), (1280, 900, True), (1280, 900, False)]
)
def test_the_look_is_seen_before_it_is_saved(
    server: Server,
    owner: OfficeBrowser,
    open_office: OpenPage,
    new_page: Callable[..., Page],
    look: Look,
    tmp_path: Path,
    width: int,
    height: int,
    dark: bool,
) -> None:
    page = open_office("/appearance", width=width, height=height, dark=dark)
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text))
    expect(page.get_by_role("heading", name="Appearance")).to_be_focused()
    preview = preview_of(page)
    logo = preview.locator(".logo")
    page.get_by_label("Accent", exact=True).fill("#FFDD00")
    expect(logo).to_have_css("background-color", YELLOW)
    expect(page.get_by_text("#ffdd00 can't be read on a light page")).to_be_visible()
    page.get_by_label("Corners").press("Home")
    expect(page.get_by_text("square", exact=True)).to_be_visible()
    expect(logo).to_have_css("border-radius", "0px")
    page.get_by_label("Font").select_option("serif")
    font = "each => getComputedStyle(each).fontFamily"
    worn = preview.locator("link[data-preview]")
    expect(worn.last).to_have_attribute("href", "/assets/appearance/ffdd00-0-serif.css")
    expect(worn).to_have_count(1)
    (photo := tmp_path / "logo.png").write_bytes(draw_file(size=(200, 200)))
    page.locator('input[type="file"]').first.set_input_files(photo)
    expect(logo.locator("img")).to_be_visible()
    page.locator('input[type="file"]').last.set_input_files(photo)
    expect(page.get_by_role("img", name="Picture")).to_be_visible()
    expect(preview.locator(".business-picture")).to_be_visible()
    look(page, f"appearance-{'dark' if dark else 'light'}-pictures")
    # The preview can be used, and it keeps the new appearance.
    preview.get_by_test_id("service-1").click()
    expect(preview.get_by_test_id("resource-1")).to_be_visible()
    assert "Charter" in preview.locator("body").evaluate(font)
    page.get_by_label("Dark").check()
    expect(preview.locator(".booker")).to_have_css("background-color", "rgb(29, 29, 32)")
    look(page, f"appearance-{'dark' if dark else 'light'}")
    # Nobody else sees the change yet.
    assert business(owner)["table"]["accent"] == "#2457c5"
    public = new_page()
    public.goto(server.url)
    expect(public.locator(".logo")).to_have_css("background-color", "rgb(36, 87, 197)")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Customers see it now.")).to_be_visible()
    table = business(owner)["table"]
    assert (table["accent"], table["radius"], table["font"]) == ("#ffdd00", 0, "serif")
    assert table["logo"] == table["picture"]
    public.goto(server.url)
    expect(public.locator(".logo img")).to_have_js_property("naturalWidth", 200)
    expect(public.locator(".business-picture")).to_have_js_property("naturalWidth", 200)
    changes = owner.get("/audit").json()
    assert "#ffdd00" in str(changes)
    assert broken == []


def test_a_manager_sees_the_look_before_saving_it_too(
    server: Server, owner: OfficeBrowser, open_office: OpenPage, tmp_path: Path
) -> None:
    about = {"name": "Mara", "email": "mara@example.com", "role": "manager"}
    link = owner.post("/users", about).json()["link"]
    manager = OfficeBrowser(server.url)
    assert manager.use_link(link.partition("#")[2]).status_code == 201
    page = open_office("/appearance", browser=manager)
    logo = preview_of(page).locator(".logo")
    page.get_by_label("Accent", exact=True).fill("#0a6b4f")
    expect(logo).to_have_css("background-color", GREEN)
    (photo := tmp_path / "logo.png").write_bytes(draw_file(size=(200, 200)))
    page.locator('input[type="file"]').first.set_input_files(photo)
    expect(logo.locator("img")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Customers see it now.")).to_be_visible()
    assert business(owner)["table"]["accent"] == "#0a6b4f"
    manager.close()


def test_what_is_no_colour_is_refused_at_its_field_and_kept(
    server: Server, owner: OfficeBrowser, open_office: OpenPage, look: Look
) -> None:
    page = open_office("/appearance")
    preview = preview_of(page)
    accent = page.get_by_label("Accent", exact=True)
    accent.fill("#0a6b4f")
    expect(preview.locator(".logo")).to_have_css("background-color", GREEN)
    accent.fill('green"><script>')
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Write a colour as six digits from 0 to f")).to_be_visible()
    expect(accent).to_be_focused()
    look(page, "appearance-fault")
    # The preview keeps the last valid colour.
    expect(preview.locator(".logo")).to_have_css("background-color", GREEN)
    page.on("dialog", lambda dialog: dialog.accept())
    accent.fill("#0a6b4e")
    page.reload()
    expect(page.get_by_text("You had begun to change this.")).to_be_visible()
    expect(accent).to_have_value("#0a6b4e")
    expect(preview_of(page).locator(".logo")).to_have_css("background-color", "rgb(10, 107, 78)")
    # An unfinished change on this page is not shown on the page about the business, and vice versa.
    page.goto(f"{server.url}/office/business")
    expect(page.get_by_role("heading", name="Business", exact=True)).to_be_visible()
    expect(page.get_by_text("You had begun to change this.")).to_have_count(0)
    page.get_by_label("Name").fill("North")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Customers see it now.")).to_be_visible()
    page.goto(f"{server.url}/office/appearance")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody else has changed this meanwhile.")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Customers see it now.")).to_be_visible()
    table = business(owner)["table"]
    assert (table["accent"], table["name"]) == ("#0a6b4e", "North")
