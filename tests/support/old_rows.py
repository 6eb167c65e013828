"""Old rows, written by plain SQL, as a Dibs has them after years."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from tests.support.hand_clock import HandClock
from tests.support.plain_sql import PlainSql

CONSULTATION, SARAH, MIKE = 1, 1, 2
#: The start of the appointments of inserted checkouts.
START = datetime(2026, 11, 25, 10, tzinfo=UTC)


def column(sql: PlainSql, statement: str) -> list[Any]:
    return [value for (value,) in sql(statement)]


def insert(sql: PlainSql, table: str, **values: Any) -> None:
    marks = ", ".join("?" * len(values))
    sql(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())


numbers = count(1)


def insert_checkout(sql: PlainSql, name: str, changed_at: datetime, **other: Any) -> None:
    """Insert a checkout that has expired, with its rows in the audit."""
    number = 1000 + next(numbers)
    usual = {
        "id": number,
        "reference": name,
        "status": "expired",
        "token": name,
        "claim": name,
        "visitor": "bob",
        "service_id": CONSULTATION,
        "resource_id": SARAH,
        "starts_at": START,
        "ends_at": START + timedelta(minutes=30),
        "created_at": changed_at,
        "changed_at": changed_at,
    }
    insert(sql, "bookings", **{**usual, **other})
    insert_audit(sql, number, changed_at, "checkout.started")
    insert(
        sql,
        "outbox",
        topic="booking.anything",
        booking_id=number,
        payload="{}",
        created_at=changed_at,
    )


def insert_audit(sql: PlainSql, booking_id: int, written_at: datetime, action: str) -> None:
    insert(
        sql,
        "audit",
        at=written_at,
        actor="clock",
        action=action,
        booking_id=booking_id,
        details="{}",
    )


@contextmanager
def one_transaction(sql: PlainSql) -> Iterator[None]:
    """Run the block in one transaction, which writes many rows quickly."""
    sql("BEGIN")
    yield
    sql("COMMIT")


def insert_message(
    sql: PlainSql, topic: str, created_at: datetime, due_at: datetime | None = None
) -> None:
    insert(sql, "outbox", topic=topic, payload="{}", created_at=created_at, due_at=due_at)


def insert_boards(sql: PlainSql, first: date, days: int, version: int = 3) -> None:
    with one_transaction(sql):
        for resource in (SARAH, MIKE):
            for each in range(days):
                day = first + timedelta(days=each)
                insert(sql, "boards", resource_id=resource, day=day, version=version)


def insert_messages(sql: PlainSql, how_many: int, created_at: datetime) -> None:
    with one_transaction(sql):
        for _ in range(how_many):
            insert_message(sql, "old", created_at)


def insert_one_of_each(sql: PlainSql, clock: HandClock, how_many: int = 1) -> None:
    old = clock.now() - timedelta(days=3000)
    asked = {"request": "asked", "status": 201, "body": "{}", "created_at": old}
    with one_transaction(sql):
        for number in range(how_many):
            insert_checkout(sql, f"old {number}", old)
            insert(sql, "idempotency", scope="scope", key=f"old {number}", **asked)
            insert_message(sql, "old", old)
        insert_checkout(sql, "newest", clock.now())
        ((newest,),) = sql("SELECT max(id) FROM bookings")
        for _ in range(how_many):
            insert_audit(sql, newest, old, "old")
    insert_boards(sql, old.date(), how_many)
