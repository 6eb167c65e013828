"""Contacts: customers that were brought in from a list; and notes about customers of any kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, insert, select, update

from dibs.ledger.customer_keys import find_key, search_text, sort_name
from dibs.ledger.customer_tables import contacts, customer_notes
from dibs.ledger.tables import bookings
from dibs.ledger.user_tables import api_keys, users

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Connection

    from dibs.ledger.bookings import Customer
    from dibs.ledger.database import Transaction
    from dibs.ledger.journal import Author

#: The most notes about one customer that are shown.
MAX_NOTES = 200
KEYS_AT_ONCE = 500


@dataclass(frozen=True)
class CustomerNote:
    """A note about a customer. `by` is the name of the user or API key that wrote it."""

    id: int
    text: str
    created_at: datetime
    by: str | None


def find_notes(connection: Connection, key: str) -> list[CustomerNote]:
    """The notes about a customer, the newest first."""
    found = (
        select(customer_notes, users.c.name, api_keys.c.name.label("key_name"))
        .outerjoin(users, users.c.id == customer_notes.c.user_id)
        .outerjoin(api_keys, api_keys.c.id == customer_notes.c.key_id)
        .where(customer_notes.c.customer_key == key)
        .order_by(customer_notes.c.id.desc())
        .limit(MAX_NOTES)
    )
    return [
        CustomerNote(row.id, row.text, row.created_at, row.name or row.key_name)
        for row in connection.execute(found)
    ]


def insert_note(tx: Transaction, key: str, text: str, author: Author) -> None:
    row = {"customer_key": key, "text": text, "created_at": tx.now}
    by = {"user_id": author.user_id, "key_id": author.key_id}
    tx.connection.execute(insert(customer_notes).values(row | by))


def delete_note(tx: Transaction, key: str, note_id: int) -> bool:
    """Delete a note. Returns False if there is no such note about this customer."""
    which = (customer_notes.c.id == note_id, customer_notes.c.customer_key == key)
    return tx.connection.execute(delete(customer_notes).where(*which)).rowcount == 1


def move_notes(tx: Transaction, key: str, to: str) -> None:
    """Move the notes about one customer to another one."""
    which = update(customer_notes).where(customer_notes.c.customer_key == key)
    tx.connection.execute(which.values(customer_key=to))


def follow(tx: Transaction, key: str, to: str) -> None:
    """Move the notes about a customer to their new key, unless bookings or a contact still have the
    old key. The key changes when somebody enters another e-mail address, for example."""
    if key == to:
        return
    has_bookings = exists().where(bookings.c.customer_key == key)
    is_contact = exists().where(contacts.c.key == key)
    if not tx.connection.execute(select(has_bookings | is_contact)).scalar_one():
        move_notes(tx, key, to)


def find_contact(connection: Connection, key: str) -> dict[str, str | None] | None:
    found = select(contacts.c.name, contacts.c.email, contacts.c.phone, contacts.c.phone_e164)
    row = connection.execute(found.where(contacts.c.key == key)).first()
    return dict(row._mapping) if row is not None else None


def known_keys(connection: Connection, keys: Collection[str]) -> set[str]:
    """Return which of these customers have bookings or are contacts."""
    known: set[str] = set()
    wanted = sorted(keys)
    for first in range(0, len(wanted), KEYS_AT_ONCE):
        some = wanted[first : first + KEYS_AT_ONCE]
        for column in (bookings.c.customer_key, contacts.c.key):
            known.update(connection.execute(select(column).where(column.in_(some))).scalars())
    return known


def insert_contacts(tx: Transaction, customers: Iterable[Customer]) -> None:
    rows = []
    for each in customers:
        how = each.email, each.phone, each.phone_e164
        row = dict(zip(("email", "phone", "phone_e164"), how, strict=True))
        found_by = {"key": find_key(*how), "search": search_text(each.name, *how)}
        named = {"name": each.name, "sort_name": sort_name(each.name)}
        rows.append(row | found_by | named | {"created_at": tx.now})
    if rows:
        tx.connection.execute(insert(contacts), rows)


def delete_contact(tx: Transaction, key: str) -> None:
    tx.connection.execute(delete(contacts).where(contacts.c.key == key))


def delete_notes(tx: Transaction, key: str) -> None:
    tx.connection.execute(delete(customer_notes).where(customer_notes.c.customer_key == key))
