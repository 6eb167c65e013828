"""The database of the production mode keeps the contract."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

from dibs.availability.boards import BoardKey
from dibs.errors import LedgerUnavailable, NotFound, TransactionLost
from dibs.ledger import idempotency
from dibs.ledger.database import BoardsOutOfOrder, retry_on_conflict
from dibs.ledger.idempotency import Request
from dibs.ledger.postgresql import PostgreSQL
from dibs.settings import Settings
from tests.contract.ledger.ground import DAY, Ground, at, book, place
from tests.contract.ledger.ledger_contract import LedgerContract
from tests.support.hand_clock import HandClock
from tests.support.open_transaction import open_transaction
from tests.support.plain_sql import connect

KEY, NEXT = BoardKey(1, DAY), BoardKey(1, DAY + timedelta(days=1))


class TestPostgresqlLedger(LedgerContract):
    @pytest.fixture
    async def ground(self, postgres_settings: Settings) -> AsyncIterator[Ground]:
        clock = HandClock()
        database = PostgreSQL(postgres_settings.database_url, 8, clock)
        with connect(postgres_settings.database_url) as plain:
            yield Ground(database, clock, plain)
        await database.close()

    async def test_on_conflict_do_nothing_does_not_get_around_the_guard(
        self, ground: Ground
    ) -> None:
        await book(ground, place("10:00"))
        before = ground.list_allocations()
        ground.plain(
            "INSERT INTO allocations (resource_id, lane, starts_at, ends_at, booking_id,"
            " service_id, slot_starts_at, capacity)"
            " VALUES (1, 0, ?, ?, 1, 1, ?, 1) ON CONFLICT DO NOTHING",
            at("10:30"),
            at("11:30"),
            at("10:30"),
        )
        assert ground.list_allocations() == before

    async def test_writers_of_one_board_wait_for_each_other(self, ground: Ground) -> None:
        order: list[str] = []

        async def second() -> None:
            async with open_transaction(ground.database) as tx:
                await tx.lock_boards([KEY])
                order.append("second")

        async with open_transaction(ground.database) as tx:
            await tx.lock_boards([KEY])
            waiting = asyncio.create_task(second())
            await self.until_blocked(ground)
            order.append("first")
        await waiting
        assert order == ["first", "second"]

    async def test_writers_of_different_boards_do_not(self, ground: Ground) -> None:
        async with (
            open_transaction(ground.database) as first,
            open_transaction(ground.database) as second,
        ):
            await first.lock_boards([KEY])
            await second.lock_boards([NEXT])

    async def test_what_a_writer_waited_for_is_seen_by_it(self, ground: Ground) -> None:
        """The board is locked before the reading, so the reading sees what was written during the
        wait."""

        async def second() -> int:
            async with open_transaction(ground.database) as tx:
                await tx.lock_boards([KEY])
                found = await tx.sql("SELECT count(*) FROM idempotency")
                return int(found)

        async with open_transaction(ground.database) as tx:
            await tx.lock_boards([KEY])
            waiting = asyncio.create_task(second())
            await self.until_blocked(ground)
            await tx.run(idempotency.save_response, Request("ann", "key", "asked"), 201, "{}")
        assert await waiting == 1

    async def test_of_two_that_deadlock_one_is_told_that_it_lost(self, ground: Ground) -> None:
        both = asyncio.Barrier(2)
        change = "UPDATE resources SET version = version WHERE id = {}"

        async def cross(first: int, second: int) -> None:
            async with open_transaction(ground.database) as tx:
                await tx.sql(change.format(first))
                await both.wait()
                await tx.sql(change.format(second))

        outcomes = await asyncio.gather(cross(1, 2), cross(2, 1), return_exceptions=True)
        assert sorted(type(each).__name__ for each in outcomes) == ["NoneType", "TransactionLost"]

    async def test_boards_are_never_locked_out_of_their_order(self, ground: Ground) -> None:
        """A transaction that also needs an earlier board starts again and locks all of them in
        order."""
        async with open_transaction(ground.database) as tx:
            await tx.lock_boards([NEXT])
            with pytest.raises(BoardsOutOfOrder) as needed:
                await tx.lock_boards([KEY])
        assert needed.value.boards == {KEY, NEXT}

    async def test_a_key_kept_twice_at_once_is_a_lost_transaction(self, ground: Ground) -> None:
        await ground.database.write(
            idempotency.save_response, Request("ann", "key", "asked"), 201, "{}"
        )
        with pytest.raises(TransactionLost):
            await ground.database.write(
                idempotency.save_response, Request("ann", "key", "asked"), 201, "{}"
            )

    @pytest.mark.parametrize(
        "statement", ["SELECT repeat('9', 40)::int", "SELECT convert_from('\\xff', 'UTF8')"]
    )
    async def test_what_can_be_in_no_row_is_not_found(self, ground: Ground, statement: str) -> None:
        with pytest.raises(NotFound):
            await ground.database.read(lambda each: each.exec_driver_sql(statement))

    async def test_a_mistake_of_ours_is_not_called_not_found(self, ground: Ground) -> None:
        with pytest.raises(DBAPIError):
            await ground.database.read(lambda each: each.exec_driver_sql("SELECT 1 / 0"))

    async def test_a_connection_that_was_closed_is_a_ledger_that_is_away(
        self, ground: Ground
    ) -> None:
        def read_by_a_closed_connection(connection: Connection) -> None:
            driver = connection.connection.driver_connection
            assert driver is not None
            await_only(driver.close())
            connection.exec_driver_sql("SELECT 1")

        with pytest.raises(LedgerUnavailable):
            await ground.database.read(read_by_a_closed_connection)

    async def test_a_writer_that_waits_in_vain_is_told_in_seconds(self, ground: Ground) -> None:
        async def lock_boards() -> None:
            async with open_transaction(ground.database) as tx:
                await tx.sql("SET LOCAL lock_timeout = 100")
                await tx.lock_boards([KEY])

        async with open_transaction(ground.database) as tx:
            await tx.lock_boards([KEY])
            with pytest.raises(LedgerUnavailable) as refusal:
                await lock_boards()
        assert not isinstance(refusal.value, TransactionLost), "it would be tried again"

    async def test_what_was_lost_is_done_again(self) -> None:
        tries = 0

        @retry_on_conflict
        async def use_case() -> str:
            nonlocal tries
            tries += 1
            if tries < 3:
                raise TransactionLost
            return "done"

        assert await use_case() == "done"
        assert tries == 3

    async def test_what_is_lost_again_and_again_is_said(self) -> None:
        @retry_on_conflict
        async def use_case() -> None:
            raise TransactionLost

        with pytest.raises(TransactionLost):
            await use_case()

    async def test_connections_that_were_closed_by_the_server_are_replaced(
        self, ground: Ground
    ) -> None:
        both = asyncio.Barrier(2)

        def find_driver(connection: Connection) -> Any:
            await_only(both.wait())
            return connection.connection.driver_connection

        reading = [ground.database.read(find_driver) for _ in range(2)]
        drivers = await asyncio.gather(*reading)
        ground.plain(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'dibs' AND datname = current_database()"
        )
        await self.until(lambda: all(driver.is_closed() for driver in drivers))
        assert len((await ground.catalog()).services) == 4

    async def test_without_a_clock_given_the_servers_is_the_time(
        self, ground: Ground, postgres_settings: Settings
    ) -> None:
        database = PostgreSQL(postgres_settings.database_url, 2)
        (before,) = ground.plain("SELECT clock_timestamp()")[0]
        async with open_transaction(database) as tx:
            started = await tx.now()
            await tx.lock_boards([KEY])
            locked = await tx.now()
        (after,) = ground.plain("SELECT clock_timestamp()")[0]
        assert before < started < locked < after
        await database.close()

    # --- what only these tests need

    async def until_blocked(self, ground: Ground) -> None:
        """Wait until a transaction waits for a lock of another."""
        waiting = (
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock'"
        )
        await self.until(lambda: ground.plain(waiting))

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.005)
