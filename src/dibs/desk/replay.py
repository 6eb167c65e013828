"""Replay: a request that was answered before gets the same answer.

What is kept is what the answer said about the booking. It is JSON with names of its own, so that it
can still be read when a release has renamed a field, and it says nothing about the customer. The
rest of the booking never changes, and is read again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from dibs.ledger import bookings, idempotency
from dibs.ledger.idempotency import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from dibs.ledger.bookings import Booking, Customer
    from dibs.ledger.database import Transaction
    from dibs.ledger.idempotency import StoredAnswer

CREATED = 201
CHANGED = 200
#: How long a request without a key counts as the same, if its visitor and its content are the same.
SAME_WITHIN = timedelta(minutes=1)


class AlreadyAnswered(Exception):
    """The request was answered before: the transaction is taken back, and the answer repeated."""

    def __init__(self, booking: Booking) -> None:
        self.booking = booking


def fingerprint_of(
    service_id: int,
    resource_id: int | None,
    start: datetime,
    customer: Customer,
    answers: Mapping[str, object] | None = None,
) -> str:
    """Return a hash of what is booked, for which customer, and with which answers."""
    asked = [
        *(service_id, resource_id, start.isoformat()),
        *(customer.name, customer.email, customer.phone),
    ]
    if answers:
        # The answers are not checked yet: they may have numbers that only `json` can write.
        asked.append(json.dumps(answers, sort_keys=True))
    return hashlib.sha256(orjson.dumps(asked)).hexdigest()


def keyless_request(visitor: str, fingerprint: str) -> Request:
    """Return the request of a client that gave no key. It serves for a double click, and for a
    request that is sent again because its answer was lost."""
    return Request(f"{visitor} without key", fingerprint, fingerprint, SAME_WITHIN)


def find_replay(connection: Connection, request: Request | None, now: datetime) -> Booking | None:
    """Return the booking as it was answered before, or None. Raises IdempotencyMismatch."""
    if request is None:
        return None
    kept = idempotency.find_replay(connection, request, now)
    return _booking_of(connection, request, kept, now) if kept is not None else None


def refuse_replay(tx: Transaction, request: Request | None) -> None:
    """Make sure that this transaction is the first that acts on the request.

    An answer that no longer counts is removed, to make room for the next one. Raises
    AlreadyAnswered, IdempotencyMismatch.
    """
    if request is None:
        return
    kept = idempotency.find_stored(tx.connection, request)
    if kept is None:
        return
    if idempotency.is_replay(kept, request, tx.now):
        booking = _booking_of(tx.connection, request, kept, tx.now)
        if booking is not None:
            raise AlreadyAnswered(booking)
    idempotency.delete_outdated_response(tx, request, kept)


def save_response(tx: Transaction, request: Request | None, status: int, booking: Booking) -> None:
    if request is None:
        return
    answer = {
        "reference": booking.reference,
        "status": booking.status,
        "service_id": booking.service_id,
        "resource_id": booking.resource_id,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "expires_at": _text(booking.deadline),
        "answer_until": _text(booking.answer_until),
    }
    idempotency.save_response(tx, request, status, orjson.dumps(answer).decode())


def _booking_of(
    connection: Connection, request: Request, kept: StoredAnswer, now: datetime
) -> Booking | None:
    """Return the booking as it was answered, or None if the answer no longer counts."""
    answer = orjson.loads(kept.body)
    present = bookings.find_by_reference(connection, answer["reference"])
    if present is None:
        return None
    booking = replace(
        present,
        status=answer["status"],
        service_id=answer["service_id"],
        resource_id=answer["resource_id"],
        starts_at=datetime.fromisoformat(answer["starts_at"]),
        ends_at=datetime.fromisoformat(answer["ends_at"]),
        deadline=_instant(answer["expires_at"]),
        answer_until=_instant(answer.get("answer_until")),
    )
    if request.within is None:
        return booking
    is_soon = now - kept.at < request.within
    return booking if is_soon and present == booking else None


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
