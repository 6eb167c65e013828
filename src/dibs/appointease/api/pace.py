"""The pace of clients that ask again as soon as they have an answer: their answers come later.

Such a client can't read a refusal, and would ask again at once after it, too.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from dibs.clock import Clock

#: Between two answers to one client.
PAUSE = timedelta(seconds=0.5)
#: An answer isn't kept back for longer, however many requests its client has sent at once.
MAX_DELAY = timedelta(seconds=2)
#: Clients that are remembered before those that ask seldom are forgotten.
MAX_CLIENTS = 10_000


class Pace:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: dict[str, datetime] = {}

    async def keep(self, client: str) -> bool:
        """Wait until the client's next answer is due, while others are answered; whether there was
        anything to wait for."""
        now = self._clock.now()
        due = min(max(now, self._next.get(client, now)), now + MAX_DELAY)
        if len(self._next) >= MAX_CLIENTS:
            self._next = {name: at for name, at in self._next.items() if at > now}
        self._next[client] = due + PAUSE
        await asyncio.sleep((due - now).total_seconds())
        return due > now
