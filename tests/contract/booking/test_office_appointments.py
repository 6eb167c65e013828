"""The business books, moves and ends bookings itself: it may override rules by name, but never the
database's rule against overlaps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dibs.app import Dibs
from dibs.availability.boards import BoardKey
from dibs.availability.hours import WallInterval
from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.desk.office.appointments import Ending
from dibs.desk.office.changes import Changes, SeenTime
from dibs.desk.office.rules import WantedTime
from dibs.desk.tokens import new_token
from dibs.errors import (
    BookingChanged,
    BookingClosed,
    ClassKeepsTimes,
    DibsError,
    IdempotencyMismatch,
    Invalid,
    NotBegun,
    NotFound,
    OverrideNeeded,
    SlotHeld,
    SlotPending,
    SlotTaken,
)
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.catalog import Business, Catalog, Resource, Service
from dibs.ledger.idempotency import Request
from dibs.ledger.journal import Author
from dibs.settings import Settings
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock

pytestmark = pytest.mark.anyio

DAY = date(2026, 12, 8)
NOW = datetime(2026, 12, 8, 8, tzinfo=UTC)
ANN = Customer("Ann Lee", "ann@example.com")
WALK_IN = Customer("Bo", "")
HOURS = {weekday: (WallInterval(540, 1020),) for weekday in range(1, 8)}
CUT = Service(1, "Cut", 60, (1,), buffer_after=15, minimum_notice=120, booking_window_days=30)
YOGA = Service(2, "Yoga", 60, (1, 2), capacity=3)
HALF_HOUR, TWO_HOURS = timedelta(minutes=30), timedelta(hours=2)
OWNER = Author("user")
EVERY_RULE = ("hours", "past", "notice", "window", "resource", "hold")


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=UTC)


@pytest.fixture
async def dibs(settings: Settings) -> AsyncIterator[Dibs]:
    built = build(settings, HandClock(NOW))
    people = {1: Resource(1, "Mia", weekly=HOURS), 2: Resource(2, "Tom", weekly=HOURS)}
    wanted = Catalog(Business("S", "UTC", "EUR", 30), {1: CUT, 2: YOGA}, people)
    await administration.apply(built.database, wanted)
    yield built
    await built.holds.aclose()
    await built.bus.aclose()
    await built.database.close()


async def book(
    dibs: Dibs, clock: str | datetime = "14:00", service: int = 1, resource: int = 1, **more: Any
) -> Booking:
    starts_at = clock if isinstance(clock, datetime) else at(clock)
    duration = more.pop("duration", None)
    wanted = WantedTime(service, resource, starts_at, duration)
    return await dibs.desk.office.appointments.book(
        OWNER, wanted, more.pop("customer", ANN), **more
    )


async def change(dibs: Dibs, booking: Booking, **changes: Any) -> Booking:
    more = {name: changes.pop(name) for name in ("overrides", "seen", "own") if name in changes}
    return await dibs.desk.office.appointments.change(
        OWNER, booking.reference, Changes(**changes), **more
    )


async def rules_of(work: Any) -> tuple[str, ...]:
    with pytest.raises(OverrideNeeded) as refused:
        await work
    return refused.value.rules


async def busy(dibs: Dibs, day: date = DAY) -> list[tuple[datetime, datetime, str]]:
    board = await dibs.hub.get(BoardKey(1, day))
    return [(each.slot.starts_at, each.slot.ends_at, each.state) for each in board.claims]


async def test_a_walk_in_is_booked_without_an_address(dibs: Dibs) -> None:
    booking = await book(dibs, customer=WALK_IN, notes="paid")
    assert (booking.status, booking.customer, booking.notes) == ("confirmed", WALK_IN, "paid")
    assert booking.visitor is None
    assert await busy(dibs) == [(at("14:00"), at("15:00"), "taken")]
    again = await dibs.desk.context.ledger.database.read(_read, booking.reference)
    assert again == booking


def _read(connection: Any, reference: str) -> Booking | None:
    from dibs.ledger import bookings

    return bookings.find_by_reference(connection, reference)


@pytest.mark.parametrize(
    ("starts_at", "more", "rules"),
    [
        (at("18:00"), {}, ("hours",)),
        (at("16:30"), {}, ("hours",)),
        (at("09:00"), {}, ("notice",)),
        (at("07:00"), {}, ("hours", "past")),
        (at("14:00", date(2027, 1, 8)), {}, ("window",)),
        (at("14:00"), {"resource": 2}, ("resource",)),
        (at("20:00", date(2027, 3, 1)), {"resource": 2}, ("hours", "resource", "window")),
    ],
)
async def test_each_broken_rule_must_be_named(
    dibs: Dibs, starts_at: datetime, more: dict[str, int], rules: tuple[str, ...]
) -> None:
    """All broken rules are named in one answer, and overriding only some of them is not enough."""
    assert await rules_of(book(dibs, starts_at, **more)) == rules
    left = rules[1:]
    if left:
        assert await rules_of(book(dibs, starts_at, **more, overrides=rules[:1])) == left
    booking = await book(dibs, starts_at, **more, overrides=rules)
    assert booking.starts_at == starts_at


async def test_a_start_off_the_grid_and_another_length_need_no_override(dibs: Dibs) -> None:
    booking = await book(dibs, "14:07", duration=HALF_HOUR)
    assert (booking.starts_at, booking.ends_at) == (at("14:07"), at("14:37"))
    assert booking.guarded is not None
    assert booking.guarded.end == at("14:52")


@pytest.mark.parametrize("moment", ["14:00:30", "14:00:00.001"])
async def test_times_are_on_whole_minutes(dibs: Dibs, moment: str) -> None:
    booking = await book(dibs, "12:00")
    for work in (book(dibs, moment), change(dibs, booking, starts_at=at(moment))):
        with pytest.raises(Invalid) as refusal:
            await work
        assert [each.field for each in refusal.value.errors] == ["starts_at"]


@pytest.mark.scenario(58)
@pytest.mark.parametrize("overrides", [(), EVERY_RULE])
async def test_nothing_overrides_a_booking(dibs: Dibs, overrides: tuple[str, ...]) -> None:
    """The buffer after a booking and a checkout can't be overridden either."""
    await book(dibs, "12:00")
    for clock in ("12:00", "11:30", "12:30", "13:10"):
        with pytest.raises(SlotTaken):
            await book(dibs, clock, overrides=overrides)
    await dibs.desk.booking.check_out(new_token(), SlotRequest(1, at("15:00"), 1))
    with pytest.raises(SlotPending):
        await book(dibs, "15:00", overrides=overrides)
    assert len(await busy(dibs)) == 2


