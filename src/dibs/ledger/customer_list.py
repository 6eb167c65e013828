"""Customers as the office lists them: bookings grouped by customer, and contacts.

A booking keeps the name that was typed with it. A customer has the name of their latest booking.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, case, exists, func, literal, or_, select

from dibs.ledger.booking_list import has_words
from dibs.ledger.column_types import Instant
from dibs.ledger.customer_tables import contacts
from dibs.ledger.tables import bookings
from dibs.search_text import folded_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, FromClause, Select, Subquery

#: The end of a page of the list: the value by which the list is sorted, and the customer's key.
Position = tuple[str | int, str]
#: By name, by the booking made last, or by the number of bookings, the most first.
CustomerSort = Literal["name", "recent", "bookings"]
NO_BOOKINGS = ("pending", "expired")
MAX_NAMES = 20


@dataclass(frozen=True)
class ListedCustomer:
    """A customer in the list. `booked` counts all bookings, also those counted in `cancelled` and
    `no_shows`. `last_visit` is the latest past start of a booking that was not cancelled or missed,
    and `next_visit` the first start to come."""

    key: str
    name: str
    email: str
    phone: str
    booked: int
    cancelled: int
    no_shows: int
    last_visit: datetime | None
    next_visit: datetime | None
    is_contact: bool
    position: Position = ("", "")


def find_customers(
    connection: Connection,
    query: str,
    own: int | None,
    sort: CustomerSort,
    after: Position | None,
    most: int,
    now: datetime,
) -> list[ListedCustomer]:
    """Return at most `most` customers. With `own`, only customers with bookings of that resource
    are found, and only those bookings count."""
    is_grouped = bool(folded_words(query)) or sort == "bookings"
    of_bookings = (
        _customers_by_booking(query, sort, own)
        if is_grouped
        else _customers_by_first_booking(sort, own)
    )
    sources = [of_bookings] + ([_contacts_without_booking(query, sort)] if own is None else [])
    found: list[Position] = []
    for source in sources:
        page = _follow(source, sort, after).limit(most)
        found += [(row.value, row.key) for row in connection.execute(page)]
    # Unless sorted by name contacts have the value 0, so both sources can be sorted together.
    shown = sorted(found, key=lambda each: each[1])
    shown.sort(key=lambda each: each[0], reverse=sort != "name")
    positions = {position[1]: position for position in shown[:most]}
    known = _describe(connection, list(positions), own, now)
    return [replace(known[key], position=positions[key]) for key in positions if key in known]


def find_customer(
    connection: Connection, key: str, own: int | None, now: datetime
) -> ListedCustomer | None:
    return _describe(connection, [key], own, now).get(key)


def find_names(connection: Connection, key: str, own: int | None) -> list[str]:
    """Return the names in the bookings of a customer, the name in the latest booking first."""
    found = select(bookings.c.customer_name).where(bookings.c.customer_key == key)
    if own is not None:
        found = found.where(bookings.c.resource_id == own)
    latest = func.max(bookings.c.id).desc()
    rows = connection.execute(
        found.group_by(bookings.c.customer_name).order_by(latest).limit(MAX_NAMES)
    )
    return list(rows.scalars())


def _customers_by_booking(query: str, sort: CustomerSort, own: int | None) -> Subquery:
    """Return the customers with the words in their bookings, with the value by which they are
    sorted."""
    value: ColumnElement[Any] = func.count()
    if sort == "name":
        value = func.min(bookings.c.sort_name)
    elif sort == "recent":
        value = func.max(bookings.c.id)
    found = select(bookings.c.customer_key.label("key"), value.label("value"))
    found = found.where(*_is_listed(bookings, own), *has_words(bookings.c.search, query))
    return found.group_by(bookings.c.customer_key).subquery()


def _customers_by_first_booking(sort: CustomerSort, own: int | None) -> Subquery:
    """Return all customers of bookings. Each is found by one of their bookings, the first by name
    or the latest, so a page costs little, however many bookings there are."""
    other = bookings.alias()
    value, is_before = bookings.c.id, other.c.id > bookings.c.id
    if sort == "name":
        value = bookings.c.sort_name
        is_same = other.c.sort_name == value
        is_before = or_(other.c.sort_name < value, and_(is_same, other.c.id < bookings.c.id))
    is_theirs = other.c.customer_key == bookings.c.customer_key
    has_before = exists().where(is_theirs, *_is_listed(other, own), is_before)
    found = select(bookings.c.customer_key.label("key"), value.label("value"))
    return found.where(*_is_listed(bookings, own), ~has_before).subquery()


def _contacts_without_booking(query: str, sort: CustomerSort) -> Subquery:
    """Return the contacts that contain the words, unless one of their bookings contains them,
    too."""
    value = contacts.c.sort_name if sort == "name" else literal(0)
    theirs = bookings.c.customer_key == contacts.c.key
    in_bookings = exists().where(
        theirs, *_is_listed(bookings, None), *has_words(bookings.c.search, query)
    )
    found = select(contacts.c.key, value.label("value"))
    return found.where(*has_words(contacts.c.search, query), ~in_bookings).subquery()


def _is_listed(table: FromClause, own: int | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [table.c.customer_key.is_not(None)]
    conditions.append(table.c.status.not_in(NO_BOOKINGS))
    return conditions if own is None else [*conditions, table.c.resource_id == own]


def _follow(source: Subquery, sort: CustomerSort, after: Position | None) -> Select[Any]:
    """Return the query for the customers after a position, in order."""
    value, key = source.c.value, source.c.key
    found = select(key, value).order_by(value if sort == "name" else value.desc(), key)
    if after is None:
        return found
    last, last_key = after
    is_beyond = value > last if sort == "name" else value < last
    return found.where(or_(is_beyond, and_(value == last, key > last_key)))


def _describe(
    connection: Connection, keys: Sequence[str], own: int | None, now: datetime
) -> dict[str, ListedCustomer]:
    """Return these customers by key. Keys without a customer are left out."""
    is_contact = _contacts_of(connection, keys) if own is None else {}
    counted = {row.key: row for row in connection.execute(_counts(keys, own, now))}
    latest = [row.latest_id for row in counted.values()]
    who = select(
        bookings.c.customer_key,
        bookings.c.customer_name,
        bookings.c.customer_email,
        bookings.c.customer_phone,
    ).where(bookings.c.id.in_(latest))
    found = {}
    for key, *contact in connection.execute(who):
        row = counted[key]
        counts = row.booked, row.cancelled, row.no_shows, row.last_visit, row.next_visit
        found[key] = ListedCustomer(key, *_plain(contact), *counts, key in is_contact)
    for key in is_contact.keys() - found.keys():
        found[key] = ListedCustomer(key, *_plain(is_contact[key]), 0, 0, 0, None, None, True)
    return found


def _counts(keys: Sequence[str], own: int | None, now: datetime) -> Select[Any]:
    status, starts_at = bookings.c.status, bookings.c.starts_at
    is_past = and_(status.in_(("confirmed", "completed")), starts_at <= now)
    is_to_come = and_(status == "confirmed", starts_at > now)
    return (
        select(
            bookings.c.customer_key.label("key"),
            func.count().label("booked"),
            _count(status == "cancelled").label("cancelled"),
            _count(status == "no_show").label("no_shows"),
            func.max(case((is_past, starts_at)), type_=Instant).label("last_visit"),
            func.min(case((is_to_come, starts_at)), type_=Instant).label("next_visit"),
            func.max(bookings.c.id).label("latest_id"),
        )
        .where(bookings.c.customer_key.in_(keys), *_is_listed(bookings, own))
        .group_by(bookings.c.customer_key)
    )


def _contacts_of(connection: Connection, keys: Sequence[str]) -> dict[str, list[str | None]]:
    found = select(contacts.c.key, contacts.c.name, contacts.c.email, contacts.c.phone)
    rows = connection.execute(found.where(contacts.c.key.in_(keys)))
    return {key: contact for key, *contact in rows}


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _plain(contact: Sequence[str | None]) -> tuple[str, str, str]:
    name, email, phone = (each or "" for each in contact)
    return name, email, phone
