"""The first free days are never older than the request, and unknown rather than wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dibs.app import Dibs
from dibs.desk import administration
from dibs.desk.first_free import MAX_SEARCH_DAYS, FirstFree
from dibs.desk.offers import SlotRequest
from dibs.errors import LedgerUnavailable, NotFound
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.catalog import Catalog, TimeOff
from dibs.settings import Settings
from tests.support.dibs_in_process import build, demo_catalog
from tests.support.hand_clock import HandClock

pytestmark = [pytest.mark.anyio]

ANN = Customer("Ann Lee", "ann@example.com")
CONSULTATION, SARAH = 1, 1
#: Wednesday morning, before the studio opens.
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 11, 25), date(2026, 11, 26)


def build_closure(first: date, last: date) -> tuple[TimeOff, ...]:
    midnight = datetime.min.time()
    return (
        TimeOff(
            datetime.combine(first, midnight), datetime.combine(last, midnight) + timedelta(days=1)
        ),
    )


def catalog(window: int | None = None, closures: tuple[TimeOff, ...] = ()) -> Catalog:
    plain = demo_catalog()
    service = replace(plain.services[CONSULTATION], booking_window_days=window)
    return replace(plain, services={**plain.services, CONSULTATION: service}, closures=closures)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
async def dibs(settings: Settings, clock: HandClock) -> AsyncIterator[Dibs]:
    built = build(settings, clock)
    await administration.apply(built.database, catalog())
    yield built
    await built.holds.aclose()
    await built.bus.aclose()
    await built.database.close()


async def search(dibs: Dibs, first: date | None = None, count: int = 1) -> FirstFree:
    return await dibs.desk.month.first_free(CONSULTATION, SARAH, first, count)


async def days(dibs: Dibs, first: date | None = None, count: int = 1) -> list[date]:
    found = (await search(dibs, first, count)).days
    assert found is not None
    return sorted(found)


async def book_all(dibs: Dibs, day: date) -> list[Booking]:
    found = (await search(dibs, day)).days
    assert found is not None
    booked: list[Booking] = []
    for slot, _ in found[day].slots or ():
        wanted = SlotRequest(CONSULTATION, slot.starts_at, SARAH)
        booked.append(await dibs.desk.booking.book("ann", wanted, ANN))
    return booked


async def test_a_full_day_is_passed_over_until_something_is_cancelled(dibs: Dibs) -> None:
    assert await days(dibs) == [TODAY]
    booked = await book_all(dibs, TODAY)
    assert await days(dibs) == [TOMORROW]
    await dibs.desk.changing.cancel_as_owner(booked[3].reference)
    assert await days(dibs) == [TODAY]


async def test_a_hold_takes_no_day(dibs: Dibs) -> None:
    booked = await book_all(dibs, TODAY)
    await dibs.desk.changing.cancel_as_owner(booked[3].reference)
    await dibs.desk.holding.hold("bob", CONSULTATION, booked[3].starts_at, SARAH)
    assert await days(dibs) == [TODAY]


async def test_the_clock_takes_a_day(dibs: Dibs, clock: HandClock) -> None:
    assert await days(dibs) == [TODAY]
    clock.advance(24 * 60 * 60)
    assert await days(dibs) == [TOMORROW]
    assert (await search(dibs, TODAY)).first == TOMORROW


async def test_a_closure_of_months_is_passed_over(dibs: Dibs) -> None:
    reopens = date(2027, 3, 1)
    closures = build_closure(TODAY, reopens - timedelta(days=1))
    await administration.apply(dibs.database, catalog(closures=closures))
    found = await search(dibs, count=2)
    assert (found.first, found.last) == (TODAY, reopens + timedelta(days=1))
    assert await days(dibs, count=2) == [reopens, reopens + timedelta(days=1)]


@pytest.mark.parametrize("first", [None, TODAY, date(2020, 1, 1)])
async def test_the_search_ends_after_a_year(dibs: Dibs, first: date | None) -> None:
    closures = build_closure(TODAY, TODAY + timedelta(days=400))
    await administration.apply(dibs.database, catalog(closures=closures))
    found = await search(dibs, first)
    assert found.days == {}
    assert found.first == TODAY
    assert (found.last - found.first).days in (MAX_SEARCH_DAYS - 2, MAX_SEARCH_DAYS - 1)


@pytest.mark.parametrize("window", [1, 40])
async def test_the_search_ends_with_the_booking_window(dibs: Dibs, window: int) -> None:
    ends = TODAY + timedelta(days=window)
    await administration.apply(dibs.database, catalog(window, build_closure(TODAY, ends)))
    found = await search(dibs)
    assert found.days == {}
    assert ends <= found.last < ends + timedelta(days=40)
    await administration.apply(
        dibs.database, catalog(window, build_closure(TODAY, ends - timedelta(days=1)))
    )
    assert await days(dibs, count=3) == [ends]
    assert await days(dibs, ends + timedelta(days=1)) == []


@pytest.mark.parametrize("readings", [0, 1])
async def test_what_cannot_be_read_is_unknown_though_later_days_are_free(
    dibs: Dibs, readings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger may be away from the start, or go away during the search."""
    closures = build_closure(TODAY, TODAY + timedelta(days=40))
    await administration.apply(dibs.database, catalog(closures=closures))
    assert len(await days(dibs)) == 1
    count_changes, left = dibs.ledger.count_changes, readings

    async def away(*args: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise LedgerUnavailable
        return await count_changes(*args)

    monkeypatch.setattr(dibs.ledger, "count_changes", away)
    found = await search(dibs)
    assert found.days is None
    assert found.last == TODAY + timedelta(days=30 if readings else 0)


async def test_a_ledger_that_hangs_on_the_way_delays_the_answer_once(
    dibs: Dibs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All parts of the search together have the time of one month view."""
    closures = build_closure(TODAY, TODAY + timedelta(days=400))
    await administration.apply(dibs.database, catalog(closures=closures))
    await search(dibs)
    monkeypatch.setattr("dibs.desk.month.ANSWER_TIMEOUT", 0.5)
    count_changes = dibs.ledger.count_changes

    async def slow(*args: Any) -> Any:
        await asyncio.sleep(0.1)
        return await count_changes(*args)

    monkeypatch.setattr(dibs.ledger, "count_changes", slow)
    assert (await search(dibs)).days is None


async def test_an_unknown_service_or_resource_is_not_found(dibs: Dibs) -> None:
    for service, resource in ((99, None), (CONSULTATION, 99)):
        with pytest.raises(NotFound):
            await dibs.desk.month.first_free(service, resource, None, 1)
