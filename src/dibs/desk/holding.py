"""Holds: a visitor's short claim while they choose."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog

from dibs.availability.boards import boards_of
from dibs.availability.slots import service_slot_at
from dibs.clock import EPOCH, microseconds
from dibs.desk.acquired_hold import find_offers_for, leave_replaced
from dibs.desk.claiming import (
    UNLIMITED,
    apply_claim_times,
    claim_hold,
    leave_claim,
    renew_hold,
)
from dibs.desk.context import lock_boards_of
from dibs.desk.offers import (
    REFUSALS,
    Offer,
    OfferStatus,
    find_offers,
    get_offer_statuses,
    rank_offers,
)
from dibs.errors import (
    Conflict,
    KeptTooLong,
    NotFound,
    SlotClosed,
    SlotHeld,
    Superseded,
    Unavailable,
)
from dibs.holds.store import Hold, HoldRequest, Refusal
from dibs.ledger import bookings
from dibs.ledger.database import retry_on_conflict
from dibs.metrics import count_granted_hold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dibs.availability.boards import BoardKey
    from dibs.availability.slots import ServiceSlot
    from dibs.desk.context import DeskContext
    from dibs.holds.claims import EnteredClaim, Requester
    from dibs.ledger.bookings import Booking
    from dibs.ledger.database import Commit, Transaction

log = structlog.get_logger()

#: How often a hold is tried if the ledger changes meanwhile. While many people book the same day,
#: the ledger changes during each reading of the board.
MAX_TRIES = 20


class HoldId(NamedTuple):
    """The id of a hold, which says what is held. It gives no access without the visitor's
    secret."""

    resource_id: int
    service_id: int
    starts_at: datetime

    def __str__(self) -> str:
        return f"{self.resource_id}-{self.service_id}-{microseconds(self.starts_at) // 1_000_000}"

    @classmethod
    def parse(cls, text: str) -> HoldId:
        """Read an id. Raises NotFound if it can't be read, because no hold has such an id."""
        parts = text.split("-")
        if len(parts) != 3 or not all(
            part.isascii() and part.isdecimal() and len(part) <= 10 for part in parts
        ):
            raise NotFound
        resource_id, service_id, seconds = map(int, parts)
        return cls(resource_id, service_id, EPOCH + timedelta(seconds=seconds))


