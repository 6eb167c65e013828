"""Finds checkouts and requests whose time has run out."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select

from dibs.ledger import seats
from dibs.ledger.bookings import COLUMNS, booking_of
from dibs.ledger.overlaps import overlap_condition
from dibs.ledger.tables import allocations, bookings, time_limit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from dibs.availability.slots import ServiceSlot
    from dibs.ledger.bookings import Booking


def find_overdue(
    connection: Connection,
    instant: ColumnElement[datetime],
    slot: ServiceSlot | None = None,
    most: int | None = None,
) -> list[Booking]:
    """Return the checkouts and requests whose time has run out, the earliest first. With a slot,
    only those in its way."""
    if slot is None:
        rows = connection.execute(_overdue(instant).limit(most))
    else:
        rows = connection.execute(_overdue_in_the_way(instant).limit(most), seats.time_of(slot))
    return [booking_of(row) for row in rows]


def _overdue(
    instant: ColumnElement[datetime], *conditions: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    # Each of the two columns has an index of its own.
    is_overdue = or_(bookings.c.deadline <= instant, bookings.c.answer_until <= instant)
    found = select(*COLUMNS).where(is_overdue, *conditions)
    return found.order_by(time_limit, bookings.c.id)


@lru_cache(maxsize=8)
def _overdue_in_the_way(instant: ColumnElement[datetime]) -> Select[*tuple[Any, ...]]:
    in_the_way = select(allocations.c.booking_id).where(
        allocations.c.resource_id == bindparam("resource_id"),
        overlap_condition(bindparam("start"), bindparam("end")),
    )
    return _overdue(instant, bookings.c.id.in_(in_the_way))
