"""The figures of reports, one statement each, over the bookings that start within a span.

Databases differ in what they know of time zones, and SQLite knows nothing. So a statement is given
the offsets of the business's clock within the span, and adds them itself: then days, weekdays and
hours are those of that clock, and a day of 23 or 25 hours is one day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BigInteger, Float, and_, case, cast, exists, func, or_, select

from dibs.clock import microseconds
from dibs.ledger.column_types import microseconds_of
from dibs.ledger.overlaps import MAX_LENGTH
from dibs.ledger.tables import audit, bookings

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from dibs.availability.intervals import Interval

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH_DAY = date(1970, 1, 1)
#: 1 January 1970 was a Thursday.
EPOCH_WEEKDAY = 4
#: Prices have two decimals at most.
HUNDREDTHS = 100

#: The booking kept its time for the customer, whether they came or not.
is_taken = bookings.c.status.in_(("confirmed", "completed", "no_show"))
#: The booking was cancelled. A cancelled checkout (no customer, but a visitor) doesn't count, and
#: neither does a request that was withdrawn: it never was an appointment.
is_cancelled = and_(
    bookings.c.status == "cancelled",
    or_(bookings.c.customer_email.is_not(None), bookings.c.visitor.is_(None)),
    ~exists().where(audit.c.booking_id == bookings.c.id, audit.c.action == "booking.withdrawn"),
)


@dataclass(frozen=True)
class ReportSpan:
    """The time of a report: local days of the business, and by how much its clock is ahead of UTC
    in each part of them, in order."""

    time: Interval
    first: date
    last: date
    offsets: tuple[tuple[Interval, timedelta], ...]


class DayCount(NamedTuple):
    day: date
    booked: int
    cancelled: int


class HourCount(NamedTuple):
    """`weekday` 1 is Monday; `hour` is what the clock shows."""

    weekday: int
    hour: int
    bookings: int


class LeadTimes(NamedTuple):
    """How long before their start bookings were made. `counts` are the numbers of bookings between
    two `edges` (minutes), the first below all edges and the last above. `median` is in minutes, or
    None if there are no bookings."""

    counts: tuple[int, ...]
    median: int | None


class BookedTime(NamedTuple):
    resource_id: int
    service_id: int
    minutes: int


class Outcomes(NamedTuple):
    """What became of appointments that are over by now. `unmarked` counts those for which nobody
    has said whether the customer came."""

    resource_id: int
    service_id: int
    completed: int
    no_shows: int
    unmarked: int


class Cancellations(NamedTuple):
    """How many bookings there are, the cancelled ones included, and who cancelled them. `by_others`
    counts those of which the audit doesn't know it (any more)."""

    resource_id: int
    service_id: int
    booked: int
    by_customer: int
    by_business: int
    by_others: int


class Requests(NamedTuple):
    """What became of requests. Nobody answered those in `lapsed` in time; those in `waiting` can
    still be answered."""

    resource_id: int
    service_id: int
    approved: int
    declined: int
    lapsed: int
    withdrawn: int
    waiting: int


class Revenue(NamedTuple):
    """Sums of the prices that were stored with bookings, without no-shows and cancelled bookings.
    `unpriced` is how many bookings had no price."""

    resource_id: int
    service_id: int
    completed: Decimal
    expected: Decimal
    bookings: int
    unpriced: int


def count_by_day(connection: Connection, span: ReportSpan) -> list[DayCount]:
    """Return the counts of the days that have any bookings, in order."""
    day = _local(connection, span) // DAY
    rows = connection.execute(
        select(
            day.label("day"),
            func.count().filter(is_taken).label("booked"),
            func.count().filter(is_cancelled).label("cancelled"),
        )
        .where(_starts_within(span.time), or_(is_taken, is_cancelled))
        .group_by("day")
        .order_by("day")
    )
    return [DayCount(_day_of(row.day), row.booked, row.cancelled) for row in rows]


