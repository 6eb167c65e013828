"""Bookings with their moves, as their customers may read them, found by id or e-mail address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import func, select

from dibs.ledger.bookings import COLUMNS, booking_of
from dibs.ledger.tables import audit, bookings
from dibs.ledger.user_tables import users

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from dibs.ledger.bookings import Booking


@dataclass(frozen=True)
class Record:
    """A booking with its moves. `moved_at` is when it was last moved, `first_start` its start
    before the first move. Both are None if it was never moved."""

    booking: Booking
    created_at: datetime
    moved_at: datetime | None = None
    first_start: datetime | None = None


@dataclass(frozen=True)
class Decline:
    """How a request was declined. `reason` is why, as the business says it, or empty. With
    `is_lapse` nobody answered in time. `email` and `resource_id` are those of the user who declined
    it."""

    reason: str
    is_lapse: bool
    email: str | None
    resource_id: int | None


def find_by_number(connection: Connection, number: int) -> Record | None:
    """Return the booking with this id, or None. A checkout is not a booking yet."""
    found = _records(connection, bookings.c.id == number)
    return found[0] if found else None


def list_of_customer(connection: Connection, email: str) -> list[Record]:
    """All bookings made for an e-mail address, the latest start first."""
    return _records(connection, func.lower(bookings.c.customer_email) == email.lower())


def _records(connection: Connection, condition: ColumnElement[bool]) -> list[Record]:
    rows = (
        connection.execute(
            select(*COLUMNS)
            .where(condition, bookings.c.status.not_in(("pending", "expired")))
            .order_by(bookings.c.starts_at.desc(), bookings.c.id.desc())
        )
    ).all()
    moves = _moves(connection, [row.id for row in rows])
    return [Record(booking_of(row), row.created_at, *moves.get(row.id, ())) for row in rows]


def decline_of(connection: Connection, booking_id: int) -> Decline | None:
    """Return how a request was last declined, or None if the audit doesn't know it (any more)."""
    row = connection.execute(
        select(audit.c.details, audit.c.actor, users.c.email, users.c.resource_id)
        .select_from(audit.outerjoin(users, audit.c.user_id == users.c.id))
        .where(audit.c.booking_id == booking_id, audit.c.action == "booking.declined")
        .order_by(audit.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    reason = str(orjson.loads(row.details).get("reason", ""))
    return Decline(reason, row.actor == "clock", row.email, row.resource_id)


def _moves(connection: Connection, booking_ids: list[int]) -> dict[int, tuple[datetime, datetime]]:
    """Return, for each booking that was moved, when it was last moved and its start before the
    first move."""
    moves: dict[int, tuple[datetime, datetime]] = {}
    if not booking_ids:
        return moves
    for row in connection.execute(
        select(audit.c.booking_id, audit.c.at, audit.c.details)
        .where(audit.c.action == "booking.rescheduled", audit.c.booking_id.in_(booking_ids))
        .order_by(audit.c.id)
    ):
        start = datetime.fromisoformat(orjson.loads(row.details)["from"])
        _, first = moves.get(row.booking_id, (row.at, start))
        moves[row.booking_id] = (row.at, first)
    return moves
