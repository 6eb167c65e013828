"""What the hub knows of a board that somebody looks at."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from dibs.availability.boards import BoardKey
    from dibs.holds.store import Hold, HoldsSnapshot
    from dibs.ledger.boards import ChangeReport
    from dibs.ledger.database import Commit
    from dibs.ledger.ledger import LedgerSnapshot
    from dibs.live.board import Board


@dataclass(eq=False, slots=True)
class BoardEntry:
    """What the hub knows of one board. Times are of the monotonic clock, in seconds.

    * `new_deadlines`: by claim, deadlines that this process has set and that no read has shown yet.
    * `hinted`: the newest version of the holds that a hint has named during the current refresh, or
      while an answer is expected.
    * `expected_answers`: how many calls of the hold store are running whose answers will contain
      this board.
    * `is_covered`: a change report of the ledger has included this board.
    * `compared_at`: when it was last known that both halves are up to date; the earlier time of
      the two halves.
    * `followers`: called whenever a new state of the board is published.
    * `refresh_began`: when the current refresh began, or None if no refresh is running.
    """

    key: BoardKey
    looked_at: float
    board: Board | None = None
    gone: bool = False
    holds: HoldsSnapshot | None = None
    holds_read_at: float = 0.0
    holds_away: bool = True
    new_deadlines: dict[str, datetime] = field(default_factory=dict)
    ledger: LedgerSnapshot | None = None
    ledger_read_at: float = 0.0
    ledger_compared_at: float = float("-inf")
    ledger_away_since: float | None = None
    compared_at: float = float("-inf")
    refresh_task: asyncio.Task[None] | None = None
    refresh_began: float | None = None
    refresh_again: bool = False
    hinted: int = 0
    expected_answers: int = 0
    is_covered: bool = False
    want_ledger: bool = True
    refresh_count: int = 0
    waiting: list[tuple[int, asyncio.Future[None]]] = field(default_factory=list)
    alarm: asyncio.TimerHandle | None = None
    followers: list[Callable[[], None]] = field(default_factory=list)

    @property
    def is_needed(self) -> bool:
        """Whether somebody waits for this board or follows it."""
        return bool(self.waiting or self.followers)

    @property
    def is_away(self) -> bool:
        return self.holds_away or self.ledger_away_since is not None

    @property
    def is_ledger_missing(self) -> bool:
        """Whether the ledger did not answer the last time, or the board is shown without it."""
        return self.ledger_away_since is not None or (
            self.board is not None and self.board.is_unknown
        )

    @property
    def is_behind(self) -> bool:
        """Whether a hint during the last refresh has named a version newer than the one that the
        refresh has read."""
        return self.hinted > (self.holds.version if self.holds is not None else 0)

    @property
    def has_unread_hint(self) -> bool:
        """Whether a hint has named a version that is neither known nor being read."""
        return bool(self.hinted and self.refresh_task is None and not self.has_version(self.hinted))

    def must_read_ledger(self, report: ChangeReport | None) -> bool:
        """Tell whether the ledger's half must be read, by this change report. `report` is None if
        the ledger is away; then it is read only if it was never read before."""
        if self.ledger is None:
            return True
        if report is None:
            return False
        if self.is_ledger_missing:
            return True
        versions = report.versions
        return versions is not None and versions.get(self.key) != self.ledger.version

    def must_read_holds(self, version: int) -> bool:
        """Tell whether the holds must be read, because the store has just named this version."""
        return self.holds is None or self.holds_away or self.holds.version != version

    def silent_since(self, compare_began: float | None) -> float | None:
        """Return since when the ledger is away or has not answered, or None if it has answered.

        `compare_began` is when the current comparison began, or None if none is running.
        """
        since = [self.ledger_away_since, self.refresh_began]
        if compare_began is not None and self.ledger_compared_at < compare_began:
            since.append(compare_began)
        return min((each for each in since if each is not None), default=None)

    def apply_answer(
        self, snapshot: HoldsSnapshot, read_at: float, commit: Commit | None, now: float
    ) -> bool:
        """Set the holds to an answer of the hold store, and the ledger's half to its state after a
        commit.

        Returns False and changes nothing if the halves must be read instead: because there are more
        changes than these, because a source is away, or because a refresh may have read one half.
        """
        holds, ledger = self.holds, self.ledger
        if holds is None or ledger is None or self.is_away or self.gone:
            return False
        if self.want_ledger or self.refresh_task is not None:
            return False
        after: LedgerSnapshot | None = ledger
        if commit is not None and commit.versions[self.key] > ledger.version:
            after = ledger.apply_commit(self.key, commit)
        newest = max(holds, snapshot, key=lambda each: each.version)
        if after is None or newest.ledger_version != after.version:
            return False
        if after is not ledger:
            self.ledger, self.ledger_read_at = after, now
        if newest is not holds:
            self.holds, self.holds_read_at = newest, read_at
            if self.new_deadlines:
                alive = {hold.claim for hold in newest.holds}
                kept = {claim: end for claim, end in self.new_deadlines.items() if claim in alive}
                self.new_deadlines = kept
        return True

    def shows(self, version: int, ledger: int) -> bool:
        """Tell whether the board shows these versions or newer ones."""
        board = self.board
        return (
            board is not None
            and board.holds is not None
            and not self.is_away
            and board.holds.version >= version
            and board.ledger.version >= ledger
        )

    def has_version(self, version: int) -> bool:
        """Tell whether this or a newer version of the holds was read, and the store answers."""
        return not self.holds_away and self.holds is not None and self.holds.version >= version

    async def wait_for_refresh(self, refresh: int) -> None:
        """Wait until the refresh with this number, or a later one, has ended."""
        ended = asyncio.get_running_loop().create_future()
        self.waiting.append((refresh, ended))
        await ended

    def wake_waiters(self, refresh: int) -> None:
        """Wake those who waited for this refresh or an earlier one."""
        waiting, self.waiting = self.waiting, []
        for number, ended in waiting:
            if number > refresh:
                self.waiting.append((number, ended))
            elif not ended.done():
                ended.set_result(None)

    def close(self) -> None:
        """Stop the alarm and the refresh of this board. A caller who still has the entry can start
        a new refresh."""
        if self.alarm is not None:
            self.alarm.cancel()
        if self.refresh_task is not None:
            self.refresh_task.cancel()
            self.refresh_task = None
        self.wake_waiters(self.refresh_count + 1)

    def seconds_to_deadline(self, now: float) -> float | None:
        """Return the seconds until the first claim ends, or None if there is no such claim.

        This is the time that was left, by the clock of the claim's source, when the claim was read,
        minus the time that has passed since.
        """
        return min(
            (
                left
                for left in (
                    self._seconds_to_end_of_hold(now),
                    self._seconds_to_end_of_checkout(now),
                )
                if left is not None
            ),
            default=None,
        )

    def is_overdue(self, now: float) -> bool:
        """Tell whether a checkout's time has run out."""
        left = self._seconds_to_end_of_checkout(now)
        return left is not None and left <= 0

    def end_holds(self, now: float) -> None:
        """End the holds whose deadline has passed by this process's clock. This is for the time
        while the store is away."""
        if self.holds is not None:
            alive = tuple(
                hold for hold in self.holds.holds if self._seconds_left(self.holds, hold, now) > 0
            )
            self.holds = replace(self.holds, holds=alive)

    def _seconds_to_end_of_hold(self, now: float) -> float | None:
        if self.holds is None:
            return None
        return min(
            (self._seconds_left(self.holds, hold, now) for hold in self.holds.holds), default=None
        )

    def _seconds_left(self, part: HoldsSnapshot, hold: Hold, now: float) -> float:
        ends = self.new_deadlines.get(hold.claim, hold.expires_at)
        return (ends - part.now).total_seconds() - (now - self.holds_read_at)

    def _seconds_to_end_of_checkout(self, now: float) -> float | None:
        if self.ledger is None:
            return None
        deadlines = [busy.deadline for busy in self.ledger.busy if busy.deadline is not None]
        if not deadlines:
            return None
        return (min(deadlines) - self.ledger.now).total_seconds() - (now - self.ledger_read_at)
