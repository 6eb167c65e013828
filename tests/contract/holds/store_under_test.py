"""A hold store under test: a clock to move, its announcements, and short helpers to use it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dibs.availability.boards import BoardKey
from dibs.availability.intervals import Interval
from dibs.availability.slots import ServiceSlot
from dibs.holds.store import Hold, HoldRequest, HoldsSnapshot, HoldStore, Lifetimes, Refusal
from tests.support.hand_clock import HandClock

DAY = date(2026, 11, 25)
BOARD = BoardKey(1, DAY)
NEXT = BoardKey(1, DAY + timedelta(days=1))
LIFETIMES = Lifetimes(max_hold=timedelta(minutes=10), record=timedelta(minutes=5))


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def slot(
    start: str,
    end: str,
    *,
    service: int | None = 1,
    before: int = 0,
    after: int = 0,
    resource: int = 1,
) -> ServiceSlot:
    """Return a slot from, for example, "10:00" to "10:30" of the day; "24:15" is on the next day.
    Buffers are in minutes."""
    starts_at, ends_at = _instant(start), _instant(end)
    guarded = Interval(starts_at - timedelta(minutes=before), ends_at + timedelta(minutes=after))
    return ServiceSlot(starts_at, ends_at, guarded, service, resource)


def _instant(clock: str) -> datetime:
    hours, minutes = map(int, clock.split(":"))
    return datetime.combine(DAY, time.min, UTC) + timedelta(hours=hours, minutes=minutes)


TEN = slot("10:00", "10:30")
HALF_PAST = slot("10:30", "11:00")
ELEVEN = slot("11:00", "11:30")
MIDNIGHT = slot("23:45", "24:15")
TOTAL = LIFETIMES.max_hold.total_seconds()
RECORD = LIFETIMES.record.total_seconds()
BOTH = (BOARD, NEXT)


async def close_nothing() -> None:
    """Do nothing: the `close` of a store that needs no closing."""


@dataclass
class StoreUnderTest:
    """A hold store, with what a test needs to use and measure it.

    `announced` returns the boards that were announced since the last call.

    `work` measures what an operation costs the backend, in a unit that doesn't depend on the
    machine: lines run, commands sent, records visited.
    """

    store: HoldStore
    clock: HandClock
    announced: Callable[[], Coroutine[Any, Any, list[BoardKey]]]
    work: Callable[[Callable[[], Awaitable[object]]], Awaitable[int]]
    close: Callable[[], Coroutine[Any, Any, None]] = close_nothing

    async def hold(
        self,
        slot: ServiceSlot,
        visitor: str,
        seq: int | None = None,
        *,
        boards: Sequence[BoardKey] = (BOARD,),
        ttl: float = 120,
        ledger: int = 0,
        seats: int = 1,
        only_if_unknown: bool = False,
    ) -> Hold | Refusal:
        request = HoldRequest(
            boards,
            slot,
            visitor,
            seconds(ttl),
            dict.fromkeys(boards, ledger),
            seq,
            seats,
            only_if_unknown,
        )
        answer = await self.store.hold(request)
        assert isinstance(answer, Hold | Refusal)
        return answer

    async def acquire_surely(
        self,
        slot: ServiceSlot,
        visitor: str,
        seq: int | None = None,
        *,
        boards: Sequence[BoardKey] = (BOARD,),
        ttl: float = 120,
        seats: int = 1,
    ) -> Hold:
        """Request a hold that must be granted, and return it."""
        hold = await self.hold(slot, visitor, seq, boards=boards, ttl=ttl, seats=seats)
        assert isinstance(hold, Hold)
        return hold

    async def acquire(
        self,
        slot: ServiceSlot,
        visitor: str,
        *,
        boards: Sequence[BoardKey] = (BOARD,),
        ttl: float = 15,
        seats: int = 1,
    ) -> Hold | Refusal:
        return await self.store.acquire(boards, slot, visitor, ttl=seconds(ttl), seats=seats)

    async def extend(
        self,
        slot: ServiceSlot,
        visitor: str,
        ttl: float,
        *,
        boards: Sequence[BoardKey] = (BOARD,),
        granted_ttl: float | None = None,
        grace: float = 0,
    ) -> Hold | None:
        return await self.store.extend(
            boards,
            slot,
            visitor,
            ttl=seconds(ttl),
            granted_ttl=None if granted_ttl is None else seconds(granted_ttl),
            grace=seconds(grace),
        )

    async def release(
        self,
        slot: ServiceSlot,
        visitor: str,
        seq: int | None = None,
        *,
        boards: Sequence[BoardKey] = (BOARD,),
    ) -> bool:
        return bool(await self.store.release(boards, slot, visitor, seq=seq))

    async def part(self, board: BoardKey = BOARD) -> HoldsSnapshot:
        return await self.store.read(board)

    async def version(self, board: BoardKey = BOARD) -> int:
        return (await self.store.read_versions([board]))[0]

    async def on_board(self, board: BoardKey = BOARD) -> dict[str, ServiceSlot]:
        """Return the slots that are held on a board, by visitor."""
        return {hold.visitor: hold.slot for hold in (await self.part(board)).holds}
