"""The content of a calendar feed as time passes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from dibs.app import Dibs
from dibs.desk import administration, feeds
from dibs.desk.offers import SlotRequest
from dibs.errors import NotFound
from dibs.ledger.bookings import Booking, Customer
from dibs.settings import Settings
from tests.support.days import at
from tests.support.dibs_in_process import build, demo_catalog
from tests.support.hand_clock import HandClock

pytestmark = pytest.mark.anyio

#: A Wednesday, three days after the clock starts.
DAY = date(2026, 11, 25)
URL = "https://studio.example/book"
ANN = Customer("Ann Lee", "ann@example.com")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def dibs(settings: Settings, clock: HandClock) -> AsyncIterator[Dibs]:
    built = build(settings, clock)
    yield built
    await built.close()


async def book(dibs: Dibs, time: str = "10:00", resource: int = 1) -> Booking:
    wanted = SlotRequest(1, at(time, DAY), resource)
    return await dibs.desk.booking.book(f"ann {time}", wanted, ANN)


async def read(dibs: Dibs, token: str) -> list[Any]:
    file = await dibs.desk.calendars.read_feed(token, URL)
    written = await dibs.desk.calendars.write_feed(file)
    return Calendar.from_ical(written).walk("VEVENT")


def names(events: list[Any]) -> list[str]:
    return [str(event["uid"]) for event in events]


async def test_a_booking_stays_in_a_feed_for_thirty_days(dibs: Dibs, clock: HandClock) -> None:
    _, token = await feeds.new_feed(dibs.database, 1)
    booking = await book(dibs)
    (before,) = await read(dibs, token)
    assert str(before["uid"]) == f"{booking.reference}@studio.example"
    clock.advance(timedelta(days=33).total_seconds())
    await dibs.desk.retention.apply()
    assert (await dibs.desk.changing.read(booking.reference, _token(dibs, booking))).status == (
        "completed"
    )
    (after,) = await read(dibs, token)
    assert (after.start, str(after["status"])) == (before.start, "CONFIRMED")
    clock.advance(timedelta(days=1).total_seconds())
    assert await read(dibs, token) == []


def _token(dibs: Dibs, booking: Booking) -> str:
    return dibs.desk.context.tokens.token_of(booking.reference)


async def test_the_bookings_are_in_their_order(dibs: Dibs) -> None:
    _, token = await feeds.new_feed(dibs.database, None)
    made = [await book(dibs, time) for time in ("12:00", "09:30", "15:00")]
    in_order = sorted(made, key=lambda each: each.starts_at)
    host = "studio.example"
    assert names(await read(dibs, token)) == [f"{each.reference}@{host}" for each in in_order]


async def test_a_feed_of_somebody_who_is_retired_is_read_on(dibs: Dibs) -> None:
    _, token = await feeds.new_feed(dibs.database, 2)
    booking = await book(dibs, resource=2)
    known = demo_catalog()
    resources = {each: known.resources[each] for each in known.resources if each != 2}
    services = {each: known.services[each] for each in (3, 4)}
    await administration.apply(
        dibs.database, replace(known, services=services, resources=resources)
    )
    (event,) = await read(dibs, token)
    assert names([event]) == [f"{booking.reference}@studio.example"]
    assert "Consultation" in event["summary"]
    with pytest.raises(NotFound):
        await feeds.new_feed(dibs.database, 2)


async def test_who_is_erased_is_no_longer_in_a_feed_but_the_booking_is(
    dibs: Dibs, clock: HandClock
) -> None:
    _, token = await feeds.new_feed(dibs.database, 1)
    await book(dibs)
    clock.advance(timedelta(days=5).total_seconds())
    before = await dibs.desk.calendars.read_feed(token, URL)
    assert b"Ann" in await dibs.desk.calendars.write_feed(before)
    await dibs.desk.customers.erase_customer(ANN.email)
    after = await dibs.desk.calendars.read_feed(token, URL)
    assert after.etag != before.etag
    written = await dibs.desk.calendars.write_feed(after)
    assert b"Ann" not in written
    assert len(Calendar.from_ical(written).walk("VEVENT")) == 1


async def test_a_change_of_the_catalog_changes_a_feed(dibs: Dibs) -> None:
    _, token = await feeds.new_feed(dibs.database, 1)
    await book(dibs)
    before = await dibs.desk.calendars.read_feed(token, URL)
    known = demo_catalog()
    sarah = replace(known.resources[1], name="Sarah Jones")
    await administration.apply(
        dibs.database, replace(known, resources={**known.resources, 1: sarah})
    )
    after = await dibs.desk.calendars.read_feed(token, URL)
    assert after.etag != before.etag
    assert b"Sarah Jones" in await dibs.desk.calendars.write_feed(after)
