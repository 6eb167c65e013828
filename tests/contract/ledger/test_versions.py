"""Whatever happens to a board's bookings, hours or services, its ledger version rises."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from dibs.app import Dibs
from dibs.availability.boards import BoardKey
from dibs.availability.hours import WallInterval
from dibs.desk import administration
from dibs.desk.expiry import AT_ONCE
from dibs.desk.offers import SlotRequest
from dibs.errors import Conflict
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.catalog import Business, Catalog, Resource, Service, TimeOff
from dibs.settings import Settings
from tests.support.dibs_in_process import build, furnish
from tests.support.hand_clock import HandClock

pytestmark = pytest.mark.anyio

DAY = date(2026, 11, 25)
BOARD = BoardKey(1, DAY)
NEXT = BoardKey(1, DAY + timedelta(days=1))
OTHER = BoardKey(2, DAY)
ANN = Customer("Ann Lee", "ann@example.com")
ALL_WEEK = {weekday: (WallInterval(0, 1440),) for weekday in range(1, 8)}
#: Open day and night, so that bookings can cross midnight.
NIGHT_SHOP = Catalog(
    Business("Night Shop", "UTC", "EUR", 30),
    {1: Service(1, "Repair", 60, (1, 2), price=Decimal("30.00"))},
    {each: Resource(each, f"Bench {each}", weekly=ALL_WEEK) for each in (1, 2)},
)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="module")
def night_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(tmp_path_factory.mktemp("night"), NIGHT_SHOP).database_file


@pytest.fixture
async def dibs(night_shop: Path, tmp_path: Path, clock: HandClock) -> AsyncIterator[Dibs]:
    settings = Settings(data=tmp_path)
    settings.database_file.write_bytes(night_shop.read_bytes())
    built = build(settings, clock)
    yield built
    await built.database.close()


def at(hours: float, day: date = DAY) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=hours)


def slot_request(hours: float) -> SlotRequest:
    return SlotRequest(1, at(hours), resource_id=1)


@asynccontextmanager
async def rising(dibs: Dibs, *expected: BoardKey) -> AsyncIterator[None]:
    """Check that in the block the versions of exactly these boards rise, and with them the number
    of changes. No version may fall."""
    keys = (BOARD, NEXT, OTHER)
    changes_before = await dibs.ledger.poll_changes(keys, None)
    yield
    changes_after = await dibs.ledger.poll_changes(keys, None)
    before, after = changes_before.versions, changes_after.versions
    assert before is not None
    assert after is not None
    assert {key for key in keys if after[key] > before[key]} == set(expected)
    assert all(after[key] >= before[key] for key in keys)
    assert (changes_after.changes > changes_before.changes) is bool(expected)


async def test_a_checkout_and_its_confirmation_each_raise_it(dibs: Dibs) -> None:
    async with rising(dibs, BOARD):
        checkout = await dibs.desk.booking.check_out("ann", slot_request(10))
    async with rising(dibs, BOARD):
        await dibs.desk.booking.confirm("ann", checkout.token, ANN)


async def test_a_checkout_that_is_abandoned_raises_it(dibs: Dibs) -> None:
    checkout = await dibs.desk.booking.check_out("ann", slot_request(10))
    async with rising(dibs, BOARD):
        await dibs.desk.booking.abandon("ann", checkout.token)


async def test_a_checkout_that_runs_out_raises_it(dibs: Dibs, clock: HandClock) -> None:
    await dibs.desk.booking.check_out("ann", slot_request(10))
    assert not (await dibs.ledger.poll_changes((), None)).overdue
    clock.advance(dibs.settings.checkout_lifetime.total_seconds())
    assert (await dibs.ledger.poll_changes((), None)).overdue
    async with rising(dibs, BOARD):
        await dibs.desk.sweep()
    assert not (await dibs.ledger.poll_changes((), None)).overdue
    async with rising(dibs):
        await dibs.desk.sweep()


async def test_a_backlog_of_checkouts_is_worked_off(dibs: Dibs, clock: HandClock) -> None:
    started = 0
    for day in range(4):
        for half in range(40):
            start = at(half / 2, DAY + timedelta(days=day))
            try:
                await dibs.desk.booking.check_out(
                    f"{day} {half}", SlotRequest(1, start, resource_id=1)
                )
            except Conflict:
                continue
            started += 1
    assert started > AT_ONCE
    clock.advance(dibs.settings.checkout_lifetime.total_seconds())
    await dibs.desk.sweep()
    assert not (await dibs.ledger.poll_changes((), None)).overdue


async def test_a_booking_raises_it_and_a_second_look_does_not(dibs: Dibs) -> None:
    async with rising(dibs, BOARD):
        await dibs.desk.booking.book("ann", slot_request(10), ANN)
    async with rising(dibs):
        await dibs.ledger.read_board(BOARD)


async def test_a_booking_across_midnight_raises_both_days(dibs: Dibs) -> None:
    async with rising(dibs, BOARD, NEXT):
        await dibs.desk.booking.book("ann", slot_request(23.5), ANN)


async def test_a_cancellation_raises_every_day_the_booking_was_on(dibs: Dibs) -> None:
    booking = await dibs.desk.booking.book("ann", slot_request(23.5), ANN)
    token = dibs.desk.context.tokens.token_of(booking.reference)
    async with rising(dibs, BOARD, NEXT):
        await dibs.desk.changing.cancel(booking.reference, token)


@pytest.mark.scenario(12)
async def test_a_reschedule_raises_the_old_day_and_the_new(dibs: Dibs) -> None:
    booking = await dibs.desk.booking.book("ann", slot_request(10), ANN)
    token = dibs.desk.context.tokens.token_of(booking.reference)
    async with rising(dibs, BOARD, NEXT):
        await dibs.desk.changing.reschedule(booking.reference, token, "ann", at(34))


async def test_a_reschedule_to_another_person_raises_both(dibs: Dibs) -> None:
    booking = await dibs.desk.booking.book("ann", slot_request(10), ANN)
    token = dibs.desk.context.tokens.token_of(booking.reference)
    async with rising(dibs, BOARD, OTHER):
        await dibs.desk.changing.reschedule(booking.reference, token, "ann", at(10), resource_id=2)


async def test_a_new_checkout_that_ends_the_former_raises_both_days(dibs: Dibs) -> None:
    await dibs.desk.booking.check_out("ann", slot_request(10))
    async with rising(dibs, BOARD, NEXT):
        await dibs.desk.booking.check_out("ann", slot_request(34))


async def test_a_refused_booking_raises_nothing(dibs: Dibs) -> None:
    await dibs.desk.booking.book("ann", slot_request(10), ANN)
    async with rising(dibs):
        answers = await asyncio.gather(
            dibs.desk.booking.book("bob", slot_request(10.5), ANN), return_exceptions=True
        )
    assert not isinstance(answers[0], Booking)


def rename_resource(catalog: Catalog) -> Catalog:
    bench = dataclasses.replace(catalog.resources[1], name="The good bench")
    return dataclasses.replace(catalog, resources={**catalog.resources, 1: bench})


def shut(catalog: Catalog) -> Catalog:
    bench = dataclasses.replace(catalog.resources[1], weekly={})
    return dataclasses.replace(catalog, resources={**catalog.resources, 1: bench})


def longer(catalog: Catalog) -> Catalog:
    repair = dataclasses.replace(catalog.services[1], duration=90)
    return dataclasses.replace(catalog, services={1: repair})


def on_holiday(catalog: Catalog) -> Catalog:
    return dataclasses.replace(
        catalog, closures=(TimeOff(datetime(2026, 12, 24), datetime(2026, 12, 27)),)
    )


@pytest.mark.scenario(32)
@pytest.mark.parametrize(
    ("change", "boards"),
    [
        (rename_resource, (BOARD, NEXT)),
        (shut, (BOARD, NEXT)),
        (longer, (BOARD, NEXT, OTHER)),
        (on_holiday, (BOARD, NEXT, OTHER)),
    ],
)
async def test_a_changed_catalog_raises_all_boards_it_concerns(
    dibs: Dibs, change: Callable[[Catalog], Catalog], boards: tuple[BoardKey, ...]
) -> None:
    async with rising(dibs, *boards):
        await administration.apply(dibs.database, change(NIGHT_SHOP))
    async with rising(dibs):
        await administration.apply(dibs.database, change(NIGHT_SHOP))


@pytest.mark.parametrize("again", ["book", "check_out"])
async def test_the_same_request_again_raises_nothing(dibs: Dibs, again: str) -> None:
    ask: dict[str, Callable[[], Awaitable[Booking]]] = {
        "book": lambda: dibs.desk.booking.confirm("ann", checkout.token, ANN),
        "check_out": lambda: dibs.desk.booking.check_out("ann", slot_request(10)),
    }
    checkout = await dibs.desk.booking.check_out("ann", slot_request(10))
    first = await ask[again]()
    async with rising(dibs):
        assert await ask[again]() == first
