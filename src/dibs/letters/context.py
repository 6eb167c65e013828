"""The values that the templates of a letter can use."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dibs.letters.calendar_links import google_url, outlook_url
from dibs.letters.moment import moment, reader_moment

if TYPE_CHECKING:
    from dibs.letters.languages import Language
    from dibs.letters.letter import Letter


def context_of(letter: Letter, language: Language) -> dict[str, object]:
    """Return the values that templates can use, by name."""
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
        "is_lapse": letter.is_lapse,
        "is_request": letter.is_of_request,
        "is_movable": letter.is_movable,
        "is_cancellable": letter.is_cancellable,
        "language": language.tag,
        "business": business,
        "appointment": appointment,
        "is_customer": letter.recipient == "customer",
        "answers": letter.answers,
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
