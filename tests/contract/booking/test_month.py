"""The month view is never older than the request, whatever parts of it are cached."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dibs.app import Dibs
from dibs.desk import administration
from dibs.desk.free_days import Availability
from dibs.desk.month import MonthDesk
from dibs.desk.offers import SlotRequest
from dibs.errors import LedgerUnavailable, NotFound
from dibs.ledger.bookings import Customer
from dibs.ledger.catalog import Catalog, TimeOff
from dibs.ledger.months import BusyChanges
from dibs.settings import Settings
from tests.support.days import at, working_day
from tests.support.dibs_in_process import build, demo_catalog
from tests.support.hand_clock import HandClock

pytestmark = [pytest.mark.anyio]

ANN = Customer("Ann Lee", "ann@example.com")
CONSULTATION, SARAH, MIKE = 1, 1, 2
DAY = working_day()
MINUTE = timedelta(minutes=1)


def without_window(**changes: Any) -> Catalog:
    """Return the demo's catalog with a consultation that can be booked for any day."""
    catalog = demo_catalog()
    service = replace(catalog.services[CONSULTATION], booking_window_days=None, **changes)
    return replace(catalog, services={**catalog.services, CONSULTATION: service})


@pytest.fixture
async def dibs(dibs: Dibs) -> Dibs:
    await administration.apply(dibs.database, without_window())
    return dibs


@pytest.fixture
async def other_node(settings: Settings, dibs: Dibs) -> AsyncIterator[Dibs]:
    """Yield another process over the same database. In the embedded mode that is a command of the
    owner."""
    built = build(settings)
    yield built
    await built.holds.aclose()
    await built.bus.aclose()
    await built.database.close()


async def ask(dibs: Dibs, resource: int | None = SARAH, day: date = DAY) -> Availability:
    week = timedelta(days=7)
    return await dibs.desk.month.availability(CONSULTATION, day - week, day + week, resource)


async def free(dibs: Dibs, clock: str = "10:00", resource: int | None = SARAH) -> set[int]:
    """Return the ids of the resources that are free at this time."""
    slots = (await ask(dibs, resource)).days[DAY].slots
    assert slots is not None
    start = at(clock, DAY)
    return {each for slot, ids in slots for each in ids if slot.starts_at == start}


def slot_request(clock: str = "10:00", resource: int | None = SARAH) -> SlotRequest:
    return SlotRequest(CONSULTATION, at(clock, DAY), resource)


async def test_an_answer_is_kept_while_nothing_changes(dibs: Dibs) -> None:
    assert await ask(dibs) is await ask(dibs)


@pytest.mark.parametrize("resource", [SARAH, None])
async def test_every_write_is_seen_once_it_is_answered(dibs: Dibs, resource: int | None) -> None:
    desk = dibs.desk
    assert SARAH in await free(dibs, resource=resource)
    checkout = await desk.booking.check_out("ann", slot_request())
    assert SARAH not in await free(dibs, resource=resource)
    booking = await desk.booking.confirm("ann", checkout.token, ANN)
    assert SARAH not in await free(dibs, resource=resource)
    await desk.changing.cancel_as_owner(booking.reference)
    assert SARAH in await free(dibs, resource=resource)
    booking = await desk.booking.book("ann", slot_request(), ANN)
    assert SARAH not in await free(dibs, resource=resource)


async def test_a_write_of_another_node_is_seen_once_it_is_answered(
    dibs: Dibs, other_node: Dibs
) -> None:
    """The nodes exchange no messages in this test: each asks the database itself."""
    for number in range(3):
        clock = f"1{number}:00"
        assert await free(dibs, clock) == await free(other_node, clock) == {SARAH}
        booking = await other_node.desk.booking.book("ann", slot_request(clock), ANN)
        assert await free(dibs, clock) == await free(other_node, clock) == set()
        await dibs.desk.changing.cancel_as_owner(booking.reference)
        assert await free(dibs, clock) == await free(other_node, clock) == {SARAH}


