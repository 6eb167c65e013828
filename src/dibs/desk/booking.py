"""Checking out and booking: from a hold to a row that nobody can overlap.

Each use case goes the same way:

1. Find the replay: a request that was answered before gets the same answer.
2. Acquire the hold for the time that the write needs. Another visitor's hold refuses; while the
   hold store is away the ledger decides alone.
3. Expire the checkouts that are in the way and overdue, in a transaction of their own.
4. Write, in one transaction (see `ledger.database` for its rules).
5. Record the commit: tell the hold store of the new version and end the hold, in one step.
6. Answer, with the change on our own boards already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.claim_id import new_claim_id
from dibs.desk.acquired_hold import leave_replaced, lock_for_offer, write_first_offer
from dibs.desk.claiming import NOBODY, leave_claim
from dibs.desk.context import lock_boards_of
from dibs.desk.replay import CREATED, find_replay, find_replay_in_transaction, save_response
from dibs.desk.tokens import new_reference, new_token
from dibs.errors import BookingClosed, CheckoutExpired, NotFound
from dibs.ledger import bookings
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.database import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from sqlalchemy.ext.asyncio import AsyncConnection

    from dibs.desk.acquired_hold import AcquiredHold
    from dibs.desk.context import DeskContext
    from dibs.desk.offers import Offer, SlotRequest
    from dibs.holds.claims import Sender
    from dibs.ledger.database import Transaction
    from dibs.ledger.idempotency import Request


class BookingDesk:
    def __init__(self, context: DeskContext) -> None:
        self._context = context

    @retry_on_conflict
    async def check_out(
        self,
        visitor: str,
        slot_request: SlotRequest,
        request: Request | None = None,
        sender: Sender = NOBODY,
    ) -> Booking:
        """Claim a time while the visitor fills in the form; again is the same checkout.

        Ends the visitor's other checkouts of the service. Raises NotFound, SlotClosed, SlotHeld,
        SlotPending, SlotTaken, KeptTooLong, TooManyClaims, IdempotencyMismatch, Unavailable.
        """
        context = self._context
        async with context.ledger.database.read() as connection:
            known = await find_replay(connection, request, context.clock.now())
            live = await self._live_checkout(connection, visitor, slot_request)
            catalog = await context.ledger.catalog_in(connection)
        if known is not None:
            return known
        if live is not None:
            known = await self._answer_with(live, request)
            if known is not None:
                return known

        async def write(acquired: AcquiredHold) -> Booking:
            offer = acquired.offer
            async with context.ledger.database.write() as tx:
                former = await lock_for_offer(context, tx, catalog, offer, visitor)
                checkout = await find_replay_in_transaction(tx, request)
                if checkout is None:
                    checkout = _live_among(former, slot_request, tx.now)
                    if checkout is None:
                        left = acquired.time_left(context.clock.monotonic())
                        checkout = await self._write(tx, offer, visitor, former, None, left)
                    await save_response(tx, request, CREATED, checkout)
            await context.record_commit(tx.versions, acquired.hold)
            await leave_replaced(context, visitor, offer.service.id, former)
            return checkout

        return await write_first_offer(
            context, visitor, slot_request, catalog, write, checkout=sender
        )

    @retry_on_conflict
    async def confirm(
        self, visitor: str, checkout_id: str, customer: Customer, request: Request | None = None
    ) -> Booking:
        """Turn a checkout into a booking; again is the same booking.

        Raises NotFound, CheckoutExpired, BookingClosed, IdempotencyMismatch, Unavailable.
        """
        context = self._context
        async with context.ledger.database.read() as connection:
            known = await find_replay(connection, request, context.clock.now())
            checkout = await bookings.by_token(connection, checkout_id)
        if known is not None:
            return known
        if checkout is not None and _is_confirmed_for(checkout, visitor, customer):
            known = await self._answer_with(checkout, request)
            if known is not None:
                return known
        async with context.ledger.database.write() as tx:
            known = await find_replay_in_transaction(tx, request)
            if known is not None:
                return known
            checkout = await self._own_checkout(tx, visitor, checkout_id)
            if _is_confirmed_for(checkout, visitor, customer):
                await save_response(tx, request, CREATED, checkout)
                return checkout
            if checkout.status == "confirmed":
                raise BookingClosed
            if checkout.deadline is None or checkout.deadline <= tx.now:
                raise CheckoutExpired
            booking = await bookings.confirm(tx, checkout, customer, "visitor")
            await save_response(tx, request, CREATED, booking)
        await context.record_commit(tx.versions)
        await leave_claim(context, visitor, booking.service_id)
        return booking

    @retry_on_conflict
    async def book(
        self,
        visitor: str,
        slot_request: SlotRequest,
        customer: Customer,
        request: Request | None = None,
    ) -> Booking:
        """Book a time at once. The visitor's own hold or checkout of it is honoured.

        Raises what `check_out` raises.
        """
        booking, _ = await self._book(visitor, slot_request, customer, request)
        return booking

    @retry_on_conflict
    async def book_once(
        self, visitor: str, slot_request: SlotRequest, customer: Customer, request: Request
    ) -> Booking | None:
        """Like `book`, but a request that was answered before has no answer: that booking may be
        somebody else's."""
        booking, is_new = await self._book(visitor, slot_request, customer, request)
        return booking if is_new else None

    async def _book(
        self, visitor: str, slot_request: SlotRequest, customer: Customer, request: Request | None
    ) -> tuple[Booking, bool]:
        """The booking, and whether it was made just now."""
        context = self._context
        async with context.ledger.database.read() as connection:
            known = await find_replay(connection, request, context.clock.now())
            checkout = await self._live_checkout(connection, visitor, slot_request)
            catalog = await context.ledger.catalog_in(connection)
        if known is not None:
            return known, False
        if checkout is not None:
            return await self.confirm(visitor, checkout.token, customer, request), True

        async def write(acquired: AcquiredHold) -> tuple[Booking, bool]:
            offer = acquired.offer
            async with context.ledger.database.write() as tx:
                former = await lock_for_offer(context, tx, catalog, offer, visitor)
                known = await find_replay_in_transaction(tx, request)
                booking = known or await self._write(tx, offer, visitor, former, customer)
                if known is None:
                    await save_response(tx, request, CREATED, booking)
            await context.record_commit(tx.versions, acquired.hold)
            await leave_replaced(context, visitor, offer.service.id, former)
            return booking, known is None

        booking, is_new = await write_first_offer(context, visitor, slot_request, catalog, write)
        await leave_claim(context, visitor, booking.service_id)
        return booking, is_new

    @retry_on_conflict
    async def abandon(self, visitor: str, checkout_id: str) -> None:
        """End a checkout. Raises NotFound, Unavailable."""
        context = self._context
        async with context.ledger.database.write() as tx:
            checkout = await self._own_checkout(tx, visitor, checkout_id)
            if checkout.status != "pending":
                raise NotFound
            await bookings.end(tx, checkout, "cancelled", "visitor")
        await context.record_commit(tx.versions)
        await leave_claim(context, visitor, checkout.service_id)

    async def _answer_with(self, booking: Booking, request: Request | None) -> Booking | None:
        """Answer with what is there already, and keep that under the key as well; None: it has
        changed meanwhile."""
        if request is None:
            return booking
        async with self._context.ledger.database.write() as tx:
            known = await find_replay_in_transaction(tx, request)
            if known is None and await bookings.by_reference(tx.connection, booking.reference) == (
                booking
            ):
                known = booking
                await save_response(tx, request, CREATED, known)
        return known

    async def _own_checkout(self, tx: Transaction, visitor: str, checkout_id: str) -> Booking:
        """The visitor's checkout, or what became of it, with its boards locked. Raises NotFound."""
        catalog = await self._context.ledger.known_catalog()

        async def find() -> list[Booking]:
            checkout = await bookings.by_token(tx.connection, checkout_id)
            return [checkout] if checkout is not None and checkout.visitor == visitor else []

        for checkout in await lock_boards_of(self._context.ledger, tx, catalog, find):
            return checkout
        raise NotFound

    async def _write(
        self,
        tx: Transaction,
        offer: Offer,
        visitor: str,
        former: Collection[Booking],
        customer: Customer | None,
        left: timedelta | None = None,
    ) -> Booking:
        """End the visitor's former checkouts and write the new row: pending, or confirmed if we
        know the customer. `left`: how long the visitor may keep the time."""
        lives = self._context.settings.checkout_time
        lives = lives if left is None else min(lives, left)
        for checkout in former:
            await bookings.end(tx, checkout, "cancelled", "visitor")
        seat = await bookings.find_seat(tx, offer.slot, offer.service.capacity)
        draft = Booking(
            id=0,
            reference=new_reference(),
            status="pending" if customer is None else "confirmed",
            token=new_token(),
            claim=new_claim_id(),
            visitor=visitor,
            deadline=tx.now + lives if customer is None else None,
            service_id=offer.service.id,
            resource_id=offer.resource_id,
            starts_at=offer.slot.starts_at,
            ends_at=offer.slot.ends_at,
            price=offer.service.price,
            customer=customer,
            change_notice=offer.service.change_notice,
        )
        return await bookings.insert_booking(tx, draft, seat, "visitor")

    async def _live_checkout(
        self, connection: AsyncConnection, visitor: str, slot_request: SlotRequest
    ) -> Booking | None:
        found = await bookings.checkouts_of(connection, visitor)
        return _live_among(found, slot_request, self._context.clock.now())


def _live_among(
    checkouts: Collection[Booking], slot_request: SlotRequest, now: datetime
) -> Booking | None:
    """The one of a visitor's checkouts that is what the visitor asks for."""
    for checkout in checkouts:
        if (
            checkout.service_id == slot_request.service_id
            and checkout.starts_at == slot_request.starts_at
            and slot_request.resource_id in (None, checkout.resource_id)
            and checkout.deadline is not None
            and checkout.deadline > now
        ):
            return checkout
    return None


def _is_confirmed_for(booking: Booking, visitor: str, customer: Customer) -> bool:
    return (booking.status, booking.visitor, booking.customer) == ("confirmed", visitor, customer)
