"""Writes what a change leaves in its own transaction: the audit, and events of bookings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import orjson
from sqlalchemy import insert

from dibs.ledger.statement import Statement
from dibs.ledger.tables import audit, outbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.ledger.database import Transaction

#: Who changes something: a visitor who is choosing, the customer of a booking, the owner at the
#: command line, a deadline that has passed, an import, a user of the office, a program with an API
#: key.
Actor = Literal["visitor", "customer", "owner", "clock", "import", "user", "key"]


@dataclass(frozen=True)
class Author:
    """Who changes something in the office, and the address of the client."""

    actor: Actor
    user_id: int | None = None
    key_id: int | None = None
    address: str | None = None


Who = Actor | Author

#: Inserts of rows whose new ids are not needed.
AUDIT = Statement(insert(audit).inline())
ANNOUNCE = Statement(insert(outbox).inline())


def record(
    tx: Transaction,
    booking_id: int,
    actor: Who,
    event: str,
    details: Mapping[str, str] | None = None,
) -> None:
    """Write who did what to the audit, and an event of a booking to the outbox. The event is due at
    once, so a server looks at it soon, whichever process wrote it."""
    text = orjson.dumps(dict(details or {})).decode()
    _write_audit(tx, actor, event, text, booking_id)
    tx.events.append(event)
    if event.startswith("booking."):
        told = {"topic": event, "booking_id": booking_id, "payload": text, "created_at": tx.now}
        tx.append(ANNOUNCE, told | {"due_at": tx.now})


def record_about(
    tx: Transaction, booking_id: int, author: Author, action: str, details: Mapping[str, str]
) -> None:
    """Write to the audit what somebody did about a booking, without an event, because nobody else
    has to be told."""
    _write_audit(tx, author, action, orjson.dumps(dict(details)).decode(), booking_id)


def record_change(
    tx: Transaction, author: Author, action: str, details: Mapping[str, object]
) -> None:
    """Write to the audit who changed something other than a booking, and what it was before and is
    now. The details must not contain secrets."""
    _write_audit(tx, author, action, orjson.dumps(dict(details)).decode(), None)


def _write_audit(
    tx: Transaction, who: Who, action: str, details: str, booking_id: int | None
) -> None:
    author = who if isinstance(who, Author) else Author(who)
    row = {
        "at": tx.now,
        "actor": author.actor,
        "action": action,
        "booking_id": booking_id,
        "details": details,
        "user_id": author.user_id,
        "key_id": author.key_id,
        "address": author.address,
    }
    tx.append(AUDIT, row)
