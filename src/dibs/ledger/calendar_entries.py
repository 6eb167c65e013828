"""Bookings as calendars need them: with how often, and when, they were changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from dibs.ledger.bookings import COLUMNS, GIVEN_UP, booking_of
from dibs.ledger.tables import audit, bookings

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from dibs.ledger.bookings import Booking

#: Those that take place, or have, or are to be approved.
BOOKED = ("requested", "confirmed", "completed", "no_show")
#: What the entry of a booking rises by, from state to state. Programs leave out an entry that is
#: lower than the one they have. So what is given up and opened again has risen by two.
STEPS = {
    "booking.rescheduled": 1,
    "booking.cancelled": 2,
    "booking.declined": 2,
    "booking.withdrawn": 2,
}
STEP = case(STEPS, value=audit.c.action, else_=0)
REVISION = (
    select(func.coalesce(func.sum(STEP), 0))
    .where(audit.c.booking_id == bookings.c.id)
    .scalar_subquery()
    .label("revision")
)


@dataclass(frozen=True)
class CalendarEntry:
    """`revision`: that of the booking while it takes place. Given up, it is one lower."""

    booking: Booking
    changed_at: datetime
    revision: int

    @property
    def sequence(self) -> int:
        return sequence_of(self.revision, is_given_up=self.booking.status in GIVEN_UP)


def sequence_of(revision: int, *, is_given_up: bool) -> int:
    """The `SEQUENCE` of an entry in calendars."""
    return max(revision - is_given_up, 0)


def revision_until(connection: Connection, booking_id: int, until: datetime) -> int:
    """The revision of a booking at an instant. The audit has its moves for as long as it exists."""
    revision: int = connection.execute(
        select(func.coalesce(func.sum(STEP), 0)).where(
            audit.c.booking_id == booking_id, audit.c.at <= until
        )
    ).scalar_one()
    return revision


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
        select(*COLUMNS, REVISION).where(*which).order_by(bookings.c.starts_at, bookings.c.id)
    )
    return [CalendarEntry(booking_of(row), row.changed_at, row.revision) for row in rows]
