"""The questions of a service, from the form of the booking page to the letter and the office."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.pages import choose, confirm, fill_in, go_on, open_times, part
from tests.browser.test_languages import page_of
from tests.support.asking import GERMAN_TERMS, build_asking_demo
from tests.support.mail import MailSink, text_of
from tests.support.office import OfficeBrowser
from tests.support.server import Server, run_dibs
from tests.support.waiting import until

EMAIL = "ann@example.com"
SIZES = pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 860)])


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


@pytest.fixture
def server(tmp_path: Path, sink: MailSink) -> Iterator[Server]:
    (file := tmp_path / "catalog.toml").write_text(build_asking_demo(), encoding="utf-8")
    applied = run_dibs("catalog", "apply", str(file), "--data", str(tmp_path / "data"))
    assert applied.returncode == 0, applied.stderr
    server = Server.start(
        tmp_path / "data", command="serve", smtp_url=sink.url, mail_from="studio@dibs.example"
    )
    yield server
    server.stop()


def field(page: Page, name: str) -> Locator:
    return page.locator(f'[name="{name}"]')


def error(page: Page, name: str) -> Locator:
    return page.locator(f'[id="{name}-error"]')


def open_form(page: Page, server: Server) -> None:
    open_times(page, server)
    choose(page, "10:00")
    go_on(page)
    fill_in(page)
    expect(field(page, "answers.allergies")).to_be_visible()


def answer_all(page: Page) -> None:
    field(page, "answers.allergies").fill("nuts")
    field(page, "answers.hair").nth(1).check()
    field(page, "answers.grown_up").check()
    field(page, "answers.guests").fill("٢")
    field(page, "accepted_terms").check()


def expect_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@SIZES
def test_a_visitor_answers_and_the_business_reads_it(
    server: Server,
    sink: MailSink,
    chromium: Browser,
    open_office: Callable[..., Page],
    owner: OfficeBrowser,
    width: int,
    height: int,
) -> None:
    with page_of(chromium, "en-GB") as page:
        page.set_viewport_size({"width": width, "height": height})
        open_form(page, server)
        confirm(page)
        expect(error(page, "answers.hair")).to_have_text("Please answer this question.")
        expect(error(page, "answers.grown_up")).to_have_text("Please tick this box.")
        expect(error(page, "accepted_terms")).to_have_text("Please accept the terms.")
        expect(field(page, "answers.hair").first).to_be_focused()
        expect_accessible(page)
        answer_all(page)
        for name in ("answers.hair", "answers.grown_up", "accepted_terms"):
            expect(error(page, name)).to_be_empty()
        page.reload()
        expect(field(page, "answers.allergies")).to_have_value("nuts")
        expect(field(page, "answers.hair").nth(1)).to_be_checked()
        expect(field(page, "accepted_terms")).to_be_checked()
        confirm(page)
        expect(part(page, "answers")).to_contain_text("nuts")
        reference = part(page, "reference").inner_text()
        expect_accessible(page)
        page.goto(part(page, "manage-link").get_attribute("href") or "")
        expect(part(page, "answers")).to_contain_text("Long")
        expect(part(page, "answers")).to_contain_text("Yes")
    until(lambda: sink.messages_to(EMAIL), "the letter has come")
    assert "nuts" in text_of(sink.messages_to(EMAIL)[0])
    office = open_office(f"/bookings/{reference}", width=width, height=height)
    answers = office.get_by_role("region", name="Answers")
    expect(answers).to_contain_text("nuts")
    expect(answers).to_contain_text("Yes")
    office.get_by_text("Accepted terms").press("Enter")
    expect(office.get_by_text("No-shows pay half.")).to_be_visible()
    expect_accessible(office)


@contextmanager
def changed_while_it_is_filled_in(page: Page, server: Server, toml: str) -> Iterator[None]:
    """Change the catalog while the visitor fills in the form.

    The page can read the new catalog only after it has sent the form.
    """
    is_sent = False

    def send(route: Route) -> None:
        nonlocal is_sent
        is_sent = True
        route.continue_()

    page.route("**/api/v1/bookings", send)
    page.route(
        re.compile("/api/v1/(business|services)[?]"),
        lambda route: route.continue_() if is_sent else route.abort(),
    )
    (file := server.data / "changed.toml").write_text(toml, encoding="utf-8")
    applied = run_dibs("catalog", "apply", str(file), "--data", str(server.data))
    assert applied.returncode == 0, applied.stderr
    yield


@pytest.mark.parametrize(
    ("language", "changed"),
    [
        ("en-GB", "The terms have changed. Please read them again and accept them."),
        ("ar", "تغيّرت الشروط. يُرجى قراءتها من جديد والموافقة عليها."),
    ],
)
def test_terms_that_change_while_the_form_is_filled_in_are_accepted_again(
    server: Server, chromium: Browser, language: str, changed: str
) -> None:
    with page_of(chromium, language) as page:
        open_form(page, server)
        answer_all(page)
        toml = build_asking_demo().replace("No-shows pay half.", "No-shows pay all.")
        with changed_while_it_is_filled_in(page, server, toml):
            confirm(page)
        expect(error(page, "accepted_terms")).to_have_text(changed)
        expect(page.get_by_text("No-shows pay all.")).to_be_visible()
        expect(field(page, "accepted_terms")).not_to_be_checked()
        expect(field(page, "accepted_terms")).to_be_focused()
        expect_accessible(page)
        field(page, "accepted_terms").check()
        expect(error(page, "accepted_terms")).to_be_empty()
        confirm(page)
        expect(part(page, "answers")).to_contain_text("nuts")


def test_a_choice_that_is_gone_is_made_again(server: Server, chromium: Browser) -> None:
    with page_of(chromium, "en-GB") as page:
        open_form(page, server)
        answer_all(page)
        toml = build_asking_demo().replace('"Long"', '"Longer"')
        with changed_while_it_is_filled_in(page, server, toml):
            confirm(page)
        expect(page.get_by_text("Longer", exact=True)).to_be_visible()
        gone = "This choice is no longer offered. Please choose again."
        expect(error(page, "answers.hair")).to_have_text(gone)
        field(page, "answers.hair").nth(1).check()
        expect(error(page, "answers.hair")).to_be_empty()
        confirm(page)
        expect(part(page, "answers")).to_contain_text("Longer")


def test_a_choice_stays_when_the_visitor_takes_another_language(
    server: Server, chromium: Browser
) -> None:
    with page_of(chromium, "en-GB") as page:
        open_form(page, server)
        answer_all(page)
        page.get_by_test_id("language").select_option("de")
        expect(page.get_by_text("Wie lang ist Ihr Haar?")).to_be_visible()
        expect(field(page, "answers.hair").nth(1)).to_be_checked()
        # The terms have changed, so they must be accepted again.
        expect(field(page, "accepted_terms")).not_to_be_checked()
        page.locator(".terms summary").press("Enter")
        expect(page.get_by_text(GERMAN_TERMS)).to_be_visible()
        field(page, "accepted_terms").press("Space")
        confirm(page)
        expect(part(page, "answers")).to_contain_text("Lang")


def test_texts_in_another_language_say_so_on_the_arabic_page(
    server: Server, chromium: Browser
) -> None:
    with page_of(chromium, "ar") as page:
        page.set_viewport_size({"width": 390, "height": 844})
        open_form(page, server)
        label = page.get_by_text("How long is your hair?")
        expect(label).to_have_attribute("lang", "en")
        confirm(page)
        expect(error(page, "accepted_terms")).to_have_text("يُرجى الموافقة على الشروط.")
        expect_accessible(page)
        answer_all(page)
        confirm(page)
        expect(part(page, "answers")).to_contain_text("nuts")
        expect_accessible(page)
