"""The six steps that every change of a booking takes.

1. **Find the replay**: a request that was answered before gets the same answer. The transaction
   looks for it, and before a refusal is told, a second look is taken (see `desk.second_look`).
2. **Acquire the hold** for the time that the write needs. If another visitor holds the time, the
   request is refused. While the hold store is away, the ledger decides alone.
3. **Expire** the overdue checkouts and requests that are in the way, in a separate transaction.
   The write reports them (`OverdueInTheWay`), and is tried again after that.
4. **Write**, in one transaction (see `ledger.database` for its rules).
5. **Record the commit**: tell the hold store the new versions and end the hold, in one step, and
   show the change on our own boards.
6. **Answer**. The change is on our own boards by then.

`change_slot` takes all steps. `change_booking` leaves out the second and the third, for changes
that need no new time. A use case supplies the write. The steps go by the catalog and the boards as
this process has read them last, so a refusal is told only if the catalog is still the same.
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
class WriteResult:
    """What a write has done. `is_new`: this call has brought the booking into its state. `ended`
    are the checkouts that ended for it. `stages` are how far the visit has come by it."""

    booking: Booking
    is_new: bool = True
    ended: Sequence[Booking] = ()
    stages: Sequence[Stage] = ()


@dataclass(frozen=True)
class SlotChange:
    """A change that needs a time, as its use case supplies it.

    `write` is the operation; it gets the catalog and the hold to go by. `find_answer` finds the
    answer that the request got before, or a booking that is already as asked. `moving` is the
    booking that leaves its time for the new one, so it is not in the way. `checkout` is the
    requester of a checkout; it is None if the change is no checkout. `offers` gives offers of the
    office instead of what is on offer to visitors. With `insists`, holds of visitors that are in
    the way end.
    """

    visitor: str
    slot_request: SlotRequest
    write: Callable[[Transaction, Catalog, AcquiredHold], WriteResult]
    find_answer: FindAnswer
    moving: int | None = None
    checkout: Requester | None = None
    offers: Callable[[Catalog], Sequence[Offer]] | None = None
    insists: bool = False


@retry_on_conflict
async def change_booking(
    context: DeskContext, write: Callable[[Transaction, Catalog], WriteResult]
) -> WriteResult:
    """Take the steps 1 and 4 to 6, for a booking that keeps its time or gives it up.

    Raises what `write` raises, LedgerUnavailable.
    """
    catalog = await context.ledger.known_catalog()

    def run(tx: Transaction) -> tuple[WriteResult, Commit]:
        return write(tx, catalog), tx.commit

    try:
        written, commit = await context.ledger.database.write(run)
    except AlreadyAnswered as answered:
        return WriteResult(answered.booking, is_new=False)
    await context.record_commit(commit)
    return written


@retry_on_conflict
async def change_slot(context: DeskContext, change: SlotChange) -> WriteResult:
    """Take all six steps.

    Raises SlotClosed, SlotHeld, SlotPending, SlotTaken, NotFound, KeptTooLong, TooManyClaims, what
    `change.write` raises, LedgerUnavailable.
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
            return WriteResult(answered.booking, is_new=False)
        except (Conflict, NotFound, TooManyRequests):
            found = await context.second_look.look(change.find_answer)
            if found.answer is not None:
                return WriteResult(found.answer, is_new=False)
            if found.catalog is not catalog:
                raise CatalogChanged from None
            raise


async def _write_first_offer(
    context: DeskContext, change: SlotChange, catalog: Catalog
) -> WriteResult:
    """Take the steps 2 to 5 with the first offer that can be had.

    When the ledger refuses an offer, the next one is tried, so that "anyone free" is refused only
    if nobody is free. If a write is refused, its hold is given back, and all other claims of the
    visitor stay. When the write is done, the visitor's other holds end (see `end_other_holds`).
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
            # If the change is tried again, it may find an answer or a better offer.
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
) -> WriteResult:
    """Take the steps 3 to 5 with this hold."""

    def run(tx: Transaction) -> tuple[WriteResult, Commit]:
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
    operation: Callable[[Transaction], tuple[WriteResult, Commit]],
) -> tuple[WriteResult, Commit]:
    """Run the operation. If it finds that checkouts must be ended or more boards be locked first,
    run it again after that."""
    for _ in range(MAX_TRIES):
        try:
            return await context.ledger.database.write(operation)
        except OverdueInTheWay:
            await expire_in_the_way(context, acquired.offer.slot)
        except BoardsOutOfOrder as more:
            acquired.boards.update(more.boards)
    raise TransactionLost
