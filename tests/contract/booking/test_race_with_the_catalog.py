"""The catalog changes while a write waits to lock its boards: only what the new catalog offers is
written.

Without the comparison inside the transaction, the same race writes times that are not on offer, on
either database, and the tests see it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dibs.app import Dibs, open_database
from dibs.availability.boards import BoardKey
from dibs.availability.hours import WallInterval
from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.desk.tokens import new_token
from dibs.errors import (
    DibsError,
    LedgerUnavailable,
    NotFound,
    ServiceRetired,
    SlotClosed,
    SlotTaken,
)
from dibs.ledger import catalog_rows
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.catalog import Business, Catalog, Resource, Service, TimeOff
from dibs.ledger.database import OWNERS_TRANSACTION_TIMEOUT, Database, Transaction
from dibs.settings import Settings
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock
from tests.support.open_transaction import open_transaction
from tests.support.plain_sql import connect

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(50)]

DAY = datetime(2026, 12, 8, tzinfo=UTC)
TEN, TWELVE = (DAY + timedelta(hours=hour) for hour in (10, 12))
ELSEWHERE = DAY + timedelta(days=1, hours=10)
ANN = Customer("Ann Lee", "ann@example.com")
YOGA = Service(1, "Yoga", 60, (1,), capacity=3)
OTHER = Service(2, "Talk", 60, (1,))
HALL = Resource(
    1, "Hall", "room", weekly={weekday: (WallInterval(540, 1020),) for weekday in range(1, 8)}
)
OPEN = Catalog(Business("T", "UTC", "EUR", 60), {1: YOGA, 2: OTHER}, {1: HALL})
WALL = DAY.replace(tzinfo=None)
CLOSURE = (TimeOff(WALL, WALL + timedelta(days=1), ""),)
WAITS_WITHIN = 30.0

Write = Callable[[Dibs, datetime], Awaitable[Booking]]
Outcome = Booking | BaseException


@dataclass(frozen=True)
class Change:
    """A change of the catalog while a write waits. The write must be refused with one of
    `refusals`, or, if there are none, follow the new catalog."""

    catalog: Catalog
    starts_at: datetime
    refusals: tuple[type[DibsError], ...] = ()

    def is_right(self, outcome: Outcome) -> bool:
        if self.refusals:
            return isinstance(outcome, self.refusals)
        lasts = timedelta(minutes=self.catalog.services[1].duration)
        return isinstance(outcome, Booking) and outcome.ends_at - outcome.starts_at == lasts


CHANGES = {
    "business closed": Change(replace(OPEN, closures=CLOSURE), TWELVE, (SlotClosed,)),
    "room closed": Change(
        replace(OPEN, resources={1: replace(HALL, closures=CLOSURE)}), TWELVE, (SlotClosed,)
    ),
    "capacity lowered": Change(
        replace(OPEN, services={1: replace(YOGA, capacity=2), 2: OTHER}), TEN, (SlotTaken,)
    ),
    "service retired": Change(
        replace(OPEN, services={2: OTHER}), TWELVE, (NotFound, ServiceRetired)
    ),
    "duration changed": Change(
        replace(OPEN, services={1: replace(YOGA, duration=90), 2: OTHER}), TWELVE
    ),
}


@pytest.fixture
async def dibs(settings: Settings) -> AsyncIterator[Dibs]:
    """Yield a Dibs with a class of which two seats are sold at ten."""
    built = build(settings, HandClock())
    await administration.apply(built.database, OPEN)
    for _ in range(2):
        await book(built, TEN)
    yield built
    await built.holds.aclose()
    await built.bus.aclose()
    await built.database.close()


@pytest.fixture
async def beside(settings: Settings) -> AsyncIterator[Database]:
    """Yield a connection to the same database, like that of another process."""
    database = open_database(settings, HandClock())
    yield database
    await database.close()


@pytest.fixture
def without_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Catalog, "has_versions", lambda *_: True)


async def book(dibs: Dibs, starts_at: datetime) -> Booking:
    return await dibs.desk.booking.book(new_token(), SlotRequest(1, starts_at), ANN)


async def check_out(dibs: Dibs, starts_at: datetime) -> Booking:
    return await dibs.desk.booking.check_out(new_token(), SlotRequest(1, starts_at))


async def move(dibs: Dibs, starts_at: datetime) -> Booking:
    """Move the booking that `race` made before."""
    reference = plain(dibs, "SELECT reference FROM bookings WHERE starts_at = ?", ELSEWHERE)[0][0]
    token = dibs.desk.context.tokens.token_of(reference)
    return await dibs.desk.changing.reschedule(reference, token, new_token(), starts_at)


def plain(dibs: Dibs, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connect(dibs.settings.database) as sql:
        return sql(statement, *values)


async def race(
    dibs: Dibs, beside: Database, monkeypatch: pytest.MonkeyPatch, change: Change, write: Write
) -> Outcome:
    """Change the catalog while a write has chosen its offer and waits to lock its boards.

    Returns the result of the write, or its error.
    """
    await book(dibs, ELSEWHERE)
    async with open_transaction(beside, WAITS_WITHIN) as tx:
        await tx.sql("UPDATE boards SET version = version")
        begun = announce_next_write(dibs, monkeypatch)
        waiting = asyncio.ensure_future(write(dibs, change.starts_at))
        async with asyncio.timeout(WAITS_WITHIN):
            await begun.wait()
            if not dibs.settings.is_embedded:
                await until_blocked(dibs, 1)
        if dibs.settings.is_embedded:
            # On SQLite only one transaction can write, so the change is made in this one.
            await tx.run(catalog_rows.replace, change.catalog)
        else:
            await administration.apply(beside, change.catalog)
    (outcome,) = await asyncio.gather(waiting, return_exceptions=True)
    return outcome


def announce_next_write(dibs: Dibs, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    begun = asyncio.Event()
    real = dibs.database.write_within

    def write(longest: float, operation: Callable[[Transaction], Any]) -> Any:
        begun.set()
        return real(longest, operation)

    monkeypatch.setattr(dibs.database, "write_within", write)
    return begun


async def until_blocked(dibs: Dibs, many: int) -> None:
    """Wait until this many PostgreSQL transactions wait for locks."""
    blocked = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(WAITS_WITHIN):
        while plain(dibs, blocked)[0][0] < many:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("write", [book, check_out, move])
@pytest.mark.parametrize("name", CHANGES)
async def test_what_is_written_is_on_offer_then(
    dibs: Dibs, beside: Database, monkeypatch: pytest.MonkeyPatch, name: str, write: Write
) -> None:
    change = CHANGES[name]
    outcome = await race(dibs, beside, monkeypatch, change, write)
    assert change.is_right(outcome), outcome
    if change.refusals:
        holds = await dibs.holds.read(BoardKey(1, change.starts_at.date()))
        assert holds.holds == (), "what was taken for the write is given back"


@pytest.mark.parametrize("name", CHANGES)
async def test_without_the_comparison_the_race_writes_what_is_not_on_offer(
    dibs: Dibs,
    beside: Database,
    monkeypatch: pytest.MonkeyPatch,
    without_comparison: None,
    name: str,
) -> None:
    outcome = await race(dibs, beside, monkeypatch, CHANGES[name], book)
    assert isinstance(outcome, Booking)
    assert not CHANGES[name].is_right(outcome)


async def test_a_checkout_that_was_begun_before_is_honoured(
    dibs: Dibs, beside: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = new_token()
    checkout = await dibs.desk.booking.check_out(visitor, SlotRequest(1, TWELVE))

    async def confirm(dibs: Dibs, _: datetime) -> Booking:
        return await dibs.desk.booking.confirm(visitor, checkout.token, ANN)

    change = CHANGES["business closed"]
    outcome = await race(dibs, beside, monkeypatch, change, confirm)
    assert isinstance(outcome, Booking), outcome
    assert outcome.status == "confirmed"


async def test_a_cancellation_is_told_on_the_boards_of_the_new_zone(
    dibs: Dibs, beside: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the time zone of Auckland, the booking is on the next local day."""
    booking = await book(dibs, TWELVE)
    auckland = replace(OPEN, business=replace(OPEN.business, time_zone="Pacific/Auckland"))
    key = BoardKey(1, DAY.date() + timedelta(days=1))
    own = "SELECT version FROM boards WHERE resource_id = 1 AND day = ?"
    before = plain(dibs, own, key.day)

    async def cancel(dibs: Dibs, _: datetime) -> Booking:
        return await dibs.desk.changing.cancel_as_owner(booking.reference)

    outcome = await race(dibs, beside, monkeypatch, Change(auckland, TWELVE), cancel)
    assert isinstance(outcome, Booking), outcome
    assert outcome.status == "cancelled"
    # One of the two changes is the booking that `race` makes on that day of UTC.
    assert plain(dibs, own, key.day)[0][0] - (before[0][0] if before else 0) == 2


