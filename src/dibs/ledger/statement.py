"""Statements of the busy paths. Their text is made once, and is given to the driver directly.

SQLAlchemy makes the text of a statement for each kind of database, and knows how values are sent
and read. But `Connection.execute` takes at least ten times as long as SQLite needs for the
statement: it searches a cache for the text, and builds a context and a result that can do more than
is needed here. A booking has ten statements, so it spent most of its time there. A `Statement`
keeps the text and the conversions of values that SQLAlchemy made, and uses the driver's cursor.
"""

from __future__ import annotations

import re
from collections import namedtuple
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Dialect
    from sqlalchemy.sql import ClauseElement
    from sqlalchemy.sql.compiler import SQLCompiler

    Parameters = Mapping[str, Any]

NOTHING: Parameters = {}
#: The most statements that go to PostgreSQL as one.
MAX_TOGETHER = 4
#: A parameter as PostgreSQL's driver names it.
NUMBERED = re.compile(r"\$(\d+)")


class Statement:
    """A statement whose parameters are named by `bindparam`, or by the columns that it writes.

    Each run must give the same parameters as the first run, because they are part of the text.
    Raises TypeError if a run gives others, and for a list of values (`IN`), whose length would
    change the text.
    """

    def __init__(self, clause: ClauseElement) -> None:
        self.clause = clause
        self._compiled: dict[str, _Compiled] = {}

    def fetch_all(self, connection: Connection, parameters: Parameters = NOTHING) -> list[Any]:
        """The rows, as named tuples. Raises what `Connection.execute` raises."""
        compiled = self._compile_for(connection.dialect, parameters)
        cursor = compiled.execute(connection, parameters)
        rows: list[Any] = cursor.fetchall()
        cursor.close()
        return compiled.read(rows)

    def fetch_first(self, connection: Connection, parameters: Parameters = NOTHING) -> Any:
        """Return the first row, or None if there is none."""
        rows = self.fetch_all(connection, parameters)
        return rows[0] if rows else None

    def execute(self, connection: Connection, parameters: Parameters = NOTHING) -> int:
        """Run a statement that changes rows. Returns how many rows it has changed."""
        cursor = self._compile_for(connection.dialect, parameters).execute(connection, parameters)
        count: int = cursor.rowcount
        cursor.close()
        return count

    def _compile_for(self, dialect: Dialect, parameters: Parameters) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self.clause, dialect, parameters)
        return compiled


def execute_together(
    connection: Connection, writes: Sequence[tuple[Statement, Parameters]]
) -> None:
    """Run inserts that don't depend on each other. PostgreSQL gets up to `MAX_TOGETHER` as one
    statement, because each statement costs a round trip."""
    if connection.dialect.name != "postgresql":
        for statement, parameters in writes:
            statement.execute(connection, parameters)
        return
    for first in range(0, len(writes), MAX_TOGETHER):
        some = writes[first : first + MAX_TOGETHER]
        texts: list[str] = []
        values: list[Any] = []
        for statement, parameters in some:
            compiled = statement._compile_for(connection.dialect, parameters)
            texts.append(compiled.text)
            values += compiled.values(parameters)
        _execute(connection, _join(tuple(texts)), tuple(values)).close()


@lru_cache(maxsize=64)
def _join(texts: tuple[str, ...]) -> str:
    """Join statements into one. The numbers of their parameters go on from one to the next."""
    shifted: list[str] = []
    known = 0
    for text in texts:
        parts = NUMBERED.split(text)
        numbers = [int(each) for each in parts[1::2]]
        parts[1::2] = [f"${known + each}" for each in numbers]
        shifted.append("".join(parts))
        known += max(numbers, default=0)
    *before, last = shifted
    named = ", ".join(f"write_{number} AS ({text})" for number, text in enumerate(before))
    return f"WITH {named} {last}" if before else last


class _Compiled:
    """The text of a statement for one kind of database, and how its values are sent and read."""

    def __init__(self, clause: ClauseElement, dialect: Dialect, parameters: Parameters) -> None:
        compiled = cast(
            "SQLCompiler", clause.compile(dialect=dialect, column_keys=list(parameters))
        )
        self.text = str(compiled)
        self._names = parameters.keys()
        self._values = [_value_of(compiled, name, dialect) for name in compiled.positiontup or ()]
        columns = compiled._result_columns
        make_class: Any = namedtuple
        self._make = make_class("Row", [each.keyname for each in columns])._make
        self._readers = [
            each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns
        ]

    def values(self, parameters: Parameters) -> tuple[Any, ...]:
        """Return the values for the driver. Raises TypeError if the parameters have other names
        than those of the first run."""
        if parameters.keys() != self._names:
            raise TypeError(f"{sorted(parameters)} instead of {sorted(self._names)}")
        return tuple([value(parameters) for value in self._values])

    def execute(self, connection: Connection, parameters: Parameters) -> Any:
        """Run the statement. Returns the driver's cursor."""
        return _execute(connection, self.text, self.values(parameters))

    def read(self, rows: list[Any]) -> list[Any]:
        make, readers = self._make, self._readers
        if not any(readers):
            return [make(row) for row in rows]
        return [
            make([value if read is None else read(value) for read, value in zip(readers, row)])  # noqa: B905 - a reader for each column
            for row in rows
        ]


def _execute(connection: Connection, text: str, values: tuple[Any, ...]) -> Any:
    cursor = connection.connection.cursor()
    # SQLAlchemy calls these listeners itself only for statements that it executes.
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, text, values, None, False)
    try:
        cursor.execute(text, values)
    except BaseException as error:
        # Raises the error as `Connection.execute` does, which also gives up a connection that was
        # lost or whose statement was interrupted.
        is_drivers = isinstance(error, connection.dialect.loaded_dbapi.Error)
        connection._handle_dbapi_exception(error, text if is_drivers else None, None, cursor, None)
    return cursor


def _value_of(compiled: SQLCompiler, name: str, dialect: Dialect) -> Callable[[Parameters], Any]:
    """Return the function that makes the driver's value of a parameter."""
    bound = compiled.binds[name]
    if bound.expanding:
        raise TypeError(f"{name} is a list of values")
    send = bound.type.dialect_impl(dialect).bind_processor(dialect)
    if bound.callable is not None:
        call = bound.callable
        return (lambda _: send(call())) if send else (lambda _: call())
    if not bound.required:
        kept = send(bound.value) if send else bound.value
        return lambda _: kept
    key = bound.key
    return (lambda given: send(given[key])) if send else (lambda given: given[key])
