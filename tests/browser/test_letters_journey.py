"""From a booking on the page to its letter, and from the letter to moving and cancelling the
booking, in real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import book, choose, confirm, expect_state, open_times, part
from tests.support.mail import MailSink, text_of
from tests.support.server import Server
from tests.support.waiting import until

NewPage = Callable[..., Page]
EMAIL = "ann@example.com"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


def link_of_letter(sink: MailSink, which: int) -> str:
    """Wait for the letter with this number and return its link to the booking."""
    until(lambda: len(sink.messages_to(EMAIL)) > which, f"letter {which} has come")
    found = re.search(r"http://\S+/manage/\S+#\S+", text_of(sink.messages_to(EMAIL)[which]))
    assert found is not None
    return found[0]


@pytest.mark.scenario(24)
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 860)])
def test_a_customer_goes_from_letter_to_letter(
    start_server: Callable[..., Server], sink: MailSink, new_page: NewPage, width: int, height: int
) -> None:
    server = start_server(smtp_url=sink.url, mail_from="studio@dibs.example")
    page = new_page(width, height)
    open_times(page, server)
    book(page, "10:00")
    letter = new_page(width, height)
    letter.goto(link_of_letter(sink, 0))
    part(letter, "move").click()
    expect_state(letter, "10:00", "now")
    choose(letter, "11:00")
    confirm(letter)
    expect(part(letter, "notice")).to_contain_text("Your booking is now on")
    later = new_page(width, height)
    later.goto(link_of_letter(sink, 1))
    part(later, "cancel").click()
    part(later, "cancel-yes").click()
    expect(later.get_by_role("heading", name="cancelled")).to_be_visible()
    until(lambda: len(sink.messages_to(EMAIL)) == 3, "the letter about the end has come")
    methods = [
        file.get_param("method")
        for message in sink.messages_to(EMAIL)
        for file in message.iter_attachments()
    ]
    assert methods == ["REQUEST", "REQUEST", "CANCEL"]
    assert "/manage/" not in text_of(sink.messages_to(EMAIL)[2])
