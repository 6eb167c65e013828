"""The second look at the ledger, which is taken before a refusal is told.

A refused request may have been answered before, or it may have been refused by an old catalog.
Those who lose a race for a time come all at once, so one reading answers all who have come during
the reading before.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from dibs.errors import DibsError, LedgerUnavailable
from dibs.shared_runs import JointRuns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from dibs.clock import Clock
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.ledger import Ledger

    #: Finds the answer that a request got before.
    FindAnswer = Callable[[Connection, datetime], Booking | None]


class EarlierAnswer(NamedTuple):
    """What was answered before, if anything, and the catalog as it is now."""

    answer: Booking | None
    catalog: Catalog


class SecondLook:
    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._runs: JointRuns[FindAnswer, EarlierAnswer] = JointRuns(self._look_for_all)

    async def look(self, find_answer: FindAnswer) -> EarlierAnswer:
        """Look for an earlier answer, and at the catalog as it is now. Raises what `find_answer`
        raises, NotFound, LedgerUnavailable."""
        try:
            # The wait for a reading that is under way counts as well.
            async with asyncio.timeout(self._ledger.database.longest):
                return await self._runs.run(find_answer)
        except TimeoutError as error:
            raise LedgerUnavailable from error

    async def _look_for_all(self, finders: Sequence[FindAnswer]) -> list[EarlierAnswer | Exception]:
        return await self._ledger.database.read(self._read_for_all, finders)

    def _read_for_all(
        self, connection: Connection, finders: Sequence[FindAnswer]
    ) -> list[EarlierAnswer | Exception]:
        catalog, now = self._ledger.catalog_in(connection), self._clock.now()
        return [_find(connection, now, catalog, each) for each in finders]


def _find(
    connection: Connection, now: datetime, catalog: Catalog, find_answer: FindAnswer
) -> EarlierAnswer | Exception:
    try:
        return EarlierAnswer(find_answer(connection, now), catalog)
    except DibsError as error:
        return error
