"""Lists the live holds and checkouts for the owner, with their addresses, and ends them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.desk.booking_steps import WriteResult, change_booking
from dibs.desk.claiming import leave_claim
from dibs.desk.context import lock_checkout
from dibs.errors import HoldsUnavailable, NotFound
from dibs.ledger import bookings

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from dibs.desk.context import DeskContext
    from dibs.holds.claims import Entry, Kind
    from dibs.holds.store import Hold
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction


@dataclass(frozen=True)
class LiveClaim:
    """A hold or a checkout. `claim` is its public id. `service_id` is None for a hold of an
    AppointEase client. `address` is the network address that it was made from, or None if that is
    not known."""

    claim: str
    kind: Kind
    service_id: int | None
    resource_id: int
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime
    address: str | None


class LiveClaims:
    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def find_all(self) -> list[LiveClaim]:
        """Return all live holds and checkouts, by start. While the hold store is away, these are
        only the checkouts, without addresses. Raises LedgerUnavailable."""
        found = [claim for claim, _ in await self._find()]
        return sorted(found, key=lambda each: (each.starts_at, each.resource_id, each.claim))

    async def release(self, claims: Collection[str] = (), address: str = "") -> list[LiveClaim]:
        """End the claims with these ids, and all claims that were made from an address. Viewers see
        it at once. Returns the claims that were ended. Raises LedgerUnavailable."""
        released = []
        for each, source in await self._find():
            if each.claim not in claims and not (address and each.address == address):
                continue
            if isinstance(source, bookings.Booking):
                is_ended = await self._end_checkout(source.token)
            else:
                is_ended = await self._end_hold(source)
            if is_ended:
                released.append(each)
        return released

    async def _find(self) -> list[tuple[LiveClaim, Hold | Booking]]:
        context = self._context
        try:
            entries = await context.holds.claims.entries()
        except HoldsUnavailable:
            entries = []
        addresses = {_name(entry): entry.address for entry in entries}
        now = context.clock.now()
        pending = await context.ledger.database.read(bookings.checkouts)
        found: list[tuple[LiveClaim, Hold | Booking]] = [
            (_checkout(each, each.deadline, addresses), each)
            for each in pending
            if each.deadline is not None and each.deadline > now
        ]
        for visitor in {entry.visitor for entry in entries}:
            holds = await self._holds_of(visitor)
            found += [(_hold(hold, visitor, addresses), hold) for hold in holds]
        return found

    async def _holds_of(self, visitor: str) -> list[Hold]:
        try:
            return await self._context.holds.find_holds(visitor)
        except HoldsUnavailable:
            return []

    async def _end_hold(self, hold: Hold) -> bool:
        context = self._context
        is_ended = await context.release_hold(hold.boards, hold.slot, hold.visitor)
        await leave_claim(context, hold.visitor, hold.slot.service_id)
        return is_ended

    async def _end_checkout(self, token: str) -> bool:
        """End a checkout, and tell whether it was still pending. If it was confirmed meanwhile, it
        is a booking and stays."""
        context = self._context

        def end(tx: Transaction, catalog: Catalog) -> WriteResult:
            checkout = lock_checkout(context.ledger, tx, catalog, token)
            if checkout.status != "pending":
                return WriteResult(checkout, is_new=False)
            return WriteResult(bookings.end(tx, checkout, "cancelled", "owner"))

        try:
            ended = await change_booking(context, end)
        except NotFound:
            return False
        visitor = ended.booking.visitor
        if ended.is_new and visitor is not None:
            await leave_claim(context, visitor, ended.booking.service_id)
        return ended.is_new


def _name(entry: Entry) -> tuple[str, int | None]:
    """Return the key of an entry. One visitor has at most one claim of a service."""
    return entry.visitor, entry.service_id


def _checkout(
    checkout: Booking, deadline: datetime, addresses: dict[tuple[str, int | None], str | None]
) -> LiveClaim:
    return LiveClaim(
        checkout.claim,
        "checkout",
        checkout.service_id,
        checkout.resource_id,
        checkout.starts_at,
        checkout.ends_at,
        deadline,
        addresses.get((checkout.visitor or "", checkout.service_id)),
    )


def _hold(
    hold: Hold, visitor: str, addresses: dict[tuple[str, int | None], str | None]
) -> LiveClaim:
    return LiveClaim(
        hold.claim,
        "hold",
        hold.slot.service_id,
        hold.boards[0].resource_id,
        hold.slot.starts_at,
        hold.slot.ends_at,
        hold.expires_at,
        addresses.get((visitor, hold.slot.service_id)),
    )
