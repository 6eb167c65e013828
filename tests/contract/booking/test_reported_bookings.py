"""What is listed and what can be had, where other booking software is reported to go wrong.

Everything runs within the test, over a database of its own and a clock that the test moves.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dibs.app import Dibs
from dibs.availability.hours import WallInterval
from dibs.availability.wall import ONE_DAY, day_of
from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.errors import BookingClosed, DibsError, ServiceRetired, SlotClosed, TooLateToChange
from dibs.holds.store import Hold
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.catalog import Business, Catalog, Resource, Service, TimeOff
from dibs.ledger.migrate import migrate
from dibs.live.day import Days
from dibs.settings import Settings
from tests.support.hand_clock import HandClock
from tests.support.studio import build

pytestmark = pytest.mark.anyio

ANN = Customer("Ann Lee", "ann@example.com")
DAY = date(2026, 12, 2)
OPEN = (WallInterval(9 * 60, 17 * 60),)
HOUR, HALF, CLASS = 1, 2, 3


def week(*hours: WallInterval) -> dict[int, tuple[WallInterval, ...]]:
    return dict.fromkeys(range(1, 8), hours)


def catalog(
    *services: Service,
    zone: str = "UTC",
    hours: tuple[WallInterval, ...] = OPEN,
    closures: tuple[TimeOff, ...] = (),
) -> Catalog:
    """These services, all of them by one person."""
    return Catalog(
        Business("Studio", zone, "EUR", 30),
        {each.id: each for each in services},
        {1: Resource(1, "Mia", weekly=week(*hours), closures=closures)},
    )


def at(clock: str, day: date = DAY, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


class Shop:
    """A Dibs whose time is `clock`."""

    def __init__(self, dibs: Dibs, clock: HandClock) -> None:
        self.dibs, self.clock = dibs, clock
        self._visitors = iter(range(1_000_000))

    async def offer(self, wanted: Catalog) -> None:
        """Another process does it, so what is shown is compared with the ledger first."""
        await administration.apply(self.dibs.database, wanted)
        self.clock.advance(2)
        await self.dibs.desk.month.catalog()

    async def instants(
        self, day: date, service: int = HOUR, resource: int | None = None, last: date | None = None
    ) -> list[datetime]:
        """The starts on offer from one day to another; month and days agree about them."""
        found = await self.dibs.desk.month.availability(service, day, last or day, resource)
        listed = []
        for each, free in found.days.items():
            assert free.slots is not None
            starts = [slot.starts_at for slot, _ in free.slots]
            assert {day_of(start, ZoneInfo(found.time_zone)) for start in starts} <= {each}
            assert set(starts) <= set(await self.shown(each, service, resource))
            listed += starts
        return listed

    async def shown(self, day: date, service: int, resource: int | None = None) -> list[datetime]:
        """The starts that the view of a day shows as free, whatever the time is now."""
        view = await Days(self.dibs.hub, self.dibs.ledger).get(service, day, resource)
        return [
            datetime.fromisoformat(str(slot["starts_at"]))
            for slot in view.slots
            if slot["state"] == "free"
        ]

    async def listed(self, day: date = DAY, service: int = HOUR, zone: str = "UTC") -> str:
        starts = await self.instants(day, service)
        return " ".join(f"{start.astimezone(ZoneInfo(zone)):%H:%M}" for start in starts)

    async def book(self, start: datetime, service: int = HOUR, resource: int | None = 1) -> Booking:
        wish = SlotRequest(service, start, resource)
        return await self.dibs.desk.booking.book(self.somebody(), wish, ANN)

    async def move(self, booking: Booking, start: datetime, resource: int | None = None) -> Booking:
        token = self.dibs.desk.context.tokens.of(booking.reference)
        return await self.dibs.desk.changing.reschedule(
            booking.reference, token, self.somebody(), start, resource
        )

    async def cancel(self, booking: Booking) -> Booking:
        token = self.dibs.desk.context.tokens.of(booking.reference)
        return await self.dibs.desk.changing.cancel(booking.reference, token)

    async def hold_for_move(self, booking: Booking, start: datetime) -> Hold:
        token = self.dibs.desk.context.tokens.of(booking.reference)
        return await self.dibs.desk.changing.hold(
            booking.reference, token, self.somebody(), booking.service_id, start
        )

    async def asked(self, start: datetime, service: int = HOUR, resource: int | None = 1) -> str:
        """What holds, checkouts and bookings of a start are told alike; nothing is left of them."""
        desk, wish = self.dibs.desk, SlotRequest(service, start, resource)
        told: set[str] = set()
        async with asking(told):
            visitor = self.somebody()
            hold = await desk.holding.hold(visitor, service, start, resource)
            await self.dibs.holds.release(hold.boards, hold.slot, visitor)
            await self.dibs.hub.refresh_all(hold.boards, ledger=False)
        async with asking(told):
            visitor = self.somebody()
            checkout = await desk.booking.check_out(visitor, wish)
            await desk.booking.abandon(visitor, checkout.token)
        async with asking(told):
            booked = await desk.booking.book(self.somebody(), wish, ANN)
            await desk.changing.cancel_as_owner(booked.reference)
        (answer,) = told
        return answer

    def somebody(self) -> str:
        return f"visitor {next(self._visitors)}"


@asynccontextmanager
async def asking(told: set[str]) -> AsyncIterator[None]:
    """Note what the block is told."""
    try:
        yield
        told.add("had")
    except DibsError as refusal:
        told.add(refusal.code)


Open = Callable[..., Awaitable[Shop]]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    settings = Settings(data=tmp_path_factory.mktemp("empty"))
    migrate(settings.database)
    return settings.database_file.read_bytes()


@pytest.fixture
async def open_shop(empty: bytes, tmp_path: Path) -> AsyncIterator[Open]:
    opened: list[Dibs] = []

    async def make(wanted: Catalog, now: datetime) -> Shop:
        settings = Settings(data=tmp_path / str(len(opened)))
        settings.data.mkdir()
        settings.database_file.write_bytes(empty)
        clock = HandClock(now)
        opened.append(build(settings, clock))
        shop = Shop(opened[-1], clock)
        await administration.apply(shop.dibs.database, wanted)
        return shop

    yield make
    for dibs in opened:
        await dibs.database.close()


def step(of: Service, minutes: int) -> Service:
    return replace(of, slot_interval=minutes)


AN_HOUR = Service(HOUR, "Massage", 60, (1,), slot_interval=60)
HALF_HOUR = Service(HALF, "Advice", 30, (1,), slot_interval=15)
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
        assert (await shop.listed(service=service)).startswith("11:00 11:15 ")
        for clock in ("10:15", "10:30", "10:45"):
            assert await shop.asked(at(clock), service) == reason
        assert await shop.asked(at("10:00"), service) == "slot_closed"  # past
        assert await shop.asked(at("11:00"), service) == "had"


async def test_the_time_after_an_appointment_blocks_though_it_is_over(open_shop: Open) -> None:
    cleaned = replace(step(AN_HOUR, 15), buffer_after=20)
    shop = await open_shop(catalog(cleaned, HALF_HOUR), at("09:56"))
    await shop.book(at("10:00"), HOUR)
    shop.clock.advance(65 * 60)  # 11:01
    assert (await shop.listed(service=HALF)).startswith("11:30 11:45 ")
    assert await shop.asked(at("11:15"), HALF) == "slot_taken"
    assert await shop.asked(at("11:30"), HALF) == "had"


# --- one booking and the rest of the day


async def test_a_booking_does_not_shift_the_other_starts(open_shop: Open) -> None:
    service = replace(AN_HOUR, duration=45, slot_interval=15)
    morning = (WallInterval(9 * 60, 12 * 60),)
    shop = await open_shop(catalog(service, hours=morning), at("07:00"))
    await shop.book(at("10:00"))
    assert await shop.listed() == "09:00 09:15 10:45 11:00 11:15"
    assert await shop.asked(at("09:30")) == await shop.asked(at("10:30")) == "slot_taken"


@pytest.mark.parametrize(("first", "other"), [("11:00", "13:00"), ("13:00", "11:00")])
async def test_the_first_booking_of_a_day_leaves_the_rest(
    open_shop: Open, first: str, other: str
) -> None:
    service = replace(AN_HOUR, duration=120, slot_interval=120)
    shop = await open_shop(catalog(service, hours=(WallInterval(11 * 60, 15 * 60),)), at("07:00"))
    await shop.book(at(first))
    assert await shop.listed() == other
    assert await shop.asked(at(other)) == "had"


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Pacific/Chatham", "Australia/Eucla"])
async def test_in_a_zone_of_quarter_hours_a_booking_takes_its_own_hour(
    open_shop: Open, zone: str
) -> None:
    shop = await open_shop(catalog(AN_HOUR, zone=zone), at("00:00", DAY - 2 * ONE_DAY))
    await shop.book(at("13:00", zone=zone))
    assert await shop.listed(zone=zone) == "09:00 10:00 11:00 12:00 14:00 15:00 16:00"
    assert {each.minute for each in await shop.instants(DAY)} == {15}
    assert await shop.asked(at("14:00", zone=zone)) == "had"


# --- classes


async def test_a_class_with_seats_keeps_other_starts_and_services_away(open_shop: Open) -> None:
    shop = await open_shop(catalog(A_CLASS, HALF_HOUR), at("07:00"))
    await shop.book(at("10:00"), CLASS)
    view = await Days(shop.dibs.hub, shop.dibs.ledger).get(CLASS, DAY, None)
    seats = {str(slot["starts_at"])[11:16]: slot["seats_left"] for slot in view.slots}
    assert (seats["09:40"], seats["09:50"], seats["10:00"], seats["10:10"]) == (4, 0, 3, 0)
    assert await shop.asked(at("10:00"), CLASS) == "had"
    for clock in ("09:50", "10:10"):
        assert await shop.asked(at(clock), CLASS) == "slot_taken"
    assert await shop.asked(at("10:00"), HALF) == "slot_taken"
    assert await shop.asked(at("10:20"), CLASS) == "had"


async def test_a_class_longer_than_half_the_day_is_listed(open_shop: Open) -> None:
    long = replace(A_CLASS, duration=300, slot_interval=30)
    shop = await open_shop(catalog(long), at("07:00"))
    assert await shop.listed(service=CLASS) == "09:00 09:30 10:00 10:30 11:00 11:30 12:00"
    await shop.book(at("09:00"), CLASS)
    assert await shop.listed(service=CLASS) == "09:00"


async def test_fewer_seats_than_are_sold_are_none_left(open_shop: Open) -> None:
    shop = await open_shop(catalog(A_CLASS, HALF_HOUR), at("07:00"))
    for _ in range(3):
        await shop.book(at("10:00"), CLASS)
    await shop.offer(catalog(replace(A_CLASS, capacity=2), HALF_HOUR))
    view = await Days(shop.dibs.hub, shop.dibs.ledger).get(CLASS, DAY, None)
    seats = {str(slot["starts_at"])[11:16]: slot["seats_left"] for slot in view.slots}
    assert (seats["10:00"], seats["11:00"]) == (0, 2)
    assert await shop.asked(at("10:00"), CLASS) == "slot_taken"
    assert await shop.asked(at("11:00"), HALF) == "had"


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
    """Over the end of a month, and of a year."""
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
        assert await shop.listed(day, zone=zone) == "07:00 21:00 22:00 23:00"
        assert await shop.asked(at("23:00", day, zone)) == "had"


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
        assert await shop.asked(at("12:00", zone=zone), service) == "slot_closed"
        assert await shop.asked(listed[0], service) == "had"
        assert await shop.asked(listed[-1], service) == "had"
        assert await shop.asked(listed[-1] + timedelta(hours=1), service) == "slot_closed"
        assert await shop.instants(far, service) == []
        assert await shop.asked(at("12:00", far, zone), service) == "slot_closed"


async def test_a_notice_longer_than_the_window_leaves_nothing(open_shop: Open) -> None:
    service = replace(AN_HOUR, booking_window_days=1, minimum_notice=3 * 24 * 60)
    shop = await open_shop(catalog(service), at("07:00"))
    assert await shop.instants(DAY, last=DAY + 10 * ONE_DAY) == []
    for ahead in range(5):
        assert await shop.asked(at("10:00", DAY + ahead * ONE_DAY)) == "slot_closed"


@pytest.mark.parametrize("zone", ["America/Chicago", "Asia/Tokyo"])
async def test_notice_and_the_end_of_changes_are_elapsed_time_in_any_zone(
    open_shop: Open, zone: str
) -> None:
    service = replace(AN_HOUR, minimum_notice=60, slot_interval=20)
    now = at("18:40", zone=zone)
    evening = (WallInterval(9 * 60, 22 * 60),)
    shop = await open_shop(catalog(service, zone=zone, hours=evening), now)
    assert await shop.listed(zone=zone) == "19:40 20:00 20:20 20:40 21:00"
    assert await shop.asked(at("19:20", zone=zone)) == "slot_closed"
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
async def test_a_change_notice_is_elapsed_time_in_any_zone(open_shop: Open, zone: str) -> None:
    service = replace(AN_HOUR, change_notice=30)
    evening = (WallInterval(9 * 60, 22 * 60),)
    shop = await open_shop(catalog(service, zone=zone, hours=evening), at("17:00", zone=zone))
    booking = await shop.book(at("18:00", zone=zone))
    assert booking.change_until == at("17:30", zone=zone)
    shop.clock.advance(30 * 60 - 1)
    moved = await shop.move(booking, at("19:00", zone=zone))
    assert moved.change_until == at("18:30", zone=zone)
    shop.clock.advance(60 * 60 + 1)  # 18:30
    for change in (
        shop.move(moved, at("20:00", zone=zone)),
        shop.cancel(moved),
        shop.hold_for_move(moved, at("20:00", zone=zone)),
    ):
        with pytest.raises(TooLateToChange) as refusal:
            await change
        assert refusal.value.change_until == at("18:30", zone=zone)
    cancelled = await shop.dibs.desk.changing.cancel_as_owner(moved.reference)
    assert cancelled.status == "cancelled"
    assert await shop.cancel(moved) == cancelled


async def test_the_last_second_before_the_end_of_changes_is_enough_to_cancel(
    open_shop: Open,
) -> None:
    shop = await open_shop(catalog(replace(AN_HOUR, change_notice=30)), at("09:00"))
    booking = await shop.book(at("10:00"))
    shop.clock.advance(30 * 60 - 1)
    assert (await shop.cancel(booking)).status == "cancelled"


async def test_the_change_notice_is_what_the_service_says_now_though_it_is_retired(
    open_shop: Open,
) -> None:
    shop = await open_shop(catalog(AN_HOUR, HALF_HOUR), at("08:00"))
    first, second = await shop.book(at("10:00")), await shop.book(at("12:00"))
    await shop.offer(catalog(replace(AN_HOUR, change_notice=120), HALF_HOUR))
    with pytest.raises(TooLateToChange):
        await shop.cancel(first)
    await shop.offer(catalog(HALF_HOUR))
    with pytest.raises(TooLateToChange):
        await shop.cancel(first)
    assert (await shop.cancel(second)).change_until == at("10:00")


async def test_what_has_begun_is_closed_whatever_its_change_notice(open_shop: Open) -> None:
    shop = await open_shop(catalog(replace(AN_HOUR, change_notice=30)), at("09:00"))
    booking = await shop.book(at("10:00"))
    shop.clock.advance(60 * 60)
    with pytest.raises(BookingClosed) as refusal:
        await shop.cancel(booking)
    assert refusal.value.code == "booking_closed"


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
        assert await shop.asked(start) == reason
        with pytest.raises(DibsError) as refused:
            await shop.move(booking, start)
        assert refused.value.code == reason
    assert await shop.instants(DAY - ONE_DAY, last=DAY + ONE_DAY) == before


async def test_who_does_not_serve_and_what_is_retired_is_refused(open_shop: Open) -> None:
    other = Resource(2, "Noa", weekly=week(*OPEN))
    both = catalog(AN_HOUR, HALF_HOUR)
    shop = await open_shop(replace(both, resources={**both.resources, 2: other}), at("07:00"))
    assert await shop.asked(at("10:00"), HOUR, 2) == "slot_closed"
    booking = await shop.book(at("10:00"))
    with pytest.raises(SlotClosed):
        await shop.move(booking, at("11:00"), 2)
    await shop.offer(catalog(HALF_HOUR))
    assert await shop.asked(at("14:00"), HOUR) == "not_found"
    with pytest.raises(ServiceRetired):
        await shop.move(booking, at("11:00"))


async def test_a_hold_does_not_outlive_the_rule_that_offered_it(open_shop: Open) -> None:
    """The owner closes between the hold and the booking."""
    shop = await open_shop(catalog(AN_HOUR), at("07:00"))
    desk = shop.dibs.desk
    await desk.holding.hold("ann", HOUR, at("10:00"), 1)
    off = TimeOff(datetime(2026, 12, 2, 9), datetime(2026, 12, 2, 11))
    await shop.offer(catalog(AN_HOUR, closures=(off,)))
    wish = SlotRequest(HOUR, at("10:00"), 1)
    with pytest.raises(SlotClosed):
        await desk.booking.check_out("ann", wish)
    with pytest.raises(SlotClosed):
        await desk.booking.book("ann", wish, ANN)
