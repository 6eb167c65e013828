"""What Dibs sends to the mail server, and how it treats the server's answers."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import trustme
from aiosmtplib import SMTPException

from dibs.notify.mail import (
    SEND_TIMEOUT,
    Content,
    Headers,
    Message,
    NotEncrypted,
    SmtpMailer,
    Undeliverable,
    write_message,
)
from dibs.settings import Settings
from tests.support.mail import MailSink

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 12, 2, 9, tzinfo=UTC)


def message_to_ann() -> Message:
    content = Content("hello", "a message")
    return write_message("dibs@x.example", "ann@example.com", content, NOW)


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


async def test_a_message_reaches_its_address_alone_whatever_its_headers_say(sink: MailSink) -> None:
    message = message_to_ann()
    message.email["Cc"] = "bob@example.com"
    await SmtpMailer(sink.url, must_encrypt=False).send(message)
    assert sink.recipients == [["ann@example.com"]]


async def test_a_message_says_when_it_was_written_and_which_it_is(sink: MailSink) -> None:
    """Without these headers a message may be taken for spam."""
    for _ in range(2):
        await SmtpMailer(sink.url, must_encrypt=False).send(message_to_ann())
    messages = sink.messages_to("ann@example.com")
    assert [message["Date"].datetime for message in messages] == [NOW, NOW]
    names = {message["Message-ID"] for message in messages}
    assert len(names) == 2
    assert all(name.endswith("@x.example>") for name in names)
    assert {message["Auto-Submitted"] for message in messages} == {"auto-generated"}


@pytest.mark.parametrize("who", ["answer", "answer_to_recipient"])
async def test_a_refusal_for_good_says_so_and_names_nobody(sink: MailSink, who: str) -> None:
    setattr(sink, who, "550 5.1.1 <ann@example.com>: no such user")
    with pytest.raises(Undeliverable, match=r"^refused with 550$"):
        await SmtpMailer(sink.url, must_encrypt=False).send(message_to_ann())


@pytest.mark.parametrize("who", ["answer", "answer_to_recipient"])
async def test_a_refusal_for_now_is_another_thing(sink: MailSink, who: str) -> None:
    setattr(sink, who, "451 4.7.1 greylisted")
    with pytest.raises(SMTPException):
        await SmtpMailer(sink.url, must_encrypt=False).send(message_to_ann())


@pytest.mark.parametrize(
    ("sender", "to"),
    [
        ("dibs@x.example", "=?utf-8?q?v=40victim.org=3E?=@z.com"),
        ("dibs@x.example", "a@z..com"),
        ("dibs@x.example\nBcc: bob@example.com", "ann@example.com"),
    ],
)
def test_what_can_not_be_written_as_it_is_meant_is_no_message(sender: str, to: str) -> None:
    with pytest.raises(Undeliverable):
        write_message(sender, to, Content("hello", "a message"), NOW)


def test_line_breaks_in_a_subject_or_a_name_add_no_header() -> None:
    broken = "hello\r\nBcc: bob@example.com"
    headers = Headers(sender_name=broken)
    content = Content(broken, "a message")
    written = write_message("dibs@x.example", "ann@example.com", content, NOW, headers)
    read = message_from_bytes(written.email.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert read["Bcc"] is None
    assert read["Subject"] == "hello  Bcc: bob@example.com"
    assert read["From"].addresses[0].display_name == "hello  Bcc: bob@example.com"


@pytest.mark.scenario(30)
async def test_a_server_that_hangs_is_left_at_once(sink: MailSink) -> None:
    sink.answer = "hang"
    sending = asyncio.create_task(SmtpMailer(sink.url, must_encrypt=False).send(message_to_ann()))
    async with asyncio.timeout(10):
        while sink.attempts == 0:
            await asyncio.sleep(0.01)
    sending.cancel()
    done, _ = await asyncio.wait({sending}, timeout=SEND_TIMEOUT / 3)
    assert done == {sending}


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> trustme.CA:
    """Return a certificate authority that this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


def start_encrypting_sink(authority: trustme.CA, name: str) -> MailSink:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return MailSink(context)


def with_login(sink: MailSink) -> str:
    return sink.url.replace("smtp://", "smtp://user:s%2Fcret@")


async def test_a_message_and_the_password_travel_encrypted(authority: trustme.CA) -> None:
    sink = start_encrypting_sink(authority, "127.0.0.1")
    await SmtpMailer(with_login(sink), must_encrypt=True).send(message_to_ann())
    sink.stop()
    assert (sink.encrypted, sink.logins) == ([True], [(b"user", b"s/cret")])


async def test_nothing_is_told_to_a_server_that_cannot_encrypt(sink: MailSink) -> None:
    with pytest.raises(NotEncrypted):
        await SmtpMailer(with_login(sink), must_encrypt=True).send(message_to_ann())
    assert (sink.attempts, sink.logins) == (0, [])


async def test_nothing_is_told_to_a_server_with_the_certificate_of_another(
    authority: trustme.CA,
) -> None:
    sink = start_encrypting_sink(authority, "mail.example")
    with pytest.raises(NotEncrypted):
        await SmtpMailer(with_login(sink), must_encrypt=True).send(message_to_ann())
    sink.stop()
    assert (sink.attempts, sink.logins) == (0, [])


async def test_nothing_is_told_to_a_server_with_a_certificate_that_nobody_knows(
    authority: trustme.CA,
) -> None:
    sink = start_encrypting_sink(trustme.CA(), "127.0.0.1")
    with pytest.raises(NotEncrypted):
        await SmtpMailer(with_login(sink), must_encrypt=True).send(message_to_ann())
    sink.stop()
    assert (sink.attempts, sink.logins) == (0, [])


async def test_where_it_may_be_in_clear_it_is_encrypted_if_it_can_be(sink: MailSink) -> None:
    unknown = start_encrypting_sink(trustme.CA(), "mail.example")
    for each in (sink, unknown):
        await SmtpMailer(each.url, must_encrypt=False).send(message_to_ann())
    unknown.stop()
    assert (sink.encrypted, unknown.encrypted) == ([False], [True])


@pytest.mark.parametrize(
    ("url", "tls", "must"),
    [
        ("smtp://mail.example", "auto", True),
        ("smtp://10.0.0.1", "auto", True),
        ("smtp://127.0.0.1.example", "auto", True),
        ("smtp://localhost:1025", "auto", False),
        ("smtp://127.0.0.1", "auto", False),
        ("smtp://[::1]:25", "auto", False),
        ("smtp://localhost", "required", True),
        ("smtp://mail.example", "optional", False),
    ],
)
def test_mail_is_encrypted_unless_it_stays_on_this_machine(url: str, tls: str, must: bool) -> None:
    assert Settings(smtp_url=url, smtp_tls=tls).mail_must_be_encrypted is must
