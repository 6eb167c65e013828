"""Calendar feeds as the office makes and revokes them. Staff have those of their own resource
only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.desk import feeds
from dibs.errors import Forbidden, NotFound
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.feeds import all_feeds, insert_feed, revoke_feed
from dibs.ledger.journal import record_change

if TYPE_CHECKING:
    from dibs.desk.context import DeskContext
    from dibs.desk.office.permissions import Principal
    from dibs.ledger.database import Transaction
    from dibs.ledger.feeds import Feed


class OfficeFeeds:
    def __init__(self, context: DeskContext) -> None:
        self._database = context.ledger.database

    async def list_feeds(self, principal: Principal) -> list[Feed]:
        """Return the feeds that are not revoked and that this user may see."""
        return [
            each
            for each in await self._database.read(all_feeds)
            if each.revoked_at is None and _is_for(principal, each)
        ]

    @retry_on_conflict
    async def make_feed(self, principal: Principal, resource_id: int | None) -> tuple[Feed, str]:
        """Make a feed, and return it with its token, which is stored nowhere. Raises NotFound (no
        such resource), Forbidden."""
        if principal.resource_id is not None and resource_id is None:
            raise Forbidden("You can make a feed of your own calendar only.")
        if principal.resource_id not in (None, resource_id):
            raise NotFound("There is no such resource.")
        token = feeds.new_token()

        def write(tx: Transaction) -> Feed:
            feed = insert_feed(tx, feeds.hash_of(token), resource_id)
            if feed is None:
                raise NotFound("There is no such resource.")
            made = {"feed": feed.id, "resource_id": resource_id}
            record_change(tx, principal.author, "feed.created", made)
            return feed

        return await self._database.write(write), token

    @retry_on_conflict
    async def revoke_feed(self, principal: Principal, feed_id: int) -> None:
        """Revoke a feed: its address no longer works. Raises NotFound."""

        def write(tx: Transaction) -> None:
            is_own = any(
                each.id == feed_id and _is_for(principal, each) for each in all_feeds(tx.connection)
            )
            if not is_own or not revoke_feed(tx, feed_id):
                raise NotFound
            record_change(tx, principal.author, "feed.revoked", {"feed": feed_id})

        await self._database.write(write)


def _is_for(principal: Principal, feed: Feed) -> bool:
    return principal.resource_id in (None, feed.resource_id)
