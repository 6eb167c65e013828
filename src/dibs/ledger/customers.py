"""Reads and erases all that the ledger knows of a customer, found by e-mail address or key.

A booking stays when its customer is erased, because the business has to know what it has done, but
then nothing says whose booking it was. Anything else that is one day stored about customers has to
be read and erased here, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, func, or_, select, update

from dibs.email_address import mailbox
from dibs.ledger import contacts
from dibs.ledger.answers import NO_ANSWERS, write_answers
from dibs.ledger.bookings import COLUMNS, booking_of
from dibs.ledger.customer_keys import find_key, search_text
from dibs.ledger.customer_tables import customer_notes
from dibs.ledger.tables import (
    audit,
    bookings,
    deliveries,
    idempotency,
    import_conflicts,
    outbox,
    sessions,
    sign_in_codes,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from dibs.ledger.bookings import Booking
    from dibs.ledger.database import Transaction

    Fields = Mapping[str, Any]
    Rows = Sequence[Fields]

#: The columns of a row in an import conflict that say nothing about its customer.
COLUMNS_OF_NOBODY = frozenset(
    {
        *("id", "strong_id", "service_id", "employee_id", "status", "appointment_date"),
        *("total_amount", "payment_status", "created_at", "rescheduled_at", "original_date"),
    }
)
#: The reason that a letter to an erased customer is not sent.
ERASED = "the customer's data is erased"


@dataclass(frozen=True)
class BookingTraces:
    """What is written about one booking of a customer: its row, what happened to it, the letters to
    the customer, and the stored answers to requests."""

    row: Fields
    events: Rows
    letters: Rows
    answers: Rows


def find_bookings(connection: Connection, email: str) -> list[Booking]:
    """All bookings that were made for an e-mail address, by start."""
    is_of_customer = func.lower(bookings.c.customer_email) == mailbox(email)
    found = select(*COLUMNS).where(is_of_customer)
    rows = connection.execute(found.order_by(bookings.c.starts_at, bookings.c.id))
    return [booking_of(row) for row in rows]


def find_bookings_of(connection: Connection, key: str) -> list[Booking]:
    """All bookings of the customer with this key, by start."""
    found = select(*COLUMNS).where(bookings.c.customer_key == key)
    rows = connection.execute(found.order_by(bookings.c.starts_at, bookings.c.id))
    return [booking_of(row) for row in rows]


def read_notes(connection: Connection, key: str) -> Rows:
    """Return the notes of the business about a customer."""
    about = select(customer_notes).where(customer_notes.c.customer_key == key)
    return _read(connection, about.order_by(customer_notes.c.id))


def erase_notes(tx: Transaction, key: str) -> None:
    """Erase the notes about a customer, and the contact of the customer."""
    contacts.delete_notes(tx, key)
    contacts.delete_contact(tx, key)


def key_of_email(email: str) -> str:
    return find_key(email, None, None)


def read_traces(connection: Connection, booking: Booking, scopes: Collection[str]) -> BookingTraces:
    """Return all that is written about a booking. `scopes` are those of the requests that its
    customer may have sent."""
    about = audit.c.booking_id == booking.id
    events = _read(connection, select(audit).where(about).order_by(audit.c.id))
    letters = select(deliveries).where(*_is_to_customer_of(booking)).order_by(deliveries.c.id)
    (row,) = _read(connection, select(bookings).where(bookings.c.id == booking.id))
    return BookingTraces(
        row,
        events,
        _read(connection, letters),
        _answers_about(connection, booking, scopes, events),
    )


def erase_from_booking(tx: Transaction, booking: Booking, scopes: Collection[str]) -> None:
    """Erase from a booking all that says whose it was. Letters to the customer are not sent any
    more. The booking's boards must be locked, unless it is over."""
    about = audit.c.booking_id == booking.id
    events = _read(tx.connection, select(audit.c.at).where(about))
    for answer in _answers_about(tx.connection, booking, scopes, events):
        is_it = (idempotency.c.scope == answer["scope"], idempotency.c.key == answer["key"])
        tx.connection.execute(delete(idempotency).where(*is_it))
    # The business's reason for declining a request may name the customer.
    for record, kind in ((audit, audit.c.action), (outbox, outbox.c.topic)):
        is_letter = (record.c.booking_id == booking.id, kind == "booking.declined")
        column = "details" if record is audit else "payload"
        tx.connection.execute(update(record).where(*is_letter).values({column: "{}"}))
    letters = update(deliveries).where(*_is_to_customer_of(booking))
    tx.connection.execute(letters.values(address="", reason=None))
    unsent = letters.where(deliveries.c.state.in_(("waiting", "refused", "given_up")))
    over = {"state": "dropped", "reason": ERASED, "due_at": None, "finished_at": tx.now}
    tx.connection.execute(unsent.values(over))
    nobody: dict[str, None] = dict.fromkeys(("customer_name", "customer_email", "customer_phone"))
    nobody |= dict.fromkeys(("customer_phone_e164", "language", "time_zone", "visitor"))
    nobody["customer_key"] = None
    left = {
        **write_answers(NO_ANSWERS),
        "notes": "",
        "sort_name": "",
        "search": search_text(None, None, None, None, booking.reference),
    }
    erased = update(bookings).where(bookings.c.id == booking.id)
    tx.connection.execute(erased.values(nobody | left))


