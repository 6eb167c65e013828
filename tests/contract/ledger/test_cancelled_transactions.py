"""A caller that stops waiting rolls its transaction back, and the connection serves the next
caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date

import pytest
from sqlalchemy import text

from dibs.availability.boards import BoardKey
from dibs.ledger.database import Transaction
from dibs.ledger.postgresql import PostgreSQL
from dibs.settings import Settings
from tests.support.hand_clock import HandClock
from tests.support.open_transaction import open_transaction

pytestmark = pytest.mark.anyio

DAY = date(2026, 11, 25)
FREE, HELD = BoardKey(2, DAY), BoardKey(3, DAY)
CONNECTIONS = 2
DEADLINE = 30.0
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
VERSIONS = text("SELECT resource_id, version FROM boards ORDER BY resource_id")


@pytest.fixture
async def database(postgres_settings: Settings) -> AsyncIterator[PostgreSQL]:
    url = postgres_settings.database_url
    database = PostgreSQL(url, CONNECTIONS, HandClock(), longest=DEADLINE)
    yield database
    await database.close()


def lock_both(tx: Transaction) -> None:
    """Lock the free board at once, then wait for the board that another transaction has locked."""
    tx.lock_boards([FREE])
    tx.lock_boards([HELD])


async def test_a_write_that_is_cancelled_while_it_waits_leaves_nothing(
    database: PostgreSQL, postgres_settings: Settings
) -> None:
    """Repeated more often than there are connections, so that a lost connection would show."""
    other = PostgreSQL(postgres_settings.database_url, CONNECTIONS, HandClock(), longest=DEADLINE)
    for _ in range(CONNECTIONS + 1):
        async with open_transaction(other, DEADLINE) as held:
            await held.lock_boards([HELD])
            write = asyncio.ensure_future(database.write(lock_both))
            async with asyncio.timeout(DEADLINE):
                while not await other.read(lambda each: each.scalar(WAITING)):
                    await asyncio.sleep(0)
            write.cancel()
            with suppress(asyncio.CancelledError):
                await write
            assert write.cancelled()
    found = await database.read(lambda each: [tuple(row) for row in each.execute(VERSIONS)])
    assert found == [(3, CONNECTIONS + 1)]
    await database.write(lock_both)
    found = await database.read(lambda each: [tuple(row) for row in each.execute(VERSIONS)])
    assert found == [(2, 1), (3, CONNECTIONS + 2)]
    await other.close()


async def test_who_is_cancelled_while_waiting_for_a_connection_takes_none_away(
    database: PostgreSQL,
) -> None:
    async with open_transaction(database, DEADLINE), open_transaction(database, DEADLINE):
        waiting = [asyncio.ensure_future(database.write(lock_both)) for _ in range(3)]
        await asyncio.sleep(0)
        for each in waiting:
            each.cancel()
        await asyncio.wait(waiting)
        assert all(each.cancelled() for each in waiting)
    await asyncio.gather(*(database.write(lock_both) for _ in range(CONNECTIONS)))
    found = await database.read(lambda each: [tuple(row) for row in each.execute(VERSIONS)])
    assert found == [(2, CONNECTIONS), (3, CONNECTIONS)]
