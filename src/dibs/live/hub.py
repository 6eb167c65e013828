"""Keeps the boards that somebody looks at current in this process, by the rules of `live`."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from dibs.errors import LedgerUnavailable, NotFound
from dibs.live.board import Board, Revision
from dibs.live.board_entry import BoardEntry
from dibs.live.board_reader import BoardReader
from dibs.live.deadlines import DEADLINE_SLACK, Deadlines
from dibs.live.expected_answer import ExpectedAnswer, HubSteps
from dibs.live.version_reader import VersionReader
from dibs.live.watched_boards import WatchedBoards

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from dibs.availability.boards import BoardKey
    from dibs.clock import Clock
    from dibs.holds.store import Hold, HoldStore
    from dibs.ledger.boards import ChangeReport
    from dibs.ledger.ledger import Ledger
    from dibs.live.board import Degraded

log = structlog.get_logger()

COMPARE_INTERVAL = 1.0
MAX_UNCOMPARED = 1.5
LEDGER_AWAY_TIMEOUT = 3.0
#: Seconds that a caller waits for a board to be read. Clients give up after four seconds, and must
#: learn before that a board is unknown.
GET_TIMEOUT = 1.0


class Hub:
    """All watched boards of this process, and the tasks that keep them current."""

    def __init__(
        self, ledger: Ledger, holds: HoldStore, clock: Clock, idle_after: timedelta
    ) -> None:
        self._clock = clock
        self._reading = BoardReader(ledger, holds, clock)
        self._versions = VersionReader(ledger, holds)
        self._boards = WatchedBoards(clock, idle_after)
        self._deadlines = Deadlines(self._boards, self._versions, clock, self._end_overdue)
        self._steps = HubSteps(
            self._boards, clock, self._publish, self._start_refresh, self._refresh
        )
        self._sweep: Callable[[], Awaitable[None]] | None = None
        self._compare_began: float | None = None

    def get_if_fresh(self, key: BoardKey, seen: Revision | None = None) -> Board | None:
        """Return the board if it may be served as it is (rule 7), otherwise None. Most polls end
        here."""
        entry = self._boards.get(key)
        if entry is None or entry.board is None:
            return None
        now = self._clock.monotonic()
        entry.looked_at = now
        if now - entry.compared_at > MAX_UNCOMPARED:
            return None
        if seen is not None and seen.is_ahead_of(entry.board.revision):
            return None
        return entry.board

    async def get(self, key: BoardKey, seen: Revision | None = None) -> Board:
        """Return the board. If it is not fresh, it is read first, for GET_TIMEOUT at most.

        Raises NotFound if there is no such resource. Raises LedgerUnavailable if nothing is known
        of the board yet, or if the caller has seen a newer state that can't be read now.
        """
        board = self.get_if_fresh(key, seen)
        if board is not None:
            return board
        entry = self._boards.enter(key)
        is_away = not await self._refresh_in_time(entry) or entry.ledger_away_since is not None
        board = self._board_of(entry)
        is_ahead = seen is not None and seen.is_ahead_of(board.revision)
        if is_ahead and is_away and not board.is_unknown:
            raise LedgerUnavailable
        return board

    async def get_all(
        self, keys: Sequence[BoardKey], seen: Sequence[Revision | None] | None = None
    ) -> tuple[Board, ...]:
        """Return these boards in their order, as `get` does. `seen` has a revision for each board.

        Boards that must be read are read at the same time. So all of them take no longer than one,
        even while a source does not answer.
        """
        boards = self.get_all_if_fresh(keys, seen)
        if boards is not None:
            return boards
        asked = zip(keys, seen or itertools.repeat(None), strict=False)
        return tuple(await asyncio.gather(*(self.get(key, revision) for key, revision in asked)))

    def get_all_if_fresh(
        self, keys: Sequence[BoardKey], seen: Sequence[Revision | None] | None = None
    ) -> tuple[Board, ...] | None:
        """Return these boards in their order if each may be served as it is, otherwise None."""
        found = []
        for key, revision in zip(keys, seen or itertools.repeat(None), strict=False):
            board = self.get_if_fresh(key, revision)
            if board is None:
                return None
            found.append(board)
        return tuple(found)

    async def _refresh_in_time(self, entry: BoardEntry) -> bool:
        """Refresh a board. Returns False if that takes too long; it then goes on in the
        background."""
        try:
            async with asyncio.timeout(GET_TIMEOUT):
                await self._refresh(entry)
        except TimeoutError:
            self._show_silence(entry)
            return False
        return True

    def get_last(self, key: BoardKey) -> Board | None:
        """Return the board that was published last, or None, for callers who follow the board."""
        entry = self._boards.get(key)
        return None if entry is None else entry.board

    def published_boards(self) -> list[Board]:
        """Return the watched boards, as they were published last."""
        return [entry.board for entry in self._boards.values() if entry.board is not None]

    def follow(self, keys: Iterable[BoardKey], changed: Callable[[], None]) -> None:
        """Call `changed` whenever one of the boards is published or gone. They stay watched
        meanwhile."""
        for key in keys:
            self._boards.enter(key).followers.append(changed)

    def unfollow(self, keys: Iterable[BoardKey], changed: Callable[[], None]) -> None:
        for key in keys:
            entry = self._boards.get(key)
            if entry is not None and changed in entry.followers:
                entry.followers.remove(changed)
                entry.looked_at = self._clock.monotonic()

    async def refresh(self, key: BoardKey) -> Board:
        """Read the board, and return a state that was read after this call began."""
        entry = self._boards.enter(key)
        await self._refresh(entry)
        return self._board_of(entry)

    async def refresh_all(self, keys: Iterable[BoardKey], *, ledger: bool = True) -> None:
        """Wait until those of these boards that are watched show all that has happened so far."""
        entries = [self._boards[key] for key in dict.fromkeys(keys) if key in self._boards]
        await asyncio.gather(*(self._refresh(each, ledger=ledger) for each in entries))

    def expect_answer(self, keys: Iterable[BoardKey]) -> ExpectedAnswer:
        """Return a context for a call of the hold store whose answer has these boards (rule 8)."""
        return ExpectedAnswer(keys, self._steps)

    def hint(self, key: BoardKey, version: int) -> None:
        """Refresh the board if a hint names a version that it does not have."""
        entry = self._boards.get(key)
        if entry is None:
            return
        if entry.refresh_task is not None or entry.expected_answers:
            entry.hinted = max(entry.hinted, version)
        elif not entry.has_version(version):
            self._start_refresh(entry)

    def refresh_everything(self) -> None:
        """Read all watched boards, because hints may have been lost."""
        for entry in self._boards.values():
            entry.want_ledger = True
            self._start_refresh(entry)

    async def run(self, sweep: Callable[[], Awaitable[None]]) -> None:
        """Compare all boards once a second and end overdue checkouts, for as long as the process
        lives."""
        self._sweep = sweep
        try:
            for number in itertools.count(1):
                started = self._clock.monotonic()
                try:
                    if await self._compare():
                        await sweep()
                except LedgerUnavailable:
                    # The database has logged it.
                    log.debug("nothing could be swept", comparison=number)
                except Exception:
                    # The comparison repairs all other faults, so no fault may end it.
                    log.exception("comparison failed", comparison=number)
                await asyncio.sleep(max(0.0, started + COMPARE_INTERVAL - self._clock.monotonic()))
        finally:
            self._deadlines.cancel()
            for entry in self._boards.values():
                entry.close()

    def _board_of(self, entry: BoardEntry) -> Board:
        if entry.gone:
            self._boards.pop(entry.key, None)
            raise NotFound
        if entry.board is None:
            raise LedgerUnavailable
        return entry.board

    # --- refreshes: rules 1 to 3

    async def _refresh(self, entry: BoardEntry, *, ledger: bool = True) -> None:
        """Wait for a refresh that has begun after this call."""
        entry.want_ledger |= ledger
        self._start_refresh(entry)
        await entry.wait_for_refresh(entry.refresh_count + 1)

    def _start_refresh(self, entry: BoardEntry) -> None:
        if entry.refresh_task is not None:
            entry.refresh_again = True
            return
        entry.refresh_task = asyncio.create_task(self._run_refreshes(entry))

    async def _run_refreshes(self, entry: BoardEntry) -> None:
        try:
            entry.refresh_again = True
            while entry.refresh_again or entry.is_behind:
                entry.refresh_again = False
                entry.hinted = 0
                entry.refresh_count += 1
                entry.refresh_began = self._clock.monotonic()
                started = await self._reading.read_both(entry)
                entry.refresh_began = None
                self._publish(entry, compared_at=min(started, entry.ledger_compared_at))
                entry.wake_waiters(entry.refresh_count)
        except Exception:
            # Callers who wait get the board as it was. The next comparison reads all versions.
            log.exception("reading a board failed", board=entry.key)
            self._versions.forget_changes()
            entry.wake_waiters(entry.refresh_count + 1)
        finally:
            if entry.refresh_task is asyncio.current_task():
                entry.refresh_task = None
                entry.refresh_began = None

    def _publish(self, entry: BoardEntry, compared_at: float) -> None:
        """Make a board of the two halves and publish it, unless it would be the same as before."""
        if entry.gone:
            entry.board = None
            self._notify_followers(entry)
            return
        if entry.ledger is None:
            return
        if entry.ledger_away_since is None:
            entry.compared_at = compared_at
        if entry.holds_away:
            entry.end_holds(self._clock.monotonic())
        candidate = Board(entry.key, entry.holds, entry.ledger, self._find_degraded(entry))
        shown = entry.board
        hides = entry.ledger_away_since is not None and self._may_hide_a_booking(shown, candidate)
        if not hides and (
            shown is None or shown.revision_text != candidate.revision_text or entry.holds_away
        ):
            entry.board = candidate
            self._notify_followers(entry)
        self._deadlines.set_alarm(entry)

    def _may_hide_a_booking(self, shown: Board | None, candidate: Board) -> bool:
        """Tell whether the new board could hide a booking, while the ledger can't be read.

        That is possible if a hold has left the board, because it may have become a booking, or if
        the hold store knows a newer version of the ledger.
        """
        if candidate.is_unknown:
            return False
        known_version = candidate.holds.ledger_version if candidate.holds else None
        left = shown is not None and not shown.held <= candidate.held
        return left or (known_version or 0) > candidate.ledger.version

    def _notify_followers(self, entry: BoardEntry) -> None:
        for changed in tuple(entry.followers):
            try:
                changed()
            except Exception:
                # A fault for some viewers must not stop the others or the board itself.
                log.exception("viewers can't be notified", board=entry.key)

    def _find_degraded(self, entry: BoardEntry) -> tuple[Degraded, ...]:
        flags: list[Degraded] = ["holds"] if entry.holds_away else []
        if self._is_unknown(entry):
            flags.append("unknown")
        return tuple(flags)

    def _is_unknown(self, entry: BoardEntry) -> bool:
        """Tell whether the ledger has been away, or has not answered, for too long."""
        since = entry.silent_since(self._compare_began)
        return since is not None and self._clock.monotonic() - since > LEDGER_AWAY_TIMEOUT

    def _show_silence(self, entry: BoardEntry) -> None:
        """Publish that the board is unknown, if it is.

        Its halves stay those that were shown, because a running refresh may have read only one of
        them.
        """
        shown = entry.board
        if shown is None or shown.is_unknown or not self._is_unknown(entry):
            return
        entry.board = Board(entry.key, shown.holds, shown.ledger, (*shown.degraded, "unknown"))
        self._notify_followers(entry)

    def _show_all_silence(self) -> None:
        began = self._compare_began
        waits = began is not None and self._clock.monotonic() - began > LEDGER_AWAY_TIMEOUT
        for entry in tuple(self._boards.values()):
            # This quick check comes first, because hardly any of the boards is read at this moment.
            if waits or entry.refresh_began is not None or entry.ledger_away_since is not None:
                self._show_silence(entry)

    # --- deadlines: rule 5

    def note_deadline(self, hold: Hold, ttl: timedelta) -> None:
        """Wake up at a hold's new deadline, which the store has not announced.

        `ttl` is the lifetime that was asked for. If the hold got less, it ends when its greatest
        lifetime is over, which all nodes know.
        """
        self._deadlines.note_deadline(hold, ttl)

    async def _end_overdue(self, entry: BoardEntry) -> None:
        if entry.is_overdue(self._clock.monotonic()):
            if self._sweep is not None:
                try:
                    await self._sweep()
                except LedgerUnavailable:
                    return  # The next comparison sweeps again.
                except Exception:
                    # Such a fault must not end the task either, because nobody would see it.
                    log.exception("overdue checkouts could not be ended")
                    return
            entry.want_ledger = True
        self._start_refresh(entry)

    # --- comparison: rule 4

    async def _compare(self) -> bool:
        """Compare all boards with both sources. Returns whether any checkout is overdue."""
        started = self._compare_began = self._clock.monotonic()
        self._boards.drop_idle()
        self._show_all_silence()
        silent_after = LEDGER_AWAY_TIMEOUT + DEADLINE_SLACK.total_seconds()
        silence = asyncio.get_running_loop().call_later(silent_after, self._show_all_silence)
        try:
            return await self._compare_all(started)
        finally:
            silence.cancel()
            self._compare_began = None

    async def _compare_all(self, started: float) -> bool:
        entries = list(self._boards.values())
        keys = [each.key for each in entries]
        report = await self._versions.poll_changes(entries)
        held = await self._versions.read_hold_versions(keys)
        for index, each in enumerate(entries):
            if self._boards.get(each.key) is each:
                self._check(each, None if held is None else held[index], report, started)
        return report is not None and report.overdue

    def _check(
        self, entry: BoardEntry, held: int | None, report: ChangeReport | None, started: float
    ) -> None:
        """Refresh the board if a source differs from it.

        `held` is the version of the holds. It is None if the hold store is away, and so is `report`
        if the ledger is away. Then the comparison has just asked that source in vain for all
        boards, so no single board asks it again.
        """
        if entry.must_read_ledger(report):
            entry.want_ledger = True
            self._start_refresh(entry)
            return
        if report is not None and entry.ledger_compared_at < started:
            entry.ledger_compared_at = started
        if held is not None and entry.must_read_holds(held):
            self._start_refresh(entry)
        elif report is None or held is None:
            if report is None and entry.ledger_away_since is None:
                entry.ledger_away_since = started
            entry.holds_away |= held is None
            self._publish(entry, compared_at=started)
        elif entry.compared_at < started:
            entry.compared_at = started
