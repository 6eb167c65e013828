"""Acquiring the hold for a write: step 2 of every booking (see `desk.booking_steps`)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dibs.availability.intervals import hull
from dibs.desk.claiming import enter_claim, leave_claim
from dibs.desk.context import lock_boards_of
from dibs.desk.offers import (
    REFUSALS,
    Offer,
    OfferStatus,
    SlotRequest,
    find_offers,
    get_offer_statuses,
    rank_offers,
)
from dibs.errors import (
    Conflict,
    HoldsUnavailable,
    KeptTooLong,
    SlotClosed,
    SlotHeld,
)
from dibs.holds.store import Hold, owner_of
from dibs.ledger import bookings
from dibs.ledger.database import MAX_TRIES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from dibs.availability.boards import BoardKey
    from dibs.availability.intervals import Interval
    from dibs.desk.context import DeskContext
    from dibs.holds.claims import EnteredClaim, Requester
    from dibs.holds.store import Refusal
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction
    from dibs.live.board import Board


@dataclass(frozen=True)
class AcquiredHold:
    """An offer and the hold that was taken for its write. `hold` is None if the hold store is away.

    `boards` are those that the write locks first: the offer's, and others that turned out to be
    needed. `entered` is the claim of a checkout, and `entered_at` is when it was entered into the
    book of claims, by the monotonic clock. `is_own`: the visitor had this hold before.
    """

    offer: Offer
    hold: Hold | None
    boards: set[BoardKey]
    entered: EnteredClaim | None = None
    is_own: bool = False
    entered_at: float = 0.0

    def time_left(self, now: float) -> timedelta | None:
        """Return how long the time may still be kept at `now`, by the monotonic clock: the write
        may have waited for others. Returns None if there is no checkout."""
        if self.entered is None:
            return None
        return max(self.entered.left - timedelta(seconds=now - self.entered_at), timedelta(0))


async def find_offers_for(
    context: DeskContext,
    catalog: Catalog,
    visitor: str,
    service_id: int,
    starts_at: datetime,
    resource_id: int | None,
) -> list[Offer]:
    """Return what `find_offers` finds. If the visitor holds the time, notice and booking window are
    judged at the moment when the hold was made: what was on offer then still is.

    Raises what `find_offers` raises.
    """
    try:
        return find_offers(catalog, service_id, starts_at, resource_id, context.clock.now())
    except SlotClosed:
        for hold in await _holds_of(context, visitor):
            resource = hold.boards[0].resource_id
            if (
                hold.slot.starts_at == starts_at
                and hold.slot.service_id in (None, service_id)
                and resource_id in (None, resource)
            ):
                return find_offers(catalog, service_id, starts_at, resource, hold.created)
        raise


async def _holds_of(context: DeskContext, visitor: str) -> list[Hold]:
    try:
        return await context.holds.find_holds(visitor)
    except HoldsUnavailable:
        return []


async def undo_acquiring(
    context: DeskContext,
    visitor: str,
    slot_request: SlotRequest,
    acquired: AcquiredHold,
    *,
    is_lost: bool,
) -> None:
    """Give back the claim and the hold that were taken for a write that was refused. A hold that
    the visitor had before only ends if the time `is_lost`."""
    if acquired.entered is not None and acquired.entered.is_new:
        await leave_claim(context, visitor, slot_request.service_id)
    if acquired.hold is not None and (is_lost or not acquired.is_own):
        await _release_hold(context, acquired.hold)


async def acquire_hold(
    context: DeskContext,
    visitor: str,
    found: Sequence[Offer],
    moving: int | None,
    checkout: Requester | None,
    refused: Collection[int],
    *,
    insists: bool = False,
) -> AcquiredHold:
    """Acquire the hold of the first of these offers that can be had, without the offers of
    `refused` resources. With `insists`, holds of others that are in the way end first."""
    left = [offer for offer in found if offer.resource_id not in refused]
    ranked = rank_offers(await _look_at(context, left, visitor, moving))
    # If all look booked, try one all the same: our board may be out of date. The ledger decides.
    refusal: Conflict = SlotHeld()
    likely = [one for one in ranked if one.state in ("free", "held")]
    for each in likely or ranked[: 0 if refused else 1]:
        slot, boards = each.offer.slot, set(each.offer.boards)
        entered, entered_at = None, context.clock.monotonic()
        if checkout is not None:
            ttl = context.settings.checkout_lifetime
            try:
                entered = await enter_claim(context, visitor, checkout, slot, "checkout", ttl)
            except KeptTooLong as kept:
                refusal = kept
                continue
        acquire = _insist if insists and each.state in ("free", "held") else _acquire
        try:
            answer = await acquire(context, each.offer, visitor, max(each.seats, 1))
        except HoldsUnavailable:
            return AcquiredHold(each.offer, None, boards, entered, entered_at=entered_at)
        if isinstance(answer, Hold):
            is_own = _was_held_before(each, answer, visitor)
            return AcquiredHold(each.offer, answer, boards, entered, is_own, entered_at)
        if insists and each.state in ("pending", "taken"):
            refusal = REFUSALS[each.state]()
        if entered is not None and entered.is_new:
            await leave_claim(context, visitor, each.offer.service.id)
    raise refusal


async def _acquire(context: DeskContext, offer: Offer, visitor: str, seats: int) -> Hold | Refusal:
    ttl = context.settings.acquired_hold_lifetime
    return await context.acquire_hold(offer.boards, offer.slot, visitor, ttl, seats)


async def _insist(context: DeskContext, offer: Offer, visitor: str, seats: int) -> Hold | Refusal:
    """Acquire the hold, and end the holds of others for it. It is tried several times, because new
    holds may come meanwhile."""
    for _ in range(MAX_TRIES):
        answer = await _acquire(context, offer, visitor, seats)
        if isinstance(answer, Hold) or not await _end_holds_in_the_way(context, offer):
            return answer
    return answer


async def _end_holds_in_the_way(context: DeskContext, offer: Offer) -> bool:
    """End the holds that exclude the offer. If all of them are of its own class, only the newest
    one ends, because one seat is enough. Returns whether there were any."""
    boards = [await context.hub.refresh(key) for key in offer.boards]
    found = {hold.claim: hold for board in boards for hold in _holds_on(board)}.values()
    in_the_way = [hold for hold in found if hold.slot.guarded.overlaps(offer.slot.guarded)]
    others = [hold for hold in in_the_way if hold.slot != offer.slot]
    in_class = sorted((hold for hold in in_the_way if hold not in others), key=_age)
    for hold in others or in_class[:1]:
        await _release_hold(context, hold)
        await leave_claim(context, owner_of(hold.visitor), hold.slot.service_id)
    return bool(in_the_way)


def _age(hold: Hold) -> float:
    return -hold.created.timestamp()


def _holds_on(board: Board) -> tuple[Hold, ...]:
    return board.holds.holds if board.holds else ()


async def _look_at(
    context: DeskContext, offers: list[Offer], visitor: str, moving: int | None
) -> list[OfferStatus]:
    """Return the states of the offers. If there is only one, and nobody watches its boards, they
    are not read: the hold store and the transaction refuse what can't be had."""
    if len(offers) == 1 and offers[0].service.capacity == 1:
        fresh = [context.hub.get_if_fresh(key) for key in offers[0].boards]
        if None in fresh:
            return [OfferStatus(offers[0], "free", 1, ())]
    return await get_offer_statuses(context.hub, offers, visitor, moving)


