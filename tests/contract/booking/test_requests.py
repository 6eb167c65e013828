"""Bookings that have to be approved: who asks for a time has it until the business answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dibs.app import Dibs
from dibs.availability.boards import BoardKey
from dibs.availability.hours import WallInterval
from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.desk.office.changes import Changes, Seen
from dibs.desk.office.rules import WantedTime
from dibs.errors import (
    BookingChanged,
    BookingClosed,
    DibsError,
    HasUpcomingBookings,
    NotApproved,
    NotFound,
    SlotTaken,
)
from dibs.ledger import bookings
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.catalog import Business, Catalog, Resource, Service
from dibs.ledger.idempotency import Request
from dibs.ledger.journal import Author
from dibs.ledger.tables import audit
from dibs.settings import Settings
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock

pytestmark = pytest.mark.anyio

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


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
async def dibs(settings: Settings, clock: HandClock) -> AsyncIterator[Dibs]:
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
    token = dibs.desk.context.tokens.of(booking.reference)
    return await dibs.desk.changing.cancel(booking.reference, token)


async def stored(dibs: Dibs, booking: Booking) -> Booking:
    found = await dibs.database.read(bookings.by_reference, booking.reference)
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


async def test_a_request_keeps_its_time_like_a_booking(dibs: Dibs) -> None:
    asked = await ask(dibs)
    assert (asked.status, asked.answer_until) == ("requested", NOW + timedelta(minutes=180))
    assert await stored(dibs, asked) == asked
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
    # The same request has the same answer, whatever has become of the booking since.
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
    assert (await stored(dibs, asked)).status == "requested"
    clock.advance(1)
    with pytest.raises(BookingClosed):
        await answer(dibs, asked)
    await asyncio.gather(dibs.desk.sweep(), dibs.desk.sweep())
    assert (await stored(dibs, asked)).status == "declined"
    assert await states(dibs) == []
    assert await actions(dibs, asked) == [
        "booking.requested by visitor",
        "booking.declined by clock",
    ]


async def test_its_time_can_be_had_at_once_when_nobody_has_answered(
    dibs: Dibs, clock: HandClock
) -> None:
    """Also before the job that declines it has come by."""
    asked = await ask(dibs)
    clock.advance(180 * 60)
    assert (await ask(dibs, who="bob", customer=BOB, service=2)).status == "confirmed"
    assert (await stored(dibs, asked)).status == "declined"


async def test_a_class_counts_its_requests(dibs: Dibs) -> None:
    first = await ask(dibs, service=3)
    await ask(dibs, who="bob", customer=BOB, service=3)
    with pytest.raises(SlotTaken):
        await ask(dibs, who="carl", service=3)
    await answer(dibs, first, "declined")
    assert (await ask(dibs, who="carl", service=3)).status == "requested"


async def move(dibs: Dibs, booking: Booking, clock: str) -> Booking:
    token = dibs.desk.context.tokens.of(booking.reference)
    return await dibs.desk.changing.reschedule(booking.reference, token, "ann", at(clock))


async def shift(dibs: Dibs, booking: Booking, clock: str, **more: Any) -> Booking:
    """Move it in the office."""
    changes, appointments = Changes(starts_at=at(clock)), dibs.desk.office.appointments
    return await appointments.change(OWNER, booking.reference, changes, **more)


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
    assert await stored(dibs, moved) == moved
    assert await states(dibs) == [(at("16:00"), "taken")]
    sooner = await by(dibs, moved, "10:00")
    assert sooner.answer_until == at("10:00"), "it is answered before it begins"
    clock.advance(60 * 60)
    with pytest.raises(BookingClosed):
        await by(dibs, sooner, "16:00")
    await dibs.desk.sweep()
    assert (await stored(dibs, asked)).status == "declined"
    assert await states(dibs) == []


async def test_a_request_is_not_moved_to_where_it_could_not_be_answered(
    dibs: Dibs, clock: HandClock
) -> None:
    asked = await ask(dibs)
    clock.advance(2 * 60 * 60)
    with pytest.raises(NotApproved):
        await shift(dibs, asked, "09:00", overrides=["past"])
    assert (await stored(dibs, asked)).starts_at == at("14:00")


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
    seen = Seen(asked.resource_id, asked.starts_at, asked.ends_at)
    moved = await move(dibs, asked, "16:00")
    with pytest.raises(BookingChanged):
        await answer(dibs, asked, seen=seen)
    assert (await stored(dibs, asked)).status == "requested"
    seen = Seen(moved.resource_id, moved.starts_at, moved.ends_at)
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
    assert (await stored(dibs, asked)).status == "requested"


async def test_data_with_a_request_is_erased_with_its_cancellation(dibs: Dibs) -> None:
    asked = await ask(dibs)
    with pytest.raises(HasUpcomingBookings):
        await dibs.desk.customers.erase_customer(ANN.email)
    await dibs.desk.customers.erase_customer(ANN.email, cancel=True)
    assert (await stored(dibs, asked)).status == "cancelled"
    assert await states(dibs) == []


#: What a request, or the booking that it has become, can end by.
ENDS = ("booking.cancelled", "booking.withdrawn", "booking.declined")


async def seen_after(dibs: Dibs, asked: Booking, *tries: Awaitable[Any]) -> tuple[Any, ...]:
    """Do all at once; what each was answered, after a look that it is the truth."""
    told = await asyncio.gather(*tries, return_exceptions=True)
    for each in told:
        assert each is None or isinstance(each, Booking | DibsError), each
    became, said = await stored(dibs, asked), await actions(dibs, asked)
    ends = [each for each in said if each.split()[0] in ENDS]
    assert len(ends) == (became.status not in ("requested", "confirmed"))
    assert (await states(dibs) != []) == (not ends)
    return (became, *told)


@pytest.mark.parametrize("is_first", [True, False])
async def test_of_approving_and_declining_at_once_one_wins(dibs: Dibs, is_first: bool) -> None:
    asked = await ask(dibs)
    both = [answer(dibs, asked), answer(dibs, asked, "declined")]
    became, *told = await seen_after(dibs, asked, *(both if is_first else both[::-1]))
    (won,) = (each for each in told if isinstance(each, Booking))
    (lost,) = (each for each in told if not isinstance(each, Booking))
    assert won.status == became.status
    assert type(lost) is (BookingChanged if became.status == "confirmed" else BookingClosed)


@pytest.mark.parametrize("is_first", [True, False])
async def test_of_declining_and_withdrawing_at_once_one_wins(dibs: Dibs, is_first: bool) -> None:
    asked = await ask(dibs)
    both = [answer(dibs, asked, "declined"), cancel(dibs, asked)]
    became, *told = await seen_after(dibs, asked, *(both if is_first else both[::-1]))
    (won,) = (each for each in told if isinstance(each, Booking))
    (lost,) = (each for each in told if not isinstance(each, Booking))
    assert (won.status, type(lost)) == (became.status, BookingClosed)


@pytest.mark.parametrize("is_first", [True, False])
async def test_of_approving_and_withdrawing_at_once_nobody_is_told_wrong(
    dibs: Dibs, is_first: bool
) -> None:
    """A booking can be cancelled right after it was approved; a withdrawn request is over."""
    asked = await ask(dibs)
    both = [answer(dibs, asked), cancel(dibs, asked)]
    became, *told = await seen_after(dibs, asked, *(both if is_first else both[::-1]))
    approved, cancelled = told if is_first else told[::-1]
    assert became.status == cancelled.status == "cancelled"
    was_approved = any("approved" in each for each in await actions(dibs, asked))
    assert isinstance(approved, Booking if was_approved else BookingClosed)
    end = "booking.cancelled" if was_approved else "booking.withdrawn"
    assert any(each.startswith(end) for each in await actions(dibs, asked))


@pytest.mark.parametrize("is_first", [True, False])
async def test_of_approving_and_moving_at_once_nobody_approves_unseen(
    dibs: Dibs, is_first: bool
) -> None:
    asked = await ask(dibs)
    seen = Seen(asked.resource_id, asked.starts_at, asked.ends_at)
    both = [answer(dibs, asked, seen=seen), move(dibs, asked, "16:00")]
    became, *told = await seen_after(dibs, asked, *(both if is_first else both[::-1]))
    approved, moved = told if is_first else told[::-1]
    assert isinstance(moved, Booking)
    assert became.starts_at == at("16:00")
    if became.status == "requested":
        assert isinstance(approved, BookingChanged)
    else:
        assert approved.starts_at == at("14:00")


@pytest.mark.parametrize("said", ["confirmed", "declined"])
async def test_of_an_answer_and_the_end_of_its_time_one_wins(
    dibs: Dibs, clock: HandClock, said: str
) -> None:
    asked = await ask(dibs)
    clock.advance(180 * 60)
    tries = (dibs.desk.sweep(), answer(dibs, asked, said), dibs.desk.sweep())
    became, _, told, _ = await seen_after(dibs, asked, *tries)
    assert became.status == "declined"
    if said == "confirmed":
        assert isinstance(told, BookingClosed)
    else:
        assert told.status == "declined"


@pytest.mark.parametrize("round_", range(5))
async def test_of_all_who_answer_at_once_one_is_first(
    dibs: Dibs, clock: HandClock, round_: int
) -> None:
    asked = await ask(dibs)
    tries: list[Awaitable[Any]] = [
        answer(dibs, asked, "declined"),
        cancel(dibs, asked),
        dibs.desk.changing.cancel_as_owner(asked.reference),
    ]
    if round_ % 2:
        clock.advance(180 * 60)
        tries += [dibs.desk.sweep(), dibs.desk.sweep()]
    else:
        tries.insert(0, answer(dibs, asked))
    for result in await asyncio.gather(*tries, return_exceptions=True):
        assert result is None or isinstance(result, Booking | DibsError), result
    became = await stored(dibs, asked)
    said = await actions(dibs, asked)
    # It may be approved and then cancelled, as any booking; nothing comes after the end of it.
    ends = [each for each in said if each.split()[0] in ENDS]
    assert became.status in ("confirmed", "declined", "cancelled")
    assert len(ends) == (became.status != "confirmed")
    assert len([each for each in said if "approved" in each]) <= 1
    assert (await states(dibs) != []) == (became.status == "confirmed")
