"""The database of the embedded mode keeps the contract, and nothing can bypass it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import pytest

from dibs.clock import microseconds
from dibs.errors import LedgerUnavailable
from dibs.ledger.sqlite import SQLite
from dibs.settings import Settings
from tests.contract.ledger.ground import Ground, at, book, place
from tests.contract.ledger.ledger_contract import LedgerContract
from tests.support.hand_clock import HandClock
from tests.support.open_transaction import open_transaction
from tests.support.plain_sql import Refused, connect


class TestSqliteLedger(LedgerContract):
    @pytest.fixture
    async def ground(self, demo_settings: Settings) -> AsyncIterator[Ground]:
        clock = HandClock()
        database = SQLite(demo_settings.database_file, clock)
        with connect(demo_settings.database_file) as plain:
            yield Ground(database, clock, plain)
        await database.close()

    @pytest.mark.parametrize("insert", ["INSERT OR IGNORE", "INSERT OR REPLACE", "REPLACE"])
    async def test_no_kind_of_insert_gets_around_the_guard(
        self, ground: Ground, insert: str
    ) -> None:
        await book(ground, place("10:00"))
        before = ground.list_allocations()
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.allocate(at("10:30"), at("11:30"), insert=insert)
        assert ground.list_allocations() == before

    @pytest.mark.parametrize("update", ["UPDATE OR IGNORE", "UPDATE OR REPLACE"])
    async def test_no_kind_of_update_gets_around_the_guard(
        self, ground: Ground, update: str
    ) -> None:
        await book(ground, place("10:00"))
        await book(ground, place("14:00"), name="second")
        before = ground.list_allocations()
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.plain(
                f"{update} allocations SET starts_at = ?, ends_at = ? WHERE booking_id = 2",
                at("10:30"),
                at("11:30"),
            )
        assert ground.list_allocations() == before

    async def test_replacing_a_row_by_its_id_does_not_get_around_the_guard(
        self, ground: Ground
    ) -> None:
        await book(ground, place("10:00"))
        await book(ground, place("14:00"), name="second")
        before = ground.list_allocations()
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.plain(
                "INSERT OR REPLACE INTO allocations VALUES (2, 1, 0, ?, ?, 2, 1, ?, 1, NULL)",
                at("10:30"),
                at("11:30"),
                at("10:30"),
            )
        assert ground.list_allocations() == before

    async def test_a_text_is_no_instant(self, ground: Ground) -> None:
        await book(ground, place("14:00"))
        with pytest.raises(Refused, match="cannot store TEXT"):
            ground.allocate("2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z")

    async def test_a_number_in_a_text_is_compared_as_a_number(self, ground: Ground) -> None:
        await book(ground, place("10:00"))
        start, end = (str(microseconds(at(clock))) for clock in ("10:30", "11:30"))
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.allocate(start, end)

    async def test_all_tables_are_strict(self, ground: Ground) -> None:
        loose = ground.plain(
            "SELECT name FROM pragma_table_list"
            " WHERE type = 'table' AND NOT strict"
            " AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
        )
        assert loose == []

    @pytest.mark.scenario(37)
    async def test_what_is_committed_survives_a_power_cut(self, ground: Ground) -> None:
        full = 2
        async with open_transaction(ground.database) as tx:
            for pragma, expected in (("synchronous", full), ("foreign_keys", 1)):
                found = await tx.sql(f"PRAGMA {pragma}")
                assert found == expected, pragma
            mode = await tx.sql("PRAGMA journal_mode")
            assert mode == "wal"

    async def test_readers_do_not_wait_for_the_writer(self, ground: Ground) -> None:
        async with open_transaction(ground.database) as tx:
            await tx.lock_boards([])
            assert len((await ground.catalog()).services) == 4

    async def test_a_writer_that_waits_in_vain_says_that_the_database_is_away(
        self, ground: Ground, locked: None
    ) -> None:
        with pytest.raises(LedgerUnavailable):
            async with open_transaction(ground.database):
                raise AssertionError("another writer is at work")

    @pytest.fixture
    def locked(self, ground: Ground) -> Iterator[None]:
        """Let another program write without end."""
        assert isinstance(ground.database, SQLite)
        with closing(sqlite3.connect(ground.database.file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