class HoldDesk:
    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def hold(
        self,
        visitor: str,
        service_id: int,
        starts_at: datetime,
        resource_id: int | None = None,
        seq: int | None = None,
        moving: int | None = None,
        requester: Requester = UNLIMITED,
    ) -> Hold:
        """Hold a slot for a visitor. Without a resource, the least busy one that is free is taken.

        The visitor's other hold for this service ends once they have this one. The booking `moving`
        is not in the way, because it is to be moved to this slot.

        Raises NotFound, SlotClosed, SlotHeld, SlotPending, SlotTaken, KeptTooLong, TooManyClaims,
        Superseded, Unavailable.
        """
        context = self._context
        async with context.offering_alternatives(
            service_id, starts_at, resource_id, visitor=visitor, moving=moving
        ):
            found = await self._find(visitor, service_id, starts_at, resource_id)
            for _ in range(MAX_TRIES):
                candidates = rank_offers(
                    await get_offer_statuses(context.hub, found, visitor, moving)
                )
                kept = self._own(visitor, candidates)
                hold = await self._first_granted(kept or candidates, visitor, seq, requester)
                if hold is not None:
                    await self._release_others(visitor, hold)
                    return hold
            raise Unavailable

    async def prolong(
        self, visitor: str, hold_id: HoldId, ttl: timedelta, requester: Requester = UNLIMITED
    ) -> Hold:
        """Set the hold's deadline to now + `ttl`, which may be earlier or later than before. Raises
        NotFound, Unavailable."""
        boards, slot = await self._address(hold_id)
        hold = await self._context.holds.extend(boards, slot, visitor, ttl=ttl)
        if hold is not None:
            hold = await renew_hold(self._context, requester, hold, ttl)
        if hold is None:
            raise NotFound
        self._context.hub.note_deadline(hold, ttl)
        return hold

    async def move(
        self,
        visitor: str,
        hold_id: HoldId,
        starts_at: datetime,
        resource_id: int | None,
        seq: int | None,
        requester: Requester = UNLIMITED,
    ) -> Hold:
        """Hold another slot instead. The resource stays the same unless another one is asked for.
        The old hold is kept if the new slot can't be had.

        Raises what `hold` raises, and NotFound if this visitor has no such hold.
        """
        boards, slot = await self._address(hold_id)
        held = await self._context.holds.find_holds(visitor)
        if not any(hold.slot == slot and hold.boards == boards for hold in held):
            raise NotFound
        wanted = resource_id or hold_id.resource_id
        return await self.hold(
            visitor, hold_id.service_id, starts_at, wanted, seq, requester=requester
        )

    async def release(self, visitor: str, hold_id: HoldId, seq: int | None = None) -> None:
        """End the hold. Raises NotFound, Unavailable."""
        boards, slot = await self._address(hold_id)
        if not await self._context.release_hold(boards, slot, visitor, seq):
            raise NotFound
        await leave_claim(self._context, visitor, hold_id.service_id)

    async def _find(
        self, visitor: str, service_id: int, starts_at: datetime, resource_id: int | None
    ) -> list[Offer]:
        """Find the offers by the catalog as it was read last, if the boards agree with it. So a
        hold costs no query while nothing has changed."""
        context = self._context
        catalog = await context.ledger.known_catalog()
        now = context.clock.now()
        try:
            found = find_offers(catalog, service_id, starts_at, resource_id, now)
            boards = await context.hub.get_all([key for offer in found for key in offer.boards])
            if all(
                catalog.agrees_with(board.ledger.catalog, board.key.resource_id) for board in boards
            ):
                return found
        except (NotFound, SlotClosed):
            log.debug("not in the catalog as last read", service_id=service_id)
        catalog = await context.ledger.catalog()
        return await find_offers_for(context, catalog, visitor, service_id, starts_at, resource_id)

    def _own(self, visitor: str, candidates: Sequence[OfferStatus]) -> list[OfferStatus]:
        """Return the candidates whose slot the visitor already holds or checks out."""
        return [
            each
            for each in candidates
            for board in each.boards[:1]
            for service_id in (each.offer.service.id,)
            if any(
                claim.visitor == visitor
                and claim.state != "taken"
                and (claim.service_id, claim.guarded) == (service_id, each.offer.slot.guarded)
                for claim in board.claims
            )
        ]

    async def _first_granted(
        self, candidates: Sequence[OfferStatus], visitor: str, seq: int | None, requester: Requester
    ) -> Hold | None:
        """Return the first hold that is granted, or None if the ledger has changed meanwhile."""
        context = self._context
        refusal: Conflict | None = None
        for each in candidates:
            if each.state in ("pending", "taken"):
                refusal = refusal or REFUSALS[each.state]()
                continue
            offer = each.offer
            fresh = context.settings.hold_lifetime
            request = HoldRequest(
                offer.boards,
                offer.slot,
                visitor,
                fresh,
                {board.key: board.ledger.version for board in each.boards},
                seq,
                max(each.seats, 1),
            )
            try:
                answer = await claim_hold(context, requester, request)
            except KeptTooLong as kept:
                refusal = refusal or kept
                continue
            if isinstance(answer, Hold):
                count_granted_hold()
                context.visits.count(visitor, "held")
                await self._end_own_checkouts(visitor, each, answer.entered)
                return apply_claim_times(context, answer, answer.entered, fresh)
            if answer is Refusal.STALE:
                await context.hub.refresh_all(offer.boards)
                return None
            if answer is Refusal.SUPERSEDED:
                raise Superseded
            refusal = refusal or SlotHeld()
        raise refusal or SlotHeld()

    @retry_on_conflict
    async def _end_own_checkouts(
        self, visitor: str, taken: OfferStatus, entered: EnteredClaim | None
    ) -> None:
        """End the visitor's checkouts of the service, and those that overlap the new hold.

        The visitor has gone back from the form and chosen again. The checkouts end only now that
        the hold is granted, so that the time was never free in between.
        """
        service_id = taken.offer.service.id
        former = entered.former if entered is not None else None
        is_known = former is not None and former.kind == "checkout"
        own = {
            claim.booking_id
            for board in taken.boards
            for claim in board.claims
            if claim.visitor == visitor
            and claim.state == "pending"
            and claim.guarded.overlaps(taken.offer.slot.guarded)
        }
        if not (own or is_known):
            return
        catalog = await self._context.ledger.known_catalog()

        def end_checkouts(tx: Transaction) -> tuple[Sequence[Booking], Commit]:
            def find() -> list[Booking]:
                found = bookings.checkouts_of(tx.connection, visitor)
                return [
                    checkout
                    for checkout in found
                    if checkout.id in own or checkout.service_id == service_id
                ]

            replaced = lock_boards_of(self._context.ledger, tx, catalog, find)
            for checkout in replaced:
                bookings.end(tx, checkout, "cancelled", "visitor")
            return replaced, tx.commit

        replaced, commit = await self._context.ledger.database.write(end_checkouts)
        await self._context.record_commit(commit)
        await leave_replaced(self._context, visitor, service_id, replaced)

    async def _release_others(self, visitor: str, kept: Hold) -> None:
        """End the visitor's other holds of this service, of which each visitor has only one. The
        new hold is taken before the old one ends."""
        if not kept.may_have_others:
            return
        for other in await self._context.holds.find_holds(visitor):
            if other.slot.service_id == kept.slot.service_id and other.claim != kept.claim:
                await self._context.release_hold(other.boards, other.slot, visitor)

    async def _address(self, hold_id: HoldId) -> tuple[tuple[BoardKey, ...], ServiceSlot]:
        """Return the boards and the slot of a hold, by the catalog as it was read last. Raises
        NotFound."""
        catalog = await self._context.ledger.known_catalog()
        hours = catalog.hours.get(hold_id.resource_id)
        rules = catalog.rules.get(hold_id.service_id)
        if hours is None or rules is None:
            raise NotFound
        slot = service_slot_at(hold_id.starts_at, rules, hold_id.service_id, hold_id.resource_id)
        return boards_of(slot.resource_id, slot.guarded, hours.zone), slot


def id_of(hold: Hold) -> HoldId:
    """Return the id of a hold. Raises ValueError for a hold without a service, which has no id."""
    if hold.slot.service_id is None:
        raise ValueError("a hold of no service has no id")
    return HoldId(hold.slot.resource_id, hold.slot.service_id, hold.slot.starts_at)
