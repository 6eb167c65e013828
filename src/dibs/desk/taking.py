"""Taking the hold for a write: steps 2 and 3 of every booking (see `desk.booking`)."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.desk.offers import Offer, by_fairness, find_offers, standing
from dibs.desk.parts import bumped
from dibs.desk.sweeping import sweep_away
from dibs.errors import Conflict, HoldsUnavailable, SlotHeld
from dibs.holds.store import Hold
from dibs.ledger import bookings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from dibs.desk.parts import Parts
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction


@dataclass(frozen=True)
class Wish:
    """What a visitor asks for; no resource: anyone free."""

    service_id: int
    starts_at: datetime
    resource_id: int | None = None


@dataclass(frozen=True)
class Taking:
    """An offer whose hold was taken for a write; no hold: the store is away."""

    offer: Offer
    hold: Hold | None


@asynccontextmanager
async def taken(
    parts: Parts, visitor: str, wish: Wish, catalog: Catalog, moving: int | None = None
) -> AsyncIterator[Taking]:
    """Steps 2 and 3: have the hold of the first offer that can be had, for the write within.

    If the write is refused the hold has no use and is given back. The booking `moving` is not in
    the way: the write moves it.
    """
    async with parts.offering_alternatives(wish.service_id, wish.starts_at, wish.resource_id):
        taking = await _take(parts, visitor, wish, catalog, moving)
        await sweep_away(parts, taking.offer.place)
        try:
            yield taking
        except Conflict:
            if taking.hold is not None:
                await _give_back(parts, taking.hold)
            raise


async def _take(
    parts: Parts, visitor: str, wish: Wish, catalog: Catalog, moving: int | None
) -> Taking:
    found = find_offers(
        catalog, wish.service_id, wish.starts_at, wish.resource_id, parts.clock.now()
    )
    standings = [await standing(parts.hub, offer, visitor, moving) for offer in found]
    ranked = by_fairness(standings)
    # If all look booked, try one all the same: our board may be behind, the ledger decides.
    for each in [one for one in ranked if one.state in ("free", "held")] or ranked[:1]:
        try:
            answer = await parts.holds.take(
                each.offer.boards,
                each.offer.held,
                visitor,
                ttl=parts.settings.time("hold_take"),
                room=max(each.seats, 1),
            )
        except HoldsUnavailable:
            return Taking(each.offer, None)
        if isinstance(answer, Hold):
            return Taking(each.offer, answer)
    raise SlotHeld


async def _give_back(parts: Parts, hold: Hold) -> None:
    try:
        await parts.holds.release(hold.boards, hold.slot, hold.visitor)
    except HoldsUnavailable:
        return
    await parts.hub.catch_up(hold.boards, ledger=False)


async def bumped_for(
    parts: Parts, tx: Transaction, offer: Offer, visitor: str, moved: str | None = None
) -> list[Booking]:
    """Bump the boards of the offer, of the visitor's checkouts of its service, and of the
    booking that is to be moved; returns the checkouts."""
    catalog = await parts.ledger.known_catalog()

    async def find() -> list[Booking]:
        own = await bookings.checkouts_of(tx.connection, visitor)
        found = [checkout for checkout in own if checkout.service_id == offer.service.id]
        booking = await bookings.by_reference(tx.connection, moved) if moved else None
        return [*found, booking] if booking is not None else found

    found = await bumped(tx, catalog, find, offer.boards)
    return [checkout for checkout in found if checkout.reference != moved]
