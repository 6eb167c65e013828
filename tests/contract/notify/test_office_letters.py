"""Letters about bookings that the office makes and changes."""

from __future__ import annotations

import pytest

from dibs.desk.office.changes import Changes
from dibs.desk.office.rules import WantedTime
from dibs.ledger import deliveries
from dibs.ledger.bookings import Customer
from dibs.ledger.journal import Author
from tests.contract.notify.booking_scene import (
    ANN,
    CONSULTATION,
    DAY,
    SARAH,
    deliver,
    letters,
)
from tests.contract.notify.scene import Scene
from tests.support.days import at

pytestmark = pytest.mark.anyio
OWNER = Author("user")


async def test_who_gave_no_address_gets_no_letter_and_staff_do(told: Scene) -> None:
    desk = told.desk.office.appointments
    wanted = WantedTime(CONSULTATION, 1, at("10:00", DAY))
    booking = await desk.book(OWNER, wanted, Customer("Bo Walk-in", ""))
    await deliver(told)
    await desk.end(OWNER, booking.reference, "cancelled")
    await deliver(told, 5)
    assert letters(told, SARAH) == ["confirmed", "cancelled"]
    assert {sent["To"] for sent in told.mail_server.messages} >= {SARAH}
    planned = await told.database.read(deliveries.find, None, 100)
    assert "customer" not in {each.recipient for each in planned}
    assert all(sent["To"] for sent in told.mail_server.messages)
    assert all(b"mailto:\r" not in sent.as_bytes() for sent in told.mail_server.messages)


async def test_a_corrected_address_gets_the_letters_from_then_on(told: Scene) -> None:
    desk = told.desk.office.appointments
    wanted = WantedTime(CONSULTATION, 1, at("10:00", DAY))
    booking = await desk.book(OWNER, wanted, ANN)
    await deliver(told)
    anna = Customer("Anna Lee", "anna@example.com")
    await desk.change(OWNER, booking.reference, Changes(customer=anna))
    await desk.change(OWNER, booking.reference, Changes(starts_at=at("11:00", DAY)))
    await deliver(told, 5)
    assert letters(told, ANN.email) == ["confirmed"]
    assert letters(told, anna.email) == ["moved"]
