"""Bookings and the allocations that guard them.

Every function that writes is one step of a transaction whose boards have been locked already.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import bindparam, delete, func, insert, select, update

from dibs.availability.intervals import Interval
from dibs.errors import TransactionLost
from dibs.ledger import seats
from dibs.ledger.answers import NO_ANSWERS, Answers, read_answers
from dibs.ledger.boards import Busy
from dibs.ledger.booking_events import details_of, name_of_end, name_of_start
from dibs.ledger.booking_rows import source_of, values_of
from dibs.ledger.catalog_tables import services
from dibs.ledger.journal import record
from dibs.ledger.statement import NOTHING, Statement
from dibs.ledger.tables import allocations, bookings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from dibs.availability.slots import ServiceSlot
    from dibs.ledger.database import Transaction
    from dibs.ledger.journal import Who

Status = Literal[
    "pending",
    "requested",
    "confirmed",
    "completed",
    "no_show",
    "cancelled",
    "declined",
    "expired",
]
LIVE: tuple[Status, ...] = ("pending", "requested", "confirmed")
#: The statuses of bookings that take place, and of requests that have to be approved.
AGREED: tuple[Status, ...] = ("requested", "confirmed")
#: The statuses of what never took place.
GIVEN_UP: tuple[Status, ...] = ("cancelled", "declined", "expired")


@dataclass(frozen=True)
class Customer:
    """`phone` is as it was typed; `phone_e164` is what to dial, or None if the country isn't known.
    `email` is empty for somebody who came in or called and gave none.

    `language` and `time_zone` are those of the page on which they booked. Two customers that differ
    only in these are equal.
    """

    name: str
    email: str
    phone: str | None = None
    phone_e164: str | None = None
    language: str | None = field(default=None, compare=False)
    time_zone: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Booking:
    """A row of `bookings`. `token` is the checkout's id; `deadline` is set while it is pending.
    `answer_until` is set while it is requested: until then the business has to answer.

    `notes` are for the business alone. `answers` also say which terms its customer has accepted.

    `guarded` is its time with buffers, as allocated when it was read, or None once it is over.
    `move_notice` and `cancel_notice` are those of its service when it was read, in minutes.
    """

    id: int
    reference: str
    status: Status
    token: str
    claim: str
    visitor: str | None
    deadline: datetime | None
    service_id: int
    resource_id: int
    starts_at: datetime
    ends_at: datetime
    price: Decimal | None
    customer: Customer | None
    notes: str = ""
    guarded: Interval | None = field(default=None, compare=False)
    move_notice: int = field(default=0, compare=False)
    cancel_notice: int = field(default=0, compare=False)
    answer_until: datetime | None = None
    answers: Answers = NO_ANSWERS

    @property
    def move_until(self) -> datetime:
        """The instant until which the customer can move this booking."""
        return self.starts_at - timedelta(minutes=self.move_notice)

    @property
    def cancel_until(self) -> datetime:
        """The instant until which the customer can cancel this booking."""
        return self.starts_at - timedelta(minutes=self.cancel_notice)

    def is_unanswered(self, now: datetime) -> bool:
        """Tell whether this is a request that nobody has answered in time."""
        return self.answer_until is not None and self.answer_until <= now

    def is_movable(self, now: datetime) -> bool:
        """Tell whether the customer of this booking can still move it."""
        is_agreed = self.status in AGREED and not self.is_unanswered(now)
        return is_agreed and now < self.move_until

    def is_cancellable(self, now: datetime) -> bool:
        """Tell whether the customer of this booking can still cancel it."""
        return self.status in AGREED and now < self.cancel_until


# One statement reads a booking and its allocation: the booking might end between two of them.
GUARDED_FROM, GUARDED_UNTIL = (
    select(edge).where(allocations.c.booking_id == bookings.c.id).scalar_subquery().label(name)
    for edge, name in (
        (func.min(allocations.c.starts_at), "guarded_from"),
        (func.max(allocations.c.ends_at), "guarded_until"),
    )
)
# A service that is retired keeps its row.
MOVE_NOTICE, CANCEL_NOTICE = (
    select(each).where(services.c.id == bookings.c.service_id).scalar_subquery().label(each.name)
    for each in (services.c.move_notice, services.c.cancel_notice)
)
#: The columns that `booking_of` reads.
COLUMNS = (bookings, GUARDED_FROM, GUARDED_UNTIL, MOVE_NOTICE, CANCEL_NOTICE)


def _booking_query(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(*COLUMNS).where(*conditions).order_by(bookings.c.starts_at, bookings.c.id)


# Statements are built once at import, because building one costs more than executing it.
BY_TOKEN = Statement(_booking_query(bookings.c.token == bindparam("token")))
BY_REFERENCE = Statement(_booking_query(bookings.c.reference == bindparam("reference")))
CHECKOUTS_OF = Statement(
    _booking_query(bookings.c.visitor == bindparam("visitor"), bookings.c.status == "pending")
)
CHECKOUTS = Statement(_booking_query(bookings.c.status == "pending"))
CLASS = _booking_query(
    bookings.c.status.in_(LIVE),
    bookings.c.service_id == bindparam("service_id"),
    bookings.c.resource_id == bindparam("resource_id"),
    bookings.c.starts_at == bindparam("starts_at"),
)
INSERT = Statement(insert(bookings).returning(bookings.c.id))
#: Changes the row only if its status and start are still those that are known.
UPDATE = Statement(
    update(bookings).where(
        bookings.c.id == bindparam("known_id"),
        bookings.c.status == bindparam("known_status"),
        bookings.c.starts_at == bindparam("known_starts_at"),
    )
)
ALLOCATE = Statement(insert(allocations).inline())
RELEASE = Statement(delete(allocations).where(allocations.c.booking_id == bindparam("booking")))


def find_by_token(connection: Connection, token: str) -> Booking | None:
    return _fetch_one(connection, BY_TOKEN, {"token": token})


def find_by_reference(connection: Connection, reference: str) -> Booking | None:
    return _fetch_one(connection, BY_REFERENCE, {"reference": reference})


def checkouts_of(connection: Connection, visitor: str) -> list[Booking]:
    """The visitor's pending bookings, overdue ones included."""
    return _fetch_all(connection, CHECKOUTS_OF, {"visitor": visitor})


