"""Describes why a mail server did not take a letter, in words for the owner."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiosmtplib import SMTPAuthenticationError, SMTPConnectError, SMTPException

from dibs.notify.mail import (
    SEND_TIMEOUT,
    NoMessageCanBeSent,
    NotEncrypted,
    Undeliverable,
    reason_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dibs.settings import Settings

USUAL_PORTS = {"smtp": 587, "smtps": 465}


def describe_fault(error: Exception, settings: Settings) -> str:
    """Return what is wrong, and which setting may mend it. The text never contains the password."""
    url = urlsplit(settings.smtp_url)
    host, usual = url.hostname, USUAL_PORTS[url.scheme]
    port = f"port {url.port}" if url.port else "its port"
    causes = tuple(_causes(error))
    if any(isinstance(each, socket.gaierror) for each in causes):
        return f"There is no host with the name {host}. Look at the name in DIBS_SMTP_URL."
    if any(isinstance(each, ConnectionRefusedError) for each in causes):
        return (
            f"{host} refuses connections to {port}. Look at the port in DIBS_SMTP_URL; usual for"
            f" {url.scheme}:// is {usual}."
        )
    if any(isinstance(each, TimeoutError) for each in causes):
        return (
            f"{host} gives no answer at {port} within {SEND_TIMEOUT:.0f} seconds. Look at the port"
            " in DIBS_SMTP_URL, and whether a firewall is in the way."
        )
    if any(isinstance(each, NotEncrypted) for each in causes):
        return (
            f"The connection to {host} can't be encrypted: {error}. Look at the name in"
            " DIBS_SMTP_URL, and at DIBS_SMTP_TLS."
        )
    if isinstance(error, SMTPAuthenticationError):
        return (
            f"{host} refuses the user or the password (code {error.code}). Look at both in"
            " DIBS_SMTP_URL; special characters are written as %40 and the like."
        )
    if isinstance(error, NoMessageCanBeSent):
        return f"{host} does not accept the sender {settings.mail_from}. Look at DIBS_MAIL_FROM."
    if isinstance(error, Undeliverable):
        return f"{host} does not accept the recipient: {error}."
    if isinstance(error, SMTPConnectError | OSError):
        return f"There is no connection to {host}: {reason_of(error)}."
    if isinstance(error, SMTPException):
        return f"{host} does not take the letter: {reason_of(error)}."
    return f"The letter could not be sent: {reason_of(error)}."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
