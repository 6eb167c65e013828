"""The boards that are watched in this process. Their number is limited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.live.board_entry import BoardEntry

if TYPE_CHECKING:
    from datetime import timedelta

    from dibs.availability.boards import BoardKey
    from dibs.clock import Clock

#: With this limit, a client that asks for more and more days can't fill the memory. A board takes
#: about 30 kB.
MAX_BOARDS = 20_000


class WatchedBoards(dict["BoardKey", BoardEntry]):
    """The board entries, by board. An entry that nobody needs is dropped after `idle_after`, or
    earlier if there are too many."""

    def __init__(self, clock: Clock, idle_after: timedelta) -> None:
        super().__init__()
        self._clock = clock
        self._idle_after = idle_after.total_seconds()

    def enter(self, key: BoardKey) -> BoardEntry:
        """Return the board's entry. If there is none, a new one is made."""
        entry = self.get(key)
        if entry is None:
            if len(self) >= MAX_BOARDS:
                self._drop_least_recent()
            entry = self[key] = BoardEntry(key, self._clock.monotonic())
        entry.looked_at = self._clock.monotonic()
        return entry

    def drop_idle(self) -> None:
        """Drop the entries that nobody has needed for `idle_after`."""
        now = self._clock.monotonic()
        for entry in list(self.values()):
            if now - entry.looked_at > self._idle_after and not entry.is_needed:
                self._drop(entry)

    def _drop_least_recent(self) -> None:
        """Drop the boards that nobody has looked at for the longest time, a tenth of MAX_BOARDS at
        once, so that this is seldom needed."""
        idle = [entry for entry in self.values() if not entry.is_needed]
        idle.sort(key=lambda entry: entry.looked_at)
        for entry in idle[: MAX_BOARDS // 10]:
            self._drop(entry)

    def _drop(self, entry: BoardEntry) -> None:
        del self[entry.key]
        entry.close()
