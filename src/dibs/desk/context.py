"""What every use case works with, and the steps they share."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import structlog

from dibs.availability.boards import BoardKey, boards_of
from dibs.desk import offers
from dibs.desk.second_look import SecondLook
from dibs.desk.visits import VisitCounts
from dibs.errors import Conflict, DibsError, HoldsUnavailable, NotFound
from dibs.holds.store import Hold
from dibs.ledger import bookings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Sequence
    from datetime import datetime, timedelta

    from dibs.availability.slots import ServiceSlot
    from dibs.clock import Clock
    from dibs.desk.tokens import ManageTokens
    from dibs.holds.claims import KeptTooLong, TooMany
    from dibs.holds.store import HoldRequest, HoldsSnapshot, HoldStore, Refusal
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Commit, Transaction
    from dibs.ledger.ledger import Ledger
    from dibs.live.hub import Hub
    from dibs.settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True)
class DeskContext:
    ledger: Ledger
    holds: HoldStore
    hub: Hub
    clock: Clock
    tokens: ManageTokens
    settings: Settings

    @cached_property
    def visits(self) -> VisitCounts:
        return VisitCounts(self.ledger)

    @cached_property
    def second_look(self) -> SecondLook:
        return SecondLook(self.ledger, self.clock)

    async def hold(self, request: HoldRequest) -> Hold | Refusal | KeptTooLong | TooMany:
        """Ask the hold store for a hold. A hold that is granted is on our own boards when this
        returns. Raises HoldsUnavailable."""
        with self.hub.expect_answer(request.boards) as expected:
            answer = await self.holds.hold(request)
            if isinstance(answer, Hold):
                expected.show(answer.snapshots)
        await expected.wait_until_shown()
        return answer

    async def acquire_hold(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        ttl: timedelta,
        seats: int = 1,
    ) -> Hold | Refusal:
        """Take or prolong a hold for a write that is about to begin. Raises HoldsUnavailable."""
        with self.hub.expect_answer(boards) as expected:
            answer = await self.holds.acquire(boards, slot, visitor, ttl=ttl, seats=seats)
            if isinstance(answer, Hold):
                expected.show(answer.snapshots)
        return answer

    async def release_hold(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        seq: int | None = None,
    ) -> bool:
        """End a visitor's hold, on our own boards as well. Returns False if there was no such hold,
        or if it is newer than `seq`. Raises HoldsUnavailable."""
        with self.hub.expect_answer(boards) as expected:
            snapshots = await self.holds.release(boards, slot, visitor, seq=seq)
            if snapshots:
                expected.show(snapshots)
        await expected.wait_until_shown()
        return bool(snapshots)

    async def record_commit(self, commit: Commit, ended: Hold | None = None) -> None:
        """Record a commit: tell the hold store the new versions, and end the hold that became a
        booking, in one step for each board. Then show the change on our own boards."""
        snapshots: dict[BoardKey, HoldsSnapshot] = {}
        with self.hub.expect_answer(commit.versions) as expected:
            try:
                for board, version in commit.versions.items():
                    snapshots[board] = await self.holds.record_commit(board, version, ended)
            except HoldsUnavailable:
                log.debug("hold store away, boards are refreshed from the ledger alone")
            expected.show_commit(commit, snapshots)
        await expected.wait_until_shown()

    @asynccontextmanager
    async def offering_alternatives(
        self,
        service_id: int,
        starts_at: datetime,
        resource_id: int | None,
        *,
        visitor: str | None = None,
        moving: int | None = None,
    ) -> AsyncIterator[None]:
        """Add the nearest free starts to a refusal, so that the visitor can choose another time.

        Neither what the visitor claims nor the booking `moving` is in the way of them.
        """
        try:
            yield
        except Conflict as refusal:
            try:
                catalog = await self.ledger.known_catalog()
                refusal.alternatives = tuple(
                    await offers.alternatives(
                        self.hub,
                        catalog,
                        offers.SlotRequest(service_id, starts_at, resource_id),
                        self.clock.now(),
                        visitor=visitor,
                        moving=moving,
                    )
                )
            except DibsError:
                log.debug("no alternatives could be found", exc_info=True)
            raise


def lock_boards_of(
    ledger: Ledger,
    tx: Transaction,
    catalog: Catalog,
    find: Callable[[], Sequence[Booking]],
    boards: Collection[BoardKey] = (),
) -> Sequence[Booking]:
    """Lock these boards, and those of the bookings that `find` finds. Returns the bookings as they
    are then: once their boards are locked, nobody else can change them.

    The boards, and whatever is to be written, were found by this catalog. Raises CatalogChanged if
    it is no longer the present one.
    """
    wanted = set(boards)
    ledger.lock_boards(tx, wanted, catalog)
    while True:
        found = find()
        for booking in found:
            wanted.update(boards_of_booking(catalog, booking))
        if wanted <= tx.versions.keys():
            return found
        ledger.lock_boards(tx, wanted, catalog)


def lock_checkout(ledger: Ledger, tx: Transaction, catalog: Catalog, token: str) -> Booking:
    """Lock the boards of a checkout, and return it or the booking that it has become. Raises
    NotFound."""

    def find() -> list[Booking]:
        checkout = bookings.find_by_token(tx.connection, token)
        return [checkout] if checkout is not None else []

    for checkout in lock_boards_of(ledger, tx, catalog, find):
        return checkout
    raise NotFound


def boards_of_booking(catalog: Catalog, booking: Booking) -> tuple[BoardKey, ...]:
    """Return the boards that a live booking is on. A booking that is over is on none."""
    if booking.guarded is None:
        return ()
    return boards_of(booking.resource_id, booking.guarded, catalog.zone_of(booking.resource_id))
