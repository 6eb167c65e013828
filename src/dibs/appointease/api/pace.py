"""Slows down clients that ask again as soon as they have an answer, by answering later.

A refusal would not help: these clients can't read it, and would ask again at once.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from dibs.clock import Clock

#: The least time between two answers to one client.
PAUSE = timedelta(seconds=0.5)
#: The longest delay of an answer, however many requests its client has sent at once.
MAX_DELAY = timedelta(seconds=2)
#: When so many clients are remembered, those whose next answer is already due are forgotten.
MAX_CLIENTS = 10_000


class Pace:
    """Remembers when each client may get its next answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: dict[str, datetime] = {}

    async def wait_for_turn(self, client: str) -> bool:
        """Wait until the client's next answer is due. Returns whether it had to wait."""
        now = self._clock.now()
        due = min(max(now, self._next.get(client, now)), now + MAX_DELAY)
        if len(self._next) >= MAX_CLIENTS:
            self._next = {name: at for name, at in self._next.items() if at > now}
        self._next[client] = due + PAUSE
        await asyncio.sleep((due - now).total_seconds())
        return due > now
