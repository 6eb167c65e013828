"""Reads, moves and cancels bookings, for whoever has the manage token or for the owner.

Every change takes the steps of all bookings (see `desk.booking_steps`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.desk.acquired_hold import lock_for_offer
from dibs.desk.approving import answer_moved_until
from dibs.desk.booking_steps import SlotChange, WriteResult, change_booking, change_slot
from dibs.desk.claiming import UNLIMITED, leave_claim
from dibs.desk.context import lock_boards_of
from dibs.desk.offers import SlotRequest
from dibs.desk.replay import CHANGED, find_replay, refuse_replay, save_response
from dibs.errors import (
    BookingClosed,
    FieldError,
    Invalid,
    NotFound,
    ResourceRetired,
    ServiceRetired,
    TooLateToCancel,
    TooLateToMove,
)
from dibs.ledger import bookings, seats

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from dibs.desk.acquired_hold import AcquiredHold
    from dibs.desk.context import DeskContext
    from dibs.desk.holding import HoldDesk
    from dibs.errors import Conflict
    from dibs.holds.claims import Requester
    from dibs.holds.store import Hold
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction
    from dibs.ledger.idempotency import Request


class ChangeDesk:
    def __init__(self, context: DeskContext, holding: HoldDesk) -> None:
        self._context = context
        self._holding = holding

    async def read(self, reference: str, token: str) -> Booking:
        """Return a booking by its reference and manage token. Raises NotFound, Unavailable."""
        return await self._context.ledger.database.read(self._find_managed, reference, token)

    async def hold(
        self,
        reference: str,
        token: str,
        visitor: str,
        service_id: int,
        starts_at: datetime,
        resource_id: int | None = None,
        seq: int | None = None,
        requester: Requester = UNLIMITED,
    ) -> Hold:
        """Hold the time to which a booking is to be moved. It may overlap the booking's present
        time.

        The resource stays the same unless another one is asked for. Raises what `HoldDesk.hold`
        raises, BookingClosed, TooLateToMove, ServiceRetired, ResourceRetired, Invalid (another
        service than the booking's).
        """
        booking = await self.read(reference, token)
        _refuse_move(booking, self._context.clock.now())
        if service_id != booking.service_id:
            raise Invalid(FieldError("service_id", "not_of_booking"))
        wanted = resource_id or booking.resource_id
        _refuse_retired(await self._context.ledger.catalog(), booking, wanted)
        return await self._holding.hold(
            visitor, service_id, starts_at, wanted, seq, moving=booking.id, requester=requester
        )

    async def reschedule(
        self,
        reference: str,
        token: str,
        visitor: str,
        starts_at: datetime,
        resource_id: int | None = None,
        request: Request | None = None,
    ) -> Booking:
        """Move a booking. The resource stays the same unless another one is asked for. The old time
        becomes free only when the booking has the new one.

        Raises what `BookingDesk.check_out` raises, BookingClosed, TooLateToMove, ServiceRetired,
        ResourceRetired.
        """
        context = self._context
        answered, booking = await context.ledger.database.read(
            self._find_answer, reference, token, request
        )
        if answered is not None:
            return answered
        _refuse_move(booking, context.clock.now())
        wanted = resource_id or booking.resource_id
        _refuse_retired(await context.ledger.catalog(), booking, wanted)

        def write(tx: Transaction, catalog: Catalog, acquired: AcquiredHold) -> WriteResult:
            former = lock_for_offer(context, tx, catalog, acquired, visitor, reference)
            refuse_replay(tx, request)
            present = self._find_managed(tx.connection, reference, token)
            _refuse_move(present, tx.now)
            for checkout in former:
                bookings.end(tx, checkout, "cancelled", "visitor")
            slot, capacity = acquired.offer.slot, acquired.offer.service.capacity
            seat = seats.find_seat(tx, slot, capacity, ignoring=[present.id])
            until = answer_moved_until(catalog, present, slot, tx.now, is_customer=True)
            moved = bookings.move(tx, present, seat, "customer", until)
            save_response(tx, request, CHANGED, moved)
            return WriteResult(moved, ended=former)

        def find_answer(connection: Connection, now: datetime) -> Booking | None:
            return find_replay(connection, request, now)

        asked = SlotRequest(booking.service_id, starts_at, wanted)
        change = SlotChange(visitor, asked, write, find_answer, moving=booking.id)
        moved = await change_slot(context, change)
        await leave_claim(context, visitor, moved.booking.service_id)
        return moved.booking

    async def cancel(self, reference: str, token: str, request: Request | None = None) -> Booking:
        """Cancel a booking by its manage token. Cancelling it again gives the same answer.

        Raises NotFound, BookingClosed, TooLateToCancel, IdempotencyMismatch, Unavailable.
        """
        return (await self._cancel_managed(reference, token, request)).booking

    async def cancel_once(self, reference: str, token: str) -> bool:
        """Like `cancel`, but tell whether this call has cancelled the booking. Of several calls at
        the same time, only one has."""
        return (await self._cancel_managed(reference, token, None)).is_new

    async def cancel_as_owner(self, reference: str) -> Booking:
        """Cancel any booking or checkout by its reference.

        Raises NotFound, BookingClosed, Unavailable.
        """
        context = self._context

        def write(tx: Transaction, catalog: Catalog) -> WriteResult:
            present = self._lock_booking(tx, catalog, reference)
            if present.status == "cancelled":
                return WriteResult(present, is_new=False)
            if present.status not in bookings.LIVE:
                raise BookingClosed
            ended = [present] if present.status == "pending" else []
            return WriteResult(bookings.end(tx, present, "cancelled", "owner"), ended=ended)

        cancelled = await change_booking(context, write)
        for checkout in cancelled.ended:
            if checkout.visitor is not None:
                await leave_claim(context, checkout.visitor, checkout.service_id)
        return cancelled.booking

    async def _cancel_managed(
        self, reference: str, token: str, request: Request | None
    ) -> WriteResult:
        if not self._context.tokens.fits(token, reference):
            raise NotFound

        def write(tx: Transaction, catalog: Catalog) -> WriteResult:
            refuse_replay(tx, request)
            present = self._lock_booking(tx, catalog, reference)
            if present.status in ("pending", "expired"):
                raise NotFound
            if present.status == "cancelled":
                save_response(tx, request, CHANGED, present)
                return WriteResult(present, is_new=False)
            _refuse_cancellation(present, tx.now)
            cancelled = bookings.end(tx, present, "cancelled", "customer")
            save_response(tx, request, CHANGED, cancelled)
            return WriteResult(cancelled)

        return await change_booking(self._context, write)

    def _find_answer(
        self, connection: Connection, reference: str, token: str, request: Request | None
    ) -> tuple[Booking | None, Booking]:
        """Return the answer that the request got before (or None), and the booking. Raises
        NotFound."""
        answered = find_replay(connection, request, self._context.clock.now())
        return answered, self._find_managed(connection, reference, token)

    def _find_managed(self, connection: Connection, reference: str, token: str) -> Booking:
        booking = bookings.find_by_reference(connection, reference)
        if booking is None or booking.status in ("pending", "expired"):
            raise NotFound
        if not self._context.tokens.fits(token, reference):
            raise NotFound
        return booking

    def _lock_booking(self, tx: Transaction, catalog: Catalog, reference: str) -> Booking:
        def find() -> list[Booking]:
            booking = bookings.find_by_reference(tx.connection, reference)
            return [booking] if booking is not None else []

        for booking in lock_boards_of(self._context.ledger, tx, catalog, find):
            return booking
        raise NotFound(f"There is no booking {reference}.")


def explain_unmovable(
    catalog: Catalog, booking: Booking, resource_id: int | None = None
) -> Conflict | None:
    """Return the reason why a booking can't be moved to any time of a resource, or None if it can
    be. Without `resource_id` it is the booking's own resource."""
    service = catalog.services.get(booking.service_id)
    if service is None:
        return ServiceRetired()
    wanted = resource_id or booking.resource_id
    if wanted == booking.resource_id and wanted not in service.resource_ids:
        return ResourceRetired()
    return None


def _refuse_move(booking: Booking, now: datetime) -> None:
    """Raise BookingClosed or TooLateToMove if the customer can't move the booking now. They can
    move it until the service's `move_notice` before its start."""
    if not booking.is_movable(now):
        _refuse_closed(booking, now)
        if booking.is_unanswered(now):
            raise BookingClosed
        raise TooLateToMove(booking.move_until)


def _refuse_cancellation(booking: Booking, now: datetime) -> None:
    """Raise BookingClosed or TooLateToCancel if the customer can't cancel the booking now. They can
    cancel it until the service's `cancel_notice` before its start."""
    if not booking.is_cancellable(now):
        _refuse_closed(booking, now)
        raise TooLateToCancel(booking.cancel_until)


def _refuse_closed(booking: Booking, now: datetime) -> None:
    if booking.status not in bookings.AGREED or now >= booking.starts_at:
        raise BookingClosed


def _refuse_retired(catalog: Catalog, booking: Booking, resource_id: int) -> None:
    reason = explain_unmovable(catalog, booking, resource_id)
    if reason is not None:
        raise reason
