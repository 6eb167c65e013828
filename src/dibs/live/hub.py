"""The boards somebody looks at, kept current in this process.

Per watched board the hub keeps the latest part from the hold store and the latest from the
ledger. The rules, each of which stands for a way in which a view went wrong without it:

1. One refresh (a reading of both) per board; a hint or a forced read during a refresh causes
   another one afterwards. A forced read returns only what was read after it was asked for. A
   refresh of over a second starts over.
2. A refresh reads the holds first. It reads the ledger if the hold store names a newer version
   of it or none, had lost writes, had been away, or if asked to. Both parts are published
   together, whatever they say: the latest read is the truth.
3. A ledger version newer than the hold store's is written there, and the holds are read again:
   what ended in the ledger may have become a hold meanwhile.
4. Once a second the versions of all boards are compared with both sources, all in one go: one
   question to the store and one query to the ledger, which brings versions only when something
   has changed. Overdue checkouts are ended, also on boards nobody looks at.
5. Time alone changes nothing shown: at the next deadline there is a refresh, and the store or
   the ledger ends the claim. A deadline that was set here is looked after also for boards that
   only others watch.
6. Hold store away: the last holds stay, each until its deadline, and the board says so. Ledger
   away: no hold leaves the board, since it may have become a booking; after three seconds the
   board is unknown. A refresh or a comparison that has no answer counts as the ledger away since
   it began, while it lasts.
7. Nobody is served a board that was not compared for 1.5 s, or that is behind what they have
   seen: it is read first. Nobody waits for that longer than a second: then the last board stands,
   as rule 6 says, but not for those who have seen more. Who follows a board is told of each that
   is published, without a wait.
"""

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
from dibs.live.version_reader import VersionReader
from dibs.live.watched_boards import WatchedBoards

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from dibs.availability.boards import BoardKey
    from dibs.clock import Clock
    from dibs.holds.store import Hold, HoldStore
    from dibs.ledger.boards import ChangeReport
    from dibs.ledger.database import Commit
    from dibs.ledger.ledger import Ledger
    from dibs.live.board import Degraded

log = structlog.get_logger()

COMPARE_INTERVAL = 1.0
MAX_UNCOMPARED = 1.5
LEDGER_AWAY_TIMEOUT = 3.0
#: Clients give up after four seconds, and would never learn that nothing is known.
GET_TIMEOUT = 1.0


