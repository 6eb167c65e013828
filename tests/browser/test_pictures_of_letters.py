"""Pictures of each letter as mail programs show it: light, dark and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from dibs.letters.samples import CODE, sample_business, sample_letter
from dibs.letters.writer import LetterWriter

#: By the name of the picture: kind of letter, reader, language, and the reader's time zone.
LETTERS = {
    "confirmed": ("confirmed", "customer", "en", "America/New_York"),
    "moved": ("moved", "customer", "en", None),
    "cancelled": ("cancelled", "customer", "de", None),
    "reminder": ("reminder", "customer", "de", None),
    "staff-new": ("confirmed", "staff", "en", None),
    "staff-moved": ("moved", "staff", "en", None),
    "staff-cancelled": ("cancelled", "staff", "en", None),
}
WINDOWS = {"light": (700, False), "dark": (700, True), "phone": (360, False)}


def _pages() -> dict[str, str]:
    writer = LetterWriter()
    pages = {
        name: writer.write(sample_letter(*letter)).html  # type: ignore[arg-type]
        for name, letter in LETTERS.items()
    }
    pages["code"] = writer.write_code(CODE, 10, sample_business(), "en").html
    return pages


@pytest.mark.parametrize("window", WINDOWS)
def test_letters_fit_into_the_window(
    window: str, new_page: Callable[..., Page], pytestconfig: pytest.Config
) -> None:
    width, dark = WINDOWS[window]
    folder: Path = pytestconfig.getoption("--pictures")
    folder.mkdir(parents=True, exist_ok=True)
    page = new_page(width, 600, dark=dark)
    for name, html in _pages().items():
        page.set_content(html)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (background == "rgb(21, 24, 26)") is dark
        assert page.locator("img").count() == 0
        page.screenshot(path=folder / f"letter-{name}-{window}.png", full_page=True)


def test_long_names_fit_on_a_phone(new_page: Callable[..., Page]) -> None:
    from tests.support.letters import with_names

    page = new_page(320, 600)
    letter = with_names(sample_letter("moved", "staff"), "x" * 200)
    page.set_content(LetterWriter().write(letter).html)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