def _is_to_customer_of(booking: Booking) -> tuple[ColumnElement[bool], ...]:
    return deliveries.c.booking_id == booking.id, deliveries.c.recipient == "customer"


def _answers_about(
    connection: Connection, booking: Booking, scopes: Collection[str], events: Rows
) -> Rows:
    """Return the stored answers that name a booking. An answer has the same time as the change that
    it tells of. An answer that tells of no change is found by its scope."""
    may_be_about = or_(
        idempotency.c.scope.in_(scopes),
        idempotency.c.created_at.in_([event["at"] for event in events]),
    )
    found = select(idempotency).where(may_be_about).order_by(idempotency.c.created_at)
    rows = _read(connection, found)
    return [row for row in rows if orjson.loads(row["body"])["reference"] == booking.reference]


def read_sessions(connection: Connection, email: str) -> Rows:
    is_of_customer = sessions.c.email == mailbox(email)
    return _read(connection, select(sessions).where(is_of_customer).order_by(sessions.c.created_at))


def read_code_orders(connection: Connection, email: str, topic: str) -> Rows:
    """The events of a topic that order a sign-in code for a customer."""
    orders = select(outbox).where(outbox.c.booking_id.is_(None), outbox.c.topic == topic)
    rows = _read(connection, orders.order_by(outbox.c.id))
    return [row for row in rows if orjson.loads(row["payload"])["email"] == mailbox(email)]


def erase_sign_in(tx: Transaction, email: str, topic: str) -> None:
    """Delete the sessions and the sign-in codes of a customer, also codes that are still to be
    sent."""
    for table in (sessions, sign_in_codes):
        tx.connection.execute(delete(table).where(table.c.email == mailbox(email)))
    orders = [row["id"] for row in read_code_orders(tx.connection, email, topic)]
    tx.connection.execute(delete(deliveries).where(deliveries.c.event_id.in_(orders)))
    tx.connection.execute(delete(outbox).where(outbox.c.id.in_(orders)))


def read_conflicts(connection: Connection, email: str) -> Rows:
    """Return the import conflicts about a customer, settled or not. All conflicts are searched,
    because they are few."""
    rows = _read(connection, select(import_conflicts).order_by(import_conflicts.c.id))
    return [row for row in rows if _names(orjson.loads(row["row"]), email)]


def _names(row: Fields, email: str) -> bool:
    texts = (value for value in row.values() if isinstance(value, str))
    return any(mailbox(text.strip()) == mailbox(email) for text in texts)


def erase_from_conflicts(tx: Transaction, email: str) -> None:
    for conflict in read_conflicts(tx.connection, email):
        row = orjson.loads(conflict["row"])
        rest = {name: value for name, value in row.items() if name in COLUMNS_OF_NOBODY}
        change = update(import_conflicts).where(import_conflicts.c.id == conflict["id"])
        tx.connection.execute(change.values(row=orjson.dumps(rest).decode()))


def _read(connection: Connection, query: Select[*tuple[Any, ...]]) -> Rows:
    return [dict(row._mapping) for row in connection.execute(query)]