@pytest.mark.scenario(58)
async def test_a_visitor_s_hold_is_ended_only_by_name(dibs: Dibs) -> None:
    visitor = new_token()
    await dibs.desk.holding.hold(visitor, 1, at("14:00"), 1)
    assert await rules_of(book(dibs, "14:30")) == ("hold",)
    assert [state for _, _, state in await busy(dibs)] == ["held"]
    booking = await book(dibs, "14:30", overrides=["hold"])
    assert await busy(dibs) == [(at("14:30"), at("15:30"), "taken")]
    with pytest.raises(SlotTaken):
        await dibs.desk.booking.check_out(visitor, SlotRequest(1, at("14:00"), 1))
    assert booking.status == "confirmed"
    # The claim of the hold has ended as well, so the visitor can take another time at once.
    await dibs.desk.holding.hold(visitor, 1, at("10:00"), 1)


async def test_a_hold_stays_if_the_time_is_booked_anyway(dibs: Dibs) -> None:
    await book(dibs, "12:00")
    await dibs.desk.holding.hold(new_token(), 1, at("13:30"), 1)
    with pytest.raises(SlotTaken):
        await book(dibs, "12:30", duration=TWO_HOURS, overrides=["hold"])
    assert [state for _, _, state in await busy(dibs)] == ["taken", "held"]


async def test_a_seat_of_a_class_is_booked_beside_holds_until_they_fill_it(dibs: Dibs) -> None:
    first = await book(dibs, "15:00", service=2)
    visitors = [new_token(), new_token()]
    await dibs.desk.holding.hold(visitors[0], 2, at("15:00"), 1)
    second = await book(dibs, "15:00", service=2)
    assert second.ends_at == first.ends_at
    assert await rules_of(book(dibs, "15:00", service=2)) == ("hold",)
    await book(dibs, "15:00", service=2, overrides=["hold"])
    assert [state for _, _, state in await busy(dibs)] == ["taken"] * 3
    with pytest.raises(SlotTaken):
        await book(dibs, "15:00", service=2, overrides=EVERY_RULE)


