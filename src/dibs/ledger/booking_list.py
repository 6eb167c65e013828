"""Finds bookings for the lists of the office: by words, by filters, and page by page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, func, or_, select

from dibs.ledger.bookings import COLUMNS, booking_of
from dibs.ledger.tables import bookings
from dibs.search_text import folded_words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from dibs.ledger.booking_rows import Source
    from dibs.ledger.bookings import Booking, Status

#: By the start of a booking, or by when it was made. With a minus the latest is the first.
Sort = Literal["start", "-start", "made", "-made"]
#: The statuses of bookings and requests, which lists show by default. A checkout is not a booking
#: yet, and an expired one never became a booking.
BOOKED: tuple[Status, ...] = (
    "requested",
    "confirmed",
    "completed",
    "no_show",
    "cancelled",
    "declined",
)


@dataclass(frozen=True)
class BookingFilter:
    """Which bookings are listed. An empty filter finds all with a status in `BOOKED`. `since` and
    `until` limit when a booking starts; a start at `until` itself is not included."""

    query: str = ""
    since: datetime | None = None
    until: datetime | None = None
    statuses: Sequence[Status] = ()
    service_ids: Sequence[int] = ()
    resource_ids: Sequence[int] = ()
    sources: Sequence[Source] = ()
    customer_key: str | None = None
    sort: Sort = "start"


@dataclass(frozen=True)
class ListedBooking:
    booking: Booking
    source: Source
    created_at: datetime
    changed_at: datetime
    customer_key: str | None


@dataclass(frozen=True)
class Place:
    """Where a page of a list ended: the time by which its last booking is sorted, and the booking's
    id."""

    instant: datetime
    id: int


def find_page(
    connection: Connection, wanted: BookingFilter, after: Place | None, most: int
) -> list[ListedBooking]:
    """Return at most `most` bookings of a list, those that follow the place `after`."""
    column = bookings.c.starts_at if wanted.sort.endswith("start") else bookings.c.created_at
    is_latest_first = wanted.sort.startswith("-")
    found = _columns().where(*_conditions(wanted))
    if after is not None:
        found = found.where(_follows(column, after, is_latest_first=is_latest_first))
    order = [each.desc() if is_latest_first else each for each in (column, bookings.c.id)]
    return [_listed_booking(row) for row in connection.execute(found.order_by(*order).limit(most))]


def count_requests(connection: Connection, own: int | None) -> int:
    """Return how many bookings wait to be approved. With `own`, only bookings of that resource
    count."""
    found = select(func.count()).where(bookings.c.answer_until.is_not(None))
    if own is not None:
        found = found.where(bookings.c.resource_id == own)
    return connection.execute(found).scalar_one()


def place_of(listed: ListedBooking, sort: Sort) -> Place:
    booking = listed.booking
    instant = booking.starts_at if sort.endswith("start") else listed.created_at
    return Place(instant, booking.id)


def find_booking(connection: Connection, reference: str) -> ListedBooking | None:
    row = connection.execute(_columns().where(bookings.c.reference == reference)).first()
    return _listed_booking(row) if row is not None else None


def has_words(column: ColumnElement[str], query: str) -> list[ColumnElement[bool]]:
    """Return the conditions that a folded column contains all words of a search."""
    return [column.contains(word, autoescape=True) for word in folded_words(query)]


def restrict_to_resource(wanted: BookingFilter, own: int | None) -> BookingFilter:
    """Return the filter for somebody who may see only the bookings of the resource `own`. With None
    the filter stays as it is."""
    return wanted if own is None else replace(wanted, resource_ids=(own,))


def _follows(
    column: ColumnElement[datetime], after: Place, *, is_latest_first: bool
) -> ColumnElement[bool]:
    if is_latest_first:
        is_later = and_(column == after.instant, bookings.c.id < after.id)
        return and_(column <= after.instant, or_(column < after.instant, is_later))
    is_later = and_(column == after.instant, bookings.c.id > after.id)
    return and_(column >= after.instant, or_(column > after.instant, is_later))


def _conditions(wanted: BookingFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [bookings.c.status.in_(wanted.statuses or BOOKED)]
    conditions += has_words(bookings.c.search, wanted.query)
    if wanted.since is not None:
        conditions.append(bookings.c.starts_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(bookings.c.starts_at < wanted.until)
    if wanted.customer_key is not None:
        conditions.append(bookings.c.customer_key == wanted.customer_key)
    among: tuple[tuple[ColumnElement[Any], Collection[Any]], ...] = (
        (bookings.c.service_id, wanted.service_ids),
        (bookings.c.resource_id, wanted.resource_ids),
        (bookings.c.source, wanted.sources),
    )
    return conditions + [column.in_(some) for column, some in among if some]


def _columns() -> Select[*tuple[Any, ...]]:
    return select(*COLUMNS)


def _listed_booking(row: Row[*tuple[Any, ...]]) -> ListedBooking:
    return ListedBooking(
        booking_of(row), row.source, row.created_at, row.changed_at, row.customer_key
    )
