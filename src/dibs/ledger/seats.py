"""The seats of a slot: how many are sold, and which lane is free.

The functions are called in a transaction whose boards have been locked already.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, select

from dibs.availability.intervals import Interval, hull
from dibs.availability.slots import ServiceSlot
from dibs.errors import SlotPending, SlotTaken
from dibs.ledger.overlaps import overlap_condition
from dibs.ledger.statement import Statement
from dibs.ledger.tables import allocations, bookings, time_limit

if TYPE_CHECKING:
    from collections.abc import Collection

    from dibs.ledger.database import Transaction


class Seat(NamedTuple):
    """A free lane of a slot, which `capacity` bookings may share. If seats of a class are already
    sold, the slot has the times of the class."""

    slot: ServiceSlot
    lane: int
    capacity: int = 1


class OverdueInTheWay(Exception):
    """What refuses a seat is a checkout or a request whose time has run out: it is to be ended
    first."""


IN_THE_WAY = Statement(
    select(
        allocations.c.booking_id,
        allocations.c.lane,
        allocations.c.starts_at,
        allocations.c.ends_at,
        allocations.c.service_id,
        allocations.c.slot_starts_at,
        bookings.c.status,
        time_limit.label("lives_until"),
        bookings.c.ends_at.label("slot_ends_at"),
    )
    .outerjoin(bookings, bookings.c.id == allocations.c.booking_id)
    .where(
        allocations.c.resource_id == bindparam("resource_id"),
        overlap_condition(bindparam("start"), bindparam("end")),
    )
)


def find_seat(
    tx: Transaction, slot: ServiceSlot, capacity: int = 1, ignoring: Collection[int] = ()
) -> Seat:
    """Return a seat of the slot, in the lowest free lane.

    Bookings share a time only if they are of the same service and start at the same time, as in a
    class. Its seats are counted, whatever lanes they are in. A class with sold seats keeps the end
    and the buffers that its first seats were sold with. Anything else in the way refuses the seat.
    `ignoring` are the bookings that this transaction is replacing.

    Raises SlotTaken, SlotPending, OverdueInTheWay.
    """
    found = IN_THE_WAY.fetch_all(tx.connection, time_of(slot))
    rows = [row for row in found if row.booking_id not in ignoring]
    sold = [
        row
        for row in rows
        if (row.service_id, row.slot_starts_at) == (slot.service_id, slot.starts_at)
    ]
    if sold:
        slot = replace(
            slot,
            ends_at=max(row.slot_ends_at for row in sold),
            guarded=hull(Interval(row.starts_at, row.ends_at) for row in sold),
        )
    others = [
        row
        for row in rows
        if row not in sold and slot.guarded.overlaps(Interval(row.starts_at, row.ends_at))
    ]
    mortal = [row for row in others or sold if row.lives_until is not None]
    overdue = [row for row in mortal if row.lives_until <= tx.now]
    if any(row.status != "pending" and row not in overdue for row in others):
        raise SlotTaken  # even if the checkouts in the way end
    if others or len(sold) >= capacity:
        if overdue:
            raise OverdueInTheWay
        is_pending = any(row.status == "pending" for row in others or sold)
        raise SlotPending if is_pending else SlotTaken
    used = {row.lane for row in sold}
    lane = next(lane for lane in range(capacity) if lane not in used)
    return Seat(slot, lane, capacity)


def time_of(slot: ServiceSlot) -> dict[str, Any]:
    return {
        "resource_id": slot.resource_id,
        "start": slot.guarded.start,
        "end": slot.guarded.end,
    }


def allocation_of(booking_id: int, seat: Seat) -> dict[str, Any]:
    """Return the columns of the allocation that guards a booking's seat."""
    slot = seat.slot
    return {
        "resource_id": slot.resource_id,
        "lane": seat.lane,
        "starts_at": slot.guarded.start,
        "ends_at": slot.guarded.end,
        "booking_id": booking_id,
        "service_id": slot.service_id,
        "slot_starts_at": slot.starts_at,
        "capacity": seat.capacity,
    }
