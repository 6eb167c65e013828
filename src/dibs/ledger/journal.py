"""The two records every change of a booking leaves, in its own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import orjson
from sqlalchemy import insert

from dibs.ledger.tables import audit, outbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.ledger.database import Transaction

#: Who changes a booking: a visitor who is choosing, the customer of a booking, the owner, a
#: deadline that has passed, an import.
Actor = Literal["visitor", "customer", "owner", "clock", "import"]

#: Nobody asks for the ids of these.
AUDIT = insert(audit).inline()
ANNOUNCE = insert(outbox).inline()


def record(
    tx: Transaction,
    booking_id: int,
    actor: Actor,
    event: str,
    details: Mapping[str, str] | None = None,
) -> None:
    """Say who did what (audit), and what the world should be told (outbox)."""
    text = orjson.dumps(dict(details or {})).decode()
    done = {"at": tx.now, "actor": actor, "action": event, "booking_id": booking_id}
    tx.connection.execute(AUDIT, done | {"details": text})
    tx.events.append(event)
    if event.startswith("booking."):
        told = {"topic": event, "booking_id": booking_id, "payload": text, "created_at": tx.now}
        tx.connection.execute(ANNOUNCE, told)
