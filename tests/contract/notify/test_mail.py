"""What the mail server is told, and what is made of what it says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dibs.notify.mail import SmtpMailer, write_letter
from support.mail import MailSink

pytestmark = pytest.mark.anyio


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


async def test_a_letter_reaches_its_address_alone_whatever_its_headers_say(sink: MailSink) -> None:
    letter = write_letter("dibs@x.example", "ann@example.com", "hello", "a letter")
    letter.message["Cc"] = "bob@example.com"
    await SmtpMailer(sink.url).send(letter)
    assert sink.recipients == [["ann@example.com"]]
