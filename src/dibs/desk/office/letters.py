"""Letters as the office shows them: written about an appointment that nobody has, and sent as a
test to the user who asks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from dibs.desk.office.errors import LetterNotSent, NoMailServer
from dibs.letters.samples import sample_letters
from dibs.letters.templates import BrokenTemplate
from dibs.letters.writer import LetterWriter
from dibs.notify.letterhead import letterhead
from dibs.notify.mail import Content, Headers, write_message
from dibs.notify.mail_faults import describe_fault
from dibs.setting_types import LOCAL_OUTBOX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dibs.desk.context import DeskContext
    from dibs.letters.letter import Business, Letter, LetterKind, Recipient, WrittenLetter
    from dibs.notify.mail import Mailer

#: Seconds: somebody waits for it.
LONGEST_TEST = 10.0


class OfficeLetters:
    def __init__(self, context: DeskContext, mailer: Mailer | None) -> None:
        self._context = context
        self._mailer = mailer

    @property
    def can_be_sent(self) -> bool:
        return self._mailer is not None

    async def write_all(
        self, language: str | None
    ) -> tuple[str, list[tuple[Letter, WrittenLetter]]]:
        """The language, and each letter in it; None: the language of the business. Raises
        NotFound (there is no business)."""
        catalog = await self._context.ledger.catalog()
        chosen = language or catalog.business.language
        business = letterhead(catalog, self._context.settings.address)
        return chosen, [
            (letter, self._writer.write(letter)) for letter in _letters_of(business, chosen)
        ]

    async def send_test(
        self, to: str, kind: LetterKind, recipient: Recipient, language: str | None
    ) -> None:
        """Raises NoMailServer (no mail server is set), LetterNotSent."""
        if self._mailer is None:
            raise NoMailServer
        _, letters = await self.write_all(language)
        written = next(
            each for letter, each in letters if (letter.kind, letter.recipient) == (kind, recipient)
        )
        catalog = await self._context.ledger.catalog()
        content = Content(written.subject, written.text, written.html)
        headers = Headers(sender_name=catalog.business.name, reply_to=catalog.business.email)
        settings = self._context.settings
        now = self._context.clock.now()
        try:
            async with asyncio.timeout(LONGEST_TEST):
                await self._mailer.send(
                    write_message(settings.mail_from, to, content, now, headers)
                )
        except Exception as error:
            if settings.smtp_url == LOCAL_OUTBOX:
                raise LetterNotSent from error
            raise LetterNotSent(describe_fault(error, settings)) from error

    @cached_property
    def _writer(self) -> LetterWriter:
        try:
            return LetterWriter(self._context.settings.letters_folder)
        except BrokenTemplate:
            # Letters are never sent by such templates: with a mail server Dibs doesn't start.
            return LetterWriter()


def _letters_of(business: Business, language: str) -> Iterator[Letter]:
    for letter in sample_letters(language):
        if letter.kind not in ("declined", "reminder") or letter.recipient == "customer":
            yield replace(letter, business=business)