def checkouts(connection: Connection) -> list[Booking]:
    """All pending bookings, overdue ones included."""
    return _fetch_all(connection, CHECKOUTS)


def find_by_ids(connection: Connection, ids: Collection[int]) -> list[Booking]:
    return _select(connection, _booking_query(bookings.c.id.in_(ids)))


def class_at(connection: Connection, slot: ServiceSlot) -> list[Booking]:
    """Return the live bookings of the class that starts with the slot."""
    where = {
        "service_id": slot.service_id,
        "resource_id": slot.resource_id,
        "starts_at": slot.starts_at,
    }
    return _select(connection, CLASS, where)


def find_between(connection: Connection, span: Interval) -> list[Booking]:
    """Return the bookings that start within the span, by start, unless they were given up."""
    within = _booking_query(
        bookings.c.status.not_in(GIVEN_UP),
        bookings.c.starts_at >= span.start,
        bookings.c.starts_at < span.end,
    )
    return _select(connection, within)


def find_upcoming(connection: Connection, since: datetime) -> list[Booking]:
    """Return the live bookings that end after an instant, by start."""
    live = _booking_query(bookings.c.status.in_(LIVE), bookings.c.ends_at > since)
    return _select(connection, live)


def insert_booking(tx: Transaction, draft: Booking, seat: seats.Seat, actor: Who) -> Booking:
    """Write a new booking, whose `id` is made here, with its allocation.

    Raises SlotTaken if the database refuses the allocation.
    """
    draft = replace(draft, ends_at=seat.slot.ends_at)
    made = {"created_at": tx.now, "changed_at": tx.now, "source": source_of(actor)}
    values = values_of(draft) | made
    number: int = INSERT.fetch_first(tx.connection, values).id
    booking = replace(draft, id=number, guarded=seat.slot.guarded)
    ALLOCATE.execute(tx.connection, seats.allocation_of(booking.id, seat))
    record(tx, booking.id, actor, name_of_start(booking), details_of(booking))
    note_busy(tx, booking)
    return booking


def confirm(
    tx: Transaction,
    checkout: Booking,
    customer: Customer,
    actor: Who,
    answer_until: datetime | None = None,
    answers: Answers = NO_ANSWERS,
) -> Booking:
    """Make a checkout confirmed, or requested if it has to be approved. Its allocation stays."""
    booking = replace(
        checkout,
        status="confirmed" if answer_until is None else "requested",
        deadline=None,
        customer=customer,
        answer_until=answer_until,
        answers=answers,
    )
    save(tx, checkout, booking)
    record(tx, booking.id, actor, name_of_start(booking), details_of(booking))
    note_busy(tx, booking)
    return booking


