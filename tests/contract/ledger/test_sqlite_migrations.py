"""A database file is brought to this version, or refused if that is impossible."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Connection, create_engine, inspect

from dibs.errors import DatabaseTooNew, DatabaseUnusable
from dibs.ledger import migrate as migrating
from dibs.ledger.migrate import migrate
from dibs.ledger.tables import metadata
from tests.support.forked_process import processes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "dibs.db"


def plain(file: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        return connection.execute(sql).fetchall()


def dump_file(file: Path) -> list[str]:
    """Return the whole content of the file as SQL."""
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def test_a_database_is_made_where_there_is_none(file: Path) -> None:
    migrate(file)
    assert plain(file, "SELECT count(*) FROM bookings") == [(0,)]
    assert plain(file, "PRAGMA journal_mode") == [("wal",)]


def test_an_empty_file_becomes_a_database(file: Path) -> None:
    file.touch()
    migrate(file)
    assert plain(file, "SELECT count(*) FROM bookings") == [(0,)]


def test_migrating_again_changes_nothing(file: Path) -> None:
    migrate(file)
    plain(
        file,
        "INSERT INTO business (id, name, time_zone, currency, slot_interval, version)"
        " VALUES (1, 'Dibs', 'UTC', 'EUR', 30, 1)",
    )
    before = dump_file(file)
    migrate(file)
    assert dump_file(file) == before


def migrate_together(start: Barrier, file: Path) -> None:
    start.wait(60)
    migrate(file)


def test_processes_that_start_at_once_take_turns(file: Path) -> None:
    start = processes.Barrier(3)
    started = [
        processes.Process(target=migrate_together, args=(start, file), daemon=True)
        for _ in range(3)
    ]
    for process in started:
        process.start()
    for process in started:
        process.join(timeout=60)
    assert [process.exitcode for process in started] == [0] * 3
    assert plain(file, "SELECT count(*) FROM alembic_version") == [(1,)]


def test_a_database_of_a_newer_dibs_is_refused_and_left_alone(file: Path) -> None:
    migrate(file)
    plain(file, "UPDATE alembic_version SET version_num = '9999'")
    before = dump_file(file)
    with pytest.raises(DatabaseTooNew, match="newer Dibs"):
        migrate(file)
    assert dump_file(file) == before


def test_a_database_of_another_program_is_refused_and_left_alone(file: Path) -> None:
    plain(file, "CREATE TABLE wp_posts (id INTEGER)")
    before = file.read_bytes()
    with pytest.raises(DatabaseUnusable, match="belongs to another program"):
        migrate(file)
    assert file.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(file: Path) -> None:
    file.write_bytes(b"no database at all\n" * 1000)
    with pytest.raises(DatabaseUnusable, match=r"dibs\.db can't be used"):
        migrate(file)
    assert file.read_bytes() == b"no database at all\n" * 1000


def test_a_damaged_database_is_refused(file: Path) -> None:
    migrate(file)
    content = file.read_bytes()
    file.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    with pytest.raises(DatabaseUnusable, match=r"dibs\.db can't be used"):
        migrate(file)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="folder doesn't exist"):
        migrate(tmp_path / "nowhere" / "dibs.db")


def test_a_folder_in_its_place_is_said(file: Path) -> None:
    file.mkdir()
    with pytest.raises(DatabaseUnusable, match=r"dibs\.db can't be used"):
        migrate(file)


def test_a_database_locked_by_another_program_is_said(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "LOCK_WAIT", 0.1)
    migrate(file)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseUnusable, match="locked"):
            migrate(file)


def test_a_migration_that_fails_leaves_nothing(file: Path, tmp_path: Path) -> None:
    """The whole upgrade is one transaction. Here an object with the name of a new table stops
    it."""
    plain(file, "CREATE VIEW outbox AS SELECT 1")
    before = dump_file(file)
    with pytest.raises(DatabaseUnusable, match="already exists"):
        migrate(file)
    assert dump_file(file) == before


def test_the_tables_as_queries_name_them_are_the_tables_migrated(file: Path) -> None:
    migrate(file)
    migrated = create_engine(f"sqlite:///{file}")
    declared = create_engine("sqlite://")
    with migrated.connect() as theirs, declared.connect() as ours:
        metadata.create_all(ours)
        expected = {name: describe_table(ours, name) for name in metadata.tables}
        assert {name: describe_table(theirs, name) for name in metadata.tables} == expected
        names = set(inspect(theirs).get_table_names()) - {"alembic_version"}
        assert names == metadata.tables.keys()
    migrated.dispose()
    declared.dispose()


def describe_table(connection: Connection, table: str) -> dict[str, object]:
    """Return all that the database knows of a table, in a form that can be compared."""
    inspector = inspect(connection)
    listed = connection.execute(
        sqlalchemy.text("SELECT strict, wr FROM pragma_table_list WHERE name = :name"),
        {"name": table},
    ).one()
    return {
        "strict and rowid": tuple(listed),
        "columns": [
            (each["name"], str(each["type"]), each["nullable"], each["default"])
            for each in inspector.get_columns(table)
        ],
        "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
        "foreign keys": sorted(
            (each["constrained_columns"], each["referred_table"], each["referred_columns"])
            for each in inspector.get_foreign_keys(table)
        ),
        "unique": connection.execute(
            sqlalchemy.text(
                "SELECT info.name FROM pragma_index_list(:name) AS list,"
                " pragma_index_info(list.name) AS info WHERE list.origin = 'u' ORDER BY info.name"
            ),
            {"name": table},
        ).all(),
        # As SQL, because the inspector doesn't show indexes of expressions or of some rows only.
        "indexes": connection.execute(
            sqlalchemy.text(
                "SELECT name, sql FROM sqlite_master"
                " WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = :name ORDER BY name"
            ),
            {"name": table},
        ).all(),
        "checks": sorted(
            (each["name"] or "", each["sqltext"]) for each in inspector.get_check_constraints(table)
        ),
    }
