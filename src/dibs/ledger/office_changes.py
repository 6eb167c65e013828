"""Changes of bookings that only the office makes: it reopens them, and changes their customers.

Each function is one step of a transaction whose boards have been locked already.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dibs.ledger import bookings, contacts
from dibs.ledger.booking_events import details_of
from dibs.ledger.customer_keys import find_key
from dibs.ledger.deliveries import redirect_letters
from dibs.ledger.journal import record
from dibs.ledger.seats import allocation_of

if TYPE_CHECKING:
    from dibs.ledger.bookings import Booking, Customer
    from dibs.ledger.database import Transaction
    from dibs.ledger.journal import Who
    from dibs.ledger.seats import Seat


def reopen(tx: Transaction, ended: Booking, seat: Seat, actor: Who) -> Booking:
    """Make a booking that is over confirmed again, at its old time. Whoever was told that it
    doesn't take place is told that it does."""
    slot = seat.slot
    booking = replace(ended, status="confirmed", ends_at=slot.ends_at, guarded=slot.guarded)
    bookings.ALLOCATE.execute(tx.connection, allocation_of(booking.id, seat))
    bookings.save(tx, ended, booking)
    was_told = ended.status in bookings.GIVEN_UP
    event = "booking.confirmed" if was_told else "booking.reopened"
    record(tx, booking.id, actor, event, details_of(booking))
    bookings.note_busy(tx, booking)
    return booking


def describe(
    tx: Transaction, booking: Booking, customer: Customer | None, notes: str, actor: Who
) -> Booking:
    """Change the customer and the notes of a booking. Letters that wait go to the new address."""
    described = replace(booking, customer=customer, notes=notes)
    bookings.save(tx, booking, described)
    if customer is not None and booking.customer is not None:
        redirect_letters(tx, booking.id, customer.email)
        contacts.follow(tx, key_of(booking.customer, booking), key_of(customer, booking))
    record(tx, booking.id, actor, "booking.described")
    return described


def key_of(customer: Customer, booking: Booking) -> str:
    """The key of a customer of this booking."""
    how = customer.email, customer.phone, customer.phone_e164
    return find_key(*how, booking.reference)
