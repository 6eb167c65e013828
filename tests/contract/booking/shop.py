"""A business whose catalog and time the test chooses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from dibs.app import Dibs
from dibs.availability.hours import WallInterval
from dibs.availability.wall import day_of
from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.errors import DibsError
from dibs.holds.store import Hold
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.catalog import Business, Catalog, Resource, Service, TimeOff
from dibs.live.day import Days
from tests.support.hand_clock import HandClock

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
    """Return a catalog of these services, all offered by one person."""
    return Catalog(
        Business("Studio", zone, "EUR", 30),
        {each.id: each for each in services},
        {1: Resource(1, "Mia", weekly=week(*hours), closures=closures)},
    )


def at(clock: str, day: date = DAY, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


class Shop:
    """A Dibs with the time of `clock`, and helpers to offer and try times."""

    def __init__(self, dibs: Dibs, clock: HandClock) -> None:
        self.dibs, self.clock = dibs, clock
        self._visitors = iter(range(1_000_000))

    async def offer(self, wanted: Catalog) -> None:
        """Change the catalog as another process does. Two seconds later the shown boards are
        compared with the ledger."""
        await administration.apply(self.dibs.database, wanted)
        self.clock.advance(2)
        await self.dibs.desk.month.catalog()

    async def instants(
        self, day: date, service: int = HOUR, resource: int | None = None, last: date | None = None
    ) -> list[datetime]:
        """Return the starts on offer from `day` to `last`. Checks that the month view and the day
        views agree."""
        found = await self.dibs.desk.month.availability(service, day, last or day, resource)
        listed = []
        for each, free in found.days.items():
            assert free.slots is not None
            starts = [slot.starts_at for slot, _ in free.slots]
            assert {day_of(start, ZoneInfo(found.time_zone)) for start in starts} <= {each}
            assert set(starts) <= set(await self.free_starts(each, service, resource))
            listed += starts
        return listed

    async def free_starts(
        self, day: date, service: int, resource: int | None = None
    ) -> list[datetime]:
        """Return the starts that the day view shows as free, including past ones."""
        view = await Days(self.dibs.hub, self.dibs.ledger).get(service, day, resource)
        return [
            datetime.fromisoformat(str(slot["starts_at"]))
            for slot in view.slots
            if slot["state"] == "free"
        ]

    async def list_times(self, day: date = DAY, service: int = HOUR, zone: str = "UTC") -> str:
        starts = await self.instants(day, service)
        return " ".join(f"{start.astimezone(ZoneInfo(zone)):%H:%M}" for start in starts)

    async def book(self, start: datetime, service: int = HOUR, resource: int | None = 1) -> Booking:
        slot_request = SlotRequest(service, start, resource)
        return await self.dibs.desk.booking.book(self.somebody(), slot_request, ANN)

    async def move(self, booking: Booking, start: datetime, resource: int | None = None) -> Booking:
        token = self.dibs.desk.context.tokens.token_of(booking.reference)
        return await self.dibs.desk.changing.reschedule(
            booking.reference, token, self.somebody(), start, resource
        )

    async def cancel(self, booking: Booking) -> Booking:
        token = self.dibs.desk.context.tokens.token_of(booking.reference)
        return await self.dibs.desk.changing.cancel(booking.reference, token)

    async def hold_for_move(self, booking: Booking, start: datetime) -> Hold:
        token = self.dibs.desk.context.tokens.token_of(booking.reference)
        return await self.dibs.desk.changing.hold(
            booking.reference, token, self.somebody(), booking.service_id, start
        )

    async def try_start(
        self, start: datetime, service: int = HOUR, resource: int | None = 1
    ) -> str:
        """Return "had" or the code of the refusal for a start.

        Checks that a hold, a checkout and a booking get the same result, and leaves none of them
        behind.
        """
        desk, slot_request = self.dibs.desk, SlotRequest(service, start, resource)
        told: set[str] = set()
        async with asking(told):
            visitor = self.somebody()
            hold = await desk.holding.hold(visitor, service, start, resource)
            await self.dibs.holds.release(hold.boards, hold.slot, visitor)
            await self.dibs.hub.refresh_all(hold.boards, ledger=False)
        async with asking(told):
            visitor = self.somebody()
            checkout = await desk.booking.check_out(visitor, slot_request)
            await desk.booking.abandon(visitor, checkout.token)
        async with asking(told):
            booked = await desk.booking.book(self.somebody(), slot_request, ANN)
            await desk.changing.cancel_as_owner(booked.reference)
        (answer,) = told
        return answer

    def somebody(self) -> str:
        return f"visitor {next(self._visitors)}"


@asynccontextmanager
async def asking(told: set[str]) -> AsyncIterator[None]:
    """Add the result of the block to `told`: "had", or the code of the refusal."""
    try:
        yield
        told.add("had")
    except DibsError as refusal:
        told.add(refusal.code)


Open = Callable[..., Awaitable[Shop]]
AN_HOUR = Service(HOUR, "Massage", 60, (1,), slot_interval=60)
HALF_HOUR = Service(HALF, "Advice", 30, (1,), slot_interval=15)
