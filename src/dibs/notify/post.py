"""Puts together what sends letters: the mail server, the writers of letters, the mail worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.errors import CannotStart
from dibs.letters.templates import BrokenTemplate
from dibs.letters.writer import LetterWriter
from dibs.notify import calendar_letters, link_letters
from dibs.notify.booking_letters import BookingLetters
from dibs.notify.calendar_letters import CalendarLetters
from dibs.notify.codes import LETTER, CodeHash, CodeMessageWriter, Codes
from dibs.notify.letter_planner import KINDS, LetterPlanner
from dibs.notify.link_letters import LinkLetters
from dibs.notify.mail import SmtpMailer
from dibs.notify.mail_worker import MailWorker

if TYPE_CHECKING:
    from collections.abc import Callable

    from dibs.ledger.ledger import Ledger
    from dibs.notify.local_outbox import LocalOutbox
    from dibs.notify.mail import Mailer
    from dibs.notify.mail_worker import Writer
    from dibs.settings import Settings


def codes_by_mail(
    ledger: Ledger,
    settings: Settings,
    secret_key: str,
    sign: Callable[[str], str],
    public_url: str,
    outbox: LocalOutbox | None = None,
) -> Codes | None:
    """Return what sends sign-in codes and all other letters, or None if no mail server is set.
    `outbox` takes the place of the mail server.

    Raises CannotStart if a template of the owner can't be used.
    """
    if not settings.smtp_url:
        return None
    mailer: Mailer
    if outbox is not None:
        mailer = outbox
    else:
        mailer = SmtpMailer(settings.smtp_url, must_encrypt=settings.mail_must_be_encrypted)
    try:
        writer = LetterWriter(settings.letters_folder)
    except BrokenTemplate as error:
        raise CannotStart(f"DIBS_LETTERS_FOLDER: {error}") from error
    return codes_by(mailer, writer, ledger, settings, secret_key, sign, public_url)


def codes_by(
    mailer: Mailer,
    writer: LetterWriter,
    ledger: Ledger,
    settings: Settings,
    secret_key: str,
    sign: Callable[[str], str],
    public_url: str,
) -> Codes:
    hashes = CodeHash(secret_key)
    sender = settings.mail_from
    codes = CodeMessageWriter(
        ledger.database, hashes, writer, sender, settings.code_lifetime, public_url
    )
    letters = BookingLetters(ledger, sign, writer, sender, public_url)
    links = LinkLetters(
        ledger.database, hashes, writer, sender, public_url, settings.user_link_lifetime
    )
    writers: dict[str, Writer] = {LETTER: codes, **dict.fromkeys(KINDS, letters)}
    writers[link_letters.LETTER] = links
    writers[calendar_letters.LETTER] = CalendarLetters(ledger, writer, sender, public_url)
    return Codes(hashes, MailWorker(ledger.database, mailer, writers, LetterPlanner(ledger)))
