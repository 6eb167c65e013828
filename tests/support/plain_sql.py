"""SQL through a connection without any code of Dibs, like that of any other program."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from pathlib import Path
from typing import Any

import asyncpg

from dibs.clock import microseconds
from tests.support.postgres import Sql


class Refused(Exception):
    """The database itself refused a statement."""


class PlainSql:
    """Runs SQL with `?` for parameters. Parameters can be instants and days of Python. Each
    statement is a transaction of its own, unless it is between BEGIN and COMMIT. Raises Refused."""

    def __call__(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> PlainSql:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class SqliteSql(PlainSql):
    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.execute("PRAGMA foreign_keys = ON")

    def __call__(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, [*map(_as_stored, values)]).fetchall()
        except sqlite3.IntegrityError as refusal:
            raise Refused(str(refusal)) from refusal

    def close(self) -> None:
        self._connection.close()


def _as_stored(value: Any) -> Any:
    """Return a value as SQLite stores it: instants as microseconds, days as text."""
    if isinstance(value, datetime):
        return microseconds(value)
    return value.isoformat() if isinstance(value, date) else value


class PostgresqlSql(PlainSql):
    def __init__(self, url: str) -> None:
        self._sql = Sql(url)

    def __call__(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            return self._sql(statement, *values)
        except asyncpg.IntegrityConstraintViolationError as refusal:
            raise Refused(str(refusal)) from refusal

    def close(self) -> None:
        self._sql.close()


def connect(database: Path | str) -> PlainSql:
    """Connect to a SQLite file, or to the PostgreSQL database of a URL."""
    return SqliteSql(database) if isinstance(database, Path) else PostgresqlSql(database)
