"""Hold stores that fail on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from dibs.availability.boards import BoardKey
from dibs.availability.slots import ServiceSlot
from dibs.clock import SystemClock
from dibs.errors import HoldsUnavailable
from dibs.holds.claims import ClaimBook, MemoryClaimBook
from dibs.holds.store import Hold, HoldRequest, HoldsSnapshot, Refusal


class AwayHolds:
    """A hold store that can't be reached: it refuses nobody, so the ledger decides alone.

    Claims are counted in this process, as with a Redis that is away.
    """

    def __init__(self) -> None:
        self.claims: ClaimBook = MemoryClaimBook(
            SystemClock(), timedelta(minutes=20), timedelta(minutes=1)
        )

    @property
    def is_away(self) -> bool:
        return True

    is_unwritable = False
    is_stable = False

    async def try_to_write(self) -> None:
        raise HoldsUnavailable

    async def hold(self, request: HoldRequest) -> Hold | Refusal:
        raise HoldsUnavailable

    async def acquire(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        ttl: timedelta,
        seats: int = 1,
    ) -> Hold | Refusal:
        raise HoldsUnavailable

    async def extend(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        ttl: timedelta,
        granted_ttl: timedelta | None = None,
        grace: timedelta = timedelta(0),
    ) -> Hold | None:
        raise HoldsUnavailable

    async def release(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        seq: int | None = None,
    ) -> tuple[HoldsSnapshot, ...]:
        raise HoldsUnavailable

    async def record_commit(
        self, board: BoardKey, ledger: int, ended: Hold | None = None
    ) -> HoldsSnapshot:
        raise HoldsUnavailable

    async def note_ledger_version(self, board: BoardKey, ledger: int) -> None:
        raise HoldsUnavailable

    async def read(self, board: BoardKey, seen: int = 0) -> HoldsSnapshot:
        raise HoldsUnavailable

    async def read_versions(self, boards: Sequence[BoardKey]) -> list[int]:
        raise HoldsUnavailable

    async def find_holds(self, visitor: str) -> list[Hold]:
        raise HoldsUnavailable

    async def aclose(self) -> None:
        pass
