"""The database: reading and writing as whole functions, and what can go wrong in them.

An **operation** is one synchronous function that is run as a whole: `write` gives it a
`Transaction`, `read` a connection that sees one moment. So a ledger function is ordinary code, and
its statements cost no switches between threads or tasks.

Rules of locking, kept by everything in this package and the desk:
1. Everything that writes does so inside `write()`. On SQLite writers take turns in one thread, and
   those that wait are committed together; on PostgreSQL writers of different boards run side by
   side.
2. A writer first locks every board that it changes, by counting its version up
   (`Transaction.lock_boards`, sorted). Then it looks, then it writes. The lock makes writers of one
   board wait for each other instead of deadlocking. What was read before the lock may have changed,
   so it is read again.
3. A booking is made only of what is on offer at that moment. With the last of its boards a writer
   takes a share of the catalog's lock. Then it compares the catalog by which it found its boards
   with the counters in the database. If they differ, nothing is written (`CatalogChanged`).
4. A transaction that changes the catalog takes the whole lock (`Transaction.lock_catalog`) before
   it reads what it changes, so that two changes at once are done one after the other.
5. So there is one order of locks: boards (sorted), the catalog's lock, other rows. A transaction
   that changes the catalog locks no board, because a writer of that board may wait for the catalog.
   An import does both: it locks the whole table of boards first. Retention locks old boards first.
   A transaction that writes imported busy times locks the calendar subscriptions of the resource
   even before its boards; no transaction that has locked a board locks subscriptions. On SQLite
   there is one lock.
6. An operation waits only for the database, and changes only the database, so it may be run again.
   It has five seconds. The owner's commands have more, because they may meet a slow writer.
7. The database refuses an overlap, whatever the code before it has decided.
8. A transaction that lost against another one (`TransactionLost`) is done again from its start.
9. If a caller stops waiting (a time-out, a client that has gone), the transaction is rolled back,
   unless it is being committed already. Then nobody knows how it ends, and a caller who asks again
   finds what was written.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import LargeBinary, bindparam, event, text

from dibs import metrics
from dibs.errors import (
    CatalogChanged,
    TransactionLost,
)
from dibs.known_state import KnownState
from dibs.ledger import boards as counters
from dibs.ledger.driver_errors import DriverErrors
from dibs.ledger.statement import execute_together

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine

    from dibs.availability.boards import BoardKey
    from dibs.clock import Clock
    from dibs.ledger.boards import Busy
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.statement import Statement

TRANSACTION_TIMEOUT = 5.0
#: The owner's commands have more time, because no page waits for them.
OWNERS_TRANSACTION_TIMEOUT = 30.0
CLOSE_TIMEOUT = 2.0
MAX_TRIES = 4

#: How many bytes a trial writes. On SQLite a booking changes about ten pages of 4 KiB.
TRIAL_BYTES = 65_536
TRIAL = text(
    """
    INSERT INTO trial_write (one, filler) VALUES (1, :filler)
    ON CONFLICT (one) DO UPDATE SET filler = excluded.filler
    """
).bindparams(bindparam("filler", type_=LargeBinary))

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class BoardsOutOfOrder(Exception):
    """A transaction needs more boards, which come before those that it has locked. To lock all of
    them in their order it must begin anew."""

    def __init__(self, boards: AbstractSet[BoardKey]) -> None:
        self.boards = boards


@dataclass(frozen=True)
class Commit:
    """What a transaction has changed. `versions` has its boards with their new versions. `busy`
    has, by booking id, the resource that a changed booking keeps busy now, and how, or None if it
    no longer keeps any busy. `now` is the instant of the last lock."""

    versions: Mapping[BoardKey, int]
    busy: Mapping[int, tuple[int, Busy] | None]
    now: datetime


@dataclass
class Transaction:
    """A write transaction, the boards it changes with their new versions, and what the bookings
    that it has changed keep busy (see `Commit`)."""

    connection: Connection
    database: Database
    versions: dict[BoardKey, int] = field(default_factory=dict)
    busy: dict[int, tuple[int, Busy] | None] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    _now: datetime | None = None
    _appended: list[tuple[Statement, Mapping[str, Any]]] = field(default_factory=list)

    @property
    def commit(self) -> Commit:
        """What the transaction changes, for others to be told of once it is committed."""
        return Commit(self.versions, self.busy, self.now)

    @property
    def now(self) -> datetime:
        """The instant of the transaction by the database's clock. It is that of the last lock,
        because waiting for others takes time."""
        if self._now is None:
            self._now = self.database.now(self.connection)
        return self._now

    def lock_boards(self, boards: Iterable[BoardKey], known: Catalog | None = None) -> None:
        """Lock these boards by counting a change of each. Call it before looking at what is on
        them.

        `known` is the catalog by which the boards were found. It is None if the catalog doesn't
        matter or is locked by this transaction.

        Raises CatalogChanged if the catalog is another one by now; it then can't change again until
        this transaction ends. Raises BoardsOutOfOrder if a board comes before one that is locked
        already.
        """
        fresh = sorted(set(boards) - self.versions.keys())
        if not fresh:
            return
        database = self.database
        if self.versions and database.locks_boards_singly and fresh[0] < max(self.versions):
            raise BoardsOutOfOrder(self.versions.keys() | fresh)
        found = counters.lock_boards(
            self.connection, fresh, database.instant(), database.count_last_board
        )
        self._now = found.now
        self.versions |= found.versions
        if known is not None and not known.has_versions(
            found.business_version, found.resource_versions
        ):
            raise CatalogChanged

    def append(self, insert: Statement, row: Mapping[str, Any]) -> None:
        """Have a row written at the end of the transaction, together with others. Nothing in the
        transaction may read it."""
        self._appended.append((insert, row))

    def write_appended(self) -> None:
        """Write the rows of `append`. Raises the errors of the database."""
        execute_together(self.connection, self._appended)
        self._appended.clear()

    def lock_catalog(self, *, with_boards: bool = False) -> None:
        """Lock the catalog. Until the end of this transaction nobody else changes the catalog, or
        writes anything that depends on it.

        `with_boards` means that the transaction is going to lock boards as well.
        """
        self.database.lock_catalog(self.connection, with_boards=with_boards)


class Database(ABC):
    """A database that has been migrated. `clock` gives the time by which Dibs uses it. `longest` is
    how long a transaction may take (seconds), the wait for other writers included."""

    #: The statement that counts the last of a transaction's boards.
    count_last_board = counters.COUNT
    #: Whether writers of different boards go side by side, so that the order of locks matters.
    locks_boards_singly = False

    def __init__(self, clock: Clock, longest: float) -> None:
        self.clock = clock
        self.longest = longest
        self.reading = KnownState("the database can't be read", "the database can be read again")
        self.writing = KnownState(
            "the database can't be written", "the database can be written again"
        )
        self.read_at = time.monotonic()

    @abstractmethod
    def instant(self) -> ColumnElement[datetime]:
        """Return the present instant by the database's clock, for use in a statement. It is always
        the same element, so that statements with it can be kept."""

    @abstractmethod
    def now(self, connection: Connection) -> datetime:
        """Return the present instant by the database's clock."""

    @abstractmethod
    def observe_clock(self, now: datetime, sent: float) -> None:
        """Note that the database's clock said `now`, in answer to a query sent at `sent`
        (monotonic)."""

    @abstractmethod
    def lock_catalog(self, connection: Connection, *, with_boards: bool) -> None:
        """See `Transaction.lock_catalog`."""

    @abstractmethod
    async def close(self) -> None:
        """Close the database. A server or a disk that hangs doesn't keep the process from
        ending."""

    @abstractmethod
    async def _read(
        self, query: Callable[[Connection], Result], *, is_one_statement: bool
    ) -> Result:
        """Run the query where it doesn't block the event loop."""

    @abstractmethod
    async def _write(self, operation: Callable[[Transaction], Result]) -> Result:
        """Run the operation in a transaction, and commit it."""

    async def read_one(
        self,
        query: Callable[Concatenate[Connection, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Run a query of one statement. One statement is consistent in itself, so it needs no
        transaction. Raises LedgerUnavailable."""
        return await self._read_within(
            self.longest, lambda each: query(each, *args, **kwargs), is_one_statement=True
        )

    async def read(
        self,
        query: Callable[Concatenate[Connection, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Run a query that sees one moment of the database. Raises LedgerUnavailable."""
        return await self.read_within(self.longest, lambda each: query(each, *args, **kwargs))

    async def read_within(self, longest: float, query: Callable[[Connection], Result]) -> Result:
        """Like `read`, with a time-out of its own (seconds)."""
        return await self._read_within(longest, query, is_one_statement=False)

    async def write(
        self,
        operation: Callable[Concatenate[Transaction, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Run an operation: everything in it becomes true at once, or nothing does. Its result is
        returned once it is committed.

        Raises what the operation raises; LedgerUnavailable; TransactionLost; SlotTaken when the
        database refuses an overlap.
        """
        return await self.write_within(self.longest, lambda tx: operation(tx, *args, **kwargs))

    async def write_within(
        self, longest: float, operation: Callable[[Transaction], Result]
    ) -> Result:
        """Like `write`, with a time-out of its own (seconds)."""
        began = time.perf_counter()

        def run(tx: Transaction) -> tuple[Result, Transaction, int]:
            before = _statements_of(tx.connection)
            result = operation(tx)
            tx.write_appended()
            return result, tx, _statements_of(tx.connection) - before

        with DriverErrors(self.writing):
            async with asyncio.timeout(longest):
                result, tx, statements = await self._write(run)
        name = tx.events[-1] if tx.events else "other"
        metrics.observe_transaction(name, time.perf_counter() - began, statements)
        metrics.count_booking_events(tx.events)
        if tx.versions:
            self.writing.note_success()
        return result

    async def try_to_write(self) -> None:
        """Write as much as a booking does, to see whether one could be made.

        Raises LedgerUnavailable.
        """
        await self.write(_write_trial)
        self.writing.note_success()

    async def _read_within(
        self, longest: float, query: Callable[[Connection], Result], *, is_one_statement: bool
    ) -> Result:
        with DriverErrors(self.reading):
            async with asyncio.timeout(longest):
                result = await self._read(query, is_one_statement=is_one_statement)
        self.read_at = time.monotonic()
        self.reading.note_success()
        return result


def _write_trial(tx: Transaction) -> None:
    # SQLite doesn't write a value that stays the same, so it is another one each time.
    filler = bytes([time.time_ns() // 1_000_000 % 256]) * TRIAL_BYTES
    tx.connection.execute(TRIAL, {"filler": filler})


def retry_on_conflict(
    use_case: Callable[Parameters, Awaitable[Result]],
) -> Callable[Parameters, Awaitable[Result]]:
    """Decorate a use case: it is done again from its start when its transaction lost against
    another one, or needs its boards in another order."""

    @wraps(use_case)
    async def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        for _ in range(MAX_TRIES - 1):
            try:
                return await use_case(*args, **kwargs)
            except (TransactionLost, BoardsOutOfOrder):
                continue
        return await use_case(*args, **kwargs)

    return run


def count_statements(engine: Engine) -> None:
    """Make the connections of an engine count the statements that they send."""
    event.listen(engine, "before_cursor_execute", _count_statement)


def _count_statement(connection: Connection, *_: object) -> None:
    connection.info["statements"] = connection.info.get("statements", 0) + 1


def _statements_of(connection: Connection) -> int:
    count: int = connection.info.get("statements", 0)
    return count
