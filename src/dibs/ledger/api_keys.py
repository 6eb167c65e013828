"""API keys, with which programs use the API of the office. They are stored as hashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, or_, select, update

from dibs.ledger.user_tables import api_keys

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

    from dibs.ledger.database import Transaction


@dataclass(frozen=True)
class ApiKey:
    """An API key. If `expires_at` is None it is good until it is revoked."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_by: int
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


def insert_key(
    tx: Transaction,
    token: str,
    name: str,
    scopes: tuple[str, ...],
    created_by: int,
    expires_at: datetime | None,
) -> ApiKey:
    """Store a new API key. `token` is the hash by which it is found."""
    row = {
        "name": name,
        "token": token,
        "scopes": " ".join(scopes),
        "created_by": created_by,
        "created_at": tx.now,
        "expires_at": expires_at,
    }
    made = tx.connection.execute(insert(api_keys).values(row).returning(api_keys))
    return _key_of(made.one())


def find_key(connection: Connection, token: str, now: datetime) -> ApiKey | None:
    """Return the key with this hash, or None if it has expired, is revoked or doesn't exist."""
    found = select(api_keys).where(api_keys.c.token == token, *_is_good(now))
    row = connection.execute(found).first()
    return _key_of(row) if row is not None else None


def all_keys(connection: Connection) -> list[ApiKey]:
    """Return all keys, also those that have expired or are revoked."""
    return [_key_of(row) for row in connection.execute(select(api_keys).order_by(api_keys.c.id))]


def note_use(tx: Transaction, key_id: int) -> None:
    """Remember that a key is used now."""
    tx.connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(used_at=tx.now))


def revoke_key(tx: Transaction, key_id: int) -> bool:
    """Revoke a key. Returns False if there is no such key, or if it is revoked already."""
    is_good = (api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
    change = update(api_keys).where(*is_good).values(revoked_at=tx.now)
    return tx.connection.execute(change).rowcount == 1


def _is_good(now: datetime) -> tuple[ColumnElement[bool], ...]:
    lasts = or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > now)
    return lasts, api_keys.c.revoked_at.is_(None)


def _key_of(row: Row[*tuple[Any, ...]]) -> ApiKey:
    return ApiKey(
        row.id,
        row.name,
        tuple(row.scopes.split()),
        row.created_by,
        row.created_at,
        row.expires_at,
        row.used_at,
        row.revoked_at,
    )