def _was_held_before(status: OfferStatus, acquired: Hold, visitor: str) -> bool:
    """Tell whether the visitor held the time already. If no board was read, the store tells whether
    it knew the visitor there: the number of their last request is above 0 then."""
    if not status.boards:
        return acquired.seq > 0
    holds = status.boards[0].holds
    return any(
        hold.visitor == visitor and hold.slot == acquired.slot
        for hold in (holds.holds if holds else ())
    )


async def end_other_holds(context: DeskContext, visitor: str, kept: Hold, service_id: int) -> None:
    """End the visitor's other holds of the service, and those on its boards, after a write."""
    if kept.visitor == visitor and not kept.may_have_others:
        return
    for other in await _holds_of(context, visitor):
        if other.claim == kept.claim or not (
            other.slot.service_id == service_id or set(other.boards) & set(kept.boards)
        ):
            continue
        if other.slot.service_id != service_id:
            await leave_claim(context, visitor, other.slot.service_id)
        await _release_hold(context, other)


async def _release_hold(context: DeskContext, hold: Hold) -> None:
    with suppress(HoldsUnavailable):
        await context.release_hold(hold.boards, hold.slot, hold.visitor)


def lock_for_offer(
    context: DeskContext,
    tx: Transaction,
    catalog: Catalog,
    acquired: AcquiredHold,
    visitor: str,
    moved: str | None = None,
) -> list[Booking]:
    """Lock the boards that the write for an offer needs, and return the visitor's checkouts that
    the offer replaces.

    Locked are the boards of the offer, of its class, of the visitor's checkouts, and of the booking
    that is to be moved. Replaced are the checkouts of the same service, and those of other services
    that are in the way.

    The offer is one of this catalog. Raises CatalogChanged, BoardsOutOfOrder.
    """
    offer = acquired.offer

    def find() -> list[Booking]:
        found = bookings.checkouts_of(tx.connection, visitor)
        booking = bookings.find_by_reference(tx.connection, moved) if moved else None
        if booking is not None:
            found.append(booking)
        if offer.service.capacity > 1:
            found += bookings.class_at(tx.connection, offer.slot)
        return found

    locked = lock_boards_of(context.ledger, tx, catalog, find, acquired.boards)
    claimed = _time_of_class(locked, offer) or offer.slot.guarded
    return [
        checkout
        for checkout in locked
        if checkout.status == "pending"
        and checkout.visitor == visitor
        and (checkout.service_id == offer.service.id or _is_in_the_way(checkout, offer, claimed))
    ]


def _time_of_class(found: Collection[Booking], offer: Offer) -> Interval | None:
    """Return the time that the sold seats of a class keep, whatever the times of its service are
    now. Returns None if no seat is sold, or if it is no class."""
    if offer.service.capacity == 1:
        return None
    place = (offer.service.id, offer.resource_id, offer.slot.starts_at)
    sold = [
        seat.guarded
        for seat in found
        if seat.guarded is not None and (seat.service_id, seat.resource_id, seat.starts_at) == place
    ]
    return hull(sold) if sold else None


def _is_in_the_way(checkout: Booking, offer: Offer, claimed: Interval) -> bool:
    return (
        checkout.resource_id == offer.resource_id
        and checkout.guarded is not None
        and checkout.guarded.overlaps(claimed)
    )


async def leave_replaced(
    context: DeskContext, visitor: str, service_id: int, replaced: Collection[Booking]
) -> None:
    """Remove the checkouts of other services that a write has replaced from the book of claims."""
    for other in {checkout.service_id for checkout in replaced} - {service_id}:
        await leave_claim(context, visitor, other)
