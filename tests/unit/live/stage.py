"""A hub with a hold store and a ledger that the test can stop, make unreachable, and change."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from dibs.availability.boards import BoardKey
from dibs.errors import HoldsUnavailable, LedgerUnavailable, NotFound
from dibs.holds.memory import MemoryHoldStore
from dibs.holds.store import Hold, HoldsSnapshot, Lifetimes
from dibs.ledger.boards import Busy, ChangeReport
from dibs.ledger.catalog import Catalog
from dibs.ledger.ledger import Ledger, LedgerSnapshot
from dibs.live.board import Board, Revision
from dibs.live.hub import Hub
from tests.support.hand_clock import HandClock
from tests.unit.live.scenes import CATALOG, DAY, KEY, NOW, offered_slot

PATIENCE = 5.0
SECOND = BoardKey(2, DAY)
TEN_SECONDS = timedelta(seconds=10)
#: A version of the holds that is higher than any real one.
NEWER = 2**60


async def eventually(condition: Callable[[], object]) -> None:
    """Let other tasks run until the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0)


async def a_moment() -> None:
    """Let other tasks run long enough to make their first calls."""
    for _ in range(10):
        await asyncio.sleep(0)


class Stop:
    """A place where a call waits until the test lets it go on."""

    def __init__(self) -> None:
        self._reached = asyncio.Event()
        self._open = asyncio.Event()

    async def wait_until_reached(self) -> None:
        await asyncio.wait_for(self._reached.wait(), PATIENCE)

    def go_on(self) -> None:
        self._open.set()

    async def wait(self) -> None:
        self._reached.set()
        await self._open.wait()


class Door:
    """A point that all calls of one kind pass. The test can stop the next call there."""

    def __init__(self) -> None:
        self._stops: deque[Stop] = deque()
        self.then: Callable[[], None] = lambda: None

    def stop_next(self) -> Stop:
        stop = Stop()
        self._stops.append(stop)
        return stop

    async def enter(self) -> None:
        if self._stops:
            await self._stops.popleft().wait()
        self.then()


class StagedHolds(MemoryHoldStore):
    """The real hold store with doors. `away` makes it unreachable."""

    def __init__(
        self, clock: HandClock, announce: Callable[[BoardKey, int], None], calls: list[str]
    ) -> None:
        super().__init__(clock, announce, Lifetimes())
        self.calls = calls
        self.away = False
        self.before_read = Door()
        self.after_read = Door()
        self.before_read_versions = Door()
        self.before_note = Door()

    async def read(self, board: BoardKey, seen: int = 0) -> HoldsSnapshot:
        self.calls.append("holds.read")
        await self.before_read.enter()
        self._refuse_if_away()
        part = await super().read(board, seen)
        await self.after_read.enter()
        return part

    async def read_versions(self, boards: Sequence[BoardKey]) -> list[int]:
        self.calls.append(f"holds.read_versions {len(boards)}")
        await self.before_read_versions.enter()
        self._refuse_if_away()
        return await super().read_versions(boards)

    async def note_ledger_version(self, board: BoardKey, ledger: int) -> None:
        self.calls.append("holds.note")
        await self.before_note.enter()
        self._refuse_if_away()
        await super().note_ledger_version(board, ledger)

    def forget_everything(self) -> None:
        self._boards.clear()
        self._visitors.clear()

    def lose_writes(self, board: BoardKey) -> None:
        """Lower the version of the board, as after lost writes. The holds stay."""
        self._boards[board].version -= 1

    def knows_ledger(self, board: BoardKey = KEY) -> int | None:
        return self._boards[board].ledger_version

    def _refuse_if_away(self) -> None:
        if self.away:
            raise HoldsUnavailable


class StagedLedger(Ledger):
    """A ledger whose boards and catalog (`known`) the test sets. It sends no hints."""

    def __init__(self, clock: HandClock, calls: list[str]) -> None:
        self._clock = clock
        self.calls = calls
        self.away = False
        self.overdue = False
        self.before_board = Door()
        self.after_board = Door()
        self.before_pulse = Door()
        self.after_pulse = Door()
        self.remembered = CATALOG
        self.known = CATALOG
        self._rows: dict[BoardKey, tuple[int, tuple[Busy, ...]]] = {}

    def write(self, *rows: Busy, key: BoardKey = KEY, version: int | None = None) -> int:
        present, _ = self._rows.get(key, (1, ()))
        version = present + 1 if version is None else version
        self._rows[key] = (version, rows)
        return version

    async def catalog(self) -> Catalog:
        self.remembered = self.known
        return self.known

    async def known_catalog(self) -> Catalog:
        return self.remembered

    async def read_board(self, key: BoardKey) -> LedgerSnapshot:
        self.calls.append("ledger.board")
        await self.before_board.enter()
        if self.away:
            raise LedgerUnavailable
        if key.resource_id not in self.known.resources:
            raise NotFound
        version, rows = self._rows.get(key, (1, ()))
        part = LedgerSnapshot(version, self.known, rows, self._clock.now())
        await self.after_board.enter()
        return part

    async def poll_changes(self, keys: Iterable[BoardKey], since: int | None) -> ChangeReport:
        wanted = list(keys)
        self.calls.append(f"ledger.poll_changes {len(wanted)}")
        await self.before_pulse.enter()
        if self.away:
            raise LedgerUnavailable
        changes = sum(version for version, _ in self._rows.values())
        versions = {key: self._rows.get(key, (1, ()))[0] for key in wanted}
        poll_changes = ChangeReport(
            changes, self.overdue, self._clock.now(), None if changes == since else versions
        )
        await self.after_pulse.enter()
        return poll_changes


class Stage:
    """A hub with its sources.

    `calls` are the calls that the hub has made. `announced` are the boards whose changes the hold
    store has announced. If `hints` is False, all these announcements are lost.
    """

    def __init__(self) -> None:
        self.clock = HandClock(NOW)
        self.calls: list[str] = []
        self.announced: list[BoardKey] = []
        self.hints = True
        self.holds = StagedHolds(self.clock, self._announce, self.calls)
        self.ledger = StagedLedger(self.clock, self.calls)
        self.hub = Hub(self.ledger, self.holds, self.clock, timedelta(seconds=60))

    def _announce(self, board: BoardKey, version: int) -> None:
        self.announced.append(board)
        if self.hints:
            self.hub.hint(board, version)

    async def hold(
        self, clock: str = "10:00", visitor: str = "ann", *, key: BoardKey = KEY, lives: float = 120
    ) -> Hold:
        slot = offered_slot(clock, resource=key.resource_id)
        hold = await self.holds.acquire([key], slot, visitor, ttl=timedelta(seconds=lives))
        assert isinstance(hold, Hold)
        return hold

    async def watch_board(self, key: BoardKey = KEY) -> Board:
        """Make the hub watch a board and return the board. The calls for this are not kept."""
        board = await self.hub.refresh(key)
        await a_moment()
        self.calls.clear()
        return board

    async def compare(self) -> None:
        """Do one comparison, as `Hub.run` does once a second."""
        await self.hub._compare()

    def states_shown(
        self, key: BoardKey = KEY, seen: Revision | None = None
    ) -> dict[str, str] | None:
        """Return the state by start of all claims on the board that would be served at once, or
        None."""
        board = self.hub.get_if_fresh(key, seen)
        return None if board is None else states(board)


def states(board: Board) -> dict[str, str]:
    return {f"{claim.guarded.start:%H:%M}": claim.state for claim in board.claims}
