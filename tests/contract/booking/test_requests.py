"""Bookings that have to be approved: a requested time belongs to its customer until the business
answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from dibs.app import Dibs
from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.desk.office.changes import Changes, SeenTime
from dibs.desk.office.rules import WantedTime
from dibs.errors import (
    BookingChanged,
    BookingClosed,
    HasUpcomingBookings,
    NotApproved,
    NotFound,
    SlotTaken,
)
from dibs.ledger.bookings import Booking
from dibs.ledger.idempotency import Request
from dibs.settings import Settings
from tests.contract.booking.request_scene import (
    ANN,
    BOB,
    NOW,
    OWNER,
    TALK,
    actions,
    answer,
    ask,
    asking,
    at,
    cancel,
    move,
    read_stored,
    shift,
    states,
)
from tests.support.hand_clock import HandClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
async def dibs(settings: Settings, clock: HandClock) -> AsyncIterator[Dibs]:
    async with asking(settings, clock) as built:
        yield built


async def test_a_request_keeps_its_time_like_a_booking(dibs: Dibs) -> None:
    asked = await ask(dibs)
    assert (asked.status, asked.answer_until) == ("requested", NOW + timedelta(minutes=180))
    assert await read_stored(dibs, asked) == asked
    assert await states(dibs) == [(at("14:00"), "taken")]
    for service in (1, 2):
        with pytest.raises(SlotTaken):
            await ask(dibs, who="bob", customer=BOB, service=service)
    with pytest.raises(SlotTaken):
        await dibs.desk.office.appointments.book(OWNER, WantedTime(2, 1, at("14:30"), None), BOB)
    assert (await ask(dibs, "15:00", "bob", BOB, 2)).status == "confirmed"


async def test_a_checkout_becomes_a_request_and_again_is_the_same(dibs: Dibs) -> None:
    booking = dibs.desk.booking
    checkout = await booking.check_out("ann", SlotRequest(1, at("14:00"), 1))
    key = Request("ann", "key", "asked")
    asked = await booking.confirm("ann", checkout.token, ANN, key)
    assert (asked.status, asked.deadline) == ("requested", None)
    assert await booking.confirm("ann", checkout.token, ANN) == asked
    await answer(dibs, asked)
    # A repeated request gets the same answer, even if the booking has changed since.
    assert await booking.confirm("ann", checkout.token, ANN, key) == asked
    assert (await booking.confirm("ann", checkout.token, ANN)).status == "confirmed"


async def test_it_is_to_be_answered_before_it_begins(dibs: Dibs) -> None:
    assert (await ask(dibs, "09:00")).answer_until == at("09:00")


async def test_what_the_office_books_needs_no_approval(dibs: Dibs) -> None:
    made = await dibs.desk.office.appointments.book(OWNER, WantedTime(1, 1, at("14:00"), None), ANN)
    assert (made.status, made.answer_until) == ("confirmed", None)


async def test_an_approved_request_is_a_booking(dibs: Dibs) -> None:
    asked = await ask(dibs)
    approved = await answer(dibs, asked)
    assert (approved.status, approved.answer_until) == ("confirmed", None)
    assert await answer(dibs, asked) == approved
    assert await states(dibs) == [(at("14:00"), "taken")]
    assert await actions(dibs, asked) == [
        "booking.requested by visitor",
        "booking.approved by user",
    ]
    with pytest.raises(BookingChanged):
        await answer(dibs, asked, "declined")


async def test_a_declined_request_leaves_its_time(dibs: Dibs) -> None:
    asked = await ask(dibs)
    declined = await answer(dibs, asked, "declined", reason="No")
    assert (declined.status, declined.answer_until) == ("declined", None)
    assert (await answer(dibs, asked, "declined")).status == "declined"
    assert await states(dibs) == []
    with pytest.raises(BookingClosed):
        await answer(dibs, asked)
    assert (await ask(dibs, who="bob", customer=BOB)).status == "requested"


async def test_a_declined_request_can_be_booked_after_all(dibs: Dibs) -> None:
    asked = await ask(dibs)
    await answer(dibs, asked, "declined")
    reopened = await dibs.desk.office.appointments.reopen(OWNER, asked.reference)
    assert reopened.status == "confirmed"
    assert await states(dibs) == [(at("14:00"), "taken")]


async def test_a_request_that_nobody_answers_is_declined(dibs: Dibs, clock: HandClock) -> None:
    asked = await ask(dibs)
    clock.advance(180 * 60 - 1)
    await dibs.desk.sweep()
    assert (await read_stored(dibs, asked)).status == "requested"
    clock.advance(1)
    with pytest.raises(BookingClosed):
        await answer(dibs, asked)
    await asyncio.gather(dibs.desk.sweep(), dibs.desk.sweep())
    assert (await read_stored(dibs, asked)).status == "declined"
    assert await states(dibs) == []
    assert await actions(dibs, asked) == [
        "booking.requested by visitor",
        "booking.declined by clock",
    ]


async def test_its_time_can_be_had_at_once_when_nobody_has_answered(
    dibs: Dibs, clock: HandClock
) -> None:
    """Also before the job that declines the request has run."""
    asked = await ask(dibs)
    clock.advance(180 * 60)
    assert (await ask(dibs, who="bob", customer=BOB, service=2)).status == "confirmed"
    assert (await read_stored(dibs, asked)).status == "declined"


async def test_a_class_counts_its_requests(dibs: Dibs) -> None:
    first = await ask(dibs, service=3)
    await ask(dibs, who="bob", customer=BOB, service=3)
    with pytest.raises(SlotTaken):
        await ask(dibs, who="carl", service=3)
    await answer(dibs, first, "declined")
    assert (await ask(dibs, who="carl", service=3)).status == "requested"


async def test_its_customer_withdraws_it(dibs: Dibs) -> None:
    asked = await ask(dibs)
    assert (await cancel(dibs, asked)).status == "cancelled"
    with pytest.raises(BookingClosed):
        await answer(dibs, asked)
    assert await states(dibs) == []
    assert await actions(dibs, asked) == [
        "booking.requested by visitor",
        "booking.withdrawn by customer",
    ]


@pytest.mark.parametrize("by", [move, shift])
async def test_a_request_that_is_moved_stays_one_with_time_for_an_answer(
    dibs: Dibs, clock: HandClock, by: Callable[[Dibs, Booking, str], Awaitable[Booking]]
) -> None:
    asked = await ask(dibs)
    clock.advance(60 * 60)
    moved = await by(dibs, asked, "16:00")
    assert (moved.status, moved.starts_at) == ("requested", at("16:00"))
    assert moved.answer_until == NOW + timedelta(minutes=60 + 180)
    assert await read_stored(dibs, moved) == moved
    assert await states(dibs) == [(at("16:00"), "taken")]
    sooner = await by(dibs, moved, "10:00")
    assert sooner.answer_until == at("10:00"), "it is answered before it begins"
    clock.advance(60 * 60)
    with pytest.raises(BookingClosed):
        await by(dibs, sooner, "16:00")
    await dibs.desk.sweep()
    assert (await read_stored(dibs, asked)).status == "declined"
    assert await states(dibs) == []


async def test_an_approved_booking_that_its_customer_moves_is_asked_for_anew(
    dibs: Dibs, clock: HandClock
) -> None:
    asked = await ask(dibs)
    approved = await answer(dibs, asked)
    same = await move(dibs, approved, "14:00")
    assert (same.status, same.starts_at) == ("confirmed", at("14:00"))
    clock.advance(60 * 60)
    moved = await move(dibs, approved, "16:00")
    assert (moved.status, moved.starts_at) == ("requested", at("16:00"))
    assert moved.answer_until == NOW + timedelta(minutes=60 + 180)
    assert await read_stored(dibs, moved) == moved
    assert await states(dibs) == [(at("16:00"), "taken")]
    again = await answer(dibs, moved)
    assert (again.status, again.answer_until) == ("confirmed", None)


async def test_an_approved_booking_that_the_business_moves_stays_one(dibs: Dibs) -> None:
    approved = await answer(dibs, await ask(dibs))
    moved = await shift(dibs, approved, "16:00")
    assert (moved.status, moved.starts_at, moved.answer_until) == ("confirmed", at("16:00"), None)


async def test_a_request_is_not_moved_to_where_it_could_not_be_answered(
    dibs: Dibs, clock: HandClock
) -> None:
    asked = await ask(dibs)
    clock.advance(2 * 60 * 60)
    with pytest.raises(NotApproved):
        await shift(dibs, asked, "09:00", overrides=["past"])
    assert (await read_stored(dibs, asked)).starts_at == at("14:00")


async def test_a_moved_request_of_a_service_that_no_longer_asks_keeps_its_time_for_an_answer(
    dibs: Dibs,
) -> None:
    asked = await ask(dibs)
    catalog = await dibs.desk.context.ledger.catalog()
    services = {**catalog.services, 1: replace(TALK, approve_within=None)}
    await administration.apply(dibs.database, replace(catalog, services=services))
    moved = await shift(dibs, asked, "16:00")
    assert (moved.status, moved.answer_until) == ("requested", asked.answer_until)
    assert (await shift(dibs, moved, "09:00")).answer_until == at("09:00")


async def test_who_approves_has_seen_where_it_is(dibs: Dibs) -> None:
    asked = await ask(dibs)
    seen = SeenTime(asked.resource_id, asked.starts_at, asked.ends_at)
    moved = await move(dibs, asked, "16:00")
    with pytest.raises(BookingChanged):
        await answer(dibs, asked, seen=seen)
    assert (await read_stored(dibs, asked)).status == "requested"
    seen = SeenTime(moved.resource_id, moved.starts_at, moved.ends_at)
    assert (await answer(dibs, moved, seen=seen)).status == "confirmed"


async def test_a_request_does_not_take_place(dibs: Dibs) -> None:
    asked, appointments = await ask(dibs), dibs.desk.office.appointments
    for ending in ("completed", "no_show"):
        with pytest.raises(NotApproved):
            await appointments.end(OWNER, asked.reference, ending)
    noted = await appointments.change(OWNER, asked.reference, Changes(notes="calls back"))
    assert (noted.status, noted.notes) == ("requested", "calls back")
    assert (await answer(dibs, asked)).notes == "calls back"


async def test_bookings_that_were_never_requests_are_not_answered(dibs: Dibs) -> None:
    booked = await ask(dibs, service=2)
    assert (await answer(dibs, booked)).status == "confirmed"
    with pytest.raises(BookingChanged):
        await answer(dibs, booked, "declined")
    checkout = await dibs.desk.booking.check_out("bob", SlotRequest(2, at("10:00"), 1))
    for unknown in (checkout, replace(checkout, reference="AAAAA-AAAAA")):
        with pytest.raises(NotFound):
            await answer(dibs, unknown)


async def test_others_than_its_staff_do_not_find_it(dibs: Dibs) -> None:
    asked = await ask(dibs)
    for said in ("confirmed", "declined"):
        with pytest.raises(NotFound):
            await answer(dibs, asked, said, own=2)
    assert (await read_stored(dibs, asked)).status == "requested"


async def test_data_with_a_request_is_erased_with_its_cancellation(dibs: Dibs) -> None:
    asked = await ask(dibs)
    with pytest.raises(HasUpcomingBookings):
        await dibs.desk.customers.erase_customer(ANN.email)
    await dibs.desk.customers.erase_customer(ANN.email, cancel=True)
    assert (await read_stored(dibs, asked)).status == "cancelled"
    assert await states(dibs) == []
