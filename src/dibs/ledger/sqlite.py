"""The SQLite file of the embedded mode."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import create_engine, event

from dibs.errors import CannotStart
from dibs.ledger.column_types import read_clock
from dibs.ledger.database import (
    CLOSE_TIMEOUT,
    TRANSACTION_TIMEOUT,
    Database,
    Transaction,
    count_statements,
)
from dibs.ledger.sqlite_threads import Readers, Writer
from dibs.private_files import writing_new_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import ColumnElement, Connection, Engine

    from dibs.clock import Clock

Result = TypeVar("Result")

READERS = 4
# FULL: with NORMAL a power cut may undo bookings that were answered with 201.
PRAGMAS = ("synchronous = FULL", "foreign_keys = ON")


class SQLite(Database):
    """A SQLite file with one writer at a time (`BEGIN IMMEDIATE`). SQLite has no clock of its own,
    so `clock` gives the time."""

    def __init__(self, file: Path, clock: Clock, longest: float = TRANSACTION_TIMEOUT) -> None:
        super().__init__(clock, longest)
        self.file = file
        self._instant = read_clock(clock)
        self._reading_engine = _engine(file, "BEGIN", longest, connections=READERS)
        self._writing_engine = _engine(file, "BEGIN IMMEDIATE", longest, connections=1)
        count_statements(self._writing_engine)
        self._readers = Readers(self._reading_engine, READERS)
        self._writer = Writer(self._writing_engine)

    def instant(self) -> ColumnElement[datetime]:
        return self._instant

    def now(self, connection: Connection) -> datetime:
        return self.clock.now()

    def lock_catalog(self, connection: Connection, *, with_boards: bool) -> None:
        """Do nothing, because whoever writes has locked everything."""

    def observe_clock(self, now: datetime, sent: float) -> None:
        pass

    async def close(self) -> None:
        await self._writer.close(CLOSE_TIMEOUT)
        await self._readers.close(CLOSE_TIMEOUT)
        self._writing_engine.dispose()
        self._reading_engine.dispose()

    async def _read(
        self, query: Callable[[Connection], Result], *, is_one_statement: bool
    ) -> Result:
        return await self._readers.run(query, in_transaction=not is_one_statement)

    async def _write(self, operation: Callable[[Transaction], Result]) -> Result:
        return await self._writer.run(lambda connection: operation(Transaction(connection, self)))


def copy_database(source: Path, target: Path) -> None:
    """Copy the database while it is in use; a copy that fails leaves nothing behind.

    Raises CannotStart.
    """
    try:
        with (
            writing_new_file(target) as draft,
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as original,
            closing(sqlite3.connect(draft)) as copy,
        ):
            original.backup(copy)
    except FileExistsError:
        raise CannotStart(f"{target} exists already; a backup never overwrites anything.") from None
    except OSError as error:
        raise CannotStart(f"The backup to {target} failed: {error.strerror or error}.") from error
    except sqlite3.Error as error:
        raise CannotStart(f"The backup to {target} failed: {error}.") from error


def _engine(file: Path, begin: str, longest: float, *, connections: int) -> Engine:
    engine = create_engine(
        f"sqlite:///{file}",
        pool_size=connections,
        max_overflow=0,
        pool_timeout=longest,
        # Errors are logged, and the parameters of a statement may name customers.
        hide_parameters=True,
        # Without an isolation level the driver doesn't send BEGIN itself.
        connect_args={"isolation_level": None, "timeout": longest},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
