"""Bookings that were made: read, rescheduled and cancelled by whoever has the manage token, or by
the owner. They go the way of all bookings (see `desk.booking`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.desk.acquired_hold import AcquiredHold, leave_replaced, lock_for_offer, write_first_offer
from dibs.desk.claiming import NOBODY, leave_claim
from dibs.desk.context import lock_boards_of
from dibs.desk.offers import SlotRequest
from dibs.desk.replay import CHANGED, find_replay, find_replay_in_transaction, save_response
from dibs.errors import (
    BookingClosed,
    FieldError,
    Invalid,
    NotFound,
    ResourceRetired,
    ServiceRetired,
    TooLateToChange,
)
from dibs.ledger import bookings
from dibs.ledger.database import retry_on_conflict

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from dibs.desk.context import DeskContext
    from dibs.desk.holding import HoldDesk
    from dibs.errors import Conflict
    from dibs.holds.claims import Sender
    from dibs.holds.store import Hold
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction
    from dibs.ledger.idempotency import Request
    from dibs.ledger.journal import Actor


class ChangeDesk:
    def __init__(self, context: DeskContext, holding: HoldDesk) -> None:
        self._context = context
        self._holding = holding

    async def read(self, reference: str, token: str) -> Booking:
        """A booking by its manage token. Raises NotFound, Unavailable."""
        async with self._context.ledger.database.read() as connection:
            return await self._managed(connection, reference, token)

    async def hold(
        self,
        reference: str,
        token: str,
        visitor: str,
        service_id: int,
        starts_at: datetime,
        resource_id: int | None = None,
        seq: int | None = None,
        sender: Sender = NOBODY,
    ) -> Hold:
        """Hold the time to which a booking is to be moved; it may overlap the time it leaves.

        All that isn't asked for stays. Raises what `Holding.hold` raises, BookingClosed,
        ServiceRetired, ResourceRetired, Invalid (another service than the booking's).
        """
        booking = await self.read(reference, token)
        _refuse_closed(booking, self._context.clock.now())
        if service_id != booking.service_id:
            raise Invalid(FieldError("service_id", "not_of_booking"))
        wanted = resource_id or booking.resource_id
        _refuse_retired(await self._context.ledger.catalog(), booking, wanted)
        return await self._holding.hold(
            visitor, service_id, starts_at, wanted, seq, moving=booking.id, sender=sender
        )

    @retry_on_conflict
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

        Raises what `check_out` raises, BookingClosed, ServiceRetired, ResourceRetired.
        """
        context = self._context
        async with context.ledger.database.read() as connection:
            known = await find_replay(connection, request, context.clock.now())
            booking = await self._managed(connection, reference, token)
        if known is not None:
            return known
        _refuse_closed(booking, self._context.clock.now())
        catalog = await context.ledger.catalog()
        wanted = resource_id or booking.resource_id
        _refuse_retired(catalog, booking, wanted)
        slot_request = SlotRequest(booking.service_id, starts_at, wanted)

        async def write(acquired: AcquiredHold) -> Booking:
            async with context.ledger.database.write() as tx:
                former = await lock_for_offer(
                    context, tx, catalog, acquired.offer, visitor, reference
                )
                moved = await find_replay_in_transaction(tx, request)
                if moved is None:
                    present = await self._managed(tx.connection, reference, token)
                    _refuse_closed(present, tx.now)
                    for checkout in former:
                        await bookings.end(tx, checkout, "cancelled", "visitor")
                    slot, capacity = acquired.offer.slot, acquired.offer.service.capacity
                    seat = await bookings.find_seat(tx, slot, capacity, ignoring=[present.id])
                    moved = await bookings.move(tx, present, seat, "customer")
                    await save_response(tx, request, CHANGED, moved)
            await context.record_commit(tx.versions, acquired.hold)
            await leave_replaced(context, visitor, booking.service_id, former)
            return moved

        moved = await write_first_offer(
            context, visitor, slot_request, catalog, write, moving=booking.id
        )
        await leave_claim(context, visitor, moved.service_id)
        return moved

    async def cancel(self, reference: str, token: str, request: Request | None = None) -> Booking:
        """Cancel a booking by its manage token; again is the same answer.

        Raises NotFound, BookingClosed, IdempotencyMismatch, Unavailable.
        """
        async with self._context.ledger.database.read() as connection:
            booking = await self._managed(connection, reference, token)
        cancelled, _ = await self._cancel(booking, "customer", request)
        return cancelled

    async def cancel_once(self, reference: str, token: str) -> bool:
        """Like `cancel`; tells whether this call has cancelled it: of several at once, one has."""
        async with self._context.ledger.database.read() as connection:
            booking = await self._managed(connection, reference, token)
        _, is_new = await self._cancel(booking, "customer", None)
        return is_new

    async def cancel_as_owner(self, reference: str) -> Booking:
        """Cancel any booking or checkout by its reference.

        Raises NotFound, BookingClosed, Unavailable.
        """
        async with self._context.ledger.database.read() as connection:
            booking = await bookings.by_reference(connection, reference)
        if booking is None:
            raise NotFound(f"There is no booking {reference}.")
        cancelled, _ = await self._cancel(booking, "owner", None)
        return cancelled

    @retry_on_conflict
    async def _cancel(
        self, booking: Booking, actor: Actor, request: Request | None
    ) -> tuple[Booking, bool]:
        """The booking, and whether it wasn't cancelled before."""
        context = self._context
        async with context.ledger.database.write() as tx:
            known = await find_replay_in_transaction(tx, request)
            if known is not None:
                return known, False
            present = await self._lock_booking(tx, booking.reference)
            if present.status == "cancelled":
                await save_response(tx, request, CHANGED, present)
                return present, False
            if actor == "customer":
                _refuse_closed(present, tx.now)
            elif present.status not in bookings.LIVE:
                raise BookingClosed
            cancelled = await bookings.end(tx, present, "cancelled", actor)
            await save_response(tx, request, CHANGED, cancelled)
        await context.record_commit(tx.versions)
        if present.status == "pending" and present.visitor is not None:
            await leave_claim(context, present.visitor, present.service_id)
        return cancelled, True

    async def _managed(self, connection: AsyncConnection, reference: str, token: str) -> Booking:
        booking = await bookings.by_reference(connection, reference)
        if booking is None or booking.status in ("pending", "expired"):
            raise NotFound
        if not self._context.tokens.fits(token, reference):
            raise NotFound
        return booking

    async def _lock_booking(self, tx: Transaction, reference: str) -> Booking:
        catalog = await self._context.ledger.known_catalog()

        async def find() -> list[Booking]:
            booking = await bookings.by_reference(tx.connection, reference)
            return [booking] if booking is not None else []

        for booking in await lock_boards_of(self._context.ledger, tx, catalog, find):
            return booking
        raise NotFound


def why_unmovable(
    catalog: Catalog, booking: Booking, resource_id: int | None = None
) -> Conflict | None:
    """Why a booking can't be moved to any time of a resource (or of its own); None: it may be."""
    service = catalog.services.get(booking.service_id)
    if service is None:
        return ServiceRetired()
    wanted = resource_id or booking.resource_id
    if wanted == booking.resource_id and wanted not in service.resource_ids:
        return ResourceRetired()
    return None


def _refuse_closed(booking: Booking, now: datetime) -> None:
    """A customer can change a booking until its service's `change_notice` before it begins."""
    if booking.is_changeable(now):
        return
    if booking.status == "confirmed" and now < booking.starts_at:
        raise TooLateToChange(booking.change_until)
    raise BookingClosed


def _refuse_retired(catalog: Catalog, booking: Booking, resource_id: int) -> None:
    reason = why_unmovable(catalog, booking, resource_id)
    if reason is not None:
        raise reason
