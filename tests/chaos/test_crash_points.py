"""Kill −9 between any two statements of every use case: nothing is lost, doubled or stuck."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from dibs import catalog_file
from dibs.app import Dibs, build
from dibs.clock import microseconds
from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.errors import Conflict
from dibs.ledger import outbox
from dibs.ledger.bookings import Customer
from dibs.ledger.idempotency import Request
from dibs.ledger.migrate import migrate
from dibs.settings import Settings
from tests.chaos.crashing import NOW, Step, StoppedClock, run
from tests.support.catalog_files import ONE_PERSON

TEN = datetime(2026, 11, 25, 10, tzinfo=UTC)
TWELVE = TEN + timedelta(hours=2)
CHECKOUT_LIFETIME = timedelta(minutes=10)
ANN, BOB = Customer("Ann Lee", "ann@example.com"), Customer("Bob Ray", "bob@example.com")
VISITOR, STRANGER = "a" * 32, "b" * 32
AGAIN = Request(VISITOR, "key", "the same request")


async def set_up(dibs: Dibs, _: str) -> str:
    await administration.apply(dibs.database, catalog_file.parse(ONE_PERSON))
    return ""


async def select(dibs: Dibs, _: str) -> str:
    hold = await dibs.desk.holding.hold(VISITOR, 1, TEN, 1)
    return hold.slot.starts_at.isoformat()


async def check_out(dibs: Dibs, _: str) -> str:
    return (await dibs.desk.booking.check_out(VISITOR, SlotRequest(1, TEN, 1), AGAIN)).token


async def confirm(dibs: Dibs, token: str) -> str:
    return (await dibs.desk.booking.confirm(VISITOR, token, ANN, AGAIN)).reference


async def book(dibs: Dibs, _: str) -> str:
    return (await dibs.desk.booking.book(VISITOR, SlotRequest(1, TEN, 1), ANN, AGAIN)).reference


async def reschedule(dibs: Dibs, reference: str) -> str:
    token = dibs.desk.context.tokens.token_of(reference)
    moved = await dibs.desk.changing.reschedule(reference, token, VISITOR, TWELVE, 1, AGAIN)
    return moved.reference


async def cancel(dibs: Dibs, reference: str) -> str:
    token = dibs.desk.context.tokens.token_of(reference)
    return (await dibs.desk.changing.cancel(reference, token, AGAIN)).reference


async def a_checkout(dibs: Dibs, _: str) -> str:
    return (await dibs.desk.booking.check_out(VISITOR, SlotRequest(1, TEN, 1))).token


async def a_booking(dibs: Dibs, _: str) -> str:
    return (await dibs.desk.booking.book(VISITOR, SlotRequest(1, TEN, 1), ANN)).reference


async def again_and_later(use_case: Step, dibs: Dibs, subject: str) -> str:
    """Send the same request again, then let every checkout expire.

    Returns the answer to the request and the times that a stranger can book then.
    """
    taken = [await use_case(dibs, subject)]
    clock = dibs.desk.context.clock
    assert isinstance(clock, StoppedClock)
    clock.present = NOW + CHECKOUT_LIFETIME
    for time in (TEN, TWELVE):
        try:
            await dibs.desk.booking.book(STRANGER, SlotRequest(1, time, 1), BOB)
        except Conflict:
            continue
        taken.append(time.isoformat())
    return " ".join(taken)


#: By name: the step before, the use case, the bookings in which it may end, and the times that a
#: stranger may book afterwards.
CASES: dict[str, tuple[Step | None, Step, list[tuple[str, datetime]], list[datetime]]] = {
    "select": (None, select, [], [TEN, TWELVE]),
    "check out": (None, check_out, [("pending", TEN)], [TEN, TWELVE]),
    "confirm": (a_checkout, confirm, [("confirmed", TEN)], [TWELVE]),
    "book directly": (None, book, [("confirmed", TEN)], [TWELVE]),
    "reschedule": (a_booking, reschedule, [("confirmed", TWELVE)], [TEN]),
    "cancel": (a_booking, cancel, [("cancelled", TEN)], [TEN, TWELVE]),
}


@pytest.mark.scenario(37)
@pytest.mark.parametrize("name", CASES)
def test_killed_anywhere_nothing_is_lost_doubled_or_stuck(name: str, tmp_path: Path) -> None:
    before, use_case, result, free_afterwards = CASES[name]
    template = tmp_path / "before"
    template.mkdir()
    migrate(template / "dibs.db")
    run(template, set_up)
    subject = (run(template, before) if before else "") or ""
    start = rows(template)
    for dies_at in itertools.count(1):
        data = tmp_path / str(dies_at)
        shutil.copytree(template, data)
        answer = run(data, use_case, subject, dies_at=dies_at)
        assert overlaps(data) == 0
        if answer is None:
            assert rows(data) in (start, result), "it happened as a whole or not at all"
        again, *free = (run(data, partial(again_and_later, use_case), subject) or "").split()
        assert answer in (None, again), "what was answered stays the answer"
        assert free == [time.isoformat() for time in free_afterwards]
        strangers = [("confirmed", time) for time in free_afterwards]
        assert [row for row in rows(data) if row[0] != "expired"] == [
            row for row in result + strangers if row[0] != "pending"
        ], "sent again, it has happened once"
        assert overlaps(data) == 0
        if answer is not None:
            break
    assert dies_at > 5 or name == "select", "the hook has counted the statements"


def rows(data: Path) -> list[tuple[str, datetime]]:
    """Return status and start of every booking."""
    with closing(sqlite3.connect(data / "dibs.db")) as database:
        found = database.execute("SELECT status, starts_at FROM bookings ORDER BY id").fetchall()
    times = {microseconds(time): time for time in (TEN, TWELVE)}
    return [(status, times[starts_at]) for status, starts_at in found]


def overlaps(data: Path) -> int:
    """Count the pairs of live bookings that overlap, plus the live bookings without an
    allocation."""
    with closing(sqlite3.connect(data / "dibs.db")) as database:
        (pairs,) = database.execute(
            "SELECT count(*) FROM allocations a JOIN allocations b ON a.id < b.id"
            " AND a.resource_id = b.resource_id AND a.lane = b.lane"
            " AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        ).fetchone()
        (unguarded,) = database.execute(
            "SELECT count(*) FROM bookings k LEFT JOIN allocations a ON a.booking_id = k.id"
            " WHERE (k.status IN ('pending', 'confirmed')) <> (a.id IS NOT NULL)"
        ).fetchone()
    return int(pairs) + int(unguarded)


RETIRED_AT = NOW + timedelta(days=2000)


async def apply_retention(dibs: Dibs, _: str) -> str:
    report = await dibs.desk.retention.apply()
    return " ".join(f"{kind}={count}" for kind, count in report.counts.items() if count)


async def apply_here(data: Path) -> None:
    dibs = build(Settings(data=data), "secret", StoppedClock(RETIRED_AT))
    await dibs.desk.retention.apply()
    await dibs.close()


async def make_old_rows(dibs: Dibs, _: str) -> str:
    token = (await dibs.desk.booking.check_out(STRANGER, SlotRequest(1, TWELVE, 1))).token
    await dibs.desk.booking.abandon(STRANGER, token)
    booked = await book(dibs, "")
    await dibs.database.write(outbox.finish_events_before, NOW + timedelta(seconds=1))
    return booked


@pytest.mark.scenario(37)
def test_retention_that_is_killed_anywhere_is_done_the_next_time(tmp_path: Path) -> None:
    template = tmp_path / "before"
    template.mkdir()
    migrate(template / "dibs.db")
    run(template, set_up)
    run(template, make_old_rows)
    changes = sum(versions(template))
    for dies_at in itertools.count(1):
        data = tmp_path / str(dies_at)
        shutil.copytree(template, data)
        answer = run(data, apply_retention, dies_at=dies_at, now=RETIRED_AT)
        assert sum(versions(data)) >= changes, "no version falls"
        asyncio.run(apply_here(data))
        assert rows(data) == [("completed", TEN)]
        assert overlaps(data) == 0
        resources, boards = versions(data)
        assert (resources + boards >= changes, boards) == (True, 0)
        assert [count_rows(data, table) for table in ("audit", "outbox", "idempotency")] == [
            1,
            1,
            0,
        ]
        if answer is not None:
            break
    assert dies_at > 20, "the hook has counted the statements"


def versions(data: Path) -> tuple[int, int]:
    """Return the sum of the versions of all resources, and that of all boards."""
    with closing(sqlite3.connect(data / "dibs.db")) as database:
        return tuple(
            database.execute(f"SELECT coalesce(sum(version), 0) FROM {table}").fetchone()[0]
            for table in ("resources", "boards")
        )


def count_rows(data: Path, table: str) -> int:
    with closing(sqlite3.connect(data / "dibs.db")) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
