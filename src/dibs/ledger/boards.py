"""Boards in the ledger: their versions, and what makes their time busy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import BigInteger, Integer, and_, bindparam, exists, func, or_, select, text, true

from dibs.availability.boards import BoardKey
from dibs.availability.intervals import Interval
from dibs.ledger.catalog_tables import business, resources
from dibs.ledger.column_types import Day
from dibs.ledger.overlaps import overlap_condition
from dibs.ledger.statement import Statement
from dibs.ledger.tables import allocations, boards, bookings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence, Set
    from datetime import datetime

    from sqlalchemy import (
        ColumnElement,
        Connection,
        FromClause,
        Row,
        Select,
        Table,
        TextClause,
    )

BusyState = Literal["pending", "taken"]


@dataclass(frozen=True, slots=True)
class Busy:
    """An allocation as boards show it. `guarded` is its time with buffers; `starts_at` and
    `ends_at` are the booking's own times. An imported busy time has no booking and no service."""

    booking_id: int | None
    service_id: int | None
    starts_at: datetime
    ends_at: datetime
    guarded: Interval
    state: BusyState
    claim: str
    visitor: str | None
    deadline: datetime | None


@dataclass(frozen=True, slots=True)
class BusyBoard:
    """A board as one statement reads it at `now`: the three counters that make its version, and
    what makes its time busy."""

    business_version: int
    resource_version: int
    board_version: int
    busy: tuple[Busy, ...]
    now: datetime

    @property
    def version(self) -> int:
        return self.business_version + self.resource_version + self.board_version


def read(
    connection: Connection,
    key: BoardKey,
    start: datetime,
    end: datetime,
    instant: ColumnElement[datetime],
) -> BusyBoard | None:
    """Return the allocations that overlap the board's day, with the board's version, or None if
    there is no such resource."""
    where = {"resource_id": key.resource_id, "day": key.day, "start": start, "end": end}
    rows = (connection.execute(_board_query(instant), where)).all()
    if not rows:
        return None
    first = rows[0]
    return BusyBoard(
        first.business_version,
        first.resource_version,
        first.board_version,
        tuple(_busy(row) for row in rows if row.allocation is not None),
        first.now,
    )


@lru_cache(maxsize=8)
def _board_query(instant: ColumnElement[datetime]) -> Select[*tuple[Any, ...]]:
    """Return the statement that reads a board. It is cached, like others in this module, because
    building a statement costs more than executing it."""
    on_board = and_(
        boards.c.resource_id == bindparam("resource_id"), boards.c.day == bindparam("day")
    )
    in_it = and_(
        allocations.c.resource_id == bindparam("resource_id"),
        overlap_condition(bindparam("start"), bindparam("end")),
    )
    return (
        select(
            business.c.version.label("business_version"),
            resources.c.version.label("resource_version"),
            func.coalesce(boards.c.version, 0).label("board_version"),
            instant.label("now"),
            *BUSY_COLUMNS,
        )
        .select_from(resources)
        .join(business, true())
        .outerjoin(boards, on_board)
        .outerjoin(allocations, in_it)
        .outerjoin(bookings, bookings.c.id == allocations.c.booking_id)
        .where(resources.c.id == bindparam("resource_id"))
        .order_by(allocations.c.starts_at, allocations.c.lane)
    )


BUSY_COLUMNS = (
    allocations.c.id.label("allocation"),
    allocations.c.starts_at,
    allocations.c.ends_at,
    allocations.c.slot_starts_at,
    bookings.c.ends_at.label("slot_ends_at"),
    bookings.c.id,
    bookings.c.service_id,
    bookings.c.status,
    bookings.c.claim,
    bookings.c.visitor,
    bookings.c.deadline,
)


def _busy(row: Row[*tuple[Any, ...]]) -> Busy:
    if row.id is None:
        time = Interval(row.starts_at, row.ends_at)
        # It looks like any other claim, because the public must not see why somebody is busy.
        claim = f"{row.allocation:016x}"
        return Busy(None, None, time.start, time.end, time, "taken", claim, None, None)
    return Busy(
        row.id,
        row.service_id,
        row.slot_starts_at,
        row.slot_ends_at,
        Interval(row.starts_at, row.ends_at),
        "pending" if row.status == "pending" else "taken",
        row.claim,
        row.visitor,
        row.deadline,
    )


def versions(connection: Connection, keys: Iterable[BoardKey]) -> dict[BoardKey, int]:
    """Return the versions of all these boards, with one statement. Boards of unknown resources are
    left out."""
    wanted = set(keys)
    found = connection.execute(
        select(*VERSION_COLUMNS)
        .select_from(_counters(wanted))
        .where(resources.c.id.in_({key.resource_id for key in wanted}))
    )
    return _sum_versions(found, wanted)


#: The versions of a resource and of one of its boards. A board without a row has version 0.
VERSION_COLUMNS = (
    resources.c.id,
    boards.c.day,
    (business.c.version + resources.c.version).label("base"),
    func.coalesce(boards.c.version, 0).label("own"),
)


def _counters(wanted: Collection[BoardKey]) -> FromClause:
    days = {key.day for key in wanted}
    return resources.join(business, true()).outerjoin(
        boards, and_(boards.c.resource_id == resources.c.id, boards.c.day.in_(days))
    )