async def test_a_booking_is_moved_and_given_another_length(dibs: Dibs) -> None:
    booking = await book(dibs, "14:00")
    moved = await change(dibs, booking, starts_at=at("14:30"))
    assert (moved.starts_at, moved.ends_at) == (at("14:30"), at("15:30"))
    longer = await change(dibs, moved, duration=TWO_HOURS)
    assert (longer.starts_at, longer.ends_at) == (at("14:30"), at("16:30"))
    other = await change(dibs, longer, resource_id=2, overrides=["resource"])
    assert (other.resource_id, other.ends_at - other.starts_at) == (2, TWO_HOURS)
    assert await busy(dibs) == []


async def test_a_move_is_refused_as_a_whole(dibs: Dibs) -> None:
    booking = await book(dibs, "12:00")
    await book(dibs, "14:00")
    with pytest.raises(SlotTaken):
        await change(dibs, booking, starts_at=at("13:30"), notes="x", overrides=EVERY_RULE)
    assert await rules_of(change(dibs, booking, starts_at=at("16:30"))) == ("hours",)
    assert await busy(dibs) == [
        (at("12:00"), at("13:00"), "taken"),
        (at("14:00"), at("15:00"), "taken"),
    ]


async def test_a_running_booking_can_be_made_longer(dibs: Dibs) -> None:
    booking = await book(dibs, "10:30")
    clock = dibs.database.clock
    assert isinstance(clock, HandClock)
    clock.advance(3 * 3600)
    longer = await change(dibs, booking, duration=TWO_HOURS)
    assert longer.ends_at == at("12:30")
    assert await rules_of(change(dibs, booking, starts_at=at("10:00"))) == ("past",)


@pytest.mark.scenario(59)
async def test_two_who_drag_the_same_booking(dibs: Dibs) -> None:
    """The second user is told that the booking has changed, and can move it only from its new
    place."""
    booking = await book(dibs, "12:00")
    seen = SeenTime(booking.resource_id, booking.starts_at, booking.ends_at)
    moves = [change(dibs, booking, starts_at=at(clock), seen=seen) for clock in ("13:00", "15:00")]
    answers = await asyncio.gather(*moves, return_exceptions=True)
    refused = [type(each) for each in answers if isinstance(each, BaseException)]
    assert refused == [BookingChanged]
    assert len(await busy(dibs)) == 1


async def test_seats_of_a_class_keep_their_times(dibs: Dibs) -> None:
    first = await book(dibs, "14:00", service=2)
    longer = await change(dibs, first, duration=TWO_HOURS)
    assert longer.ends_at == at("16:00")
    second = await book(dibs, "14:00", service=2)
    assert second.ends_at == at("16:00")
    with pytest.raises(ClassKeepsTimes):
        await change(dibs, second, duration=HALF_HOUR)
    moved = await change(dibs, second, starts_at=at("16:00"), resource_id=2, overrides=["hours"])
    assert moved.resource_id == 2


async def test_who_comes_and_the_notes_are_corrected(dibs: Dibs) -> None:
    booking = await dibs.desk.booking.book(
        new_token(), SlotRequest(1, at("14:00"), 1), replace(ANN, language="de")
    )
    anna = Customer("Anna Lee", "anna@example.com")
    corrected = await change(dibs, booking, customer=anna, notes="window seat")
    assert corrected.customer == anna
    assert corrected.customer.language == "de"
    assert (corrected.notes, corrected.starts_at) == ("window seat", booking.starts_at)
    emptied = await change(dibs, booking, notes="")
    assert (emptied.notes, emptied.customer) == ("", anna)
    both = await change(dibs, booking, starts_at=at("15:00"), notes="late")
    assert (both.starts_at, both.notes) == (at("15:00"), "late")


async def test_a_booking_ends_and_is_opened_again(dibs: Dibs) -> None:
    booking = await book(dibs, "14:00")
    end, reopen = dibs.desk.office.appointments.end, dibs.desk.office.appointments.reopen
    endings: tuple[Ending, ...] = ("completed", "no_show")
    for ending in endings:
        with pytest.raises(NotBegun):
            await end(OWNER, booking.reference, ending)
    for _ in range(2):
        assert (await end(OWNER, booking.reference, "cancelled")).status == "cancelled"
        assert await busy(dibs) == []
    with pytest.raises(BookingClosed):
        await end(OWNER, booking.reference, "completed")
    with pytest.raises(BookingClosed):
        await change(dibs, booking, starts_at=at("15:00"))
    for _ in range(2):
        reopened = await reopen(OWNER, booking.reference)
        assert reopened == booking
        assert await busy(dibs) == [(at("14:00"), at("15:00"), "taken")]


