"""Finishes the events of bookings while no mail server is set."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from dibs.errors import Unavailable
from dibs.ledger import outbox

if TYPE_CHECKING:
    from dibs.ledger.database import Database

INTERVAL = 60.0
#: Younger events stay, because another node may have a mail server. That node orders their letters
#: within a second.
MIN_AGE = timedelta(hours=1)


class EventDiscarder:
    """Finishes events without letters. Otherwise, when a mail server is set later, letters would be
    sent about what is long past."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self) -> None:
        while True:
            with suppress(Unavailable):  # The database has logged it.
                await self.discard()
            await asyncio.sleep(INTERVAL)

    async def discard(self) -> None:
        """Finish the events that are older than MIN_AGE. Raises Unavailable."""
        before = self._database.clock.now() - MIN_AGE
        if await self._database.read(outbox.has_events, before):
            await self._database.write(outbox.finish_events_before, before)
