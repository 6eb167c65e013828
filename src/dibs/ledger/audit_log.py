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
    from sqlalchemy import Connection, Row, Select


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
    found = _entries().order_by(audit.c.id.desc()).limit(most)
    if before is not None:
        found = found.where(audit.c.id < before)
    return [_entry(row) for row in connection.execute(found)]


def read_about(connection: Connection, booking_id: int, most: int) -> list[AuditEntry]:
    """The first entries about a booking, by time."""
    about = _entries().where(audit.c.booking_id == booking_id).order_by(audit.c.id).limit(most)
    return [_entry(row) for row in connection.execute(about)]


def _entries() -> Select[*tuple[Any, ...]]:
    return (
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
    )


def _entry(row: Row[*tuple[Any, ...]]) -> AuditEntry:
    return AuditEntry(
        row.id,
        row.at,
        row.actor,
        row.name or row.key,
        row.address,
        row.action,
        row.reference,
        orjson.loads(row.details),
    )
