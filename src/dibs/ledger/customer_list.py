"""Customers as the office lists them: bookings grouped by whose they are, and contacts.

A booking keeps the name that was typed with it. A customer is called as in their latest booking.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, case, cast, func, null, or_, select, union_all

from dibs.ledger.booking_list import has_words
from dibs.ledger.column_types import Instant
from dibs.ledger.customer_tables import contacts
from dibs.ledger.tables import bookings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select

#: By name, the latest made booking first, or who has most bookings first.
CustomerSort = Literal["name", "recent", "bookings"]
NO_BOOKINGS = ("pending", "expired")
MAX_NAMES = 20


@dataclass(frozen=True)
class ListedCustomer:
    """`booked` are all bookings, those counted in `cancelled` and `no_shows` included. `last_visit`
    is the latest start that is past, of a booking that was not cancelled or missed; `next_visit`
    the first that is to come."""

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
    sort_name: str
    latest_id: int


#: What a page of the list ended with: the value that it is sorted by, and the key.
Position = tuple[str | int, str]


def find_customers(
    connection: Connection,
    query: str,
    own: int | None,
    sort: CustomerSort,
    after: Position | None,
    most: int,
    now: datetime,
) -> list[ListedCustomer]:
    """At most so many customers. `own`: only those with bookings of this resource, and only these
    bookings count; None: all."""
    groups = _groups(query, own, None, now).subquery()
    value, is_descending = {
        "name": (groups.c.sort_name, False),
        "recent": (groups.c.latest_id, True),
        "bookings": (groups.c.booked, True),
    }[sort]
    found = select(groups)
    if after is not None:
        last, key = after
        is_beyond = value < last if is_descending else value > last
        found = found.where(or_(is_beyond, and_(value == last, groups.c.key > key)))
    order = value.desc() if is_descending else value
    rows = connection.execute(found.order_by(order, groups.c.key).limit(most)).all()
    return _named(connection, rows)


def find_customer(
    connection: Connection, key: str, own: int | None, now: datetime
) -> ListedCustomer | None:
    rows = connection.execute(_groups("", own, key, now)).all()
    return _named(connection, rows)[0] if rows else None


def position_of(customer: ListedCustomer, sort: CustomerSort) -> Position:
    value: dict[CustomerSort, str | int] = {
        "name": customer.sort_name,
        "recent": customer.latest_id,
        "bookings": customer.booked,
    }
    return value[sort], customer.key


def find_names(connection: Connection, key: str, own: int | None) -> list[str]:
    """The names in the bookings of a customer."""
    found = select(bookings.c.customer_name).where(bookings.c.customer_key == key)
    if own is not None:
        found = found.where(bookings.c.resource_id == own)
    latest = func.max(bookings.c.id).desc()
    rows = connection.execute(
        found.group_by(bookings.c.customer_name).order_by(latest).limit(MAX_NAMES)
    )
    return list(rows.scalars())


def _groups(
    query: str, own: int | None, key: str | None, now: datetime
) -> Select[*tuple[Any, ...]]:
    """A row for each customer."""
    rows = _rows(query, own, key).subquery()
    is_visit = rows.c.status.in_(("confirmed", "completed"))
    return select(
        rows.c.key,
        func.count(rows.c.id).label("booked"),
        _count(rows.c.status == "cancelled").label("cancelled"),
        _count(rows.c.status == "no_show").label("no_shows"),
        func.max(
            case((and_(is_visit, rows.c.starts_at <= now), rows.c.starts_at)), type_=Instant
        ).label("last_visit"),
        func.min(
            case((and_(rows.c.status == "confirmed", rows.c.starts_at > now), rows.c.starts_at)),
            type_=Instant,
        ).label("next_visit"),
        func.min(rows.c.search).label("sort_name"),
        func.coalesce(func.max(rows.c.id), 0).label("latest_id"),
        func.max(rows.c.contact_id).label("contact_id"),
    ).group_by(rows.c.key)


def _rows(query: str, own: int | None, key: str | None) -> Any:
    """The bookings of customers, and contacts as if they were bookings that never were."""
    of_bookings = select(
        bookings.c.customer_key.label("key"),
        bookings.c.search,
        bookings.c.id,
        bookings.c.status,
        bookings.c.starts_at,
        cast(null(), bookings.c.id.type).label("contact_id"),
    ).where(bookings.c.customer_key.is_not(None), bookings.c.status.not_in(NO_BOOKINGS))
    if own is not None:
        of_bookings = of_bookings.where(bookings.c.resource_id == own)
    of_contacts = select(
        contacts.c.key,
        contacts.c.search,
        cast(null(), bookings.c.id.type).label("id"),
        cast(null(), bookings.c.status.type).label("status"),
        cast(null(), bookings.c.starts_at.type).label("starts_at"),
        contacts.c.id.label("contact_id"),
    )
    if key is not None:
        of_bookings = of_bookings.where(bookings.c.customer_key == key)
        of_contacts = of_contacts.where(contacts.c.key == key)
    found_bookings = has_words(bookings.c.search, query)
    if found_bookings:
        # Who is found by one booking is shown with all of them.
        keys: Any = select(bookings.c.customer_key).where(*found_bookings)
        if own is not None:
            keys = keys.where(bookings.c.resource_id == own)
        else:
            keys = keys.union(select(contacts.c.key).where(*has_words(contacts.c.search, query)))
        of_bookings = of_bookings.where(bookings.c.customer_key.in_(keys))
        of_contacts = of_contacts.where(contacts.c.key.in_(keys))
    return of_bookings if own is not None else union_all(of_bookings, of_contacts)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _named(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[ListedCustomer]:
    """With their name and how they are reached, as in the latest booking; else as a contact."""
    ids = [row.latest_id for row in rows if row.latest_id]
    who = select(
        bookings.c.customer_key,
        bookings.c.customer_name,
        bookings.c.customer_email,
        bookings.c.customer_phone,
    ).where(bookings.c.id.in_(ids))
    known = {key: contact for key, *contact in connection.execute(who)}
    others = [row.key for row in rows if row.key not in known]
    contact = select(contacts.c.key, contacts.c.name, contacts.c.email, contacts.c.phone)
    for key, *said in connection.execute(contact.where(contacts.c.key.in_(others))):
        known[key] = said
    return [_listed(row, known[row.key]) for row in rows if row.key in known]


def _listed(row: Row[*tuple[Any, ...]], contact: Sequence[str | None]) -> ListedCustomer:
    name, email, phone = (each or "" for each in contact)
    return ListedCustomer(
        row.key,
        name,
        email,
        phone,
        row.booked,
        row.cancelled,
        row.no_shows,
        row.last_visit,
        row.next_visit,
        row.contact_id is not None,
        row.sort_name,
        row.latest_id,
    )
