"""Changes of a booking that the office wants to make, and checks whether they are allowed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dibs.availability.boards import BoardKey
from dibs.availability.wall import day_of
from dibs.desk.context import lock_boards_of
from dibs.desk.office.rules import WantedTime
from dibs.errors import BookingChanged, BookingClosed, NotFound
from dibs.ledger import bookings, office_changes
from dibs.ledger.bookings import Booking, Customer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction
    from dibs.ledger.journal import Author
    from dibs.ledger.ledger import Ledger


@dataclass(frozen=True)
class SeenTime:
    """Where the caller saw the booking before changing it."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Changes:
    """What is to change in a booking. A value of None stays as it is."""

    starts_at: datetime | None = None
    resource_id: int | None = None
    duration: timedelta | None = None
    customer: Customer | None = None
    notes: str | None = None

    @property
    def is_move(self) -> bool:
        return (self.starts_at, self.resource_id, self.duration) != (None, None, None)


def find_wanted_time(booking: Booking, changes: Changes) -> WantedTime:
    duration = changes.duration or booking.ends_at - booking.starts_at
    return WantedTime(
        booking.service_id,
        changes.resource_id or booking.resource_id,
        changes.starts_at or booking.starts_at,
        duration,
    )


def describe(tx: Transaction, author: Author, booking: Booking, changes: Changes) -> Booking:
    customer = changes.customer or booking.customer
    if changes.customer is not None and booking.customer is not None:
        # Customers get letters in the language in which they booked, also if somebody else corrects
        # their name.
        customer = replace(
            changes.customer,
            language=booking.customer.language,
            time_zone=booking.customer.time_zone,
        )
    notes = booking.notes if changes.notes is None else changes.notes
    if (customer, notes) == (booking.customer, booking.notes):
        return booking
    return office_changes.describe(tx, booking, customer, notes, author)


def refuse_over(booking: Booking) -> None:
    if booking.status == "pending":
        raise NotFound(f"There is no booking {booking.reference}.")
    if booking.status not in bookings.AGREED:
        raise BookingClosed


def refuse_changed(booking: Booking, seen: SeenTime | None) -> None:
    if seen is not None and seen != SeenTime(
        booking.resource_id, booking.starts_at, booking.ends_at
    ):
        raise BookingChanged


def is_at(booking: Booking, other: Booking) -> bool:
    return (booking.resource_id, booking.starts_at, booking.ends_at) == (
        other.resource_id,
        other.starts_at,
        other.ends_at,
    )


def find_booking(connection: Connection, reference: str, own: int | None) -> Booking:
    """Return a booking. Raises NotFound, also if it is of another resource than `own`."""
    booking = bookings.find_by_reference(connection, reference)
    if booking is None or own not in (None, booking.resource_id):
        raise NotFound(f"There is no booking {reference}.")
    return booking


def lock_booking(
    ledger: Ledger, tx: Transaction, catalog: Catalog, reference: str, own: int | None
) -> Booking:
    """Return a booking with its boards locked. The board of its day is always among them, so that
    all viewers get the change."""

    def find() -> list[Booking]:
        return [find_booking(tx.connection, reference, own)]

    (booking,) = find()
    day = day_of(booking.starts_at, catalog.zone_of(booking.resource_id))
    lock_boards_of(ledger, tx, catalog, find, [BoardKey(booking.resource_id, day)])
    return find_booking(tx.connection, reference, own)
