"""`dibs mail test`: it sends a letter by a real mail server, or says in words what is wrong."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.commands import dibs
from tests.support.mail import MailSink

ANN = "ann@example.com"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


def send(url: str, address: str = ANN, **settings: Any) -> Any:
    given = {"mail_from": "studio@dibs.example", "smtp_url": url} | settings
    return dibs("mail", "test", address, **given)


def test_a_letter_is_sent(sink: MailSink) -> None:
    outcome = send(sink.url)
    assert outcome.code == 0, outcome.complained
    assert outcome.said == [
        "127.0.0.1 has taken the letter to ann@example.com, from studio@dibs.example."
    ]
    (message,) = sink.messages
    assert (message["To"], message["From"]) == (ANN, "studio@dibs.example")


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"answer_to_sender": "553 not yours"}, "does not accept the sender studio@dibs.example"),
        ({"answer_to_recipient": "550 nobody"}, "does not accept the recipient: refused with 550"),
        ({"answer": "451 later"}, "does not take the letter: SMTPDataError 451"),
        ({"answer": "554 spam"}, "does not accept the recipient: refused with 554"),
    ],
)
def test_what_the_server_refuses_is_said(
    sink: MailSink, answers: dict[str, str], said: str
) -> None:
    for name, value in answers.items():
        setattr(sink, name, value)
    outcome = send(sink.url)
    assert outcome.code == 1
    assert said in "".join(outcome.complained)
    assert not sink.messages


def test_a_wrong_password_is_said_without_the_password(sink: MailSink) -> None:
    sink.accepts_logins = False
    outcome = send(sink.url.replace("//", "//studio:secret-word@"))
    assert outcome.code == 1
    said = "".join(outcome.complained)
    assert "refuses the user or the password" in said
    assert "secret-word" not in said


def test_a_server_without_encryption_is_said(sink: MailSink) -> None:
    outcome = send(sink.url, smtp_tls="required")
    assert outcome.code == 1
    assert "can't be encrypted: it has no STARTTLS" in "".join(outcome.complained)
    outcome = send(sink.url.replace("smtp:", "smtps:"))
    assert "can't be encrypted" in "".join(outcome.complained)


def test_a_server_that_can_not_be_reached_is_said() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        outcome = send(f"smtp://127.0.0.1:{unused.getsockname()[1]}")
        assert "refuses connections to port" in "".join(outcome.complained)
    outcome = send("smtp://mail.invalid")
    assert "There is no host with the name mail.invalid" in "".join(outcome.complained)


def test_what_can_not_be_tried_is_said(sink: MailSink) -> None:
    for url, address, said in (
        ("", ANN, "DIBS_SMTP_URL names no mail server"),
        ("local:", ANN, "DIBS_SMTP_URL names no mail server"),
        (sink.url, "no address", "no address is no e-mail address"),
    ):
        outcome = send(url, address)
        assert outcome.code == 1
        assert said in "".join(outcome.complained)
