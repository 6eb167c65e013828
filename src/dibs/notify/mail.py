"""Messages by e-mail, and the mail server that sends them (SMTP)."""

from __future__ import annotations

import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid
from typing import TYPE_CHECKING, Protocol
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

if TYPE_CHECKING:
    from datetime import datetime

#: Seconds that sending a message may take, and also each step of it.
SEND_TIMEOUT = 15.0
QUIT_TIMEOUT = 1.0
#: In SMTP, a refusal with a code from 500 on is permanent. With a lower code, the same message may
#: succeed later.
PERMANENT = 500


@dataclass(frozen=True)
class Message:
    """An e-mail, and the only address that gets it. The recipient isn't read from the headers, so
    no header can add another address."""

    to: str
    email: EmailMessage


class Undeliverable(Exception):
    """No later try of this message can succeed. The text of this error has no address in it."""


class NoLongerTrue(Undeliverable):
    """What the letter would say is over, or has changed since."""


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
        """Without `must_encrypt`, STARTTLS is used if the server has it, with any certificate,
        because that is still better than no encryption."""
        self._server = urlsplit(url)
        self._must_encrypt = must_encrypt

    async def send(self, message: Message) -> None:
        url = self._server
        server = aiosmtplib.SMTP(
            hostname=url.hostname,
            port=url.port,
            use_tls=url.scheme == "smtps",
            # `_connect` begins TLS itself, after it has checked that the server has STARTTLS.
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


@dataclass(frozen=True)
class Content:
    """The content of a message. `calendar` is a calendar file with its method, like REQUEST."""

    subject: str
    text: str
    html: str | None = None
    calendar: tuple[bytes, str] | None = None


@dataclass(frozen=True)
class Headers:
    """Some headers of a message. `name` identifies the message. A message that is sent a second
    time has the same name, so that mail programs show it once. Messages with the same `thread` are
    shown together. `sender_name` is shown as the sender, unless the setting for the sender has a
    name."""

    name: str | None = None
    thread: str | None = None
    sender_name: str = ""
    reply_to: str | None = None


_NO_HEADERS = Headers()
#: These characters join emoji and letters, or set the direction of writing. Headers keep them,
#: although Python does not count them as printable.
_JOINERS = "\u200c\u200d\u200e\u200f"


def write_message(
    sender: str, to: str, content: Content, now: datetime, headers: Headers = _NO_HEADERS
) -> Message:
    """Return the message with all headers, dated `now`. Raises Undeliverable."""
    if not is_address(to):
        raise Undeliverable("not to an address")
    email = EmailMessage()
    domain = _set_sender(email, sender, headers.sender_name)
    _set(email, "To", Address(addr_spec=to))
    if headers.reply_to and is_address(headers.reply_to):
        _set(email, "Reply-To", Address(addr_spec=headers.reply_to))
    _set(email, "Subject", _one_line(content.subject))
    email["Date"] = now
    named = f"<{headers.name}@{domain}>" if headers.name else None
    email["Message-ID"] = named or make_msgid(domain=domain)
    if headers.thread:
        email["References"] = f"<{headers.thread}@{domain}>"
    email["Auto-Submitted"] = "auto-generated"
    _set_content(email, content)
    return Message(to, email)


def _set_sender(email: EmailMessage, sender: str, name: str) -> str:
    """Write From; returns the domain of its address. Raises NoMessageCanBeSent."""
    _set(email, "From", sender)
    if not email["From"].addresses:
        raise NoMessageCanBeSent("its From can't be written: there is no address in it")
    address: Address = email["From"].addresses[0]
    if name and not address.display_name:
        del email["From"]
        _set(email, "From", Address(_one_line(name), addr_spec=address.addr_spec))
    return address.domain


def _set_content(email: EmailMessage, content: Content) -> None:
    """Set the text, the HTML and the calendar file. The file is added twice: as a part that mail
    programs understand as an invitation, and as an attachment for programs that don't."""
    email.set_content(content.text)
    if content.html is not None:
        email.add_alternative(content.html, subtype="html")
    if content.calendar is None:
        return
    file, method = content.calendar
    email.add_alternative(file.decode(), subtype="calendar", params={"method": method})
    email.add_attachment(
        file.decode(), subtype="calendar", params={"method": method}, filename="appointment.ics"
    )


def _one_line(text: str) -> str:
    """Return the text without line breaks and other control characters. No header may have them."""
    return "".join(each if each.isprintable() or each in _JOINERS else " " for each in text)


def _set(email: EmailMessage, name: str, value: str | Address) -> None:
    """Set a header. Raises NoMessageCanBeSent if the value can't be a header."""
    try:
        email[name] = value
    except (ValueError, IndexError) as fault:
        raise NoMessageCanBeSent(f"its {name} can't be written: {fault}") from fault


def reason_of(error: Exception) -> str:
    """Return what went wrong, in one line for the log. The server's own words are left out, because
    they may contain the customer's address."""
    kind = type(error).__name__
    if isinstance(error, SMTPResponseException):
        return f"{kind} {error.code}"
    if isinstance(error, SMTPConnectError | SMTPTimeoutError | OSError | NotEncrypted):
        return f"{kind}: {error}" if str(error) else kind
    return kind


def _is_tls_error(error: BaseException) -> bool:
    """Tell whether the encryption failed, and not the connection."""
    cause = error.__cause__ or error.__context__
    return isinstance(cause, ssl.SSLError)


def _code_of(refusal: SMTPSenderRefused | SMTPRecipientsRefused | SMTPDataError) -> int:
    if isinstance(refusal, SMTPRecipientsRefused):
        return refusal.recipients[0].code
    return refusal.code
