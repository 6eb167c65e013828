"""The calendar of the office: which bookings, claims and closures a column shows, and when."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from dibs.app import Dibs
from dibs.availability.boards import BoardKey
from dibs.availability.hours import WallInterval
from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.desk.office.calendar import Column
from dibs.desk.office.changes import Changes
from dibs.desk.office.closures import WantedClosure
from dibs.desk.tokens import new_token
from dibs.errors import NotFound, OverrideNeeded
from dibs.ledger.audit_log import AuditFilter, read_audit
from dibs.ledger.bookings import Customer
from dibs.ledger.catalog import Business, Catalog, Resource, Service, TimeOff
from dibs.ledger.journal import Author
from dibs.settings import Settings
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock

OWNER = Author("user", address="192.0.2.7")

pytestmark = pytest.mark.anyio

DAY = date(2026, 12, 8)
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
ANN = Customer("Ann Lee", "ann@example.com")
HOURS = {weekday: (WallInterval(540, 1020),) for weekday in range(1, 8)}
MIA = Resource(1, "Mia", weekly=HOURS)
TOM = Resource(2, "Tom", weekly=HOURS)
CUT = Service(1, "Cut", 60, (1, 2), buffer_after=15)
YOGA = Service(2, "Yoga", 60, (1,), capacity=3)


def catalog(*resources: Resource, zone: str = "UTC", closures: tuple[TimeOff, ...] = ()) -> Catalog:
    known = {each.id: each for each in resources or (MIA, TOM)}
    services = {each.id: each for each in (CUT, YOGA)}
    return Catalog(Business("Studio", zone, "EUR", 30), services, known, closures)


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=UTC)


@pytest.fixture
async def dibs(settings: Settings) -> AsyncIterator[Dibs]:
    built = build(settings, HandClock(NOW))
    await administration.apply(built.database, catalog())
    yield built
    await built.holds.aclose()
    await built.bus.aclose()
    await built.database.close()


async def column(dibs: Dibs, resource: int = 1, day: date = DAY) -> Column:
    (found,) = await dibs.desk.office.calendar.read([BoardKey(resource, day)])
    return found


async def test_a_column_has_holds_checkouts_and_bookings(dibs: Dibs) -> None:
    visitor, other = new_token(), new_token()
    await dibs.desk.holding.hold(visitor, 1, at("09:00"), 1)
    checkout = await dibs.desk.booking.check_out(other, SlotRequest(1, at("11:00"), 1))
    booked = await dibs.desk.booking.book(new_token(), SlotRequest(1, at("14:00"), 1), ANN)
    found = await column(dibs)
    assert [each.slot.starts_at for each in found.holds] == [at("09:00")]
    assert [(each.reference, each.status, each.customer) for each in found.entries] == [
        (checkout.reference, "pending", None),
        (booked.reference, "confirmed", ANN),
    ]
    assert found.board.open[0].start == at("09:00")
    assert (await column(dibs, resource=2)).entries == ()
    assert (await column(dibs, day=DAY + timedelta(days=1))).entries == ()


async def test_a_hold_that_became_a_checkout_is_shown_once(dibs: Dibs) -> None:
    """Also if the board was read before the checkout."""
    visitor = new_token()
    await dibs.desk.holding.hold(visitor, 1, at("10:00"), 1)
    board = await dibs.hub.get(BoardKey(1, DAY))
    await dibs.desk.booking.check_out(visitor, SlotRequest(1, at("10:00"), 1))
    (found,) = await dibs.desk.office.calendar.complete([board])
    assert board.holds is not None
    assert board.holds.holds
    assert (len(found.holds), len(found.entries)) == (0, 1)


async def test_what_was_given_up_is_not_shown_and_what_took_place_is(dibs: Dibs) -> None:
    cancelled = await dibs.desk.booking.book(new_token(), SlotRequest(1, at("09:00"), 1), ANN)
    await dibs.desk.changing.cancel_as_owner(cancelled.reference)
    past = await dibs.desk.booking.book(new_token(), SlotRequest(1, at("12:00"), 1), ANN)
    clock = dibs.database.clock
    assert isinstance(clock, HandClock)
    clock.advance((past.ends_at - NOW).total_seconds())
    await dibs.desk.office.appointments.end(Author("user"), past.reference, "no_show")
    (shown,) = (await column(dibs)).entries
    assert (shown.reference, shown.status) == (past.reference, "no_show")


async def test_a_booking_that_crosses_midnight_is_on_both_days(dibs: Dibs) -> None:
    night = replace(MIA, weekly=dict.fromkeys(range(1, 8), (WallInterval(0, 1440),)))
    await administration.apply(dibs.database, catalog(night, TOM))
    booked = await dibs.desk.booking.book(new_token(), SlotRequest(1, at("23:30"), 1), ANN)
    for day in (DAY, DAY + timedelta(days=1)):
        assert [each.id for each in (await column(dibs, day=day)).entries] == [booked.id]


async def test_each_resource_has_the_days_of_its_own_zone(dibs: Dibs) -> None:
    """These days may have 23 or 25 hours. A day that the zone has skipped is left out."""
    far = replace(TOM, time_zone="America/New_York")
    await administration.apply(dibs.database, catalog(MIA, far, zone="Europe/Berlin"))
    spring, autumn = date(2027, 3, 28), date(2027, 10, 31)
    lengths = {
        day: (found := await column(dibs, day=day)).span.end - found.span.start
        for day in (spring, autumn)
    }
    assert lengths == {spring: timedelta(hours=23), autumn: timedelta(hours=25)}
    assert (await column(dibs, resource=2)).span.start == at("05:00")
    samoa = replace(MIA, time_zone="Pacific/Apia")
    await administration.apply(dibs.database, catalog(samoa, TOM))
    keys = await dibs.desk.office.calendar.plan(date(2011, 12, 29), 3, [1])
    assert [key.day.day for key in keys] == [29, 31]


async def test_a_plan_names_all_resources_or_those_asked_for(dibs: Dibs) -> None:
    plan = dibs.desk.office.calendar.plan
    assert [key.resource_id for key in await plan(DAY, 1, [])] == [1, 2]
    assert [key.resource_id for key in await plan(DAY, 2, [2])] == [2, 2]
    with pytest.raises(NotFound):
        await plan(DAY, 1, [9])


async def test_a_resource_without_hours_has_a_column_that_is_closed(dibs: Dibs) -> None:
    await administration.apply(dibs.database, catalog(replace(MIA, weekly={}), TOM))
    found = await column(dibs)
    assert (found.board.open, found.entries) == ((), ())


async def test_closures_are_shown_where_they_are(dibs: Dibs) -> None:
    off = TimeOff(datetime(2026, 12, 8, 12), datetime(2026, 12, 8, 13), "Lunch")
    holiday = TimeOff(datetime(2026, 12, 7), datetime(2026, 12, 10), "Holiday")
    mia = replace(MIA, closures=(off,))
    await administration.apply(dibs.database, catalog(mia, TOM, closures=(holiday,)))
    found = await column(dibs)
    assert [(each.reason, each.is_of_business) for each in found.closures] == [
        ("Holiday", True),
        ("Lunch", False),
    ]
    assert [each.reason for each in (await column(dibs, resource=2)).closures] == ["Holiday"]
    assert (await column(dibs, day=date(2026, 12, 10))).closures == ()


async def test_a_time_is_closed_and_opened_again(dibs: Dibs) -> None:
    close = partial(dibs.desk.office.closures.close, OWNER)
    again = partial(dibs.desk.office.closures.open_again, OWNER)
    closed = await close(WantedClosure(1, at("10:00"), at("12:00"), "Dentist"))
    found = await column(dibs)
    assert [(each.id, each.starts_at, each.ends_at) for each in found.closures] == [
        (closed.id, at("10:00"), at("12:00"))
    ]
    assert [span.start for span in found.board.open] == [at("09:00"), at("12:00")]
    with pytest.raises(NotFound):
        await again(closed.id, own=2)
    await again(closed.id, own=1)
    assert (await column(dibs)).closures == ()
    told = await dibs.database.read(read_audit, None, 2, AuditFilter(action="closure"))
    of_closure = {"resource": 1, "reason": "Dentist"}
    times = {"starts": f"{DAY}T10:00", "ends": f"{DAY}T12:00"}
    assert [(each.action, each.actor, each.address, each.details) for each in told] == [
        ("closure.removed", "user", "192.0.2.7", of_closure | times),
        ("closure.added", "user", "192.0.2.7", of_closure | times),
    ]
    assert len((await column(dibs)).board.open) == 1
    with pytest.raises(NotFound):
        await again(closed.id)


async def test_to_close_over_bookings_must_be_agreed_to(dibs: Dibs) -> None:
    """Checkouts are among them, because a visitor can still confirm one."""
    booked = await dibs.desk.booking.book(new_token(), SlotRequest(1, at("10:00"), 1), ANN)
    checkout = await dibs.desk.booking.check_out(new_token(), SlotRequest(1, at("11:00"), 2))
    wanted = WantedClosure(None, at("10:30"), at("12:00"), "Fire drill")
    with pytest.raises(OverrideNeeded) as refused:
        await dibs.desk.office.closures.close(OWNER, wanted)
    assert refused.value.rules == ("bookings",)
    assert refused.value.references == (booked.reference, checkout.reference)
    await dibs.desk.office.closures.close(OWNER, wanted, ["bookings"])
    found = await column(dibs)
    assert [each.id for each in found.entries] == [booked.id]
    assert [each.is_of_business for each in found.closures] == [True]
    assert (await column(dibs, resource=2)).closures != ()


async def test_a_change_of_one_board_has_another_version(dibs: Dibs) -> None:
    """This includes changes that visitors can't see."""
    booked = await dibs.desk.booking.book(new_token(), SlotRequest(1, at("10:00"), 1), ANN)
    before = (await column(dibs)).version
    await dibs.desk.office.appointments.change(
        Author("user"), booked.reference, Changes(notes="Allergic to nuts")
    )
    found = await column(dibs)
    assert found.version != before
    assert found.entries[0].notes == "Allergic to nuts"
