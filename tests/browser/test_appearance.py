"""The booking page in the colours of a business, in real Chromium: whatever the colours are, it can
be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.pages import choose, fill_in, go_on, open_times, part
from tests.support.catalog_files import DEMO
from tests.support.days import working_day
from tests.support.server import Server, run_dibs
from tests.support.waiting import until

NewPage = Callable[..., Page]
ACCENTS = {
    "yellow": ("#ffdd00", "slab", 0),
    "black": ("#000000", "serif", 2),
    "white": ("#ffffff", "geometric", 10),
    "pastel": ("#f8c8dc", "rounded", 24),
    "blue": ("#3b82f6", "humanist", 6),
}


@pytest.fixture
def start_looking(server: Server, tmp_path: Path) -> Callable[..., Server]:
    def start(accent: str, font: str = "system", radius: int = 10) -> Server:
        look = f'accent = "{accent}"\nfont = "{font}"\nradius = {radius}\n'
        (file := tmp_path / "looking.toml").write_text(
            DEMO.replace("[business]\n", f"[business]\n{look}")
        )
        done = run_dibs("catalog", "apply", str(file), "--data", str(server.data))
        assert done.returncode == 0, done.stderr
        until(
            lambda: server.http.get("/api/v1/business").json()["appearance"]["accent"] == accent,
            "the page has the accent",
        )
        return server

    return start


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Callable[[Page, str], None]:
    folder: Path = pytestconfig.getoption("--pictures")
    folder.mkdir(parents=True, exist_ok=True)

    def look_at(page: Page, name: str) -> None:
        assert page.viewport_size is not None
        # Some colours change gradually, so wait for the end of the animations.
        page.wait_for_function("Promise.all(document.getAnimations().map(each => each.finished))")
        page.screenshot(path=folder / f"look-{name}-{page.viewport_size['width']}.png")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"

    return look_at


@pytest.mark.parametrize("name", ACCENTS)
def test_the_page_can_be_read_in_any_colour(
    start_looking: Callable[..., Server],
    new_page: NewPage,
    look: Callable[[Page, str], None],
    name: str,
) -> None:
    server = start_looking(*ACCENTS[name])
    for theme, time in (("light", "10:00"), ("dark", "11:00")):
        page = new_page(1280, 860)
        page.emulate_media(reduced_motion="reduce")
        page.goto(f"{server.url}/?theme={theme}")
        page.get_by_test_id("service-1").click()
        page.get_by_test_id("resource-1").click()
        expect(page.locator("button.slot").first).to_be_visible()
        page.locator(f'button[data-day="{working_day()}"]').click()
        choose(page, time)
        expect(page.locator("html")).to_have_css("color-scheme", theme)
        look(page, f"{name}-{theme}-times")
        part(page, "continue").hover()
        look(page, f"{name}-{theme}-hover")
        go_on(page)
        fill_in(page)
        look(page, f"{name}-{theme}-details")
        assert f"theme={theme}" in page.url
        phone = new_page(390, 844)
        phone.goto(f"{server.url}/?theme={theme}")
        expect(phone.get_by_test_id("service-1")).to_be_visible()
        look(phone, f"{name}-{theme}-services")


def test_the_theme_that_was_asked_for_stays(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.emulate_media(color_scheme="dark")
    page.goto(f"{server.url}/?theme=light&utm_source=card")
    surface = page.locator(".booker").first
    expect(surface).to_have_css("background-color", "rgb(255, 255, 255)")
    page.get_by_test_id("service-1").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    open_times(page, server)
    expect(page.locator("html")).not_to_have_attribute("data-theme", "light")
    expect(page.locator(".booker")).to_have_css("background-color", "rgb(29, 29, 32)")


def test_a_light_page_never_flashes_dark(server: Server, new_page: NewPage) -> None:
    """The page already has its theme before any script runs."""
    page = new_page()
    page.emulate_media(color_scheme="dark")
    page.route("**/*.js", lambda route: route.abort())
    page.goto(f"{server.url}/?theme=light")
    expect(page.locator(".booker")).to_have_css("background-color", "rgb(255, 255, 255)")


def test_no_policy_is_broken(start_looking: Callable[..., Server], new_page: NewPage) -> None:
    server = start_looking("#ffdd00", "serif", 3)
    page = new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(server.url)
    expect(page.locator(".logo")).to_have_css("background-color", "rgb(255, 221, 0)")
    expect(page.locator(".logo")).to_have_css("color", "rgb(0, 0, 0)")
    expect(page.locator(".logo")).to_have_css("border-radius", "3px")
    assert "Charter" in page.locator("body").evaluate("each => getComputedStyle(each).fontFamily")
    assert refused == []
