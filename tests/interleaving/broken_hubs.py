"""Hubs that break one of the rules of `dibs.live`: the runs must find a violation with each of
them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from dibs.availability.boards import BoardKey
from dibs.clock import Clock
from dibs.errors import HoldsUnavailable, LedgerUnavailable
from dibs.holds.store import HoldsSnapshot
from dibs.ledger.ledger import Ledger
from dibs.live.board import Board, Degraded, Revision
from dibs.live.board_entry import BoardEntry
from dibs.live.board_reader import BoardReader
from dibs.live.deadlines import Deadlines
from dibs.live.expected_answer import ExpectedAnswer
from dibs.live.hub import Hub


class _ReadsOtherwise(Hub):
    reading: type[BoardReader]

    def __init__(self, ledger: Ledger, holds: Any, clock: Clock, idle_after: timedelta) -> None:
        super().__init__(ledger, holds, clock, idle_after)
        self._reading = self.reading(ledger, holds, clock)


class HintsDuringRefreshIgnored(Hub):
    """Rule 1 is broken: hints during a refresh are lost."""

    def hint(self, key: BoardKey, version: int) -> None:
        watched = self._boards.get(key)
        if watched is None or watched.refresh_task is None:
            super().hint(key, version)


class ForcedReadJoinsRefresh(Hub):
    """Rule 1 is broken: a forced read gets what was read before the call."""

    async def _refresh(self, watched: BoardEntry, *, ledger: bool = True) -> None:
        if watched.refresh_task is None:
            await super()._refresh(watched, ledger=ledger)
        else:
            refreshed = asyncio.get_running_loop().create_future()
            watched.waiting.append((watched.refresh_count, refreshed))
            await refreshed


class _LedgerFirst(BoardReader):
    async def _fetch(self, watched: BoardEntry) -> bool:
        watched.want_ledger = False
        await self._fetch_ledger(watched)
        read_at = self._clock.monotonic()
        try:
            seen = watched.holds.version if watched.holds else 0
            watched.holds = await self._holds.read(watched.key, seen)
            watched.holds_read_at = read_at
            watched.holds_away = False
        except HoldsUnavailable:
            watched.holds_away = True
        return True


class LedgerFirst(_ReadsOtherwise):
    """Rule 2 is broken: a hold that becomes a booking between the two readings is in neither
    half."""

    reading = _LedgerFirst


class PartsPublishedSeparately(Hub):
    """Rule 2 is broken: new holds are shown beside old bookings."""

    def __init__(self, ledger: Ledger, holds: Any, clock: Clock, idle_after: timedelta) -> None:
        super().__init__(ledger, holds, clock, idle_after)
        hub = self

        class Separately(BoardReader):
            async def _fetch_ledger(self, watched: BoardEntry) -> None:
                if watched.ledger is not None and not watched.holds_away:
                    seen = watched.holds.version if watched.holds else 0
                    watched.holds = await self._holds.read(watched.key, seen)
                    hub._publish(watched, watched.compared_at)
                await super()._fetch_ledger(watched)

        self._reading = Separately(ledger, holds, clock)


class NewerLedgerNotNoticed(Hub):
    """Rule 2 is broken: the ledger version that the hold store names is ignored."""

    def __init__(self, ledger: Ledger, holds: Any, clock: Clock, idle_after: timedelta) -> None:
        super().__init__(ledger, holds, clock, idle_after)
        read = holds.read

        async def silent(board: BoardKey, seen: int = 0) -> HoldsSnapshot:
            part: HoldsSnapshot = await read(board, seen)
            return replace(part, ledger_version=1)

        holds.read = silent


class _HoldsNotReadAgain(BoardReader):
    async def _fetch(self, watched: BoardEntry) -> bool:
        await super()._fetch(watched)
        return True


class HoldsNotReadAgain(_ReadsOtherwise):
    """Rule 3 is broken: a checkout that becomes a hold between the two readings is in neither
    half."""

    reading = _HoldsNotReadAgain


class NoComparison(Hub):
    """Rule 4 is broken: a change without a hint is never found."""

    async def _compare(self) -> bool:
        return False


class _NoAlarms(Deadlines):
    def set_alarm(self, entry: BoardEntry) -> None:
        entry.alarm = None


class NoDeadlines(Hub):
    """Rule 5 is broken: only the comparison ends claims."""

    def __init__(self, ledger: Ledger, holds: Any, clock: Clock, idle_after: timedelta) -> None:
        super().__init__(ledger, holds, clock, idle_after)
        self._deadlines = _NoAlarms(self._boards, self._versions, clock, self._end_overdue)


class ShownWithoutBookings(Hub):
    """Rule 6 is broken: holds leave the board while the ledger can't be read."""

    def _may_hide_a_booking(self, shown: Board | None, candidate: Board) -> bool:
        return False


