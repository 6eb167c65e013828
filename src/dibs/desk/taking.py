"""Taking the hold for a write: steps 2 and 3 of every booking (see `desk.booking`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from dibs.desk.claiming import enter_claim, leave_claim, place_of
from dibs.desk.offers import Offer, by_fairness, find_offers, standing
from dibs.desk.parts import bumped
from dibs.desk.sweeping import sweep_away
from dibs.errors import (
    Conflict,
    HoldsUnavailable,
    IdempotencyMismatch,
    KeptTooLong,
    NotFound,
    SlotClosed,
    SlotHeld,
    SlotPending,
    SlotTaken,
    TransactionLost,
)
from dibs.holds.store import Hold
from dibs.ledger import bookings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection
    from datetime import datetime

    from dibs.desk.parts import Parts
    from dibs.holds.claims import Entered, Sender
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction


Written = TypeVar("Written")


@dataclass(frozen=True)
class Wish:
    """What a visitor asks for; no resource: anyone free."""

    service_id: int
    starts_at: datetime
    resource_id: int | None = None


@dataclass(frozen=True)
class Taking:
    """An offer whose hold was taken for a write; no hold: the store is away.

    `entered`: the claim of a checkout. `is_own`: the visitor had this hold before.
    """

    offer: Offer
    hold: Hold | None
    entered: Entered | None = None
    is_own: bool = False


async def find_offers_for(
    parts: Parts,
    catalog: Catalog,
    visitor: str,
    service_id: int,
    starts_at: datetime,
    resource_id: int | None,
) -> list[Offer]:
    """What `find_offers` finds. Notice is judged at the moment of the hold: who has held the time
    since it was on offer still has it on offer.

    Raises what `find_offers` raises.
    """
    try:
        return find_offers(catalog, service_id, starts_at, resource_id, parts.clock.now())
    except SlotClosed:
        for hold in await _holds_of(parts, visitor):
            resource = hold.boards[0].resource_id
            if (
                hold.slot.starts_at == starts_at
                and hold.slot.service_id in (None, service_id)
                and resource_id in (None, resource)
            ):
                return find_offers(catalog, service_id, starts_at, resource, hold.created)
        raise


async def _holds_of(parts: Parts, visitor: str) -> list[Hold]:
    try:
        return await parts.holds.held_by(visitor)
    except HoldsUnavailable:
        return []


async def write_first_offer(
    parts: Parts,
    visitor: str,
    wish: Wish,
    catalog: Catalog,
    write: Callable[[Taking], Awaitable[Written]],
    *,
    moving: int | None = None,
    checkout: Sender | None = None,
) -> Written:
    """Steps 2 to 5: write with the hold of the first offer that can be had.

    When the ledger refuses an offer the next one is tried: "anyone free" is refused only if nobody
    is free. A hold whose write was refused is given back; what else the visitor claims stays as it
    was. Once the write is done, their other holds end (see `_end_other_holds`). The booking
    `moving` is not in the way: the write moves it. `checkout`: who is checking out.

    Raises SlotClosed, SlotHeld, SlotPending, SlotTaken, and what `write` raises.
    """
    refused: set[int] = set()
    async with parts.offering_alternatives(
        wish.service_id, wish.starts_at, wish.resource_id, visitor=visitor, moving=moving
    ):
        refusal: Conflict | None = None
        while True:
            try:
                taking = await _take(parts, visitor, wish, catalog, moving, checkout, refused)
            except Conflict:
                if refusal is not None:
                    raise refusal from None
                raise
            await sweep_away(parts, taking.offer.place)
            try:
                written = await write(taking)
            except (SlotTaken, SlotPending) as lost:
                await _undo(parts, visitor, wish, taking, is_lost=True)
                refused.add(taking.offer.resource_id)
                refusal = lost
                continue
            except (Conflict, NotFound, IdempotencyMismatch, TransactionLost):
                # Done again, it may find an answer, or another offer to be better.
                await _undo(parts, visitor, wish, taking, is_lost=False)
                raise
            if taking.hold is not None:
                await _end_other_holds(parts, visitor, taking.hold, wish.service_id)
            return written


async def _undo(parts: Parts, visitor: str, wish: Wish, taking: Taking, *, is_lost: bool) -> None:
    """The write was refused: what was taken for it has no use."""
    if taking.entered is not None and taking.entered.is_new:
        await leave_claim(parts, visitor, wish.service_id)
    if taking.hold is not None and (is_lost or not taking.is_own):
        await _give_back(parts, taking.hold)


async def _take(
    parts: Parts,
    visitor: str,
    wish: Wish,
    catalog: Catalog,
    moving: int | None,
    checkout: Sender | None,
    refused: Collection[int],
) -> Taking:
    """The hold of the first offer that can be had, without the resources that were `refused`."""
    found = await find_offers_for(
        parts, catalog, visitor, wish.service_id, wish.starts_at, wish.resource_id
    )
    standings = [
        await standing(parts.hub, offer, visitor, moving)
        for offer in found
        if offer.resource_id not in refused
    ]
    ranked = by_fairness(standings)
    # If all look booked, try one all the same: our board may be behind, the ledger decides.
    refusal: Conflict = SlotHeld()
    likely = [one for one in ranked if one.state in ("free", "held")]
    for each in likely or ranked[: 0 if refused else 1]:
        entered = None
        if checkout is not None:
            place = place_of(each.offer.resource_id, each.offer.held)
            ttl = parts.settings.time("checkout_time")
            try:
                entered = await enter_claim(parts, visitor, checkout, place, "checkout", ttl)
            except KeptTooLong as kept:
                refusal = kept
                continue
        own = any(
            hold.visitor == visitor and hold.slot == each.offer.held
            for board in each.boards[:1]
            for hold in (board.holds.holds if board.holds else ())
        )
        try:
            answer = await parts.holds.take(
                each.offer.boards,
                each.offer.held,
                visitor,
                ttl=parts.settings.time("hold_take"),
                room=max(each.seats, 1),
            )
        except HoldsUnavailable:
            return Taking(each.offer, None, entered)
        if isinstance(answer, Hold):
            return Taking(each.offer, answer, entered, own)
        if entered is not None and entered.is_new:
            await leave_claim(parts, visitor, wish.service_id)
    raise refusal


async def _end_other_holds(parts: Parts, visitor: str, kept: Hold, service_id: int) -> None:
    """A write was done: end the visitor's other holds of the service, and those on its boards."""
    if kept.visitor == visitor and not kept.elsewhere:
        return
    for other in await _holds_of(parts, visitor):
        if other.claim == kept.claim or not (
            other.slot.service_id == service_id or set(other.boards) & set(kept.boards)
        ):
            continue
        if other.slot.service_id != service_id:
            await leave_claim(parts, visitor, other.slot.service_id)
        await _give_back(parts, other)


async def _give_back(parts: Parts, hold: Hold) -> None:
    try:
        await parts.holds.release(hold.boards, hold.slot, hold.visitor)
    except HoldsUnavailable:
        return
    await parts.hub.catch_up(hold.boards, ledger=False)


async def bumped_for(
    parts: Parts,
    tx: Transaction,
    catalog: Catalog,
    offer: Offer,
    visitor: str,
    moved: str | None = None,
) -> list[Booking]:
    """Bump the boards of the offer, of the class that it may be a seat of, of the visitor's
    checkouts of its service, and of the booking that is to be moved; returns the checkouts.

    The offer is one of the catalogue's. Raises CatalogChanged.
    """

    async def find() -> list[Booking]:
        found = await bookings.checkouts_of(tx.connection, visitor)
        booking = await bookings.by_reference(tx.connection, moved) if moved else None
        if booking is not None:
            found.append(booking)
        if offer.service.capacity > 1:
            found += await bookings.class_at(tx.connection, offer.place)
        return found

    return [
        checkout
        for checkout in await bumped(parts.ledger, tx, catalog, find, offer.boards)
        if checkout.status == "pending"
        and checkout.visitor == visitor
        and checkout.service_id == offer.service.id
    ]
