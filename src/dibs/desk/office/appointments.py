"""Bookings as the business makes and changes them, for example for somebody who has called.

They take the steps of all bookings (see `desk.booking_steps`), and the ledger guards them like all
others. The rules for visitors can be overridden by name (see `rules`). A visitor's hold ends only
if the caller names that, too.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from dibs.claim_id import new_claim_id
from dibs.desk.acquired_hold import lock_for_offer
from dibs.desk.approving import answer_moved_until
from dibs.desk.booking_steps import SlotChange, WriteResult, change_booking, change_slot
from dibs.desk.claiming import leave_claim
from dibs.desk.offers import SlotRequest, get_offer_statuses
from dibs.desk.office.changes import (
    Changes,
    SeenTime,
    describe,
    find_booking,
    find_wanted_time,
    is_at,
    lock_booking,
    refuse_changed,
    refuse_over,
)
from dibs.desk.office.rules import (
    OFFICE_VISITOR,
    WantedTime,
    find_broken_rules,
    find_unnamed_rules,
    is_held,
    make_offer,
    refuse_part_minute,
)
from dibs.desk.replay import CHANGED, CREATED, find_replay, refuse_replay, save_response
from dibs.desk.tokens import new_reference, new_token
from dibs.errors import (
    BookingChanged,
    BookingClosed,
    ClassKeepsTimes,
    NotApproved,
    NotBegun,
    NotFound,
    OverrideNeeded,
    SlotHeld,
)
from dibs.ledger import bookings, office_changes, seats
from dibs.ledger.bookings import Booking, Customer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import Connection

    from dibs.desk.acquired_hold import AcquiredHold
    from dibs.desk.context import DeskContext
    from dibs.desk.offers import Offer
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction
    from dibs.ledger.idempotency import Request
    from dibs.ledger.journal import Author

#: How a booking can end: given up, taken place, or its customer did not come.
Ending = Literal["cancelled", "completed", "no_show"]
#: The statuses from which a booking can be made live again.
OVER = ("cancelled", "declined", "completed", "no_show")


class Appointments:
    """In the methods, `own` is the only resource whose bookings the caller may see and change. None
    means all resources."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def book(
        self,
        author: Author,
        wanted: WantedTime,
        customer: Customer,
        notes: str = "",
        overrides: Collection[str] = (),
        request: Request | None = None,
        own: int | None = None,
    ) -> Booking:
        """Book a time. Raises OverrideNeeded, SlotTaken, SlotPending, NotFound, ServiceRetired,
        Invalid (not on a whole minute), IdempotencyMismatch, Unavailable."""
        if own not in (None, wanted.resource_id):
            raise NotFound("There is no such resource.")
        refuse_part_minute(wanted.starts_at)
        database, clock = self._context.ledger.database, self._context.clock
        answered = await database.read(find_replay, request, clock.now())
        if answered is not None:
            return answered

        def write(tx: Transaction, _: Catalog, offer: Offer) -> WriteResult:
            refuse_replay(tx, request)
            seat = seats.find_seat(tx, offer.slot, offer.service.capacity)
            draft = Booking(
                id=0,
                reference=new_reference(),
                status="confirmed",
                token=new_token(),
                claim=new_claim_id(),
                visitor=None,
                deadline=None,
                service_id=offer.service.id,
                resource_id=offer.resource_id,
                starts_at=offer.slot.starts_at,
                ends_at=offer.slot.ends_at,
                price=offer.service.price,
                customer=customer,
                notes=notes,
                move_notice=offer.service.move_notice,
                cancel_notice=offer.service.cancel_notice,
            )
            booking = bookings.insert_booking(tx, draft, seat, author)
            save_response(tx, request, CREATED, booking)
            return WriteResult(booking)

        return await self._take(wanted, overrides, request, write)

    async def change(
        self,
        author: Author,
        reference: str,
        changes: Changes,
        overrides: Collection[str] = (),
        seen: SeenTime | None = None,
        request: Request | None = None,
        own: int | None = None,
    ) -> Booking:
        """Move a booking or a request, change its length, or change its customer or notes.

        Raises what `book` raises, BookingClosed, BookingChanged (it isn't where the caller has
        `seen` it), ClassKeepsTimes, NotApproved (a request can't begin before it is approved).
        """
        answered, booking = await self._context.ledger.database.read(
            self._find_answer, reference, request, own
        )
        if answered is not None:
            return answered
        if not changes.is_move:
            return await self._describe(author, reference, changes, request, own)
        refuse_over(booking)
        refuse_changed(booking, seen)
        wanted = find_wanted_time(booking, changes)
        if wanted.starts_at != booking.starts_at:
            refuse_part_minute(wanted.starts_at)
        if own not in (None, wanted.resource_id):
            raise NotFound("There is no such resource.")

        def write(tx: Transaction, catalog: Catalog, offer: Offer) -> WriteResult:
            refuse_replay(tx, request)
            present = find_booking(tx.connection, reference, own)
            refuse_over(present)
            if not is_at(present, booking):
                raise BookingChanged
            seat = seats.find_seat(tx, offer.slot, offer.service.capacity, ignoring=[present.id])
            if seat.slot.ends_at != offer.slot.ends_at and changes.duration is not None:
                raise ClassKeepsTimes
            until = answer_moved_until(catalog, present, seat.slot, tx.now, is_customer=False)
            moved = bookings.move(tx, present, seat, author, until)
            moved = describe(tx, author, moved, changes)
            save_response(tx, request, CHANGED, moved)
            return WriteResult(moved)

        return await self._take(wanted, overrides, request, write, booking)

    async def end(
        self,
        author: Author,
        reference: str,
        ending: Ending,
        request: Request | None = None,
        own: int | None = None,
    ) -> Booking:
        """Cancel a booking or a checkout, or record that a booking took place or was missed. Doing
        it again gives the same answer. Raises NotFound, BookingClosed, NotApproved, NotBegun,
        Unavailable."""

        def write(tx: Transaction, catalog: Catalog) -> WriteResult:
            refuse_replay(tx, request)
            present = lock_booking(self._context.ledger, tx, catalog, reference, own)
            if present.status == ending:
                return WriteResult(present, is_new=False)
            if ending != "cancelled" and present.status == "pending":
                raise NotFound
            if present.status not in bookings.LIVE:
                raise BookingClosed
            if ending != "cancelled" and present.status == "requested":
                raise NotApproved
            if ending != "cancelled" and tx.now < present.starts_at:
                raise NotBegun
            ended = bookings.end(tx, present, ending, author)
            save_response(tx, request, CHANGED, ended)
            return WriteResult(ended, ended=[present] if present.status == "pending" else [])

        written = await change_booking(self._context, write)
        for checkout in written.ended:
            if checkout.visitor is not None:
                await leave_claim(self._context, checkout.visitor, checkout.service_id)
        return written.booking

    async def reopen(
        self,
        author: Author,
        reference: str,
        overrides: Collection[str] = (),
        request: Request | None = None,
        own: int | None = None,
    ) -> Booking:
        """Make a booking that is over live again, at its time. Raises what `book` raises,
        BookingClosed (it is not over)."""
        answered, booking = await self._context.ledger.database.read(
            self._find_answer, reference, request, own
        )
        if answered is not None:
            return answered
        if booking.status == "confirmed":
            return booking
        wanted = WantedTime(
            booking.service_id,
            booking.resource_id,
            booking.starts_at,
            booking.ends_at - booking.starts_at,
        )

        def write(tx: Transaction, _: Catalog, offer: Offer) -> WriteResult:
            refuse_replay(tx, request)
            present = find_booking(tx.connection, reference, own)
            if present.status == "confirmed":
                return WriteResult(present, is_new=False)
            if present.status not in OVER or present.customer is None:
                raise BookingClosed
            seat = seats.find_seat(tx, offer.slot, offer.service.capacity)
            reopened = office_changes.reopen(tx, present, seat, author)
            save_response(tx, request, CHANGED, reopened)
            return WriteResult(reopened)

        # The booking had this time before, so these rules are not applied again.
        named = {*overrides, "hours", "past", "notice", "window", "resource"}
        return await self._take(wanted, named, request, write)

    async def _take(
        self,
        wanted: WantedTime,
        overrides: Collection[str],
        request: Request | None,
        write: Callable[[Transaction, Catalog, Offer], WriteResult],
        moving: Booking | None = None,
    ) -> Booking:
        """Take a time that may break the rules that are named in `overrides`."""
        context = self._context
        visitor = OFFICE_VISITOR + new_token()
        keeps_start = moving is not None and moving.starts_at == wanted.starts_at

        def find_offer(catalog: Catalog) -> list[Offer]:
            offer = make_offer(catalog, wanted)
            broken = list(
                find_broken_rules(catalog, offer, context.clock.now(), keeps_start=keeps_start)
            )
            refused = find_unnamed_rules(broken, overrides)
            if refused:
                raise OverrideNeeded(refused)
            return [offer]

        def write_offer(tx: Transaction, catalog: Catalog, acquired: AcquiredHold) -> WriteResult:
            moved = moving.reference if moving is not None else None
            lock_for_offer(context, tx, catalog, acquired, visitor, moved)
            return write(tx, catalog, acquired.offer)

        def find_answer(connection: Connection, now: datetime) -> Booking | None:
            return find_replay(connection, request, now)

        moving_id = moving.id if moving is not None else None
        await self._refuse_unnamed(wanted, overrides, keeps_start=keeps_start, moving=moving_id)
        change = SlotChange(
            visitor,
            SlotRequest(wanted.service_id, wanted.starts_at, wanted.resource_id),
            write_offer,
            find_answer,
            moving=moving_id,
            offers=find_offer,
            insists="hold" in overrides,
        )
        try:
            return (await change_slot(context, change)).booking
        except SlotHeld as held:
            raise OverrideNeeded(["hold"]) from held

    async def _refuse_unnamed(
        self,
        wanted: WantedTime,
        overrides: Collection[str],
        *,
        keeps_start: bool,
        moving: int | None,
    ) -> None:
        """Raise OverrideNeeded with all rules at once that the time breaks and that are not named.
        The write checks them again."""
        context = self._context
        catalog = await context.ledger.catalog()
        offer = make_offer(catalog, wanted)
        broken = list(
            find_broken_rules(catalog, offer, context.clock.now(), keeps_start=keeps_start)
        )
        (status,) = await get_offer_statuses(context.hub, [offer], None, moving)
        if is_held(status.boards, offer, status.seats):
            broken.append("hold")
        refused = find_unnamed_rules(broken, overrides)
        if refused and status.state in ("free", "held"):
            raise OverrideNeeded(refused)

    async def _describe(
        self,
        author: Author,
        reference: str,
        changes: Changes,
        request: Request | None,
        own: int | None,
    ) -> Booking:
        def write(tx: Transaction, catalog: Catalog) -> WriteResult:
            refuse_replay(tx, request)
            present = lock_booking(self._context.ledger, tx, catalog, reference, own)
            if present.customer is None:
                raise BookingClosed
            described = describe(tx, author, present, changes)
            save_response(tx, request, CHANGED, described)
            return WriteResult(described)

        return (await change_booking(self._context, write)).booking

    def _find_answer(
        self, connection: Connection, reference: str, request: Request | None, own: int | None
    ) -> tuple[Booking | None, Booking]:
        """Return the answer that the request got before (or None), and the booking. Raises
        NotFound."""
        answered = find_replay(connection, request, self._context.clock.now())
        return answered, find_booking(connection, reference, own)
