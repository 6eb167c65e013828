"""What every database under the ledger promises: no two live bookings overlap, by whatever path
they are written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dibs.errors import SlotTaken
from dibs.ledger import bookings
from dibs.ledger.database import Transaction
from tests.contract.ledger.ground import CLASS, Ground, at, book, draft, place
from tests.support.plain_sql import Refused

#: Times that overlap a booking from 10:00 to 11:00 …
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
#: … and times that don't.
BESIDE = [("09:00", "10:00"), ("11:00", "12:00"), ("08:00", "09:00")]


class OverlapsContract:
    @pytest.mark.scenario(8)
    @pytest.mark.parametrize(("start", "end"), OVERLAPS)
    async def test_a_plain_insert_that_overlaps_is_refused(
        self, ground: Ground, start: str, end: str
    ) -> None:
        await book(ground, place("10:00"))
        before = ground.list_allocations()
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.allocate(at(start), at(end))
        assert ground.list_allocations() == before

    @pytest.mark.scenario(8)
    @pytest.mark.parametrize(("start", "end"), OVERLAPS)
    async def test_a_plain_update_into_an_overlap_is_refused(
        self, ground: Ground, start: str, end: str
    ) -> None:
        await book(ground, place("10:00"))
        second = await book(ground, place("14:00"), name="second")
        before = ground.list_allocations()
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.plain(
                "UPDATE allocations SET starts_at = ?, ends_at = ? WHERE booking_id = ?",
                at(start),
                at(end),
                second.id,
            )
        assert ground.list_allocations() == before

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
        before = ground.list_allocations()
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.plain(f"UPDATE allocations SET {moved} WHERE ends_at = ?", at("11:30"))
        assert ground.list_allocations() == before

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
        before = ground.list_allocations()
        end = at(start) + timedelta(hours=1)
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.allocate(at(start), end, booking=first.id, lane=1, capacity=2, **other)
        ground.allocate(at(start), end, booking=first.id, resource=2, lane=1, capacity=2, **other)
        with pytest.raises(Refused, match="allocations_no_overlap"):
            ground.plain("UPDATE allocations SET resource_id = 1 WHERE resource_id = 2")
        ground.plain("DELETE FROM allocations WHERE resource_id = 2")
        assert ground.list_allocations() == before

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
