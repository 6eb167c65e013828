"""Questions to customers and terms, as an owner writes them in the office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.office_pages import Look, build_look
from tests.support.office import OfficeBrowser
from tests.support.server import Server

OpenPage = Callable[..., Page]

SIZES = pytest.mark.parametrize(("width", "height", "dark"), [(390, 844, True), (1280, 860, False)])
SAVED = "Saved. Customers see it now."


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


def question(page: Page, number: int) -> Locator:
    return page.get_by_role("group", name=f"Question {number}", exact=True)


def add_question(page: Page, label: str) -> None:
    """Add a question with the keyboard only: the new question has the focus."""
    page.get_by_role("button", name="Add a question").press("Enter")
    page.keyboard.type(label)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").press("Enter")


def service_of(server: Server, language: str) -> Any:
    return server.http.get("/api/v1/services", params={"lang": language}).json()[0]


@SIZES
def test_an_owner_asks_questions_in_two_languages(
    server: Server,
    owner: OfficeBrowser,
    open_office: OpenPage,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    page = open_office("/services/1", width=width, height=height, dark=dark)
    add_question(page, "Do you have allergies?")
    add_question(page, "How long is your hair?")
    hair = question(page, 2)
    hair.get_by_label("Answer", exact=True).select_option("One of several choices")
    hair.get_by_label("Choices", exact=True).fill("Short\n\nLong\n")
    hair.get_by_label("Customers must answer it").press("Space")
    hair.locator("summary").press("Enter")
    hair.get_by_label("Question in German").fill("Wie lang ist Ihr Haar?")
    hair.get_by_label("Choices in German").fill("Kurz\nLang")
    up = page.get_by_role("button", name="Move question 2 up")
    up.press("Enter")
    expect(page.get_by_role("button", name="Move question 1 up")).to_be_focused()
    page.locator('textarea[name="terms"]').fill("Be on time.\nNo-shows pay half.")
    look(page, f"office-questions-{width}")
    save(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    first, second = service_of(server, "en")["questions"]
    assert (first["label"], first["required"]) == ("How long is your hair?", True)
    assert first["choices"] == ["Short", "Long"]
    assert (second["id"], second["kind"]) == ("do-you-have-allergies", "text")
    german = service_of(server, "de")
    assert german["questions"][0]["choices"] == ["Kurz", "Lang"]
    assert german["terms"] == "Be on time.\nNo-shows pay half."
    page.get_by_role("link", name="Consultation").first.click()
    page.get_by_role("button", name="Remove question 1").press("Enter")
    expect(page.get_by_role("button", name="Add a question")).to_be_focused()
    save(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    assert [each["label"] for each in service_of(server, "en")["questions"]] == [second["label"]]


def test_what_is_wrong_with_a_question_is_said_where_it_is(
    server: Server, owner: OfficeBrowser, open_office: OpenPage
) -> None:
    page = open_office("/services/1")
    add_question(page, "How long is your hair?")
    question(page, 1).get_by_label("Answer", exact=True).select_option("One of several choices")
    choices = question(page, 1).get_by_label("Choices", exact=True)
    choices.fill("Short")
    save(page)
    expect(choices).to_have_attribute("aria-invalid", "true")
    expect(choices).to_be_focused()
    add_question(page, " ")
    choices.fill("Short\nLong")
    save(page)
    label = question(page, 2).get_by_label("Question", exact=True)
    expect(label).to_have_attribute("aria-invalid", "true")
    assert service_of(server, "en")["questions"] == []


def test_the_business_has_terms_for_all_services(
    server: Server, owner: OfficeBrowser, open_office: OpenPage
) -> None:
    page = open_office("/business")
    page.locator('textarea[name="terms"]').fill("Be on time.")
    save(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    assert server.http.get("/api/v1/business").json()["terms"] == "Be on time."
