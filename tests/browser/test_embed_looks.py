"""What `<dibs-booking>` looks like in a page of another site, whatever its own styles are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.embedding import script
from tests.browser.pages import choose, confirm, fill_in, go_on, part
from tests.support.days import working_day
from tests.support.server import Server
from tests.support.sites import Site, another_site

NewPage = Callable[..., Page]
#: Styles that many sites have, none of which may reach the booking.
SITE = """
html { font-size: 62.5%; color-scheme: light dark }
body { font: 1.7rem/1.6 Georgia, serif; margin: 2rem auto; text-align: center; letter-spacing: 2px }
button, input, a { background: red !important; text-transform: uppercase; border-radius: 0 }
:root { --accent: red; --surface: red; --radius: 99px }
"""
#: Light and dark, a phone, a narrow column and a wide one; right to left, too.
LOOKS = [
    (390, "100%", False, "en"),
    (390, "100%", True, "ar"),
    (1280, "600px", True, "de"),
    (1280, "1200px", False, "ar"),
]


@pytest.fixture
def site() -> Iterator[Site]:
    with another_site() as site:
        yield site


def show(server: Server, site: Site, page: Page, width: str = "100%", attributes: str = "") -> None:
    site.is_strict(server.url)
    site.files["/site.css"] = f"{SITE} main {{ max-width: {width}; margin: auto }}"
    element = f"<dibs-booking {attributes}></dibs-booking>"
    body = f"{script(server.url)}<main><h1>Studio</h1>{element}</main>"
    page.goto(site.shows(body, head='<link rel="stylesheet" href="/site.css">'))
    expect(part(page, "service-1")).to_be_visible()


@pytest.mark.parametrize(("width", "column", "dark", "lang"), LOOKS)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    start_server: Callable[..., Server],
    site: Site,
    new_page: NewPage,
    pytestconfig: pytest.Config,
    width: int,
    column: str,
    dark: bool,
    lang: str,
) -> None:
    folder: Path = pytestconfig.getoption("--pictures")
    folder.mkdir(parents=True, exist_ok=True)
    page = new_page(width=width, dark=dark)
    page.emulate_media(reduced_motion="reduce")  # a half-changed colour lacks contrast
    show(start_server(allowed_origins=site.url), site, page, column, f'lang="{lang}"')

    def check(step: str) -> None:
        name = f"embed-{width}-{column.strip('%')}-{'dark' if dark else 'light'}-{lang}-{step}.png"
        page.screenshot(path=folder / name, full_page=True, animations="disabled")
        found = Axe().run(page, context="dibs-booking")
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    check("service")
    part(page, "service-1").click()
    part(page, "resource-1").click()
    day = page.locator(f'button[data-day="{working_day()}"]')
    expect(page.locator('button[data-day][aria-pressed="true"]')).to_be_visible()
    if not day.is_visible():
        page.locator("button.other-month").last.click()
    day.click()
    choose(page, "10:00")
    check("time")
    go_on(page)
    check("details")
    fill_in(page)
    confirm(page)
    expect(part(page, "reference")).to_be_visible()
    check("done")


def test_the_styles_of_the_site_stay_outside(
    start_server: Callable[..., Server], site: Site, new_page: NewPage
) -> None:
    page = new_page()
    show(start_server(allowed_origins=site.url), site, page)
    name = part(page, "service-1")
    looks = name.evaluate(
        """button => {
            const {fontFamily, fontSize, textAlign, letterSpacing, textTransform, backgroundColor} =
                getComputedStyle(button);
            return {fontFamily, fontSize, textAlign, letterSpacing, textTransform, backgroundColor};
        }"""
    )
    assert "Georgia" not in looks["fontFamily"]
    assert looks["textTransform"] == "none"
    assert looks["letterSpacing"] == "normal"
    assert looks["backgroundColor"] != "rgb(255, 0, 0)"
    assert float(looks["fontSize"].removesuffix("px")) >= 16


def test_a_site_sets_colours_and_theme_of_the_element(
    start_server: Callable[..., Server], site: Site, new_page: NewPage
) -> None:
    server = start_server(allowed_origins=site.url)
    page = new_page(dark=True)
    show(server, site, page, attributes='theme="light"')
    site.files["/site.css"] += (
        "dibs-booking { --accent: rgb(1, 2, 3); --surface: rgb(250, 251, 252) }"
    )
    page.reload()
    booker = page.locator(".booker")
    logo = page.locator(".logo").first
    expect(booker).to_have_css("background-color", "rgb(250, 251, 252)")
    expect(booker).to_have_css("color-scheme", "light")
    assert logo.evaluate("logo => getComputedStyle(logo).getPropertyValue('--accent')").strip() == (
        "rgb(1, 2, 3)"
    )
