"""Privacy: exports or erases all that is stored about a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
import structlog

from dibs.desk.context import lock_boards_of
from dibs.desk.tokens import visitor_key
from dibs.errors import HasUpcomingBookings, TooLateToCancel
from dibs.ledger import bookings, customers
from dibs.ledger.bookings import AGREED
from dibs.ledger.contacts import find_contact
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.journal import Author, record_change
from dibs.notify.codes import TOPIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from dibs.desk.context import DeskContext
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.customers import BookingTraces, Fields
    from dibs.ledger.database import Commit, Transaction
    from dibs.ledger.journal import Who

log = structlog.get_logger()

#: The columns of a booking that are about its customer, by their names in an export.
CUSTOMER = {
    "name": "customer_name",
    "email": "customer_email",
    "phone": "customer_phone",
    "phone_e164": "customer_phone_e164",
    "language": "language",
    "time_zone": "time_zone",
    "notes": "notes",
}


@dataclass(frozen=True)
class Erasure:
    """`bookings` is how many bookings no longer say who had them. `cancelled` are the references of
    those that were cancelled for it."""

    bookings: int
    cancelled: tuple[str, ...]


@dataclass(frozen=True)
class CustomerIdentity:
    """A customer, by their key (see `ledger.customer_keys`). `email` is empty if they gave none."""

    key: str
    email: str = ""


def identify_customer(email: str) -> CustomerIdentity:
    return CustomerIdentity(customers.key_of_email(email), email)


class CustomerDesk:
    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def find_bookings(self, email: str) -> Sequence[Booking]:
        """Return all bookings of a customer, by start. Raises Unavailable."""
        return await self._context.ledger.database.read(customers.find_bookings, email)

    async def export_customer(self, email: str) -> dict[str, Any]:
        """Return all that is stored about a customer, as JSON has it, without secrets.

        Raises NotFound while no business is set up, Unavailable.
        """
        return await self.export_of(identify_customer(email))

    async def export_of(self, customer: CustomerIdentity) -> dict[str, Any]:
        """Like `export_customer`, for a customer without an e-mail address, too."""
        return await self._context.ledger.database.read(self._export, customer)

    async def erase_customer(
        self, email: str, *, by: Who = "owner", cancel: bool = False
    ) -> Erasure:
        """Erase all that is stored about a customer (see `erase`)."""
        return await self.erase(identify_customer(email), by=by, cancel=cancel)

    @retry_on_conflict
    async def erase(
        self, customer: CustomerIdentity, *, by: Who = "owner", cancel: bool = False
    ) -> Erasure:
        """Erase all that is stored about a customer, in one transaction. Their bookings stay, but
        no longer say who had them.

        Raises HasUpcomingBookings if there are upcoming bookings, unless these are to be cancelled
        (`cancel`); TooLateToCancel if the customer does this and can no longer cancel one of them;
        NotFound while no business is set up; Unavailable.
        """
        context = self._context
        catalog = await context.ledger.catalog()
        erased, commit = await context.ledger.database.write(
            self._erase, catalog, customer, by, cancel=cancel
        )
        await context.record_commit(commit)
        log.info("customer erased", bookings=erased.bookings, cancelled=len(erased.cancelled))
        return erased

    def _erase(
        self,
        tx: Transaction,
        catalog: Catalog,
        customer: CustomerIdentity,
        by: Who,
        *,
        cancel: bool,
    ) -> tuple[Erasure, Commit]:
        def find() -> Sequence[Booking]:
            return _bookings_of(tx.connection, customer)

        found = lock_boards_of(self._context.ledger, tx, catalog, find)
        upcoming = [each for each in found if is_upcoming(each, tx.now)]
        if upcoming and not cancel:
            raise HasUpcomingBookings([each.reference for each in upcoming])
        for booking in upcoming:
            if by == "customer" and not booking.is_cancellable(tx.now):
                raise TooLateToCancel(booking.cancel_until)
            bookings.end(tx, booking, "cancelled", by)
        for booking in found:
            customers.erase_from_booking(tx, booking, self._scopes(booking))
        customers.erase_notes(tx, customer.key)
        if customer.email:
            customers.erase_sign_in(tx, customer.email, TOPIC)
            customers.erase_from_conflicts(tx, customer.email)
        erased = Erasure(len(found), tuple(each.reference for each in upcoming))
        if isinstance(by, Author):
            done = {"bookings": erased.bookings, "cancelled": list(erased.cancelled)}
            record_change(tx, by, "customer.erased", done)
        return erased, tx.commit

    def _scopes(self, booking: Booking) -> list[str]:
        """Return the scopes under which answers to requests about a booking may be kept: those of
        the visitor who made it, and those of whoever had its manage token."""
        scopes = [visitor_key(each) for each in self._context.tokens.all_of(booking.reference)]
        if booking.visitor is not None:
            scopes += [booking.visitor, f"{booking.visitor} without key"]
        return scopes

    def _export(self, connection: Connection, customer: CustomerIdentity) -> dict[str, Any]:
        catalog = self._context.ledger.catalog_in(connection)
        found = [
            customers.read_traces(connection, booking, self._scopes(booking))
            for booking in _bookings_of(connection, customer)
        ]
        return {
            **self._export_of_mailbox(connection, customer.email),
            "exported_at": _text(self._context.clock.now()),
            "bookings": [_show(traces, catalog) for traces in found],
            "contact": find_contact(connection, customer.key),
            "notes": [
                _export_columns(row, "created_at", "text")
                for row in customers.read_notes(connection, customer.key)
            ],
        }

    def _export_of_mailbox(self, connection: Connection, email: str) -> dict[str, Any]:
        """Return what is stored about an e-mail address, besides bookings."""
        if not email:
            return {"email": None, "sessions": [], "sign_in_codes": [], "import_conflicts": []}
        orders = customers.read_code_orders(connection, email, TOPIC)
        conflicts = customers.read_conflicts(connection, email)
        return {
            "email": email,
            "sessions": [
                _export_columns(row, "created_at", "used_at", "expires_at")
                for row in customers.read_sessions(connection, email)
            ],
            "sign_in_codes": [{"asked_at": _text(row["created_at"])} for row in orders],
            "import_conflicts": [
                _export_columns(row, "source", "at", "reason") | {"row": orjson.loads(row["row"])}
                for row in conflicts
            ],
        }


def _bookings_of(connection: Connection, customer: CustomerIdentity) -> list[Booking]:
    if customer.email:
        return customers.find_bookings(connection, customer.email)
    return customers.find_bookings_of(connection, customer.key)


def is_upcoming(booking: Booking, now: datetime) -> bool:
    return booking.status in AGREED and booking.starts_at > now


def _show(traces: BookingTraces, catalog: Catalog) -> dict[str, Any]:
    row = traces.row
    about = {
        "service": catalog.service_name(row["service_id"]),
        "resource": catalog.resource_name(row["resource_id"]),
        "currency": catalog.business.currency,
    }
    when = ("starts_at", "ends_at", "created_at", "changed_at")
    return {
        **_export_columns(row, "reference", "status", "price", *when),
        **about,
        "customer": {name: row[column] for name, column in CUSTOMER.items()},
        "answers_to_questions": orjson.loads(row["answers"]),
        **_export_columns(row, "accepted_terms", "terms_accepted_at"),
        "events": [
            _export_columns(event, "at", "actor", "action")
            | {"details": orjson.loads(event["details"])}
            for event in traces.events
        ],
        "deliveries": [
            _export_columns(
                letter, "letter", "address", "state", "reason", "created_at", "finished_at"
            )
            for letter in traces.letters
        ],
        "answers": [
            _export_columns(answer, "created_at", "status") | {"body": orjson.loads(answer["body"])}
            for answer in traces.answers
        ],
    }


def _export_columns(row: Fields, *names: str) -> dict[str, Any]:
    """Return these columns of a row, with instants as text."""
    return {
        name: _text(row[name]) if isinstance(row[name], datetime) else row[name] for name in names
    }


def _text(instant: datetime) -> str:
    return instant.isoformat()
