"""Ending checkouts whose time ran out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from dibs.desk.context import lock_boards_of
from dibs.ledger import bookings
from dibs.ledger.database import retry_on_conflict

if TYPE_CHECKING:
    from dibs.availability.slots import ServiceSlot
    from dibs.desk.context import DeskContext
    from dibs.ledger.bookings import Booking

log = structlog.get_logger()

#: Checkouts ended in one transaction: a backlog is worked off in many, each well within its time.
AT_ONCE = 50


async def sweep(context: DeskContext) -> None:
    """End every overdue checkout. Raises Unavailable."""
    while await expire_in_the_way(context, None) == AT_ONCE:
        log.info("more checkouts are overdue", at_once=AT_ONCE)


@retry_on_conflict
async def expire_in_the_way(context: DeskContext, slot: ServiceSlot | None) -> int:
    """End overdue checkouts, the first to be overdue first, in their own transaction; with a slot
    those in its way. Returns how many were found."""
    database = context.ledger.database
    async with database.read_one() as connection:
        if not await bookings.overdue(connection, database.instant(), slot, AT_ONCE):
            return 0
    catalog = await context.ledger.catalog()
    async with database.write() as tx:

        async def overdue() -> list[Booking]:
            return await bookings.overdue(tx.connection, database.instant(), slot, AT_ONCE)

        found = await lock_boards_of(context.ledger, tx, catalog, overdue)
        for checkout in found:
            await bookings.end(tx, checkout, "expired", "clock")
    await context.record_commit(tx.versions)
    return len(found)
