"""Writes letters as text, as HTML and as a calendar file."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog
from css_inline import CSSInliner

from dibs.letters.accent import colours_of
from dibs.letters.calendar_file import calendar_file
from dibs.letters.calendar_links import google_url, outlook_url
from dibs.letters.languages import Language, catalogs, language_of
from dibs.letters.letter import WrittenLetter
from dibs.letters.moment import moment, reader_moment
from dibs.letters.samples import CODE, URL, sample_business, sample_letters
from dibs.letters.templates import BrokenTemplate, Templates
from dibs.plain_text import UNPRINTABLE

if TYPE_CHECKING:
    from pathlib import Path

    from dibs.letters.letter import Business, Letter

log = structlog.get_logger()

#: The templates of letters to staff and business.
STAFF_TEMPLATES = {
    "requested": "staff_request",
    "confirmed": "staff_new",
    "moved": "staff_moved",
    "cancelled": "staff_cancelled",
    "declined": "declined",
    "reminder": "reminder",
}
#: Those that change an entry of a calendar.
WITH_CALENDAR = ("confirmed", "moved", "cancelled")


class LetterWriter:
    def __init__(self, folder: Path | None = None) -> None:
        """Templates in the folder overrule those of the package. Raises BrokenTemplate if one of
        them can't be used; if it breaks later, that of the package is used instead."""
        self._package = Templates()
        self._templates = Templates(folder) if folder is not None else self._package
        self._inliner = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
        if folder is not None:
            self._try_all()

    def write(self, letter: Letter) -> WrittenLetter:
        language = language_of(letter.language)
        is_customer = letter.recipient == "customer"
        name = letter.kind if is_customer else STAFF_TEMPLATES[letter.kind]
        subject, text, html = self._render(name, language, _context(letter, language))
        method = _method_of(letter)
        calendar = None
        if letter.kind in WITH_CALENDAR:
            host = urlsplit(letter.calendar_url or letter.manage_url or "").hostname or "localhost"
            calendar = calendar_file(
                letter.business, [letter.appointment], method, host, for_staff=not is_customer
            )
        return WrittenLetter(subject, text, html, calendar, method)

    def write_code(
        self, code: str, minutes: int, business: Business, language: str
    ) -> WrittenLetter:
        """The letter with a sign-in code, which is good for so many minutes."""
        found = language_of(language)
        context = {"code": code, "minutes": minutes, "business": business, "colour": ""}
        subject, text, html = self._render("code", found, {**context, "language": found.tag})
        return WrittenLetter(subject, text, html, None, "")

    def write_user_link(
        self, url: str, name: str, days: int, business: Business, language: str, kind: str
    ) -> WrittenLetter:
        """The letter with a link to the office, which is good for so many days; `kind` is `reset`
        for somebody who had a password."""
        found = language_of(language)
        context = _user_link_context(url, name, days, business, is_reset=kind == "reset")
        subject, text, html = self._render("user_link", found, {**context, "language": found.tag})
        return WrittenLetter(subject, text, html, None, "")

    def _render(
        self, name: str, language: Language, context: dict[str, object]
    ) -> tuple[str, str, str]:
        try:
            return self._render_by(self._templates, name, language, context)
        except BrokenTemplate as error:
            if self._templates is self._package:
                raise
            log.warning("own template of letters is broken", reason=str(error))
            return self._render_by(self._package, name, language, context)

    def _render_by(
        self, templates: Templates, name: str, language: Language, context: dict[str, object]
    ) -> tuple[str, str, str]:
        """The subject, the text and the HTML. Raises BrokenTemplate."""
        business = cast("Business", context["business"])
        colours = colours_of(business.accent)
        context = {**context, "direction": language.direction, "colours": colours}
        subject = templates.render(f"{name}.subject.txt", language, context).strip()
        subject = UNPRINTABLE.sub(" ", subject)
        if not subject:
            raise BrokenTemplate(f"template {name}.subject.txt: there is nothing in it")
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
                self._render_by(self._templates, name, language, _context(letter, language))
            context = {"code": CODE, "minutes": 10, "business": sample_business(), "colour": ""}
            self._render_by(self._templates, "code", language, {**context, "language": tag})
            link = _user_link_context(URL, "Sarah", 2, sample_business(), is_reset=False)
            self._render_by(self._templates, "user_link", language, {**link, "language": tag})


def _user_link_context(
    url: str, name: str, days: int, business: Business, *, is_reset: bool
) -> dict[str, object]:
    about: dict[str, object] = {"business": business, "colour": "", "is_reset": is_reset}
    return about | {"url": url, "name": name, "days": days}


def _method_of(letter: Letter) -> str:
    """What a mail program does with the calendar file. An invitation is for a customer, and needs
    somebody who invites; other files are there to be kept."""
    if letter.recipient != "customer" or not letter.business.email:
        return "PUBLISH"
    return "CANCEL" if letter.kind == "cancelled" else "REQUEST"


def _context(letter: Letter, language: Language) -> dict[str, object]:
    """What templates can name."""
    appointment, business, locale = letter.appointment, letter.business, language.locale
    start, end = appointment.starts_at, appointment.ends_at
    zone, reader_zone = ZoneInfo(business.time_zone), letter.time_zone
    former, reader_former = None, None
    if letter.former_start is not None and letter.former_start != start:
        former_end = letter.former_start + (end - start)
        former = moment(letter.former_start, former_end, zone, locale)
        reader_former = reader_moment(letter.former_start, former_end, zone, reader_zone, locale)
    move_until = letter.move_until if letter.is_movable else None
    answer_until = letter.answer_until
    cancel_until = letter.cancel_until if letter.is_cancellable else None
    return {
        "move_until": moment(move_until, move_until, zone, locale) if move_until else None,
        "cancel_until": moment(cancel_until, cancel_until, zone, locale) if cancel_until else None,
        "answer_until": moment(answer_until, answer_until, zone, locale) if answer_until else None,
        "reason": letter.reason,
        "is_movable": letter.is_movable,
        "is_cancellable": letter.is_cancellable,
        "language": language.tag,
        "business": business,
        "appointment": appointment,
        "is_customer": letter.recipient == "customer",
        "is_cancelled": letter.kind in ("cancelled", "declined"),
        "colour": letter.kind,
        "when": moment(start, end, zone, locale),
        "reader_when": reader_moment(start, end, zone, reader_zone, locale),
        "former": former,
        "reader_former": reader_former,
        "manage_url": letter.manage_url,
        "calendar_url": letter.calendar_url,
        "google_url": google_url(business, appointment),
        "outlook_url": outlook_url(business, appointment),
    }
