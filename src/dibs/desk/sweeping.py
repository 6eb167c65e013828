"""Ending checkouts whose time ran out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from dibs.desk.parts import bumped
from dibs.ledger import bookings
from dibs.ledger.database import repeated

if TYPE_CHECKING:
    from dibs.desk.parts import Parts
    from dibs.ledger.bookings import Booking, Place

log = structlog.get_logger()

#: Checkouts ended in one transaction: a backlog is worked off in many, each well within its time.
AT_ONCE = 50


async def sweep(parts: Parts) -> None:
    """End every overdue checkout. Raises Unavailable."""
    while await sweep_away(parts, None) == AT_ONCE:
        log.info("more checkouts are overdue", at_once=AT_ONCE)


@repeated
async def sweep_away(parts: Parts, place: Place | None) -> int:
    """End overdue checkouts, the first to be overdue first, in their own transaction; with a place
    those in its way. Returns how many were found."""
    database = parts.ledger.database
    async with database.glance() as connection:
        if not await bookings.overdue(connection, database.instant(), place, AT_ONCE):
            return 0
    catalog = await parts.ledger.catalog()
    async with database.write() as tx:

        async def overdue() -> list[Booking]:
            return await bookings.overdue(tx.connection, database.instant(), place, AT_ONCE)

        found = await bumped(parts.ledger, tx, catalog, overdue)
        for checkout in found:
            await bookings.end(tx, checkout, "expired", "clock")
    await parts.settle(tx.versions)
    return len(found)
