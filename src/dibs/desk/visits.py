"""Counts visits by how far they come, for the report on conversion.

A **visit** is one visitor on one day. It is counted once when the visitor gets a hold, once when
they go on to the form, and once when they book. The ledger has no holds, and it soon forgets
checkouts that were given up. So visits are counted here, in memory, and are added to the ledger
once a minute, so that no hold waits for a write. A process that dies loses what it has counted
since the last write. With several nodes, a visit is counted by each node that the visitor comes to.
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
#: How many counted stages of visits are remembered. One that is forgotten is counted again.
MAX_KNOWN = 50_000


class VisitCounts:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seen: BoundedCache[tuple[date, str, Stage], bool] = BoundedCache(MAX_KNOWN)
        self._counts: dict[date, Counter[str]] = {}

    def count(self, visitor: str, *stages: Stage) -> None:
        """Count that a visitor has come to these stages today, each stage once."""
        today = self._today()
        if today is None:
            return
        for stage in stages:
            visit = (today, visitor, stage)
            if self._seen.get(visit) is None:
                self._seen.put(visit, value=True, size=1)
                self._counts.setdefault(today, Counter())[stage] += 1

    async def run(self) -> None:
        """Write the counts to the ledger once a minute until cancelled, and then once more. A day
        on which nobody came is written down as well, which shows that it was counted."""
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
        """Add the counts to the ledger. While the ledger is away, they are kept for later."""
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
        """Return the local day of the business. Returns None while this process knows no catalog:
        nobody can have come before that."""
        catalog = self._ledger.catalog_in_memory
        if catalog is None:
            return None
        return day_of(self._ledger.database.clock.now(), ZoneInfo(catalog.business.time_zone))
