"""Calendar feeds, with which calendar programs read bookings. Their secrets are stored hashed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from dibs.ledger.catalog_tables import resources
from dibs.ledger.tables import feeds

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from dibs.ledger.database import Transaction


@dataclass(frozen=True)
class Feed:
    """A calendar feed. If `resource_id` is None it is of the whole business."""

    id: int
    resource_id: int | None
    created_at: datetime
    revoked_at: datetime | None


def insert_feed(tx: Transaction, token: str, resource_id: int | None) -> Feed | None:
    """Store a new feed. `token` is the hash by which it is found. Returns None if there is no such
    resource on offer."""
    if resource_id is not None:
        is_offered = (resources.c.id == resource_id, resources.c.retired == 0)
        if tx.connection.execute(select(resources.c.id).where(*is_offered)).first() is None:
            return None
    row = insert(feeds).values(token=token, resource_id=resource_id, created_at=tx.now)
    return _feed_of(tx.connection.execute(row.returning(feeds)).one())


def find_feed(connection: Connection, token: str) -> Feed | None:
    """Return the feed with this hash, unless it is revoked."""
    is_good = (feeds.c.token == token, feeds.c.revoked_at.is_(None))
    row = connection.execute(select(feeds).where(*is_good)).first()
    return _feed_of(row) if row is not None else None


def all_feeds(connection: Connection) -> list[Feed]:
    """Return all feeds, also those that are revoked."""
    return [_feed_of(row) for row in connection.execute(select(feeds).order_by(feeds.c.id))]


def revoke_feed(tx: Transaction, feed_id: int) -> bool:
    """Revoke a feed. Returns False if there is no such feed, or if it is revoked already."""
    is_good = (feeds.c.id == feed_id, feeds.c.revoked_at.is_(None))
    change = update(feeds).where(*is_good).values(revoked_at=tx.now)
    return tx.connection.execute(change).rowcount == 1


def _feed_of(row: Row[*tuple[object, ...]]) -> Feed:
    return Feed(row.id, row.resource_id, row.created_at, row.revoked_at)
