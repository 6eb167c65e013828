"""What every database under the ledger promises about the seats of a class and about pending
bookings."""

from __future__ import annotations

from typing import Any

import pytest

from dibs.availability.intervals import Interval
from dibs.errors import SlotPending, SlotTaken
from dibs.ledger import bookings, seats
from dibs.ledger.seats import Seat
from tests.contract.ledger.ground import CLASS, Ground, at, book, place
from tests.support.open_transaction import open_transaction
from tests.support.plain_sql import Refused


class SeatsContract:
    # --- lanes

    async def test_a_class_fills_lane_by_lane(self, ground: Ground) -> None:
        where = place("17:00", 90, resource=4, service=CLASS, capacity=3)
        for name in ("first", "second", "third"):
            await book(ground, where, name=name)
        assert [row[2] for row in ground.list_allocations()] == [0, 1, 2]
        with pytest.raises(SlotTaken):
            await book(ground, where, name="fourth")

    async def test_a_lane_that_was_left_is_used_again(self, ground: Ground) -> None:
        where = place("17:00", 90, resource=4, service=CLASS, capacity=3)
        first = await book(ground, where)
        await book(ground, where, name="second")
        await ground.database.write(bookings.end, first, "cancelled", "customer")
        await book(ground, where, name="third")
        assert sorted(row[2] for row in ground.list_allocations()) == [0, 1]

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
        """Lower lanes become free first. What counts is the number of sold seats, not their
        lanes."""
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
        """This holds even if another class of the same service is right before and after it."""
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