async def test_a_changed_catalog_is_seen_once_it_is_applied(dibs: Dibs, other_node: Dibs) -> None:
    assert await free(dibs, resource=None) == {SARAH, MIKE}
    plain = without_window()
    closed = TimeOff(
        datetime.combine(DAY, datetime.min.time()), at("11:00", DAY).replace(tzinfo=None)
    )
    sarah = replace(plain.resources[SARAH], closures=(closed,))
    changes: list[tuple[Catalog, set[int]]] = [
        (replace(plain, resources={**plain.resources, SARAH: sarah}), {MIKE}),
        (plain, {SARAH, MIKE}),
        (replace(plain, closures=(closed,)), set()),
        (without_window(resource_ids=(MIKE,)), {MIKE}),
        (without_window(resource_ids=()), set()),
        (without_window(slot_interval=45), {MIKE}),
        (plain, {SARAH, MIKE}),
    ]
    for catalog, expected in changes:
        await administration.apply(other_node.database, catalog)
        assert await free(dibs, resource=None) == expected
    await administration.apply(other_node.database, replace(plain, services={2: plain.services[2]}))
    with pytest.raises(NotFound):
        await ask(dibs)


async def test_a_raised_capacity_is_seen_though_hours_and_bookings_stay(dibs: Dibs) -> None:
    await dibs.desk.booking.book("ann", slot_request(), ANN)
    assert await free(dibs) == set()
    await administration.apply(dibs.database, without_window(capacity=2))
    assert await free(dibs) == {SARAH}
    await dibs.desk.booking.book("bob", slot_request(), ANN)
    assert await free(dibs) == set()


async def test_a_hold_does_not_count(dibs: Dibs) -> None:
    """A hold ends within minutes."""
    assert await free(dibs) == {SARAH}
    await dibs.desk.holding.hold("ann", CONSULTATION, at("10:00", DAY), SARAH)
    assert await free(dibs) == {SARAH}


async def test_a_day_of_another_time_zone_is_another_day(dibs: Dibs) -> None:
    assert await free(dibs) == {SARAH}
    await dibs.desk.booking.book("ann", slot_request("10:00"), ANN)
    plain = without_window()
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        sarah = replace(plain.resources[SARAH], time_zone=zone)
        catalog = replace(plain, resources={**plain.resources, SARAH: sarah})
        await administration.apply(dibs.database, catalog)
        assert await list_free(dibs, SARAH) == await list_free(dibs, SARAH, is_new=True)


async def list_free(dibs: Dibs, resource: int | None, *, is_new: bool = False) -> list[Any]:
    """Return all free slots, from the cache or, with `is_new`, computed from scratch."""
    month = MonthDesk(dibs.desk.context) if is_new else dibs.desk.month
    found = await month.availability(CONSULTATION, DAY - timedelta(days=7), DAY, resource)
    return [
        (day, slot.starts_at, tuple(ids))
        for day, free in found.days.items()
        for slot, ids in free.slots or ()
    ]


class MovedClock:
    """A Dibs whose clock is moved by the test. It lists a start only while it can still be
    booked."""

    def __init__(self, dibs: Dibs, clock: HandClock) -> None:
        self.dibs = dibs
        self.clock = clock

    async def starts(self, day: date) -> list[datetime]:
        found = await self.dibs.desk.month.availability(CONSULTATION, day, day, SARAH)
        return [slot.starts_at for slot, _ in found.days[day].slots or ()]


@pytest.fixture
async def moved(settings: Settings) -> AsyncIterator[MovedClock]:
    clock = HandClock(datetime(2026, 11, 25, 8, tzinfo=UTC))
    built = build(settings, clock)
    yield MovedClock(built, clock)
    await built.holds.aclose()
    await built.bus.aclose()
    await built.database.close()


