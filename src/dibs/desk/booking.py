"""Checking out and booking: from a hold to a row that nobody can overlap.

Each use case takes the steps of `desk.booking_steps`, and supplies its own write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.claim_id import new_claim_id
from dibs.desk.acquired_hold import lock_for_offer
from dibs.desk.answering import check_form, is_filled_like
from dibs.desk.approving import answer_until, as_request
from dibs.desk.booking_steps import SlotChange, WriteResult, change_booking, change_slot
from dibs.desk.claiming import UNLIMITED, leave_claim
from dibs.desk.context import lock_checkout
from dibs.desk.replay import CREATED, AlreadyAnswered, find_replay, refuse_replay, save_response
from dibs.desk.tokens import new_reference, new_token
from dibs.errors import BookingClosed, CheckoutExpired, NotFound, TransactionLost
from dibs.ledger import bookings, seats
from dibs.ledger.answers import NO_ANSWERS, Answers
from dibs.ledger.bookings import Booking, Customer

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

    from dibs.desk.acquired_hold import AcquiredHold
    from dibs.desk.answering import FilledForm
    from dibs.desk.context import DeskContext
    from dibs.desk.offers import Offer, SlotRequest
    from dibs.desk.visits import Stage
    from dibs.holds.claims import Requester
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction
    from dibs.ledger.idempotency import Request


class BookingDesk:
    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def check_out(
        self,
        visitor: str,
        slot_request: SlotRequest,
        request: Request | None = None,
        requester: Requester = UNLIMITED,
    ) -> Booking:
        """Claim a time while the visitor fills in the form. Checking out again gives the same
        checkout.

        Ends the visitor's other checkouts of the service. Raises NotFound, SlotClosed, SlotHeld,
        SlotPending, SlotTaken, KeptTooLong, TooManyClaims, IdempotencyMismatch, Unavailable.
        """
        context = self._context

        def write(tx: Transaction, catalog: Catalog, acquired: AcquiredHold) -> WriteResult:
            former = lock_for_offer(context, tx, catalog, acquired, visitor)
            refuse_replay(tx, request)
            checkout = _live_among(former, slot_request, tx.now)
            if checkout is not None:
                raise AlreadyAnswered(checkout)
            left = acquired.time_left(context.clock.monotonic())
            checkout = self._write(tx, acquired.offer, visitor, former, None, left)
            save_response(tx, request, CREATED, checkout)
            stages: list[Stage] = [] if acquired.is_own else ["held"]
            return WriteResult(checkout, ended=former, stages=[*stages, "checked_out"])

        def find_answer(connection: Connection, now: datetime) -> Booking | None:
            return _find_answer(connection, visitor, slot_request, request, now)

        change = SlotChange(visitor, slot_request, write, find_answer, checkout=requester)
        written = await change_slot(context, change)
        if written.is_new:
            context.visits.count(visitor, *written.stages)
        if written.is_new or request is None:
            return written.booking
        answer = await self._answer_with(written.booking, request)
        return answer or await self.check_out(visitor, slot_request, request, requester)

    async def confirm(
        self,
        visitor: str,
        checkout_id: str,
        customer: Customer,
        request: Request | None = None,
        form: FilledForm | None = None,
    ) -> Booking:
        """Turn a checkout into a booking. Confirming it again gives the same booking. Without a
        `form` the customer was asked nothing.

        Raises NotFound, CheckoutExpired, BookingClosed, Invalid (the form), IdempotencyMismatch,
        Unavailable.
        """

        def write(tx: Transaction, catalog: Catalog) -> WriteResult:
            refuse_replay(tx, request)
            checkout = self._lock_own_checkout(tx, catalog, visitor, checkout_id)
            is_same = _is_confirmed_for(checkout, visitor, customer)
            if is_same and is_filled_like(form, checkout.answers):
                raise AlreadyAnswered(checkout)
            if checkout.status in bookings.AGREED:
                raise BookingClosed
            if checkout.deadline is None or checkout.deadline <= tx.now:
                raise CheckoutExpired
            answers = check_form(form, catalog, checkout.service_id, customer.language, tx.now)
            until = answer_until(catalog, checkout, tx.now)
            booking = bookings.confirm(tx, checkout, customer, "visitor", until, answers)
            save_response(tx, request, CREATED, booking)
            return WriteResult(booking)

        written = await change_booking(self._context, write)
        if written.is_new:
            self._context.visits.count(visitor, "booked")
            await leave_claim(self._context, visitor, written.booking.service_id)
            return written.booking
        if request is None:
            return written.booking
        answer = await self._answer_with(written.booking, request)
        return answer or await self.confirm(visitor, checkout_id, customer, request, form)

    async def book(
        self,
        visitor: str,
        slot_request: SlotRequest,
        customer: Customer,
        request: Request | None = None,
        form: FilledForm | None = None,
    ) -> Booking:
        """Book a time at once. If the visitor has a hold or a checkout of it, that is used. Without
        a `form` the customer was asked nothing.

        Raises what `check_out` raises, and Invalid (the form).
        """
        return (await self._book(visitor, slot_request, customer, request, form)).booking

    async def book_once(
        self, visitor: str, slot_request: SlotRequest, customer: Customer, request: Request
    ) -> Booking | None:
        """Like `book`, but returns None if the request was answered before: that booking may be
        somebody else's."""
        written = await self._book(visitor, slot_request, customer, request)
        return written.booking if written.is_new else None

    async def _book(
        self,
        visitor: str,
        slot_request: SlotRequest,
        customer: Customer,
        request: Request | None,
        form: FilledForm | None = None,
    ) -> WriteResult:
        context = self._context

        def write(tx: Transaction, catalog: Catalog, acquired: AcquiredHold) -> WriteResult:
            former = lock_for_offer(context, tx, catalog, acquired, visitor)
            refuse_replay(tx, request)
            service_id = acquired.offer.service.id
            answers = check_form(form, catalog, service_id, customer.language, tx.now)
            checkout = _live_among(former, slot_request, tx.now)
            stages: list[Stage] = ["booked"]
            if checkout is not None:
                until = answer_until(catalog, checkout, tx.now)
                booking = bookings.confirm(tx, checkout, customer, "visitor", until, answers)
                ended = []
            else:
                offer, ended = acquired.offer, former
                booking = self._write(tx, offer, visitor, former, customer, answers=answers)
                stages += ["checked_out"] if acquired.is_own else ["held", "checked_out"]
            save_response(tx, request, CREATED, booking)
            return WriteResult(booking, ended=ended, stages=stages)

        def find_answer(connection: Connection, now: datetime) -> Booking | None:
            return find_replay(connection, request, now)

        written = await change_slot(context, SlotChange(visitor, slot_request, write, find_answer))
        if written.is_new:
            context.visits.count(visitor, *written.stages)
            await leave_claim(context, visitor, written.booking.service_id)
        return written

    async def abandon(self, visitor: str, checkout_id: str) -> None:
        """End a checkout. Raises NotFound, Unavailable."""

        def write(tx: Transaction, catalog: Catalog) -> WriteResult:
            checkout = self._lock_own_checkout(tx, catalog, visitor, checkout_id)
            if checkout.status != "pending":
                raise NotFound
            return WriteResult(bookings.end(tx, checkout, "cancelled", "visitor"))

        written = await change_booking(self._context, write)
        await leave_claim(self._context, visitor, written.booking.service_id)

    async def _answer_with(self, checkout: Booking, request: Request) -> Booking | None:
        """Answer with the booking that is there already, and store this answer under the key of the
        request as well. Returns None if the booking has changed meanwhile."""
        try:
            return await self._context.ledger.database.write(_keep_answer, checkout, request)
        except AlreadyAnswered as answered:
            return answered.booking
        except TransactionLost:
            return None

    def _lock_own_checkout(
        self, tx: Transaction, catalog: Catalog, visitor: str, checkout_id: str
    ) -> Booking:
        """Lock the boards of the visitor's checkout, and return it or the booking that it has
        become. Raises NotFound."""
        checkout = lock_checkout(self._context.ledger, tx, catalog, checkout_id)
        if checkout.visitor != visitor:
            raise NotFound
        return checkout

    def _write(
        self,
        tx: Transaction,
        offer: Offer,
        visitor: str,
        former: Collection[Booking],
        customer: Customer | None,
        left: timedelta | None = None,
        answers: Answers = NO_ANSWERS,
    ) -> Booking:
        """End the visitor's former checkouts and write the new row: a checkout, or a booking if the
        customer is known. `left` is how long the visitor may keep the time."""
        lives = self._context.settings.checkout_lifetime
        lives = lives if left is None else min(lives, left)
        for checkout in former:
            bookings.end(tx, checkout, "cancelled", "visitor")
        seat = seats.find_seat(tx, offer.slot, offer.service.capacity)
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
            move_notice=offer.service.move_notice,
            cancel_notice=offer.service.cancel_notice,
            answers=answers,
        )
        if customer is not None:
            draft = as_request(draft, offer.service, tx.now)
        return bookings.insert_booking(tx, draft, seat, "visitor")


def _find_answer(
    connection: Connection,
    visitor: str,
    slot_request: SlotRequest,
    request: Request | None,
    now: datetime,
) -> Booking | None:
    """Return the answer that the request got before, or the live checkout that is what it asks for,
    or None."""
    answered = find_replay(connection, request, now)
    return answered or _live_among(bookings.checkouts_of(connection, visitor), slot_request, now)


def _keep_answer(tx: Transaction, checkout: Booking, request: Request) -> Booking | None:
    refuse_replay(tx, request)
    if bookings.find_by_reference(tx.connection, checkout.reference) != checkout:
        return None
    save_response(tx, request, CREATED, checkout)
    return checkout


def _live_among(
    checkouts: Collection[Booking], slot_request: SlotRequest, now: datetime
) -> Booking | None:
    """Return the live one of a visitor's checkouts that is what the visitor asks for, or None."""
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
    return booking.status in bookings.AGREED and (booking.visitor, booking.customer) == (
        visitor,
        customer,
    )
