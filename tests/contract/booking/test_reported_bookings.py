"""Listed times and bookable times, in cases where other booking software was reported to fail.

Each test is named after the rule that was broken elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dibs.availability.hours import WallInterval
from dibs.availability.wall import ONE_DAY
from dibs.desk.offers import SlotRequest
from dibs.errors import DibsError, ServiceRetired, SlotClosed
from dibs.ledger.catalog import Resource, Service, TimeOff
from dibs.live.day import Days
from tests.contract.booking.shop import (
    AN_HOUR,
    ANN,
    CLASS,
    DAY,
    HALF,
    HALF_HOUR,
    HOUR,
    OPEN,
    Open,
    at,
    catalog,
    week,
)

pytestmark = pytest.mark.anyio


def step(of: Service, minutes: int) -> Service:
    return replace(of, slot_interval=minutes)


A_CLASS = Service(CLASS, "Drawing", 20, (1,), slot_interval=10, capacity=4)
A_LONG_CLASS = replace(A_CLASS, duration=60, slot_interval=15)


# --- what runs now


@pytest.mark.parametrize("running", ["appointment", "class", "closure"])
async def test_what_has_begun_blocks_until_its_end(open_shop: Open, running: str) -> None:
    services = (step(AN_HOUR, 15), HALF_HOUR, A_LONG_CLASS)
    off = TimeOff(datetime(2026, 12, 2, 10), datetime(2026, 12, 2, 11))
    closures = (off,) if running == "closure" else ()
    shop = await open_shop(catalog(*services, closures=closures), at("09:56"))
    if running == "appointment":
        await shop.book(at("10:00"), HOUR)
    if running == "class":
        await shop.book(at("10:00"), CLASS)
    shop.clock.advance(9 * 60)  # 10:05
    reason = "slot_closed" if running == "closure" else "slot_taken"
    for service in (HOUR, HALF, CLASS):
        assert (await shop.list_times(service=service)).startswith("11:00 11:15 ")
        for clock in ("10:15", "10:30", "10:45"):
            assert await shop.try_start(at(clock), service) == reason
        assert await shop.try_start(at("10:00"), service) == "slot_closed"  # past
        assert await shop.try_start(at("11:00"), service) == "had"


async def test_the_time_after_an_appointment_blocks_though_it_is_over(open_shop: Open) -> None:
    cleaned = replace(step(AN_HOUR, 15), buffer_after=20)
    shop = await open_shop(catalog(cleaned, HALF_HOUR), at("09:56"))
    await shop.book(at("10:00"), HOUR)
    shop.clock.advance(65 * 60)  # 11:01
    assert (await shop.list_times(service=HALF)).startswith("11:30 11:45 ")
    assert await shop.try_start(at("11:15"), HALF) == "slot_taken"
    assert await shop.try_start(at("11:30"), HALF) == "had"


# --- one booking and the rest of the day


async def test_a_booking_does_not_shift_the_other_starts(open_shop: Open) -> None:
    service = replace(AN_HOUR, duration=45, slot_interval=15)
    morning = (WallInterval(9 * 60, 12 * 60),)
    shop = await open_shop(catalog(service, hours=morning), at("07:00"))
    await shop.book(at("10:00"))
    assert await shop.list_times() == "09:00 09:15 10:45 11:00 11:15"
    assert await shop.try_start(at("09:30")) == await shop.try_start(at("10:30")) == "slot_taken"


@pytest.mark.parametrize(("first", "other"), [("11:00", "13:00"), ("13:00", "11:00")])
async def test_the_first_booking_of_a_day_leaves_the_rest(
    open_shop: Open, first: str, other: str
) -> None:
    service = replace(AN_HOUR, duration=120, slot_interval=120)
    shop = await open_shop(catalog(service, hours=(WallInterval(11 * 60, 15 * 60),)), at("07:00"))
    await shop.book(at(first))
    assert await shop.list_times() == other
    assert await shop.try_start(at(other)) == "had"


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Pacific/Chatham", "Australia/Eucla"])
async def test_in_a_zone_of_quarter_hours_a_booking_takes_its_own_hour(
    open_shop: Open, zone: str
) -> None:
    shop = await open_shop(catalog(AN_HOUR, zone=zone), at("00:00", DAY - 2 * ONE_DAY))
    await shop.book(at("13:00", zone=zone))
    assert await shop.list_times(zone=zone) == "09:00 10:00 11:00 12:00 14:00 15:00 16:00"
    assert {each.minute for each in await shop.instants(DAY)} == {15}
    assert await shop.try_start(at("14:00", zone=zone)) == "had"


# --- classes


async def test_a_class_with_seats_keeps_other_starts_and_services_away(open_shop: Open) -> None:
    shop = await open_shop(catalog(A_CLASS, HALF_HOUR), at("07:00"))
    await shop.book(at("10:00"), CLASS)
    view = await Days(shop.dibs.hub, shop.dibs.ledger).get(CLASS, DAY, None)
    seats = {str(slot["starts_at"])[11:16]: slot["seats_left"] for slot in view.slots}
    assert (seats["09:40"], seats["09:50"], seats["10:00"], seats["10:10"]) == (4, 0, 3, 0)
    assert await shop.try_start(at("10:00"), CLASS) == "had"
    for clock in ("09:50", "10:10"):
        assert await shop.try_start(at(clock), CLASS) == "slot_taken"
    assert await shop.try_start(at("10:00"), HALF) == "slot_taken"
    assert await shop.try_start(at("10:20"), CLASS) == "had"


async def test_a_class_longer_than_half_the_day_is_listed(open_shop: Open) -> None:
    long = replace(A_CLASS, duration=300, slot_interval=30)
    shop = await open_shop(catalog(long), at("07:00"))
    assert await shop.list_times(service=CLASS) == "09:00 09:30 10:00 10:30 11:00 11:30 12:00"
    await shop.book(at("09:00"), CLASS)
    assert await shop.list_times(service=CLASS) == "09:00"


async def test_fewer_seats_than_are_sold_are_none_left(open_shop: Open) -> None:
    shop = await open_shop(catalog(A_CLASS, HALF_HOUR), at("07:00"))
    for _ in range(3):
        await shop.book(at("10:00"), CLASS)
    await shop.offer(catalog(replace(A_CLASS, capacity=2), HALF_HOUR))
    view = await Days(shop.dibs.hub, shop.dibs.ledger).get(CLASS, DAY, None)
    seats = {str(slot["starts_at"])[11:16]: slot["seats_left"] for slot in view.slots}
    assert (seats["10:00"], seats["11:00"]) == (0, 2)
    assert await shop.try_start(at("10:00"), CLASS) == "slot_taken"
    assert await shop.try_start(at("11:00"), HALF) == "had"


# --- what is not on offer


NOT_ON_OFFER = [
    (at("10:07"), "slot_closed"),
    (at("09:00") + timedelta(seconds=30), "slot_closed"),
    (at("09:00") + timedelta(milliseconds=1), "slot_closed"),
    (at("08:00"), "slot_closed"),  # before opening
    (at("17:00"), "slot_closed"),  # after closing
    (at("16:30"), "slot_closed"),  # too late for an hour
    (at("13:00"), "slot_closed"),  # a closure
    (at("14:45"), "slot_closed"),  # beside the grid
    (at("11:00"), "slot_taken"),  # in the buffer of a booking
    (at("09:30", DAY - ONE_DAY), "slot_closed"),  # past
    (at("11:30", DAY - ONE_DAY), "slot_closed"),  # within the notice
]


async def test_what_is_not_on_offer_is_refused_to_all_who_ask(open_shop: Open) -> None:
    service = replace(
        AN_HOUR,
        slot_interval=30,
        buffer_before=10,
        buffer_after=10,
        minimum_notice=120,
        booking_window_days=7,
    )
    off = TimeOff(datetime(2026, 12, 2, 12, 30), datetime(2026, 12, 2, 14))
    shop = await open_shop(catalog(service, closures=(off,)), at("09:45", DAY - ONE_DAY))
    await shop.book(at("10:00"))
    booking = await shop.book(at("15:00"), resource=None)
    before = await shop.instants(DAY - ONE_DAY, last=DAY + ONE_DAY)
    for start, reason in NOT_ON_OFFER:
        assert start not in before
        assert await shop.try_start(start) == reason
        with pytest.raises(DibsError) as refused:
            await shop.move(booking, start)
        assert refused.value.code == reason
    assert await shop.instants(DAY - ONE_DAY, last=DAY + ONE_DAY) == before


async def test_who_does_not_serve_and_what_is_retired_is_refused(open_shop: Open) -> None:
    other = Resource(2, "Noa", weekly=week(*OPEN))
    both = catalog(AN_HOUR, HALF_HOUR)
    shop = await open_shop(replace(both, resources={**both.resources, 2: other}), at("07:00"))
    assert await shop.try_start(at("10:00"), HOUR, 2) == "slot_closed"
    booking = await shop.book(at("10:00"))
    with pytest.raises(SlotClosed):
        await shop.move(booking, at("11:00"), 2)
    await shop.offer(catalog(HALF_HOUR))
    assert await shop.try_start(at("14:00"), HOUR) == "not_found"
    with pytest.raises(ServiceRetired):
        await shop.move(booking, at("11:00"))


async def test_a_hold_does_not_outlive_the_rule_that_offered_it(open_shop: Open) -> None:
    """The owner adds a closure between the hold and the booking."""
    shop = await open_shop(catalog(AN_HOUR), at("07:00"))
    desk = shop.dibs.desk
    await desk.holding.hold("ann", HOUR, at("10:00"), 1)
    off = TimeOff(datetime(2026, 12, 2, 9), datetime(2026, 12, 2, 11))
    await shop.offer(catalog(AN_HOUR, closures=(off,)))
    slot_request = SlotRequest(HOUR, at("10:00"), 1)
    with pytest.raises(SlotClosed):
        await desk.booking.check_out("ann", slot_request)
    with pytest.raises(SlotClosed):
        await desk.booking.book("ann", slot_request, ANN)
