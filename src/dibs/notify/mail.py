"""Messages by e-mail, and the mail server that sends them (SMTP)."""

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

#: Seconds that sending a message may take, and also each step of it.
SEND_TIMEOUT = 15.0
QUIT_TIMEOUT = 1.0
#: SMTP: a refusal with a code from 500 on is permanent. Below, the same may succeed later.
PERMANENT = 500


@dataclass(frozen=True)
class Message:
    """An e-mail, and the one address that gets it. That address isn't read from the headers, so no
    header can add another one."""

    to: str
    email: EmailMessage


class Undeliverable(Exception):
    """No later try of this message can succeed. The text of this error has no address in it."""


class NoMessageCanBeSent(Undeliverable):
    """No other message can be sent either, until the settings or the catalog are changed."""


class Mailer(Protocol):
    async def send(self, message: Message) -> None:
        """Hand the message over to the mail server, which is responsible for it from then on.

        Raises Undeliverable. After any other exception the message is tried again.
        """
        ...


class NotEncrypted(Exception):
    """Nothing was sent, because the mail server has no encryption, or a certificate that isn't of
    its name."""


class SmtpMailer:
    """A mail server by its URL: smtp:// uses STARTTLS, smtps:// is encrypted from the start."""

    def __init__(self, url: str, *, must_encrypt: bool) -> None:
        """Without `must_encrypt` STARTTLS is used if the server has it, whatever its certificate,
        because that is still better than no encryption."""
        self._server = urlsplit(url)
        self._must_encrypt = must_encrypt

    async def send(self, message: Message) -> None:
        url = self._server
        server = aiosmtplib.SMTP(
            hostname=url.hostname,
            port=url.port,
            use_tls=url.scheme == "smtps",
            # `_connect` looks first whether the server has it.
            start_tls=False,
            validate_certs=self._must_encrypt or url.scheme == "smtps",
            timeout=SEND_TIMEOUT,
        )
        try:
            await self._connect(server)
            await server.send_message(message.email, recipients=[message.to])
            with suppress(SMTPException):
                await server.quit(timeout=QUIT_TIMEOUT)
        except (SMTPSenderRefused, SMTPRecipientsRefused, SMTPDataError) as refusal:
            # Other refusals (of the greeting, of the login) concern the server, not this message.
            code = _code_of(refusal)
            if code >= PERMANENT and isinstance(refusal, SMTPSenderRefused):
                raise NoMessageCanBeSent(f"the sender is refused with {code}") from refusal
            if code >= PERMANENT:
                raise Undeliverable(f"refused with {code}") from refusal
            raise
        finally:
            # Not the library's `async with`, because that would wait for a server that hangs.
            server.close()

    async def _connect(self, server: aiosmtplib.SMTP) -> None:
        """Connect, encrypt and log in. Raises NotEncrypted before the password is sent."""
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
            if _is_tls_error(error):
                raise NotEncrypted(str(error)) from error
            raise
        if url.username:
            await server.login(unquote(url.username), unquote(url.password or ""))


def write_message(sender: str, to: str, subject: str, text: str) -> Message:
    """The message with all headers. Raises Undeliverable."""
    if not is_address(to):
        raise Undeliverable("not to an address")
    email = EmailMessage()
    _set(email, "From", sender)
    if not email["From"].addresses:
        raise NoMessageCanBeSent("its From can't be written: there is no address in it")
    _set(email, "To", Address(addr_spec=to))
    _set(email, "Subject", subject)
    email["Date"] = datetime.now(UTC)
    email["Message-ID"] = make_msgid(domain=email["From"].addresses[0].domain)
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(text)
    return Message(to, email)


def _set(email: EmailMessage, name: str, value: str | Address) -> None:
    """Raises NoMessageCanBeSent."""
    try:
        email[name] = value
    except (ValueError, IndexError) as fault:
        raise NoMessageCanBeSent(f"its {name} can't be written: {fault}") from fault


def reason_of(error: Exception) -> str:
    """What went wrong, in a line for the log. The server's own words are left out, because they may
    have the customer's address in them."""
    kind = type(error).__name__
    if isinstance(error, SMTPResponseException):
        return f"{kind} {error.code}"
    if isinstance(error, SMTPConnectError | SMTPTimeoutError | OSError | NotEncrypted):
        return f"{kind}: {error}" if str(error) else kind
    return kind


def _is_tls_error(error: BaseException) -> bool:
    """Whether the encryption failed, and not the connection."""
    cause = error.__cause__ or error.__context__
    return isinstance(cause, ssl.SSLError)


def _code_of(refusal: SMTPSenderRefused | SMTPRecipientsRefused | SMTPDataError) -> int:
    if isinstance(refusal, SMTPRecipientsRefused):
        return refusal.recipients[0].code
    return refusal.code
