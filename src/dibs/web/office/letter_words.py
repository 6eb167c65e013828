"""Lets users read, try and change the words of letters to customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request

from dibs.desk.office.letter_words import check_language
from dibs.letter_words import read_words
from dibs.letters.languages import catalogs
from dibs.letters.letter import LetterKind
from dibs.letters.variables import variables_of
from dibs.web.field_types import Model
from dibs.web.office.letter_answers import (
    ChangedLettersOut,
    LetterPreviewOut,
    LetterWordsOut,
    WordsFaultOut,
    WordsOut,
)
from dibs.web.office.session import PREFIX
from dibs.web.problems import DOCUMENTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dibs.desk import Desk
    from dibs.desk.office.letter_words import LetterText
    from dibs.letter_words import LetterWords
    from dibs.letters.own_words import WordsFault
    from dibs.web.office.guard import Guard

#: This is more than any words may have. The checks of words have the real limits, and name them.
Words = Annotated[str, Field(max_length=100_000)]
Language = Annotated[str, Field(max_length=16)]


class WordsIn(Model):
    """The words of a letter to customers. Where one is empty, the standard words stand. The how-to
    about the words of letters tells what they can contain."""

    subject: Words = ""
    opening: Words = ""
    closing: Words = ""

    def read(self) -> LetterWords:
        return read_words(self.subject, self.opening, self.closing)


class ChangedWordsIn(WordsIn):
    """New words of a letter. `version` is the version of the words that the user has seen."""

    version: Annotated[str, Field(max_length=64)]


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix=f"{PREFIX}/letters/words", tags=["office"], responses=DOCUMENTED)
    topic = _Words(desk, guard)
    api.get("")(topic.list_changed)
    api.get("/{kind}/{language}")(topic.read)
    api.put("/{kind}/{language}")(topic.change)
    api.post("/{kind}/{language}/preview")(topic.preview)
    return api


class _Words:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._words = desk.office.letter_words
        self._letters = desk.office.letters
        self._guard = guard

    async def list_changed(self, request: Request) -> ChangedLettersOut:
        """Return the letters whose words are not the standard ones, with the faults of their words.
        A letter has the standard words in place of those with a fault."""
        await self._guard.require(request, "letters")
        return {
            "languages": sorted(catalogs()),
            "changed": [
                {"kind": kind, "language": language, "faults": _show_faults(faults)}
                for (kind, language), faults in await self._words.list_faults()
            ],
        }

    async def read(self, request: Request, kind: LetterKind, language: Language) -> LetterWordsOut:
        """Return the words of a letter to customers in one language, and the standard words."""
        await self._guard.require(request, "letters")
        return _show(await self._words.read(kind, language))

    async def change(
        self, request: Request, kind: LetterKind, language: Language, wanted: ChangedWordsIn
    ) -> LetterWordsOut:
        """Change the words of a letter. Before they are stored, they are tried with many kinds of
        names."""
        principal = await self._guard.require(request, "catalog:write")
        words = wanted.read()
        return _show(
            await self._words.change(principal.author, kind, language, wanted.version, words)
        )

    async def preview(
        self, request: Request, kind: LetterKind, language: Language, wanted: WordsIn
    ) -> LetterPreviewOut:
        """Return the letter with these words, about an appointment that nobody has. Nothing is
        stored."""
        await self._guard.require(request, "letters")
        check_language(language)
        written = await self._letters.write_with(kind, language, wanted.read())
        return {"subject": written.subject, "text": written.text, "html": written.html}


def _show(text: LetterText) -> LetterWordsOut:
    return {
        "kind": text.kind,
        "language": text.language,
        "version": text.version,
        "words": _show_words(text.words),
        "standard": _show_words(text.standard),
        "variables": [
            {"name": name, "means": means} for name, means in variables_of(text.kind).items()
        ],
        "faults": _show_faults(text.faults),
    }


def _show_words(words: LetterWords) -> WordsOut:
    return {"subject": words.subject, "opening": words.opening, "closing": words.closing}


def _show_faults(faults: Iterable[WordsFault]) -> list[WordsFaultOut]:
    return [{"field": each.part, "code": each.code, "detail": each.said} for each in faults]
