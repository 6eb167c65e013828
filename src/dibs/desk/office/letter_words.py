"""The words of letters to customers, as their owner changes them, for one letter in one
language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dibs.desk import administration
from dibs.desk.office.catalog import version_of
from dibs.desk.office.errors import ChangedMeanwhile
from dibs.desk.office.letters import check_usable
from dibs.errors import NotFound
from dibs.letter_words import LetterWords
from dibs.letters.languages import catalogs
from dibs.letters.words_check import check_words
from dibs.notify.letterhead import letterhead

if TYPE_CHECKING:
    from dibs.desk.context import DeskContext
    from dibs.desk.office.letters import OfficeLetters
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.journal import Author
    from dibs.letter_words import WordsKey
    from dibs.letters.letter import LetterKind
    from dibs.letters.own_words import WordsFault


@dataclass(frozen=True)
class LetterText:
    """What a letter says in a language. `words` are the owner's. Where they are empty, the
    `standard` ones are used. `faults` says why some of the stored words can't be used."""

    kind: LetterKind
    language: str
    words: LetterWords
    standard: LetterWords
    faults: tuple[WordsFault, ...]

    @property
    def version(self) -> str:
        return version_of(self.words.as_table())


class OfficeLetterWords:
    def __init__(self, context: DeskContext, letters: OfficeLetters) -> None:
        self._context = context
        self._letters = letters

    async def list_faults(self) -> list[tuple[WordsKey, tuple[WordsFault, ...]]]:
        """Return each letter that has words of the owner, and what is wrong with these words by
        now. Raises NotFound (there is no business)."""
        catalog = await self._context.ledger.catalog()
        return [
            (key, tuple(check_words(*key, words))) for key, words in catalog.letter_words.items()
        ]

    async def read(self, kind: LetterKind, language: str) -> LetterText:
        """Return what a letter says. Raises NotFound (there is no such language, or no
        business)."""
        check_language(language)
        return self._text(await self._context.ledger.catalog(), kind, language)

    async def change(
        self, author: Author, kind: LetterKind, language: str, version: str, words: LetterWords
    ) -> LetterText:
        """Change the words of a letter. Where they are empty, the standard words are used again.
        `version` is that of the words that the caller has seen. Raises NotFound, Invalid,
        ChangedMeanwhile."""
        check_language(language)
        check_usable(kind, language, words)
        key = (kind, language)

        def edit(before: Catalog) -> Catalog:
            if version_of(before.letter_words.get(key, LetterWords()).as_table()) != version:
                raise ChangedMeanwhile
            others = {each: said for each, said in before.letter_words.items() if each != key}
            now = {**others, key: words} if words else others
            return replace(before, letter_words=dict(sorted(now.items())))

        changed = await administration.change(self._context.ledger.database, edit, author)
        return self._text(changed.wanted, kind, language)

    def _text(self, catalog: Catalog, kind: LetterKind, language: str) -> LetterText:
        words = catalog.letter_words.get((kind, language), LetterWords())
        business = letterhead(catalog, self._context.settings.address)
        standard = self._letters.writer.standard_words(kind, language, business)
        faults = tuple(check_words(kind, language, words))
        return LetterText(kind, language, words, standard, faults)


def check_language(language: str) -> None:
    """Raise NotFound if letters are not written in this language."""
    if language not in catalogs():
        raise NotFound
