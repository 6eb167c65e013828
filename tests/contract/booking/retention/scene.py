"""Shared parts of the retention tests: a day, a customer, and helpers that move the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from dibs.app import Dibs
from dibs.desk.offers import SlotRequest
from dibs.ledger.bookings import Booking, Customer
from tests.support.days import at
from tests.support.hand_clock import HandClock
from tests.support.old_rows import CONSULTATION, SARAH

#: A Wednesday, on which the demo is open until 17:00.
DAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANN = Customer("Ann Lee", "ann@example.com")
SECOND = timedelta(seconds=1)
Row = tuple[Any, ...]


async def book(dibs: Dibs, time: str = "10:00", day: date = DAY, who: str = "ann") -> Booking:
    return await dibs.desk.booking.book(who, SlotRequest(CONSULTATION, at(time, day), SARAH), ANN)


def advance_to(clock: HandClock, instant: datetime) -> None:
    clock.advance((instant - clock.now()).total_seconds())
