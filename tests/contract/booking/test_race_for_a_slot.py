"""Fifty visitors book one slot at once: one wins. The tests also prove that they can fail.

Three things keep a slot from being booked twice: the hold that a booking takes, the check inside
its transaction, and the refusal by the database. Without the first, either of the others is enough;
without all three there is a double booking, and the test sees it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import datetime, timedelta
from typing import Any

import pytest

from dibs.app import Dibs
from dibs.availability.slots import ServiceSlot
from dibs.desk.offers import SlotRequest
from dibs.errors import CheckoutExpired, Conflict, NotFound, SlotTaken
from dibs.ledger import seats
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.database import Transaction
from dibs.ledger.seats import Seat
from dibs.live.bus import MemoryBus
from dibs.settings import Settings
from tests.contract.booking.stores import AwayHolds
from tests.support.days import at, working_day
from tests.support.dibs_in_process import build_over
from tests.support.plain_sql import connect

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(9)]

RACERS = 50
ROUNDS = 8
CONSULTATION = 1


@pytest.fixture
async def without_holds(settings: Settings) -> AsyncIterator[Dibs]:
    """Yield a Dibs without its hold store: nobody is refused before the transaction."""
    built = build_over(settings, AwayHolds(), MemoryBus())
    yield built
    await built.database.close()


def plain_sql(settings: Settings, statement: str) -> list[tuple[Any, ...]]:
    with connect(settings.database) as sql:
        return sql(statement)


@pytest.fixture
def without_guard(settings: Settings) -> None:
    """Remove the database's rule against overlaps."""
    if not settings.is_embedded:
        guards = plain_sql(
            settings,
            "SELECT conname FROM pg_constraint WHERE conname LIKE 'allocations_no_overlap%'",
        )
        assert len(guards) == 3
        for (name,) in guards:
            plain_sql(settings, f"ALTER TABLE allocations DROP CONSTRAINT {name}")
        return
    triggers = plain_sql(settings, "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    assert len(triggers) == 2
    for (name,) in triggers:
        plain_sql(settings, f"DROP TRIGGER {name}")


@pytest.fixture
def without_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every time look free inside the transaction."""

    def always_free(
        tx: Transaction, slot: ServiceSlot, capacity: int, ignoring: Collection[int] = ()
    ) -> Seat:
        return Seat(slot, 0, capacity)

    monkeypatch.setattr(seats, "find_seat", always_free)


def slot_of_round(number: int) -> datetime:
    """Return another free slot of the same person for each round, within two weeks."""
    return at("09:00", working_day(number // 10)) + timedelta(minutes=30 * (number % 10))


async def race(dibs: Dibs, starts_at: datetime) -> list[Booking | BaseException]:
    slot_request = SlotRequest(CONSULTATION, starts_at, resource_id=1)
    return await asyncio.gather(
        *(
            dibs.desk.booking.book(
                f"visitor {n}", slot_request, Customer(f"Ann {n}", "ann@example.com")
            )
            for n in range(RACERS)
        ),
        return_exceptions=True,
    )


def double_bookings(dibs: Dibs) -> int:
    """Count the pairs of live bookings of one resource that overlap in the database."""
    ((count,),) = plain_sql(
        dibs.settings,
        "SELECT count(*) FROM bookings AS one JOIN bookings AS other"
        " ON one.id < other.id AND one.resource_id = other.resource_id"
        " AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at"
        " WHERE one.status IN ('pending', 'confirmed')"
        " AND other.status IN ('pending', 'confirmed')",
    )
    return int(count)


async def assert_one_wins(
    dibs: Dibs, starts_at: datetime, refusal: type[Conflict] = Conflict
) -> None:
    outcomes = await race(dibs, starts_at)
    won = [each for each in outcomes if isinstance(each, Booking)]
    lost = [each for each in outcomes if isinstance(each, refusal)]
    assert (len(won), len(lost)) == (1, RACERS - 1), outcomes
    assert won[0].starts_at == starts_at
    assert double_bookings(dibs) == 0


async def test_one_of_fifty_wins(dibs: Dibs) -> None:
    for number in range(ROUNDS):
        await assert_one_wins(dibs, slot_of_round(number))


async def test_one_of_fifty_wins_also_with_the_hold_store_away(without_holds: Dibs) -> None:
    for number in range(5):
        await assert_one_wins(without_holds, slot_of_round(number), SlotTaken)


async def test_the_database_alone_lets_one_win(without_holds: Dibs, without_look: None) -> None:
    await assert_one_wins(without_holds, slot_of_round(0), SlotTaken)


async def test_the_look_inside_the_transaction_alone_lets_one_win(
    without_holds: Dibs, without_guard: None
) -> None:
    await assert_one_wins(without_holds, slot_of_round(0), SlotTaken)


async def test_with_every_guard_off_the_race_finds_a_double_booking(
    without_holds: Dibs, without_look: None, without_guard: None
) -> None:
    with pytest.raises(AssertionError):
        await assert_one_wins(without_holds, slot_of_round(0))
    assert double_bookings(without_holds) > 0


async def test_anyone_is_refused_only_when_nobody_is_free(without_holds: Dibs) -> None:
    """The visitors don't know of each other before the transaction, and all start with the same
    person."""
    starts_at = at("11:00", working_day(0))
    slot_request = SlotRequest(CONSULTATION, starts_at)
    outcomes = await asyncio.gather(
        *(
            without_holds.desk.booking.book(
                f"visitor {n}", slot_request, Customer(f"Ann {n}", "ann@example.com")
            )
            for n in range(12)
        ),
        return_exceptions=True,
    )
    assert sorted(each.resource_id for each in outcomes if isinstance(each, Booking)) == [1, 2]
    refused = [each for each in outcomes if isinstance(each, SlotTaken)]
    assert len(refused) == 10
    for each in refused:
        assert starts_at not in {other.starts_at for other in each.alternatives}


async def test_what_the_owner_releases_while_it_is_confirmed_stays_booked_or_is_refused(
    dibs: Dibs,
) -> None:
    """The owner can end checkouts, but not bookings: a customer who got a 201 has the time."""
    for number in range(ROUNDS):
        slot_request = SlotRequest(CONSULTATION, slot_of_round(number), resource_id=1)
        checkout = await dibs.desk.booking.check_out("ann", slot_request)
        (claim,) = await dibs.desk.claims.find_all()
        confirmed, released = await asyncio.gather(
            dibs.desk.booking.confirm("ann", checkout.token, Customer("Ann", "ann@example.com")),
            dibs.desk.claims.release([claim.claim]),
            return_exceptions=True,
        )
        ((status,),) = plain_sql(
            dibs.settings, f"SELECT status FROM bookings WHERE reference = '{checkout.reference}'"
        )
        if isinstance(confirmed, Booking):
            assert (status, released) == ("confirmed", [])
        else:
            assert (status, released) == ("cancelled", [claim])


async def test_what_one_claims_oneself_is_offered_instead_of_a_lost_time(dibs: Dibs) -> None:
    day = working_day(0)
    for clock in ("09:00", "09:30", "10:00", "10:30"):
        slot_request = SlotRequest(CONSULTATION, at(clock, day), resource_id=1)
        await dibs.desk.booking.book("bob", slot_request, Customer("Bob", "bob@example.com"))
    await dibs.desk.holding.hold("ann", CONSULTATION, at("11:00", day), 1)
    starts = {}
    for visitor in ("ann", "carl"):
        with pytest.raises(SlotTaken) as refusal:
            await dibs.desk.holding.hold(visitor, CONSULTATION, at("10:30", day), 1)
        starts[visitor] = [each.starts_at for each in refusal.value.alternatives]
    assert starts["ann"][0] == at("11:00", day)
    assert starts["carl"][0] == at("11:30", day)


@pytest.mark.scenario(10)
async def test_different_slots_of_one_person_are_all_booked_at_once(dibs: Dibs) -> None:
    slot_requests = [SlotRequest(CONSULTATION, slot_of_round(n), resource_id=1) for n in range(20)]
    won = await asyncio.gather(
        *(
            dibs.desk.booking.book(
                f"visitor {n}", slot_request, Customer(f"Ann {n}", "ann@example.com")
            )
            for n, slot_request in enumerate(slot_requests)
        )
    )
    assert [each.starts_at for each in won] == [
        slot_request.starts_at for slot_request in slot_requests
    ]
    assert double_bookings(dibs) == 0


@pytest.mark.scenario(37)
async def test_a_checkout_that_is_confirmed_and_abandoned_at_once_does_one_of_both(
    dibs: Dibs,
) -> None:
    desk = dibs.desk.booking
    for number in range(ROUNDS):
        slot_request = SlotRequest(CONSULTATION, slot_of_round(number), resource_id=1)
        checkout = await desk.check_out("ann", slot_request)
        outcomes = await asyncio.gather(
            desk.confirm("ann", checkout.token, Customer("Ann", "ann@example.com")),
            desk.abandon("ann", checkout.token),
            return_exceptions=True,
        )
        refused = [each for each in outcomes if isinstance(each, NotFound | CheckoutExpired)]
        assert len(refused) == 1, outcomes
    assert count_unguarded(dibs) == 0


async def test_a_booking_that_is_cancelled_twice_at_once_ends_once(dibs: Dibs) -> None:
    desk = dibs.desk.booking
    for number in range(ROUNDS):
        slot_request = SlotRequest(CONSULTATION, slot_of_round(number), resource_id=1)
        booking = await desk.book("ann", slot_request, Customer("Ann", "ann@example.com"))
        twice = [dibs.desk.changing.cancel_as_owner(booking.reference) for _ in range(2)]
        assert {each.status for each in await asyncio.gather(*twice)} == {"cancelled"}
    told = plain_sql(
        dibs.settings,
        "SELECT booking_id FROM outbox WHERE topic = 'booking.cancelled'"
        " GROUP BY booking_id HAVING count(*) > 1",
    )
    assert told == []


def count_unguarded(dibs: Dibs) -> int:
    """Count the live bookings without an allocation."""
    ((count,),) = plain_sql(
        dibs.settings,
        "SELECT count(*) FROM bookings WHERE status IN ('pending', 'confirmed')"
        " AND id NOT IN (SELECT booking_id FROM allocations)",
    )
    return int(count)
