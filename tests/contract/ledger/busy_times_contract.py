"""What every database under the ledger promises about imported busy times: they get the times that
no booking has, and nothing overlaps them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dibs.availability.boards import BoardKey
from dibs.availability.intervals import Interval
from dibs.busy_times.busy_time import BusyTime
from dibs.errors import SlotTaken
from dibs.ledger import bookings, imported_busy_times
from dibs.ledger.boards import read
from dibs.ledger.calendar_subscriptions import (
    Subscription,
    claim_due,
    delete_subscription,
    has_due,
    insert_subscription,
    note_fault,
    note_success,
)
from dibs.ledger.database import Transaction
from dibs.ledger.imported_busy_times import (
    find_busy_times,
    find_conflicts,
    replace_busy_times,
)
from dibs.ledger.ledger import Ledger
from tests.contract.ledger.ground import CLASS, DAY, Ground, at, book, place
from tests.support.plain_sql import Refused

SARAH, MIKE = 1, 2
BOARD = BoardKey(SARAH, DAY)
LEASE = timedelta(minutes=5)


def busy(start: str, end: str, title: str = "Dentist") -> BusyTime:
    return BusyTime(at(start), at(end), title)


async def subscribe(ground: Ground, name: str = "Private", resource: int = SARAH) -> Subscription:
    address = f"https://calendar.example/{name}"
    return await ground.database.write(insert_subscription, resource, name, address)


async def read_in(ground: Ground, subscription: Subscription, *times: BusyTime) -> None:
    """Replace the busy times of this calendar subscription."""
    ledger = Ledger(ground.database)
    catalog = await ledger.catalog()

    def write(tx: Transaction) -> None:
        times_of = {subscription.id: set(times)}
        replace_busy_times(ledger, tx, catalog, subscription.resource_id, times_of)

    await ground.database.write(write)


async def look_again(ground: Ground) -> None:
    """Compute the allocations again, as if no calendar has changed."""
    ledger = Ledger(ground.database)
    catalog = await ledger.catalog()
    await ground.database.write(lambda tx: replace_busy_times(ledger, tx, catalog, SARAH, {}))


def list_imported(ground: Ground) -> list[tuple[str, str]]:
    """Return start and end of each allocation of a busy time."""
    allocated = {tuple(row[3:5]) for row in ground.list_allocations()}
    booked = ground.plain("SELECT starts_at, ends_at FROM allocations WHERE busy_time_id IS NULL")
    rows = allocated - {tuple(row) for row in booked}
    return sorted((str(start), str(end)) for start, end in rows)


def as_stored(ground: Ground, *times: tuple[str, str]) -> list[tuple[str, str]]:
    """Return these times in the format in which this database stores them."""
    found = []
    for start, end in times:
        [row] = ground.plain(
            "SELECT starts_at, ends_at FROM allocations WHERE starts_at = ? AND ends_at = ?",
            at(start),
            at(end),
        )
        found.append((str(row[0]), str(row[1])))
    return sorted(found)


class BusyTimesContract:
    async def test_a_busy_time_is_allocated_and_shown_as_taken(self, ground: Ground) -> None:
        await read_in(ground, await subscribe(ground), busy("10:00", "11:00"))
        assert list_imported(ground) == as_stored(ground, ("10:00", "11:00"))
        instant = ground.database.instant()
        board = await ground.database.read(read, BOARD, at("00:00"), at("23:00"), instant)
        assert board is not None
        [found] = board.busy
        assert (found.guarded, found.state) == (Interval(at("10:00"), at("11:00")), "taken")
        assert (found.booking_id, found.service_id, found.visitor) == (None, None, None)

    @pytest.mark.parametrize("capacity", [1, 3])
    async def test_nothing_is_booked_over_it(self, ground: Ground, capacity: int) -> None:
        await read_in(ground, await subscribe(ground), busy("10:00", "11:00"))
        with pytest.raises(SlotTaken):
            await book(ground, place("10:00", service=CLASS, capacity=capacity))
        with pytest.raises(SlotTaken):
            await book(ground, place("09:30"))
        await book(ground, place("09:00"))
        await book(ground, place("11:00"), name="second")

    @pytest.mark.parametrize(
        ("start", "end", "other"),
        [
            ("10:00", "11:00", {}),
            ("10:30", "11:30", {}),
            ("10:00", "11:00", {"lane": 1, "capacity": 2}),
            ("10:00", "11:30", {"lane": 1, "capacity": 2, "service": CLASS}),
        ],
    )
    async def test_the_database_guards_it(
        self, ground: Ground, start: str, end: str, other: dict[str, Any]
    ) -> None:
        first = await book(ground, place("14:00"))
        await read_in(ground, await subscribe(ground), busy("10:00", "11:00"))
        before = ground.list_allocations()
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.allocate(at(start), at(end), booking=first.id, **other)
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.plain(
                "UPDATE allocations SET starts_at = ?, ends_at = ?, slot_starts_at = ?"
                " WHERE booking_id = ?",
                at(start),
                at(end),
                at(start),
                first.id,
            )
        assert ground.list_allocations() == before

    @pytest.mark.parametrize(
        "change",
        ["busy_time_id = NULL", "booking_id = 1, service_id = 1", "service_id = 1"],
    )
    async def test_an_allocation_belongs_either_to_a_booking_or_to_a_busy_time(
        self, ground: Ground, change: str
    ) -> None:
        await book(ground, place("14:00"))
        await read_in(ground, await subscribe(ground), busy("10:00", "11:00"))
        with pytest.raises(Refused, match=r"allocation_has_one_cause|only_bookings_have_a_service"):
            ground.plain(f"UPDATE allocations SET {change} WHERE busy_time_id IS NOT NULL")

    async def test_a_booking_in_the_way_keeps_its_time_and_is_a_conflict(
        self, ground: Ground
    ) -> None:
        booking = await book(ground, place("10:00"))
        private = await subscribe(ground)
        await read_in(ground, private, busy("09:30", "11:30"))
        assert list_imported(ground) == as_stored(ground, ("09:30", "10:00"), ("11:00", "11:30"))
        [conflict] = await ground.database.read(find_conflicts, ground.clock.now())
        assert conflict.reference == booking.reference
        assert conflict.busy.content == busy("09:30", "11:30")
        assert conflict.busy.subscription_id == private.id

    async def test_conflicts_of_others_leave_room_for_ones_own(
        self, ground: Ground, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imported_busy_times, "MAX_CONFLICTS", 1)
        of_sarah = await book(ground, place("10:00"))
        of_mike = await book(ground, place("11:00", resource=MIKE), name="mike")
        for resource in (SARAH, MIKE):
            private = await subscribe(ground, resource=resource)
            await read_in(ground, private, busy("09:30", "12:00"))
        for of_whom, expected in ((None, of_sarah), (SARAH, of_sarah), (MIKE, of_mike)):
            now = ground.clock.now()
            [found] = await ground.database.read(find_conflicts, now, of_whom)
            assert found.reference == expected.reference

    async def test_it_takes_its_place_when_the_booking_has_gone(self, ground: Ground) -> None:
        booking = await book(ground, place("10:00"))
        await read_in(ground, await subscribe(ground), busy("10:00", "11:00"))
        assert list_imported(ground) == []
        await ground.database.write(bookings.end, booking, "cancelled", "customer")
        await look_again(ground)
        assert list_imported(ground) == as_stored(ground, ("10:00", "11:00"))
        assert await ground.database.read(find_conflicts, ground.clock.now()) == []

    async def test_a_checkout_in_the_way_keeps_its_time_and_is_no_conflict(
        self, ground: Ground
    ) -> None:
        await book(ground, place("10:00"), pending=True)
        await read_in(ground, await subscribe(ground), busy("10:00", "11:00"))
        assert list_imported(ground) == []
        assert await ground.database.read(find_conflicts, ground.clock.now()) == []

    async def test_only_a_buffer_in_the_way_is_no_conflict(self, ground: Ground) -> None:
        await book(ground, place("10:00", after=30))
        await read_in(ground, await subscribe(ground), busy("11:00", "12:00"))
        assert list_imported(ground) == as_stored(ground, ("11:30", "12:00"))
        assert await ground.database.read(find_conflicts, ground.clock.now()) == []

    async def test_what_is_no_longer_in_the_calendar_is_free(self, ground: Ground) -> None:
        private = await subscribe(ground)
        await read_in(ground, private, busy("10:00", "11:00"), busy("12:00", "13:00"))
        await read_in(ground, private, busy("12:00", "13:00"))
        assert list_imported(ground) == as_stored(ground, ("12:00", "13:00"))
        await book(ground, place("10:00"))

    async def test_only_boards_that_change_are_counted(self, ground: Ground) -> None:
        private = await subscribe(ground)
        await read_in(ground, private, busy("10:00", "11:00"))
        [first] = await ground.versions(BOARD)
        await read_in(ground, private, busy("10:00", "11:00"))
        await read_in(ground, private, busy("10:00", "11:00", "Another title"))
        await look_again(ground)
        assert await ground.versions(BOARD) == [first]
        [time] = await ground.database.read(find_busy_times, [SARAH])
        assert time.title == "Another title"
        await read_in(ground, private)
        assert (await ground.versions(BOARD))[0] > first

    async def test_two_calendars_share_a_time_and_the_other_one_keeps_it(
        self, ground: Ground
    ) -> None:
        private, club = await subscribe(ground), await subscribe(ground, "Club")
        await read_in(ground, private, busy("10:00", "11:00"))
        await read_in(ground, club, busy("10:00", "11:00", "Training"), busy("10:30", "12:00"))
        assert list_imported(ground) == as_stored(ground, ("10:00", "11:00"), ("11:00", "12:00"))

        ledger = Ledger(ground.database)
        catalog = await ledger.catalog()

        def remove(tx: Transaction) -> None:
            replace_busy_times(ledger, tx, catalog, SARAH, {private.id: ()})
            delete_subscription(tx, private.id)

        await ground.database.write(remove)
        assert list_imported(ground) == as_stored(ground, ("10:00", "11:00"), ("11:00", "12:00"))
        assert ground.count("calendar_subscriptions") == 1

    async def test_a_busy_time_of_weeks_has_a_piece_for_each_day(self, ground: Ground) -> None:
        long = BusyTime(at("10:00"), at("10:00") + timedelta(days=20))
        await read_in(ground, await subscribe(ground), long)
        assert ground.count("imported_busy_times") == 1
        assert ground.count("allocations") == 21

    async def test_many_busy_times_come_and_go_at_once(self, ground: Ground) -> None:
        private = await subscribe(ground)
        start = at("10:00")
        many = [
            BusyTime(start + timedelta(hours=n), start + timedelta(hours=n, minutes=30), str(n))
            for n in range(1500)
        ]
        await read_in(ground, private, *many)
        assert ground.count("allocations") == ground.count("imported_busy_times") == 1500
        await read_in(ground, private)
        assert ground.count("allocations") == ground.count("imported_busy_times") == 0

    async def test_a_subscription_is_claimed_once_when_it_is_due(self, ground: Ground) -> None:
        private = await subscribe(ground)
        database, clock = ground.database, ground.clock
        assert await database.read(has_due, clock.now())
        assert await database.write(claim_due, LEASE) == private
        assert await database.write(claim_due, LEASE) is None
        clock.advance(LEASE.total_seconds())
        assert await database.write(claim_due, LEASE) == private

        await database.write(note_success, private.id, timedelta(minutes=15))
        clock.advance(14 * 60)
        assert not await database.read(has_due, clock.now())
        clock.advance(60)
        await database.write(note_fault, private.id, "refused", "404", timedelta(minutes=30))
        clock.advance(29 * 60)
        assert not await database.read(has_due, clock.now())
        clock.advance(60)
        found = await database.write(claim_due, LEASE)
        assert found is not None
        assert (found.fault, found.fault_detail, found.failures) == ("refused", "404", 1)
        assert found.succeeded_at is not None
        assert found.read_at is not None
        assert found.succeeded_at < found.read_at
