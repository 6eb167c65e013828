"""The PostgreSQL database of the production mode."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.util import greenlet_spawn

from dibs.clock import FollowingClock
from dibs.errors import DatabaseUnusable
from dibs.ledger.boards import count_and_lock_statement
from dibs.ledger.column_types import Instant, read_clock
from dibs.ledger.database import (
    CLOSE_TIMEOUT,
    TRANSACTION_TIMEOUT,
    Database,
    Transaction,
    count_statements,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine

    from dibs.clock import Clock

Result = TypeVar("Result")

CONNECT_TIMEOUT = 2.0
#: Any number, as long as no other program takes this advisory lock in the same database.
CATALOG_LOCK = 7_203_119_411
SERVER_SETTINGS = {
    "application_name": "dibs",
    "idle_in_transaction_session_timeout": "8000",
    "tcp_keepalives_idle": "10",
    "timezone": "UTC",
    "jit": "off",
}


class PostgreSQL(Database):
    """A PostgreSQL database. `url` is what libpq takes. The time is that of the server, so that the
    clocks of nodes don't matter. With a `clock` it is the time of that clock, so that tests can
    move it."""

    # The share of the catalog's lock is taken in the same statement, which saves a round trip. The
    # counters must be read by a later statement, because this one sees the state before its wait.
    count_last_board = count_and_lock_statement(CATALOG_LOCK)
    locks_boards_singly = True

    def __init__(
        self,
        url: str,
        connections: int,
        clock: Clock | None = None,
        longest: float = TRANSACTION_TIMEOUT,
    ) -> None:
        self._own_clock = clock
        self._following = FollowingClock()
        # As a subquery the clock is read once in a statement, so that an index on a deadline can be
        # used.
        servers = select(func.clock_timestamp(type_=Instant())).scalar_subquery()
        self._instant = servers if clock is None else read_clock(clock)
        engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=lambda: connect(url, longest),
            pool_size=connections,
            max_overflow=0,
            pool_timeout=longest,
            # Errors are logged, and the parameters of a statement may name customers.
            hide_parameters=True,
        )
        event.listen(engine.sync_engine, "checkout", _refuse_closed)
        count_statements(engine.sync_engine)
        super().__init__(clock or self._following, longest)
        self._engine = engine
        self._without_transaction = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._readers = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    def instant(self) -> ColumnElement[datetime]:
        return self._instant

    def now(self, connection: Connection) -> datetime:
        if self._own_clock is not None:
            return self._own_clock.now()
        return connection.execute(select(self._instant)).scalar_one()

    def lock_catalog(self, connection: Connection, *, with_boards: bool) -> None:
        if with_boards:
            connection.execute(text("LOCK TABLE boards IN SHARE ROW EXCLUSIVE MODE"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({CATALOG_LOCK})"))

    def observe_clock(self, now: datetime, sent: float) -> None:
        self._following.observe(now, sent)

    async def close(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._engine.dispose()

    async def _read(
        self, query: Callable[[Connection], Result], *, is_one_statement: bool
    ) -> Result:
        engine = self._without_transaction if is_one_statement else self._readers
        return await greenlet_spawn(_run_in_transaction, engine.sync_engine, query)

    async def _write(self, operation: Callable[[Transaction], Result]) -> Result:
        return await greenlet_spawn(
            _run_in_transaction,
            self._engine.sync_engine,
            lambda connection: operation(Transaction(connection, self)),
        )


def _run_in_transaction(engine: Engine, function: Callable[[Connection], Result]) -> Result:
    """Run a function in a transaction, all in one greenlet.

    SQLAlchemy's `AsyncConnection` changes to another greenlet for the connection, the function, the
    commit and the return of the connection, which costs more. If the task is cancelled, the
    connection is given up, so that nothing of the transaction stays.
    """
    with engine.begin() as connection:
        return function(connection)


async def connect(url: str, longest: float = TRANSACTION_TIMEOUT) -> asyncpg.Connection[Any]:
    """Connect to the server. It ends what takes longer than `longest` (seconds), even if the node
    that asked is gone."""
    return await asyncpg.connect(
        url,
        timeout=CONNECT_TIMEOUT,
        command_timeout=longest,
        server_settings=SERVER_SETTINGS | _bounds(longest),
    )


def _bounds(longest: float) -> dict[str, str]:
    milliseconds = int(longest * 1000)
    return {
        "statement_timeout": str(milliseconds),
        "lock_timeout": str(milliseconds * 4 // 5),
    }


async def check_connection(url: str) -> None:
    """Check that the server accepts connections with the settings that are used while serving.

    Raises DatabaseUnusable.
    """
    try:
        connection = await connect(url)
        try:
            missing = await settings_not_in_force(connection)
        finally:
            await connection.close()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        why = str(error).partition("\n")[0] or "no answer in time"
        raise DatabaseUnusable(
            f"The database refuses the connections of Dibs: {why}. A pooler in between, as"
            " PgBouncer, refuses settings that it doesn't know: connect to PostgreSQL itself."
        ) from error
    if missing:
        raise DatabaseUnusable(
            f"The database ignores {', '.join(missing)}: without, a server that hangs holds up"
            " Dibs. A pooler in between drops what is set by a connection: connect to PostgreSQL"
            " itself."
        )


async def settings_not_in_force(connection: asyncpg.Connection[Any]) -> list[str]:
    """Return the names of the time-outs whose values in the server differ from those that were
    asked for."""
    rows = await connection.fetch(
        "SELECT name, setting FROM pg_settings WHERE name LIKE '%\\_timeout'"
    )
    found = {row["name"]: row["setting"] for row in rows}
    idle = "idle_in_transaction_session_timeout"
    wanted = {**_bounds(TRANSACTION_TIMEOUT), idle: SERVER_SETTINGS[idle]}
    return [name for name, value in wanted.items() if found.get(name) != value]


def _refuse_closed(connection: Any, record: object, proxy: object) -> None:
    """Have a connection that died in the pool, for example with its server, replaced before it is
    used."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError
