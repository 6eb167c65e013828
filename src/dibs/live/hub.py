"""The boards somebody looks at, kept current in this process.

Per watched board the hub keeps the latest part from the hold store and the latest from the
ledger. The rules, each of which stands for a way in which a view went wrong without it:

1. One flight (a reading of both) per board; a hint or a forced read during a flight causes
   another one afterwards. A forced read returns only what was read after it was asked for. A
   flight of over a second starts over.
2. A flight reads the holds first. It reads the ledger if the hold store names a newer version
   of it or none, had lost writes, had been away, or if asked to. Both parts are published
   together, whatever they say: the latest read is the truth.
3. A ledger version newer than the hold store's is written there, and the holds are read again:
   what ended in the ledger may have become a hold meanwhile.
4. Once a second the versions of all boards are compared with both sources, all in one go: one
   question to the store and one query to the ledger, which brings versions only when something
   has changed. Overdue checkouts are ended, also on boards nobody looks at.
5. Time alone changes nothing shown: at the next deadline there is a flight, and the store or
   the ledger ends the claim. A deadline that was set here is looked after also for boards that
   only others watch.
6. Hold store away: the last holds stay, each until its deadline, and the board says so. Ledger
   away: no hold leaves the board, since it may have become a booking; after three seconds the
   board is unknown.
7. Nobody is served a board that was not compared for 1.5 s, or that is behind what they have
   seen: it is read first. Who follows a board is told of each that is published, without a wait.
"""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from dibs.errors import HoldsUnavailable, LedgerUnavailable, NotFound
from dibs.live.board import Board, Revision
from dibs.live.reading import Reading
from dibs.live.reminders import Reminders
from dibs.live.watched import Watched

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence

    from dibs.availability.boards import BoardKey
    from dibs.clock import Clock
    from dibs.holds.store import Hold, HoldStore
    from dibs.ledger.boards import Pulse
    from dibs.ledger.ledger import Ledger
    from dibs.live.board import Degraded

log = structlog.get_logger()

COMPARE_EVERY = 1.0
SERVED_UNCOMPARED = 1.5
#: Whoever asks for ever more days can't fill the memory: about 30 kB a board.
MOST_WATCHED = 20_000
LEDGER_MAY_BE_AWAY = 3.0
#: A deadline that has passed by our clock but not by the store's is asked about again after this.
DEADLINE_SLACK = timedelta(milliseconds=2)


