"""Wakes up when a claim ends: rule 5 of the hub."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dibs.live.reminders import Reminders

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from dibs.availability.boards import BoardKey
    from dibs.clock import Clock
    from dibs.holds.store import Hold
    from dibs.live.board_entry import BoardEntry
    from dibs.live.version_reader import VersionReader
    from dibs.live.watched_boards import WatchedBoards

#: How long after a deadline the source is asked, because its clock may be a little behind the clock
#: of this process.
DEADLINE_SLACK = timedelta(milliseconds=2)


class Deadlines:
    """Sets an alarm for the next deadline of each watched board, and calls `end_overdue` for the
    board at that time."""

    def __init__(
        self,
        boards: WatchedBoards,
        versions: VersionReader,
        clock: Clock,
        end_overdue: Callable[[BoardEntry], Coroutine[Any, Any, None]],
    ) -> None:
        self._boards = boards
        self._versions = versions
        self._clock = clock
        self._end_overdue = end_overdue
        self._reminders = Reminders(self._end_unwatched)
        self._tasks: set[asyncio.Task[object]] = set()

    def note_deadline(self, hold: Hold, ttl: timedelta) -> None:
        """Do what `Hub.note_deadline` describes."""
        self._reminders.set(hold, ttl + DEADLINE_SLACK)
        for key in hold.boards:
            entry = self._boards.get(key)
            if entry is not None and entry.holds is not None:
                entry.new_deadlines[hold.claim] = hold.expires_at
                if entry.alarm is None or self._is_alarm_too_late(entry, entry.alarm):
                    self.set_alarm(entry)

    def cancel(self) -> None:
        """Cancel all reminders."""
        self._reminders.cancel()

    def _is_alarm_too_late(self, entry: BoardEntry, alarm: asyncio.TimerHandle) -> bool:
        left = entry.seconds_to_deadline(self._clock.monotonic())
        return left is not None and alarm.when() > asyncio.get_running_loop().time() + left

    def set_alarm(self, entry: BoardEntry) -> None:
        if entry.alarm is not None:
            entry.alarm.cancel()
            entry.alarm = None
        left = entry.seconds_to_deadline(self._clock.monotonic())
        if left is not None:
            delay = max(0.0, left) + DEADLINE_SLACK.total_seconds()
            entry.alarm = asyncio.get_running_loop().call_later(delay, self.on_deadline, entry)

    def on_deadline(self, entry: BoardEntry) -> None:
        entry.alarm = None
        left = entry.seconds_to_deadline(self._clock.monotonic())
        if left is None or left > 0:
            self.set_alarm(entry)
            return
        self._start_task(self._end_overdue(entry))

    def _end_unwatched(self, boards: Sequence[BoardKey]) -> None:
        """Make the store end overdue holds on those of the boards that this node does not watch.

        The store then announces it, so that the nodes that watch the boards learn of it.
        """
        unwatched = [key for key in boards if key not in self._boards]
        if unwatched:
            self._start_task(self._versions.read_hold_versions(unwatched))

    def _start_task(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
