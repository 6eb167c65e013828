"""Brings a database to the schema of this version of Dibs, or refuses it."""

from __future__ import annotations

import asyncio
import functools
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from dibs.errors import DatabaseTooNew, DatabaseUnusable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).with_name("migrations")
CONNECT_TIMEOUT = 5.0
#: A node that starts, or a command of the owner, waits so long (seconds) for another program that
#: is writing.
LOCK_WAIT = 30.0
PAUSE = 0.02
#: Any number, as long as no other program takes this advisory lock in the same database.
ADVISORY_LOCK = 7_203_119_410


def migrate(database: Path | str) -> None:
    """Make the tables if there are none, and bring them up to date: in a SQLite file, or in the
    PostgreSQL database of a URL. Nodes that start at once take turns.

    Raises DatabaseUnusable, DatabaseTooNew.
    """
    if isinstance(database, Path):
        _migrate_sqlite(database)
    else:
        asyncio.run(_migrate_postgresql(database))


def _migrate_sqlite(file: Path) -> None:
    if not file.parent.is_dir():
        raise DatabaseUnusable(f"The database {file} can't be opened: its folder doesn't exist.")
    engine = _engine(file)
    try:
        with engine.begin() as connection:
            _upgrade(connection, str(file))
        # This comes last, so that a database that is refused stays as it is.
        _use_wal(file)
    except DBAPIError as error:
        raise DatabaseUnusable(f"The database {file} can't be used: {error.orig}.") from error
    except sqlite3.DatabaseError as error:
        raise DatabaseUnusable(f"The database {file} can't be used: {error}.") from error
    finally:
        engine.dispose()


async def _migrate_postgresql(url: str) -> None:
    import asyncpg  # only the production mode needs it

    try:
        name = _hide_password(url)
    except ValueError as error:
        raise DatabaseUnusable(f"DIBS_DATABASE_URL is no address: {error}.") from error
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(url, timeout=CONNECT_TIMEOUT),
        hide_parameters=True,
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            await connection.run_sync(_upgrade, name)
    except DBAPIError as error:
        raise DatabaseUnusable(f"The database {name} can't be used: {error.orig}.") from error
    except (OSError, TimeoutError, ValueError, OverflowError, asyncpg.PostgresError) as error:
        why = str(error) or type(error).__name__
        raise DatabaseUnusable(f"The database {name} can't be reached: {why}.") from error
    finally:
        await engine.dispose()


def has_bookings(file: Path) -> bool:
    """Tell whether there are bookings in a SQLite file that is up to date."""
    with closing(sqlite3.connect(file, timeout=LOCK_WAIT)) as connection:
        return connection.execute("SELECT 1 FROM bookings LIMIT 1").fetchone() is not None


def newest_schema() -> str:
    """Return the revision to which this version of Dibs brings a database."""
    return str(_revisions().get_current_head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


@functools.cache
def _revisions() -> ScriptDirectory:
    """Return the revisions. They are read once in a process, because each revision is a file."""
    return ScriptDirectory.from_config(_config())


def _upgrade(connection: Connection, name: str) -> None:
    found = set(MigrationContext.configure(connection).get_current_heads())
    _refuse_foreign(connection, name, found)
    if found == {newest_schema()}:
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refuse_foreign(connection: Connection, name: str, found: set[str]) -> None:
    known = {script.revision for script in _revisions().walk_revisions()}
    if found - known:
        raise DatabaseTooNew(f"The database {name} was made by a newer Dibs; upgrade Dibs.")
    if not found and inspect(connection).get_table_names():
        raise DatabaseUnusable(f"The database {name} belongs to another program.")


def _hide_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{parts.path}"


def _use_wal(file: Path) -> None:
    """Switch the file to a mode in which readers don't wait for the writer. The file keeps the
    mode.

    SQLite doesn't wait for other processes when it changes the mode, so this function does.
    """
    deadline = time.monotonic() + LOCK_WAIT
    with closing(sqlite3.connect(file, timeout=LOCK_WAIT)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE)
            else:
                return


def _engine(file: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{file}",
        connect_args={"isolation_level": None, "timeout": LOCK_WAIT},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        # Two processes that start at once take turns.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
