"""Retention: once a day, rows that are long past are completed or removed.

It works in steps, each a short transaction, and pauses between them, so that bookings go on. A
process may end at any moment; the next run does what was left. Of several nodes, only one at a time
is in a step.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog

from dibs.desk.context import lock_boards_of
from dibs.errors import DibsError, NotFound
from dibs.ledger import bookings, idempotency, retention
from dibs.ledger.database import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dibs.desk.context import DeskContext
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Commit, Transaction
    from dibs.ledger.retention import Kind
    from dibs.settings import Settings

log = structlog.get_logger()

INTERVAL = timedelta(days=1)
#: The shortest pause after a start, because other work comes first, and commands that run for a
#: moment do no retention. The pause is of random length, so that nodes that start together don't
#: begin together.
FIRST_PAUSE = timedelta(minutes=1)
#: How long a picture without use is kept. Somebody may have uploaded it to use it soon, or may have
#: a page open that still shows it.
PICTURES_KEPT = timedelta(days=1)
#: The pause after a run that failed because the database was away or busy.
RETRY_PAUSE = timedelta(minutes=10)
#: After a step there is a pause of so many times its duration, for other work.
REST = 4


@dataclass(frozen=True)
class Report:
    """How many rows of each kind were completed or removed, or would be. `is_whole` is False if
    another node was in a step, because that node does the rest."""

    counts: Mapping[Kind, int]
    is_whole: bool = True


class _Step(NamedTuple):
    rows: int
    is_last: bool


class _AnotherNode(Exception):
    """Another node is in a step of retention."""


class Retention:
    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._kept = retention_periods(context.settings)

    async def run(self) -> None:
        """Apply the rules once a day until cancelled, also while the database fails."""
        await asyncio.sleep(FIRST_PAUSE.total_seconds() * random.uniform(1, 2))  # noqa: S311 - no secret
        while True:
            pause = INTERVAL
            try:
                await self.apply()
            except DibsError as error:
                log.warning("retention is tried again later", reason=error.detail)
                pause = RETRY_PAUSE
            await asyncio.sleep(pause.total_seconds())

    async def apply(self) -> Report:
        """Complete and remove all that is old enough. Raises Unavailable, TransactionLost."""
        counts: dict[Kind, int] = dict.fromkeys(self._kept, 0)
        is_whole = True
        try:
            for kind in self._kept:
                await self._apply(kind, counts)
        except _AnotherNode:
            is_whole = False
        if any(counts.values()):
            log.info("retention", **counts)
        return Report(counts, is_whole)

    async def count(self) -> Report:
        """Return what `apply` would do now, without changing anything. Raises LedgerUnavailable."""
        database = self._context.ledger.database
        return Report(await database.read(retention.count_old, database, self._kept))

    async def _apply(self, kind: Kind, counts: dict[Kind, int]) -> None:
        while True:
            began = time.monotonic()
            step = await (self._complete() if kind == "bookings" else self._remove(kind))
            counts[kind] += step.rows
            if step.is_last:
                return
            await asyncio.sleep(REST * (time.monotonic() - began))

    @retry_on_conflict
    async def _complete(self) -> _Step:
        """Complete some bookings that are over, which removes their allocations."""
        context = self._context
        try:
            catalog = await context.ledger.catalog()
        except NotFound:
            return _Step(0, is_last=True)
        count, commit = await context.ledger.database.write(self._complete_some, catalog)
        await context.record_commit(commit)
        return _Step(count, count < retention.MAX_ROWS)

    def _complete_some(self, tx: Transaction, catalog: Catalog) -> tuple[int, Commit]:
        _take_turn(tx)
        before = tx.now - self._kept["bookings"]

        def find() -> Sequence[Booking]:
            return retention.find_ended(tx.connection, before)

        found = lock_boards_of(self._context.ledger, tx, catalog, find)
        for booking in found:
            bookings.end(tx, booking, "completed", "clock")
        return len(found), tx.commit

    @retry_on_conflict
    async def _remove(self, kind: Kind) -> _Step:
        return await self._context.ledger.database.write(self._remove_some, kind)

    def _remove_some(self, tx: Transaction, kind: Kind) -> _Step:
        _take_turn(tx)
        before = tx.now - self._kept[kind]
        if kind == "boards":
            rows = retention.remove_old_boards(tx, before)
            return _Step(rows, rows < retention.MAX_BOARDS)
        rows = retention.remove_some(tx, kind, before)
        return _Step(rows, rows < retention.MAX_ROWS)


def retention_periods(settings: Settings) -> dict[Kind, timedelta]:
    """Return for how long each kind is kept, in the order of the steps. Boards are the last,
    because completing a booking changes old boards. Deliveries come before the outbox, because an
    event stays as long as it has deliveries."""
    return {
        "bookings": timedelta(days=settings.booking_completion_days),
        "checkouts": timedelta(days=settings.checkout_retention_days),
        "answers": idempotency.KEPT,
        "deliveries": timedelta(days=settings.outbox_retention_days),
        "outbox": timedelta(days=settings.outbox_retention_days),
        "audit": timedelta(days=settings.audit_retention_days),
        "pictures": PICTURES_KEPT,
        "boards": timedelta(days=settings.board_retention_days),
    }


def _take_turn(tx: Transaction) -> None:
    if not retention.take_turn(tx):
        raise _AnotherNode
