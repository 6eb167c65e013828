"""Bookings with their customers, and closures with their ids, as the office sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, or_, select, update

from dibs.ledger.bookings import AGREED, COLUMNS, GIVEN_UP, booking_of
from dibs.ledger.catalog_tables import business, closures, resources
from dibs.ledger.overlaps import MAX_LENGTH
from dibs.ledger.tables import bookings, outbox

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Row

    from dibs.availability.intervals import Interval
    from dibs.ledger.bookings import Booking
    from dibs.ledger.database import Transaction

#: A buffer before a service is at most a day.
MAX_BUFFER = timedelta(days=1)
MAX_NEWS = 20
#: The events of bookings that are new to the office.
NEWS = ("booking.confirmed", "booking.requested")


@dataclass(frozen=True, slots=True)
class ListedClosure:
    """A closure in local wall time. One without a resource is of the whole business."""

    id: int
    resource_id: int | None
    starts: datetime
    ends: datetime
    reason: str


def find_bookings(
    connection: Connection, resource_ids: Collection[int], span: Interval
) -> list[Booking]:
    """Return the bookings and checkouts of these resources that overlap the span, with their
    buffers or without, by start. Those that were given up are left out."""
    rows = connection.execute(
        select(*COLUMNS)
        .where(
            bookings.c.resource_id.in_(resource_ids),
            bookings.c.starts_at > span.start - MAX_LENGTH,
            bookings.c.starts_at < span.end + MAX_BUFFER,
            # A booking that took place, or that its customer missed, is included.
            bookings.c.status.not_in(GIVEN_UP),
        )
        .order_by(bookings.c.starts_at, bookings.c.id)
    )
    return [booking for row in rows if _touches(booking := booking_of(row), span)]


def _touches(booking: Booking, span: Interval) -> bool:
    start, end = booking.starts_at, booking.ends_at
    if booking.guarded is not None:
        start, end = min(start, booking.guarded.start), max(end, booking.guarded.end)
    return start < span.end and span.start < end


def newest_event(connection: Connection) -> int:
    """Return the number of the newest event, or 0 if there is none."""
    found: int | None = connection.execute(select(func.max(outbox.c.id))).scalar_one()
    return found or 0


def find_new_bookings(
    connection: Connection, since: int, resource_id: int | None
) -> dict[int, Booking]:
    """Return the bookings that were made after an event, by the number of the event that says so.
    With a resource, only its own. There are at most `MAX_NEWS`, so that the office can show them
    one by one."""
    is_new = [outbox.c.id > since, outbox.c.topic.in_(NEWS)]
    if resource_id is not None:
        is_new.append(bookings.c.resource_id == resource_id)
    rows = connection.execute(
        select(*COLUMNS, outbox.c.id.label("event"))
        .join(outbox, outbox.c.booking_id == bookings.c.id)
        .where(*is_new, bookings.c.status.in_(AGREED))
        .order_by(outbox.c.id)
        .limit(MAX_NEWS)
    )
    return {row.event: booking_of(row) for row in rows}


def find_closures(
    connection: Connection, resource_ids: Collection[int], first: datetime, last: datetime
) -> list[ListedClosure]:
    """Return the closures of these resources and of the business that overlap [first, last), which
    are wall times, by start."""
    rows = connection.execute(
        select(closures)
        .where(
            or_(closures.c.resource_id.is_(None), closures.c.resource_id.in_(resource_ids)),
            closures.c.starts < _write(last),
            closures.c.ends > _write(first),
        )
        .order_by(closures.c.starts, closures.c.id)
    )
    return [_closure_of(row) for row in rows]


def _closure_of(row: Row[*tuple[Any, ...]]) -> ListedClosure:
    starts, ends = datetime.fromisoformat(row.starts), datetime.fromisoformat(row.ends)
    return ListedClosure(row.id, row.resource_id, starts, ends, row.reason)


def _write(wall: datetime) -> str:
    return wall.isoformat(timespec="minutes")


def insert_closure(
    tx: Transaction, resource_id: int | None, starts: datetime, ends: datetime, reason: str
) -> ListedClosure:
    """Add a closure, and count the change of its resource or of the business. Call it under
    `Transaction.lock_catalog`."""
    row = {
        "resource_id": resource_id,
        "starts": _write(starts),
        "ends": _write(ends),
        "reason": reason,
        "from_office": 1,
    }
    closure_id: int = tx.connection.execute(
        insert(closures).values(row).returning(closures.c.id)
    ).scalar_one()
    _count_change(tx, resource_id)
    return ListedClosure(closure_id, resource_id, starts, ends, reason)


def delete_closure(tx: Transaction, closure_id: int, own: int | None) -> ListedClosure | None:
    """Remove a closure. With `own`, only a closure of that resource can be removed. Returns None if
    there is no such closure."""
    is_it = closures.c.id == closure_id
    if own is not None:
        is_it = and_(is_it, closures.c.resource_id == own)
    row = tx.connection.execute(delete(closures).where(is_it).returning(closures)).first()
    if row is None:
        return None
    _count_change(tx, row.resource_id)
    return _closure_of(row)


def _count_change(tx: Transaction, resource_id: int | None) -> None:
    counter = business if resource_id is None else resources
    number = 1 if resource_id is None else resource_id
    tx.connection.execute(
        update(counter).where(counter.c.id == number).values(version=counter.c.version + 1)
    )
