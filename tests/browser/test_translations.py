"""The translations of a business, from the first page to the letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from tests.browser.pages import book, choose, part
from tests.browser.test_languages import expect_language, page_of
from tests.support.days import working_day
from tests.support.mail import MailSink, text_of
from tests.support.server import Server, run_dibs
from tests.support.translated import MARKUP, translated_demo
from tests.support.waiting import until

EMAIL = "ann@example.com"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


@pytest.fixture
def server(tmp_path: Path, sink: MailSink) -> Iterator[Server]:
    (file := tmp_path / "catalog.toml").write_text(translated_demo(), encoding="utf-8")
    applied = run_dibs("catalog", "apply", str(file), "--data", str(tmp_path / "data"))
    assert applied.returncode == 0, applied.stderr
    server = Server.start(
        tmp_path / "data", command="serve", smtp_url=sink.url, mail_from="studio@dibs.example"
    )
    yield server
    server.stop()


def service(page: Page) -> Locator:
    return page.locator(".choice", has=page.get_by_test_id("service-1"))


def open_first_page(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}/{query}")
    expect(page.get_by_test_id("service-1")).to_be_visible()


def test_a_german_visitor_books_in_german_and_gets_a_german_letter(
    server: Server, sink: MailSink, chromium: Browser
) -> None:
    with page_of(chromium, "de-AT") as page:
        open_first_page(page, server)
        expect(page).to_have_title(re.compile("Dibs Atelier"))
        expect(service(page)).to_contain_text("Beratung")
        expect(service(page)).to_contain_text("Erstes Gespräch")
        expect(page.get_by_role("heading", name="Gespräche")).to_be_visible()
        page.get_by_test_id("service-1").click()
        expect(page.get_by_text("Malt seit 2010")).to_be_visible()
        page.get_by_test_id("resource-1").click()
        expect_language(page, "de")
        page.locator(f'button[data-day="{working_day()}"]').click()
        book(page, "10:00")
        expect(part(page, "reference")).to_be_visible()
        expect(page.locator(".appointment")).to_contain_text("Beratung")
    until(lambda: sink.messages_to(EMAIL), "the letter has come")
    letter = sink.messages_to(EMAIL)[0]
    assert "Beratung" in str(letter["Subject"])
    assert "Dibs Atelier" in str(letter["From"])
    assert "Beratung" in text_of(letter)
    assert "Consultation" not in text_of(letter)


def test_another_language_changes_the_texts_of_the_business(
    server: Server, chromium: Browser
) -> None:
    with page_of(chromium, "en-GB") as page:
        open_first_page(page, server)
        expect(service(page)).to_contain_text("Initial consultation session")
        page.get_by_test_id("language").select_option("de")
        expect(service(page)).to_contain_text("Erstes Gespräch")
        expect(page.get_by_role("heading", name="Dibs Atelier")).to_be_visible()
        page.get_by_test_id("language").select_option("ar")
        expect(service(page)).to_contain_text("استشارة")
        page.reload()
        expect(service(page)).to_contain_text("استشارة")
        page.get_by_test_id("language").select_option("en")
        expect(service(page)).to_contain_text("Consultation")


def test_a_text_without_a_translation_says_its_language(server: Server, chromium: Browser) -> None:
    with page_of(chromium, "ar") as page:
        open_first_page(page, server)
        name = service(page).locator("bdi", has_text="استشارة")
        expect(name).to_be_visible()
        assert name.get_attribute("lang") is None
        hint = service(page).locator("bdi", has_text="Initial consultation session")
        expect(hint).to_have_attribute("lang", "en")
        expect(page.get_by_role("heading", name="Talks").locator("bdi")).to_have_attribute(
            "lang", "en"
        )
        other = page.locator("bdi", has_text="Drawing Class").first
        expect(other).to_have_attribute("lang", "en")


def test_what_comes_with_the_page_is_not_asked_for_again(server: Server, chromium: Browser) -> None:
    with page_of(chromium, "de") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        open_first_page(page, server)
        expect(service(page)).to_contain_text("Beratung")
        assert [each for each in asked if "/api/v1/services?" in each] == []
        with page.expect_request("**/api/v1/services?lang=fr"):
            page.get_by_test_id("language").select_option("fr")


def test_markup_in_a_translation_stays_text(server: Server, chromium: Browser) -> None:
    with page_of(chromium, "es") as page:
        dialogs: list[str] = []

        def refuse(dialog: Dialog) -> None:
            dialogs.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", refuse)
        open_first_page(page, server)
        expect(service(page)).to_contain_text(MARKUP)
        page.get_by_test_id("service-1").click()
        page.get_by_test_id("resource-1").click()
        page.locator(f'button[data-day="{working_day()}"]').click()
        choose(page, "11:00")
        assert dialogs == []
        assert page.locator("img[src=x]").count() == 0


def test_the_embedded_page_has_them_too(server: Server, chromium: Browser) -> None:
    with page_of(chromium, "de") as page:
        page.goto(server.url)
        page.evaluate(
            """async () => {
                document.body.innerHTML = '<dibs-booking></dibs-booking>';
                const script = document.createElement('script');
                script.type = 'module';
                script.src = '/embed.js';
                document.head.append(script);
            }"""
        )
        expect(page.locator("dibs-booking").get_by_text("Erstes Gespräch")).to_be_visible()
