"""The variables that owners can use in the words of their letters, and the values of these
variables in a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from dibs.letters.letter import LetterKind
from dibs.plain_text import UNPRINTABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.letters.moment import Moment

#: The variables of all letters to customers, each with its meaning.
COMMON = {
    "customer_name": "the name of the customer",
    "business": "the name of the business",
    "service": "what is booked",
    "person": "the person, the room or the thing that is booked",
    "starts_at": "date and time of the start",
    "date": "the date",
    "short_date": "the date in few letters",
    "time": "the time of the start",
    "time_zone": "the time zone of these times",
    "place": "where it is; empty if there is no place",
    "reference": "the booking number",
    "manage_link": "the link for moving or cancelling",
    "booking_page": "the link for booking",
    "move_until": "until when it can be moved; empty if until it begins",
    "cancel_until": "until when it can be cancelled; empty if until it begins",
}
OF_KIND: Mapping[str, Mapping[str, str]] = {
    "requested": {
        "answer_until": "date and time until which you answer",
        "answer_date": "the date until which you answer",
        "answer_time": "the time until which you answer",
    },
    "moved": {"former_start": "date and time of the old start; empty if the time stays the same"},
    "declined": {"reason": "your reason; empty if you gave none"},
}
#: The values of these variables may have several lines.
LONG = ("place", "reason")
MAY_BE_EMPTY = (
    *LONG,
    "manage_link",
    "booking_page",
    "move_until",
    "cancel_until",
    "answer_until",
    "answer_date",
    "answer_time",
    "former_start",
)
LINKS = ("manage_link", "booking_page")
KINDS: tuple[LetterKind, ...] = get_args(LetterKind)


def variables_of(kind: str) -> Mapping[str, str]:
    """Return the variables of a kind of letter, each with its meaning."""
    return {**COMMON, **OF_KIND.get(kind, {})}


def values_of(context: Mapping[str, Any], place: str) -> dict[str, str]:
    """Return the value of each variable. `context` has the values that templates can use. `place`
    says in words where the appointment is."""
    appointment = context["appointment"]
    answer_until: Moment | None = context["answer_until"]
    values = {
        "customer_name": appointment.customer_name,
        "business": context["business"].name,
        "service": appointment.service,
        "person": appointment.resource,
        "starts_at": _format_moment(context["when"]),
        "date": context["when"].date,
        "short_date": context["when"].short_date,
        "time": context["when"].start,
        "time_zone": context["when"].zone,
        "place": place,
        "reference": appointment.reference,
        "manage_link": context["manage_url"] or "",
        "booking_page": context["calendar_url"] or "",
        "move_until": _format_moment(context["move_until"]),
        "cancel_until": _format_moment(context["cancel_until"]),
        "answer_until": _format_moment(answer_until),
        "answer_date": answer_until.date if answer_until else "",
        "answer_time": answer_until.start if answer_until else "",
        "former_start": _format_moment(context["former"]),
        "reason": context["reason"],
    }
    return {name: _clean(value, name in LONG) for name, value in values.items()}


def _format_moment(moment: Moment | None) -> str:
    return f"{moment.date}, {moment.start}" if moment else ""


def _clean(value: str, may_have_lines: bool) -> str:
    """Return the value without characters that can't be printed. An import may have brought them
    in."""
    lines = value.splitlines() if may_have_lines else [value]
    return "\n".join(UNPRINTABLE.sub(" ", line) for line in lines)
