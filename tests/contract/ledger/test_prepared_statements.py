"""A `Statement` does what `Connection.execute` does with the same statement, at less cost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from dibs.errors import LedgerUnavailable, TransactionLost
from dibs.ledger.catalog_tables import resources
from dibs.ledger.database import Database, Transaction
from dibs.ledger.postgresql import PostgreSQL
from dibs.ledger.sqlite import SQLite
from dibs.ledger.statement import MAX_TOGETHER, Statement
from dibs.ledger.tables import audit, boards
from dibs.settings import Settings
from tests.support.hand_clock import HandClock
from tests.support.recorded_statements import statements

pytestmark = pytest.mark.anyio

DAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def settings(request: pytest.FixtureRequest) -> Settings:
    name = "demo_settings" if request.param == "SQLite" else "postgres_settings"
    found: Settings = request.getfixturevalue(name)
    return found


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    found: Database
    if settings.database_url:
        found = PostgreSQL(settings.database_url, connections=2)
    else:
        found = SQLite(settings.database_file, HandClock())
    yield found
    await found.close()


async def test_rows_are_those_that_the_connection_reads(database: Database) -> None:
    """Instants, days and texts are included. The values that are sent are those of the
    connection."""
    selected = select(
        resources.c.id,
        resources.c.name,
        bindparam("day", type_=boards.c.day.type).label("day"),
        bindparam("at", type_=audit.c.at.type).label("at"),
        bindparam("kept", "a value", type_=audit.c.action.type).label("kept"),
    ).order_by(resources.c.id)
    statement = Statement(selected)

    def read(connection: Connection) -> tuple[list[Any], list[Any]]:
        given = {"day": DAY, "at": NOON}
        return statement.fetch_all(connection, given), list(connection.execute(selected, given))

    found, expected = await database.read(read)
    assert [tuple(row) for row in found] == [tuple(row) for row in expected]
    assert found[0]._fields == expected[0]._fields
    assert (found[0].day, found[0].at, found[0].kept) == (DAY, NOON, "a value")


async def test_it_writes_and_counts_what_it_changed(database: Database) -> None:
    write = Statement(insert(boards))
    change = Statement(update(boards).where(boards.c.resource_id == bindparam("known_id")))

    def operation(tx: Transaction) -> tuple[int, int]:
        for day in (DAY, date(2026, 11, 26)):
            write.execute(tx.connection, {"resource_id": 1, "day": day, "version": 1})
        return (
            change.execute(tx.connection, {"known_id": 1, "version": 7}),
            change.execute(tx.connection, {"known_id": 2, "version": 7}),
        )

    assert await database.write(operation) == (2, 0)
    versions = select(boards.c.version)
    assert await database.read(lambda each: list(each.scalars(versions))) == [7, 7]


async def test_an_error_is_the_one_that_the_connection_raises(database: Database) -> None:
    row = {"resource_id": 1, "day": DAY, "version": 1}
    twice = Statement(insert(boards))

    def operation(tx: Transaction) -> None:
        twice.execute(tx.connection, row)
        twice.execute(tx.connection, row)

    with pytest.raises(Exception) as raised:  # noqa: PT011 - our own error, made of the driver's
        await database.write(operation)
    error = raised.value
    found = error if isinstance(error, IntegrityError) else error.__cause__
    assert isinstance(found, IntegrityError)
    assert "INSERT INTO boards" in (found.statement or "")
    assert found.hide_parameters


async def test_whoever_listens_to_statements_hears_it(database: Database) -> None:
    ask = Statement(select(resources.c.name).where(resources.c.id == bindparam("id")))
    with statements() as seen:
        row = await database.read(lambda each: ask.fetch_first(each, {"id": 1}))
    assert row is not None
    assert [each for each in seen if each.startswith("SELECT resources.name")]


@pytest.mark.parametrize("given", [{}, {"id": 1, "name": "Sarah"}, {"name": "Sarah"}])
async def test_other_parameters_than_before_are_refused(
    database: Database, given: dict[str, Any]
) -> None:
    """A missing or extra parameter would otherwise be ignored silently."""
    ask = Statement(select(resources.c.name).where(resources.c.id == bindparam("id")))
    assert await database.read(lambda each: ask.fetch_all(each, {"id": 1}))
    with pytest.raises(TypeError):
        await database.read(lambda each: ask.fetch_all(each, given))


async def test_a_list_of_values_is_refused(database: Database) -> None:
    """The text of the statement depends on the length of the list."""
    several = Statement(select(resources.c.id).where(resources.c.id.in_([1, 2])))
    with pytest.raises(TypeError):
        await database.read(several.fetch_all)


async def test_a_connection_that_was_lost_is_given_up(postgres_settings: Settings) -> None:
    """The next caller gets another connection."""
    database = PostgreSQL(postgres_settings.database_url, connections=1)
    end = Statement(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    ask = Statement(select(resources.c.id))
    with pytest.raises(LedgerUnavailable):
        await database.read(end.fetch_all)
    assert await database.read(ask.fetch_all)
    await database.close()


async def test_rows_that_nobody_reads_are_written_at_the_end(database: Database) -> None:
    """PostgreSQL gets the rows in groups, SQLite one by one; each row has its own values."""
    insert_board = Statement(insert(boards))
    count = select(func.count()).select_from(boards)
    rows = [
        {"resource_id": 1, "day": DAY + timedelta(days=number), "version": number + 1}
        for number in range(MAX_TOGETHER + 1)
    ]

    def operation(tx: Transaction) -> int | None:
        for row in rows:
            tx.append(insert_board, row)
        return tx.connection.scalar(count)

    with statements() as seen:
        assert await database.write(operation) == 0
    sent = [each for each in seen if "INSERT INTO boards" in each]
    assert len(sent) == (2 if isinstance(database, PostgreSQL) else len(rows))
    kept = select(boards.c.resource_id, boards.c.day, boards.c.version).order_by(boards.c.day)
    found = await database.read(lambda each: list(each.execute(kept)))
    assert [row._asdict() for row in found] == rows


async def test_one_row_that_is_refused_takes_all_of_them_back(database: Database) -> None:
    insert_board = Statement(insert(boards))
    count = select(func.count()).select_from(boards)

    def operation(tx: Transaction) -> None:
        for resource_id in (1, 2, 1):
            tx.append(insert_board, {"resource_id": resource_id, "day": DAY, "version": 1})

    with pytest.raises((IntegrityError, TransactionLost)):
        await database.write(operation)
    assert await database.read(lambda each: each.scalar(count)) == 0
