"""Reads the audit, which says who did what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import orjson
from sqlalchemy import or_, select

from dibs.ledger.tables import audit, bookings
from dibs.ledger.user_tables import api_keys, users

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row, Select


@dataclass(frozen=True)
class AuditEntry:
    """An entry of the audit. `by` is the name of the user or API key; if it is None, see
    `actor`."""

    id: int
    at: datetime
    actor: str
    by: str | None
    address: str | None
    action: str
    reference: str | None
    details: dict[str, Any]


@dataclass(frozen=True)
class AuditFilter:
    """Which entries of the audit are wanted. A field that is None sets no condition. `action` is an
    action or the part of it before the point: `booking` finds all that was done with bookings.
    Entries at `until` itself are not included."""

    actor: str | None = None
    user_id: int | None = None
    key_id: int | None = None
    action: str | None = None
    reference: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class NamedAuthor:
    """A user or an API key that the audit may name."""

    kind: Literal["user", "key"]
    id: int
    name: str


EVERYTHING = AuditFilter()


def read_audit(
    connection: Connection, before: int | None, most: int, wanted: AuditFilter = EVERYTHING
) -> list[AuditEntry]:
    """Return the entries before the entry with the id `before`, or the newest entries if it is
    None. The newest is the first."""
    found = _entries().where(*_conditions(wanted)).order_by(audit.c.id.desc()).limit(most)
    if before is not None:
        found = found.where(audit.c.id < before)
    return [_entry(row) for row in connection.execute(found)]


def read_about(connection: Connection, booking_id: int, most: int) -> list[AuditEntry]:
    """Return the first entries about a booking, the oldest first."""
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


def find_named(connection: Connection) -> list[NamedAuthor]:
    """Return all users and API keys, also those that are no longer good."""
    found = [
        NamedAuthor("user", row.id, row.name)
        for row in connection.execute(select(users.c.id, users.c.name).order_by(users.c.id))
    ]
    keys = connection.execute(select(api_keys.c.id, api_keys.c.name).order_by(api_keys.c.id))
    return [*found, *(NamedAuthor("key", row.id, row.name) for row in keys)]


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.actor is not None:
        conditions.append(audit.c.actor == wanted.actor)
    if wanted.user_id is not None:
        conditions.append(audit.c.user_id == wanted.user_id)
    if wanted.key_id is not None:
        conditions.append(audit.c.key_id == wanted.key_id)
    if wanted.action is not None:
        is_part = audit.c.action.startswith(f"{wanted.action}.", autoescape=True)
        conditions.append(or_(audit.c.action == wanted.action, is_part))
    if wanted.reference is not None:
        is_it = bookings.c.reference == wanted.reference
        conditions.append(audit.c.booking_id.in_(select(bookings.c.id).where(is_it)))
    if wanted.since is not None:
        conditions.append(audit.c.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(audit.c.at < wanted.until)
    return conditions
