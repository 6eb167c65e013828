"""Overlaps with a time are found among the few allocations near it, however many come later."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime, timedelta

import asyncpg
import orjson
import pytest

from dibs.app import Dibs
from dibs.availability.boards import BoardKey
from dibs.desk.offers import SlotRequest
from dibs.errors import SlotTaken
from dibs.ledger.bookings import Customer
from dibs.ledger.overlaps import MAX_LENGTH
from dibs.settings import Settings
from tests.support.days import at, working_day
from tests.support.old_rows import (
    CONSULTATION,
    MIKE,
    SARAH,
    insert,
    insert_checkout,
    one_transaction,
)
from tests.support.plain_sql import PlainSql, Refused, connect
from tests.support.recorded_statements import Statement, statements_with_values

pytestmark = pytest.mark.anyio

DAY = working_day()
ANN = Customer("Ann Lee", "ann@example.com")
MICROSECOND = timedelta(microseconds=1)
LATER = 2_000
#: Part of the statements that look for overlaps: before a booking, at its insert, and for the day
#: view.
OVERLAPS = "allocations.starts_at <"


@pytest.fixture
async def sql(settings: Settings, dibs: Dibs) -> AsyncIterator[PlainSql]:
    with connect(settings.database) as sql:
        yield sql


def allocate(sql: PlainSql, start: datetime, end: datetime, resource: int = SARAH) -> None:
    """Insert a confirmed booking with its allocation by plain SQL."""
    name = f"{resource} from {start}"
    times = {"starts_at": start, "ends_at": end}
    insert_checkout(
        sql, name, start, status="confirmed", resource_id=resource, customer_name="Bob", **times
    )
    ((number,),) = sql("SELECT id FROM bookings WHERE reference = ?", name)
    insert(
        sql,
        "allocations",
        resource_id=resource,
        lane=0,
        booking_id=number,
        service_id=CONSULTATION,
        slot_starts_at=start,
        capacity=1,
        **times,
    )


async def test_the_database_refuses_an_allocation_that_is_too_long(sql: PlainSql) -> None:
    start = at("10:00", DAY)
    allocate(sql, start, start + MAX_LENGTH)
    with pytest.raises(Refused):
        allocate(sql, start, start + MAX_LENGTH + MICROSECOND, MIKE)


@pytest.mark.parametrize(
    "start",
    [at("10:30", DAY) - MICROSECOND, at("10:00", DAY) + MICROSECOND - MAX_LENGTH],
    ids=["its first microsecond", "its last microsecond"],
)
async def test_the_longest_allocation_is_found_at_both_ends(
    dibs: Dibs, sql: PlainSql, start: datetime
) -> None:
    wanted, end = at("10:00", DAY), at("10:30", DAY)
    allocate(sql, start, start + MAX_LENGTH)
    with pytest.raises(Refused):
        allocate(sql, wanted, end)
    with pytest.raises(SlotTaken):
        await dibs.desk.booking.book("ann", SlotRequest(CONSULTATION, wanted, SARAH), ANN)
    board = await dibs.ledger.read_board(BoardKey(SARAH, DAY))
    assert [each.guarded.start for each in board.busy] == [start]


async def test_later_bookings_cost_a_booking_nothing(
    dibs: Dibs, sql: PlainSql, settings: Settings
) -> None:
    with one_transaction(sql):
        for days in range(10, 10 + LATER):
            start = at("10:00", DAY) + timedelta(days=days)
            allocate(sql, start, start + timedelta(minutes=30))
    with statements_with_values() as seen:
        await dibs.desk.booking.book("ann", SlotRequest(CONSULTATION, at("10:00", DAY), SARAH), ANN)
        await dibs.ledger.read_board(BoardKey(SARAH, DAY))
    found = [each for each in seen if OVERLAPS in each.text]
    assert len(found) >= 2
    if settings.is_embedded:
        found += [each for each in seen if each.text.startswith("INSERT INTO allocations")]
        assert len(found) >= 3
        assert max(steps_of(settings, each) for each in found) < LATER
    else:
        for each in found:
            assert await rows_read(settings, each) < LATER / 10


def steps_of(settings: Settings, statement: Statement) -> int:
    """Return how many virtual machine steps SQLite takes for a statement, its triggers included."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    with closing(sqlite3.connect(settings.database_file, isolation_level=None)) as database:
        database.execute("BEGIN")
        if statement.text.startswith("INSERT"):
            database.execute("DELETE FROM allocations WHERE slot_starts_at = ?", [instant()])
        database.set_progress_handler(count, 1)
        database.execute(statement.text, statement.values).fetchall()
        database.execute("ROLLBACK")
    return steps


def instant() -> int:
    return int(at("10:00", DAY).timestamp()) * 1_000_000


async def rows_read(settings: Settings, statement: Statement) -> int:
    """Return the largest number of rows that one step of PostgreSQL's plan reads for a
    statement."""
    sql = await asyncpg.connect(settings.database_url)
    try:
        await sql.execute("ANALYZE allocations")
        text = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.text}"
        plan = orjson.loads(await sql.fetchval(text, *statement.values))[0]["Plan"]
    finally:
        await sql.close()
    steps, most = [plan], 0
    while steps:
        step = steps.pop()
        steps += step.get("Plans", ())
        most = max(most, step["Actual Rows"] + step.get("Rows Removed by Filter", 0))
    return int(most)