async def test_of_two_changes_at_once_each_says_what_it_changed(
    dibs: Dibs, beside: Database
) -> None:
    """The catalog then matches one of the files, and is not half of each."""
    hall, seats = HALL, Resource(2, "Room", "room")
    await administration.apply(dibs.database, replace(OPEN, resources={1: hall, 2: seats}))
    files = [
        replace(OPEN, resources={1: replace(hall, name="Great Hall"), 2: seats}),
        replace(OPEN, resources={1: hall, 2: replace(seats, name="Small Room")}),
    ]
    async with asyncio.timeout(WAITS_WITHIN):
        lines = await apply_both_at_once(dibs, beside, files)
    assert sorted(map(len, lines)) == [1, 2], "the second takes back what the first has changed"
    found = await administration.export(dibs.database)
    last = files[len(lines[1]) - 1]
    assert found.resources == last.resources


async def apply_both_at_once(
    dibs: Dibs, beside: Database, files: list[Catalog]
) -> list[tuple[str, ...]]:
    """Apply both catalogs so that each has begun before either can write. Returns the lines of each
    report."""
    databases = [dibs.database, beside]
    async with locking_resources(dibs) as is_held:
        both = [
            asyncio.ensure_future(administration.apply(database, file))
            for database, file in zip(databases, files, strict=True)
        ]
        if is_held:
            await until_blocked(dibs, 2)
    return [each.lines for each in await asyncio.gather(*both)]


