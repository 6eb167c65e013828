"""Reads the audit: who did what, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from dibs.ledger.tables import audit, bookings
from dibs.ledger.user_tables import api_keys, users

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True)
class AuditEntry:
    """`by` is the name of the user or of the API key; None: see `actor`."""

    id: int
    at: datetime
    actor: str
    by: str | None
    address: str | None
    action: str
    reference: str | None
    details: dict[str, Any]


def read_audit(connection: Connection, before: int | None, most: int) -> list[AuditEntry]:
    """The entries that came before the entry with this id; None: the newest ones."""
    found = (
        select(
            audit.c.id,
            audit.c.at,
            audit.c.actor,
            users.c.name,
            api_keys.c.name.label("key"),
            audit.c.address,
            audit.c.action,
            bookings.c.reference,
            audit.c.details,
        )
        .outerjoin(users, users.c.id == audit.c.user_id)
        .outerjoin(api_keys, api_keys.c.id == audit.c.key_id)
        .outerjoin(bookings, bookings.c.id == audit.c.booking_id)
        .order_by(audit.c.id.desc())
        .limit(most)
    )
    if before is not None:
        found = found.where(audit.c.id < before)
    return [
        AuditEntry(
            row.id,
            row.at,
            row.actor,
            row.name or row.key,
            row.address,
            row.action,
            row.reference,
            orjson.loads(row.details),
        )
        for row in connection.execute(found)
    ]
