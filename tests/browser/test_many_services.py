"""A page with many services: pictures, categories, search, kinds of prices, people with faces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import dibs
from dibs.salon_pictures import draw_salon
from tests.browser.office_pages import Look, build_look
from tests.browser.pages import fill_in, go_on, part
from tests.support.server import Server, run_dibs

NewPage = Callable[..., Page]

SIZES = pytest.mark.parametrize(("width", "height", "dark"), [(390, 844, False), (1280, 900, True)])
EVIL = "<img src=x onerror=\\\"document.title='evil'\\\"> & שלום"
SALON = Path(dibs.__file__).with_name("salon.toml").read_text(encoding="utf-8")


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


def serve(folder: Path, catalog: str) -> Server:
    draw_salon(folder)
    (file := folder / "salon.toml").write_text(catalog, encoding="utf-8")
    applied = run_dibs("catalog", "apply", str(file), "--data", str(folder / "data"))
    assert applied.returncode == 0, applied.stderr
    return Server.start(folder / "data", command="serve")


@pytest.fixture(scope="module")
def salon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = serve(tmp_path_factory.mktemp("salon"), SALON)
    yield server
    server.stop()


@pytest.fixture
def open_salon(
    salon: Server, new_page: NewPage, watch_errors: Callable[[Page], None]
) -> Callable[..., Page]:
    def open_page(query: str = "", **window: Any) -> Page:
        page = new_page(**window)
        watch_errors(page)
        page.goto(f"{salon.url}/{query}")
        expect(page.get_by_test_id("service-1")).to_be_visible()
        expect(page.locator(".finder-chips")).to_be_visible()
        return page

    return open_page


@SIZES
def test_services_have_pictures_categories_and_kinds_of_prices(
    open_salon: Callable[..., Page], look: Look, width: int, height: int, dark: bool
) -> None:
    page = open_salon(width=width, height=height, dark=dark)
    expect(page.locator("h3")).to_have_text(["Hair", "Colour", "Beard", "Care"])
    prices = page.locator(".choice-price")
    expect(prices.nth(0)).to_have_text("€48")
    expect(prices.nth(1)).to_have_text("Free")
    expect(prices.nth(3)).to_have_text("On request")
    expect(prices.nth(4)).to_have_text("from €72")
    page.wait_for_function(
        "[...document.querySelectorAll('img')].every(each => each.naturalWidth === 320)"
    )
    look(page, "salon")
    if width > 1000:
        expect(page.locator(".summary")).to_contain_text("Torstraße 12")
        expect(page.get_by_role("link", name="+49 30 901820")).to_be_visible()
        first, second = (page.locator(".choice").nth(each).bounding_box() for each in (0, 1))
        assert first
        assert second
        assert first["y"] == second["y"]


@SIZES
def test_a_category_is_one_press_away(
    open_salon: Callable[..., Page], width: int, height: int, dark: bool
) -> None:
    page = open_salon(width=width, height=height, dark=dark)
    chips = page.get_by_role("navigation", name="Categories")
    chips.get_by_role("button", name="Beard").press("Enter")
    heading = page.get_by_role("heading", name="Beard", exact=True)
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    expect(chips).to_be_in_viewport()
    expect(chips.get_by_role("button", name="Beard")).to_have_attribute("aria-current", "true")
    box, bar = heading.bounding_box(), chips.bounding_box()
    assert box
    assert bar
    assert bar["y"] + bar["height"] <= box["y"]
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("service-8")).to_be_focused()


@SIZES
def test_services_are_found_as_one_types(
    open_salon: Callable[..., Page], look: Look, width: int, height: int, dark: bool
) -> None:
    page = open_salon(width=width, height=height, dark=dark)
    search = page.get_by_role("searchbox", name="Search services")
    search.fill("BEARD cut")
    expect(page.locator(".choice")).to_have_count(1)
    expect(page.get_by_test_id("service-10")).to_be_visible()
    search.fill("<xyz>")
    expect(page.get_by_role("status").filter(has_text="Nothing called “<xyz>”.")).to_be_visible()
    look(page, "salon-nothing")
    search.fill("x" * 10_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    search.fill("")
    expect(page.locator(".choice")).to_have_count(12)
    expect(search).to_be_focused()


@SIZES
def test_people_have_faces_and_a_line_about_them(
    open_salon: Callable[..., Page], look: Look, width: int, height: int, dark: bool
) -> None:
    page = open_salon(width=width, height=height, dark=dark)
    page.get_by_test_id("service-1").click()
    anyone = page.locator(".choice").first
    expect(anyone.locator("img.avatar")).to_have_count(3)
    mia = page.locator(".choice").filter(has_text="Mia Sommer")
    expect(mia).to_contain_text("Loves curls. Cuts since 2009.")
    expect(mia).to_contain_text("Next free:")
    look(page, "salon-people")


def test_the_link_of_a_video_call_is_told_once_it_is_booked(
    salon: Server, open_salon: Callable[..., Page]
) -> None:
    page = open_salon()
    assert "meet.example.com" not in salon.http.get("/api/v1/services").text
    page.get_by_test_id("service-7").click()
    expect(page.locator(".summary")).to_contain_text("By video")
    page.locator("button.slot[data-state=free]").first.click()
    go_on(page)
    assert "meet.example.com" not in page.content()
    fill_in(page)
    part(page, "confirm").click()
    done = page.locator(".appointment")
    expect(done).to_contain_text("By video")
    expect(done).to_contain_text("https://meet.example.com/salon-nord")
    expect(done.get_by_role("link", name="Open")).to_have_attribute(
        "href", "https://meet.example.com/salon-nord"
    )


def test_from_right_to_left_the_page_says_the_same(
    open_salon: Callable[..., Page], look: Look
) -> None:
    page = open_salon("?lang=ar", width=390, height=844)
    expect(page.locator(".choice-price").nth(4)).to_contain_text("ابتداءً من")
    look(page, "salon-rtl")


def test_what_the_owner_typed_is_shown_as_typed(
    tmp_path: Path, new_page: NewPage, look: Look
) -> None:
    evil = SALON.replace('category = "Hair"', f'category = "{EVIL}"')
    evil = evil.replace('name = "Hair"', f'name = "{EVIL}"')
    evil = re.sub(r'about = "[^"]*"', f'about = "{EVIL}"', evil)
    server = serve(tmp_path, evil)
    page = new_page(width=390, height=844)
    page.goto(server.url)
    typed = EVIL.replace("\\", "")
    expect(page.locator("h3").first).to_have_text(typed)
    expect(page.locator(".finder-chips button").first).to_have_text(typed)
    look(page, "salon-evil")
    page.get_by_test_id("service-1").click()
    expect(page.locator(".choice").nth(1)).to_contain_text(typed)
    assert page.title() != "evil"
    server.stop()
