from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser.calendar_pages import DAY
from tests.support.office import OWNER, OfficeBrowser, owner_token
from tests.support.server import Server

#: Chromium without windows: a new page costs a quarter of the CPU. It has no settings, so it
#: accepts cookies of other sites.
HEADLESS_SHELL = Path("/usr/bin/chromium-headless-shell")
#: Chromium with windows, for test modules that set it as their `BROWSER`.
WHOLE_CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # The Chromium with windows refuses cookies of other sites, as more and more browsers do.
    "--test-third-party-cookie-phaseout",
]

# A busy machine may pause for seconds. bench/ measures how soon a change is shown.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Start Playwright once for all browser tests, because that takes half a second of CPU.

    It does not run for the whole session: its event loop would disturb tests that run their own
    loop.
    """
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def start_browser(playwright: Playwright) -> Iterator[Callable[[Path], Browser]]:
    """Return a function that starts the browser of a program, or returns it if it runs already."""
    started: dict[Path, Browser] = {}

    def start(program: Path) -> Browser:
        if program not in started or not started[program].is_connected():
            name = program.name
            assert program.exists(), f"the browser tests need Chromium: apt-get install {name}"
            started[program] = playwright.chromium.launch(executable_path=str(program), args=FLAGS)
        return started[program]

    yield start
    for browser in started.values():
        browser.close()


@pytest.fixture
def chromium(
    request: pytest.FixtureRequest, start_browser: Callable[[Path], Browser]
) -> Iterator[Browser]:
    """Yield a browser with nothing left of other tests.

    Cookies and storage belong to a context, and all contexts are closed after the test.
    """
    browser = start_browser(getattr(request.module, "BROWSER", HEADLESS_SHELL))
    yield browser
    for context in browser.contexts:
        context.close()


@pytest.fixture
def new_page(chromium: Browser) -> Callable[..., Page]:
    """Return a function that opens a page of this size for another person, in a context of its
    own."""

    def open_page(width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
        )
        return context.new_page()

    return open_page


@pytest.fixture
def watch_errors() -> Iterator[Callable[[Page], None]]:
    """Yield a function that watches a page for script errors.

    The test fails at its end if there were any: Playwright loses what an event handler raises.
    """
    faults: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}\n{error.stack}"))

    yield watch
    assert not faults, "\n".join(faults)


@pytest.fixture
def owner(server: Server) -> Iterator[OfficeBrowser]:
    """Yield the first owner, signed in, as an HTTP client without a page."""
    browser = OfficeBrowser(server.url)
    assert browser.use_link(owner_token(server), **OWNER).status_code == 201
    yield browser
    browser.close()


@pytest.fixture
def open_office(
    server: Server,
    owner: OfficeBrowser,
    new_page: Callable[..., Page],
    watch_errors: Callable[[Page], None],
) -> Callable[..., Page]:
    """Return a function that opens a page of the office as the owner, or as the user who is signed
    in with `browser`."""

    def open_page(
        path: str, *, direction: str = "", browser: OfficeBrowser = owner, **window: Any
    ) -> Page:
        page = new_page(**window)
        cookies = [
            {"name": name, "value": value, "url": server.url}
            for name, value in browser.http.cookies.items()
        ]
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
        watch_errors(page)
        if direction:
            turn = f"document.documentElement.dir = '{direction}'"
            page.add_init_script(f"addEventListener('readystatechange', () => {{ {turn} }}, true)")
        page.goto(f"{server.url}/office{path}")
        return page

    return open_page


@pytest.fixture
def open_calendar(open_office: Callable[..., Page]) -> Callable[..., Page]:
    """Return a function that opens the calendar as the owner, on the day `DAY`."""

    def open_page(query: str = "", **options: Any) -> Page:
        page = open_office(f"/calendar?day={DAY}{query}", **options)
        expect(page.get_by_text("Live")).to_be_attached()
        return page

    return open_page
