"""The seam to the world's mail."""

from __future__ import annotations

import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import (
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPTimeoutError,
)

from dibs.email_address import is_address

#: A letter may take so long in all; so may each step of sending it.
SEND_SECONDS = 15.0
QUIT_SECONDS = 1.0
#: From here on a mail server means what it says; below, later is another chance.
FOR_GOOD = 500


@dataclass(frozen=True)
class Letter:
    """A message, and the one address that gets it: the envelope isn't read out of the headers."""

    to: str
    message: EmailMessage


class Undeliverable(Exception):
    """No later try of this letter can succeed; its text names nobody."""


class NoLetterCanBeSent(Undeliverable):
    """Nor can any other letter: the settings or the catalog must be changed first."""


class Mailer(Protocol):
    async def send(self, letter: Letter) -> None:
        """Hand a letter over for good.

        Raises Undeliverable. May raise anything else: it is tried again.
        """
        ...


class NotEncrypted(Exception):
    """Nothing was sent: the mail server can't be talked to in secret, or shows another's
    certificate."""


class SmtpMailer:
    """A mail server by its URL: smtp:// uses STARTTLS, smtps:// is encrypted from the start."""

    def __init__(self, url: str, *, must_encrypt: bool) -> None:
        """Without `must_encrypt` STARTTLS is used if the server can, whatever its certificate:
        that is better than in clear."""
        self._server = urlsplit(url)
        self._must_encrypt = must_encrypt

    async def send(self, letter: Letter) -> None:
        url = self._server
        server = aiosmtplib.SMTP(
            hostname=url.hostname,
            port=url.port,
            use_tls=url.scheme == "smtps",
            # Before it is used we look whether the server can.
            start_tls=False,
            validate_certs=self._must_encrypt or url.scheme == "smtps",
            timeout=SEND_SECONDS,
        )
        try:
            await self._connect(server)
            await server.send_message(letter.message, recipients=[letter.to])
            with suppress(SMTPException):
                await server.quit(timeout=QUIT_SECONDS)
        except (SMTPSenderRefused, SMTPRecipientsRefused, SMTPDataError) as refusal:
            # Other refusals are the server's own trouble (greeting, login) and say nothing of this
            # letter.
            code = _code_of(refusal)
            if code >= FOR_GOOD and isinstance(refusal, SMTPSenderRefused):
                raise NoLetterCanBeSent(f"the sender is refused with {code}") from refusal
            if code >= FOR_GOOD:
                raise Undeliverable(f"refused with {code}") from refusal
            raise
        finally:
            # Not the library's `async with`: that would say goodbye to a server that hangs.
            server.close()

    async def _connect(self, server: aiosmtplib.SMTP) -> None:
        """Log in, over an encrypted connection. Raises NotEncrypted before anything is told."""
        url = self._server
        try:
            await server.connect()
            if url.scheme == "smtp":
                await server.ehlo()
                if server.supports_extension("starttls"):
                    await server.starttls()
                elif self._must_encrypt:
                    raise NotEncrypted("it has no STARTTLS")
        except ssl.SSLError as error:
            raise NotEncrypted(str(error)) from error
        except SMTPException as error:
            if _is_of_certificate(error):
                raise NotEncrypted(str(error)) from error
            raise
        if url.username:
            await server.login(unquote(url.username), unquote(url.password or ""))


def write_message(sender: str, to: str, subject: str, text: str) -> Letter:
    """Raises Undeliverable."""
    if not is_address(to):
        raise Undeliverable("not to an address")
    message = EmailMessage()
    _set(message, "From", sender)
    if not message["From"].addresses:
        raise NoLetterCanBeSent("its From can't be written: there is no address in it")
    _set(message, "To", Address(addr_spec=to))
    _set(message, "Subject", subject)
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = make_msgid(domain=message["From"].addresses[0].domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return Letter(to, message)


def _set(message: EmailMessage, name: str, value: str | Address) -> None:
    """Raises NoLetterCanBeSent."""
    try:
        message[name] = value
    except (ValueError, IndexError) as fault:
        raise NoLetterCanBeSent(f"its {name} can't be written: {fault}") from fault


def reason_of(error: Exception) -> str:
    """What went wrong, in a line that names nobody: a mail server may quote whom it refuses."""
    kind = type(error).__name__
    if isinstance(error, SMTPResponseException):
        return f"{kind} {error.code}"
    if isinstance(error, SMTPConnectError | SMTPTimeoutError | OSError | NotEncrypted):
        return f"{kind}: {error}" if str(error) else kind
    return kind


def _is_of_certificate(error: BaseException) -> bool:
    """Whether encryption failed, and not the connection."""
    cause = error.__cause__ or error.__context__
    return isinstance(cause, ssl.SSLError)


def _code_of(refusal: SMTPSenderRefused | SMTPRecipientsRefused | SMTPDataError) -> int:
    if isinstance(refusal, SMTPRecipientsRefused):
        return refusal.recipients[0].code
    return refusal.code
