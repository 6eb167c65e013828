"""The database: the two kinds of transaction, and what can go wrong in them.

Rules of locking, kept by everything in this package and the desk:
1. All that writes does so inside `write()`. On SQLite writers take turns; on PostgreSQL those of
   different boards go side by side.
2. First lock every board that changes, by counting its version up (`Transaction.lock_boards`,
   sorted), then look, then write. The lock makes writers of one board wait for
   each other instead of deadlocking; what was read before it may have changed, so it is read
   again.
3. What is written is on offer at that moment. With the last of its boards a writer takes a share
   of the catalog's lock, then it compares the catalog by which it found its boards with the
   counters in the database. If they differ, nothing is written (`CatalogChanged`).
4. Who changes the catalog takes that lock for itself (`Transaction.lock_catalog`) before it reads
   what it changes, so that two changes at once are done one after the other.
5. So there is one order of locks: boards (sorted), the catalog's lock, other rows. Who changes
   the catalog locks no board, because a writer of that board may wait for the catalog. An
   import does both: it locks the whole table of boards first. On SQLite there is one lock.
6. No waiting for anything but the database inside a transaction; it has five seconds, and the
   owner's commands have more, because they may find a slow writer there.
7. The database refuses an overlap whatever the code before it thought.
8. A transaction that lost against another one (`TransactionLost`) is done again from its start.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from abc import ABC, abstractmethod
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, NoReturn, ParamSpec, TypeVar

import asyncpg
from sqlalchemy import LargeBinary, bindparam, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dibs import metrics
from dibs.errors import (
    CatalogChanged,
    LedgerUnavailable,
    NotFound,
    SlotTaken,
    TransactionLost,
)
from dibs.known_state import KnownState
from dibs.ledger import boards as counters
from dibs.ledger.tables import NO_OVERLAP

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from dibs.availability.boards import BoardKey
    from dibs.clock import Clock
    from dibs.ledger.catalog import Catalog

TRANSACTION_TIMEOUT = 5.0
#: The owner's commands have more time: nobody looks at a page that waits for them.
OWNERS_TRANSACTION_TIMEOUT = 30.0
CLOSE_TIMEOUT = 2.0
MAX_TRIES = 4

#: Another transaction was first: a unique key, a serialisation failure, a deadlock.
LOST = frozenset({"23505", "40001", "40P01"})
#: Classes of errors that are the server's: connection, read-only, refused log-in, no database, out
#: of resources, not ready (and a lock not had in time), stopped, system, configuration, internal.
AWAY = frozenset({"08", "25", "28", "3D", "53", "55", "57", "58", "F0", "XX"})
#: The server answered, that others were in the way for too long: a lock, a statement's time.
BUSY = frozenset({"55P03", "57014"})
#: What was asked for can't be in any row: a value that the driver can't send, a number too large, a
#: NUL in a text (as the server and as the driver call it). Other errors of data are ours.
IN_NO_ROW = frozenset({"22000", "22003", "22021", "22P05"})

#: A connection that can't be used any more, as the drivers say it and as SQLAlchemy wraps it.
CLOSED = (asyncpg.InterfaceError, sqlite3.InterfaceError, InterfaceError)

#: With what an error of asyncpg begins once SQLAlchemy has wrapped it.
DRIVERS_CLASS = re.compile(r"^<class '[^']*'>: ")

#: On SQLite a booking changes some ten pages of 4 KiB.
TRIAL_BYTES = 65_536
TRIAL = text(
    """
    INSERT INTO trial_write (one, filler) VALUES (1, :filler)
    ON CONFLICT (one) DO UPDATE SET filler = excluded.filler
    """
).bindparams(bindparam("filler", type_=LargeBinary))

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@dataclass
class Transaction:
    """A write transaction, its instant by the database's clock, and the boards it changes with
    their new versions. The instant is that of the last lock: waiting for others takes time."""

    connection: AsyncConnection
    database: Database
    now: datetime
    versions: dict[BoardKey, int] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)

    async def lock_boards(self, boards: Iterable[BoardKey], known: Catalog | None = None) -> None:
        """Count a change of these boards; call it before looking at what is on them.

        `known`: the catalog by which they were found; None: it doesn't matter, or is locked by
        this transaction. Raises CatalogChanged if it is another by now, and can be no third until
        this transaction ends.
        """
        fresh = sorted(set(boards) - self.versions.keys())
        if not fresh:
            return
        database = self.database
        found = await counters.lock_boards(
            self.connection, fresh, database.instant(), database.count_last_board
        )
        self.now = found.now
        self.versions |= found.versions
        if known is not None and not known.has_versions(
            found.business_version, found.resource_versions
        ):
            raise CatalogChanged

    async def lock_catalog(self, *, with_boards: bool = False) -> None:
        """Until the end of this transaction nobody else changes the catalog, or writes by it.

        `with_boards`: it is going to lock boards as well.
        """
        await self.database.lock_catalog(self.connection, with_boards=with_boards)


class Database(ABC):
    """A database that has been migrated. `clock` is the time by which Dibs goes with it; `longest`
    is how long a write may take (seconds), the wait for other writers included."""

    #: The statement that counts the last of a transaction's boards.
    count_last_board = counters.COUNT

    def __init__(
        self,
        clock: Clock,
        longest: float,
        *,
        glances: AsyncEngine,
        readers: AsyncEngine,
        writers: AsyncEngine,
    ) -> None:
        self.clock = clock
        self._longest = longest
        self._glances = glances
        self._readers = readers
        self._writers = writers
        event.listen(writers.sync_engine, "before_cursor_execute", _count_statement)
        self.reading = KnownState("the database can't be read", "the database can be read again")
        self.writing = KnownState(
            "the database can't be written", "the database can be written again"
        )
        self.read_at = time.monotonic()

    @abstractmethod
    def instant(self) -> ColumnElement[datetime]:
        """The present instant by the database's clock, for use in a statement: always the same
        element, so that statements with it can be kept."""

    @abstractmethod
    async def now(self, connection: AsyncConnection) -> datetime:
        """The present instant by the database's clock."""

    @abstractmethod
    def observe_clock(self, now: datetime, sent: float) -> None:
        """The database's clock said `now`, in answer to what was asked at `sent` (monotonic)."""

    @abstractmethod
    async def lock_catalog(self, connection: AsyncConnection, *, with_boards: bool) -> None:
        """See `Transaction.lock_catalog`."""

    async def close(self) -> None:
        """A server that hangs doesn't keep the process from ending."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._writers.dispose()
                await self._readers.dispose()

    @asynccontextmanager
    async def read_one(self) -> AsyncIterator[AsyncConnection]:
        """For one statement, which is consistent in itself and is spared the transaction.

        Raises LedgerUnavailable.
        """
        with _Translated(self.reading):
            async with self._glances.connect() as connection:
                yield connection
        self._has_been_read()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view of the database.

        Raises LedgerUnavailable.
        """
        with _Translated(self.reading):
            async with self._readers.begin() as connection:
                yield connection
        self._has_been_read()

    @asynccontextmanager
    async def write(self, longest: float | None = None) -> AsyncIterator[Transaction]:
        """Everything in it becomes true at once, or nothing does, after `longest` (seconds) say.

        Raises LedgerUnavailable; TransactionLost; SlotTaken when the database refuses an overlap.
        """
        began = time.perf_counter()
        with _Translated(self.writing):
            async with (
                asyncio.timeout(longest or self._longest),
                self._writers.begin() as connection,
            ):
                before = _statements_of(connection)
                tx = Transaction(connection, self, await self.now(connection))
                yield tx
                statements = _statements_of(connection) - before
        metrics.observe_transaction("write", time.perf_counter() - began, statements)
        metrics.count_booking_events(tx.events)
        if tx.versions:
            self.writing.worked()

    async def try_to_write(self) -> None:
        """Write as much as a booking does, to see whether one could be made.

        Raises LedgerUnavailable.
        """
        async with self.write() as tx:
            # SQLite leaves out what is as it was, so it is something else each time.
            filler = bytes([time.time_ns() // 1_000_000 % 256]) * TRIAL_BYTES
            await tx.connection.execute(TRIAL, {"filler": filler})
        self.writing.worked()

    def _has_been_read(self) -> None:
        self.read_at = time.monotonic()
        self.reading.worked()


def retry_on_conflict(
    use_case: Callable[Parameters, Awaitable[Result]],
) -> Callable[Parameters, Awaitable[Result]]:
    """Do the use case again from its start when its transaction lost against another one."""

    @wraps(use_case)
    async def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        for _ in range(MAX_TRIES - 1):
            try:
                return await use_case(*args, **kwargs)
            except TransactionLost:
                continue
        return await use_case(*args, **kwargs)

    return run


class _Translated:
    """Turns the drivers' errors into ours, and notes them: the one place that knows them."""

    def __init__(self, state: KnownState) -> None:
        self._state = state

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case IntegrityError() if NO_OVERLAP in str(error.orig):
                raise SlotTaken from error
            case DBAPIError() if _state(error.orig) in LOST:
                raise TransactionLost from error
            case DBAPIError() if _state(error.orig) in IN_NO_ROW:
                raise NotFound from error
            case PoolTimeout():
                raise LedgerUnavailable from error
            case DBAPIError() if _state(error.orig) in BUSY:
                raise LedgerUnavailable from error
            case OperationalError() | TimeoutError() | OSError():
                self._fail(error)
            case DBAPIError() if error.connection_invalidated or _is_away(error.orig):
                self._fail(error)
            case Exception() if _is_away(error):  # also what SQLAlchemy wraps as an InterfaceError
                self._fail(error)

    def _fail(self, error: Exception) -> NoReturn:
        self._state.failed(reason_of(error))
        raise LedgerUnavailable from error


def reason_of(error: BaseException) -> str:
    """What the database or the system says, in a line and without the row that was written."""
    said = str(getattr(error, "orig", None) or error).partition("\n")[0]
    return DRIVERS_CLASS.sub("", said) or "no answer in time"


def _count_statement(connection: Connection, *_: object) -> None:
    connection.info["statements"] = connection.info.get("statements", 0) + 1


def _statements_of(connection: AsyncConnection) -> int:
    """How many statements the connection has sent so far."""
    sync = connection.sync_connection
    count: int = sync.info.get("statements", 0) if sync is not None else 0
    return count


def _state(error: BaseException | None) -> str:
    """The SQLSTATE of a PostgreSQL error, whether SQLAlchemy has wrapped it or not."""
    return str(getattr(error, "sqlstate", None) or "")


def _is_away(error: BaseException | None) -> bool:
    """Whether the server can't be reached, or can't serve: it is starting, full, read-only, broken,
    or no longer lets us in."""
    state = _state(error)
    return state[:2] in AWAY or isinstance(error, CLOSED)