class Hub:
    def __init__(
        self, ledger: Ledger, holds: HoldStore, clock: Clock, idle_after: timedelta
    ) -> None:
        self._ledger = ledger
        self._holds = holds
        self._clock = clock
        self._reading = Reading(ledger, holds, clock)
        self._idle_after = idle_after.total_seconds()
        self._boards: dict[BoardKey, Watched] = {}
        self._tasks: set[asyncio.Task[object]] = set()
        self._reminders = Reminders(self._end_unwatched)
        self._sweep: Callable[[], Awaitable[None]] | None = None
        self._changes: int | None = None

    def ready(self, key: BoardKey, seen: Revision | None = None) -> Board | None:
        """The board, if it may be served as it is (rule 7); the way of a poll."""
        watched = self._boards.get(key)
        if watched is None or watched.board is None:
            return None
        now = self._clock.monotonic()
        watched.looked_at = now
        if now - watched.compared_at > SERVED_UNCOMPARED:
            return None
        if seen is not None and seen.is_ahead_of(watched.board.revision):
            return None
        return watched.board

    async def look(self, key: BoardKey, seen: Revision | None = None) -> Board:
        """The board, read anew if it must be.

        Raises NotFound (no such resource), LedgerUnavailable (nothing is known of it yet, or the
        caller has seen more).
        """
        board = self.ready(key, seen)
        if board is not None:
            return board
        watched = self._watch(key)
        await self._read(watched)
        board = self._shown(watched)
        if (
            seen is not None
            and seen.is_ahead_of(board.revision)
            and watched.ledger_away_since is not None
            and not board.is_unknown
        ):
            raise LedgerUnavailable
        return board

    def present(self, key: BoardKey) -> Board | None:
        """The board that was published last, for those who have looked and follow it now."""
        watched = self._boards.get(key)
        return None if watched is None else watched.board

    def follow(self, keys: Iterable[BoardKey], changed: Callable[[], None]) -> None:
        """Call this whenever one of the boards is published or gone; they stay watched."""
        for key in keys:
            self._watch(key).followers.append(changed)

    def unfollow(self, keys: Iterable[BoardKey], changed: Callable[[], None]) -> None:
        for key in keys:
            watched = self._boards.get(key)
            if watched is not None and changed in watched.followers:
                watched.followers.remove(changed)
                watched.looked_at = self._clock.monotonic()

    async def read(self, key: BoardKey) -> Board:
        """The board as it is now or later, whatever is known of it."""
        watched = self._watch(key)
        await self._read(watched)
        return self._shown(watched)

    async def catch_up(self, keys: Iterable[BoardKey], *, ledger: bool = True) -> None:
        """Return when all that has happened so far is on those of the boards that are watched."""
        watched = [self._boards[key] for key in dict.fromkeys(keys) if key in self._boards]
        await asyncio.gather(*(self._read(each, ledger=ledger) for each in watched))

    async def reach(self, hold: Hold) -> None:
        """Return when the hold, as its store has just answered, is on those of its boards that are
        watched. A reading that a hint has begun may bring it, and isn't made twice."""
        for key, version in zip(hold.boards, hold.versions, strict=True):
            watched = self._boards.get(key)
            if watched is not None:
                await self._reach(watched, version)

    async def _reach(self, watched: Watched, version: int) -> None:
        while watched.flight is not None and not watched.has(version):
            await self._landing(watched, watched.flights)
        if not watched.has(version):
            await self._read(watched, ledger=False)

    def hint(self, key: BoardKey, version: int) -> None:
        """Somebody says that the hold store has this version of the board."""
        watched = self._boards.get(key)
        if watched is None:
            return
        if watched.flight is not None:
            watched.hinted = max(watched.hinted, version)
        elif not watched.has(version):
            self._fly(watched)

    def resubscribed(self) -> None:
        """Hints may have been lost: read everything."""
        for watched in self._boards.values():
            watched.want_ledger = True
            self._fly(watched)

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
                await asyncio.sleep(max(0.0, started + COMPARE_EVERY - self._clock.monotonic()))
        finally:
            self._reminders.cancel()
            for watched in self._boards.values():
                self._unwatch(watched)

    def _watch(self, key: BoardKey) -> Watched:
        watched = self._boards.get(key)
        if watched is None:
            if len(self._boards) >= MOST_WATCHED:
                self._forget_longest_unlooked()
            watched = self._boards[key] = Watched(key, self._clock.monotonic())
        watched.looked_at = self._clock.monotonic()
        return watched

    def _forget_longest_unlooked(self) -> None:
        """A tenth of the boards make room at once, so that this is seldom needed."""
        idle = [watched for watched in self._boards.values() if not watched.is_needed]
        idle.sort(key=lambda watched: watched.looked_at)
        for watched in idle[: MOST_WATCHED // 10]:
            del self._boards[watched.key]
            self._unwatch(watched)

    def _unwatch(self, watched: Watched) -> None:
        if watched.alarm is not None:
            watched.alarm.cancel()
        if watched.flight is not None:
            watched.flight.cancel()
            # Who still has it in hand may have it read once more.
            watched.flight = None
        self._land(watched, watched.flights + 1)

    def _shown(self, watched: Watched) -> Board:
        if watched.gone:
            self._boards.pop(watched.key, None)
            raise NotFound
        if watched.board is None:
            raise LedgerUnavailable
        return watched.board

    # --- flights: rules 1 to 3

    async def _read(self, watched: Watched, *, ledger: bool = True) -> None:
        """Wait for a flight that has begun after this call."""
        watched.want_ledger |= ledger
        self._fly(watched)
        await self._landing(watched, watched.flights + 1)

    async def _landing(self, watched: Watched, flight: int) -> None:
        landed = asyncio.get_running_loop().create_future()
        watched.waiting.append((flight, landed))
        await landed

    def _fly(self, watched: Watched) -> None:
        if watched.flight is not None:
            watched.again = True
            return
        watched.flight = asyncio.create_task(self._flights(watched))

    async def _flights(self, watched: Watched) -> None:
        try:
            watched.again = True
            while watched.again or watched.is_behind:
                watched.again = False
                watched.hinted = 0
                watched.flights += 1
                started = await self._reading.both(watched)
                self._publish(watched, compared_at=min(started, watched.ledger_compared_at))
                self._land(watched, watched.flights)
        except Exception:
            # Waiters find the board as it was; the next comparison looks at every version.
            log.exception("reading a board failed", board=watched.key)
            self._changes = None
            self._land(watched, watched.flights + 1)
        finally:
            if watched.flight is asyncio.current_task():
                watched.flight = None

    def _land(self, watched: Watched, flight: int) -> None:
        """Wake those who waited for this flight or an earlier one."""
        waiting, watched.waiting = watched.waiting, []
        for number, landed in waiting:
            if number > flight:
                watched.waiting.append((number, landed))
            elif not landed.done():
                landed.set_result(None)

    def _publish(self, watched: Watched, compared_at: float) -> None:
        """Make the two parts the board, unless they are what it already shows."""
        if watched.gone:
            watched.board = None
            self._tell(watched)
            return
        if watched.ledger is None:
            return
        if watched.ledger_away_since is None:
            watched.compared_at = compared_at
        if watched.holds_away:
            watched.end_holds(self._clock.monotonic())
        candidate = Board(watched.key, watched.holds, watched.ledger, self._degraded(watched))
        shown = watched.board
        hides = watched.ledger_away_since is not None and self._may_hide_a_booking(shown, candidate)
        if not hides and (shown is None or shown.tag != candidate.tag or watched.holds_away):
            watched.board = candidate
            self._tell(watched)
        self._set_alarm(watched)

    def _may_hide_a_booking(self, shown: Board | None, candidate: Board) -> bool:
        """While the ledger can't be read: whether a hold has ended, or a commit was told of."""
        if candidate.is_unknown:
            return False
        told = candidate.holds.ledger if candidate.holds else None
        left = shown is not None and not shown.held <= candidate.held
        return left or (told or 0) > candidate.ledger.version

    def _tell(self, watched: Watched) -> None:
        for changed in tuple(watched.followers):
            try:
                changed()
            except Exception:
                # Whatever goes wrong for some viewers, the others and the board itself go on.
                log.exception("viewers can't be told", board=watched.key)

    def _degraded(self, watched: Watched) -> tuple[Degraded, ...]:
        flags: list[Degraded] = ["holds"] if watched.holds_away else []
        since = watched.ledger_away_since
        if since is not None and self._clock.monotonic() - since > LEDGER_MAY_BE_AWAY:
            flags.append("unknown")
        return tuple(flags)

    # --- deadlines: rule 5

    def prolonged(self, hold: Hold, ttl: timedelta) -> None:
        """A hold was given another deadline, of which nobody is told: wake up then, not before.

        `ttl` is what was asked for; with less, the hold's whole life is over, and all know when.
        """
        self._reminders.set(hold, ttl + DEADLINE_SLACK)
        for key in hold.boards:
            watched = self._boards.get(key)
            if watched is not None and watched.holds is not None:
                watched.prolonged[hold.claim] = hold.expires_at
                if watched.alarm is None or self._rings_too_late(watched, watched.alarm):
                    self._set_alarm(watched)

    def _rings_too_late(self, watched: Watched, alarm: asyncio.TimerHandle) -> bool:
        left = watched.until_deadline(self._clock.monotonic())
        return left is not None and alarm.when() > asyncio.get_running_loop().time() + left

    def _set_alarm(self, watched: Watched) -> None:
        if watched.alarm is not None:
            watched.alarm.cancel()
            watched.alarm = None
        left = watched.until_deadline(self._clock.monotonic())
        if left is not None:
            delay = max(0.0, left) + DEADLINE_SLACK.total_seconds()
            watched.alarm = asyncio.get_running_loop().call_later(delay, self._deadline, watched)

    def _deadline(self, watched: Watched) -> None:
        watched.alarm = None
        left = watched.until_deadline(self._clock.monotonic())
        if left is None or left > 0:
            self._set_alarm(watched)
            return
        self._begin(self._end_overdue(watched))

    def _end_unwatched(self, boards: Sequence[BoardKey]) -> None:
        """Others may watch what nobody watches here: the store tells them."""
        unwatched = [key for key in boards if key not in self._boards]
        if unwatched:
            self._begin(self._peek(unwatched))

    def _begin(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end_overdue(self, watched: Watched) -> None:
        if watched.is_overdue(self._clock.monotonic()):
            if self._sweep is not None:
                try:
                    await self._sweep()
                except LedgerUnavailable:
                    return  # The next comparison sweeps again.
                except Exception:
                    # Nor may it end the task: it would be heard of by nobody.
                    log.exception("overdue checkouts could not be ended")
                    return
            watched.want_ledger = True
        self._fly(watched)

    # --- comparison: rule 4

    async def _compare(self) -> bool:
        """Whether some checkout, on whatever board, is overdue."""
        started = self._clock.monotonic()
        self._evict(started)
        watched = list(self._boards.values())
        keys = [each.key for each in watched]
        pulse = await self._pulse(watched, keys)
        held = await self._peek(keys)
        for index, each in enumerate(watched):
            if self._boards.get(each.key) is each:
                self._check(each, None if held is None else held[index], pulse, started)
        return pulse is not None and pulse.overdue

    async def _pulse(self, watched: list[Watched], keys: list[BoardKey]) -> Pulse | None:
        """The pulse, with the versions of all boards unless nothing has happened since one that
        covered each of them; None: the ledger is away."""
        covered = all(each.is_covered for each in watched)
        try:
            pulse = await self._ledger.pulse(keys, self._changes if covered else None)
        except LedgerUnavailable:
            self._changes = None
            return None
        self._changes = pulse.changes
        for each in watched:
            each.is_covered = True
        return pulse

    async def _peek(self, keys: Sequence[BoardKey]) -> list[int] | None:
        try:
            return await self._holds.peek(keys) if keys else []
        except HoldsUnavailable:
            return None

    def _check(
        self, watched: Watched, held: int | None, pulse: Pulse | None, started: float
    ) -> None:
        """Fly if there is a difference. A part that is away was asked once for all boards: no
        board asks for itself until it is back."""
        ledger, holds = watched.ledger, watched.holds
        versions = pulse.versions if pulse is not None else None
        if (
            ledger is None
            or (pulse is not None and watched.ledger_away_since is not None)
            or (versions is not None and versions.get(watched.key) != ledger.version)
        ):
            watched.want_ledger = True
            self._fly(watched)
            return
        if pulse is not None:
            watched.ledger_compared_at = max(watched.ledger_compared_at, started)
        if held is not None and (holds is None or watched.holds_away or held != holds.version):
            self._fly(watched)
        elif pulse is None or held is None:
            if pulse is None and watched.ledger_away_since is None:
                watched.ledger_away_since = started
            watched.holds_away |= held is None
            self._publish(watched, compared_at=started)
        else:
            watched.compared_at = max(watched.compared_at, started)

    def _evict(self, now: float) -> None:
        for watched in list(self._boards.values()):
            if now - watched.looked_at > self._idle_after and not watched.is_needed:
                del self._boards[watched.key]
                self._unwatch(watched)
