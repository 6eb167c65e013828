"""Bookings as entries of calendars, with how often and when they were changed."""

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

#: The statuses of bookings and requests that were not given up.
BOOKED = ("requested", "confirmed", "completed", "no_show")
#: By how much each event raises the revision of a booking. Calendar programs ignore an entry with a
#: lower number than the one they have. Giving a booking up counts two: the number of its entry then
#: rises by one, and by one more if the booking is reopened.
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
    """A booking as an entry of a calendar. The number of the entry is the `revision` while the
    booking takes place, and one lower once the booking is given up."""

    booking: Booking
    changed_at: datetime
    revision: int

    @property
    def sequence(self) -> int:
        return sequence_of(self.revision, is_given_up=self.booking.status in GIVEN_UP)


def sequence_of(revision: int, *, is_given_up: bool) -> int:
    """Return the number of an entry, which calendars call its `SEQUENCE`."""
    return max(revision - is_given_up, 0)


def revision_until(connection: Connection, booking_id: int, until: datetime) -> int:
    """Return the revision that a booking had at an instant. The audit keeps the moves of a booking
    for as long as the booking exists."""
    revision: int = connection.execute(
        select(func.coalesce(func.sum(STEP), 0)).where(
            audit.c.booking_id == booking_id, audit.c.at <= until
        )
    ).scalar_one()
    return revision


def entry_of(connection: Connection, booking_id: int) -> CalendarEntry:
    """Return the entry of one booking, whatever its status."""
    (found,) = _entries(connection, bookings.c.id == booking_id)
    return found


def entries_since(
    connection: Connection, since: datetime, resource_id: int | None
) -> list[CalendarEntry]:
    """Return the entries of bookings that start at this instant or later and were not given up, by
    start: of one resource, or of all if it is None."""
    which = [bookings.c.starts_at >= since, bookings.c.status.in_(BOOKED)]
    if resource_id is not None:
        which.append(bookings.c.resource_id == resource_id)
    return _entries(connection, *which)


def _entries(connection: Connection, *which: ColumnElement[bool]) -> list[CalendarEntry]:
    rows = connection.execute(
        select(*COLUMNS, REVISION).where(*which).order_by(bookings.c.starts_at, bookings.c.id)
    )
    return [CalendarEntry(booking_of(row), row.changed_at, row.revision) for row in rows]