def approve(tx: Transaction, request: Booking, actor: Who) -> Booking:
    """Make a request confirmed. Its allocation stays as it is."""
    booking = replace(request, status="confirmed", answer_until=None)
    save(tx, request, booking)
    record(tx, booking.id, actor, "booking.approved", details_of(booking))
    note_busy(tx, booking)
    return booking


def move(
    tx: Transaction,
    booking: Booking,
    seat: seats.Seat,
    actor: Who,
    answer_until: datetime | None = None,
) -> Booking:
    """Replace the booking's allocation: the old time becomes free only if the new one is won. With
    `answer_until` the booking becomes a request, or stays one with a new time for the answer."""
    slot = seat.slot
    moved = replace(
        booking,
        status=booking.status if answer_until is None else "requested",
        resource_id=slot.resource_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        guarded=slot.guarded,
        answer_until=answer_until,
    )
    _release(tx, booking)
    ALLOCATE.execute(tx.connection, seats.allocation_of(booking.id, seat))
    save(tx, booking, moved)
    details = {"from": booking.starts_at.isoformat()} | details_of(moved)
    if moved.resource_id != booking.resource_id:
        details |= {"from_resource": str(booking.resource_id)}
        details |= {"to_resource": str(moved.resource_id)}
    record(tx, booking.id, actor, "booking.rescheduled", details)
    note_busy(tx, moved)
    return moved


def end(
    tx: Transaction,
    booking: Booking,
    status: Status,
    actor: Who,
    details: Mapping[str, str] | None = None,
) -> Booking:
    """End a live booking with this status, and delete its allocation."""
    ended = replace(booking, status=status, deadline=None, answer_until=None, guarded=None)
    _release(tx, booking)
    save(tx, booking, ended)
    record(tx, booking.id, actor, name_of_end(booking, status), details)
    note_busy(tx, ended)
    return ended


def note_busy(tx: Transaction, booking: Booking) -> None:
    """Note in the transaction what the booking keeps busy now (see `Commit`)."""
    if booking.guarded is None:
        tx.busy[booking.id] = None
        return
    busy = Busy(
        booking.id,
        booking.service_id,
        booking.starts_at,
        booking.ends_at,
        booking.guarded,
        "pending" if booking.status == "pending" else "taken",
        booking.claim,
        booking.visitor,
        booking.deadline,
    )
    tx.busy[booking.id] = booking.resource_id, busy


def _release(tx: Transaction, booking: Booking) -> None:
    RELEASE.execute(tx.connection, {"booking": booking.id})


def save(tx: Transaction, known: Booking, booking: Booking) -> None:
    """Change the `known` row to `booking`. Raises TransactionLost if it was changed meanwhile."""
    was = {"known_id": known.id, "known_status": known.status, "known_starts_at": known.starts_at}
    saved = UPDATE.execute(tx.connection, values_of(booking) | {"changed_at": tx.now} | was)
    if saved != 1:
        raise TransactionLost


def _fetch_one(
    connection: Connection, statement: Statement, parameters: Mapping[str, Any]
) -> Booking | None:
    row = statement.fetch_first(connection, parameters)
    return booking_of(row) if row is not None else None


def _fetch_all(
    connection: Connection, statement: Statement, parameters: Mapping[str, Any] = NOTHING
) -> list[Booking]:
    return [booking_of(row) for row in statement.fetch_all(connection, parameters)]


def _select(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    parameters: Mapping[str, Any] | None = None,
) -> list[Booking]:
    return [booking_of(row) for row in connection.execute(statement, parameters)]


def booking_of(row: Row[*tuple[Any, ...]]) -> Booking:
    return Booking(
        id=row.id,
        reference=row.reference,
        status=row.status,
        token=row.token,
        claim=row.claim,
        visitor=row.visitor,
        deadline=row.deadline,
        service_id=row.service_id,
        resource_id=row.resource_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        price=Decimal(row.price) if row.price is not None else None,
        customer=_customer_of(row),
        notes=row.notes,
        guarded=Interval(row.guarded_from, row.guarded_until)
        if row.guarded_from is not None
        else None,
        move_notice=row.move_notice,
        cancel_notice=row.cancel_notice,
        answer_until=row.answer_until,
        answers=read_answers(row),
    )


def _customer_of(row: Row[*tuple[Any, ...]]) -> Customer | None:
    if row.customer_name is None:
        return None
    contact = row.customer_name, row.customer_email, row.customer_phone, row.customer_phone_e164
    return Customer(*contact, row.language, row.time_zone)
