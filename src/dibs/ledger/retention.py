"""Retention: rows that are no longer needed are removed, a few in each transaction.

Such rows are in nobody's way until they are removed. So a step that was not done is done the next
day, and a step that is done twice finds nothing the second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Integer, bindparam, delete, exists, func, select, text, tuple_, update

from dibs.ledger.bookings import COLUMNS, booking_of
from dibs.ledger.catalog_tables import pictures, resources
from dibs.ledger.column_types import Day, Instant
from dibs.ledger.pictures import is_unused
from dibs.ledger.tables import (
    audit,
    boards,
    bookings,
    deliveries,
    idempotency,
    import_conflicts,
    is_no_move,
    outbox,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Column, ColumnElement, Connection, Select, Table

    from dibs.ledger.bookings import Booking
    from dibs.ledger.database import Database, Transaction

#: What retention works on: it completes `bookings`, and removes rows of the other kinds.
Kind = Literal[
    "bookings", "checkouts", "answers", "deliveries", "outbox", "audit", "pictures", "boards"
]

#: The most rows of one step. So a step takes milliseconds, and others write between two steps.
MAX_ROWS = 50
#: The most boards of one step. A step changes the versions of their resources, and whoever writes
#: at that moment has to read the catalog again. So there should be few such steps.
MAX_BOARDS = 500
#: Any number, as long as no other program takes this advisory lock in the same database.
RETENTION_LOCK = 7_203_119_412
TRY_LOCK = text(f"SELECT pg_try_advisory_xact_lock({RETENTION_LOCK})")

BEFORE: ColumnElement[datetime] = bindparam("before", type_=Instant())
BEFORE_DAY = bindparam("before", type_=Day())
MOST = bindparam("most", type_=Integer())


@dataclass(frozen=True)
class Rule:
    """Which rows of a table are old enough; `age` is the column that says how old they are."""

    table: Table
    age: Column[Any]
    conditions: tuple[ColumnElement[bool], ...]

    def oldest_rows(self) -> Select[*tuple[Any, ...]]:
        """Return the query for the keys of the oldest rows."""
        keys = select(*self.table.primary_key).where(*self.conditions)
        return keys.order_by(self.age).limit(MOST)


# SQLite gives the highest id again once its row is gone, so the newest booking stays.
_others = bookings.alias()
_is_not_newest = bookings.c.id < select(func.max(_others.c.id)).scalar_subquery()
_has_no_delivery = ~exists().where(deliveries.c.event_id == outbox.c.id)
_is_in_no_conflict = ~exists().where(import_conflicts.c.in_the_way == bookings.c.id)

RULES: Mapping[Kind, Rule] = {
    "bookings": Rule(
        bookings,
        bookings.c.ends_at,
        (bookings.c.status == "confirmed", bookings.c.ends_at < BEFORE),
    ),
    # Stored answers about such a checkout are no longer valid by then, because nothing is answered
    # about a checkout that is over.
    "checkouts": Rule(
        bookings,
        bookings.c.changed_at,
        (
            bookings.c.customer_email.is_(None),
            bookings.c.changed_at < BEFORE,
            bookings.c.status.in_(("expired", "cancelled")),
            bookings.c.visitor.is_not(None),
            _is_not_newest,
            _is_in_no_conflict,
        ),
    ),
    "answers": Rule(idempotency, idempotency.c.created_at, (idempotency.c.created_at < BEFORE,)),
    "deliveries": Rule(
        deliveries,
        deliveries.c.created_at,
        (deliveries.c.due_at.is_(None), deliveries.c.created_at < BEFORE),
    ),
    "outbox": Rule(
        outbox,
        outbox.c.created_at,
        (outbox.c.due_at.is_(None), outbox.c.created_at < BEFORE, _has_no_delivery),
    ),
    "audit": Rule(audit, audit.c.at, (is_no_move, audit.c.at < BEFORE)),
    "pictures": Rule(pictures, pictures.c.stored_at, (is_unused, pictures.c.stored_at < BEFORE)),
}


def take_turn(tx: Transaction) -> bool:
    """Keep other nodes from a step of retention until this transaction ends. Returns False if
    another node is in such a step now. SQLite has one writer at a time anyway."""
    connection = tx.connection
    return connection.dialect.name != "postgresql" or bool(connection.scalar(TRY_LOCK))


def find_ended(connection: Connection, before: datetime) -> list[Booking]:
    """Return the first of the confirmed bookings that were over before this instant."""
    some = {"before": before, "most": MAX_ROWS}
    return [booking_of(row) for row in connection.execute(_ENDED, some)]


_ENDED = (
    select(*COLUMNS)
    .where(*RULES["bookings"].conditions)
    .order_by(bookings.c.ends_at, bookings.c.id)
    .limit(MOST)
)


def count_old(
    connection: Connection, database: Database, kept: Mapping[Kind, timedelta]
) -> dict[Kind, int]:
    """Return how many rows there are to complete or to remove, if rows are kept for as long as
    `kept` says."""
    now = database.now(connection)
    return {kind: _count(connection, kind, now - age) for kind, age in kept.items()}


def _count(connection: Connection, kind: Kind, before: datetime) -> int:
    if kind == "boards":
        days = select(func.count()).select_from(_OLD_BOARDS.subquery())
        return connection.execute(days, {"before": before.date()}).scalar_one()
    rule = RULES[kind]
    rows = select(func.count()).select_from(rule.table).where(*rule.conditions)
    return connection.execute(rows, {"before": before}).scalar_one()


def remove_some(tx: Transaction, kind: Kind, before: datetime) -> int:
    """Remove some of the oldest rows. Returns how many; 0 means that there are no more."""
    some = {"before": before, "most": MAX_ROWS}
    rule = RULES[kind]
    if kind == "pictures":
        # Another transaction may have found a picture stored, and be about to name it. The lock
        # waits for its end.
        tx.lock_catalog()
        names = tx.connection.execute(rule.oldest_rows(), some).scalars().all()
        removing = delete(pictures).where(pictures.c.name.in_(names))
        return tx.connection.execute(removing).rowcount
    if kind != "checkouts":
        keys = tuple_(*rule.table.primary_key)
        return tx.connection.execute(
            delete(rule.table).where(keys.in_(rule.oldest_rows())), some
        ).rowcount
    ids = tx.connection.execute(rule.oldest_rows(), some).scalars().all()
    for table in (audit, outbox):
        tx.connection.execute(delete(table).where(table.c.booking_id.in_(ids)))
    return tx.connection.execute(delete(bookings).where(bookings.c.id.in_(ids))).rowcount


def remove_old_boards(tx: Transaction, before: datetime) -> int:
    """Remove boards of days long past. Returns how many. Their versions are added to the version of
    their resource, because the version of a board never falls.

    The lock of the catalog waits for transactions that have read versions and are about to commit
    the next ones. Without it their versions would be lower than those that others see meanwhile.
    """
    old = tuple_(boards.c.resource_id, boards.c.day).in_(_OLD_BOARDS.limit(MOST))
    removing = delete(boards).where(old).returning(boards.c.resource_id, boards.c.version)
    rows = tx.connection.execute(removing, {"before": before.date(), "most": MAX_BOARDS}).all()
    if rows:
        tx.lock_catalog()
        for resource_id, versions in sorted(_sum_by_resource(rows).items()):
            raising = update(resources).where(resources.c.id == resource_id)
            tx.connection.execute(raising.values(version=resources.c.version + versions))
    return len(rows)


#: It goes by resource, because the index begins with the resource. There is no index of days alone.
_OLD_BOARDS = (
    select(boards.c.resource_id, boards.c.day)
    .where(boards.c.resource_id.in_(select(resources.c.id)), boards.c.day < BEFORE_DAY)
    .order_by(boards.c.resource_id, boards.c.day)
)


def _sum_by_resource(rows: Sequence[Any]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for resource_id, version in rows:
        sums[resource_id] = sums.get(resource_id, 0) + version
    return sums
