"""What the changes of bookings are called in the audit and to the world, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dibs.ledger.bookings import Booking, Status


def name_of_start(booking: Booking) -> str:
    return "checkout.started" if booking.status == "pending" else f"booking.{booking.status}"


def name_of_end(booking: Booking, status: Status) -> str:
    """A request that is cancelled is withdrawn: it never was an appointment."""
    if booking.status == "requested" and status == "cancelled":
        return "booking.withdrawn"
    return f"{'checkout' if booking.status == 'pending' else 'booking'}.{status}"


def details_of(booking: Booking) -> dict[str, str]:
    """What its letters and the audit say of it: when it is, and until when it is answered."""
    details = {"to": booking.starts_at.isoformat()}
    if booking.answer_until is not None:
        details["answer_until"] = booking.answer_until.isoformat()
    return details
