"""Checking out and booking: from a hold to a row that nobody can overlap.

Each use case goes the same way:

1. Replay: a request that was answered before gets the same answer.
2. Take the hold: make sure of it for the time the write needs. Another's hold refuses; with the
   hold store away the ledger decides alone.
3. Sweep expired checkouts out of the way, in a transaction of their own.
4. The transaction (see `ledger.database` for its rules).
5. Settle: tell the hold store of the new version and end the hold, in one step.
6. Answer, with the change on our own boards already.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from dibs.desk.offers import Offer, by_fairness, find_offers, standing
from dibs.desk.parts import bumped
from dibs.desk.sweeping import sweep_away
from dibs.desk.tokens import new_reference, new_token
from dibs.errors import (
    BookingClosed,
    CheckoutExpired,
    Conflict,
    HoldsUnavailable,
    NotFound,
    SlotClosed,
    SlotHeld,
)
from dibs.holds.store import Hold
from dibs.ledger import bookings, idempotency
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.database import repeated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from dibs.desk.parts import Parts
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction
    from dibs.ledger.idempotency import Request

CREATED = 201
CHANGED = 200
KEPT_ANSWER = TypeAdapter(Booking)


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


class BookingDesk:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @repeated
    async def check_out(self, visitor: str, wish: Wish, request: Request | None = None) -> Booking:
        """Claim a time while the visitor fills in the form; again is the same checkout.

        Ends the visitor's other checkouts of the service. Raises NotFound, SlotClosed, SlotHeld,
        SlotPending, SlotTaken, IdempotencyMismatch, Unavailable.
        """
        parts = self._parts
        async with parts.ledger.database.read() as connection:
            known = await _answered(connection, request) or await self._live_checkout(
                connection, visitor, wish
            )
            catalog = await parts.ledger.catalog_in(connection)
        if known is not None:
            return known
        async with self._taken(visitor, wish, catalog) as taking:
            offer = taking.offer
            async with parts.ledger.database.write() as tx:
                former = await self._bumped(tx, offer, visitor)
                known = await _answered(tx.connection, request)
                if known is None:
                    known = await self._write(tx, offer, visitor, former, customer=None)
                    await _keep(tx, request, CREATED, known)
        await parts.settle(tx.versions, taking.hold)
        return known

    @repeated
    async def confirm(
        self, visitor: str, checkout_id: str, customer: Customer, request: Request | None = None
    ) -> Booking:
        """Turn a checkout into a booking; again is the same booking.

        Raises NotFound, CheckoutExpired, BookingClosed, IdempotencyMismatch, Unavailable.
        """
        parts = self._parts
        async with parts.ledger.database.read() as connection:
            known = await _answered(connection, request)
            checkout = await bookings.by_token(connection, checkout_id)
        if known is not None:
            return known
        if checkout is not None and _is_confirmed_for(checkout, visitor, customer):
            return checkout
        async with parts.ledger.database.write() as tx:
            known = await _answered(tx.connection, request)
            if known is not None:
                return known
            checkout = await self._own_checkout(tx, visitor, checkout_id)
            if _is_confirmed_for(checkout, visitor, customer):
                return checkout
            if checkout.status == "confirmed":
                raise BookingClosed
            if checkout.deadline is None or checkout.deadline <= tx.now:
                raise CheckoutExpired
            booking = await bookings.confirm(tx, checkout, customer, "visitor")
            await _keep(tx, request, CREATED, booking)
        await parts.settle(tx.versions)
        return booking

    @repeated
    async def book(
        self, visitor: str, wish: Wish, customer: Customer, request: Request | None = None
    ) -> Booking:
        """Book a time at once. The visitor's own hold or checkout of it is honoured.

        Raises what `check_out` raises.
        """
        booking, _ = await self._book(visitor, wish, customer, request)
        return booking

    @repeated
    async def book_once(
        self, visitor: str, wish: Wish, customer: Customer, request: Request
    ) -> Booking | None:
        """Like `book`, but a request that was answered before has no answer: that booking may be
        somebody else's."""
        booking, is_new = await self._book(visitor, wish, customer, request)
        return booking if is_new else None

    async def _book(
        self, visitor: str, wish: Wish, customer: Customer, request: Request | None
    ) -> tuple[Booking, bool]:
        """The booking, and whether it was made just now."""
        parts = self._parts
        async with parts.ledger.database.read() as connection:
            known = await _answered(connection, request)
            checkout = await self._live_checkout(connection, visitor, wish)
            catalog = await parts.ledger.catalog_in(connection)
        if known is not None:
            return known, False
        if checkout is not None:
            return await self.confirm(visitor, checkout.token, customer, request), True
        async with self._taken(visitor, wish, catalog) as taking:
            offer = taking.offer
            async with parts.ledger.database.write() as tx:
                former = await self._bumped(tx, offer, visitor)
                known = await _answered(tx.connection, request)
                booking = known or await self._write(tx, offer, visitor, former, customer)
                if known is None:
                    await _keep(tx, request, CREATED, booking)
        await parts.settle(tx.versions, taking.hold)
        return booking, known is None

    @repeated
    async def abandon(self, visitor: str, checkout_id: str) -> None:
        """End a checkout. Raises NotFound, Unavailable."""
        parts = self._parts
        async with parts.ledger.database.write() as tx:
            checkout = await self._own_checkout(tx, visitor, checkout_id)
            if checkout.status != "pending":
                raise NotFound
            await bookings.end(tx, checkout, "cancelled", "visitor")
        await parts.settle(tx.versions)

    async def read(self, reference: str, token: str) -> Booking:
        """A booking by its manage token. Raises NotFound, Unavailable."""
        async with self._parts.ledger.database.read() as connection:
            return await self._managed(connection, reference, token)

    @repeated
    async def reschedule(
        self,
        reference: str,
        token: str,
        visitor: str,
        starts_at: datetime,
        resource_id: int | None = None,
        request: Request | None = None,
    ) -> Booking:
        """Move a booking; all that isn't asked for stays. The old time is free only once the new
        one is won.

        Raises what `check_out` raises, BookingClosed.
        """
        parts = self._parts
        async with parts.ledger.database.read() as connection:
            known = await _answered(connection, request)
            booking = await self._managed(connection, reference, token)
        if known is not None:
            return known
        self._refuse_closed(booking)
        catalog = await parts.ledger.catalog()
        if booking.service_id not in catalog.services or (
            resource_id is None and booking.resource_id not in catalog.resources
        ):
            raise SlotClosed
        wish = Wish(booking.service_id, starts_at, resource_id or booking.resource_id)
        async with (
            self._taken(visitor, wish, catalog) as taking,
            parts.ledger.database.write() as tx,
        ):
            former = await self._bumped(tx, taking.offer, visitor, moved=reference)
            known = await _answered(tx.connection, request)
            if known is None:
                booking = await self._managed(tx.connection, reference, token)
                self._refuse_closed(booking)
                for checkout in former:
                    await bookings.end(tx, checkout, "cancelled", "visitor")
                place = taking.offer.place
                lane = await bookings.free_lane(tx, place, ignoring=[booking.id])
                known = await bookings.move(tx, booking, place, lane, "customer")
                await _keep(tx, request, CHANGED, known)
        await parts.settle(tx.versions, taking.hold)
        return known

    async def cancel(self, reference: str, token: str, request: Request | None = None) -> Booking:
        """Cancel a booking by its manage token; again is the same answer.

        Raises NotFound, BookingClosed, IdempotencyMismatch, Unavailable.
        """
        async with self._parts.ledger.database.read() as connection:
            booking = await self._managed(connection, reference, token)
        return await self._cancel(booking, "customer", request)

    async def cancel_as_owner(self, reference: str) -> Booking:
        """Cancel any booking or checkout by its reference.

        Raises NotFound, BookingClosed, Unavailable.
        """
        async with self._parts.ledger.database.read() as connection:
            booking = await bookings.by_reference(connection, reference)
        if booking is None:
            raise NotFound(f"There is no booking {reference}.")
        return await self._cancel(booking, "owner", None)

    @repeated
    async def _cancel(self, booking: Booking, actor: str, request: Request | None) -> Booking:
        parts = self._parts
        async with parts.ledger.database.write() as tx:
            known = await _answered(tx.connection, request)
            if known is not None:
                return known
            present = await self._bumped_booking(tx, booking.reference)
            if present.status == "cancelled":
                return present
            over = actor == "customer" and present.ends_at <= tx.now
            if over or present.status not in bookings.LIVE:
                raise BookingClosed
            cancelled = await bookings.end(tx, present, "cancelled", actor)
            await _keep(tx, request, CHANGED, cancelled)
        await parts.settle(tx.versions)
        return cancelled

    async def _managed(self, connection: AsyncConnection, reference: str, token: str) -> Booking:
        booking = await bookings.by_reference(connection, reference)
        if booking is None or booking.status in ("pending", "expired"):
            raise NotFound
        if not self._parts.tokens.fits(token, reference):
            raise NotFound
        return booking

    def _refuse_closed(self, booking: Booking) -> None:
        if booking.status != "confirmed" or booking.ends_at <= self._parts.clock.now():
            raise BookingClosed

    @asynccontextmanager
    async def _taken(self, visitor: str, wish: Wish, catalog: Catalog) -> AsyncIterator[Taking]:
        """Steps 2 and 3: have the hold of the first offer that can be had, for the write within.

        If the write is refused the hold has no use and is given back.
        """
        parts = self._parts
        async with parts.offering_alternatives(wish.service_id, wish.starts_at, wish.resource_id):
            taking = await self._take(visitor, wish, catalog)
            await sweep_away(parts, taking.offer.place)
            try:
                yield taking
            except Conflict:
                if taking.hold is not None:
                    await self._give_back(taking.hold)
                raise

    async def _take(self, visitor: str, wish: Wish, catalog: Catalog) -> Taking:
        parts = self._parts
        found = find_offers(
            catalog, wish.service_id, wish.starts_at, wish.resource_id, parts.clock.now()
        )
        standings = [await standing(parts.hub, offer, visitor) for offer in found]
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

    async def _give_back(self, hold: Hold) -> None:
        try:
            await self._parts.holds.release(hold.boards, hold.slot, hold.visitor)
        except HoldsUnavailable:
            return
        await self._parts.hub.catch_up(hold.boards, ledger=False)

    async def _bumped(
        self, tx: Transaction, offer: Offer, visitor: str, moved: str | None = None
    ) -> list[Booking]:
        """Bump the boards of the offer, of the visitor's checkouts of its service, and of the
        booking that is to be moved; returns the checkouts."""
        catalog = await self._parts.ledger.known_catalog()

        async def find() -> list[Booking]:
            own = await bookings.checkouts_of(tx.connection, visitor)
            found = [checkout for checkout in own if checkout.service_id == offer.service.id]
            booking = await bookings.by_reference(tx.connection, moved) if moved else None
            return [*found, booking] if booking is not None else found

        found = await bumped(tx, catalog, find, offer.boards)
        return [checkout for checkout in found if checkout.reference != moved]

    async def _own_checkout(self, tx: Transaction, visitor: str, checkout_id: str) -> Booking:
        """The visitor's checkout, or what became of it, with its boards bumped. Raises NotFound."""
        catalog = await self._parts.ledger.known_catalog()

        async def find() -> list[Booking]:
            checkout = await bookings.by_token(tx.connection, checkout_id)
            return [checkout] if checkout is not None and checkout.visitor == visitor else []

        for checkout in await bumped(tx, catalog, find):
            return checkout
        raise NotFound

    async def _bumped_booking(self, tx: Transaction, reference: str) -> Booking:
        catalog = await self._parts.ledger.known_catalog()

        async def find() -> list[Booking]:
            booking = await bookings.by_reference(tx.connection, reference)
            return [booking] if booking is not None else []

        for booking in await bumped(tx, catalog, find):
            return booking
        raise NotFound

    async def _write(
        self,
        tx: Transaction,
        offer: Offer,
        visitor: str,
        former: Collection[Booking],
        customer: Customer | None,
    ) -> Booking:
        """End the visitor's former checkouts and write the new row: pending, or confirmed if we
        know the customer."""
        for checkout in former:
            await bookings.end(tx, checkout, "cancelled", "visitor")
        lane = await bookings.free_lane(tx, offer.place)
        draft = Booking(
            id=0,
            reference=new_reference(),
            status="pending" if customer is None else "confirmed",
            token=new_token(),
            claim=new_token(),
            visitor=visitor,
            deadline=tx.now + self._parts.settings.time("checkout_time")
            if customer is None
            else None,
            service_id=offer.service.id,
            resource_id=offer.resource_id,
            starts_at=offer.slot.starts_at,
            ends_at=offer.slot.ends_at,
            price=offer.service.price,
            customer=customer,
        )
        return await bookings.insert_booking(tx, draft, offer.place, lane, "visitor")

    async def _live_checkout(
        self, connection: AsyncConnection, visitor: str, wish: Wish
    ) -> Booking | None:
        now = self._parts.clock.now()
        for checkout in await bookings.checkouts_of(connection, visitor):
            if (
                checkout.service_id == wish.service_id
                and checkout.starts_at == wish.starts_at
                and wish.resource_id in (None, checkout.resource_id)
                and checkout.deadline is not None
                and checkout.deadline > now
            ):
                return checkout
        return None


def _is_confirmed_for(booking: Booking, visitor: str, customer: Customer) -> bool:
    return (booking.status, booking.visitor, booking.customer) == ("confirmed", visitor, customer)


async def _answered(connection: AsyncConnection, request: Request | None) -> Booking | None:
    if request is None:
        return None
    body = await idempotency.answered(connection, request)
    return KEPT_ANSWER.validate_json(body) if body is not None else None


async def _keep(tx: Transaction, request: Request | None, status: int, booking: Booking) -> None:
    if request is not None:
        body = KEPT_ANSWER.dump_json(booking).decode()
        await idempotency.keep(tx, request, status, body)
