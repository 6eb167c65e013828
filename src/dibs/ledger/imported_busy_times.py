"""Imported busy times, and the allocations of those parts of them that are free of bookings.

An imported busy time never takes anything from a booking. It is stored whole. The parts of it that
no booking and no checkout has are allocated, in pieces. The other parts are conflicts, which the
owner sees. The pieces are made anew whenever the calendar is read, so a busy time also gets the
time of a booking that has gone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, select, true, update

from dibs.availability.boards import BoardKey
from dibs.availability.busy_pieces import cut_into_pieces
from dibs.availability.intervals import Interval, hull
from dibs.availability.wall import day_of
from dibs.busy_times.busy_time import BusyTime
from dibs.ledger.bookings import AGREED
from dibs.ledger.calendar_subscriptions import lock_subscriptions
from dibs.ledger.calendar_tables import imported_busy_times
from dibs.ledger.overlaps import overlap_condition
from dibs.ledger.tables import allocations, bookings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement, Connection, Row, Table

    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction
    from dibs.ledger.ledger import Ledger

MAX_CONFLICTS = 200
ROWS_AT_ONCE = 500
_TIMES = imported_busy_times.c


@dataclass(frozen=True)
class ImportedBusyTime:
    """A row of `imported_busy_times`."""

    id: int
    subscription_id: int
    resource_id: int
    time: Interval
    title: str

    @property
    def content(self) -> BusyTime:
        return BusyTime(self.time.start, self.time.end, self.title)


@dataclass(frozen=True)
class BusyConflict:
    """A booking and an imported busy time that overlap. The times are those of the booking."""

    busy: ImportedBusyTime
    reference: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class _Plan:
    """What is to change in the allocations. The owner of an allocation is a row, or a busy time
    that is still to be written."""

    gone: Mapping[Interval, int]
    handed_over: Mapping[int, ImportedBusyTime | BusyTime]
    new: Mapping[Interval, ImportedBusyTime | BusyTime]

    def boards(self, resource_id: int, zone: ZoneInfo) -> set[BoardKey]:
        pieces = (*self.gone, *self.new)
        return {BoardKey(resource_id, day_of(piece.start, zone)) for piece in pieces}


def replace_busy_times(
    ledger: Ledger,
    tx: Transaction,
    catalog: Catalog,
    resource_id: int,
    wanted: Mapping[int, Collection[BusyTime]],
) -> None:
    """Replace the busy times of some subscriptions of a resource by `wanted`, and allocate the
    parts of all its busy times that are free.

    Raises CatalogChanged, BoardsOutOfOrder.
    """
    lock_subscriptions(tx, resource_id)
    known = find_busy_times(tx.connection, [resource_id])
    stay, gone, new = _compare(known, wanted)
    # A resource that is not on offer has no boards, and needs no allocations.
    zone = catalog.zone_of(resource_id) if resource_id in catalog.resources else None
    plan = _plan(tx, resource_id, stay, new, zone)
    while zone is not None and not plan.boards(resource_id, zone) <= tx.versions.keys():
        ledger.lock_boards(tx, plan.boards(resource_id, zone), catalog)
        plan = _plan(tx, resource_id, stay, new, zone)
    _write(tx, resource_id, plan, gone, new)


def find_busy_times(
    connection: Connection, resource_ids: Collection[int], span: Interval | None = None
) -> list[ImportedBusyTime]:
    """Return the busy times of some resources, by start. With a span, only those that overlap
    it."""
    which: list[ColumnElement[bool]] = [_TIMES.resource_id.in_(resource_ids)]
    if span is not None:
        which += [_TIMES.starts_at < span.end, _TIMES.ends_at > span.start]
    rows = connection.execute(
        select(imported_busy_times).where(*which).order_by(_TIMES.starts_at, _TIMES.id)
    )
    return [_busy_time_of(row) for row in rows]


def find_conflicts(
    connection: Connection, now: datetime, resource_id: int | None = None
) -> list[BusyConflict]:
    """Return the first conflicts of bookings with busy times that are not over: of one resource, or
    of all if it is None."""
    rows = connection.execute(
        select(
            imported_busy_times,
            bookings.c.reference,
            bookings.c.starts_at.label("booked_from"),
            bookings.c.ends_at.label("booked_until"),
        )
        .select_from(imported_busy_times)
        .join(
            allocations,
            and_(
                allocations.c.resource_id == _TIMES.resource_id,
                overlap_condition(_TIMES.starts_at, _TIMES.ends_at),
            ),
        )
        .join(bookings, bookings.c.id == allocations.c.booking_id)
        .where(
            _TIMES.ends_at > now,
            bookings.c.ends_at > now,
            bookings.c.status.in_(AGREED),
            # The booking itself overlaps the busy time, not only its buffers.
            bookings.c.starts_at < _TIMES.ends_at,
            bookings.c.ends_at > _TIMES.starts_at,
            true() if resource_id is None else _TIMES.resource_id == resource_id,
        )
        .order_by(bookings.c.starts_at, bookings.c.id, _TIMES.id)
        .limit(MAX_CONFLICTS)
    )
    return [
        BusyConflict(_busy_time_of(row), row.reference, row.booked_from, row.booked_until)
        for row in rows
    ]


def _compare(
    known: Sequence[ImportedBusyTime], wanted: Mapping[int, Collection[BusyTime]]
) -> tuple[list[ImportedBusyTime], list[ImportedBusyTime], list[tuple[int, BusyTime]]]:
    """Return the rows that stay, the rows that go, and the new busy times with their
    subscriptions."""
    missing = {number: Counter(times) for number, times in wanted.items()}
    stay: list[ImportedBusyTime] = []
    gone: list[ImportedBusyTime] = []
    for row in known:
        if row.subscription_id not in missing:
            stay.append(row)
        elif missing[row.subscription_id][row.content] > 0:
            missing[row.subscription_id][row.content] -= 1
            stay.append(row)
        else:
            gone.append(row)
    new = [(number, each) for number, times in missing.items() for each in times.elements()]
    return stay, gone, new


def _plan(
    tx: Transaction,
    resource_id: int,
    stay: Iterable[ImportedBusyTime],
    new: Iterable[tuple[int, BusyTime]],
    zone: ZoneInfo | None,
) -> _Plan:
    """Return what is to change, given the bookings that there are now."""
    times: list[tuple[Interval, ImportedBusyTime | BusyTime]] = [(row.time, row) for row in stay]
    times += [(Interval(each.starts_at, each.ends_at), each) for _, each in new]
    times.sort(key=lambda time: time[0])
    found = _find_allocations(tx.connection, resource_id)
    wanted: dict[Interval, ImportedBusyTime | BusyTime] = {}
    if zone is not None and times:
        booked = _find_booked_times(tx.connection, resource_id, hull(time for time, _ in times))
        wanted = cut_into_pieces(times, booked, zone)
    return _Plan(
        gone={time: row.id for time, row in found.items() if time not in wanted},
        handed_over={
            row.id: wanted[time]
            for time, row in found.items()
            if time in wanted and row.busy_time_id != getattr(wanted[time], "id", None)
        },
        new={time: owner for time, owner in wanted.items() if time not in found},
    )


def _find_allocations(connection: Connection, resource_id: int) -> dict[Interval, Any]:
    rows = connection.execute(
        select(allocations).where(
            allocations.c.resource_id == resource_id, allocations.c.busy_time_id.is_not(None)
        )
    )
    return {Interval(row.starts_at, row.ends_at): row for row in rows}


def _find_booked_times(connection: Connection, resource_id: int, span: Interval) -> list[Interval]:
    rows = connection.execute(
        select(allocations.c.starts_at, allocations.c.ends_at).where(
            allocations.c.resource_id == resource_id,
            allocations.c.booking_id.is_not(None),
            overlap_condition(span.start, span.end),
        )
    )
    return [Interval(row.starts_at, row.ends_at) for row in rows]


def _write(
    tx: Transaction,
    resource_id: int,
    plan: _Plan,
    gone: Collection[ImportedBusyTime],
    new: Collection[tuple[int, BusyTime]],
) -> None:
    """Carry out a plan. What goes is deleted first, and each row is inserted before an allocation
    refers to it."""
    connection = tx.connection
    _delete(connection, allocations, list(plan.gone.values()))
    ids = _insert_times(tx, resource_id, new)
    for allocation_id, owner in plan.handed_over.items():
        connection.execute(
            update(allocations)
            .where(allocations.c.id == allocation_id)
            .values(busy_time_id=_id_of(owner, ids))
        )
    _delete(connection, imported_busy_times, [row.id for row in gone])
    pieces = [
        {
            "resource_id": resource_id,
            "lane": 0,
            "starts_at": time.start,
            "ends_at": time.end,
            "slot_starts_at": time.start,
            "capacity": 1,
            "busy_time_id": _id_of(owner, ids),
        }
        for time, owner in plan.new.items()
    ]
    if pieces:
        connection.execute(insert(allocations), pieces)


def _delete(connection: Connection, table: Table, ids: Sequence[int]) -> None:
    for first in range(0, len(ids), ROWS_AT_ONCE):
        some = ids[first : first + ROWS_AT_ONCE]
        connection.execute(delete(table).where(table.c.id.in_(some)))


def _insert_times(
    tx: Transaction, resource_id: int, new: Collection[tuple[int, BusyTime]]
) -> dict[int, int]:
    """Insert new busy times. Returns the ids of their rows, by the `id()` of each object in
    `new`."""
    rows = [
        {
            "subscription_id": number,
            "resource_id": resource_id,
            "starts_at": each.starts_at,
            "ends_at": each.ends_at,
            "title": each.title,
        }
        for number, each in new
    ]
    if not rows:
        return {}
    made = insert(imported_busy_times).returning(_TIMES.id, sort_by_parameter_order=True)
    ids = tx.connection.execute(made, rows).scalars()
    return {id(each): number for (_, each), number in zip(new, ids, strict=True)}


def _id_of(owner: ImportedBusyTime | BusyTime, ids: Mapping[int, int]) -> int:
    return owner.id if isinstance(owner, ImportedBusyTime) else ids[id(owner)]


def _busy_time_of(row: Row[*tuple[Any, ...]]) -> ImportedBusyTime:
    return ImportedBusyTime(
        row.id,
        row.subscription_id,
        row.resource_id,
        Interval(row.starts_at, row.ends_at),
        row.title,
    )
