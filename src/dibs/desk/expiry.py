"""Ending checkouts and requests whose time ran out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from dibs.desk.context import lock_boards_of
from dibs.ledger import bookings
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.overdue import find_overdue

if TYPE_CHECKING:
    from dibs.availability.slots import ServiceSlot
    from dibs.desk.context import DeskContext
    from dibs.ledger.bookings import Booking
    from dibs.ledger.database import Commit, Transaction

log = structlog.get_logger()

#: How many are ended in one transaction. A backlog takes several transactions, each of them short.
AT_ONCE = 50


async def sweep(context: DeskContext) -> None:
    """End every overdue checkout, and decline every request that nobody answered in time. Raises
    Unavailable."""
    while await expire_in_the_way(context, None) == AT_ONCE:
        log.info("more are overdue", at_once=AT_ONCE)


@retry_on_conflict
async def expire_in_the_way(context: DeskContext, slot: ServiceSlot | None) -> int:
    """End overdue checkouts and requests in a separate transaction. Those that have been overdue
    for longest come first. With a slot, only those in its way end. Returns how many were found."""
    database = context.ledger.database
    instant = database.instant()
    if not await database.read_one(find_overdue, instant, slot, AT_ONCE):
        return 0
    catalog = await context.ledger.catalog()

    def expire(tx: Transaction) -> tuple[int, Commit]:
        def find() -> list[Booking]:
            return find_overdue(tx.connection, instant, slot, AT_ONCE)

        found = lock_boards_of(context.ledger, tx, catalog, find)
        for each in found:
            bookings.end(tx, each, "expired" if each.status == "pending" else "declined", "clock")
        return len(found), tx.commit

    count, commit = await database.write(expire)
    await context.record_commit(commit)
    return count
