"""What every database under the ledger promises, whoever writes to it and by whatever path.

A backend inherits the class and gives it the fixture `ground`.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from dibs.availability.boards import BoardKey, boards_of
from dibs.availability.hours import WallInterval
from dibs.availability.intervals import Interval
from dibs.availability.slots import ServiceSlot
from dibs.errors import IdempotencyMismatch, SlotPending, SlotTaken, TransactionLost
from dibs.ledger import boards, bookings, catalog_rows, idempotency, seats
from dibs.ledger.boards import ChangeReport
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.catalog import Catalog, TimeOff
from dibs.ledger.database import Database, Transaction
from dibs.ledger.idempotency import Request
from dibs.ledger.seats import Seat
from dibs.ledger.tables import allocations, audit, outbox
from dibs.ledger.tables import boards as board_rows
from dibs.ledger.tables import bookings as booking_rows
from dibs.ledger.tables import idempotency as answers
from tests.support import catalogs
from tests.support.days import at as on_day
from tests.support.hand_clock import HandClock
from tests.support.open_transaction import open_transaction
from tests.support.plain_sql import Refused
from tests.support.statements import statements
from tests.support.studio import demo_catalog

DAY = date(2026, 11, 25)
ANN = Customer("Ann Lee", "ann@example.com")
CONSULTATION, CLASS = 1, 4


def at(clock: str) -> datetime:
    return on_day(clock, DAY)


@dataclass
class Ground:
    """A database with the demo's catalog.

    `plain` runs SQL (`?` for parameters, instants as datetimes) on a connection of its own that
    knows nothing of Dibs, and commits it; a refusal by the database raises `Refused`.
    """

    database: Database
    clock: HandClock
    plain: Callable[..., list[tuple[Any, ...]]]

    def allocate(
        self,
        start: datetime | str | None,
        end: datetime | str | None,
        *,
        resource: int = 1,
        lane: int | None = 0,
        booking: int = 1,
        insert: str = "INSERT",
        service: int = CONSULTATION,
        slot: datetime | str | None = None,
        capacity: int = 1,
    ) -> None:
        """Without a `slot`, the start of the service is the start of what is allocated."""
        self.plain(
            f"{insert} INTO allocations (resource_id, lane, starts_at, ends_at, booking_id,"
            " service_id, slot_starts_at, capacity) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            resource,
            lane,
            start,
            end,
            booking,
            service,
            slot or start,
            capacity,
        )

    def count(self, table: str) -> int:
        found: int = self.plain(f"SELECT count(*) FROM {table}")[0][0]
        return found

    def allocated(self) -> list[tuple[Any, ...]]:
        return self.plain(
            "SELECT id, resource_id, lane, starts_at, ends_at FROM allocations ORDER BY id"
        )

    async def versions(self, *keys: BoardKey) -> list[int]:
        found = await self.database.read(boards.versions, keys)
        return [found[key] for key in keys]

    async def catalog(self) -> Catalog:
        found = await self.database.read(catalog_rows.read)
        assert found is not None
        return found

    async def change_catalog(self, wanted: Catalog) -> None:
        await self.database.write(catalog_rows.replace, wanted)


def place(
    start: str,
    minutes: int = 60,
    *,
    resource: int = 1,
    service: int = CONSULTATION,
    before: int = 0,
    after: int = 0,
    capacity: int = 1,
) -> Seat:
    """The first seat of a slot."""
    starts_at, ends_at = at(start), at(start) + timedelta(minutes=minutes)
    guarded = Interval(starts_at - timedelta(minutes=before), ends_at + timedelta(minutes=after))
    return Seat(ServiceSlot(starts_at, ends_at, guarded, service, resource), 0, capacity)


def draft(where: Seat, now: datetime, *, name: str = "first", pending: bool = False) -> Booking:
    assert where.slot.service_id is not None
    return Booking(
        id=0,
        reference=f"reference {name}",
        status="pending" if pending else "confirmed",
        token=f"token {name}",
        claim=f"claim {name}",
        visitor=f"visitor {name}",
        deadline=now + timedelta(minutes=10) if pending else None,
        service_id=where.slot.service_id,
        resource_id=where.slot.resource_id,
        starts_at=where.slot.starts_at,
        ends_at=where.slot.ends_at,
        price=None,
        customer=None if pending else ANN,
    )


def write(tx: Transaction, where: Seat, *, name: str = "first", pending: bool = False) -> Booking:
    seat = seats.find_seat(tx, where.slot, where.capacity)
    return bookings.insert_booking(
        tx, draft(where, tx.now, name=name, pending=pending), seat, "visitor"
    )


async def book(
    ground: Ground, where: Seat, *, name: str = "first", pending: bool = False
) -> Booking:
    return await ground.database.write(write, where, name=name, pending=pending)


#: What overlaps a booking from 10:00 to 11:00 …
OVERLAPS = [
    ("10:00", "11:00"),
    ("10:30", "11:30"),
    ("09:30", "10:30"),
    ("10:00:30", "11:00:30"),
    ("10:15", "10:20"),
    ("09:00", "12:00"),
    ("09:00", "10:00:00.000001"),
    ("10:59:59.999999", "12:00"),
]
#: … and what doesn't.
BESIDE = [("09:00", "10:00"), ("11:00", "12:00"), ("08:00", "09:00")]


@pytest.mark.anyio
class LedgerContract:
    @pytest.fixture
    async def ground(self) -> Ground:
        raise NotImplementedError("a backend gives its database")

    # --- no two live bookings overlap

    @pytest.mark.scenario(8)
    @pytest.mark.parametrize(("start", "end"), OVERLAPS)
    async def test_a_plain_insert_that_overlaps_is_refused(
        self, ground: Ground, start: str, end: str
    ) -> None:
        await book(ground, place("10:00"))
        before = ground.allocated()
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.allocate(at(start), at(end))
        assert ground.allocated() == before

    @pytest.mark.scenario(8)
    @pytest.mark.parametrize(("start", "end"), OVERLAPS)
    async def test_a_plain_update_into_an_overlap_is_refused(
        self, ground: Ground, start: str, end: str
    ) -> None:
        await book(ground, place("10:00"))
        second = await book(ground, place("14:00"), name="second")
        before = ground.allocated()
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.plain(
                "UPDATE allocations SET starts_at = ?, ends_at = ? WHERE booking_id = ?",
                at(start),
                at(end),
                second.id,
            )
        assert ground.allocated() == before

    @pytest.mark.scenario(8)
    @pytest.mark.parametrize("moved", ["resource_id = 1", "lane = 0"])
    async def test_a_plain_update_of_resource_or_lane_into_an_overlap_is_refused(
        self, ground: Ground, moved: str
    ) -> None:
        first = await book(ground, place("10:00", service=CLASS, capacity=2))
        elsewhere: dict[str, Any] = {"resource": 2} if "resource" in moved else {"lane": 1}
        ground.allocate(
            at("10:00"), at("11:30"), booking=first.id, service=CLASS, capacity=2, **elsewhere
        )
        before = ground.allocated()
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.plain(f"UPDATE allocations SET {moved} WHERE ends_at = ?", at("11:30"))
        assert ground.allocated() == before

    @pytest.mark.scenario(8)
    async def test_dibs_itself_is_refused_when_it_does_not_look_first(self, ground: Ground) -> None:
        await book(ground, place("10:00"))
        where = place("10:30")

        def insert_without_a_look(tx: Transaction) -> None:
            second = draft(where, tx.now, name="second")
            bookings.insert_booking(tx, second, where, "visitor")

        with pytest.raises(SlotTaken):
            await ground.database.write(insert_without_a_look)
        assert ground.count("bookings") == ground.count("allocations") == 1

    @pytest.mark.parametrize(("start", "end"), BESIDE)
    async def test_touching_times_are_no_overlap(
        self, ground: Ground, start: str, end: str
    ) -> None:
        first = await book(ground, place("10:00"))
        ground.allocate(at(start), at(end), booking=first.id)
        assert ground.count("allocations") == 2

    async def test_another_resource_is_no_overlap(self, ground: Ground) -> None:
        first = await book(ground, place("10:00"))
        ground.allocate(at("10:00"), at("11:00"), booking=first.id, resource=2)
        assert ground.count("allocations") == 2

    async def test_another_seat_of_a_class_is_no_overlap(self, ground: Ground) -> None:
        first = await book(ground, place("17:00", 90, resource=4, service=CLASS, capacity=3))
        seat: dict[str, Any] = {"resource": 4, "service": CLASS, "booking": first.id, "capacity": 3}
        ground.allocate(at("17:00"), at("18:30"), lane=1, **seat)
        assert ground.count("allocations") == 2

    @pytest.mark.scenario(8)
    @pytest.mark.parametrize(
        ("start", "other"),
        [
            ("10:00", {"service": 2}),
            ("10:30", {}),
            ("09:30", {}),
            ("10:00", {"slot": at("10:15")}),
        ],
        ids=["another service", "a later start", "an earlier start", "other buffers"],
    )
    async def test_a_lane_of_its_own_does_not_get_around_the_guard(
        self, ground: Ground, start: str, other: dict[str, Any]
    ) -> None:
        first = await book(ground, place("10:00"))
        before = ground.allocated()
        end = at(start) + timedelta(hours=1)
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.allocate(at(start), end, booking=first.id, lane=1, capacity=2, **other)
        ground.allocate(at(start), end, booking=first.id, resource=2, lane=1, capacity=2, **other)
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.plain("UPDATE allocations SET resource_id = 1 WHERE resource_id = 2")
        ground.plain("DELETE FROM allocations WHERE resource_id = 2")
        assert ground.allocated() == before

    @pytest.mark.scenario(8)
    @pytest.mark.parametrize(("lane", "capacity"), [(1, 1), (3, 3), (0, 0)])
    async def test_a_lane_beyond_the_capacity_is_refused(
        self, ground: Ground, lane: int, capacity: int
    ) -> None:
        first = await book(ground, place("10:00"))
        with pytest.raises(Refused, match="lane_is_a_seat"):
            ground.allocate(
                at("14:00"), at("15:00"), booking=first.id, lane=lane, capacity=capacity
            )
        with pytest.raises(Refused, match="lane_is_a_seat"):
            ground.plain("UPDATE allocations SET lane = 1")

    async def test_an_allocation_does_not_block_its_own_change(self, ground: Ground) -> None:
        await book(ground, place("10:00"))
        ground.plain("UPDATE allocations SET ends_at = ?", at("10:45"))
        ground.allocate(at("10:45"), at("11:00"))

    async def test_buffers_are_guarded(self, ground: Ground) -> None:
        await book(ground, place("10:00", before=10, after=15))
        for start, end in (("09:00", "09:51"), ("11:14", "12:00")):
            with pytest.raises(Refused, match="allocations_no_overlap"):
                ground.allocate(at(start), at(end))
        ground.allocate(at("09:00"), at("09:50"))
        ground.allocate(at("11:15"), at("12:00"))

    async def test_the_time_of_a_cancelled_booking_is_free(self, ground: Ground) -> None:
        first = await book(ground, place("10:00"))
        await ground.database.write(bookings.end, first, "cancelled", "customer")
        ground.allocate(at("10:00"), at("11:00"), booking=first.id)

    async def test_the_time_a_booking_moved_away_from_is_free(self, ground: Ground) -> None:
        first = await book(ground, place("10:00"))
        await ground.database.write(bookings.move, first, place("14:00"), "customer")
        ground.allocate(at("10:00"), at("11:00"), booking=first.id)
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.allocate(at("14:30"), at("15:00"), booking=first.id)

    @pytest.mark.parametrize(("start", "end"), [("10:00", "10:00"), ("11:00", "10:00")])
    async def test_a_time_ends_after_it_starts(self, ground: Ground, start: str, end: str) -> None:
        await book(ground, place("14:00"))
        with pytest.raises(Refused, match="allocation_has_length"):
            ground.allocate(at(start), at(end))

    @pytest.mark.parametrize("missing", ["lane", "start", "end"])
    async def test_a_guard_has_no_gaps(self, ground: Ground, missing: str) -> None:
        await book(ground, place("14:00"))
        values: dict[str, Any] = {"lane": 0, "start": at("10:00"), "end": at("11:00")}
        values[missing] = None
        with pytest.raises(Refused):
            ground.allocate(values["start"], values["end"], lane=values["lane"])
        with pytest.raises(Refused):
            ground.allocate(at("10:00"), at("11:00"), lane=-1)

    async def test_an_allocation_belongs_to_a_booking_and_a_resource(self, ground: Ground) -> None:
        first = await book(ground, place("14:00"))
        with pytest.raises(Refused):
            ground.allocate(at("10:00"), at("11:00"), booking=first.id + 1)
        with pytest.raises(Refused):
            ground.allocate(at("10:00"), at("11:00"), booking=first.id, resource=99)

    # --- lanes

    async def test_a_class_fills_lane_by_lane(self, ground: Ground) -> None:
        where = place("17:00", 90, resource=4, service=CLASS, capacity=3)
        for name in ("first", "second", "third"):
            await book(ground, where, name=name)
        assert [row[2] for row in ground.allocated()] == [0, 1, 2]
        with pytest.raises(SlotTaken):
            await book(ground, where, name="fourth")

    async def test_a_lane_that_was_left_is_used_again(self, ground: Ground) -> None:
        where = place("17:00", 90, resource=4, service=CLASS, capacity=3)
        first = await book(ground, where)
        await book(ground, where, name="second")
        await ground.database.write(bookings.end, first, "cancelled", "customer")
        await book(ground, where, name="third")
        assert sorted(row[2] for row in ground.allocated()) == [0, 1]

    @pytest.mark.parametrize(
        "other",
        [
            place("17:30", 90, resource=4, service=CLASS, capacity=3),
            place("17:00", 90, resource=4, service=2, capacity=3),
        ],
        ids=["another time", "another service"],
    )
    async def test_only_the_same_class_at_the_same_time_shares_it(
        self, ground: Ground, other: Seat
    ) -> None:
        await book(ground, place("17:00", 90, resource=4, service=CLASS, capacity=3))
        with pytest.raises(SlotTaken):
            await book(ground, other, name="second")

    @pytest.mark.parametrize(
        ("sold", "capacity", "cancelled"), [(3, 1, 1), (4, 2, 2), (4, 3, 1), (4, 1, 3)]
    )
    async def test_a_lowered_capacity_lets_nobody_in(
        self, ground: Ground, sold: int, capacity: int, cancelled: int
    ) -> None:
        """The lowest lanes are left: what counts is how many seats are sold, not in which lanes."""
        sessions = {"resource": 4, "service": CLASS}
        where = place("17:00", 90, capacity=sold, **sessions)
        first = [await book(ground, where, name=f"{n}") for n in range(sold)]
        lowered = place("17:00", 90, capacity=capacity, **sessions)
        async with open_transaction(ground.database) as tx:
            for each in first[:cancelled]:
                await tx.run(bookings.end, each, "cancelled", "customer")
        for left in range(sold - cancelled, capacity - 1, -1):
            with pytest.raises(SlotTaken):
                await book(ground, lowered, name="late")
            await ground.database.write(bookings.end, first[sold - left], "cancelled", "customer")
        await book(ground, lowered, name="late")
        assert ground.count("allocations") == capacity
        with pytest.raises(SlotTaken):
            await book(ground, lowered, name="too late")

    @pytest.mark.parametrize(
        "changed",
        [
            {"after": 10},
            {"before": 10},
            {"minutes": 95},
            {"minutes": 60},
            {"minutes": 60, "after": 60},
        ],
        ids=str,
    )
    async def test_a_part_sold_class_keeps_its_times(
        self, ground: Ground, changed: dict[str, int]
    ) -> None:
        """Also with another class of the same service right before and after it."""
        sessions: dict[str, Any] = {"resource": 4, "service": CLASS, "capacity": 3}
        first = await book(ground, place("17:00", 90, before=5, after=5, **sessions))
        await book(ground, place("15:20", 90, before=5, after=5, **sessions), name="earlier")
        await book(ground, place("18:40", 90, before=5, after=5, **sessions), name="later")
        minutes = changed.get("minutes", 90)
        buffers = {"before": 5, "after": 5, **changed}
        buffers.pop("minutes", None)
        second = await book(ground, place("17:00", minutes, **buffers, **sessions), name="second")
        assert (second.starts_at, second.ends_at, second.guarded) == (
            first.starts_at,
            first.ends_at,
            first.guarded,
        )

    async def test_a_class_with_its_last_seat_given_back_has_the_new_times(
        self, ground: Ground
    ) -> None:
        sessions: dict[str, Any] = {"resource": 4, "service": CLASS, "capacity": 3}
        first = await book(ground, place("17:00", 90, **sessions))
        await ground.database.write(bookings.end, first, "cancelled", "customer")
        second = await book(ground, place("17:00", 60, after=10, **sessions), name="second")
        assert (second.ends_at, second.guarded) == (
            at("18:00"),
            Interval(at("17:00"), at("18:10")),
        )

    async def test_a_checkout_in_the_way_is_named_as_such(self, ground: Ground) -> None:
        await book(ground, place("10:00"), pending=True)
        with pytest.raises(SlotPending):
            await book(ground, place("10:30"), name="second")

    async def test_beside_a_booking_a_checkout_in_the_way_gives_no_hope(
        self, ground: Ground
    ) -> None:
        await book(ground, place("10:00"), pending=True)
        await book(ground, place("11:00"), name="second")
        with pytest.raises(SlotTaken):
            await book(ground, place("10:30"), name="third")

    async def test_a_booking_that_is_replaced_is_not_in_the_way(self, ground: Ground) -> None:
        first = await book(ground, place("10:00"))
        async with open_transaction(ground.database) as tx:
            found = await tx.run(seats.find_seat, place("10:30").slot, ignoring=[first.id])
            assert found == place("10:30")

    # --- a pending booking has a deadline, no other has

    async def test_only_a_pending_booking_has_a_deadline(self, ground: Ground) -> None:
        pending = await book(ground, place("10:00"), pending=True)
        booked = await book(ground, place("14:00"), name="second")
        with pytest.raises(Refused, match="pending_has_deadline"):
            ground.plain("UPDATE bookings SET deadline = NULL WHERE id = ?", pending.id)
        with pytest.raises(Refused, match="pending_has_deadline"):
            ground.plain("UPDATE bookings SET deadline = ? WHERE id = ?", at("12:00"), booked.id)
        with pytest.raises(Refused):
            ground.plain("UPDATE bookings SET status = 'lost' WHERE id = ?", booked.id)

    async def test_a_reference_and_a_token_are_unique(self, ground: Ground) -> None:
        await book(ground, place("10:00"))
        second = await book(ground, place("14:00"), name="second")
        for column in ("reference", "token"):
            with pytest.raises(Refused):
                ground.plain(
                    f"UPDATE bookings SET {column} = ? WHERE id = ?", f"{column} first", second.id
                )

    # --- versions

    async def test_a_boards_version_is_the_sum_of_three_counters(self, ground: Ground) -> None:
        key = BoardKey(1, DAY)
        async with open_transaction(ground.database) as tx:
            await tx.lock_boards([key])
            await tx.lock_boards([BoardKey(2, DAY)])
        ground.plain("UPDATE business SET version = 300")
        ground.plain("UPDATE resources SET version = 20 WHERE id = 1")
        ground.plain("UPDATE boards SET version = 1 WHERE resource_id = 1")
        assert await ground.versions(key, BoardKey(1, DAY + timedelta(days=1))) == [321, 320]
        instant = ground.database.instant()
        found = await ground.database.read(boards.read, key, at("00:00"), at("23:59"), instant)
        assert found is not None
        assert (found.business_version, found.resource_version, found.board_version) == (300, 20, 1)
        assert found.version == 321

    async def test_a_version_and_its_rows_come_from_one_statement(self, ground: Ground) -> None:
        await book(ground, place("10:00"))
        await book(ground, place("14:00"), name="second")
        key, instant = BoardKey(1, DAY), ground.database.instant()
        with statements() as seen:
            found = await ground.database.read(boards.read, key, at("00:00"), at("23:59"), instant)
        assert found is not None
        assert [busy.guarded.start for busy in found.busy] == [at("10:00"), at("14:00")]
        assert len(seen) == 1

    async def test_the_versions_of_many_boards_come_from_one_statement(
        self, ground: Ground
    ) -> None:
        keys = [BoardKey(each, DAY + timedelta(days=n)) for each in (1, 2, 3) for n in range(30)]
        with statements() as seen:
            found = await ground.database.read(boards.versions, [*keys, BoardKey(99, DAY)])
        assert found.keys() == set(keys)
        assert len(seen) == 1

    async def poll_changes(
        self, ground: Ground, *keys: BoardKey, since: int | None = None
    ) -> ChangeReport:
        return await ground.database.read(
            boards.poll_changes, keys, since, ground.database.instant()
        )

    async def test_the_pulse_is_felt_in_one_statement(self, ground: Ground) -> None:
        key = BoardKey(1, DAY)
        with statements() as seen:
            first = await self.poll_changes(ground, key, BoardKey(99, DAY))
        assert len(seen) == 1
        assert first.versions == {key: (await ground.versions(key))[0]}
        for counter in ("business", "resources", "boards"):
            async with open_transaction(ground.database) as tx:
                await tx.lock_boards([key])
            ground.plain(f"UPDATE {counter} SET version = version + 1")
            again = await self.poll_changes(ground, key, since=first.changes)
            assert again.changes > first.changes
            assert again.versions == {key: (await ground.versions(key))[0]}
            first = again

    async def test_a_pulse_without_a_change_brings_no_versions(self, ground: Ground) -> None:
        async with open_transaction(ground.database) as tx:
            await tx.lock_boards([BoardKey(1, DAY)])
        first = await self.poll_changes(ground, BoardKey(1, DAY))
        again = await self.poll_changes(ground, BoardKey(1, DAY), since=first.changes)
        assert (again.changes, again.versions) == (first.changes, None)
        assert (await self.poll_changes(ground)).versions == {}

    async def test_the_pulse_says_that_a_checkout_is_overdue(self, ground: Ground) -> None:
        await book(ground, place("10:00"), pending=True)
        ground.clock.advance(599)
        assert not (await self.poll_changes(ground)).overdue
        ground.clock.advance(1)
        beat = await self.poll_changes(ground)
        assert beat.overdue
        assert beat.now == ground.clock.now()

    async def test_bumping_counts_each_board_once_in_a_transaction(self, ground: Ground) -> None:
        keys = [BoardKey(2, DAY), BoardKey(1, DAY)]
        before = await ground.versions(*keys)
        async with open_transaction(ground.database) as tx:
            await tx.lock_boards(keys)
            await tx.lock_boards(keys)
            told = tx.versions
        assert await ground.versions(*keys) == [version + 1 for version in before]
        assert [told[key] for key in keys] == [version + 1 for version in before]

    async def test_boards_are_bumped_in_sorted_order(self, ground: Ground) -> None:
        days = [DAY + timedelta(days=n) for n in (3, 0, 4, 1, 2)]
        keys = [BoardKey(each, day) for each in (2, 1) for day in days]
        async with open_transaction(ground.database) as tx:
            with statements() as seen:
                await tx.lock_boards(keys)
        assert sum("INSERT INTO boards" in statement for statement in seen) == len(keys)
        rows = ground.plain("SELECT resource_id, CAST(day AS TEXT) FROM boards")
        assert rows == [(key.resource_id, key.day.isoformat()) for key in sorted(keys)]

    # --- the catalog

    async def test_a_catalog_is_read_as_it_was_written(self, ground: Ground) -> None:
        found = await ground.catalog()
        assert content(found) == content(demo_catalog())

    async def test_any_catalog_is_read_as_it_was_written(self, ground: Ground) -> None:
        loop = asyncio.get_running_loop()

        def wait_for(step: Coroutine[Any, Any, Catalog]) -> Catalog:
            return asyncio.run_coroutine_threadsafe(step, loop).result(timeout=10)

        async def written(wanted: Catalog) -> Catalog:
            await ground.change_catalog(wanted)
            return await ground.catalog()

        @settings(derandomize=True, deadline=None, max_examples=25)
        @given(wanted=catalogs.catalogs())
        def round_trip(wanted: Catalog) -> None:
            found = wait_for(written(wanted))
            assert content(found) == content(wanted)
            assert wait_for(written(found)) == found

        await asyncio.to_thread(round_trip)

    async def test_the_same_catalog_again_counts_nothing(self, ground: Ground) -> None:
        before = await ground.catalog()
        await ground.change_catalog(demo_catalog())
        assert await ground.catalog() == before

    @pytest.mark.parametrize(
        "change", ["name", "weekly", "overrides", "closures", "time_zone", "kind"]
    )
    async def test_a_changed_resource_is_counted_alone(self, ground: Ground, change: str) -> None:
        before = await ground.catalog()
        changed: dict[str, Any] = {
            "name": "Sarah Jones",
            "weekly": {1: (WallInterval(600, 720),)},
            "overrides": {DAY: ()},
            "closures": (TimeOff(datetime(2026, 12, 24), datetime(2026, 12, 27)),),
            "time_zone": "Europe/Berlin",
            "kind": "equipment",
        }
        sarah = dataclasses.replace(before.resources[1], **{change: changed[change]})
        await ground.change_catalog(
            dataclasses.replace(before, resources={**before.resources, 1: sarah})
        )
        after = await ground.catalog()
        assert after.resources[1] == sarah
        assert after.business_version == before.business_version
        assert after.resource_versions == {
            **before.resource_versions,
            1: before.resource_versions[1] + 1,
        }

    @pytest.mark.parametrize("change", ["business", "services", "closures"])
    async def test_a_change_for_everybody_is_counted_once(
        self, ground: Ground, change: str
    ) -> None:
        before = await ground.catalog()
        dearer = dataclasses.replace(before.services[1], description="now with tea")
        changed: dict[str, Any] = {
            "business": dataclasses.replace(before.business, name="Dibs & Co"),
            "services": {**before.services, 1: dearer},
            "closures": (TimeOff(datetime(2026, 12, 24), datetime(2026, 12, 27), "holidays"),),
        }
        wanted = dataclasses.replace(before, **{change: changed[change]})
        await ground.change_catalog(wanted)
        after = await ground.catalog()
        assert content(after) == content(wanted)
        assert after.business_version == before.business_version + 1
        assert after.resource_versions == before.resource_versions

    async def test_what_is_no_longer_offered_is_retired_and_keeps_its_bookings(
        self, ground: Ground
    ) -> None:
        known = await ground.catalog()
        key = BoardKey(3, DAY)
        versions = await ground.versions(key)
        await book(ground, place("10:00", resource=3, service=3))
        services = {each: service for each, service in known.services.items() if each != 3}
        resources = {each: resource for each, resource in known.resources.items() if each != 3}
        without_service = dataclasses.replace(known, services=services)
        without_both = dataclasses.replace(without_service, resources=resources)
        for wanted in (without_service, without_both, without_service, known):
            await ground.change_catalog(wanted)
            assert content(await ground.catalog()) == content(wanted)
            versions += await ground.versions(key)
        assert versions == sorted(set(versions))
        assert ground.count("bookings") == ground.count("allocations") == 1

    # --- the same request twice

    @pytest.mark.scenario(13)
    async def test_an_answer_is_kept_for_a_day_and_more(self, ground: Ground) -> None:
        await keep(ground, Request("scope", "key", "asked"), "the answer")
        ground.clock.advance(24 * 3600)
        await keep(ground, Request("scope", "another key", "asked"), "another answer")
        assert await answered(ground, Request("scope", "key", "asked")) == "the answer"

    async def test_old_answers_are_forgotten_when_new_ones_come(self, ground: Ground) -> None:
        await keep(ground, Request("scope", "key", "asked"), "the answer")
        ground.clock.advance(idempotency.KEPT.total_seconds() + 1)
        await keep(ground, Request("scope", "another key", "asked"), "another answer")
        assert await answered(ground, Request("scope", "key", "asked")) is None
        assert ground.count("idempotency") == 1

    async def test_an_old_answer_is_no_answer_while_it_is_still_stored(
        self, ground: Ground
    ) -> None:
        request = Request("scope", "key", "asked")
        await keep(ground, request, "the answer")
        ground.clock.advance(idempotency.KEPT.total_seconds())
        assert await answered(ground, request) == "the answer"
        ground.clock.advance(1)
        assert await answered(ground, request) is None
        other = Request("scope", "key", "asked for more")
        assert await answered(ground, other) is None, "the key can be used for something else"
        await keep(ground, other, "another answer")
        assert await answered(ground, other) == "another answer"

    @pytest.mark.scenario(13)
    async def test_the_same_key_with_other_data_is_refused(self, ground: Ground) -> None:
        await keep(ground, Request("scope", "key", "asked"), "the answer")
        with pytest.raises(IdempotencyMismatch):
            await answered(ground, Request("scope", "key", "asked for more"))

    async def test_a_key_belongs_to_who_sent_it(self, ground: Ground) -> None:
        await keep(ground, Request("ann", "key", "asked"), "the answer")
        assert await answered(ground, Request("bob", "key", "asked")) is None
        await keep(ground, Request("bob", "key", "asked"), "another answer")
        assert await answered(ground, Request("ann", "key", "asked")) == "the answer"

    # --- all or nothing

    async def test_every_change_leaves_its_audit_row_and_its_message(self, ground: Ground) -> None:
        checkout = await book(ground, place("10:00"), pending=True)
        booking = await ground.database.write(bookings.confirm, checkout, ANN, "visitor")
        ground.clock.advance(60)
        moved = await ground.database.write(bookings.move, booking, place("14:00"), "customer")
        await ground.database.write(bookings.end, moved, "cancelled", "owner")
        done = ground.plain("SELECT actor, action, booking_id FROM audit ORDER BY id")
        assert done == [
            ("visitor", "checkout.started", booking.id),
            ("visitor", "booking.confirmed", booking.id),
            ("customer", "booking.rescheduled", booking.id),
            ("owner", "booking.cancelled", booking.id),
        ]
        told = ground.plain("SELECT topic, booking_id, delivered_at FROM outbox ORDER BY id")
        assert told == [
            ("booking.confirmed", booking.id, None),
            ("booking.rescheduled", booking.id, None),
            ("booking.cancelled", booking.id, None),
        ]

    async def test_an_expired_checkout_is_recorded_but_nobody_is_told(self, ground: Ground) -> None:
        checkout = await book(ground, place("10:00"), pending=True)
        await ground.database.write(bookings.end, checkout, "expired", "clock")
        assert ground.plain("SELECT action FROM audit ORDER BY id") == [
            ("checkout.started",),
            ("checkout.expired",),
        ]
        assert ground.count("outbox") == 0

    async def test_what_is_interrupted_leaves_nothing(self, ground: Ground) -> None:
        where = place("10:00")

        zone = await zone_of(ground, 1)

        def write_and_fail(tx: Transaction) -> None:
            tx.lock_boards(boards_of(1, where.slot.guarded, zone))
            write(tx, where)
            idempotency.save_response(tx, Request("scope", "key", "asked"), 201, "the answer")
            for table in (allocations, audit, board_rows, booking_rows, outbox, answers):
                assert tx.connection.execute(table.select()).first() is not None
            raise RuntimeError("the power went")

        with pytest.raises(RuntimeError, match="the power went"):
            await ground.database.write(write_and_fail)
        for table in ("allocations", "audit", "boards", "bookings", "outbox", "idempotency"):
            assert ground.count(table) == 0, table

    async def test_what_is_written_is_seen_by_others_only_when_it_is_whole(
        self, ground: Ground
    ) -> None:
        async with open_transaction(ground.database) as tx:
            await tx.run(write, place("10:00"))
            assert ground.count("bookings") == ground.count("allocations") == 0
        assert ground.count("bookings") == ground.count("allocations") == 1

    # --- finding bookings

    async def test_overdue_checkouts_are_found_by_what_they_are_in_the_way_of(
        self, ground: Ground
    ) -> None:
        await book(ground, place("10:00"), pending=True)
        await book(ground, place("14:00"), name="second", pending=True)
        await book(ground, place("16:00"), name="third")

        async def overdue(wanted: Seat | None) -> list[str]:
            instant = ground.database.instant()
            slot = wanted.slot if wanted else None
            found = await ground.database.read(bookings.overdue, instant, slot)
            return [booking.claim for booking in found]

        ground.clock.advance(599)
        assert await overdue(None) == []
        ground.clock.advance(1)
        assert await overdue(None) == ["claim first", "claim second"]
        assert await overdue(place("14:30")) == ["claim second"]
        assert await overdue(place("10:30", resource=2)) == []
        assert await overdue(place("11:00")) == []

    async def test_of_overdue_checkouts_the_first_overdue_come_first(self, ground: Ground) -> None:
        """Of a backlog as many are ended at once as one transaction can: the oldest."""
        for name, start in (("first", "16:00"), ("second", "10:00"), ("third", "14:00")):
            await book(ground, place(start), name=name, pending=True)
            ground.clock.advance(1)
        ground.clock.advance(600)
        database, instant = ground.database, ground.database.instant()
        found = await database.read(bookings.overdue, instant, most=2)
        all_day = await database.read(bookings.overdue, instant, place("10:00", 8 * 60).slot)
        assert [each.claim for each in found] == ["claim first", "claim second"]
        assert [each.claim for each in all_day] == ["claim first", "claim second", "claim third"]

    async def test_a_booking_is_read_as_it_was_written(self, ground: Ground) -> None:
        written = await book(ground, place("10:00"))
        found = await ground.database.read(bookings.by_reference, written.reference)
        by_token = await ground.database.read(bookings.by_token, written.token)
        assert found == written == by_token
        assert found is not None
        assert found.guarded == place("10:00").slot.guarded
        assert await ground.database.read(bookings.by_reference, "reference none") is None

    async def test_what_has_ended_is_not_confirmed_moved_or_ended_from_an_older_look(
        self, ground: Ground
    ) -> None:
        looked_at = await book(ground, place("10:00"), pending=True)
        await ground.database.write(bookings.end, looked_at, "cancelled", "visitor")
        changes: list[Callable[[Transaction], Booking]] = [
            lambda tx: bookings.confirm(tx, looked_at, ANN, "visitor"),
            lambda tx: bookings.move(tx, looked_at, place("14:00"), "customer"),
            lambda tx: bookings.end(tx, looked_at, "expired", "clock"),
        ]
        for late in changes:
            with pytest.raises(TransactionLost):
                await ground.database.write(late)
        assert ground.plain("SELECT status FROM bookings") == [("cancelled",)]
        assert ground.count("allocations") == 0


def content(known: Catalog) -> Sequence[object]:
    """A catalog without its counters."""
    return (known.business, known.services, known.resources, known.closures)


async def zone_of(ground: Ground, resource: int) -> Any:
    return (await ground.catalog()).hours[resource].zone


async def keep(ground: Ground, request: Request, answer: str) -> None:
    await ground.database.write(idempotency.save_response, request, 201, answer)


async def answered(ground: Ground, request: Request) -> str | None:
    kept = await ground.database.read(idempotency.find_replay, request, ground.clock.now())
    return kept.body if kept is not None else None
