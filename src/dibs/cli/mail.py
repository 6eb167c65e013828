"""`dibs mail test`: sends a letter by the mail server, or says in words why that fails."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from dibs.cli.environment import read_settings
from dibs.cli.output import say
from dibs.email_address import is_address
from dibs.errors import CannotStart
from dibs.notify.mail import SEND_TIMEOUT, Content, SmtpMailer, write_message
from dibs.notify.mail_faults import describe_fault
from dibs.setting_types import LOCAL_OUTBOX

if TYPE_CHECKING:
    from dibs.settings import Settings

TEXT = """This letter shows that Dibs can send letters by this mail server.

Dibs
"""

mail = typer.Typer(help="The mail server.", no_args_is_help=True)


@mail.callback()
def group() -> None:
    """Do nothing. Without a callback, Typer would make the group's only command the group."""


@mail.command("test")
def send_test(address: Annotated[str, typer.Argument(help="Who gets the letter.")]) -> None:
    """Send a letter to an address. If that fails, say what is wrong."""
    settings = read_settings()
    if settings.smtp_url in ("", LOCAL_OUTBOX):
        raise CannotStart("DIBS_SMTP_URL names no mail server.")
    if not is_address(address):
        raise CannotStart(f"{address} is no e-mail address like name@example.com.")
    asyncio.run(_send(settings, address))
    host = urlsplit(settings.smtp_url).hostname
    say(f"{host} has taken the letter to {address}, from {parseaddr(settings.mail_from)[1]}.")


async def _send(settings: Settings, address: str) -> None:
    """Send the letter. Raises CannotStart if that fails."""
    mailer = SmtpMailer(settings.smtp_url, must_encrypt=settings.mail_must_be_encrypted)
    try:
        content = Content("Dibs can send letters", TEXT)
        message = write_message(settings.mail_from, address, content, datetime.now(UTC))
        async with asyncio.timeout(SEND_TIMEOUT):
            await mailer.send(message)
    except Exception as error:
        raise CannotStart(describe_fault(error, settings)) from error