async def test_a_past_booking_is_completed_or_missed_and_the_other_again(dibs: Dibs) -> None:
    booking = await book(dibs, "14:00")
    clock = dibs.database.clock
    assert isinstance(clock, HandClock)
    clock.advance(6 * 3600)
    end, reopen = dibs.desk.office.appointments.end, dibs.desk.office.appointments.reopen
    assert (await end(OWNER, booking.reference, "no_show")).status == "no_show"
    with pytest.raises(BookingClosed):
        await end(OWNER, booking.reference, "completed")
    assert (await reopen(OWNER, booking.reference)).status == "confirmed"
    assert (await end(OWNER, booking.reference, "completed")).status == "completed"


async def test_a_cancelled_time_that_was_given_away_stays_so(dibs: Dibs) -> None:
    booking = await book(dibs, "14:00")
    await dibs.desk.office.appointments.end(OWNER, booking.reference, "cancelled")
    await dibs.desk.holding.hold(new_token(), 1, at("14:00"), 1)
    assert await rules_of(dibs.desk.office.appointments.reopen(OWNER, booking.reference)) == (
        "hold",
    )
    await book(dibs, "14:00", overrides=["hold"])
    with pytest.raises(SlotTaken):
        await dibs.desk.office.appointments.reopen(OWNER, booking.reference, ["hold"])


async def test_a_checkout_is_ended_but_not_moved(dibs: Dibs) -> None:
    visitor = new_token()
    checkout = await dibs.desk.booking.check_out(visitor, SlotRequest(1, at("14:00"), 1))
    with pytest.raises(NotFound):
        await change(dibs, checkout, starts_at=at("15:00"))
    with pytest.raises(NotFound):
        await dibs.desk.office.appointments.end(OWNER, checkout.reference, "completed")
    await dibs.desk.office.appointments.end(OWNER, checkout.reference, "cancelled")
    assert await busy(dibs) == []
    await dibs.desk.booking.check_out(visitor, SlotRequest(1, at("15:00"), 1))


async def test_who_has_one_column_can_change_nothing_else(dibs: Dibs) -> None:
    booking = await book(dibs, "14:00", service=2)
    desk = dibs.desk.office.appointments
    for attempt in (
        desk.book(OWNER, WantedTime(2, 1, at("15:00")), ANN, own=2),
        desk.change(OWNER, booking.reference, Changes(notes="x"), own=2),
        desk.change(OWNER, booking.reference, Changes(resource_id=2), own=1),
        desk.end(OWNER, booking.reference, "cancelled", own=2),
        desk.reopen(OWNER, booking.reference, own=2),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await busy(dibs) == [(at("14:00"), at("15:00"), "taken")]


async def test_a_request_sent_twice_acts_once(dibs: Dibs) -> None:
    request = Request("user 1", "key", "asked")
    booking = await book(dibs, "14:00", request=request)
    clock = dibs.database.clock
    assert isinstance(clock, HandClock)
    clock.advance(10 * 3600)
    assert await book(dibs, "14:00", request=request) == booking
    with pytest.raises(IdempotencyMismatch):
        await book(dibs, "15:00", request=replace(request, fingerprint="other"))
    assert len(await busy(dibs)) == 1


async def test_what_the_business_books_is_not_on_offer_any_more(dibs: Dibs) -> None:
    await book(dibs, "14:07")
    visitor = new_token()
    for clock in ("13:30", "14:00", "15:00"):
        with pytest.raises(DibsError) as refused:
            await dibs.desk.holding.hold(visitor, 1, at(clock), 1)
        assert isinstance(refused.value, SlotTaken | SlotHeld)


async def test_the_audit_names_who_did_it(dibs: Dibs) -> None:
    booking = await book(dibs, "14:00")
    await change(dibs, booking, starts_at=at("15:00"))
    await dibs.desk.office.appointments.end(OWNER, booking.reference, "cancelled")
    await dibs.desk.office.appointments.reopen(OWNER, booking.reference)

    def read(connection: Any) -> list[tuple[str, str]]:
        from sqlalchemy import text

        of_bookings = "SELECT actor, action FROM audit WHERE action LIKE 'booking.%' ORDER BY id"
        rows = connection.execute(text(of_bookings))
        return [tuple(row) for row in rows]

    assert await dibs.database.read(read) == [
        ("user", "booking.confirmed"),
        ("user", "booking.rescheduled"),
        ("user", "booking.cancelled"),
        ("user", "booking.confirmed"),
    ]