class DegradedNotMarked(Hub):
    """Rule 6 is broken: a board without the hold store is not shown as degraded."""

    def _find_degraded(self, watched: BoardEntry) -> tuple[Degraded, ...]:
        return ()


class CallersRevisionIgnored(Hub):
    """Rule 7 is broken: a client that comes from another node may see an older board."""

    def get_if_fresh(self, key: BoardKey, seen: Revision | None = None) -> Board | None:
        return super().get_if_fresh(key)


class ServedUncompared(Hub):
    """Rule 7 is broken: a board is served even if it was not compared for long."""

    def get_if_fresh(self, key: BoardKey, seen: Revision | None = None) -> Board | None:
        watched = self._boards.get(key)
        if watched is not None and watched.board is not None:
            watched.compared_at = self._clock.monotonic()
        return super().get_if_fresh(key, seen)


class WaitsForEachRefresh(Hub):
    """Rule 7 is broken: a caller waits for as long as the refresh takes."""

    async def _refresh_in_time(self, watched: BoardEntry) -> bool:
        await self._refresh(watched)
        return True


class _AnswersOtherwise(Hub):
    expected: type[ExpectedAnswer]

    def expect_answer(self, keys: Iterable[BoardKey]) -> ExpectedAnswer:
        return self.expected(keys, self._steps)


class _ReplacesNewer(ExpectedAnswer):
    def _apply(self, answer: Any) -> bool:
        entry = answer.entry
        if entry.holds is not None and entry.board is not None and answer.commit is None:
            entry.holds = replace(entry.holds, version=0)
            entry.board = replace(entry.board, holds=entry.holds)
        return super()._apply(answer)


class OlderAnswerShown(_AnswersOtherwise):
    """Rule 8 is broken: an older answer replaces a newer board."""

    expected = _ReplacesNewer


class _TakesAnyLedger(ExpectedAnswer):
    def _apply(self, answer: Any) -> bool:
        if answer.snapshot is not None and answer.entry.ledger is not None:
            told = replace(answer.snapshot, ledger_version=answer.entry.ledger.version)
            answer = replace(answer, snapshot=told)
        return super()._apply(answer)


class AnswerShownWithOtherBookings(_AnswersOtherwise):
    """Rule 8 is broken: holds are shown beside an older or newer ledger half."""

    expected = _TakesAnyLedger


class _IgnoresRefreshes(ExpectedAnswer):
    def _apply(self, answer: Any) -> bool:
        refresh, answer.entry.refresh_task = answer.entry.refresh_task, None
        try:
            return super()._apply(answer)
        finally:
            answer.entry.refresh_task = refresh


class AnswerShownDuringRefresh(_AnswersOtherwise):
    """Rule 8 is broken: a refresh that runs meanwhile shows its older holds afterwards."""

    expected = _IgnoresRefreshes


class BehindWithoutLedger(Hub):
    """Rule 7 is broken: while the ledger is away, a caller may get an older board than it has
    seen."""

    async def get(self, key: BoardKey, seen: Revision | None = None) -> Board:
        try:
            return await super().get(key, seen)
        except LedgerUnavailable:
            return self._board_of(self._boards[key])
