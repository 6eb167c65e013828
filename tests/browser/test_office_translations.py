"""The business's own texts in other languages, as an owner writes them in the office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.office_pages import Look, build_look
from tests.support.office import OfficeBrowser
from tests.support.server import Server

OpenPage = Callable[..., Page]
NewPage = Callable[..., Page]

SIZES = pytest.mark.parametrize(("width", "height", "dark"), [(390, 844, True), (1280, 860, False)])
EVIL = "<img src=x onerror=\"document.title='evil'\">"
SAVED = "Saved. Customers see it now."


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


def unfold(page: Page, title: str = "In other languages") -> Locator:
    fold = page.locator("details.translations").filter(has_text=title)
    fold.locator("summary").press("Enter")
    return fold


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()


def service_of(server: Server, language: str) -> Any:
    return server.http.get("/api/v1/services", params={"lang": language}).json()[0]


@SIZES
def test_an_owner_writes_the_texts_of_a_service_in_other_languages(
    server: Server,
    owner: OfficeBrowser,
    open_office: OpenPage,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    page = open_office("/services/1", width=width, height=height, dark=dark)
    unfold(page)
    page.get_by_label("Name in German").fill("Beratung")
    page.get_by_label("Description in German").fill("Erstes\nGespräch")
    arabic = page.get_by_label("Name in Arabic")
    expect(arabic).to_have_attribute("dir", "rtl")
    expect(arabic).to_have_attribute("lang", "ar")
    arabic.fill("استشارة")
    page.get_by_label("Name in Spanish").fill(EVIL)
    page.get_by_label("Name in French").fill("x" * 201)
    look(page, "service-in-other-languages")
    save(page)
    french = page.get_by_label("Name in French")
    expect(french).to_be_focused()
    expect(page.get_by_text("It has more than 200 characters")).to_be_visible()
    french.fill(" ")
    save(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    assert (service_of(server, "de")["name"], service_of(server, "de")["description"]) == (
        "Beratung",
        "Erstes\nGespräch",
    )
    assert service_of(server, "ar")["name"] == "استشارة"
    assert service_of(server, "fr")["name"] == "Consultation"
    page.get_by_role("link", name="Consultation").click()
    fold = page.locator("details.translations summary")
    expect(fold).to_contain_text("German")
    expect(page.get_by_label("Name in German")).to_have_count(0)
    unfold(page)
    expect(page.get_by_label("Name in Spanish")).to_have_value(EVIL)
    assert page.title() != "evil"
    # Saving other fields keeps the translations.
    page.get_by_label("Duration").fill("45")
    save(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    assert service_of(server, "de")["name"] == "Beratung"
    audit = open_office("/audit", width=width, height=height, dark=dark)
    expect(audit.get_by_text("texts in other languages").first).to_be_visible()


def test_people_categories_and_the_business_have_them_too(
    server: Server, owner: OfficeBrowser, open_office: OpenPage, look: Look
) -> None:
    page = open_office("/people/1")
    page.get_by_label("A line about them").fill("Paints")
    unfold(page)
    page.get_by_label("A line about them in German").fill("Malt")
    save(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    person = server.http.get("/api/v1/resources?lang=de").json()[0]
    assert person["about"] == "Malt"
    page = open_office("/business")
    unfold(page)
    page.get_by_label("Name in German").fill("Atelier")
    save(page)
    expect(page.get_by_text("Saved.").first).to_be_visible()
    assert server.http.get("/api/v1/business?lang=de").json()["name"] == "Atelier"
    page = open_office("/services/1")
    page.get_by_label("Category").fill("Talks")
    save(page)
    expect(page.get_by_text(SAVED)).to_be_visible()
    page.get_by_role("button", name="Categories in other languages").press("Enter")
    unfold(page, "Talks")
    page.get_by_label("Category in German").fill("Gespräche")
    look(page, "categories-in-other-languages")
    save(page)
    expect(page.get_by_role("button", name="Discard changes")).to_have_count(0)
    assert service_of(server, "de")["category"] == "Gespräche"


def test_what_the_business_says_in_its_own_language_is_no_translation(
    server: Server, owner: OfficeBrowser, open_office: OpenPage
) -> None:
    page = open_office("/business")
    expect(page.locator("details.translations")).to_be_visible()
    unfold(page)
    page.get_by_label("Name in German").fill("Atelier")
    page.get_by_label("Language of the business").select_option("de")
    save(page)
    expect(page.get_by_text("The business writes in this language")).to_be_visible()
    page.get_by_label("Name in German").fill("")
    save(page)
    expect(page.get_by_text("Saved.").first).to_be_visible()
