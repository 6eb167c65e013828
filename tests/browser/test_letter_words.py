"""The owner changes the words of a letter next to a preview of the letter, in real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office_pages import Look, build_look, set_up_owner, sign_in
from tests.browser.test_office_catalog import NewPage
from tests.support.days import at, wire, working_day
from tests.support.mail import MailSink, text_of
from tests.support.office import OWNER, OfficeBrowser
from tests.support.server import Server
from tests.support.waiting import until

NewServer = Callable[..., Server]
WORDS = "/letters/words/confirmed/de"

SIZES = pytest.mark.parametrize(
    ("width", "height", "dark"),
    [(390, 844, False), (390, 844, True), (1280, 860, True), (1280, 860, False)],
)


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


@pytest.fixture
def server(start_server: NewServer, sink: MailSink) -> Server:
    return start_server(smtp_url=sink.url, mail_from="dibs@example.com")


@pytest.fixture
def owner(server: Server) -> Iterator[OfficeBrowser]:
    browser = set_up_owner(server)
    yield browser
    browser.close()


def open_letter(page: Page, server: Server, kind: str = "confirmed", language: str = "de") -> None:
    sign_in(page, server, "/letters")
    choose(page, kind, language)


def choose(page: Page, kind: str, language: str) -> None:
    page.get_by_label("Language").select_option(language)
    page.get_by_label("Letter", exact=True).select_option(f"{kind} customer")
    expect(page.frame_locator("iframe").locator("html")).to_have_attribute("lang", language)


def words_of(owner: OfficeBrowser) -> dict[str, str]:
    found: dict[str, str] = owner.get(WORDS).json()["words"]
    return found


def save_elsewhere(owner: OfficeBrowser, **words: str) -> None:
    """Change the words as another user does on another device."""
    found = owner.get(WORDS).json()
    body: dict[str, Any] = {**found["words"], "version": found["version"], **words}
    assert owner.http.put(WORDS, json=body).status_code == 200


def letter_to_zoe(server: Server, sink: MailSink) -> list[str]:
    """Book in German and return the lines of the letter about that booking."""
    booking = {
        "service_id": 1,
        "resource_id": 1,
        "starts_at": wire(at("10:00", working_day())),
        "language": "de",
        "customer": {"name": "Zoë", "email": "zoe@example.com"},
    }
    assert server.http.post("/api/v1/bookings", json=booking).status_code == 201
    until(lambda: sink.messages_to("zoe@example.com"), "the letter has come")
    (letter,) = sink.messages_to("zoe@example.com")
    return text_of(letter).splitlines()


@SIZES
def test_words_are_changed_beside_the_letter_and_customers_get_them(
    server: Server,
    owner: OfficeBrowser,
    sink: MailSink,
    new_page: NewPage,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    page = new_page(width, height, dark)
    open_letter(page, server)
    frame = page.frame_locator("iframe")
    opening, closing = page.get_by_label("Opening words"), page.get_by_label("Closing words")
    # The fields start with the standard words.
    expect(opening).to_have_value("Guten Tag {{ customer_name }},\n\nWir freuen uns auf Sie.")
    opening.fill("Hallo !\n\nBis bald bei .")
    opening.evaluate("field => field.setSelectionRange(6, 6)")
    page.get_by_role("button", name="customer_name").press("Enter")
    page.keyboard.type(" ♥")
    expect(opening).to_have_value("Hallo {{ customer_name }} ♥!\n\nBis bald bei .")
    expect(frame.get_by_text("Hallo Ann Miller ♥!")).to_be_visible()
    # The preview looks as in a mail program, although the office forbids inline styles.
    size = frame.locator("h1").evaluate("heading => getComputedStyle(heading).fontSize")
    assert size in ("25px", "22px")
    closing.fill("Tschüss <b>& Co\n{{ persn }}")
    expect(page.get_by_text("Line 2: there is no variable persn in this letter.")).to_be_visible()
    expect(closing).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("the standard words where something is wrong")).to_be_visible()
    look(page, f"letter-words-fault{'-dark' if dark else ''}")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(closing).to_be_focused()
    assert words_of(owner)["opening"] == ""
    closing.fill("Tschüss <b>& Co\n{{ person }}")
    expect(frame.get_by_text("Tschüss <b>& Co")).to_be_visible()
    expect(page.get_by_text("there is no variable")).to_have_count(0)
    look(page, f"letter-words{'-dark' if dark else ''}")
    page.get_by_role("button", name="Send me a test").press("Enter")
    expect(page.get_by_text(f"Sent to {OWNER['email']}.")).to_be_visible()
    (test,) = sink.messages_to(OWNER["email"])
    assert "Hallo Ann Miller ♥!" in text_of(test).splitlines()
    assert words_of(owner)["opening"] == ""
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("Letters have these words from now on.")).to_be_visible()
    assert words_of(owner)["closing"] == "Tschüss <b>& Co\n{{ person }}"
    assert words_of(owner)["subject"] == ""
    expect(page.get_by_label("Letter", exact=True).locator("option:checked")).to_contain_text(
        "(your words)"
    )
    assert "Hallo Zoë ♥!" in letter_to_zoe(server, sink)
    page.get_by_role("button", name="Back to the standard words").press("Enter")
    expect(opening).to_have_value("Guten Tag {{ customer_name }},\n\nWir freuen uns auf Sie.")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.get_by_text("Letters have these words from now on.")).to_be_visible()
    assert words_of(owner) == {"subject": "", "opening": "", "closing": ""}


@SIZES
def test_nothing_that_was_typed_is_lost(
    server: Server,
    owner: OfficeBrowser,
    new_page: NewPage,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    """The text stays when the user looks at another letter, is offline, or when somebody else saves
    first."""
    page = new_page(width, height, dark)
    page.on("dialog", lambda dialog: dialog.accept())
    open_letter(page, server)
    subject, opening = page.get_by_label("Subject"), page.get_by_label("Opening words")
    closing = page.get_by_label("Closing words")
    subject.fill("Mein Betreff")
    choose(page, "moved", "ar")
    expect(opening).not_to_have_value("")
    assert opening.evaluate("field => getComputedStyle(field).direction") == "rtl"
    look(page, f"letter-words-arabic{'-dark' if dark else ''}")
    choose(page, "confirmed", "de")
    expect(subject).to_have_value("Mein Betreff")
    expect(page.get_by_text("You had begun to change this.")).to_be_visible()
    page.context.set_offline(True)
    opening.fill("Ohne Netz")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="can’t be reached").first).to_be_visible()
    expect(opening).to_have_value("Ohne Netz")
    look(page, f"letter-words-offline{'-dark' if dark else ''}")
    page.context.set_offline(False)
    page.reload()
    choose(page, "confirmed", "de")
    expect(opening).to_have_value("Ohne Netz")
    expect(subject).to_have_value("Mein Betreff")
    save_elsewhere(owner, subject="Ihr Betreff", closing="Ihr Ende")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Both of you have changed: subject.")).to_be_visible()
    expect(subject).to_have_value("Mein Betreff")
    expect(opening).to_have_value("Ohne Netz")
    expect(closing).to_have_value("Ihr Ende")
    look(page, f"letter-words-merged{'-dark' if dark else ''}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Letters have these words from now on.")).to_be_visible()
    assert words_of(owner) == {
        "subject": "Mein Betreff",
        "opening": "Ohne Netz",
        "closing": "Ihr Ende",
    }


def test_words_that_can_not_be_used_are_named(
    server: Server, owner: OfficeBrowser, new_page: NewPage
) -> None:
    save_elsewhere(owner, opening="Hallo")
    server.sql("UPDATE letter_words SET opening = 'Hallo {{ gone }}'")
    server.sql("UPDATE business SET version = version + 1")
    page = new_page(1280, 860, False)
    sign_in(page, server, "/letters")
    alert = page.get_by_role("alert").filter(has_text="can’t be used")
    expect(alert).to_contain_text("Booked, to customer, Deutsch, opening words")
    expect(alert).to_contain_text("there is no variable gone")
    choose(page, "confirmed", "de")
    page.get_by_label("Opening words").fill("Hallo")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(alert).to_have_count(0)
