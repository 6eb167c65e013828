"""Boards in the ledger: their versions, and what makes their time busy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, exists, func, select, true
from sqlalchemy.dialects.sqlite import insert

from dibs.availability.boards import BoardKey
from dibs.availability.intervals import Interval
from dibs.ledger.tables import allocations, boards, bookings, business, resources

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncConnection

BusyState = Literal["pending", "taken"]


@dataclass(frozen=True, slots=True)
class Busy:
    """An allocation as boards know it: `guarded` includes the buffers."""

    booking_id: int
    service_id: int
    guarded: Interval
    state: BusyState
    claim: str
    visitor: str | None
    deadline: datetime | None


@dataclass(frozen=True, slots=True)
class BusyBoard:
    """What one statement found: the three counters and the rows they stand for."""

    business_version: int
    resource_version: int
    board_version: int
    busy: tuple[Busy, ...]

    @property
    def version(self) -> int:
        return self.business_version + self.resource_version + self.board_version


async def read(
    connection: AsyncConnection, key: BoardKey, start: datetime, end: datetime
) -> BusyBoard | None:
    """The allocations that touch the board's day, and its version; None: no such resource."""
    statement = (
        select(
            business.c.version.label("business_version"),
            resources.c.version.label("resource_version"),
            func.coalesce(boards.c.version, 0).label("board_version"),
            *BUSY_COLUMNS,
        )
        .select_from(resources)
        .join(business, true())
        .outerjoin(boards, and_(boards.c.resource_id == key.resource_id, boards.c.day == key.day))
        .outerjoin(
            allocations,
            and_(allocations.c.resource_id == key.resource_id, overlapping(start, end)),
        )
        .outerjoin(bookings, bookings.c.id == allocations.c.booking_id)
        .where(resources.c.id == key.resource_id)
        .order_by(allocations.c.starts_at, allocations.c.lane)
    )
    rows = (await connection.execute(statement)).all()
    if not rows:
        return None
    first = rows[0]
    return BusyBoard(
        first.business_version,
        first.resource_version,
        first.board_version,
        tuple(_busy(row) for row in rows if row.id is not None),
    )


async def busy(connection: AsyncConnection, resource_id: int, span: Interval) -> tuple[Busy, ...]:
    """What makes a resource busy within a span, by start."""
    statement = (
        select(*BUSY_COLUMNS)
        .join(bookings, bookings.c.id == allocations.c.booking_id)
        .where(allocations.c.resource_id == resource_id, overlapping(span.start, span.end))
        .order_by(allocations.c.starts_at, allocations.c.lane)
    )
    return tuple(_busy(row) for row in await connection.execute(statement))


def overlapping(start: datetime, end: datetime) -> ColumnElement[bool]:
    """Whether an allocation has time in common with [start, end)."""
    return and_(allocations.c.starts_at < end, allocations.c.ends_at > start)


BUSY_COLUMNS = (
    allocations.c.starts_at,
    allocations.c.ends_at,
    bookings.c.id,
    bookings.c.service_id,
    bookings.c.status,
    bookings.c.claim,
    bookings.c.visitor,
    bookings.c.deadline,
)


def _busy(row: Row[*tuple[Any, ...]]) -> Busy:
    return Busy(
        row.id,
        row.service_id,
        Interval(row.starts_at, row.ends_at),
        "pending" if row.status == "pending" else "taken",
        row.claim,
        row.visitor,
        row.deadline,
    )


async def versions(connection: AsyncConnection, keys: Iterable[BoardKey]) -> dict[BoardKey, int]:
    """The versions of all these boards, in one statement."""
    wanted = set(keys)
    statement = (
        select(
            resources.c.id,
            boards.c.day,
            (business.c.version + resources.c.version).label("base"),
            func.coalesce(boards.c.version, 0).label("own"),
        )
        .select_from(resources)
        .join(business, true())
        .outerjoin(
            boards,
            and_(
                boards.c.resource_id == resources.c.id,
                boards.c.day.in_({key.day for key in wanted}),
            ),
        )
        .where(resources.c.id.in_({key.resource_id for key in wanted}))
    )
    base: dict[int, int] = {}
    own: dict[BoardKey, int] = {}
    for row in await connection.execute(statement):
        base[row.id] = row.base
        if row.day is not None:
            own[BoardKey(row.id, row.day)] = row.own
    return {
        key: base[key.resource_id] + own.get(key, 0) for key in wanted if key.resource_id in base
    }


@dataclass(frozen=True, slots=True)
class Pulse:
    """What tells in one query whether anything has happened at all.

    `changes` rises with the version of any board; `overdue`: some checkout's time has run out.
    """

    changes: int
    overdue: bool


async def pulse(connection: AsyncConnection, now: datetime) -> Pulse:
    statement = select(
        *(
            select(func.coalesce(func.sum(table.c.version), 0)).scalar_subquery()
            for table in (business, resources, boards)
        ),
        exists().where(bookings.c.deadline <= now),
    )
    *versions, overdue = (await connection.execute(statement)).one()
    return Pulse(sum(versions), bool(overdue))


async def bump(connection: AsyncConnection, keys: Sequence[BoardKey]) -> dict[BoardKey, int]:
    """Count one change of each board, in the order given; returns their ledger versions."""
    for key in keys:
        statement = insert(boards).values(resource_id=key.resource_id, day=key.day, version=1)
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["resource_id", "day"], set_={"version": boards.c.version + 1}
            )
        )
    return await versions(connection, keys) if keys else {}
