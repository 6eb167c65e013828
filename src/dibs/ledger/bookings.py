"""Bookings and the allocations that guard them.

Every function that writes is one step of a transaction whose boards have been locked already.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import bindparam, delete, func, insert, select, update

from dibs.availability.intervals import Interval
from dibs.errors import TransactionLost
from dibs.ledger import seats
from dibs.ledger.boards import Busy, overlapping
from dibs.ledger.journal import record
from dibs.ledger.tables import allocations, bookings, services

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from dibs.availability.slots import ServiceSlot
    from dibs.ledger.database import Transaction
    from dibs.ledger.journal import Actor

Status = Literal["pending", "confirmed", "completed", "no_show", "cancelled", "expired"]
LIVE: tuple[Status, ...] = ("pending", "confirmed")


@dataclass(frozen=True)
class Customer:
    """`phone` is as it was typed; `phone_e164` is what to dial, where its country is known."""

    name: str
    email: str
    phone: str | None = None
    phone_e164: str | None = None


@dataclass(frozen=True)
class Booking:
    """A row of `bookings`. `token` is the checkout's id; `deadline` is set while pending.

    `guarded`: its time with buffers, as allocated when it was read; None when it is over.
    `change_notice`: that of its service, in minutes, when it was read.
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
    guarded: Interval | None = field(default=None, compare=False)
    change_notice: int = field(default=0, compare=False)

    @property
    def change_until(self) -> datetime:
        """Until when its customer can move or cancel it."""
        return self.starts_at - timedelta(minutes=self.change_notice)

    def is_changeable(self, now: datetime) -> bool:
        """Whether its customer can move or cancel it."""
        return self.status == "confirmed" and now < self.change_until


# A booking and its allocation are read in one statement: between two of them it might end.
GUARDED_FROM, GUARDED_UNTIL = (
    select(edge).where(allocations.c.booking_id == bookings.c.id).scalar_subquery().label(name)
    for edge, name in (
        (func.min(allocations.c.starts_at), "guarded_from"),
        (func.max(allocations.c.ends_at), "guarded_until"),
    )
)
# A service that is retired keeps its row.
CHANGE_NOTICE = (
    select(services.c.change_notice)
    .where(services.c.id == bookings.c.service_id)
    .scalar_subquery()
    .label("change_notice")
)
#: What `booking_of` reads.
COLUMNS = (bookings, GUARDED_FROM, GUARDED_UNTIL, CHANGE_NOTICE)


