"""How the booking page looks: its main states at all widths, light and dark, in both directions.

Each picture is compared with a picture in `looks/` beside this file. Server and browser are set to
the same day in every run, and all texts use one font. After an intended change, renew the pictures,
look at them and commit them:

    ./dibs test tests/browser/test_looks.py --renew-looks
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.conftest import FLAGS, HEADLESS_SHELL
from tests.browser.pages import choose, confirm, fill_in, go_on, part, wait_for_pictures
from tests.support.faked_clock import SALON, with_clock
from tests.support.looks import Looks
from tests.support.server import Server

#: A Sunday, on which nobody works, so that nothing on the page changes while time passes.
NOW = datetime(2027, 3, 7, 12, tzinfo=UTC)
DAY = "2027-03-10"
SIZES = [(320, 640), (390, 844), (768, 1024), (1280, 860), (1920, 1080)]
FONTS = Path("/usr/share/fonts/truetype/dejavu")
#: Letters are drawn without hinting, so that they don't depend on the screen of one machine.
AS_THEY_ARE = ["--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb"]
FONT_CONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{folder}/cache</cachedir></fontconfig>
"""
HEIGHT = "document.documentElement.scrollHeight"
QUALITY = 90
#: Replaces the texts that differ in every run.
MAKE_ALIKE = """() => {
    for (const each of document.querySelectorAll('[data-testid="reference"] bdi'))
        each.textContent = "NR7K2-4TMX9";
    for (const each of document.querySelectorAll("#link"))
        each.value = "https://book.example/manage/NR7K2-4TMX9";
}"""

Shoot = Callable[[str], None]


@pytest.fixture(scope="module")
def salon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    entry = with_clock(f"@{NOW:%F %T}", main=SALON)
    server = Server.start(tmp_path_factory.mktemp("salon") / "data", entry=entry)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser_with_one_font(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("fonts")
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
        assert (FONTS / name).exists(), "the looks need a font: apt-get install fonts-dejavu-core"
        (folder / name).symlink_to(FONTS / name)
    (file := folder / "fonts.conf").write_text(FONT_CONFIG.format(fonts=folder, folder=folder))
    env: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(file)}
    browser = playwright.chromium.launch(
        executable_path=str(HEADLESS_SHELL), args=FLAGS + AS_THEY_ARE, env=env
    )
    yield browser
    browser.close()


@pytest.fixture
def looks(pytestconfig: pytest.Config) -> Looks:
    return Looks(
        references=Path(__file__).with_name("looks"),
        pictures=pytestconfig.getoption("--pictures") / "looks",
        renews=pytestconfig.getoption("--renew-looks"),
    )


def shooter(page: Page, direction: str, looks: Looks, faults: list[str]) -> Shoot:
    """Return a function that takes pictures of the page at all widths, light and dark. It adds
    differences from the stored pictures to `faults`."""

    def shoot(state: str) -> None:
        page.mouse.move(0, 0)
        page.evaluate(MAKE_ALIKE)
        # In small windows, the page would scroll to a chosen time with the focus, above the bar.
        page.locator(".slot").evaluate_all("each => each.forEach((slot) => slot.blur())")
        # A bar sits at the lower edge of the window, so then the window keeps a realistic height.
        has_bar = page.locator(".dock > *").count() > 0
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            whole = height if has_bar else max(height, page.evaluate(HEIGHT))
            page.set_viewport_size({"width": width, "height": whole})
            wait_for_pictures(page)
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                fault = looks.compare(
                    f"{state}-{direction}-{theme}-{width}",
                    page.screenshot(type="jpeg", quality=QUALITY),
                )
                faults.extend([fault] if fault else [])
        page.set_viewport_size({"width": 1280, "height": 860})

    return shoot


@pytest.mark.parametrize(
    ("language", "direction", "time"), [("en-GB", "ltr", "09:15"), ("ar", "rtl", "11:00")]
)
def test_the_page_looks_as_it_did(
    salon: Server,
    browser_with_one_font: Browser,
    looks: Looks,
    language: str,
    direction: str,
    time: str,
) -> None:
    context = browser_with_one_font.new_context(
        locale=language,
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 860},
    )
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    faults: list[str] = []
    shoot = shooter(page, direction, looks, faults)
    page.goto(salon.url)
    expect(page.get_by_test_id("service-1")).to_be_visible()
    shoot("services")
    page.goto(f"{salon.url}/?service=1&resource=1&day={DAY}")
    expect(page.locator("button.slot").first).to_be_visible()
    expect(part(page, "next-free")).to_contain_text(":00")
    choose(page, time)
    expect(page.locator(".bar")).to_be_visible()
    shoot("times")
    go_on(page)
    fill_in(page)
    # The questions of the service come with a script of their own.
    expect(part(page, "confirm")).to_be_enabled()
    shoot("details")
    confirm(page)
    expect(part(page, "reference")).to_be_visible()
    shoot("done")
    link = part(page, "manage-link").get_attribute("href")
    assert link is not None
    page.goto(link)
    expect(part(page, "move")).to_be_visible()
    shoot("manage")
    context.close()
    assert faults == [], "\n".join(faults)
