"""Holds of AppointEase clients.

Such a client names a day and a time, but no service, and chooses its own client name. Its hold
covers one slot of the grid. The client sends no sequence numbers, so the hold store uses the time
of its own clock instead.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import TYPE_CHECKING

from dibs.appointease.grid import (
    claims_on,
    get_with_neighbours,
    get_with_neighbours_if_fresh,
    grid_of,
)
from dibs.appointease.poll_lists import poll_lists
from dibs.appointease.unavailability import booking_window_days, explain_closed_slot
from dibs.availability.boards import BoardKey, boards_of
from dibs.availability.wall import first_showing
from dibs.desk.claiming import UNLIMITED, claim_hold, leave_claim, renew_hold
from dibs.desk.holding import MAX_TRIES
from dibs.desk.offers import REFUSALS, is_on_offer
from dibs.errors import (
    Conflict,
    HoldsUnavailable,
    NotFound,
    SlotClosed,
    SlotHeld,
    Superseded,
    TooManyClaims,
    Unavailable,
)
from dibs.holds.store import Hold, HoldRequest, Refusal
from dibs.live.board import STRENGTH
from dibs.metrics import count_granted_hold

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from dibs.appointease.unavailability import Reason
    from dibs.availability.slots import ServiceSlot
    from dibs.desk.context import DeskContext
    from dibs.holds.claims import Requester
    from dibs.live.board import Board, SlotState

    #: Tells whether the client may take one more slot. Each call counts as one request.
    MayTake = Callable[[], Awaitable[bool]]

#: A hold is prolonged when less than this fraction of its lifetime is left.
PROLONG_BELOW = 0.7
#: Seconds after which a refused selection of a poll is passed on to the hold store again.
ASK_AGAIN_AFTER = 3.0
MAX_CALLERS = 50_000


class AppointEaseHolding:
    """Holds, prolongs and releases slots for AppointEase clients."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        # The next time to pass on the selection of a polling visitor, by the monotonic clock.
        self._due: dict[tuple[BoardKey, str], float] = {}

    async def poll(
        self,
        key: BoardKey,
        selected: str | None,
        visitor: str | None,
        may_take: MayTake,
        requester: Requester = UNLIMITED,
        *,
        is_slow: bool = False,
    ) -> bytes:
        """Return the lists of a poll as they are before the poll's own selection takes effect.

        `may_take` is called before the poll takes a slot that its client doesn't hold. With
        `is_slow`, the client's next poll may come as late as after a minute. Raises NotFound,
        Unavailable.
        """
        board = await get_with_neighbours(self._context.hub, key)
        if board.is_unknown:
            raise Unavailable
        lists = poll_lists(board, visitor, self._context.clock.now())
        if selected is not None and visitor is not None:
            # Reading goes on without the hold store; the board says that it is degraded.
            with suppress(HoldsUnavailable):
                settings = self._context.settings
                lease = settings.hold_lifetime if is_slow else settings.polled_hold_lifetime
                await self._keep_selection(board, selected, visitor, may_take, lease, requester)
        return lists

    def poll_if_fresh(
        self, key: BoardKey, selected: str | None, visitor: str | None, now: datetime
    ) -> bytes | None:
        """Return the same as `poll`, or None if `poll` would have to wait for something.

        There is nothing to wait for if the board may be served as it is, and if a selection was
        passed on to the hold store a moment ago.
        """
        board = get_with_neighbours_if_fresh(self._context.hub, key)
        if board is None or board.is_unknown:
            return None
        if selected is not None and visitor is not None:
            caller = (key, visitor)
            if self._is_due(caller, self._context.clock.monotonic()):
                return None
        return poll_lists(board, visitor, now)

    async def select(
        self, key: BoardKey, time: str, visitor: str, requester: Requester = UNLIMITED
    ) -> Hold:
        """Hold the grid slot at a local time "HH:MM", and end the visitor's other grid holds.

        Raises NotFound (no such resource), SlotClosed, SlotHeld, SlotPending, SlotTaken,
        KeptTooLong, TooManyClaims, Superseded, Unavailable.
        """
        context = self._context
        for _ in range(MAX_TRIES):
            answer = await self._try_to_select(key, time, visitor, requester)
            if isinstance(answer, Hold):
                self._due.pop((key, visitor), None)
                await self._release_others(visitor, answer)
                return answer
            if answer is Refusal.HELD:
                raise SlotHeld
            if answer is Refusal.SUPERSEDED:
                raise Superseded
            await context.hub.refresh(key)
        raise Unavailable

    async def explain_closed_slot(self, key: BoardKey, time: str) -> tuple[Reason, int | None]:
        """Return why `select` raised SlotClosed, and the booking window of the resource in days.

        Raises NotFound, Unavailable.
        """
        board = await self._context.hub.get(key)
        catalog, resource_id = board.ledger.catalog, key.resource_id
        wall = datetime.combine(key.day, clock_time.fromisoformat(time))
        starts_at = first_showing(wall, board.zone)
        reason = explain_closed_slot(
            catalog, resource_id, key.day, starts_at, self._context.clock.now()
        )
        return reason, booking_window_days(catalog, resource_id)

    async def deselect(
        self, key: BoardKey, time: str, visitor: str, requester: Requester = UNLIMITED
    ) -> Hold | None:
        """Set the hold of a deselected time to end soon.

        Clients also deselect when they open the form. So the hold lingers for a while: this visitor
        can book the time, and nobody else can take it meanwhile. Returns the hold, or None if there
        was none. Raises NotFound, Unavailable.
        """
        for hold in await self._context.holds.find_holds(visitor):
            if (
                hold.slot.service_id is None
                and key in hold.boards
                and await self._is_at(key, time, hold)
            ):
                # The hold gets the whole lifetime again, because the visitor may be typing in the
                # form.
                ttl = self._context.settings.deselected_hold_lifetime
                kept = await self._context.holds.extend(
                    hold.boards, hold.slot, visitor, ttl=ttl, grace=ttl
                )
                if kept is not None:
                    kept = await renew_hold(self._context, requester, kept, ttl, grace=ttl)
                if kept is not None:
                    self._context.hub.note_deadline(kept, ttl)
                return kept
        return None

    async def release_lingering(self, key: BoardKey, time: str, visitor: str, seq: int) -> None:
        """End a hold that lingers after a deselect, unless its time was selected again after `seq`.

        Raises NotFound, Unavailable.
        """
        board = await self._context.hub.get(key)
        slot = grid_slot(board, time)
        if slot is None:
            return
        boards = self._boards(board, slot)
        if await self._context.release_hold(boards, slot, visitor, seq):
            await leave_claim(self._context, visitor, None)

    async def _keep_selection(
        self,
        board: Board,
        time: str,
        visitor: str,
        may_take: MayTake,
        lease: timedelta,
        requester: Requester,
    ) -> None:
        """Prolong or take the hold of a time that a poll names as selected. Raises Unavailable.

        The hold lives for `lease` from now on, so it ends soon after the last poll. A late poll,
        maybe at another node, does not shorten a hold that was prolonged for the form meanwhile.

        A slot is only taken if the hold store has no record of the visitor on this board. So a late
        poll never moves a hold, takes it back from another visitor or renews one that has ended.
        When a slot is taken, the visitor's other grid holds end.
        """
        context = self._context
        now = context.clock.monotonic()
        caller = (board.key, visitor)
        if not self._is_due(caller, now):
            return
        if len(self._due) >= MAX_CALLERS:
            self._due.clear()
        self._due[caller] = now + lease.total_seconds() * (1 - PROLONG_BELOW)
        slot = grid_slot(board, time)
        if slot is None:
            return
        boards = self._boards(board, slot)
        granted_ttl = context.settings.hold_lifetime
        hold = await context.holds.extend(boards, slot, visitor, ttl=lease, granted_ttl=granted_ttl)
        if hold is not None:
            left = hold.expires_at - context.clock.now()
            hold = await renew_hold(context, requester, hold, max(left, lease))
            if hold is not None:
                context.hub.note_deadline(hold, lease)
            return
        self._due[caller] = now + ASK_AGAIN_AFTER
        try:
            taken = await self._take_if_allowed(board.key, time, visitor, may_take, requester)
        except (NotFound, Conflict, TooManyClaims):
            return
        if isinstance(taken, Hold):
            await self._release_others(visitor, taken)

    def _is_due(self, caller: tuple[BoardKey, str], now: float) -> bool:
        """Tell whether the caller's selection must be passed on to the hold store now."""
        return now >= self._due.get(caller, now)

    async def _try_to_select(
        self, key: BoardKey, time: str, visitor: str, requester: Requester
    ) -> Hold | Refusal:
        slot, boards = await self._find(key, time)
        _state_for(boards, slot, visitor)
        return await self._hold(boards, slot, visitor, requester)

    async def _take_if_allowed(
        self, key: BoardKey, time: str, visitor: str, may_take: MayTake, requester: Requester
    ) -> Hold | Refusal | None:
        """Take a slot for a visitor of whom the hold store has no record.

        Returns None if `may_take` refuses. `may_take` counts each call, so it isn't called for a
        slot that the hold store refuses anyway.
        """
        slot, boards = await self._find(key, time)
        is_free = _state_for(boards, slot, visitor) == "free"
        is_known = any(visitor in each.holds.visitors for each in boards if each.holds)
        if is_free and not is_known and not await may_take():
            return None
        return await self._hold(boards, slot, visitor, requester, only_if_unknown=True)

    async def _find(self, key: BoardKey, time: str) -> tuple[ServiceSlot, Sequence[Board]]:
        """Return the slot at a local time, and the boards that it touches.

        Raises NotFound, SlotClosed.
        """
        context = self._context
        board = await context.hub.get(key)
        catalog, slot = board.ledger.catalog, grid_slot(board, time)
        now = context.clock.now()
        if slot is None or not is_on_offer(catalog, key.resource_id, slot.starts_at, now):
            raise SlotClosed
        return slot, await context.hub.get_all(self._boards(board, slot))

    async def _hold(
        self,
        boards: Sequence[Board],
        slot: ServiceSlot,
        visitor: str,
        requester: Requester,
        *,
        only_if_unknown: bool = False,
    ) -> Hold | Refusal:
        context = self._context
        request = HoldRequest(
            [each.key for each in boards],
            slot,
            visitor,
            context.settings.hold_lifetime,
            {each.key: each.ledger.version for each in boards},
            only_if_unknown=only_if_unknown,
        )
        answer = await claim_hold(context, requester, request)
        if isinstance(answer, Hold):
            count_granted_hold()
            context.visits.count(visitor, "held")
        return answer

    def _boards(self, board: Board, slot: ServiceSlot) -> Sequence[BoardKey]:
        return boards_of(board.key.resource_id, slot.guarded, board.zone)

    async def _is_at(self, key: BoardKey, time: str, hold: Hold) -> bool:
        return grid_slot(await self._context.hub.get(key), time) == hold.slot

    async def _release_others(self, visitor: str, kept: Hold) -> None:
        if not kept.may_have_others:
            return
        for other in await self._context.holds.find_holds(visitor):
            if other.slot.service_id is None and other.claim != kept.claim:
                await self._context.release_hold(other.boards, other.slot, visitor)


def _state_for(boards: Sequence[Board], slot: ServiceSlot, visitor: str) -> SlotState:
    """Return the state of a slot for a visitor: "free", or "held" by another visitor.

    The hold store refuses a slot that is held. The visitor's own claims are ignored, because the
    visitor may be about to move them. Only a booking of their own that begins at the same time
    counts. Raises SlotPending, SlotTaken.
    """
    states = [
        claim.state
        for board in boards
        for claim in claims_on(board, slot)
        if claim.visitor != visitor
        or (claim.state == "taken" and claim.slot.starts_at == slot.starts_at)
    ]
    strongest: SlotState = max(states, key=STRENGTH.__getitem__, default="free")
    if strongest in ("pending", "taken"):
        raise REFUSALS[strongest]
    return strongest


def grid_slot(board: Board, time: str) -> ServiceSlot | None:
    """Return the grid slot that begins at a local time, or None if there is no such slot."""
    for name, slot in grid_of(board):
        if name == time:
            return slot
    return None
