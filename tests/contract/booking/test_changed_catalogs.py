"""The catalog changes while times are sold: sold times stay, and the rest can still be booked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dibs.app import Dibs
from dibs.availability.boards import BoardKey
from dibs.availability.hours import WallInterval
from dibs.availability.slots import slot_at
from dibs.desk import administration
from dibs.desk.context import boards_of_booking
from dibs.desk.offers import SlotRequest
from dibs.desk.tokens import new_token
from dibs.errors import SlotTaken
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.catalog import Business, Catalog, Resource, Service
from dibs.live.board import SeenSlot
from dibs.settings import Settings
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(47)]

DAY = datetime(2026, 12, 8, tzinfo=UTC)
TEN, ELEVEN = (DAY + timedelta(hours=hour) for hour in (10, 11))
ANN = Customer("Ann Lee", "ann@example.com")
YOGA = Service(1, "Yoga", 60, (1,), capacity=3)
HOURS = {weekday: (WallInterval(540, 1020),) for weekday in range(1, 8)}
HALL = Resource(1, "Hall", "room", weekly=HOURS)


@pytest.fixture
async def dibs(settings: Settings) -> AsyncIterator[Dibs]:
    built = build(settings, HandClock())
    await apply(built)
    yield built
    await built.holds.aclose()
    await built.bus.aclose()
    await built.database.close()


async def apply(dibs: Dibs, **changes: Any) -> None:
    """Replace the catalog by one with a single class, changed as given."""
    yoga = replace(YOGA, **changes)
    wanted = Catalog(Business("T", "UTC", "EUR", 60), {1: yoga}, {1: HALL})
    await administration.apply(dibs.database, wanted)


async def book(dibs: Dibs, starts_at: datetime = TEN) -> Booking:
    return await dibs.desk.booking.book(new_token(), SlotRequest(1, starts_at), ANN)


async def cancel(dibs: Dibs, booking: Booking) -> None:
    token = dibs.desk.context.tokens.token_of(booking.reference)
    await dibs.desk.changing.cancel(booking.reference, token)


async def find_listed_slot(dibs: Dibs, starts_at: datetime = TEN) -> SeenSlot:
    """Return the slot of this start as the day view shows it."""
    catalog = await dibs.ledger.catalog()
    board = await dibs.hub.get(BoardKey(1, DAY.date()))
    return board.state_of(slot_at(starts_at, catalog.rules[1]), catalog.services[1])


async def is_in_month(dibs: Dibs, starts_at: datetime = TEN) -> bool:
    found = await dibs.desk.month.availability(1, DAY.date(), DAY.date())
    slots = found.days[DAY.date()].slots or ()
    return starts_at in [slot.starts_at for slot, _ in slots]


async def assert_full(dibs: Dibs) -> None:
    """Check that the views and every kind of claim say that no seat is left."""
    seen = await find_listed_slot(dibs)
    assert (seen.state, seen.seats) == ("taken", 0)
    assert not await is_in_month(dibs)
    slot_request = SlotRequest(1, TEN)
    with pytest.raises(SlotTaken):
        await dibs.desk.holding.hold(new_token(), 1, TEN)
    with pytest.raises(SlotTaken):
        await dibs.desk.booking.check_out(new_token(), slot_request)
    with pytest.raises(SlotTaken):
        await dibs.desk.booking.book(new_token(), slot_request, ANN)


@pytest.mark.parametrize(("before", "after"), [(3, 1), (4, 2), (4, 3)])
async def test_a_lowered_capacity_lets_nobody_in(dibs: Dibs, before: int, after: int) -> None:
    """It doesn't matter which seats are given back: here, those in the lowest lanes first."""
    await apply(dibs, capacity=before)
    sold = [await book(dibs) for _ in range(before)]
    await apply(dibs, capacity=after)
    await assert_full(dibs)
    for left in range(before - 1, after - 1, -1):
        await cancel(dibs, sold.pop(0))
        assert len(sold) == left
        await assert_full(dibs)
    await cancel(dibs, sold.pop(0))
    seen = await find_listed_slot(dibs)
    assert (seen.state, seen.seats) == ("free", 1)
    await book(dibs)
    await assert_full(dibs)


