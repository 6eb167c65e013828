"""Writes letters as text, as HTML and as a calendar file."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import structlog
from css_inline import CSSInliner

from dibs.letter_words import WORDS_PARTS
from dibs.letters.accent import colours_of
from dibs.letters.calendar_file import calendar_file
from dibs.letters.calendar_notice import notice_context
from dibs.letters.context import context_of
from dibs.letters.languages import Language, catalogs, language_of
from dibs.letters.letter import WrittenLetter
from dibs.letters.own_words import OwnWords, UnusableWords, links_in, names_in, write_words
from dibs.letters.samples import CODE, URL, sample_business, sample_letters, sample_notice
from dibs.letters.standard_words import standard_words
from dibs.letters.templates import BrokenTemplate, Templates
from dibs.letters.variables import KINDS, values_of
from dibs.plain_text import UNPRINTABLE

if TYPE_CHECKING:
    from pathlib import Path

    from dibs.letter_words import LetterWords
    from dibs.letters.calendar_notice import CalendarNotice
    from dibs.letters.letter import Business, Letter, LetterKind

log = structlog.get_logger()

#: The templates of letters to staff and business.
STAFF_TEMPLATES = {
    "requested": "staff_request",
    "confirmed": "staff_new",
    "moved": "staff_moved",
    "cancelled": "staff_cancelled",
    "declined": "staff_declined",
    "reminder": "reminder",
}
NO_WORDS = OwnWords()
#: The letters that come with a calendar file, because they change a calendar entry.
WITH_CALENDAR = ("confirmed", "moved", "cancelled")


class LetterWriter:
    def __init__(self, folder: Path | None = None) -> None:
        """Templates in the folder overrule those of the package. Raises BrokenTemplate if one of
        them can't be used. If a template breaks later, those of the package are used instead."""
        self._package = Templates()
        self._templates = Templates(folder) if folder is not None else self._package
        self._inliner = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
        if folder is not None:
            self._try_all()

    def write(self, letter: Letter) -> WrittenLetter:
        language = language_of(letter.language)
        is_customer = letter.recipient == "customer"
        name = letter.kind if is_customer else STAFF_TEMPLATES[letter.kind]
        context = context_of(letter, language)
        own = self._own_words(letter, language, context) if is_customer else NO_WORDS
        subject, text, html = self._render(name, language, context, own)
        method = _method_of(letter)
        calendar = None
        if letter.kind in WITH_CALENDAR and not letter.is_of_request:
            host = urlsplit(letter.calendar_url or letter.manage_url or "").hostname or "localhost"
            calendar = calendar_file(
                letter.business, [letter.appointment], method, host, for_staff=not is_customer
            )
        return WrittenLetter(subject, text, html, calendar, method)

    def write_code(
        self, code: str, minutes: int, business: Business, language: str
    ) -> WrittenLetter:
        """Return the letter with a sign-in code, which is good for so many minutes."""
        found = language_of(language)
        context = {"code": code, "minutes": minutes, "business": business, "colour": ""}
        subject, text, html = self._render("code", found, {**context, "language": found.tag})
        return WrittenLetter(subject, text, html, None, "")

    def write_user_link(
        self, url: str, name: str, days: int, business: Business, language: str, kind: str
    ) -> WrittenLetter:
        """Return the letter with a link to the office, which is good for so many days. `kind` is
        `reset` for somebody who had a password, otherwise `invited`."""
        found = language_of(language)
        context = _user_link_context(url, name, days, business, is_reset=kind == "reset")
        subject, text, html = self._render("user_link", found, {**context, "language": found.tag})
        return WrittenLetter(subject, text, html, None, "")

    def write_notice(self, notice: CalendarNotice) -> WrittenLetter:
        """Return the letter that says that a calendar can't be read."""
        language = language_of(notice.language)
        context = notice_context(notice, language)
        subject, text, html = self._render("calendar_unreadable", language, context)
        return WrittenLetter(subject, text, html, None, "")

    def standard_words(self, kind: LetterKind, language: str, business: Business) -> LetterWords:
        """Return the words of a letter of which the owner has changed nothing, with variables as an
        owner would write them."""
        try:
            return standard_words(self._templates, kind, language_of(language), business)
        except BrokenTemplate:
            return standard_words(self._package, kind, language_of(language), business)

    def _own_words(
        self, letter: Letter, language: Language, context: dict[str, object]
    ) -> OwnWords:
        """Return the owner's words, as they are in this letter. Parts that can't be used are left
        out, because a letter with the standard words is better than none."""
        if not letter.words:
            return NO_WORDS
        place = self._package.render("place.txt", language, context)
        values = values_of(context, place)
        parts: dict[str, str] = {}
        for part in WORDS_PARTS:
            if template := letter.words.part(part):
                try:
                    parts[part] = write_words(part, template, letter.kind, values)
                except UnusableWords as error:
                    about = {"letter": letter.kind, "language": language.tag, "part": part}
                    log.warning("own words of a letter can't be used", **about, reason=str(error))
        has_reason = "reason" in names_in(letter.words.opening, letter.kind)
        return OwnWords(parts, links_in(values), has_reason and "opening" in parts)

    def _render(
        self,
        name: str,
        language: Language,
        context: dict[str, object],
        own: OwnWords = NO_WORDS,
    ) -> tuple[str, str, str]:
        try:
            return self._render_by(self._templates, name, language, context, own)
        except BrokenTemplate as error:
            if self._templates is self._package:
                raise
            log.warning("own template of letters is broken", reason=str(error))
            return self._render_by(self._package, name, language, context, own)

    def _render_by(
        self,
        templates: Templates,
        name: str,
        language: Language,
        context: dict[str, object],
        own: OwnWords = NO_WORDS,
    ) -> tuple[str, str, str]:
        """Return the subject, the text and the HTML. Raises BrokenTemplate."""
        business = cast("Business", context["business"])
        colours = colours_of(business.accent)
        context = {**context, "direction": language.direction, "colours": colours}
        subject = own.parts.get("subject")
        if subject is None:
            subject = templates.render(f"{name}.subject.txt", language, context).strip()
            subject = UNPRINTABLE.sub(" ", subject)
        if not subject:
            raise BrokenTemplate(f"template {name}.subject.txt: there is nothing in it")
        if name in KINDS:
            opening = own.parts.get("opening")
            if opening is None:
                opening = templates.render(f"{name}.opening.txt", language, context).strip()
            context["words"] = own.as_context(opening)
        text = templates.render(f"{name}.txt", language, context)
        html = templates.render(f"{name}.html", language, {**context, "subject": subject})
        return subject, text, self._inliner.inline(html)

    def _try_all(self) -> None:
        """Write a letter of each kind. Raises BrokenTemplate."""
        for tag in catalogs():
            language = language_of(tag)
            for letter in sample_letters(tag):
                is_customer = letter.recipient == "customer"
                name = letter.kind if is_customer else STAFF_TEMPLATES[letter.kind]
                self._render_by(self._templates, name, language, context_of(letter, language))
            context = {"code": CODE, "minutes": 10, "business": sample_business(), "colour": ""}
            self._render_by(self._templates, "code", language, {**context, "language": tag})
            link = _user_link_context(URL, "Sarah", 2, sample_business(), is_reset=False)
            self._render_by(self._templates, "user_link", language, {**link, "language": tag})
            notice = notice_context(sample_notice(tag), language)
            self._render_by(self._templates, "calendar_unreadable", language, notice)


def _user_link_context(
    url: str, name: str, days: int, business: Business, *, is_reset: bool
) -> dict[str, object]:
    about: dict[str, object] = {"business": business, "colour": "", "is_reset": is_reset}
    return about | {"url": url, "name": name, "days": days}


def _method_of(letter: Letter) -> str:
    """Return what mail programs shall do with the calendar file. It is an invitation only if it is
    for a customer and the business has an address that invites. Other files are there to be kept.
    """
    if letter.recipient != "customer" or not letter.business.email:
        return "PUBLISH"
    return "CANCEL" if letter.kind == "cancelled" else "REQUEST"
