"""Retention works in small steps, beside other writers, and can be repeated."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest

from dibs.app import Dibs
from dibs.availability.boards import BoardKey
from dibs.desk import retention
from dibs.errors import LedgerUnavailable
from dibs.ledger.migrate import migrate
from dibs.ledger.retention import MAX_BOARDS, MAX_ROWS, take_turn
from dibs.settings import Settings
from tests.contract.booking.retention.scene import DAY, Row, advance_to, book
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock
from tests.support.old_rows import (
    MIKE,
    SARAH,
    column,
    insert_boards,
    insert_message,
    insert_messages,
    insert_one_of_each,
)
from tests.support.open_transaction import open_transaction
from tests.support.plain_sql import PlainSql, connect

pytestmark = pytest.mark.anyio


def snapshot(sql: PlainSql) -> dict[str, list[Row]]:
    """Return all rows that retention may change."""
    tables = ("bookings", "allocations", "audit", "outbox", "boards", "resources", "idempotency")
    return {table: sorted(sql(f"SELECT * FROM {table}"), key=str) for table in tables}


async def test_a_dry_run_counts_what_would_be_done_and_changes_nothing(
    dibs: Dibs, sql: PlainSql, clock: HandClock
) -> None:
    booking = await book(dibs)
    advance_to(clock, booking.ends_at + timedelta(days=3))
    insert_one_of_each(sql, clock, how_many=2)
    before = snapshot(sql)
    planned = await dibs.desk.retention.count()
    assert snapshot(sql) == before
    assert (planned.counts["bookings"], planned.counts["boards"]) == (1, 4)
    # Removing the checkouts also removes the rows that belong to them, so fewer are left for later
    # steps.
    done = await dibs.desk.retention.apply()
    gone_before = {"audit": 2, "outbox": 2}
    assert {kind: n + gone_before.get(kind, 0) for kind, n in done.counts.items()} == planned.counts
    assert set((await dibs.desk.retention.apply()).counts.values()) == {0}


async def test_one_transaction_removes_few_rows(
    dibs: Dibs, sql: PlainSql, clock: HandClock
) -> None:
    old = clock.now() - timedelta(days=3000)
    insert_messages(sql, 2 * MAX_ROWS + 1, old)
    step = await dibs.desk.retention._remove("outbox")
    assert step == (MAX_ROWS, False)
    assert (await dibs.desk.retention.apply()).counts["outbox"] == MAX_ROWS + 1
    insert_boards(sql, old.date(), MAX_BOARDS // 2 + 1)
    assert await dibs.desk.retention._remove("boards") == (MAX_BOARDS, False)
    assert (await dibs.desk.retention.apply()).counts["boards"] == 2


async def test_more_bookings_than_one_step_completes(
    dibs: Dibs, clock: HandClock, sql: PlainSql
) -> None:
    times = [f"{hour:02}:{minute}" for hour in range(9, 17) for minute in ("00", "30")]
    days = [date(2026, 11, 25) + timedelta(days=each) for each in (0, 1, 5, 6)]
    made = [await book(dibs, time, day, f"{day} {time}") for day in days for time in times]
    assert len(made) > MAX_ROWS
    clock.advance(30 * 86_400)
    assert (await dibs.desk.retention.apply()).counts["bookings"] == len(made)
    assert column(sql, "SELECT DISTINCT status FROM bookings") == ["completed"]
    assert column(sql, "SELECT id FROM allocations") == []


async def test_bookings_go_on_meanwhile(dibs: Dibs, sql: PlainSql, clock: HandClock) -> None:
    old = clock.now() - timedelta(days=3000)
    insert_messages(sql, 20 * MAX_ROWS, old)
    working = asyncio.create_task(dibs.desk.retention.apply())
    booked = [await book(dibs, time) for time in ("10:00", "10:30", "11:00")]
    assert not working.done()
    assert (await working).counts["outbox"] == 20 * MAX_ROWS
    assert column(sql, "SELECT status FROM bookings") == ["confirmed"] * len(booked)


async def test_two_nodes_at_once_do_it_once(
    dibs: Dibs, settings: Settings, sql: PlainSql, clock: HandClock
) -> None:
    booking = await book(dibs)
    advance_to(clock, booking.ends_at + timedelta(days=3))
    insert_one_of_each(sql, clock, how_many=MAX_ROWS + 10)
    keys = [BoardKey(SARAH, DAY), BoardKey(MIKE, DAY)]
    before = await dibs.ledger.poll_changes(keys, None)
    other = build(settings, clock)
    reports = await asyncio.gather(dibs.desk.retention.apply(), other.desk.retention.apply())
    rest = await dibs.desk.retention.apply()
    await other.close()
    assert rest.is_whole
    done = [*reports, rest]
    assert sum(each.counts["bookings"] for each in done) == 1
    assert sum(each.counts["checkouts"] for each in done) == MAX_ROWS + 10
    assert sum(each.counts["boards"] for each in done) == 2 * (MAX_ROWS + 10)
    after = await dibs.ledger.poll_changes(keys, None)
    assert before.versions is not None
    assert after.versions is not None
    removed = 3 * (MAX_ROWS + 10)
    assert after.versions[keys[1]] == before.versions[keys[1]] + removed, "counted once"


async def test_while_another_node_is_in_a_step_nothing_is_done(
    postgres_settings: Settings, clock: HandClock
) -> None:
    """Not tested on SQLite: one process uses it, with one writer."""
    dibs = build(postgres_settings, clock)
    with connect(postgres_settings.database) as sql:
        insert_one_of_each(sql, clock)
        before = snapshot(sql)
        async with open_transaction(dibs.database) as tx:
            assert await tx.run(take_turn)
            assert not (await dibs.desk.retention.apply()).is_whole
            assert snapshot(sql) == before
        assert (await dibs.desk.retention.apply()).is_whole
        assert snapshot(sql) != before
    await dibs.close()


async def test_without_a_business_there_is_nothing_to_do(tmp_path: Path, clock: HandClock) -> None:
    migrate(tmp_path / "dibs.db")
    dibs = build(Settings(data=tmp_path), clock)
    assert set((await dibs.desk.retention.apply()).counts.values()) == {0}
    await dibs.close()


async def test_it_is_done_again_and_again_also_after_a_fault(
    dibs: Dibs, sql: PlainSql, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FIRST_PAUSE", "INTERVAL", "RETRY_PAUSE"):
        monkeypatch.setattr(retention, name, timedelta(milliseconds=5))
    apply, times = dibs.desk.retention.apply, count(1)

    async def away_at_first() -> retention.Report:
        if next(times) == 1:
            raise LedgerUnavailable
        return await apply()

    monkeypatch.setattr(dibs.desk.retention, "apply", away_at_first)
    running = asyncio.create_task(dibs.desk.retention.run())
    for _ in range(2):
        insert_message(sql, "old", clock.now() - timedelta(days=3000))
        async with asyncio.timeout(30):
            while column(sql, "SELECT id FROM outbox"):
                await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