def _sum_versions(
    rows: Iterable[Row[*tuple[Any, ...]]], wanted: Set[BoardKey]
) -> dict[BoardKey, int]:
    base: dict[int, int] = {}
    own: dict[BoardKey, int] = {}
    for row in rows:
        base[row.id] = row.base
        if row.day is not None:
            own[BoardKey(row.id, row.day)] = row.own
    return {
        key: base[key.resource_id] + own.get(key, 0) for key in wanted if key.resource_id in base
    }


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """Whether anything has changed in the ledger, as one query found it at `now`.

    `changes` rises with the version of any board. `overdue` tells whether the time of some checkout
    or request has run out. `versions` are those of the boards asked for, or None if nothing has
    changed.
    """

    changes: int
    overdue: bool
    now: datetime
    versions: dict[BoardKey, int] | None


def poll_changes(
    connection: Connection,
    keys: Iterable[BoardKey],
    since: int | None,
    instant: ColumnElement[datetime],
) -> ChangeReport:
    """Return the changes of the whole ledger, and the versions of these boards unless `changes` is
    still `since`."""
    wanted = set(keys)
    totals = select(
        sum_of(business) + sum_of(resources) + sum_of(boards),
        or_(
            exists().where(bookings.c.deadline <= instant),
            exists().where(bookings.c.answer_until <= instant),
        ),
        instant,
    ).cte("totals")
    changes, overdue, now = totals.c
    moved = true() if since is None else changes != since
    counters = (
        select(*VERSION_COLUMNS)
        .select_from(_counters(wanted))
        .where(resources.c.id.in_({key.resource_id for key in wanted}))
        .subquery()
    )
    rows = (
        connection.execute(
            select(
                changes.label("changes"), overdue.label("overdue"), now.label("now"), *counters.c
            ).select_from(totals.outerjoin(counters, moved))
        )
    ).all()
    first = rows[0]
    known = first.changes == since
    return ChangeReport(
        first.changes,
        bool(first.overdue),
        first.now,
        None if known else _sum_versions((row for row in rows if row.id is not None), wanted),
    )


def sum_of(table: Table) -> ColumnElement[int]:
    return select(func.coalesce(func.sum(table.c.version), 0)).scalar_subquery()


COUNTING = """
    INSERT INTO boards (resource_id, day, version) VALUES (:resource_id, :day, 1)
    ON CONFLICT (resource_id, day) DO UPDATE SET version = boards.version + 1
"""
LOCKING = (
    f"WITH counted AS ({COUNTING} RETURNING 1)"  # noqa: S608 - our own text
    " SELECT pg_advisory_xact_lock_shared(:lock) FROM counted"
)


def count_statement(statement: str) -> TextClause:
    return text(statement).bindparams(
        bindparam("resource_id", type_=Integer), bindparam("day", type_=Day)
    )


#: Counts a change of a board, and locks its row until the transaction ends. SQLite and PostgreSQL
#: both understand it.
COUNT = Statement(count_statement(COUNTING))


def count_and_lock_statement(lock: int) -> Statement:
    """Return the statement for PostgreSQL that does the same as `COUNT`, and takes a share of an
    advisory lock once it has the row."""
    return Statement(count_statement(LOCKING).bindparams(bindparam("lock", lock, BigInteger)))


@dataclass(frozen=True, slots=True)
class CountedVersions:
    """The versions of boards after a change of each was counted, at `now`, and the versions of the
    catalog: of the business, and of these boards' resources. A resource that isn't on offer has
    None."""

    versions: dict[BoardKey, int]
    now: datetime
    business_version: int
    resource_versions: dict[int, int | None]


def lock_boards(
    connection: Connection,
    keys: Sequence[BoardKey],
    instant: ColumnElement[datetime],
    last: Statement = COUNT,
) -> CountedVersions:
    """Lock boards by counting one change of each, in the order given. `last` is the statement that
    counts the last board. Returns the new versions."""
    for key in keys:
        count = last if key == keys[-1] else COUNT
        count.execute(connection, {"resource_id": key.resource_id, "day": key.day})
    if len(keys) == 1:
        rows = _counted_one(instant).fetch_all(connection, keys[0]._asdict())
    else:
        ids = list({key.resource_id for key in keys})
        wanted = {"ids": ids, "days": list({key.day for key in keys})}
        rows = list(connection.execute(_counted_many(instant), wanted))
    return CountedVersions(
        _sum_versions(rows, set(keys)),
        rows[0].now,
        rows[0].business_version,
        {row.id: None if row.retired else row.resource_version for row in rows},
    )


@lru_cache(maxsize=8)
def _counted_one(instant: ColumnElement[datetime]) -> Statement:
    """Return the statement for a single board. For a list of values the text of a statement is made
    anew each time, so that takes longer."""
    return Statement(
        _version_query(
            instant,
            resources.c.id == bindparam("resource_id"),
            boards.c.day == bindparam("day"),
        )
    )


@lru_cache(maxsize=8)
def _counted_many(instant: ColumnElement[datetime]) -> Select[*tuple[Any, ...]]:
    return _version_query(
        instant,
        resources.c.id.in_(bindparam("ids", expanding=True)),
        boards.c.day.in_(bindparam("days", expanding=True)),
    )


def _version_query(
    instant: ColumnElement[datetime], ids: ColumnElement[bool], days: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    return (
        select(
            *VERSION_COLUMNS,
            business.c.version.label("business_version"),
            resources.c.version.label("resource_version"),
            resources.c.retired,
            instant.label("now"),
        )
        .select_from(
            resources.join(business, true()).outerjoin(
                boards, and_(boards.c.resource_id == resources.c.id, days)
            )
        )
        .where(ids)
    )
