"""Bringing a database to this version of Dibs, and refusing what can't be."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, inspect
from sqlalchemy.exc import DatabaseError

from dibs.errors import DatabaseTooNew, DatabaseUnusable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK_WAIT = 5.0
PAUSE = 0.02


def migrate(file: Path) -> None:
    """Make the database if there is none, and bring it up to date.

    Raises DatabaseUnusable, DatabaseTooNew.
    """
    if not file.parent.is_dir():
        raise DatabaseUnusable(f"The database {file} can't be opened: its folder doesn't exist.")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = _engine(file)
    try:
        with engine.begin() as connection:
            _refuse_foreign(connection, file, ScriptDirectory.from_config(config))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        # Only now: a database that was refused is left as it is.
        _use_wal(file)
    except DatabaseError as error:
        raise DatabaseUnusable(f"The database {file} can't be used: {error.orig}.") from error
    except sqlite3.DatabaseError as error:
        raise DatabaseUnusable(f"The database {file} can't be used: {error}.") from error
    finally:
        engine.dispose()


def _use_wal(file: Path) -> None:
    """Kept in the file: readers don't wait for the writer.

    SQLite doesn't wait for other processes when it changes the mode, so we do.
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


def _refuse_foreign(connection: Connection, file: Path, scripts: ScriptDirectory) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    found = set(MigrationContext.configure(connection).get_current_heads())
    if found - known:
        raise DatabaseTooNew(f"The database {file} was made by a newer Dibs; upgrade Dibs.")
    if not found and inspect(connection).get_table_names():
        raise DatabaseUnusable(f"The database {file} belongs to another program.")


def _engine(file: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{file}", connect_args={"isolation_level": None, "timeout": LOCK_WAIT}
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        # Two processes that start at once take turns.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
