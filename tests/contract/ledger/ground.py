"""A database under test, and how to write bookings into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dibs.availability.boards import BoardKey
from dibs.availability.intervals import Interval
from dibs.availability.slots import ServiceSlot
from dibs.ledger import boards, bookings, catalog_rows, seats
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.catalog import Catalog
from dibs.ledger.database import Database, Transaction
from dibs.ledger.seats import Seat
from tests.support.days import at as on_day
from tests.support.hand_clock import HandClock

DAY = date(2026, 11, 25)
ANN = Customer("Ann Lee", "ann@example.com")
CONSULTATION, CLASS = 1, 4


def at(clock: str) -> datetime:
    return on_day(clock, DAY)


@dataclass
class Ground:
    """A database with the demo's catalog.

    `plain` runs SQL (`?` for parameters, instants as datetimes) on a connection of its own that
    knows nothing of Dibs, and commits it; a refusal by the database raises `Refused`.
    """

    database: Database
    clock: HandClock
    plain: Callable[..., list[tuple[Any, ...]]]

    def allocate(
        self,
        start: datetime | str | None,
        end: datetime | str | None,
        *,
        resource: int = 1,
        lane: int | None = 0,
        booking: int = 1,
        insert: str = "INSERT",
        service: int = CONSULTATION,
        slot: datetime | str | None = None,
        capacity: int = 1,
    ) -> None:
        """Insert an allocation. Without `slot`, the service starts when the allocation starts."""
        self.plain(
            f"{insert} INTO allocations (resource_id, lane, starts_at, ends_at, booking_id,"
            " service_id, slot_starts_at, capacity) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            resource,
            lane,
            start,
            end,
            booking,
            service,
            slot or start,
            capacity,
        )

    def count(self, table: str) -> int:
        found: int = self.plain(f"SELECT count(*) FROM {table}")[0][0]
        return found

    def list_allocations(self) -> list[tuple[Any, ...]]:
        return self.plain(
            "SELECT id, resource_id, lane, starts_at, ends_at FROM allocations ORDER BY id"
        )

    async def versions(self, *keys: BoardKey) -> list[int]:
        found = await self.database.read(boards.versions, keys)
        return [found[key] for key in keys]

    async def catalog(self) -> Catalog:
        found = await self.database.read(catalog_rows.read)
        assert found is not None
        return found

    async def change_catalog(self, wanted: Catalog) -> None:
        await self.database.write(catalog_rows.replace, wanted)


def place(
    start: str,
    minutes: int = 60,
    *,
    resource: int = 1,
    service: int = CONSULTATION,
    before: int = 0,
    after: int = 0,
    capacity: int = 1,
) -> Seat:
    """Return the first seat of a slot."""
    starts_at, ends_at = at(start), at(start) + timedelta(minutes=minutes)
    guarded = Interval(starts_at - timedelta(minutes=before), ends_at + timedelta(minutes=after))
    return Seat(ServiceSlot(starts_at, ends_at, guarded, service, resource), 0, capacity)


def draft(where: Seat, now: datetime, *, name: str = "first", pending: bool = False) -> Booking:
    assert where.slot.service_id is not None
    return Booking(
        id=0,
        reference=f"reference {name}",
        status="pending" if pending else "confirmed",
        token=f"token {name}",
        claim=f"claim {name}",
        visitor=f"visitor {name}",
        deadline=now + timedelta(minutes=10) if pending else None,
        service_id=where.slot.service_id,
        resource_id=where.slot.resource_id,
        starts_at=where.slot.starts_at,
        ends_at=where.slot.ends_at,
        price=None,
        customer=None if pending else ANN,
    )


def write(tx: Transaction, where: Seat, *, name: str = "first", pending: bool = False) -> Booking:
    seat = seats.find_seat(tx, where.slot, where.capacity)
    return bookings.insert_booking(
        tx, draft(where, tx.now, name=name, pending=pending), seat, "visitor"
    )


async def book(
    ground: Ground, where: Seat, *, name: str = "first", pending: bool = False
) -> Booking:
    return await ground.database.write(write, where, name=name, pending=pending)