@asynccontextmanager
async def locking_resources(dibs: Dibs) -> AsyncIterator[bool]:
    """On PostgreSQL, lock the rows that both changes are going to write. On SQLite writers take
    turns anyway.

    Yields whether rows are locked.
    """
    if dibs.settings.is_embedded:
        yield False
        return
    with connect(dibs.settings.database) as sql:
        sql("BEGIN")
        sql("SELECT 1 FROM resources FOR UPDATE")
        yield True
        sql("COMMIT")


async def test_an_owner_waits_longer_for_a_slow_writer_than_a_visitor(
    dibs: Dibs, beside: Database, settings: Settings
) -> None:
    wanted = CHANGES["capacity lowered"].catalog
    visitors = open_database(settings, HandClock(), longest=0.3)
    owners = open_database(settings, HandClock(), longest=OWNERS_TRANSACTION_TIMEOUT)
    async with open_transaction(beside, WAITS_WITHIN) as tx:
        await tx.lock_boards([BoardKey(1, DAY.date())])
        waiting = asyncio.ensure_future(administration.apply(owners, wanted))
        with pytest.raises(LedgerUnavailable):
            await administration.apply(visitors, wanted)
        assert not waiting.done()
    assert (await waiting).is_applied
    await visitors.close()
    await owners.close()