class Hub:
    def __init__(
        self, ledger: Ledger, holds: HoldStore, clock: Clock, idle_after: timedelta
    ) -> None:
        self._clock = clock
        self._reading = BoardReader(ledger, holds, clock)
        self._versions = VersionReader(ledger, holds)
        self._boards = WatchedBoards(clock, idle_after)
        self._deadlines = Deadlines(self._boards, self._versions, clock, self._end_overdue)
        self._sweep: Callable[[], Awaitable[None]] | None = None
        self._compare_began: float | None = None

    def get_if_fresh(self, key: BoardKey, seen: Revision | None = None) -> Board | None:
        """The board, if it may be served as it is (rule 7); the way of a poll."""
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
        """The board, read anew if it must be and can be in time.

        Raises NotFound (no such resource), LedgerUnavailable (nothing is known of it yet, or the
        caller has seen more).
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
        """These boards in their order, each as `get` has it; `seen` has a revision for each.

        Those that must be read are read together, so that all of them take no longer than one, also
        while a source does not answer.
        """
        revisions = (None,) * len(keys) if seen is None else seen
        asked = tuple(zip(keys, revisions, strict=True))
        fresh = [self.get_if_fresh(key, revision) for key, revision in asked]
        boards = tuple(board for board in fresh if board is not None)
        if len(boards) == len(asked):
            return boards
        return tuple(await asyncio.gather(*(self.get(key, revision) for key, revision in asked)))

    async def _refresh_in_time(self, entry: BoardEntry) -> bool:
        """Whether the refresh has ended. If not, it goes on, and publishes what it finds."""
        try:
            async with asyncio.timeout(GET_TIMEOUT):
                await self._refresh(entry)
        except TimeoutError:
            self._show_silence(entry)
            return False
        return True

    def get_last(self, key: BoardKey) -> Board | None:
        """The board that was published last, for those who have looked and follow it now."""
        entry = self._boards.get(key)
        return None if entry is None else entry.board

    def published(self) -> list[Board]:
        """The boards that are watched, as they were published last."""
        return [entry.board for entry in self._boards.values() if entry.board is not None]

    def follow(self, keys: Iterable[BoardKey], changed: Callable[[], None]) -> None:
        """Call this whenever one of the boards is published or gone; they stay watched."""
        for key in keys:
            self._boards.enter(key).followers.append(changed)

    def unfollow(self, keys: Iterable[BoardKey], changed: Callable[[], None]) -> None:
        for key in keys:
            entry = self._boards.get(key)
            if entry is not None and changed in entry.followers:
                entry.followers.remove(changed)
                entry.looked_at = self._clock.monotonic()

    async def refresh(self, key: BoardKey) -> Board:
        """The board as it is now or later, whatever is known of it."""
        entry = self._boards.enter(key)
        await self._refresh(entry)
        return self._board_of(entry)

    async def refresh_all(self, keys: Iterable[BoardKey], *, ledger: bool = True) -> None:
        """Return when all that has happened so far is on those of the boards that are watched."""
        entries = [self._boards[key] for key in dict.fromkeys(keys) if key in self._boards]
        await asyncio.gather(*(self._refresh(each, ledger=ledger) for each in entries))

    async def show_commit(self, commit: Commit) -> None:
        """Return when what a transaction of this process has changed is on those of its boards
        that are watched. A board that was as the ledger had it before is not read again: what is
        on it now is known. The holds are, as the hold store was told of the commit."""
        known, others = list["BoardKey"](), list["BoardKey"]()
        for key in commit.versions:
            entry = self._boards.get(key)
            is_shown = entry is not None and entry.apply_commit(commit, self._clock.monotonic())
            (known if is_shown else others).append(key)
        await asyncio.gather(self.refresh_all(known, ledger=False), self.refresh_all(others))

    async def wait_for_hold(self, hold: Hold) -> None:
        """Return when the hold, as its store has just answered, is on those of its boards that are
        watched. A reading that a hint has begun may bring it, and isn't made twice."""
        for key, version in zip(hold.boards, hold.versions, strict=True):
            entry = self._boards.get(key)
            if entry is not None:
                await self._wait_for_version(entry, version)

    async def _wait_for_version(self, entry: BoardEntry, version: int) -> None:
        while entry.refresh_task is not None and not entry.has(version):
            await entry.wait_for_refresh(entry.refresh_count)
        if not entry.has(version):
            await self._refresh(entry, ledger=False)

    def hint(self, key: BoardKey, version: int) -> None:
        """Somebody says that the hold store has this version of the board."""
        entry = self._boards.get(key)
        if entry is None:
            return
        if entry.refresh_task is not None:
            entry.hinted = max(entry.hinted, version)
        elif not entry.has(version):
            self._start_refresh(entry)

    def refresh_everything(self) -> None:
        """Hints may have been lost: read everything."""
        for entry in self._boards.values():
            entry.want_ledger = True
            self._start_refresh(entry)

    async def run(self, sweep: Callable[[], Awaitable[None]]) -> None:
        """Compare and sweep for as long as the process lives."""
        self._sweep = sweep
        try:
            for beat in itertools.count(1):
                started = self._clock.monotonic()
                try:
                    if await self._compare():
                        await sweep()
                except LedgerUnavailable:
                    log.debug("nothing could be swept", beat=beat)  # The database has said so.
                except Exception:
                    # The comparison heals everything else, so nothing may end it.
                    log.exception("comparison failed", beat=beat)
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
            # Waiters find the board as it was; the next comparison looks at every version.
            log.exception("reading a board failed", board=entry.key)
            self._versions.forget_changes()
            entry.wake_waiters(entry.refresh_count + 1)
        finally:
            if entry.refresh_task is asyncio.current_task():
                entry.refresh_task = None
                entry.refresh_began = None

    def _publish(self, entry: BoardEntry, compared_at: float) -> None:
        """Make the two parts the board, unless they are what it already shows."""
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
        candidate = Board(entry.key, entry.holds, entry.ledger, self._degraded(entry))
        shown = entry.board
        hides = entry.ledger_away_since is not None and self._may_hide_a_booking(shown, candidate)
        if not hides and (shown is None or shown.tag != candidate.tag or entry.holds_away):
            entry.board = candidate
            self._notify_followers(entry)
        self._deadlines.set_alarm(entry)

    def _may_hide_a_booking(self, shown: Board | None, candidate: Board) -> bool:
        """While the ledger can't be read: whether a hold has ended, or a commit was told of."""
        if candidate.is_unknown:
            return False
        told = candidate.holds.ledger if candidate.holds else None
        left = shown is not None and not shown.held <= candidate.held
        return left or (told or 0) > candidate.ledger.version

    def _notify_followers(self, entry: BoardEntry) -> None:
        for changed in tuple(entry.followers):
            try:
                changed()
            except Exception:
                # Whatever goes wrong for some viewers, the others and the board itself go on.
                log.exception("viewers can't be told", board=entry.key)

    def _degraded(self, entry: BoardEntry) -> tuple[Degraded, ...]:
        flags: list[Degraded] = ["holds"] if entry.holds_away else []
        if self._is_unknown(entry):
            flags.append("unknown")
        return tuple(flags)

    def _is_unknown(self, entry: BoardEntry) -> bool:
        """Whether the ledger has been away for too long, or has left us without an answer."""
        since = entry.silent_since(self._compare_began)
        return since is not None and self._clock.monotonic() - since > LEDGER_AWAY_TIMEOUT

    def _show_silence(self, entry: BoardEntry) -> None:
        """Publish that the board is unknown, if it is. The parts stay those that were shown: a
        refresh under way may have read only one of them."""
        shown = entry.board
        if shown is None or shown.is_unknown or not self._is_unknown(entry):
            return
        entry.board = Board(entry.key, shown.holds, shown.ledger, (*shown.degraded, "unknown"))
        self._notify_followers(entry)

    def _show_all_silence(self) -> None:
        for entry in tuple(self._boards.values()):
            self._show_silence(entry)

    # --- deadlines: rule 5

    def note_deadline(self, hold: Hold, ttl: timedelta) -> None:
        """A hold was given another deadline, of which nobody is told: wake up then, not before.

        `ttl` is what was asked for; with less, the hold's whole life is over, and all know when.
        """
        self._deadlines.note(hold, ttl)

    async def _end_overdue(self, entry: BoardEntry) -> None:
        if entry.is_overdue(self._clock.monotonic()):
            if self._sweep is not None:
                try:
                    await self._sweep()
                except LedgerUnavailable:
                    return  # The next comparison sweeps again.
                except Exception:
                    # Nor may it end the task: it would be heard of by nobody.
                    log.exception("overdue checkouts could not be ended")
                    return
            entry.want_ledger = True
        self._start_refresh(entry)

    # --- comparison: rule 4

    async def _compare(self) -> bool:
        """Whether some checkout, on whatever board, is overdue."""
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
        held = await self._versions.peek(keys)
        for index, each in enumerate(entries):
            if self._boards.get(each.key) is each:
                self._check(each, None if held is None else held[index], report, started)
        return report is not None and report.overdue

    def _check(
        self, entry: BoardEntry, held: int | None, report: ChangeReport | None, started: float
    ) -> None:
        """Refresh the board if a source differs from it. A source that is away was asked once for
        all boards, so no board asks it for itself until it is back."""
        if entry.must_read_ledger(report):
            entry.want_ledger = True
            self._start_refresh(entry)
            return
        if report is not None:
            entry.ledger_compared_at = max(entry.ledger_compared_at, started)
        if held is not None and entry.must_read_holds(held):
            self._start_refresh(entry)
        elif report is None or held is None:
            if report is None and entry.ledger_away_since is None:
                entry.ledger_away_since = started
            entry.holds_away |= held is None
            self._publish(entry, compared_at=started)
        else:
            entry.compared_at = max(entry.compared_at, started)
