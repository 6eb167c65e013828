"""Bookings as an import writes them: with ids that the import gives, and also those that are over.

Every function that writes is one step of a transaction that has locked the catalog with all boards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from sqlalchemy import func, insert, select, text

from dibs.ledger.booking_rows import values_of
from dibs.ledger.catalog_tables import resources, services
from dibs.ledger.overlaps import overlap_condition
from dibs.ledger.seats import allocation_of
from dibs.ledger.tables import allocations, audit, bookings, imported

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select, Table

    from dibs.availability.slots import ServiceSlot
    from dibs.ledger.bookings import Booking
    from dibs.ledger.database import Transaction
    from dibs.ledger.journal import Actor
    from dibs.ledger.seats import Seat

ACTOR: Actor = "import"
ROWS_AT_ONCE = 500
Item = TypeVar("Item")


@dataclass(frozen=True)
class ImportedBooking:
    """A booking and when it was made; `seat` is None for one that is over."""

    booking: Booking
    created_at: datetime
    seat: Seat | None = None


@dataclass(frozen=True)
class ImportedEvent:
    """What has happened to a booking, as the audit keeps it."""

    booking_id: int
    at: datetime
    action: str
    details: Mapping[str, str]


def service_ids(tx: Transaction) -> set[int]:
    """Return the ids of all services, also of retired ones."""
    return _numbers(tx, select(services.c.id))


def resource_ids(tx: Transaction) -> set[int]:
    """Return the ids of all resources, also of retired ones."""
    return _numbers(tx, select(resources.c.id))


def cancelled_numbers(tx: Transaction, source: str) -> set[int]:
    """Return the ids of the bookings that came from a source and are cancelled by now."""
    ours = (
        select(bookings.c.id)
        .join(imported, imported.c.imported_id == bookings.c.id)
        .where(
            imported.c.source == source,
            imported.c.kind == "appointment",
            bookings.c.status == "cancelled",
        )
    )
    return _numbers(tx, ours)


def numbers_in_use(tx: Transaction, numbers: Collection[int]) -> set[int]:
    """Return which of these numbers are ids of bookings."""
    found: set[int] = set()
    for some in _batches(sorted(numbers)):
        found |= _numbers(tx, select(bookings.c.id).where(bookings.c.id.in_(some)))
    return found


def highest_number(tx: Transaction) -> int:
    """Return the highest id of a booking, or 0 if there is none."""
    found = tx.connection.execute(select(func.coalesce(func.max(bookings.c.id), 0)))
    highest: int = found.scalar_one()
    return highest


def reserve_numbers(tx: Transaction, last: int) -> None:
    """Make sure that a booking that is made meanwhile gets a higher id than `last`."""
    if tx.connection.dialect.name == "postgresql":
        tx.connection.execute(
            text(
                "SELECT setval(s, greatest(nextval(s), :last))"
                " FROM pg_get_serial_sequence('bookings', 'id') AS s"
            ),
            {"last": last},
        )


def first_in_the_way(tx: Transaction, slot: ServiceSlot) -> int | None:
    """Return the id of the booking whose allocation is the first one that overlaps a slot. There
    must be such an allocation. Returns None if it belongs to an imported busy time."""
    first = (
        select(allocations.c.booking_id)
        .where(
            allocations.c.resource_id == slot.resource_id,
            overlap_condition(slot.guarded.start, slot.guarded.end),
        )
        .order_by(allocations.c.starts_at, allocations.c.id)
        .limit(1)
    )
    found: int | None = (tx.connection.execute(first)).scalar_one()
    return found


def write_bookings(tx: Transaction, made: Sequence[ImportedBooking]) -> None:
    """Write bookings, and allocations for those that have a seat.

    Raises SlotTaken if the database refuses an allocation.
    """
    rows = [
        values_of(each.booking)
        | {"id": each.booking.id, "created_at": each.created_at, "changed_at": tx.now}
        | {"source": "import"}
        for each in made
    ]
    _insert(tx, bookings, rows)
    seated = [allocation_of(each.booking.id, each.seat) for each in made if each.seat is not None]
    _insert(tx, allocations, seated)


def write_events(tx: Transaction, events: Sequence[ImportedEvent]) -> None:
    """Write to the audit what has happened to the bookings."""
    rows = [
        {
            "at": each.at,
            "actor": ACTOR,
            "action": each.action,
            "booking_id": each.booking_id,
            "details": orjson.dumps(dict(each.details)).decode(),
        }
        for each in events
    ]
    _insert(tx, audit, rows)


def _numbers(tx: Transaction, query: Select[int]) -> set[int]:
    return set((tx.connection.execute(query)).scalars())


def _insert(tx: Transaction, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    for some in _batches(rows):
        tx.connection.execute(insert(table), some)


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    for first in range(0, len(items), ROWS_AT_ONCE):
        yield list(items[first : first + ROWS_AT_ONCE])
