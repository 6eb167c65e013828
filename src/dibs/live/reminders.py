"""Reminders of deadlines that only this process knows.

A new deadline of a hold is not announced. If it is later than the old deadline, other nodes find
out at the time of the old one. If it is earlier, they can't find out. So the node that has set the
new deadline asks the store at that time; the store then ends the hold and announces that.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from dibs.availability.boards import BoardKey
    from dibs.holds.store import Hold


class Reminders:
    """Calls `remind` with the boards of a hold at the newest deadline that was set for the hold."""

    def __init__(self, remind: Callable[[tuple[BoardKey, ...]], None]) -> None:
        self._remind = remind
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def set(self, hold: Hold, after: timedelta) -> None:
        earlier = self._timers.pop(hold.claim, None)
        if earlier is not None:
            earlier.cancel()
        timer = asyncio.get_running_loop().call_later(after.total_seconds(), self._remind_of, hold)
        self._timers[hold.claim] = timer

    def cancel(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _remind_of(self, hold: Hold) -> None:
        del self._timers[hold.claim]
        self._remind(hold.boards)
