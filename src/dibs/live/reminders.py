"""Deadlines that this process alone knows of.

Nobody is told when a hold's deadline is set anew. Where it is set later than before, the nodes
whose viewers see the hold find out when the old one has come. Where it is set earlier they can't:
so the node that did it asks the store at that moment, which ends the hold and tells all.
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
    """`remind` is called with the boards of each hold once its deadline, as set last, has come."""

    def __init__(self, remind: Callable[[tuple[BoardKey, ...]], None]) -> None:
        self._remind = remind
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def set(self, hold: Hold, after: timedelta) -> None:
        earlier = self._timers.pop(hold.claim, None)
        if earlier is not None:
            earlier.cancel()
        timer = asyncio.get_running_loop().call_later(after.total_seconds(), self._ring, hold)
        self._timers[hold.claim] = timer

    def cancel(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _ring(self, hold: Hold) -> None:
        del self._timers[hold.claim]
        self._remind(hold.boards)
