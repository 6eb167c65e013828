"""The six steps that every change of a booking takes.

1. **Find the replay**: a request that was answered before gets the same answer. The transaction
   looks for it, and what is refused is refused only after a look for it.
2. **Acquire the hold** for the time that the write needs. Another visitor's hold refuses; while
   the hold store is away the ledger decides alone.
3. **Expire** the overdue checkouts that are in the way, in a transaction of their own. The write
   says so when there are any.
4. **Write**, in one transaction (see `ledger.database` for its rules).
5. **Record the commit**: tell the hold store of the new versions and end the hold, in one step,
   and put on our own boards what was written.
6. **Answer**, with the change on our own boards already.

`change_booking` takes the steps without the second and third, for what needs no other time. A use
case supplies the write. It goes by what this process knows, which are the catalog and the boards
as last read; so a refusal is told only if the catalog is still the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.desk.acquired_hold import (
    acquire_hold,
    end_other_holds,
    find_offers_for,
    leave_replaced,
    undo_acquiring,
)
from dibs.desk.expiry import expire_in_the_way
from dibs.desk.replay import AlreadyAnswered
from dibs.errors import (
    CatalogChanged,
    Conflict,
    IdempotencyMismatch,
    Invalid,
    NotFound,
    SlotPending,
    SlotTaken,
    TooManyRequests,
    TransactionLost,
)
from dibs.ledger.database import MAX_TRIES, BoardsOutOfOrder, retry_on_conflict
from dibs.ledger.seats import OverdueInTheWay

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dibs.desk.acquired_hold import AcquiredHold
    from dibs.desk.context import DeskContext
    from dibs.desk.offers import Offer, SlotRequest
    from dibs.desk.second_look import FindAnswer
    from dibs.desk.visits import Stage
    from dibs.holds.claims import Requester
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Commit, Transaction


@dataclass(frozen=True)
class Written:
    """What a write has done. `is_new`: this call has made the booking what it is. `ended`: the
    checkouts that ended for it. `stages`: how far the visitor has come by it."""

    booking: Booking
    is_new: bool = True
    ended: Sequence[Booking] = ()
    stages: Sequence[Stage] = ()


@dataclass(frozen=True)
class SlotChange:
    """A change that needs a time, as its use case supplies it.

    `write` is the operation, with the catalog and the hold by which it goes. `find_answer` finds
    what was answered before, or what is there already. `moving`: the booking that leaves its time
    for the new one, so that it is not in the way. `checkout`: who is checking out. `offers` are
    those of the back office instead of what is on offer to visitors, and `insists` ends the holds
    of visitors that are in the way.
    """

    visitor: str
    slot_request: SlotRequest
    write: Callable[[Transaction, Catalog, AcquiredHold], Written]
    find_answer: FindAnswer
    moving: int | None = None
    checkout: Requester | None = None
    offers: Callable[[Catalog], Sequence[Offer]] | None = None
    insists: bool = False


@retry_on_conflict
async def change_booking(
    context: DeskContext, write: Callable[[Transaction, Catalog], Written]
) -> Written:
    """Steps 1 and 4 to 6, for a booking that keeps its time or gives it up.

    Raises what `write` raises, LedgerUnavailable.
    """
    catalog = await context.ledger.known_catalog()

    def run(tx: Transaction) -> tuple[Written, Commit]:
        return write(tx, catalog), tx.commit

    try:
        written, commit = await context.ledger.database.write(run)
    except AlreadyAnswered as answered:
        return Written(answered.booking, is_new=False)
    await context.record_commit(commit)
    return written


@retry_on_conflict
async def change_slot(context: DeskContext, change: SlotChange) -> Written:
    """All six steps.

    Raises SlotClosed, SlotHeld, SlotPending, SlotTaken, NotFound, KeptTooLong, TooManyClaims,
    what `change` raises, LedgerUnavailable.
    """
    catalog = await context.ledger.known_catalog()
    asked = change.slot_request
    async with context.offering_alternatives(
        asked.service_id,
        asked.starts_at,
        asked.resource_id,
        visitor=change.visitor,
        moving=change.moving,
    ):
        try:
            return await _write_first_offer(context, change, catalog)
        except AlreadyAnswered as answered:
            return Written(answered.booking, is_new=False)
        except (Conflict, NotFound, TooManyRequests):
            found = await context.second_look.look(change.find_answer)
            if found.answer is not None:
                return Written(found.answer, is_new=False)
            if found.catalog is not catalog:
                raise CatalogChanged from None
            raise


async def _write_first_offer(context: DeskContext, change: SlotChange, catalog: Catalog) -> Written:
    """Steps 2 to 5, with the hold of the first offer that can be had.

    When the ledger refuses an offer the next one is tried: "anyone free" is refused only if nobody
    is free. A hold whose write was refused is given back; what else the visitor claims stays as it
    was. Once the write is done, their other holds end (see `end_other_holds`).
    """
    refused: set[int] = set()
    refusal: Conflict | None = None
    while True:
        try:
            acquired = await acquire_hold(
                context,
                change.visitor,
                await _find_offers(context, change, catalog),
                change.moving,
                change.checkout,
                refused,
                insists=change.insists,
            )
        except Conflict:
            if refusal is not None:
                raise refusal from None
            raise
        try:
            return await _write(context, change, catalog, acquired)
        except (SlotTaken, SlotPending) as lost:
            await undo_acquiring(
                context, change.visitor, change.slot_request, acquired, is_lost=True
            )
            refused.add(acquired.offer.resource_id)
            refusal = lost
        except AlreadyAnswered:
            await undo_acquiring(
                context, change.visitor, change.slot_request, acquired, is_lost=True
            )
            raise
        except (Conflict, NotFound, Invalid, IdempotencyMismatch, TransactionLost):
            # Done again, it may find an answer, or another offer to be better.
            await undo_acquiring(
                context, change.visitor, change.slot_request, acquired, is_lost=False
            )
            raise


async def _find_offers(
    context: DeskContext, change: SlotChange, catalog: Catalog
) -> Sequence[Offer]:
    if change.offers is not None:
        return change.offers(catalog)
    return await find_offers_for(context, catalog, change.visitor, *change.slot_request)


async def _write(
    context: DeskContext, change: SlotChange, catalog: Catalog, acquired: AcquiredHold
) -> Written:
    """Steps 3 to 5 with this hold."""

    def run(tx: Transaction) -> tuple[Written, Commit]:
        return change.write(tx, catalog, acquired), tx.commit

    written, commit = await _run(context, acquired, run)
    await context.record_commit(commit, acquired.hold)
    service_id = acquired.offer.service.id
    await leave_replaced(context, change.visitor, service_id, written.ended)
    if acquired.hold is not None:
        await end_other_holds(context, change.visitor, acquired.hold, service_id)
    return written


async def _run(
    context: DeskContext,
    acquired: AcquiredHold,
    operation: Callable[[Transaction], tuple[Written, Commit]],
) -> tuple[Written, Commit]:
    """Run the operation, again if it finds that something else must be done first."""
    for _ in range(MAX_TRIES):
        try:
            return await context.ledger.database.write(operation)
        except OverdueInTheWay:
            await expire_in_the_way(context, acquired.offer.slot)
        except BoardsOutOfOrder as more:
            acquired.boards.update(more.boards)
    raise TransactionLost
