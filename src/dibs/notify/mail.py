"""The seam to the world's mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

if TYPE_CHECKING:
    from email.message import EmailMessage

SEND_SECONDS = 15.0


class Mailer(Protocol):
    async def send(self, message: EmailMessage) -> None:
        """Hand a message over for good. May raise anything: it is tried again."""
        ...


class SmtpMailer:
    """A mail server by its URL: smtp:// uses STARTTLS if the server can, smtps:// is encrypted."""

    def __init__(self, url: str) -> None:
        self._server = urlsplit(url)

    async def send(self, message: EmailMessage) -> None:
        server = self._server
        await aiosmtplib.send(
            message,
            hostname=server.hostname,
            port=server.port,
            username=unquote(server.username) if server.username else None,
            password=unquote(server.password) if server.password else None,
            use_tls=server.scheme == "smtps",
            timeout=SEND_SECONDS,
        )
