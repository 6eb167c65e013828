"""Calendar subscriptions: when each calendar is read, and how the last reading went.

A process that reads a calendar claims its subscription first. Until the lease ends, no other
process claims it. If the reading process dies, the subscription falls due again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, func, insert, literal, select, update

from dibs.busy_times.busy_time import UnreadEntry
from dibs.ledger.calendar_tables import calendar_subscriptions
from dibs.ledger.catalog_tables import resources
from dibs.ledger.column_types import Instant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from sqlalchemy import Connection, Row, Select

    from dibs.ledger.database import Transaction

_SUBSCRIPTIONS = calendar_subscriptions.c


@dataclass(frozen=True)
class Subscription:
    """A calendar subscription. `fault` is None if the last reading went well, or if there was none.
    `unread` are the entries that could not be read completely in the last reading of the file. The
    `address` is a secret."""

    id: int
    resource_id: int
    name: str
    address: str
    created_at: datetime
    read_at: datetime | None
    succeeded_at: datetime | None
    expanded_at: datetime | None
    fault: str | None
    fault_detail: str
    failures: int
    etag: str
    last_modified: str
    failing_since: datetime | None
    told_at: datetime | None
    unread: tuple[UnreadEntry, ...]


def insert_subscription(tx: Transaction, resource_id: int, name: str, address: str) -> Subscription:
    """Add a calendar subscription, which is due at once."""
    values = {
        "resource_id": resource_id,
        "name": name,
        "address": address,
        "created_at": tx.now,
        "due_at": tx.now,
    }
    made = insert(calendar_subscriptions).values(values).returning(calendar_subscriptions)
    return _subscription_of(tx.connection.execute(made).one())


def all_subscriptions(connection: Connection) -> list[Subscription]:
    """Return all subscriptions, also those of retired resources. Nobody reads those, but the owner
    may remove them."""
    found = select(calendar_subscriptions)
    rows = connection.execute(found.order_by(_SUBSCRIPTIONS.resource_id, _SUBSCRIPTIONS.id))
    return [_subscription_of(row) for row in rows]


def find_subscription(connection: Connection, subscription_id: int) -> Subscription | None:
    found = select(calendar_subscriptions).where(_SUBSCRIPTIONS.id == subscription_id)
    row = connection.execute(found).first()
    return None if row is None else _subscription_of(row)


def count_of_resource(connection: Connection, resource_id: int) -> int:
    count: int = connection.execute(
        select(func.count()).where(_SUBSCRIPTIONS.resource_id == resource_id)
    ).scalar_one()
    return count


def rename_subscription(tx: Transaction, subscription_id: int, name: str) -> None:
    _change(tx, subscription_id, name=name)


def make_due(tx: Transaction, subscription_id: int) -> None:
    """Have a calendar read soon and completely, even if its file has not changed."""
    _change(tx, subscription_id, due_at=tx.now, expanded_at=None)


def delete_subscription(tx: Transaction, subscription_id: int) -> None:
    """Delete a subscription. Its busy times must have been deleted before."""
    tx.connection.execute(
        delete(calendar_subscriptions).where(_SUBSCRIPTIONS.id == subscription_id)
    )


def lock_subscriptions(tx: Transaction, resource_id: int) -> None:
    """Lock the subscriptions of a resource: until the end of this transaction nobody else changes
    their busy times. Call it before boards are locked (see `ledger.database`)."""
    tx.connection.execute(
        select(_SUBSCRIPTIONS.id)
        .where(_SUBSCRIPTIONS.resource_id == resource_id)
        .order_by(_SUBSCRIPTIONS.id)
        .with_for_update()
    ).all()


def has_due(connection: Connection, now: datetime) -> bool:
    return connection.execute(_due(now)).first() is not None


def claim_due(tx: Transaction, lease: timedelta) -> Subscription | None:
    """Claim the subscription that has been due for longest. Returns None if none is due, or if
    another process has just claimed it."""
    row = tx.connection.execute(_due(tx.now)).first()
    if row is None:
        return None
    claimed = (
        update(calendar_subscriptions)
        .where(_SUBSCRIPTIONS.id == row.id, _SUBSCRIPTIONS.due_at == row.due_at)
        .values(due_at=tx.now + lease)
    )
    return _subscription_of(row) if tx.connection.execute(claimed).rowcount == 1 else None


def note_success(tx: Transaction, subscription_id: int, pause: timedelta) -> None:
    """Note that a calendar was read. It is due again after the pause."""
    _change(
        tx,
        subscription_id,
        read_at=tx.now,
        succeeded_at=tx.now,
        due_at=tx.now + pause,
        fault=None,
        fault_detail="",
        failures=0,
        failing_since=None,
        told_at=None,
    )


def note_file(
    tx: Transaction,
    subscription_id: int,
    etag: str,
    last_modified: str,
    unread: Iterable[UnreadEntry] = (),
) -> None:
    """Note the marks of the file from which the busy times were made, and its entries that are
    `unread`."""
    entries = orjson.dumps([[each.title, each.reason, each.starts_at] for each in unread]).decode()
    said = {"etag": etag, "last_modified": last_modified, "unread_entries": entries}
    _change(tx, subscription_id, expanded_at=tx.now, **said)


def note_fault(
    tx: Transaction, subscription_id: int, fault: str, detail: str, pause: timedelta
) -> None:
    """Note that a calendar could not be read. It is tried again after the pause."""
    since = literal(tx.now, Instant())
    _change(
        tx,
        subscription_id,
        read_at=tx.now,
        due_at=tx.now + pause,
        fault=fault,
        fault_detail=detail,
        failures=_SUBSCRIPTIONS.failures + 1,
        failing_since=func.coalesce(_SUBSCRIPTIONS.failing_since, since),
    )


def note_told(tx: Transaction, subscription_id: int) -> None:
    """Note that the letter about a fault is ordered. There is no other letter until the calendar
    was read again."""
    _change(tx, subscription_id, told_at=tx.now)


def _change(tx: Transaction, subscription_id: int, **values: Any) -> None:
    tx.connection.execute(
        update(calendar_subscriptions).where(_SUBSCRIPTIONS.id == subscription_id).values(**values)
    )


def _due(now: datetime) -> Select[*tuple[Any, ...]]:
    """Return the query for the subscription that has been due for longest. Only resources on offer
    count."""
    return (
        select(calendar_subscriptions)
        .join(resources, resources.c.id == _SUBSCRIPTIONS.resource_id)
        .where(resources.c.retired == 0, _SUBSCRIPTIONS.due_at <= now)
        .order_by(_SUBSCRIPTIONS.due_at, _SUBSCRIPTIONS.id)
        .limit(1)
    )


def _read_entries(text: str) -> tuple[UnreadEntry, ...]:
    return tuple(
        UnreadEntry(title, reason, datetime.fromisoformat(start) if start else None)
        for title, reason, start in orjson.loads(text)
    )


def _subscription_of(row: Row[*tuple[Any, ...]]) -> Subscription:
    return Subscription(
        id=row.id,
        resource_id=row.resource_id,
        name=row.name,
        address=row.address,
        created_at=row.created_at,
        read_at=row.read_at,
        succeeded_at=row.succeeded_at,
        expanded_at=row.expanded_at,
        fault=row.fault,
        fault_detail=row.fault_detail,
        failures=row.failures,
        etag=row.etag,
        last_modified=row.last_modified,
        failing_since=row.failing_since,
        told_at=row.told_at,
        unread=_read_entries(row.unread_entries),
    )
