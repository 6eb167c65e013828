"""Shows boards from an answer of the hold store, without another reading: rule 8 of the hub."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dibs.live.board_reader import REFRESH_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dibs.availability.boards import BoardKey
    from dibs.clock import Clock
    from dibs.holds.store import HoldsSnapshot
    from dibs.ledger.database import Commit
    from dibs.live.board_entry import BoardEntry
    from dibs.live.watched_boards import WatchedBoards


class Refresh(Protocol):
    """A function that waits for a refresh of the board that begins after the call."""

    async def __call__(self, entry: BoardEntry, *, ledger: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class HubSteps:
    """The steps of the hub that are needed here."""

    boards: WatchedBoards
    clock: Clock
    publish: Callable[[BoardEntry, float], None]
    start_refresh: Callable[[BoardEntry], None]
    refresh: Refresh


@dataclass(frozen=True, slots=True)
class _Answer:
    """What an answer says of a board. `snapshot` has its holds, or is None if the hold store did
    not answer. `commit` is what a transaction of this process has changed."""

    entry: BoardEntry
    snapshot: HoldsSnapshot | None
    commit: Commit | None = None

    @property
    def is_shown(self) -> bool:
        """Whether the board shows everything that the answer says."""
        ledger = 0 if self.commit is None else self.commit.versions[self.entry.key]
        return self.snapshot is not None and self.entry.shows(self.snapshot.version, ledger)


class ExpectedAnswer:
    """A context around a call of the hold store whose answer has these boards.

    Hints about the boards wait for the answer, because most of these hints are caused by the call
    itself.
    """

    def __init__(self, keys: Iterable[BoardKey], hub: HubSteps) -> None:
        self._keys = tuple(keys)
        self._hub = hub
        self._asked_at = hub.clock.monotonic()
        self._expecting: list[BoardEntry] = []
        self._late: list[_Answer] = []

    def __enter__(self) -> ExpectedAnswer:
        boards = self._hub.boards
        self._expecting = [boards[key] for key in self._keys if key in boards]
        for entry in self._expecting:
            entry.expected_answers += 1
        return self

    def __exit__(self, *failed: object) -> None:
        for entry in self._expecting:
            entry.expected_answers -= 1
            if entry.has_unread_hint and not entry.expected_answers:
                self._hub.start_refresh(entry)

    def show(self, snapshots: Iterable[HoldsSnapshot]) -> None:
        """Show the answer: a snapshot for each board, in the order of the boards. A board that
        can't be shown at once is shown later (`wait_until_shown`)."""
        for key, snapshot in zip(self._keys, snapshots, strict=True):
            entry = self._hub.boards.get(key)
            if entry is not None:
                self._show_answer(_Answer(entry, snapshot))

    def show_commit(self, commit: Commit, snapshots: Mapping[BoardKey, HoldsSnapshot]) -> None:
        """Show a commit. `snapshots` has the snapshots of the boards for which the hold store has
        answered.

        If the hub knows a board's state from just before the commit, the board is not read again:
        its new state follows from the commit.
        """
        for key in self._keys:
            entry = self._hub.boards.get(key)
            if entry is not None:
                self._show_answer(_Answer(entry, snapshots.get(key), commit))

    async def wait_until_shown(self) -> None:
        """Wait until those of the boards that are watched show everything that the answer says."""
        if self._late:
            await asyncio.gather(*(self._show_late(answer) for answer in self._late))

    def _show_answer(self, answer: _Answer) -> None:
        if not self._apply(answer):
            self._late.append(answer)

    def _apply(self, answer: _Answer) -> bool:
        """Change the board to what the answer says. Returns whether the board now shows that or
        something newer."""
        if answer.is_shown:
            return True
        entry, now = answer.entry, self._hub.clock.monotonic()
        if answer.snapshot is None or now - self._asked_at > REFRESH_TIMEOUT:
            return False
        if not entry.apply_answer(answer.snapshot, self._asked_at, answer.commit, now):
            return False
        compared_at = min(self._asked_at, entry.ledger_compared_at)
        self._hub.publish(entry, max(entry.compared_at, compared_at))
        return True

    async def _show_late(self, answer: _Answer) -> None:
        """Wait for a running refresh, because it may show what the answer says. If the board can't
        be changed to the answer afterwards, refresh it."""
        entry = answer.entry
        while entry.refresh_task is not None and not answer.is_shown:
            await entry.wait_for_refresh(entry.refresh_count)
        if not self._apply(answer):
            await self._hub.refresh(entry, ledger=answer.commit is not None)
