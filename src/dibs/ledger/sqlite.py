"""The SQLite file of the embedded mode."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from dibs.errors import CannotStart
from dibs.ledger.database import TRANSACTION_TIMEOUT, Database
from dibs.ledger.tables import read_clock
from dibs.private_files import writing_new_file

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

    from dibs.clock import Clock

READERS = 4
# FULL: with NORMAL a power cut may take back bookings that were answered with 201.
PRAGMAS = ("synchronous = FULL", "foreign_keys = ON")


class SQLite(Database):
    """One writer at a time (`BEGIN IMMEDIATE`); SQLite has no clock of its own, so ours serves."""

    def __init__(self, file: Path, clock: Clock, longest: float = TRANSACTION_TIMEOUT) -> None:
        self.file = file
        self._instant = read_clock(clock)
        readers = _engine(file, "BEGIN", longest, connections=READERS)
        super().__init__(
            clock,
            longest,
            glances=readers.execution_options(begins=False),
            readers=readers,
            writers=_engine(file, "BEGIN IMMEDIATE", longest, connections=1),
        )

    def instant(self) -> ColumnElement[datetime]:
        return self._instant

    async def now(self, connection: AsyncConnection) -> datetime:
        return self.clock.now()

    async def lock_catalog(self, connection: AsyncConnection, *, with_boards: bool) -> None:
        """Whoever writes has locked everything."""

    def observe_clock(self, now: datetime, sent: float) -> None:
        pass


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


def _engine(file: Path, begin: str, longest: float, *, connections: int) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{file}",
        pool_size=connections,
        max_overflow=0,
        pool_timeout=longest,
        # Errors are logged, and what was asked with names customers.
        hide_parameters=True,
        # Without an isolation level the driver leaves BEGIN to us.
        connect_args={"isolation_level": None, "timeout": longest},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        if connection.get_execution_options().get("begins", True):
            connection.exec_driver_sql(begin)

    return engine
