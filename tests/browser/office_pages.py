"""Short helpers for what tests do on the pages of the office."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.office import OWNER, PASSWORD, OfficeBrowser, owner_token
from tests.support.server import Server

Look = Callable[[Page, str], None]


def build_look(pytestconfig: pytest.Config) -> Look:
    """Return a function that saves a picture of a page and checks the page with axe."""
    folder: Path = pytestconfig.getoption("--pictures")
    folder.mkdir(parents=True, exist_ok=True)

    def look_at(page: Page, name: str) -> None:
        assert page.viewport_size is not None
        width = page.viewport_size["width"]
        page.screenshot(path=folder / f"office-{name}-{width}.png", full_page=True)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    return look_at


def set_up_owner(server: Server) -> OfficeBrowser:
    """Return the first owner, signed in."""
    browser = OfficeBrowser(server.url)
    assert browser.use_link(owner_token(server), **OWNER).status_code == 201
    return browser


def sign_in(page: Page, server: Server, path: str = "", email: str = OWNER["email"]) -> None:
    page.goto(f"{server.url}/office{path}")
    page.locator('input[name="email"]').fill(email)
    page.locator('input[name="password"]').fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".menu")).to_be_visible()
