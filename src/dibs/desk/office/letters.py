"""Letters as the office shows them: they are about a made-up appointment, and can be sent as a test
to the user who asks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from dibs.desk.office.errors import LetterNotSent, NoMailServer
from dibs.errors import FieldError, Invalid, NotFound
from dibs.letters.languages import base_of
from dibs.letters.samples import sample_letter, sample_letters, sample_notice
from dibs.letters.templates import BrokenTemplate
from dibs.letters.words_check import check_words
from dibs.letters.writer import LetterWriter
from dibs.notify.letterhead import letterhead
from dibs.notify.mail import Content, Headers, write_message
from dibs.notify.mail_faults import describe_fault
from dibs.setting_types import LOCAL_OUTBOX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dibs.desk.context import DeskContext
    from dibs.ledger.catalog import Catalog
    from dibs.letter_words import LetterWords
    from dibs.letters.calendar_notice import NoticeKind
    from dibs.letters.letter import Business, Letter, LetterKind, Recipient, WrittenLetter
    from dibs.notify.mail import Mailer

#: Seconds that sending a test may take, because somebody waits for it.
LONGEST_TEST = 10.0


@dataclass(frozen=True)
class ShownLetter:
    kind: LetterKind | NoticeKind
    recipient: Recipient
    written: WrittenLetter


class OfficeLetters:
    def __init__(self, context: DeskContext, mailer: Mailer | None) -> None:
        self._context = context
        self._mailer = mailer

    @property
    def can_be_sent(self) -> bool:
        return self._mailer is not None

    async def write_all(self, language: str | None) -> tuple[str, list[ShownLetter]]:
        """Return the language, and each letter written in it. Without a language it is that of the
        business. Raises NotFound (there is no business)."""
        catalog = await self._context.ledger.catalog()
        chosen = language or catalog.business.language
        business = letterhead(catalog, self._address)
        shown = [
            ShownLetter(letter.kind, letter.recipient, self.writer.write(letter))
            for letter in _letters_of(catalog, business, chosen)
        ]
        notice = replace(sample_notice(chosen), business=business)
        written = self.writer.write_notice(notice)
        return chosen, [*shown, ShownLetter("calendar_unreadable", "staff", written)]

    async def write_with(
        self, kind: LetterKind, language: str | None, words: LetterWords
    ) -> WrittenLetter:
        """Return the letter to customers with these words, whether they are stored or not. Raises
        NotFound, Invalid (the words can't be used)."""
        catalog = await self._context.ledger.catalog()
        chosen = language or catalog.business.language
        check_usable(kind, chosen, words)
        business = letterhead(catalog, self._address)
        sample = replace(sample_letter(kind, "customer", chosen), business=business, words=words)
        return await asyncio.to_thread(self.writer.write, sample)

    async def send_test(
        self,
        to: str,
        kind: LetterKind | NoticeKind,
        recipient: Recipient,
        language: str | None,
        words: LetterWords | None = None,
    ) -> None:
        """Send one letter. `words` are used in it instead of the stored ones. Raises NoMailServer
        (no mail server is set), LetterNotSent, NotFound, Invalid."""
        if self._mailer is None:
            raise NoMailServer
        if words is not None and kind != "calendar_unreadable":
            written = await self.write_with(kind, language, words)
        else:
            _, letters = await self.write_all(language)
            written = _find(letters, kind, recipient)
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

    @property
    def _address(self) -> str:
        return self._context.settings.address

    @cached_property
    def writer(self) -> LetterWriter:
        """The writer of letters, which writes them as they are sent."""
        try:
            return LetterWriter(self._context.settings.letters_folder)
        except BrokenTemplate:
            # No letter is sent with broken templates: if a mail server is set, Dibs doesn't start.
            return LetterWriter()


def check_usable(kind: str, language: str, words: LetterWords) -> None:
    """Check the words of a letter. Raises Invalid, which names each part that can't be used."""
    faults = check_words(kind, base_of(language), words)
    if faults:
        raise Invalid(*(FieldError(each.part, each.code, each.limit, each.said) for each in faults))


def _find(
    letters: list[ShownLetter], kind: LetterKind | NoticeKind, recipient: Recipient
) -> WrittenLetter:
    """Return the letter of this kind to this recipient. Raises NotFound."""
    for letter in letters:
        if (letter.kind, letter.recipient) == (kind, recipient):
            return letter.written
    raise NotFound


def _letters_of(catalog: Catalog, business: Business, language: str) -> Iterator[Letter]:
    for letter in sample_letters(language):
        if letter.recipient == "customer":
            words = catalog.letter_words.get((letter.kind, base_of(language)))
            yield replace(letter, business=business, words=words)
        elif letter.kind != "reminder":
            yield replace(letter, business=business)
