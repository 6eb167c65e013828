"""Letters: what they look like in each language, and a test to the user who asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

from dibs.errors import NotFound
from dibs.letters.calendar_notice import NoticeKind
from dibs.letters.languages import catalogs
from dibs.letters.letter import LetterKind, Recipient
from dibs.web.field_types import LanguageTag, Model
from dibs.web.office.letter_answers import LettersOut, TestLetterOut
from dibs.web.office.letter_words import WordsIn
from dibs.web.office.session import PREFIX
from dibs.web.problems import DOCUMENTED

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.web.office.guard import Guard

#: A letter can't run scripts here, and its links lead nowhere, because nobody has the appointment
#: that it is about.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline';"
    " img-src 'self' data:;"
    " form-action 'none'; frame-ancestors 'self'; sandbox",
}

Language = Annotated[LanguageTag | None, Query()]


class TestIn(Model):
    """A letter that is to be sent as a test. Without `language` it is in the language of the
    business. With `words`, a letter to customers has these words instead of the stored words."""

    kind: LetterKind | NoticeKind
    recipient: Recipient
    language: LanguageTag | None = None
    words: WordsIn | None = None


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix=f"{PREFIX}/letters", tags=["office"], responses=DOCUMENTED)
    topic = _Letters(desk, guard)
    api.get("")(topic.read)
    api.get("/html", response_class=HTMLResponse)(topic.show)
    api.post("/test")(topic.send)
    return api


class _Letters:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._letters = desk.office.letters
        self._guard = guard

    async def read(self, request: Request, language: Language = None) -> LettersOut:
        """Return the text of each letter, about an appointment that nobody has."""
        await self._guard.require(request, "letters")
        chosen, letters = await self._letters.write_all(language)
        return {
            "language": chosen,
            "languages": sorted(catalogs()),
            "can_be_sent": self._letters.can_be_sent,
            "letters": [
                {
                    "kind": letter.kind,
                    "recipient": letter.recipient,
                    "subject": letter.written.subject,
                    "text": letter.written.text,
                }
                for letter in letters
            ],
        }

    async def show(
        self,
        request: Request,
        kind: LetterKind | NoticeKind = "confirmed",
        recipient: Recipient = "customer",
        language: Language = None,
    ) -> HTMLResponse:
        """Return the HTML of one letter, for a frame."""
        await self._guard.require(request, "letters")
        _, letters = await self._letters.write_all(language)
        for letter in letters:
            if (letter.kind, letter.recipient) == (kind, recipient):
                return HTMLResponse(letter.written.html, headers=HEADERS)
        raise NotFound

    async def send(self, request: Request, wanted: TestIn) -> TestLetterOut:
        """Send a letter to the user who asks, as a test."""
        principal, user = await self._guard.require_user(request)
        principal.check("letters")
        await self._guard.count_write(request)
        chosen = (wanted.kind, wanted.recipient)
        words = wanted.words.read() if wanted.words and wanted.recipient == "customer" else None
        await self._letters.send_test(user.email, *chosen, wanted.language, words)
        return {"to": user.email}
