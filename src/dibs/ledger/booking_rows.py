"""The columns of a booking's row, as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from dibs.ledger.answers import write_answers
from dibs.ledger.customer_keys import find_key, search_text, sort_name
from dibs.ledger.journal import Author

if TYPE_CHECKING:
    from dibs.ledger.bookings import Booking
    from dibs.ledger.journal import Who

#: Where a booking was made: on the page (or by an AppointEase client), in the office, by a program
#: with an API key, or in another system from which it was imported.
Source = Literal["page", "office", "api", "import"]


def source_of(who: Who) -> Source:
    """Return where a booking is made, which follows from who makes it."""
    actor = who.actor if isinstance(who, Author) else who
    if actor == "key":
        return "api"
    return "office" if actor in ("user", "owner") else "page"


def values_of(booking: Booking) -> dict[str, Any]:
    """Return the columns of a booking, without its id, its source and the times of its making and
    change."""
    customer = booking.customer
    return {
        "reference": booking.reference,
        "status": booking.status,
        "token": booking.token,
        "claim": booking.claim,
        "visitor": booking.visitor,
        "deadline": booking.deadline,
        "answer_until": booking.answer_until,
        "service_id": booking.service_id,
        "resource_id": booking.resource_id,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "price": str(booking.price) if booking.price is not None else None,
        "customer_name": customer.name if customer else None,
        "customer_email": customer.email if customer else None,
        "customer_phone": customer.phone if customer else None,
        "customer_phone_e164": customer.phone_e164 if customer else None,
        "language": customer.language if customer else None,
        "time_zone": customer.time_zone if customer else None,
        "notes": booking.notes,
        **write_answers(booking.answers),
        **_search_columns(booking),
    }


def _search_columns(booking: Booking) -> dict[str, str | None]:
    who = booking.customer
    if who is None:
        nobody = search_text(None, None, None, None, booking.reference)
        return {"customer_key": None, "search": nobody, "sort_name": ""}
    contact = who.email, who.phone, who.phone_e164, booking.reference
    return {
        "customer_key": find_key(*contact),
        "search": search_text(who.name, *contact),
        "sort_name": sort_name(who.name),
    }