async def test_a_raised_capacity_lets_more_in(dibs: Dibs) -> None:
    await apply(dibs, capacity=1)
    await book(dibs)
    await assert_full(dibs)
    await apply(dibs, capacity=2)
    assert (await find_listed_slot(dibs)).seats == 1
    await book(dibs)
    await assert_full(dibs)


@pytest.mark.parametrize(
    "changes",
    [
        {"buffer_after": 10},
        {"buffer_before": 30, "buffer_after": 30},
        {"duration": 65},
        {"duration": 30},
    ],
    ids=str,
)
async def test_the_seats_left_in_a_changed_class_can_be_sold(
    dibs: Dibs, changes: dict[str, int]
) -> None:
    """This holds even if the classes before and after it are partly sold. The class keeps its
    times."""
    hour = timedelta(hours=1)
    first = await book(dibs)
    await book(dibs, TEN - hour)
    await book(dibs, ELEVEN)
    await apply(dibs, **changes)
    seen = await find_listed_slot(dibs)
    assert (seen.state, seen.seats, seen.slot.ends_at) == ("free", 2, ELEVEN)
    assert await is_in_month(dibs)
    hold = await dibs.desk.holding.hold(visitor := new_token(), 1, TEN)
    assert hold.slot.starts_at == TEN
    checkout = await dibs.desk.booking.check_out(visitor, SlotRequest(1, TEN))
    assert (checkout.starts_at, checkout.ends_at) == (first.starts_at, first.ends_at)
    await dibs.desk.booking.confirm(visitor, checkout.token, ANN)
    third = await book(dibs)
    assert (third.ends_at, third.guarded) == (first.ends_at, first.guarded)
    await assert_full(dibs)


async def test_a_class_that_nobody_has_booked_has_its_new_times(dibs: Dibs) -> None:
    await apply(dibs, duration=30, buffer_after=15)
    half = timedelta(minutes=30)
    assert (await find_listed_slot(dibs)).slot.ends_at == TEN + half
    booking = await book(dibs)
    assert booking.ends_at == TEN + half
    assert booking.guarded is not None
    assert booking.guarded.end == TEN + timedelta(minutes=45)


async def test_a_move_into_a_changed_class_takes_the_times_of_the_class(dibs: Dibs) -> None:
    await book(dibs)
    other = await book(dibs, ELEVEN)
    await apply(dibs, duration=45)
    token = dibs.desk.context.tokens.token_of(other.reference)
    moved = await dibs.desk.changing.reschedule(other.reference, token, new_token(), TEN)
    assert (moved.starts_at, moved.ends_at) == (TEN, ELEVEN)


async def test_a_class_that_touched_the_next_day_is_told_of_there(dibs: Dibs) -> None:
    """The booking's buffer reaches past midnight, and the new catalog no longer has that buffer.
    Viewers of the next day must still hear of the change."""
    night = {weekday: (WallInterval(0, 1440),) for weekday in range(1, 8)}
    hall = replace(HALL, weekly=night)
    late = DAY + timedelta(hours=22)

    async def change(buffer_after: int) -> None:
        yoga = replace(YOGA, buffer_after=buffer_after)
        wanted = Catalog(Business("T", "UTC", "EUR", 60), {1: yoga}, {1: hall})
        await administration.apply(dibs.database, wanted)

    await change(120)
    first = await book(dibs, late)
    await change(0)
    keys = boards_of_booking(await dibs.ledger.catalog(), first)
    before = (await dibs.ledger.poll_changes(keys, None)).versions or {}
    await book(dibs, late)
    after = (await dibs.ledger.poll_changes(keys, None)).versions or {}
    assert len(keys) == 2
    assert all(after[key] > before[key] for key in keys)
