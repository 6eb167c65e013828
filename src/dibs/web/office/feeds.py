"""Calendar feeds: users make and revoke the addresses at which calendar programs read bookings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request

from dibs.web.field_types import AddressId, Id, Model
from dibs.web.office.answers import FeedOut, NewFeedOut
from dibs.web.office.session import PREFIX
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.desk.office.permissions import Principal
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.feeds import Feed
    from dibs.web.office.guard import Guard


class FeedIn(Model):
    """A new calendar feed. If `resource_id` is null, it is of the whole business."""

    resource_id: Id | None = None


def routes(desk: Desk, guard: Guard, public_url: str) -> APIRouter:
    api = APIRouter(prefix=f"{PREFIX}/feeds", tags=["office"], responses=DOCUMENTED)
    topic = _Feeds(desk, guard, public_url)
    api.get("")(topic.read)
    api.post("", status_code=201)(topic.make)
    api.delete("/{feed_id}", status_code=204)(topic.revoke)
    return api


class _Feeds:
    """Makes and revokes calendar feeds. No API key may do this, because a feed outlives the key."""

    def __init__(self, desk: Desk, guard: Guard, public_url: str) -> None:
        self._feeds = desk.office.feeds
        self._ledger = desk.context.ledger
        self._guard = guard
        self._public_url = public_url

    async def read(self, request: Request) -> list[FeedOut]:
        """Return the feeds that are not revoked. Staff see only the feeds of their own calendar.
        The addresses of feeds are not stored, so they are not shown again."""
        principal = await self._principal(request)
        catalog = await self._ledger.catalog()
        return [_show(each, catalog) for each in await self._feeds.list_feeds(principal)]

    async def make(self, request: Request, wanted: FeedIn) -> NewFeedOut:
        """Make a feed. `address` is only in this answer. Whoever has it can read the bookings with
        the names of the customers."""
        principal = await self._principal(request)
        feed, token = await self._feeds.make_feed(principal, wanted.resource_id)
        catalog = await self._ledger.catalog()
        return {
            "feed": _show(feed, catalog),
            "address": f"{self._public_url}/feeds/{token}.ics",
        }

    async def revoke(self, request: Request, feed_id: AddressId) -> None:
        """Revoke a feed. Its address stops working at once."""
        principal = await self._principal(request)
        await self._feeds.revoke_feed(principal, feed_id)

    async def _principal(self, request: Request) -> Principal:
        principal, _ = await self._guard.require_user(request)
        principal.check("bookings:read")
        return principal


def _show(feed: Feed, catalog: Catalog) -> FeedOut:
    of = feed.resource_id
    return {
        "id": feed.id,
        "resource_id": of,
        "resource": None if of is None else catalog.resource_name(of),
        "created_at": rfc3339(feed.created_at),
    }
