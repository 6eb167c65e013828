"""Ending checkouts whose time ran out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.desk.parts import boards_of_booking
from dibs.ledger import bookings

if TYPE_CHECKING:
    from dibs.desk.parts import Parts
    from dibs.ledger.bookings import Place


async def sweep(parts: Parts) -> None:
    """End every overdue checkout. Raises Unavailable."""
    await sweep_away(parts, None)


async def sweep_away(parts: Parts, place: Place | None) -> None:
    """End the overdue checkouts in the way of a place (None: all), in their own transaction."""
    database = parts.ledger.database
    async with database.read() as connection:
        if not await bookings.overdue(connection, parts.clock.now(), place):
            return
    catalog = await parts.ledger.catalog()
    async with database.write() as tx:
        for checkout in await bookings.overdue(tx.connection, tx.now, place):
            await tx.bump(await boards_of_booking(tx, catalog, checkout))
            await bookings.end(tx, checkout, "expired", "clock")
    await parts.settle(tx.versions)