def _those(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(*COLUMNS).where(*conditions).order_by(bookings.c.starts_at, bookings.c.id)


# Statements are built once at import, because building one costs more than executing it.
BY_TOKEN = _those(bookings.c.token == bindparam("token"))
BY_REFERENCE = _those(bookings.c.reference == bindparam("reference"))
CHECKOUTS_OF = _those(bookings.c.visitor == bindparam("visitor"), bookings.c.status == "pending")
CHECKOUTS = _those(bookings.c.status == "pending")
CLASS = _those(
    bookings.c.status.in_(LIVE),
    bookings.c.service_id == bindparam("service_id"),
    bookings.c.resource_id == bindparam("resource_id"),
    bookings.c.starts_at == bindparam("starts_at"),
)
INSERT = insert(bookings).returning(bookings.c.id)
ALLOCATE = insert(allocations).inline()


def by_token(connection: Connection, token: str) -> Booking | None:
    return _one(connection, BY_TOKEN, {"token": token})


def by_reference(connection: Connection, reference: str) -> Booking | None:
    return _one(connection, BY_REFERENCE, {"reference": reference})


def checkouts_of(connection: Connection, visitor: str) -> list[Booking]:
    """The visitor's pending bookings, overdue ones included."""
    return _all(connection, CHECKOUTS_OF, {"visitor": visitor})


def checkouts(connection: Connection) -> list[Booking]:
    """All pending bookings, overdue ones included."""
    return _all(connection, CHECKOUTS)


def class_at(connection: Connection, slot: ServiceSlot) -> list[Booking]:
    """The live bookings of the class that starts with the slot."""
    where = {
        "service_id": slot.service_id,
        "resource_id": slot.resource_id,
        "starts_at": slot.starts_at,
    }
    return _all(connection, CLASS, where)


def between(connection: Connection, span: Interval) -> list[Booking]:
    """The live bookings that start within the span, by start."""
    within = _those(
        bookings.c.status.in_(LIVE),
        bookings.c.starts_at >= span.start,
        bookings.c.starts_at < span.end,
    )
    return _all(connection, within)


def upcoming(connection: Connection, since: datetime) -> list[Booking]:
    """The live bookings that end after an instant, by start."""
    return _all(connection, _those(bookings.c.status.in_(LIVE), bookings.c.ends_at > since))


def overdue(
    connection: Connection,
    instant: ColumnElement[datetime],
    slot: ServiceSlot | None = None,
    most: int | None = None,
) -> list[Booking]:
    """Pending bookings whose deadline has passed, the first to pass first; with a slot, only those
    in its way."""
    if slot is None:
        return _all(connection, _overdue(instant).limit(most))
    return _all(connection, _overdue_in_the_way(instant).limit(most), seats.time_of(slot))


def _overdue(
    instant: ColumnElement[datetime], *conditions: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    found = _those(bookings.c.deadline <= instant, *conditions)
    return found.order_by(None).order_by(bookings.c.deadline, bookings.c.id)


@lru_cache(maxsize=8)
def _overdue_in_the_way(instant: ColumnElement[datetime]) -> Select[*tuple[Any, ...]]:
    in_the_way = select(allocations.c.booking_id).where(
        allocations.c.resource_id == bindparam("resource_id"),
        overlapping(bindparam("start"), bindparam("end")),
    )
    return _overdue(instant, bookings.c.id.in_(in_the_way))


def insert_booking(tx: Transaction, draft: Booking, seat: seats.Seat, actor: Actor) -> Booking:
    """Write a new booking (its `id` is made here) with its allocation.

    Raises SlotTaken if the database refuses the allocation.
    """
    draft = replace(draft, ends_at=seat.slot.ends_at)
    values = values_of(draft) | {"created_at": tx.now, "changed_at": tx.now}
    number = (tx.connection.execute(INSERT, values)).scalar_one()
    booking = replace(draft, id=number, guarded=seat.slot.guarded)
    tx.connection.execute(ALLOCATE, seats.allocation_of(booking.id, seat))
    record(tx, booking.id, actor, _announced(booking))
    _note_busy(tx, booking)
    return booking


def confirm(tx: Transaction, checkout: Booking, customer: Customer, actor: Actor) -> Booking:
    """pending → confirmed: the allocation stays what it is."""
    booking = replace(checkout, status="confirmed", deadline=None, customer=customer)
    _save(tx, checkout, booking)
    record(tx, booking.id, actor, "booking.confirmed")
    _note_busy(tx, booking)
    return booking


def move(tx: Transaction, booking: Booking, seat: seats.Seat, actor: Actor) -> Booking:
    """Replace the booking's allocation by another: the old time is free only with the new won."""
    slot = seat.slot
    moved = replace(
        booking,
        resource_id=slot.resource_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        guarded=slot.guarded,
    )
    _release(tx, booking)
    tx.connection.execute(ALLOCATE, seats.allocation_of(booking.id, seat))
    _save(tx, booking, moved)
    details = {"from": booking.starts_at.isoformat(), "to": moved.starts_at.isoformat()}
    record(tx, booking.id, actor, "booking.rescheduled", details)
    _note_busy(tx, moved)
    return moved


def end(tx: Transaction, booking: Booking, status: Status, actor: Actor) -> Booking:
    """live → cancelled or expired: the allocation goes."""
    ended = replace(booking, status=status, deadline=None, guarded=None)
    _release(tx, booking)
    _save(tx, booking, ended)
    kind = "checkout" if booking.status == "pending" else "booking"
    record(tx, booking.id, actor, f"{kind}.{status}")
    _note_busy(tx, ended)
    return ended


def _announced(booking: Booking) -> str:
    return "checkout.started" if booking.status == "pending" else "booking.confirmed"


def _note_busy(tx: Transaction, booking: Booking) -> None:
    """Have the transaction tell what the booking keeps busy now."""
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
    tx.connection.execute(delete(allocations).where(allocations.c.booking_id == booking.id))


def _save(tx: Transaction, known: Booking, booking: Booking) -> None:
    """Change the row from what is known of it. Raises TransactionLost if another was first."""
    saved = tx.connection.execute(
        update(bookings)
        .where(
            bookings.c.id == known.id,
            bookings.c.status == known.status,
            bookings.c.starts_at == known.starts_at,
        )
        .values(values_of(booking) | {"changed_at": tx.now})
    )
    if saved.rowcount != 1:
        raise TransactionLost


def values_of(booking: Booking) -> dict[str, Any]:
    """Its columns, without the id and when it was written."""
    customer = booking.customer
    return {
        "reference": booking.reference,
        "status": booking.status,
        "token": booking.token,
        "claim": booking.claim,
        "visitor": booking.visitor,
        "deadline": booking.deadline,
        "service_id": booking.service_id,
        "resource_id": booking.resource_id,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "price": str(booking.price) if booking.price is not None else None,
        "customer_name": customer.name if customer else None,
        "customer_email": customer.email if customer else None,
        "customer_phone": customer.phone if customer else None,
        "customer_phone_e164": customer.phone_e164 if customer else None,
    }


def _one(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    parameters: Mapping[str, Any] | None = None,
) -> Booking | None:
    found = _all(connection, statement, parameters)
    return found[0] if found else None


def _all(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    parameters: Mapping[str, Any] | None = None,
) -> list[Booking]:
    rows: Sequence[Row[*tuple[Any, ...]]] = (connection.execute(statement, parameters)).all()
    return [booking_of(row) for row in rows]


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
        guarded=Interval(row.guarded_from, row.guarded_until)
        if row.guarded_from is not None
        else None,
        change_notice=row.change_notice,
    )


def _customer_of(row: Row[*tuple[Any, ...]]) -> Customer | None:
    if row.customer_name is None:
        return None
    return Customer(
        row.customer_name, row.customer_email, row.customer_phone, row.customer_phone_e164
    )
