"""On SQLite, waiting transactions are committed together: each as a whole, or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from dibs.availability.boards import BoardKey
from dibs.errors import LedgerUnavailable
from dibs.ledger import boards
from dibs.ledger.database import Transaction
from dibs.ledger.sqlite import SQLite
from dibs.ledger.sqlite_threads import MAX_GROUP
from dibs.settings import Settings
from tests.support.hand_clock import HandClock

pytestmark = pytest.mark.anyio

WAITS_WITHIN = 30.0
DAY = date(2026, 11, 25)


@pytest.fixture
async def database(demo_settings: Settings) -> AsyncIterator[SQLite]:
    database = SQLite(demo_settings.database_file, HandClock(), WAITS_WITHIN)
    yield database
    await database.close()


def lock_board(tx: Transaction, resource_id: int = 1) -> int:
    key = BoardKey(resource_id, DAY)
    tx.lock_boards([key])
    return tx.versions[key]


def count_of(database: SQLite, resource_id: int = 1) -> int:
    """Return how often the boards of a resource have been locked, as another process sees it."""
    with closing(sqlite3.connect(database.file)) as other:
        found = other.execute(
            "SELECT coalesce(sum(version), 0) FROM boards WHERE resource_id = ?", (resource_id,)
        )
        return int(found.fetchone()[0])


@contextmanager
def counted_commits(database: SQLite) -> Iterator[list[None]]:
    commits: list[None] = []

    def count(_: Any) -> None:
        commits.append(None)

    event.listen(database._writing_engine, "commit", count)
    yield commits
    event.remove(database._writing_engine, "commit", count)


async def all_at_once(
    database: SQLite, *operations: Callable[[Transaction], Any]
) -> list[asyncio.Task[Any]]:
    """Start these operations while the writer is busy with another transaction, so that they wait
    together."""
    is_busy, may_end = threading.Event(), threading.Event()

    def keep_busy(tx: Transaction) -> None:
        is_busy.set()
        may_end.wait(WAITS_WITHIN)

    first = asyncio.create_task(database.write(keep_busy))
    await asyncio.to_thread(is_busy.wait, WAITS_WITHIN)
    tasks = [asyncio.create_task(database.write(each)) for each in operations]
    await until(lambda: database._writer._jobs.qsize() == len(operations))
    may_end.set()
    await first
    return tasks


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAITS_WITHIN):
        while not condition():
            await asyncio.sleep(0.001)


async def test_those_that_wait_are_committed_together(database: SQLite) -> None:
    with counted_commits(database) as commits:
        tasks = await all_at_once(database, *[lock_board] * 10)
        versions = await asyncio.gather(*tasks)
    assert sorted(versions) == sorted(set(versions)), "each has seen those before it"
    assert count_of(database) == 10
    assert len(commits) == 2, "one for the transaction that kept the writer busy, one for the rest"


async def test_no_more_than_a_group_at_once(database: SQLite) -> None:
    """The first of a long queue is answered before the last has been written."""
    with counted_commits(database) as commits:
        tasks = await all_at_once(database, *[lock_board] * (MAX_GROUP + 1))
        await asyncio.gather(*tasks)
    assert len(commits) == 3
    assert count_of(database) == MAX_GROUP + 1


async def test_one_that_fails_is_taken_back_alone(database: SQLite) -> None:
    def fail(tx: Transaction) -> None:
        lock_board(tx, 2)
        raise ValueError("this one is wrong")

    tasks = await all_at_once(database, lock_board, fail, lock_board)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in outcomes] == [int, ValueError, int]
    assert (count_of(database), count_of(database, 2)) == (2, 0)


async def test_one_for_which_nobody_waits_any_more_is_not_begun(database: SQLite) -> None:
    begun: list[str] = []

    def begin(tx: Transaction) -> None:
        begun.append("begun")

    is_busy, may_end = threading.Event(), threading.Event()

    def keep_busy(tx: Transaction) -> None:
        is_busy.set()
        may_end.wait(WAITS_WITHIN)

    first = asyncio.create_task(database.write(keep_busy))
    await asyncio.to_thread(is_busy.wait, WAITS_WITHIN)
    second = asyncio.create_task(database.write(begin))
    await until(lambda: database._writer._jobs.qsize() == 1)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    may_end.set()
    await first
    await database.write(lock_board)
    assert begun == []


async def test_one_that_is_given_up_while_it_runs_is_taken_back(database: SQLite) -> None:
    is_busy, may_end = threading.Event(), threading.Event()

    def lock_slowly(tx: Transaction) -> None:
        lock_board(tx)
        is_busy.set()
        may_end.wait(WAITS_WITHIN)

    slow = asyncio.create_task(database.write(lock_slowly))
    await asyncio.to_thread(is_busy.wait, WAITS_WITHIN)
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)
    may_end.set()
    assert await database.write(lock_board) == await version_after(database)
    assert count_of(database) == 1


async def version_after(database: SQLite) -> int:
    """Return the current version of the board."""
    key = BoardKey(1, DAY)
    return (await database.read(boards.versions, [key]))[key]


async def test_a_commit_that_fails_fails_for_all_of_its_group(database: SQLite) -> None:
    """The disk may be full, for example. Nobody is told that they have booked, and nothing is
    written."""

    def fail(_: Any) -> None:
        raise OSError("the disk is full")

    event.listen(database._writing_engine, "commit", fail)
    outcomes = await asyncio.gather(
        *(database.write(lock_board) for _ in range(5)), return_exceptions=True
    )
    event.remove(database._writing_engine, "commit", fail)
    assert all(isinstance(each, LedgerUnavailable) for each in outcomes)
    assert count_of(database) == 0
    await database.write(lock_board)
    assert count_of(database) == 1, "the writer goes on"


async def test_one_that_takes_back_everything_fails_for_all_of_its_group(
    database: SQLite,
) -> None:
    """After some errors SQLite rolls back the whole transaction, including the writes of others."""

    def end_everything(tx: Transaction) -> None:
        tx.connection.exec_driver_sql("ROLLBACK")
        raise OSError("the disk is full")

    tasks = await all_at_once(database, lock_board, end_everything, lock_board)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(each, LedgerUnavailable) for each in outcomes)
    assert count_of(database) == 0


async def test_a_stream_of_writers_starves_nobody(database: SQLite) -> None:
    """Writers are served in the order in which they came."""
    order: list[int] = []

    def note(number: int) -> Callable[[Transaction], None]:
        return lambda tx: order.append(number)

    tasks = await all_at_once(database, *map(note, range(3 * MAX_GROUP)))
    await asyncio.gather(*tasks)
    assert order == list(range(3 * MAX_GROUP))
