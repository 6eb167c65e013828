"""Customers are reminded once of each booking, and never of one that was moved or cancelled."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dibs.desk import administration
from dibs.ledger.bookings import Customer
from tests.contract.notify.booking_scene import (
    ANN,
    DAY,
    HOUR,
    SARAH,
    book,
    cancel,
    deliver,
    letters,
    move,
    start_and_sequence,
    with_addresses,
)
from tests.contract.notify.scene import Scene
from tests.support.days import at
from tests.support.dibs_in_process import demo_catalog

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(24)]


async def until(scene: Scene, moment: datetime) -> None:
    """Let time pass until this moment, at most six hours at a time."""
    while scene.clock.now() < moment:
        scene.clock.advance(min(6 * HOUR, (moment - scene.clock.now()).total_seconds()))
        await deliver(scene)


async def test_a_customer_is_reminded_once_in_time(told: Scene) -> None:
    await book(told)
    start = at("10:00", DAY)
    await until(told, start - timedelta(days=1, seconds=1))
    assert letters(told, ANN.email) == ["confirmed"]
    await until(told, start - timedelta(days=1))
    assert letters(told, ANN.email) == ["confirmed", "reminder"]
    await until(told, start + timedelta(hours=2))
    assert letters(told, ANN.email) == ["confirmed", "reminder"]
    assert letters(told, SARAH) == ["confirmed"]


async def test_a_booking_is_reminded_of_as_often_as_the_catalog_says(told: Scene) -> None:
    await administration.apply(told.database, with_addresses(demo_catalog(), (2880, 1440, 60)))
    told.clock.advance((at("12:00", DAY) - timedelta(days=2) - told.clock.now()).total_seconds())
    await book(told)
    await until(told, at("09:00", DAY))
    await until(told, at("10:00", DAY))
    assert letters(told, ANN.email) == ["confirmed", "reminder", "reminder"], "two days: too late"


@pytest.mark.parametrize("when", ["before it is due", "while mail is away"])
async def test_nobody_is_reminded_of_what_is_cancelled(told: Scene, when: str) -> None:
    booking = await book(told)
    await deliver(told)
    due = at("10:00", DAY) - timedelta(days=1)
    if when == "while mail is away":
        told.mail_server.closed = True
        await until(told, due)
    await cancel(told, booking)
    told.mail_server.closed = False
    await until(told, at("10:00", DAY))
    assert letters(told, ANN.email) == ["confirmed", "cancelled"]


async def test_a_booking_that_was_moved_is_reminded_of_at_its_new_time(told: Scene) -> None:
    booking = await book(told)
    await move(told, booking, "15:00")
    await until(told, at("10:00", DAY) - timedelta(days=1))
    assert letters(told, ANN.email) == ["confirmed", "moved"]
    await until(told, at("15:00", DAY))
    assert letters(told, ANN.email) == ["confirmed", "moved", "reminder"]
    start, _ = start_and_sequence(told.mail_server.messages[-1])
    assert start == at("15:00", DAY).isoformat()


async def test_a_booking_moved_there_and_back_is_reminded_of_once(told: Scene) -> None:
    booking = await book(told)
    await deliver(told)
    await move(told, booking, "15:00")
    await deliver(told)
    await move(told, booking, "10:00")
    await until(told, at("15:00", DAY))
    assert letters(told, ANN.email) == ["confirmed", "moved", "moved", "reminder"]


async def test_a_reminder_survives_a_day_without_mail(told: Scene) -> None:
    """The mail server is away for a day. Reminders of appointments that are over by then are not
    sent."""
    await book(told)
    await book(told, "16:00", Customer("Bob", "bob@example.com"))
    await deliver(told)
    await until(told, at("09:00", DAY) - timedelta(days=1))
    told.mail_server.closed = True
    await until(told, at("12:00", DAY))
    told.mail_server.closed = False
    await until(told, at("13:00", DAY))
    await until(told, at("17:00", DAY))
    assert letters(told, ANN.email) == ["confirmed"]
    assert letters(told, "bob@example.com") == ["confirmed", "reminder"]
