"""The names and details of events of bookings, for the audit and the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dibs.ledger.bookings import Booking, Status


def name_of_start(booking: Booking) -> str:
    return "checkout.started" if booking.status == "pending" else f"booking.{booking.status}"


def name_of_end(booking: Booking, status: Status) -> str:
    """Return the name of the event that ends a booking. A request that is cancelled counts as
    withdrawn, because it never was an appointment."""
    if booking.status == "requested" and status == "cancelled":
        return "booking.withdrawn"
    return f"{'checkout' if booking.status == 'pending' else 'booking'}.{status}"


def details_of(booking: Booking) -> dict[str, str]:
    """Return the details of a booking for its letters and the audit: its start and, if it is a
    request, until when the business has to answer."""
    details = {"to": booking.starts_at.isoformat()}
    if booking.answer_until is not None:
        details["answer_until"] = booking.answer_until.isoformat()
    return details
