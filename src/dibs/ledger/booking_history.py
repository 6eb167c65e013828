"""The history of one booking: what happened, its letters, and its rivals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import insert, select, update

from dibs.ledger import audit_log
from dibs.ledger.bookings import GIVEN_UP
from dibs.ledger.deliveries import Draft, insert_deliveries
from dibs.ledger.overlaps import MAX_LENGTH
from dibs.ledger.tables import bookings, deliveries, outbox

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dibs.ledger.audit_log import AuditEntry
    from dibs.ledger.bookings import Booking, Status
    from dibs.ledger.database import Transaction
    from dibs.ledger.deliveries import Recipient, State

#: The most events and the most letters of one booking that are shown.
MAX_SHOWN = 200
MAX_RIVALS = 20
RESENT = "letter.resent"


@dataclass(frozen=True)
class SentLetter:
    """A letter about a booking, and what became of it."""

    id: int
    letter: str
    recipient: Recipient
    address: str
    state: State
    reason: str | None
    attempts: int
    created_at: datetime
    due_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class Rival:
    """Another booking or checkout of the same time. `ended_at` is when it was cancelled, declined
    or expired, or None if it wasn't."""

    reference: str
    status: Status
    name: str | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class History:
    events: list[AuditEntry]
    letters: list[SentLetter]
    rivals: list[Rival]


def read_history(connection: Connection, booking: Booking) -> History:
    return History(
        audit_log.read_about(connection, booking.id, MAX_SHOWN),
        _letters(connection, booking.id),
        _rivals(connection, booking),
    )


def _letters(connection: Connection, booking_id: int) -> list[SentLetter]:
    found = (
        select(*(deliveries.c[name] for name in SentLetter.__dataclass_fields__))
        .where(deliveries.c.booking_id == booking_id)
        .order_by(deliveries.c.id)
        .limit(MAX_SHOWN)
    )
    return [SentLetter(*row) for row in connection.execute(found)]


def _rivals(connection: Connection, booking: Booking) -> list[Rival]:
    """Return the rivals of a booking, in the order in which they were made."""
    found = (
        select(bookings)
        .where(
            bookings.c.resource_id == booking.resource_id,
            bookings.c.starts_at > booking.starts_at - MAX_LENGTH,
            bookings.c.starts_at < booking.ends_at,
            bookings.c.ends_at > booking.starts_at,
            bookings.c.id != booking.id,
        )
        .order_by(bookings.c.created_at, bookings.c.id)
        .limit(MAX_RIVALS)
    )
    return [
        Rival(
            row.reference,
            row.status,
            row.customer_name,
            row.created_at,
            row.changed_at if row.status in GIVEN_UP else None,
        )
        for row in connection.execute(found)
    ]


def send_again(tx: Transaction, booking: Booking, letter: str, address: str) -> None:
    """Have a letter to the customer of a booking sent once more. If it already waits to be sent, it
    is sent now."""
    waiting = (
        deliveries.c.booking_id == booking.id,
        deliveries.c.letter == letter,
        deliveries.c.recipient == "customer",
        deliveries.c.due_at.is_not(None),
    )
    hastened = update(deliveries).where(*waiting).values(due_at=tx.now)
    if tx.connection.execute(hastened).rowcount:
        return
    start = {"to": booking.starts_at.isoformat()}
    event = insert(outbox).values(
        topic=RESENT,
        booking_id=booking.id,
        payload=orjson.dumps(start).decode(),
        created_at=tx.now,
    )
    event_id: int = tx.connection.execute(event.returning(outbox.c.id)).scalar_one()
    draft = Draft(letter, "customer", address, tx.now, booking.starts_at)
    insert_deliveries(tx, event_id, booking.id, [draft])
