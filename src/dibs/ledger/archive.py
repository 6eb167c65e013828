"""The archive: the whole ledger in a file, to move it from one database to another.

It is gzipped JSON lines. The first line names the kind of file and its schema, the last line says
how many rows there are, and each line between them is a row. Tables come in such an order that no
row refers to a later table. A file that was cut off has no last line, and is refused.
"""

from __future__ import annotations

import base64
import gzip
import zlib
from datetime import date, datetime
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import LargeBinary, insert, select, text

from dibs.errors import CannotStart, TransactionLost
from dibs.ledger.catalog_tables import business
from dibs.ledger.column_types import Day, Instant
from dibs.ledger.migrate import newest_schema
from dibs.ledger.tables import metadata, trial_write
from dibs.ledger.users import has_users
from dibs.private_files import writing_new_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Table

    from dibs.ledger.database import Database, Transaction

KIND = "dibs archive"
ROWS_AT_ONCE = 500
#: Seconds that saving or loading may take. Nobody else uses the database into which a ledger is
#: loaded, so that may take long.
IMPORT_TIMEOUT = 3600.0


async def save(database: Database, file: Path) -> int:
    """Write the ledger, as it is at one moment, to a new file. Returns the number of rows.

    Raises CannotStart if the file exists or can't be written, and LedgerUnavailable.
    """
    try:
        with (
            writing_new_file(file) as draft,
            draft.open("wb") as new,
            # The name of the draft must not be stored in the file.
            gzip.GzipFile(filename="", fileobj=new, mode="wb") as lines,
        ):
            return await database.read_within(IMPORT_TIMEOUT, partial(_write, lines))
    except FileExistsError:
        raise CannotStart(f"{file} exists already; an export never overwrites anything.") from None
    except OSError as error:
        raise CannotStart(f"{file} can't be written: {error.strerror or error}.") from error


async def load(database: Database, file: Path) -> int:
    """Read a saved ledger into an empty database, all of it or nothing. Returns the number of rows.

    Raises CannotStart if the file is no archive, is damaged or has another schema, or if the
    database isn't empty; and LedgerUnavailable.
    """
    try:
        with file.open("rb") as saved, gzip.GzipFile(fileobj=saved) as lines:
            _check_head(lines.readline(), file)
            return await database.write_within(IMPORT_TIMEOUT, partial(_read, lines))
    except TransactionLost as error:
        raise CannotStart(f"{file} has a row twice.") from error
    except (OSError, EOFError, zlib.error, KeyError, TypeError, ValueError) as error:
        raise CannotStart(f"{file} can't be read as an archive of Dibs: {error}.") from error


def _write(lines: gzip.GzipFile, connection: Connection) -> int:
    count = 0
    lines.write(orjson.dumps({"kind": KIND, "schema": newest_schema()}) + b"\n")
    piecewise = connection.execution_options(yield_per=ROWS_AT_ONCE)
    for table in metadata.sorted_tables:
        if table is trial_write:
            continue
        for row in piecewise.execute(select(table).order_by(*table.primary_key)):
            values = {str(column.name): _plain(row[n]) for n, column in enumerate(table.columns)}
            lines.write(orjson.dumps({"table": table.name, "row": values}) + b"\n")
            count += 1
    lines.write(orjson.dumps({"rows": count}) + b"\n")
    return count


def _plain(value: Any) -> Any:
    """Return a value as JSON can contain it: bytes become base64."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value


def _check_head(line: bytes, file: Path) -> None:
    head = orjson.loads(line)
    if not isinstance(head, dict) or head.get("kind") != KIND:
        raise CannotStart(f"{file} is no archive of Dibs.")
    if head.get("schema") != newest_schema():
        raise CannotStart(f"{file} was made by another version of Dibs; export it with this one.")


def _read(lines: gzip.GzipFile, tx: Transaction) -> int:
    count = 0
    tx.lock_catalog(with_boards=True)
    has_business = tx.connection.execute(select(business)).first() is not None
    if has_business or has_users(tx.connection):
        raise CannotStart("The database isn't empty; an archive is read into a new one only.")
    for table, rows in _batches(_rows(lines)):
        tx.connection.execute(insert(table), rows)
        count += len(rows)
    if tx.connection.dialect.name == "postgresql":
        _go_on_counting(tx.connection)
    return count


def _rows(lines: gzip.GzipFile) -> Iterator[dict[str, Any]]:
    """Yield the rows. Raises ValueError if the last line is missing or has another number of
    rows."""
    for count, line in enumerate(map(orjson.loads, lines)):
        if "rows" in line:
            if line["rows"] != count:
                raise ValueError(f"{count} rows instead of {line['rows']}")
            return
        yield line
    raise ValueError("its end is missing")


def _batches(lines: Iterator[dict[str, Any]]) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    for name, group in groupby(lines, itemgetter("table")):
        table = metadata.tables[name]
        while rows := [_values(table, line["row"]) for line in islice(group, ROWS_AT_ONCE)]:
            yield table, rows


def _values(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {column.name: _value(column.type, row[column.name]) for column in table.columns}


def _value(kind: object, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value, validate=True)
    if isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Day) else value


def _go_on_counting(connection: Connection) -> None:
    """Let PostgreSQL give new rows higher ids than the imported rows have."""
    for table in metadata.sorted_tables:
        if "id" in table.columns:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id))"  # noqa: S608 - our own names
                    f" FROM {table.name}"
                )
            )