async def test_the_clock_takes_starts_off_the_list_to_the_microsecond(moved: MovedClock) -> None:
    await administration.apply(moved.dibs.database, without_window(minimum_notice=60))
    day = date(2026, 11, 25)
    nine = datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert (await moved.starts(day))[0] == nine
    moved.clock.advance(1e-6)
    assert (await moved.starts(day))[0] == nine + 30 * MINUTE
    moved.clock.advance(-1e-6)
    assert (await moved.starts(day))[0] == nine
    moved.clock.advance(24 * 60 * 60)
    assert await moved.starts(day) == []


async def test_midnight_brings_a_new_day_into_the_booking_window(moved: MovedClock) -> None:
    plain = without_window()
    service = replace(plain.services[CONSULTATION], booking_window_days=1)
    catalog = replace(plain, services={CONSULTATION: service})
    await administration.apply(moved.dibs.database, catalog)
    day = date(2026, 11, 27)
    moved.clock.advance(16 * 60 * 60 - 1e-6)
    assert await moved.starts(day) == []
    moved.clock.advance(1e-6)
    assert len(await moved.starts(day)) == 16


async def test_those_who_ask_at_once_share_what_is_read(
    dibs: Dibs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first request reads the boards; later requests only count how often the boards have
    changed."""
    calls: list[str] = []

    def count_calls(step: str) -> Callable[..., Awaitable[Any]]:
        read = getattr(dibs.ledger, step)

        async def call(*args: Any) -> Any:
            calls.append(step)
            return await read(*args)

        return call

    for step in ("count_changes", "read_changes"):
        monkeypatch.setattr(dibs.ledger, step, count_calls(step))
    await asyncio.gather(*(ask(dibs) for _ in range(12)))
    assert calls == ["read_changes"]
    await asyncio.gather(*(ask(dibs) for _ in range(12)))
    assert calls == ["read_changes", "count_changes"]


async def test_only_the_resource_that_has_changed_is_read(
    dibs: Dibs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(dibs, None)
    await dibs.desk.booking.book("ann", slot_request(resource=MIKE), ANN)
    found: list[BusyChanges] = []
    read_changes = dibs.ledger.read_changes

    async def note_changes(*args: Any) -> Any:
        found.append(await read_changes(*args))
        return found[-1]

    monkeypatch.setattr(dibs.ledger, "read_changes", note_changes)
    assert await free(dibs, resource=None) == {SARAH}
    assert [list(each.busy) for each in found] == [[MIKE]]


async def test_who_asks_during_a_reading_gets_a_later_one(
    dibs: Dibs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reading that is under way may have looked before the write."""
    count_changes = dibs.ledger.count_changes
    has_read, go_on = asyncio.Event(), asyncio.Event()

    async def slow(*args: Any) -> Any:
        found = await count_changes(*args)
        has_read.set()
        await go_on.wait()
        return found

    assert await free(dibs) == {SARAH}
    monkeypatch.setattr(dibs.ledger, "count_changes", slow)
    first = asyncio.create_task(free(dibs))
    await has_read.wait()
    await dibs.desk.booking.book("ann", slot_request(), ANN)
    second = asyncio.create_task(free(dibs))
    await asyncio.sleep(0)
    go_on.set()
    assert await first == {SARAH}
    assert await second == set()


@pytest.mark.parametrize("step", ["count_changes", "read_changes"])
async def test_without_the_ledger_days_are_unknown_whatever_is_kept(
    dibs: Dibs, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(dibs)
    await dibs.desk.booking.book("ann", slot_request(), ANN)

    async def away(*args: Any) -> Any:
        raise LedgerUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(dibs.ledger, step, away)
        found = await ask(dibs)
        assert {day.slots for day in found.days.values()} == {None}
    assert await free(dibs) == set()


@pytest.mark.parametrize("step", ["count_changes", "read_changes"])
async def test_a_ledger_that_hangs_leaves_days_unknown(
    dibs: Dibs, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if step == "count_changes":
        await ask(dibs)

    async def hang(*args: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr("dibs.desk.month.ANSWER_TIMEOUT", 0.05)
    monkeypatch.setattr(dibs.ledger, step, hang)
    assert {day.slots for day in (await ask(dibs)).days.values()} == {None}
