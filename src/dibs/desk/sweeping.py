"""Ending checkouts whose time ran out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.desk.parts import bumped
from dibs.ledger import bookings
from dibs.ledger.database import repeated

if TYPE_CHECKING:
    from dibs.desk.parts import Parts
    from dibs.ledger.bookings import Booking, Place


async def sweep(parts: Parts) -> None:
    """End every overdue checkout. Raises Unavailable."""
    await sweep_away(parts, None)


@repeated
async def sweep_away(parts: Parts, place: Place | None) -> None:
    """End the overdue checkouts in the way of a place (None: all), in their own transaction."""
    database = parts.ledger.database
    async with database.glance() as connection:
        if not await bookings.overdue(connection, database.instant(), place):
            return
    catalog = await parts.ledger.catalog()
    async with database.write() as tx:

        async def overdue() -> list[Booking]:
            return await bookings.overdue(tx.connection, database.instant(), place)

        for checkout in await bumped(tx, catalog, overdue):
            await bookings.end(tx, checkout, "expired", "clock")
    await parts.settle(tx.versions)
