"""The calendar of the office: one column for each board, with all that is known of its time.

A column is made of the board (open time, holds), and of the bookings and their customers in the
ledger. The board is taken first, so what is read from the ledger is never older than the board.
Whatever happens meanwhile changes the board's version, and then the column is made again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from dibs.availability.boards import BoardKey
from dibs.availability.intervals import Interval, hull
from dibs.availability.wall import local_day, to_instant
from dibs.desk.office.rules import OFFICE_VISITOR
from dibs.errors import NotFound
from dibs.holds.store import owner_of
from dibs.ledger import calendar_subscriptions, office_calendar
from dibs.ledger.imported_busy_times import find_busy_times

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from dibs.desk.context import DeskContext
    from dibs.holds.store import Hold
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.imported_busy_times import ImportedBusyTime
    from dibs.ledger.office_calendar import ListedClosure
    from dibs.live.board import Board

ONE_DAY = timedelta(days=1)
Owned = TypeVar("Owned", "Booking", "ImportedBusyTime")


@dataclass(frozen=True)
class DayClosure:
    """A closure from one instant to another. `is_of_business`: the whole business is closed."""

    id: int
    starts_at: datetime
    ends_at: datetime
    reason: str
    is_of_business: bool


@dataclass(frozen=True)
class DayBusyTime:
    """An imported busy time, not cut to the day. `calendar` is the name of its calendar
    subscription."""

    id: int
    starts_at: datetime
    ends_at: datetime
    title: str
    calendar: str


@dataclass(frozen=True)
class Column:
    """A resource's local day. `entries` are its bookings and checkouts. If the board is unknown,
    the column has nothing on it."""

    key: BoardKey
    board: Board
    span: Interval
    entries: tuple[Booking, ...] = ()
    holds: tuple[Hold, ...] = ()
    closures: tuple[DayClosure, ...] = ()
    busy_times: tuple[DayBusyTime, ...] = ()

    @property
    def version(self) -> str:
        return self.board.revision_text


class OfficeCalendar:
    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def plan(self, first: date, days: int, resource_ids: Collection[int]) -> list[BoardKey]:
        """Return the boards of the resources' days, by day and then in the catalog's order. Without
        resources, all of them are meant. Days that a time zone has skipped are left out.

        Raises NotFound (no such resource), LedgerUnavailable.
        """
        catalog = await self._context.ledger.catalog()
        if not set(resource_ids) <= catalog.resources.keys():
            raise NotFound
        return [
            BoardKey(each, day)
            for day in (first + n * ONE_DAY for n in range(days))
            for each in resource_ids or catalog.resources
            if _has_time(day, catalog.zone_of(each))
        ]

    async def read(self, keys: Sequence[BoardKey]) -> list[Column]:
        """Return the columns of these boards, with one reading of the ledger. Raises NotFound,
        LedgerUnavailable."""
        return await self.complete(await self._context.hub.get_all(keys))

    async def complete(self, boards: Sequence[Board]) -> list[Column]:
        """Return the columns of boards that were read already. Raises LedgerUnavailable."""
        known = [board for board in boards if not board.is_unknown]
        spans = {board.key: Interval(*local_day(board.key.day, board.zone)) for board in boards}
        if not known:
            return [Column(board.key, board, spans[board.key]) for board in boards]
        whole = hull(spans[board.key] for board in known)
        ids = sorted({board.key.resource_id for board in known})
        days = [board.key.day for board in known]
        found = await self._context.ledger.database.read(_read, ids, whole, (min(days), max(days)))
        return [_column(board, spans[board.key], found) for board in boards]

    async def newest_event(self) -> int:
        """Return the number of the newest event. Bookings of later events are news. Raises
        LedgerUnavailable."""
        return await self._context.ledger.database.read_one(office_calendar.newest_event)

    async def find_news(self, since: int, own: int | None) -> dict[int, Booking]:
        """Return the bookings of any day that were made after the event `since`, by the number of
        their event. With `own`, only those of this resource. Raises LedgerUnavailable."""
        database = self._context.ledger.database
        return await database.read_one(office_calendar.find_new_bookings, since, own)

    async def names(self) -> Catalog:
        """Return the catalog, for names and zones. Raises NotFound, LedgerUnavailable."""
        return await self._context.ledger.known_catalog()


def _has_time(day: date, zone: ZoneInfo) -> bool:
    start, end = local_day(day, zone)
    return start < end


@dataclass(frozen=True)
class _LedgerRows:
    """What the ledger says about the time of some resources. Bookings and busy times are grouped by
    resource, because a week of many people has thousands. `calendars` are the names of the
    calendars by the ids of their subscriptions."""

    bookings: Mapping[int, Sequence[Booking]]
    closures: Sequence[ListedClosure]
    busy_times: Mapping[int, Sequence[ImportedBusyTime]]
    calendars: Mapping[int, str]


def _read(
    connection: Connection, ids: Sequence[int], span: Interval, days: tuple[date, date]
) -> _LedgerRows:
    first = datetime.combine(days[0], datetime.min.time())
    last = datetime.combine(days[1] + ONE_DAY, datetime.min.time())
    busy_times = find_busy_times(connection, ids, span)
    calendars = calendar_subscriptions.all_subscriptions(connection) if busy_times else []
    return _LedgerRows(
        _group_by_resource(office_calendar.find_bookings(connection, ids, span)),
        office_calendar.find_closures(connection, ids, first, last),
        _group_by_resource(busy_times),
        {each.id: each.name for each in calendars},
    )


def _group_by_resource(found: Sequence[Owned]) -> Mapping[int, Sequence[Owned]]:
    mine: dict[int, list[Owned]] = defaultdict(list)
    for each in found:
        mine[each.resource_id].append(each)
    return mine


def _column(board: Board, span: Interval, found: _LedgerRows) -> Column:
    if board.is_unknown:
        return Column(board.key, board, span)
    entries = tuple(
        each
        for each in found.bookings.get(board.key.resource_id, ())
        if _time_of(each).overlaps(span)
    )
    claims = {(each.visitor, each.starts_at) for each in entries if each.visitor is not None}
    return Column(
        board.key,
        board,
        span,
        entries,
        tuple(
            hold
            for hold in (board.holds.holds if board.holds else ())
            # The hold has become one of these entries, and the board doesn't show that yet.
            if (owner_of(hold.visitor), hold.slot.starts_at) not in claims
            and not hold.visitor.startswith(OFFICE_VISITOR)
        ),
        tuple(_closures(board, span, found.closures)),
        tuple(
            DayBusyTime(
                each.id,
                each.time.start,
                each.time.end,
                each.title,
                found.calendars.get(each.subscription_id, ""),
            )
            for each in found.busy_times.get(board.key.resource_id, ())
            if each.time.overlaps(span)
        ),
    )


def _time_of(booking: Booking) -> Interval:
    own = Interval(booking.starts_at, booking.ends_at)
    return hull([own, booking.guarded]) if booking.guarded is not None else own


def _closures(board: Board, span: Interval, closed: Sequence[ListedClosure]) -> list[DayClosure]:
    found = []
    for each in closed:
        if each.resource_id not in (None, board.key.resource_id):
            continue
        start, end = to_instant(each.starts, board.zone), to_instant(each.ends, board.zone)
        if start < span.end and span.start < end:
            is_of_business = each.resource_id is None
            found.append(DayClosure(each.id, start, end, each.reason, is_of_business))
    return found
