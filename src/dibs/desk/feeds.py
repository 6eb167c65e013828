"""Makes, lists and revokes the calendar feeds of the owner."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from dibs.errors import NotFound
from dibs.ledger import feeds
from dibs.ledger.database import retry_on_conflict

if TYPE_CHECKING:
    from dibs.ledger.database import Database
    from dibs.ledger.feeds import Feed


@retry_on_conflict
async def new_feed(database: Database, resource_id: int | None) -> tuple[Feed, str]:
    """Make a feed of the bookings of a resource, or of the whole business, and return it with its
    token, which is stored nowhere. Raises NotFound if there is no such resource."""
    token = new_token()
    feed = await database.write(feeds.insert_feed, hash_of(token), resource_id)
    if feed is None:
        raise NotFound(f"There is no resource {resource_id}.")
    return feed, token


async def list_feeds(database: Database) -> list[Feed]:
    return await database.read(feeds.all_feeds)


@retry_on_conflict
async def revoke_feed(database: Database, feed_id: int) -> None:
    """Revoke a feed: its address no longer works. Raises NotFound."""
    if not await database.write(feeds.revoke_feed, feed_id):
        raise NotFound(f"There is no feed {feed_id}, or it is revoked already.")


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return the hash of a token, which is all that is kept of it."""
    return hashlib.sha256(b"feed:" + token.encode()).hexdigest()
