"""Listed times and the limits for changes in other time zones, in cases where other booking
software was reported to fail."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from dibs.availability.hours import WallInterval
from dibs.availability.wall import ONE_DAY, day_of
from dibs.errors import BookingClosed, SlotClosed, TooLateToCancel, TooLateToMove
from tests.contract.booking.shop import AN_HOUR, DAY, HALF_HOUR, Open, at, catalog

pytestmark = pytest.mark.anyio
# --- far zones

NEW_YORK = "America/New_York"
FAR = [
    "Pacific/Pago_Pago",
    "Pacific/Kiritimati",
    "Asia/Kolkata",
    "America/St_Johns",
    "Pacific/Chatham",
    "Europe/London",
]
EARLY_AND_LATE = (WallInterval(7 * 60, 8 * 60), WallInterval(21 * 60, 24 * 60))


@pytest.fixture(params=["UTC", "Pacific/Auckland"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.mark.usefixtures("machine_zone")
@pytest.mark.parametrize("first", [date(2026, 11, 24), date(2026, 12, 25)])
async def test_people_in_far_zones_find_the_same_instants(open_shop: Open, first: date) -> None:
    """The days span the end of a month, and of a year."""
    shop = await open_shop(
        catalog(AN_HOUR, zone=NEW_YORK, hours=EARLY_AND_LATE), at("00:00", first, NEW_YORK)
    )
    days = [first + n * ONE_DAY for n in range(14)]
    right = [
        at(clock, day, NEW_YORK) for day in days for clock in ("07:00", "21:00", "22:00", "23:00")
    ]
    assert await shop.instants(first, last=days[-1]) == right
    for name in FAR:
        zone, found = ZoneInfo(name), []
        for local in [first - ONE_DAY, *days, days[-1] + ONE_DAY]:
            near = await shop.instants(local - ONE_DAY, last=local + ONE_DAY)
            found += [
                start for start in near if day_of(start, zone) == local and start <= right[-1]
            ]
        assert found == right


@pytest.mark.parametrize("zone", FAR)
async def test_a_person_in_a_far_zone_is_listed_on_days_of_their_own(
    open_shop: Open, zone: str
) -> None:
    shop = await open_shop(catalog(AN_HOUR, zone=zone, hours=EARLY_AND_LATE), at("00:00"))
    for day in (date(2026, 12, 31), date(2027, 1, 1)):
        assert await shop.list_times(day, zone=zone) == "07:00 21:00 22:00 23:00"
        assert await shop.try_start(at("23:00", day, zone)) == "had"


# --- the booking window


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "UTC", "Pacific/Kiritimati"])
async def test_the_booking_window_ends_with_its_last_local_day(open_shop: Open, zone: str) -> None:
    ahead = {10: 0, 11: 1, 12: 2, 17: 7}
    services = [replace(AN_HOUR, id=each, booking_window_days=days) for each, days in ahead.items()]
    always = (WallInterval(0, 1440),)
    shop = await open_shop(catalog(*services, zone=zone, hours=always), at("12:30", zone=zone))
    far = DAY + 90 * ONE_DAY
    for service, days in ahead.items():
        last = DAY + days * ONE_DAY
        listed = await shop.instants(DAY - ONE_DAY, service, last=last + 2 * ONE_DAY)
        assert (listed[0], listed[-1]) == (at("13:00", zone=zone), at("23:00", last, zone))
        assert len(listed) == 11 + 24 * days
        assert await shop.try_start(at("12:00", zone=zone), service) == "slot_closed"
        assert await shop.try_start(listed[0], service) == "had"
        assert await shop.try_start(listed[-1], service) == "had"
        assert await shop.try_start(listed[-1] + timedelta(hours=1), service) == "slot_closed"
        assert await shop.instants(far, service) == []
        assert await shop.try_start(at("12:00", far, zone), service) == "slot_closed"


async def test_a_notice_longer_than_the_window_leaves_nothing(open_shop: Open) -> None:
    service = replace(AN_HOUR, booking_window_days=1, minimum_notice=3 * 24 * 60)
    shop = await open_shop(catalog(service), at("07:00"))
    assert await shop.instants(DAY, last=DAY + 10 * ONE_DAY) == []
    for ahead in range(5):
        assert await shop.try_start(at("10:00", DAY + ahead * ONE_DAY)) == "slot_closed"


@pytest.mark.parametrize("zone", ["America/Chicago", "Asia/Tokyo"])
async def test_notice_and_the_end_of_changes_are_elapsed_time_in_any_zone(
    open_shop: Open, zone: str
) -> None:
    service = replace(AN_HOUR, minimum_notice=60, slot_interval=20)
    now = at("18:40", zone=zone)
    evening = (WallInterval(9 * 60, 22 * 60),)
    shop = await open_shop(catalog(service, zone=zone, hours=evening), now)
    assert await shop.list_times(zone=zone) == "19:40 20:00 20:20 20:40 21:00"
    assert await shop.try_start(at("19:20", zone=zone)) == "slot_closed"
    booking = await shop.book(at("19:40", zone=zone))
    shop.clock.advance(59 * 60)  # 19:39
    with pytest.raises(SlotClosed):  # the notice holds for a move, too
        await shop.move(booking, at("20:20", zone=zone))
    morrow = DAY + ONE_DAY
    moved = await shop.move(booking, at("10:00", morrow, zone))
    shop.clock.advance((at("10:00", morrow, zone) - shop.clock.now()).total_seconds())
    with pytest.raises(BookingClosed):  # it begins
        await shop.move(moved, at("15:00", morrow, zone))
    with pytest.raises(BookingClosed):
        await shop.cancel(moved)


@pytest.mark.scenario(48)
@pytest.mark.parametrize("zone", ["America/Chicago", "Asia/Tokyo"])
async def test_notices_are_elapsed_time_in_any_zone(open_shop: Open, zone: str) -> None:
    service = replace(AN_HOUR, move_notice=30, cancel_notice=20)
    evening = (WallInterval(9 * 60, 22 * 60),)
    shop = await open_shop(catalog(service, zone=zone, hours=evening), at("17:00", zone=zone))
    booking = await shop.book(at("18:00", zone=zone))
    assert booking.move_until == at("17:30", zone=zone)
    assert booking.cancel_until == at("17:40", zone=zone)
    shop.clock.advance(30 * 60 - 1)
    moved = await shop.move(booking, at("19:00", zone=zone))
    assert moved.move_until == at("18:30", zone=zone)
    shop.clock.advance(60 * 60 + 1)  # 18:30
    for change in (
        shop.move(moved, at("20:00", zone=zone)),
        shop.hold_for_move(moved, at("20:00", zone=zone)),
    ):
        with pytest.raises(TooLateToMove) as refusal:
            await change
        assert refusal.value.move_until == at("18:30", zone=zone)
    shop.clock.advance(10 * 60)  # 18:40
    with pytest.raises(TooLateToCancel) as cancelling:
        await shop.cancel(moved)
    assert cancelling.value.cancel_until == at("18:40", zone=zone)
    cancelled = await shop.dibs.desk.changing.cancel_as_owner(moved.reference)
    assert cancelled.status == "cancelled"
    assert await shop.cancel(moved) == cancelled


async def test_the_last_second_before_it_is_too_late_is_enough_to_cancel(open_shop: Open) -> None:
    service = replace(AN_HOUR, move_notice=60, cancel_notice=30)
    shop = await open_shop(catalog(service), at("09:00"))
    booking = await shop.book(at("10:00"))
    shop.clock.advance(30 * 60 - 1)
    with pytest.raises(TooLateToMove):
        await shop.move(booking, at("12:00"))
    assert (await shop.cancel(booking)).status == "cancelled"


async def test_what_can_no_longer_be_cancelled_can_be_moved_until_the_last_second(
    open_shop: Open,
) -> None:
    service = replace(AN_HOUR, move_notice=30, cancel_notice=60)
    shop = await open_shop(catalog(service), at("09:00"))
    booking = await shop.book(at("10:00"))
    shop.clock.advance(30 * 60 - 1)
    with pytest.raises(TooLateToCancel):
        await shop.cancel(booking)
    moved = await shop.move(booking, at("12:00"))
    assert (moved.starts_at, moved.cancel_until) == (at("12:00"), at("11:00"))
    assert (await shop.cancel(moved)).status == "cancelled"


async def test_the_notice_is_what_the_service_says_now_though_it_is_retired(
    open_shop: Open,
) -> None:
    shop = await open_shop(catalog(AN_HOUR, HALF_HOUR), at("08:00"))
    first, second = await shop.book(at("10:00")), await shop.book(at("12:00"))
    await shop.offer(catalog(replace(AN_HOUR, move_notice=60, cancel_notice=120), HALF_HOUR))
    with pytest.raises(TooLateToCancel):
        await shop.cancel(first)
    await shop.offer(catalog(HALF_HOUR))
    with pytest.raises(TooLateToCancel):
        await shop.cancel(first)
    cancelled = await shop.cancel(second)
    assert (cancelled.move_until, cancelled.cancel_until) == (at("11:00"), at("10:00"))


async def test_what_has_begun_is_closed_whatever_its_notices(open_shop: Open) -> None:
    service = replace(AN_HOUR, move_notice=30, cancel_notice=30)
    shop = await open_shop(catalog(service), at("09:00"))
    booking = await shop.book(at("10:00"))
    shop.clock.advance(60 * 60)
    with pytest.raises(BookingClosed) as refusal:
        await shop.cancel(booking)
    assert refusal.value.code == "booking_closed"
