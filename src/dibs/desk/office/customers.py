"""Customers as the office sees them: those who have bookings, and contacts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dibs.clock import EPOCH
from dibs.desk.context import lock_boards_of
from dibs.desk.customers import CustomerDesk, CustomerIdentity
from dibs.desk.office.errors import CannotMerge
from dibs.errors import NotFound
from dibs.ledger import contacts, customer_list, customers, office_changes
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.journal import record_change

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from dibs.desk.context import DeskContext
    from dibs.desk.customers import Erasure
    from dibs.ledger.bookings import Booking, Customer
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.contacts import CustomerNote
    from dibs.ledger.customer_list import CustomerSort, ListedCustomer, Position
    from dibs.ledger.database import Commit, Transaction
    from dibs.ledger.journal import Author

#: How many bookings one merging may change: the board of each of them has to be locked.
MAX_MERGED = 1_000


@dataclass(frozen=True)
class CustomerPage:
    """A page of customers. `next` is the position after which the next page begins, or None if
    there is none."""

    customers: list[ListedCustomer]
    next: Position | None


@dataclass(frozen=True)
class CustomerFile:
    """What is shown of one customer, besides the bookings. `names` are all names that their
    bookings have."""

    customer: ListedCustomer
    names: list[str]
    notes: list[CustomerNote]


class OfficeCustomers:
    """In the methods, `own` is the only resource whose bookings the caller may see. None means all
    resources."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._desk = CustomerDesk(context)

    async def list_customers(
        self, query: str, own: int | None, sort: CustomerSort, after: Position | None, most: int
    ) -> CustomerPage:
        """Return a page of customers. Raises Unavailable."""
        now = self._context.clock.now()
        found = await self._context.ledger.database.read(
            customer_list.find_customers, query, own, sort, after, most + 1, now
        )
        shown = found[:most]
        more = shown[-1].position if len(found) > most else None
        return CustomerPage(shown, more)

    async def read_customer(self, key: str, own: int | None) -> CustomerFile:
        """Return what is shown of a customer. Raises NotFound, Unavailable."""
        now = self._context.clock.now()
        return await self._context.ledger.database.read(_read, key, own, now)

    async def add_note(self, author: Author, key: str, text: str, own: int | None) -> None:
        """Add a note about a customer. Raises NotFound, Unavailable."""

        def write(tx: Transaction) -> None:
            _find(tx.connection, key, own)
            contacts.insert_note(tx, key, text, author)

        await self._context.ledger.database.write(write)

    async def remove_note(self, key: str, note_id: int, own: int | None) -> None:
        """Remove a note about a customer. Raises NotFound, Unavailable."""

        def write(tx: Transaction) -> None:
            _find(tx.connection, key, own)
            if not contacts.delete_note(tx, key, note_id):
                raise NotFound("There is no such note.")

        await self._context.ledger.database.write(write)

    async def export_customer(self, key: str) -> dict[str, Any]:
        """Return all that is stored about a customer. Raises NotFound, Unavailable."""
        return await self._desk.export_of(await self._identify_customer(key))

    async def erase_customer(self, author: Author, key: str, *, cancel: bool) -> Erasure:
        """Erase all that is stored about a customer. Raises what `CustomerDesk.erase` raises."""
        return await self._desk.erase(await self._identify_customer(key), by=author, cancel=cancel)

    @retry_on_conflict
    async def merge_customers(self, author: Author, key: str, into: str) -> int:
        """Give the bookings and the notes of one customer to another. Returns how many bookings
        were changed.

        Each booking keeps its customer's name. Its e-mail address becomes that of the other
        customer, or its phone number if the other customer has no e-mail address. Raises NotFound,
        CannotMerge, Unavailable.
        """
        context = self._context
        catalog = await context.ledger.known_catalog()
        merged, commit = await context.ledger.database.write(
            self._merge, catalog, author, key, into
        )
        await context.record_commit(commit)
        return merged

    def _merge(
        self, tx: Transaction, catalog: Catalog, author: Author, key: str, into: str
    ) -> tuple[int, Commit]:
        source, target = (_find(tx.connection, each, None) for each in (key, into))
        if key == into:
            raise CannotMerge("This is one customer already.")
        if not target.email and (source.email or not target.phone):
            raise CannotMerge("The customer that is left needs an e-mail address, or a number.")
        found = self._lock(tx, catalog, key)
        contact = _contact_of(tx.connection, target)
        for booking in found:
            if booking.customer is not None:
                merged = _apply_contact(booking.customer, contact)
                office_changes.describe(tx, booking, merged, booking.notes, author)
        contacts.move_notes(tx, key, into)
        contacts.delete_contact(tx, key)
        references = [each.reference for each in found]
        record_change(tx, author, "customer.merged", {"bookings": references[:50]})
        return len(found), tx.commit

    def _lock(self, tx: Transaction, catalog: Catalog, key: str) -> Sequence[Booking]:
        def find() -> Sequence[Booking]:
            return customers.find_bookings_of(tx.connection, key)

        if len(find()) > MAX_MERGED:
            raise CannotMerge(f"This customer has more than {MAX_MERGED} bookings.")
        return lock_boards_of(self._context.ledger, tx, catalog, find)

    async def _identify_customer(self, key: str) -> CustomerIdentity:
        now = self._context.clock.now()
        found = await self._context.ledger.database.read(_read, key, None, now)
        return CustomerIdentity(key, found.customer.email)


@dataclass(frozen=True)
class _Contact:
    """The e-mail address by which a customer is known, or else the phone number."""

    email: str
    phone: str | None
    phone_e164: str | None


def _contact_of(connection: Connection, target: ListedCustomer) -> _Contact:
    if target.email:
        return _Contact(target.email, None, None)
    for booking in reversed(customers.find_bookings_of(connection, target.key)):
        if booking.customer is not None:
            return _Contact("", booking.customer.phone, booking.customer.phone_e164)
    known = contacts.find_contact(connection, target.key) or {}
    return _Contact("", known.get("phone"), known.get("phone_e164"))


def _apply_contact(customer: Customer, contact: _Contact) -> Customer:
    if contact.email:
        return replace(customer, email=contact.email)
    return replace(customer, phone=contact.phone, phone_e164=contact.phone_e164)


def _find(connection: Connection, key: str, own: int | None) -> ListedCustomer:
    # Any time will do: it only decides which visits are past, and that isn't used here.
    found = customer_list.find_customer(connection, key, own, EPOCH)
    if found is None:
        raise NotFound("There is no such customer.")
    return found


def _read(connection: Connection, key: str, own: int | None, now: datetime) -> CustomerFile:
    found = customer_list.find_customer(connection, key, own, now)
    if found is None:
        raise NotFound("There is no such customer.")
    names = customer_list.find_names(connection, key, own)
    return CustomerFile(found, names, contacts.find_notes(connection, key))
