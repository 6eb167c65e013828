"""Counts visits by how far they come, for the report on conversion.

A **visit** is one visitor on one day. It is counted once when the visitor gets a hold, once when
they go on to the form, and once when they book. Holds are not in the ledger, and of checkouts that
were given up it soon knows nothing any more, so they are counted here: in memory, and once a minute
added to the ledger, so that no hold waits for a write. A process that dies loses what it has
counted since. With several nodes a visit is counted by each node that it comes to.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import structlog

from dibs.availability.wall import day_of
from dibs.bounded_cache import BoundedCache
from dibs.errors import DibsError
from dibs.ledger import visit_counts
from dibs.ledger.database import retry_on_conflict

if TYPE_CHECKING:
    from datetime import date

    from dibs.ledger.ledger import Ledger

log = structlog.get_logger()

Stage = Literal["held", "checked_out", "booked"]
INTERVAL = 60.0
#: So many visits are known at a time; one that is forgotten is counted anew.
MAX_KNOWN = 50_000


class VisitCounts:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seen: BoundedCache[tuple[date, str, Stage], bool] = BoundedCache(MAX_KNOWN)
        self._counts: dict[date, Counter[str]] = {}

    def count(self, visitor: str, *stages: Stage) -> None:
        """A visitor has come to these stages."""
        today = self._today()
        if today is None:
            return
        for stage in stages:
            visit = (today, visitor, stage)
            if self._seen.get(visit) is None:
                self._seen.put(visit, value=True, size=1)
                self._counts.setdefault(today, Counter())[stage] += 1

    async def run(self) -> None:
        """Add what was counted to the ledger once a minute until cancelled, and then once more. A
        day on which nobody came is written down, too: it was counted."""
        try:
            while True:
                today = self._today()
                if today is not None:
                    self._counts.setdefault(today, Counter())
                await self.write()
                await asyncio.sleep(INTERVAL)
        finally:
            await self.write()

    async def write(self) -> None:
        """Add what was counted to the ledger; while it is away, that is kept for later."""
        counts, self._counts = self._counts, {}
        if not counts:
            return
        try:
            await self._add(counts)
        except DibsError as error:
            log.info("visits are written down later", reason=error.detail)
            for day, missed in counts.items():
                self._counts.setdefault(day, Counter()).update(missed)

    @retry_on_conflict
    async def _add(self, counts: dict[date, Counter[str]]) -> None:
        await self._ledger.database.write(visit_counts.add_visits, counts)

    def _today(self) -> date | None:
        """None: nobody can have come yet, because this process knows no catalog."""
        catalog = self._ledger.catalog_in_memory
        if catalog is None:
            return None
        return day_of(self._ledger.database.clock.now(), ZoneInfo(catalog.business.time_zone))