def count_by_hour(connection: Connection, span: ReportSpan) -> list[HourCount]:
    """Return the counts of the hours of the week that have any bookings, in order."""
    local = _local(connection, span)
    weekday = (local // DAY + EPOCH_WEEKDAY - 1) % 7 + 1
    rows = connection.execute(
        select(
            weekday.label("weekday"), (local % DAY // HOUR).label("hour"), func.count().label("all")
        )
        .where(_starts_within(span.time), is_taken)
        .group_by("weekday", "hour")
        .order_by("weekday", "hour")
    )
    return [HourCount(row.weekday, row.hour, row.all) for row in rows]


def count_lead_times(connection: Connection, span: ReportSpan, edges: list[int]) -> LeadTimes:
    dialect = connection.dialect.name
    before = (
        microseconds_of(bookings.c.starts_at, dialect)
        - microseconds_of(bookings.c.created_at, dialect)
    ) // MINUTE
    leads = (
        select(
            before.label("lead"),
            func.row_number().over(order_by=before).label("place"),
            func.count().over().label("all"),
        )
        .where(_starts_within(span.time), is_taken)
        .cte("leads")
    )
    middle = leads.c.place.in_(((leads.c.all + 1) // 2, (leads.c.all + 2) // 2))
    bounds = [None, *edges, None]
    counts = [
        func.count().filter(_is_between(leads.c.lead, *pair)).label(f"n{number}")
        for number, pair in enumerate(pairwise(bounds))
    ]
    median = func.avg(leads.c.lead).filter(middle).label("median")
    row = connection.execute(select(*counts, median)).one()
    middle_lead = None if row.median is None else round(row.median)
    return LeadTimes(tuple(row[: len(counts)]), middle_lead)


def sum_booked_time(connection: Connection, span: ReportSpan) -> list[BookedTime]:
    """Return how many minutes within the span a resource is busy with a service. The seats of a
    class count as one time."""
    time = span.time
    slots = (
        select(
            bookings.c.resource_id,
            bookings.c.service_id,
            bookings.c.starts_at,
            func.max(bookings.c.ends_at).label("ends_at"),
        )
        .where(
            bookings.c.starts_at > time.start - MAX_LENGTH,
            bookings.c.starts_at < time.end,
            bookings.c.ends_at > time.start,
            is_taken,
        )
        .group_by(bookings.c.resource_id, bookings.c.service_id, bookings.c.starts_at)
        .cte("slots")
    )
    dialect = connection.dialect.name
    begins = microseconds_of(slots.c.starts_at, dialect)
    ends = microseconds_of(slots.c.ends_at, dialect)
    first, last = microseconds(time.start), microseconds(time.end)
    within = case((ends > last, last), else_=ends) - case((begins < first, first), else_=begins)
    rows = connection.execute(
        select(slots.c.resource_id, slots.c.service_id, func.sum(within).label("busy"))
        .group_by(slots.c.resource_id, slots.c.service_id)
        .order_by(slots.c.resource_id, slots.c.service_id)
    )
    return [BookedTime(row.resource_id, row.service_id, int(row.busy) // MINUTE) for row in rows]


def count_outcomes(connection: Connection, span: ReportSpan, now: datetime) -> list[Outcomes]:
    status = bookings.c.status
    return [
        Outcomes(*row)
        for row in connection.execute(
            select(
                bookings.c.resource_id,
                bookings.c.service_id,
                func.count().filter(status == "completed"),
                func.count().filter(status == "no_show"),
                func.count().filter(status == "confirmed"),
            )
            .where(_starts_within(span.time), is_taken, bookings.c.ends_at <= now)
            .group_by(bookings.c.resource_id, bookings.c.service_id)
            .order_by(bookings.c.resource_id, bookings.c.service_id)
        )
    ]


def count_cancellations(connection: Connection, span: ReportSpan) -> list[Cancellations]:
    """Count bookings and who cancelled them. `booked` includes the cancelled ones."""
    last = (
        select(audit.c.actor)
        .where(audit.c.booking_id == bookings.c.id, audit.c.action == "booking.cancelled")
        .order_by(audit.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    # The audit is read only for the cancelled ones.
    found = (
        select(
            bookings.c.resource_id,
            bookings.c.service_id,
            case((is_cancelled, 1), else_=0).label("cancelled"),
            case((is_cancelled, func.coalesce(last, "")), else_=None).label("actor"),
        )
        .where(_starts_within(span.time), or_(is_taken, is_cancelled))
        .cte("found")
    )
    actor = found.c.actor
    by_customer, by_business = actor.in_(("customer", "visitor")), actor.in_(BUSINESS)
    return [
        Cancellations(*row)
        for row in connection.execute(
            select(
                found.c.resource_id,
                found.c.service_id,
                func.count(),
                func.count().filter(by_customer),
                func.count().filter(by_business),
                func.count().filter(found.c.cancelled == 1, ~by_customer, ~by_business),
            )
            .group_by(found.c.resource_id, found.c.service_id)
            .order_by(found.c.resource_id, found.c.service_id)
        )
    ]


def count_requests(connection: Connection, span: ReportSpan) -> list[Requests]:
    """Count requests by how they ended, as the audit knows it. A request that was approved and
    later cancelled counts as approved. An approved booking that its customer has moved is a request
    again: each booking counts once, by its present state or by the last answer."""
    is_waiting = bookings.c.status == "requested"
    answers = audit.alias()
    is_answer = answers.c.action.in_([f"booking.{end}" for end in ENDS])
    last_answer = (
        select(func.max(answers.c.id))
        .where(answers.c.booking_id == bookings.c.id, is_answer)
        .correlate(bookings)
        .scalar_subquery()
    )
    kinds = {
        "approved": audit.c.action == "booking.approved",
        "declined": and_(audit.c.action == "booking.declined", audit.c.actor != "clock"),
        "lapsed": and_(audit.c.action == "booking.declined", audit.c.actor == "clock"),
        "withdrawn": audit.c.action == "booking.withdrawn",
    }
    ends = [
        func.count().filter(~is_waiting, condition).label(name) for name, condition in kinds.items()
    ]
    rows = connection.execute(
        select(
            bookings.c.resource_id,
            bookings.c.service_id,
            *ends,
            func.count().filter(is_waiting),
        )
        .join_from(bookings, audit, audit.c.id == last_answer, isouter=True)
        .where(_starts_within(span.time), or_(is_waiting, audit.c.id.is_not(None)))
        .group_by(bookings.c.resource_id, bookings.c.service_id)
        .order_by(bookings.c.resource_id, bookings.c.service_id)
    )
    return [Requests(*row) for row in rows]


#: How a request can end, by the names of the audit.
ENDS = ("approved", "declined", "withdrawn")
#: The actors that cancel for the business.
BUSINESS = ("owner", "user", "key")


def sum_revenue(connection: Connection, span: ReportSpan) -> list[Revenue]:
    amount = cast(func.round(cast(bookings.c.price, Float) * HUNDREDTHS), BigInteger)
    status = bookings.c.status
    rows = connection.execute(
        select(
            bookings.c.resource_id,
            bookings.c.service_id,
            func.coalesce(func.sum(amount).filter(status == "completed"), 0).label("completed"),
            func.coalesce(func.sum(amount).filter(status == "confirmed"), 0).label("expected"),
            func.count().label("bookings"),
            func.count().filter(bookings.c.price.is_(None)).label("unpriced"),
        )
        .where(_starts_within(span.time), status.in_(("confirmed", "completed")))
        .group_by(bookings.c.resource_id, bookings.c.service_id)
        .order_by(bookings.c.resource_id, bookings.c.service_id)
    )
    return [
        Revenue(
            row.resource_id,
            row.service_id,
            _amount(row.completed),
            _amount(row.expected),
            row.bookings,
            row.unpriced,
        )
        for row in rows
    ]


def _amount(hundredths: Any) -> Decimal:
    return (Decimal(int(hundredths)) / HUNDREDTHS).quantize(Decimal("0.01"))


def _starts_within(time: Interval) -> ColumnElement[bool]:
    return and_(bookings.c.starts_at >= time.start, bookings.c.starts_at < time.end)


def _is_between(
    lead: ColumnElement[int], least: int | None, below: int | None
) -> ColumnElement[bool]:
    conditions = [] if least is None else [lead >= least]
    return and_(*conditions, *([] if below is None else [lead < below]))


def _local(connection: Connection, span: ReportSpan) -> ColumnElement[int]:
    """What the clock of the business shows at the start of a booking, as microseconds since
    00:00 on 1 January 1970."""
    starts = microseconds_of(bookings.c.starts_at, connection.dialect.name)
    *parts, (_, last) = span.offsets
    ahead = _whole(last)
    if not parts:
        return starts + ahead
    offsets = [(starts < microseconds(part.end), _whole(offset)) for part, offset in parts]
    return starts + cast(case(*offsets, else_=ahead), BigInteger)


def _whole(offset: timedelta) -> int:
    return offset // timedelta(microseconds=1)


def _day_of(number: int) -> date:
    return EPOCH_DAY + timedelta(days=number)
