"""Bookings as calendars need them: with how often, and when, they were changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from dibs.ledger.bookings import COLUMNS, booking_of
from dibs.ledger.tables import audit, bookings

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from dibs.ledger.bookings import Booking

#: Those that take place, or have, or are to be approved.
BOOKED = ("requested", "confirmed", "completed", "no_show")
MOVES = (
    select(func.count())
    .where(audit.c.booking_id == bookings.c.id, audit.c.action == "booking.rescheduled")
    .scalar_subquery()
    .label("moves")
)


@dataclass(frozen=True)
class CalendarEntry:
    """`moves`: how often it was moved."""

    booking: Booking
    changed_at: datetime
    moves: int


def entry_of(connection: Connection, booking_id: int) -> CalendarEntry:
    """Of one booking, whatever its status."""
    (found,) = _entries(connection, bookings.c.id == booking_id)
    return found


def entries_since(
    connection: Connection, since: datetime, resource_id: int | None
) -> list[CalendarEntry]:
    """Of all bookings that start at an instant or later, by start; of one resource, or of all."""
    which = [bookings.c.starts_at >= since, bookings.c.status.in_(BOOKED)]
    if resource_id is not None:
        which.append(bookings.c.resource_id == resource_id)
    return _entries(connection, *which)


def _entries(connection: Connection, *which: ColumnElement[bool]) -> list[CalendarEntry]:
    rows = connection.execute(
        select(*COLUMNS, MOVES).where(*which).order_by(bookings.c.starts_at, bookings.c.id)
    )
    return [CalendarEntry(booking_of(row), row.changed_at, row.moves) for row in rows]
