"""The database: opening it, and the two kinds of transaction.

Rules of locking, kept by everything in this package:
1. All that writes does so inside `write()`: on SQLite it is `BEGIN IMMEDIATE`, one at a time.
2. First bump the counters of every board that changes (`Transaction.bump`, sorted), then look,
   then write. So writers of one board wait for each other instead of deadlocking.
3. No waiting for anything but the database inside a transaction; it has five seconds.
4. The database refuses an overlap whatever the code before it thought.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from dibs.errors import LedgerUnavailable, SlotTaken
from dibs.ledger.tables import NO_OVERLAP

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from dibs.availability.boards import BoardKey
    from dibs.clock import Clock

LONGEST_TRANSACTION = 5.0
READERS = 4


@dataclass
class Transaction:
    """A write transaction, its instant, and the boards it changes with their new versions."""

    connection: AsyncConnection
    now: datetime
    versions: dict[BoardKey, int] = field(default_factory=dict)

    async def bump(self, boards: Iterable[BoardKey]) -> None:
        """Count a change of these boards; call it before looking at what is on them."""
        from dibs.ledger import boards as counters

        fresh = sorted(set(boards) - self.versions.keys())
        self.versions |= await counters.bump(self.connection, fresh)


class Database:
    """The SQLite file of the embedded mode. Open it only after `migrate`."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self.file = file
        self.clock = clock
        self._writer = _engine(file, "BEGIN IMMEDIATE", connections=1)
        self._readers = _engine(file, "BEGIN", connections=READERS)

    async def close(self) -> None:
        await self._writer.dispose()
        await self._readers.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view of the database.

        Raises LedgerUnavailable.
        """
        with _Translated():
            async with self._readers.begin() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """Everything in it becomes true at once, or nothing does.

        Raises LedgerUnavailable; SlotTaken when the database refuses an overlap.
        """
        with _Translated():
            async with asyncio.timeout(LONGEST_TRANSACTION), self._writer.begin() as connection:
                yield Transaction(connection, self.clock.now())


class _Translated:
    """Turns the driver's errors into ours: the one place that knows them."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case IntegrityError() if NO_OVERLAP in str(error.orig):
                raise SlotTaken from error
            case OperationalError() | PoolTimeout() | TimeoutError():
                raise LedgerUnavailable from error
            case DBAPIError() if error.connection_invalidated:
                raise LedgerUnavailable from error


def _engine(file: Path, begin: str, connections: int) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{file}",
        pool_size=connections,
        max_overflow=0,
        pool_timeout=LONGEST_TRANSACTION,
        # Without an isolation level the driver leaves BEGIN to us.
        connect_args={"isolation_level": None, "timeout": LONGEST_TRANSACTION},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


# FULL: with NORMAL a power cut may take back bookings that were answered with 201.
PRAGMAS = ("synchronous = FULL", "foreign_keys = ON")
