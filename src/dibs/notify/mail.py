"""The seam to the world's mail."""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

SEND_SECONDS = 15.0


@dataclass(frozen=True)
class Letter:
    """A message, and the one address that gets it: the envelope isn't read out of the headers."""

    to: str
    message: EmailMessage


class Mailer(Protocol):
    async def send(self, letter: Letter) -> None:
        """Hand a letter over for good. May raise anything: it is tried again."""
        ...


class SmtpMailer:
    """A mail server by its URL: smtp:// uses STARTTLS if the server can, smtps:// is encrypted."""

    def __init__(self, url: str) -> None:
        self._server = urlsplit(url)

    async def send(self, letter: Letter) -> None:
        server = self._server
        await aiosmtplib.send(
            letter.message,
            recipients=[letter.to],
            hostname=server.hostname,
            port=server.port,
            username=unquote(server.username) if server.username else None,
            password=unquote(server.password) if server.password else None,
            use_tls=server.scheme == "smtps",
            timeout=SEND_SECONDS,
        )


def write_letter(sender: str, to: str, subject: str, text: str) -> Letter:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message.set_content(text)
    return Letter(to, message)
