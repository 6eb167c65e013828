"""The page in the languages of its visitors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import choose, fill_in, go_on, open_times, part, slot
from tests.support.plain_sql import connect
from tests.support.server import Server

NewPage = Callable[..., Page]

LANGUAGES = ("ar", "de", "en", "es", "fr")
#: A heading of the page in each language.
WHEN = {
    "ar": "متى يناسبك؟",
    "de": "Wann passt es Ihnen?",
    "en": "When suits you?",
    "es": "¿Cuándo le viene bien?",
    "fr": "Quand cela vous convient-il ?",
}


@contextmanager
def page_of(chromium: Browser, locale: str, width: int = 1280, **options: Any) -> Iterator[Page]:
    # While a colour changes, its contrast may be too low for a moment.
    looks: Any = {"viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    context = chromium.new_context(locale=locale, **looks, **options)
    yield context.new_page()
    context.close()


def expect_language(page: Page, tag: str) -> None:
    root = page.locator("html")
    expect(root).to_have_attribute("lang", tag)
    expect(root).to_have_attribute("dir", "rtl" if tag == "ar" else "ltr")
    expect(page.get_by_role("heading", name=WHEN[tag])).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("tag", LANGUAGES)
def test_everybody_books_in_their_language(
    server: Server, chromium: Browser, tag: str, width: int
) -> None:
    """The letters are in the language of the page, and nothing sticks out of the window."""
    with page_of(chromium, tag, width) as page:
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        open_times(page, server)
        expect_language(page, tag)
        choose(page, "10:00")
        assert Axe().run(page).response["violations"] == []
        expect_nothing_beside(page)
        go_on(page)
        fill_in(page)
        expect_nothing_beside(page)
        part(page, "confirm").click()
        expect(part(page, "reference")).to_be_visible()
        expect_nothing_beside(page)
        assert Axe().run(page).response["violations"] == []
        assert faults == []
    with connect(server.database) as sql:
        assert sql("SELECT language FROM bookings") == [(tag,)]


def expect_nothing_beside(page: Page) -> None:
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


@pytest.mark.parametrize(
    ("locale", "query", "tag"),
    [
        ("de-AT", "", "de"),
        ("nl-NL", "", "en"),
        ("de-AT", "&lang=fr", "fr"),
        ("de-AT", "&lang=AR-eg", "ar"),
        ("de-AT", "&lang=tlh", "de"),
    ],
)
def test_the_address_or_the_browser_decides(
    server: Server, chromium: Browser, locale: str, query: str, tag: str
) -> None:
    with page_of(chromium, locale) as page:
        page.goto(f"{server.url}/?service=1&resource=1{query}")
        expect_language(page, tag)


def test_the_texts_come_beside_the_script(server: Server, chromium: Browser) -> None:
    """The HTML already names the file of texts, so that no text waits for another request."""
    with page_of(chromium, "es") as page:
        page.goto(server.url)
        preloaded = page.locator('link[rel="modulepreload"][href*="/es-"]')
        expect(preloaded).to_have_count(1)
        expect(page.locator("html")).to_have_attribute("lang", "es")
        assert 'lang="es"' in page.request.get(server.url, headers={"Accept-Language": "es"}).text()


def test_the_choice_is_remembered_and_nothing_typed_is_lost(
    server: Server, chromium: Browser
) -> None:
    with page_of(chromium, "en-GB") as page:
        open_times(page, server)
        choose(page, "10:00")
        go_on(page)
        fill_in(page)
        page.get_by_test_id("language").focus()
        page.get_by_test_id("language").select_option("ar")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        expect(page.get_by_label("الاسم")).to_have_value("Ann Lee")
        expect(page.get_by_test_id("language")).to_be_focused()
        page.get_by_test_id("language").select_option("de")
        expect(page.get_by_label("Name")).to_have_value("Ann Lee")
        html = page.request.get(server.url).text()
        assert '<html lang="de" dir="ltr">' in html
        part(page, "confirm").click()
        expect(page.get_by_role("heading", name=re.compile("gebucht"))).to_be_visible()
        page.goto(server.url)
        expect(page.get_by_role("heading", name="Was möchten Sie buchen?")).to_be_visible()


def test_a_choice_is_stronger_than_the_address_that_brought_the_visitor(
    server: Server, chromium: Browser
) -> None:
    with page_of(chromium, "en-GB") as page:
        page.goto(f"{server.url}/?service=1&resource=1&lang=fr")
        expect_language(page, "fr")
        page.get_by_test_id("language").select_option("de")
        expect_language(page, "de")
        page.reload()
        expect_language(page, "de")


def test_arrow_keys_follow_the_order_of_reading(server: Server, chromium: Browser) -> None:
    with page_of(chromium, "ar") as page:
        open_times(page, server)
        slot(page, "10:00").focus()
        page.keyboard.press("ArrowLeft")
        expect(slot(page, "10:30")).to_be_focused()
        page.keyboard.press("ArrowRight")
        expect(slot(page, "10:00")).to_be_focused()
        chosen = page.locator('button.day[aria-pressed="true"]')
        chosen.focus()
        page.keyboard.press("ArrowLeft")
        later = page.locator("button.day:focus")
        expect(later).not_to_have_attribute("aria-pressed", "true")
        before, after = chosen.get_attribute("data-day"), later.get_attribute("data-day")
        assert str(before) < str(after)
