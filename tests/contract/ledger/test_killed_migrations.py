"""Migrations that are killed at any statement."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from dibs.ledger.migrate import migrate
from tests.support.forked_process import processes
from tests.support.old_schemas import migrate_to
from tests.support.postgres import Postgres, Sql

ENDS_WITHIN = 60.0
OLD = "0001"
EVERY = 8
ROW = (
    "INSERT INTO business (id, name, zone, currency, slot_interval, version)"
    " VALUES (1, 'Old ☕', 'UTC', 'EUR', 30, 1)"
)
#: Lists the columns of all tables in PostgreSQL.
SHAPE = """
    SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
    WHERE table_schema = 'public' ORDER BY 1, 2
"""


def run_killed(database: Path | str, dies_at: int) -> bool:
    """Migrate in a process that kills itself before its n-th statement. Returns whether it was
    killed."""
    child = processes.Process(target=_migrate_and_die, args=(database, dies_at))
    child.start()
    child.join(ENDS_WITHIN)
    assert child.exitcode in (0, -signal.SIGKILL)
    return child.exitcode != 0


def _migrate_and_die(database: Path | str, dies_at: int) -> None:
    left = dies_at

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    migrate(database)


def count_statements(database: Path | str) -> int:
    """Migrate, and return the number of statements, COMMIT included."""
    seen: list[object] = []

    def count(*_: object) -> None:
        seen.append(None)

    hooks = [(Engine, name, count) for name in ("before_cursor_execute", "commit")]
    for hook in hooks:
        event.listen(*hook)
    try:
        migrate(database)
    finally:
        for hook in hooks:
            event.remove(*hook)
    return len(seen)


def deaths(statements: int) -> list[int]:
    """Return the statements at which to kill: the first, the last, and some between, because each
    needs a process and takes long."""
    return sorted({1, 2, *range(3, statements, EVERY), statements - 1, statements})


def content(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return list(database.iterdump())


@pytest.mark.scenario(52)
def test_a_file_whose_migration_is_killed_is_the_old_one(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    migrate_to(old, OLD)
    with closing(sqlite3.connect(old, isolation_level=None)) as database:
        database.execute(ROW)
    before = content(old)
    shutil.copy(old, whole := tmp_path / "whole.db")
    statements = count_statements(whole)
    after = content(whole)
    shutil.copy(old, file := tmp_path / "dibs.db")
    for dies_at in deaths(statements):
        assert run_killed(file, dies_at)
        assert content(file) == before, f"half done at statement {dies_at}"
    assert statements > 30, "the hook has counted the statements"
    migrate(file)
    assert content(file) == after


@pytest.mark.scenario(52)
def test_a_postgresql_database_whose_migration_is_killed_is_the_old_one(
    postgres: Postgres,
) -> None:
    url = postgres.new_database()
    migrate_to(url, OLD)
    whole = postgres.new_database(template=url.rpartition("/")[2])
    statements = count_statements(whole)
    with Sql(whole) as sql:
        after = state(sql)
    with Sql(url) as sql:
        sql(ROW)
        before = state(sql)
        for dies_at in deaths(statements):
            assert run_killed(url, dies_at)
            assert state(sql) == before, f"half done at statement {dies_at}"
        assert statements > 30, "the hook has counted the statements"
        migrate(url)
        assert state(sql) == after
        assert sql("SELECT id, name FROM business") == [(1, "Old ☕")]


def state(sql: Sql) -> list[list[tuple[object, ...]]]:
    return [sql(SHAPE), sql("SELECT version_num FROM alembic_version")]
