"""AppointEase clients: they know days and times, not services, and name themselves.

Their hold covers one grid slot. They send no sequence numbers: the hold store's clock serves.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import TYPE_CHECKING

from dibs.appointease.grid import claims_on, grid_of, look_beside
from dibs.appointease.poll_lists import poll_lists
from dibs.appointease.unavailability import booking_window_days, why_slot
from dibs.availability.boards import BoardKey, boards_of
from dibs.availability.wall import first_showing
from dibs.desk.claiming import NOBODY, enter_claim, leave_claim, renew_hold
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
    from dibs.holds.claims import Sender
    from dibs.live.board import Board, SlotState

    #: Whether one more slot may be taken; asking counts.
    MayTake = Callable[[], Awaitable[bool]]

#: A hold is prolonged when less than this part of its time is left.
PROLONG_BELOW = 0.7
#: A poll's request that was refused is not passed on again for this long, in seconds.
ASK_AGAIN_AFTER = 3.0
MAX_CALLERS = 50_000


class AppointEaseHolding:
    def __init__(self, context: DeskContext) -> None:
        self._context = context
        # When the request of a polling visitor need next be passed on, by the monotonic clock.
        self._due: dict[tuple[BoardKey, str], float] = {}

    async def poll(
        self,
        key: BoardKey,
        selected: str | None,
        visitor: str | None,
        may_take: MayTake,
        sender: Sender = NOBODY,
        *,
        is_slow: bool = False,
    ) -> bytes:
        """The lists of a poll, as they are before what it says of its own selection.

        `may_take` is asked before it takes what it doesn't have. `is_slow`: the client's next poll
        may be a minute away. Raises NotFound, Unavailable.
        """
        board = await look_beside(self._context.hub, key)
        if board.is_unknown:
            raise Unavailable
        lists = poll_lists(board, visitor, self._context.clock.now())
        if selected is not None and visitor is not None:
            # A look goes on without the hold store; the board says that it is degraded.
            with suppress(HoldsUnavailable):
                settings = self._context.settings
                lease = settings.hold_fresh if is_slow else settings.hold_poll
                await self._slot_request(board, selected, visitor, may_take, lease, sender)
        return lists

    async def select(self, key: BoardKey, time: str, visitor: str, sender: Sender = NOBODY) -> Hold:
        """Hold the grid slot at a local time "HH:MM"; ends what else this visitor holds so.

        Raises NotFound (no such resource), SlotClosed, SlotHeld, SlotPending, SlotTaken,
        KeptTooLong, TooManyClaims, Superseded, Unavailable.
        """
        context = self._context
        for _ in range(MAX_TRIES):
            answer = await self._try(key, time, visitor, sender)
            if isinstance(answer, Hold):
                self._due.pop((key, visitor), None)
                await self._give_up_others(visitor, answer)
                await context.hub.wait_for_hold(answer)
                return answer
            if answer is Refusal.HELD:
                raise SlotHeld
            if answer is Refusal.SUPERSEDED:
                raise Superseded
            await context.hub.refresh(key)
        raise Unavailable

    async def why_closed(self, key: BoardKey, time: str) -> tuple[Reason, int | None]:
        """Why a select raised SlotClosed, and how many days ahead can be booked at all.

        Raises NotFound, Unavailable.
        """
        board = await self._context.hub.get(key)
        catalog, resource_id = board.ledger.catalog, key.resource_id
        wall = datetime.combine(key.day, clock_time.fromisoformat(time))
        starts_at = first_showing(wall, board.zone)
        reason = why_slot(catalog, resource_id, key.day, starts_at, self._context.clock.now())
        return reason, booking_window_days(catalog, resource_id)

    async def deselect(
        self, key: BoardKey, time: str, visitor: str, sender: Sender = NOBODY
    ) -> Hold | None:
        """The client lets go, as it does on entering its form: the hold lingers for this visitor
        to book it, and nobody else can take it meanwhile.

        Returns the hold that lingers; None: there was none. Raises NotFound, Unavailable.
        """
        for hold in await self._context.holds.held_by(visitor):
            if (
                hold.slot.service_id is None
                and key in hold.boards
                and await self._is_at(key, time, hold)
            ):
                # In full, however long it was looked for: who types must not lose it meanwhile.
                ttl = self._context.settings.hold_linger
                kept = await self._context.holds.extend(
                    hold.boards, hold.slot, visitor, ttl=ttl, grace=ttl
                )
                if kept is not None:
                    kept = await renew_hold(self._context, sender, kept, ttl, grace=ttl)
                if kept is not None:
                    self._context.hub.note_deadline(kept, ttl)
                return kept
        return None

    async def give_back(self, key: BoardKey, time: str, visitor: str, seq: int) -> None:
        """End the hold that was left lingering, unless it was selected anew since `seq`.

        Raises NotFound, Unavailable.
        """
        board = await self._context.hub.get(key)
        slot = grid_slot(board, time)
        if slot is None:
            return
        boards = self._boards(board, slot)
        if await self._context.holds.release(boards, slot, visitor, seq=seq):
            await leave_claim(self._context, visitor, None)
            await self._context.hub.refresh_all(boards, ledger=False)

    async def _slot_request(
        self,
        board: Board,
        time: str,
        visitor: str,
        may_take: MayTake,
        lease: timedelta,
        sender: Sender,
    ) -> None:
        """A poll says that its client has selected a time: prolong that hold, or let it end soon
        after the last poll. One that comes late, maybe to another node, takes no time from a form.

        It is taken only if the store has no record of the visitor on this board, so a late poll
        never moves, steals or revives one; what they hold elsewhere ends. Raises Unavailable.
        """
        context = self._context
        now = context.clock.monotonic()
        caller = (board.key, visitor)
        if now < self._due.get(caller, now):
            return
        if len(self._due) >= MAX_CALLERS:
            self._due.clear()
        self._due[caller] = now + lease.total_seconds() * (1 - PROLONG_BELOW)
        slot = grid_slot(board, time)
        if slot is None:
            return
        boards = self._boards(board, slot)
        granted = context.settings.hold_fresh
        hold = await context.holds.extend(boards, slot, visitor, ttl=lease, granted=granted)
        if hold is not None:
            left = hold.expires_at - context.clock.now()
            hold = await renew_hold(context, sender, hold, max(left, lease))
            if hold is not None:
                context.hub.note_deadline(hold, lease)
            return
        self._due[caller] = now + ASK_AGAIN_AFTER
        try:
            taken = await self._take(board.key, time, visitor, may_take, sender)
        except (NotFound, Conflict, TooManyClaims):
            return
        if isinstance(taken, Hold):
            await self._give_up_others(visitor, taken)

    async def _try(self, key: BoardKey, time: str, visitor: str, sender: Sender) -> Hold | Refusal:
        slot, boards = await self._find(key, time)
        _standing(boards, slot, visitor)
        return await self._hold(boards, slot, visitor, sender)

    async def _take(
        self, key: BoardKey, time: str, visitor: str, may_take: MayTake, sender: Sender
    ) -> Hold | Refusal | None:
        """For a visitor of whom the store has no record; None if they may not.

        Permission is a hold that counts: it isn't asked for what the store refuses anyway.
        """
        slot, boards = await self._find(key, time)
        is_free = _standing(boards, slot, visitor) == "free"
        is_known = any(visitor in each.holds.visitors for each in boards if each.holds)
        if is_free and not is_known and not await may_take():
            return None
        return await self._hold(boards, slot, visitor, sender, if_unknown=True)

    async def _find(self, key: BoardKey, time: str) -> tuple[ServiceSlot, Sequence[Board]]:
        """The slot at a local time, and the boards it is on. Raises NotFound, SlotClosed."""
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
        sender: Sender,
        *,
        if_unknown: bool = False,
    ) -> Hold | Refusal:
        context = self._context
        fresh = context.settings.hold_fresh
        entered = await enter_claim(context, visitor, sender, slot, "hold", fresh)
        request = HoldRequest(
            [each.key for each in boards],
            slot,
            visitor,
            min(fresh, entered.left),
            {each.key: each.ledger.version for each in boards},
            if_unknown=if_unknown,
        )
        answer = await context.holds.hold(request)
        if isinstance(answer, Hold):
            count_granted_hold()
        elif entered.is_new:
            await leave_claim(context, visitor, None)
        return answer

    def _boards(self, board: Board, slot: ServiceSlot) -> Sequence[BoardKey]:
        return boards_of(board.key.resource_id, slot.guarded, board.zone)

    async def _is_at(self, key: BoardKey, time: str, hold: Hold) -> bool:
        return grid_slot(await self._context.hub.get(key), time) == hold.slot

    async def _give_up_others(self, visitor: str, kept: Hold) -> None:
        if not kept.elsewhere:
            return
        for other in await self._context.holds.held_by(visitor):
            if other.slot.service_id is None and other.claim != kept.claim:
                await self._context.holds.release(other.boards, other.slot, visitor)
                await self._context.hub.refresh_all(other.boards, ledger=False)


def _standing(boards: Sequence[Board], slot: ServiceSlot, visitor: str) -> SlotState:
    """Free, or held by another, which is for the store to refuse.

    What the visitor claims is not in their way, because they may be about to move it. Only a time
    that they have booked already is taken for them too. Raises SlotPending, SlotTaken.
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
    """The slot of no service that begins at a local time of the board's grid."""
    for name, slot in grid_of(board):
        if name == time:
            return slot
    return None
