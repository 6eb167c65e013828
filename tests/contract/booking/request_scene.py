"""A business that approves bookings, with helpers for what visitors and the office do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from dibs.app import Dibs
from dibs.availability.boards import BoardKey
from dibs.availability.hours import WallInterval
from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.desk.office.changes import Changes
from dibs.ledger import bookings
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.catalog import Business, Catalog, Resource, Service
from dibs.ledger.journal import Author
from dibs.ledger.tables import audit
from dibs.settings import Settings
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock

DAY = date(2026, 12, 8)
NOW = datetime(2026, 12, 8, 8, tzinfo=UTC)
ANN = Customer("Ann Lee", "ann@example.com")
BOB = Customer("Bob", "bob@example.com")
HOURS = {weekday: (WallInterval(540, 1020),) for weekday in range(1, 8)}
TALK = Service(1, "Talk", 60, (1,), approve_within=180)
CUT = Service(2, "Cut", 60, (1,))
YOGA = Service(3, "Yoga", 60, (1,), capacity=2, approve_within=180)
OWNER = Author("user")


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"{DAY} {clock}").replace(tzinfo=UTC)


@asynccontextmanager
async def asking(settings: Settings, clock: HandClock) -> AsyncIterator[Dibs]:
    """Yield a Dibs of a business with services that have to be approved."""
    built = build(settings, clock)
    people = {1: Resource(1, "Mia", weekly=HOURS)}
    offered = {each.id: each for each in (TALK, CUT, YOGA)}
    await administration.apply(
        built.database, Catalog(Business("S", "UTC", "EUR", 30), offered, people)
    )
    yield built
    await built.holds.aclose()
    await built.bus.aclose()
    await built.database.close()


async def ask(
    dibs: Dibs, clock: str = "14:00", who: str = "ann", customer: Customer = ANN, service: int = 1
) -> Booking:
    return await dibs.desk.booking.book(who, SlotRequest(service, at(clock), 1), customer)


async def answer(dibs: Dibs, booking: Booking, said: Any = "confirmed", **more: Any) -> Booking:
    return await dibs.desk.office.approvals.answer(OWNER, booking.reference, said, **more)


async def cancel(dibs: Dibs, booking: Booking) -> Booking:
    token = dibs.desk.context.tokens.token_of(booking.reference)
    return await dibs.desk.changing.cancel(booking.reference, token)


async def read_stored(dibs: Dibs, booking: Booking) -> Booking:
    found = await dibs.database.read(bookings.find_by_reference, booking.reference)
    assert found is not None
    return found


async def states(dibs: Dibs) -> list[tuple[datetime, str]]:
    board = await dibs.hub.get(BoardKey(1, DAY))
    return [(each.slot.starts_at, each.state) for each in board.claims]


async def actions(dibs: Dibs, booking: Booking) -> list[str]:
    def read(connection: Any) -> list[str]:
        found = select(audit.c.actor, audit.c.action).where(audit.c.booking_id == booking.id)
        rows = connection.execute(found.order_by(audit.c.id))
        return [f"{row.action} by {row.actor}" for row in rows]

    return await dibs.database.read(read)


async def move(dibs: Dibs, booking: Booking, clock: str) -> Booking:
    token = dibs.desk.context.tokens.token_of(booking.reference)
    return await dibs.desk.changing.reschedule(booking.reference, token, "ann", at(clock))


async def shift(dibs: Dibs, booking: Booking, clock: str, **more: Any) -> Booking:
    """Move a booking to another time in the office."""
    changes, appointments = Changes(starts_at=at(clock)), dibs.desk.office.appointments
    return await appointments.change(OWNER, booking.reference, changes, **more)
