"""The outbox: what is to be sent, until it was sent or given up.

Whoever delivers takes an entry first: for a while nobody else does, and if its taker dies it
falls due again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import delete, insert, select, update

from dibs.ledger.tables import outbox

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection

    from dibs.ledger.database import Transaction


@dataclass(frozen=True)
class Entry:
    id: int
    topic: str
    payload: Mapping[str, str]
    created_at: datetime
    due_at: datetime
    attempts: int


def put(tx: Transaction, topic: str, payload: Mapping[str, str]) -> None:
    """Have something sent as soon as can be; it belongs to no booking."""
    text = orjson.dumps(dict(payload)).decode()
    tx.connection.execute(
        insert(outbox).values(topic=topic, payload=text, created_at=tx.now, due_at=tx.now)
    )


def due(connection: Connection, now: datetime, topics: Collection[str], most: int) -> list[Entry]:
    """What is to be sent now: first what was tried least, of that the longest waiting."""
    rows = connection.execute(
        select(outbox)
        .where(outbox.c.due_at <= now, outbox.c.topic.in_(topics))
        .order_by(outbox.c.attempts, outbox.c.due_at, outbox.c.id)
        .limit(most)
    )
    return [
        Entry(
            row.id, row.topic, orjson.loads(row.payload), row.created_at, row.due_at, row.attempts
        )
        for row in rows
    ]


def waiting(connection: Connection, topic: str) -> list[Mapping[str, str]]:
    """What of a topic is neither sent nor given up, and belongs to no booking."""
    payloads = connection.execute(
        select(outbox.c.payload).where(
            outbox.c.booking_id.is_(None), outbox.c.topic == topic, outbox.c.due_at.is_not(None)
        )
    )
    return [orjson.loads(payload) for payload in payloads.scalars()]


def take(tx: Transaction, entry: Entry, lease: timedelta) -> bool:
    """Take an entry for a while; False if somebody else has."""
    result = tx.connection.execute(
        update(outbox)
        .where(outbox.c.id == entry.id, outbox.c.due_at == entry.due_at)
        .values(due_at=tx.now + lease, attempts=outbox.c.attempts + 1)
    )
    return result.rowcount == 1


def postpone(tx: Transaction, entry: Entry, delay: timedelta) -> None:
    tx.connection.execute(
        update(outbox).where(outbox.c.id == entry.id).values(due_at=tx.now + delay)
    )


def finish(tx: Transaction, entry: Entry, *, delivered: bool) -> None:
    """It was sent, or it is given up."""
    tx.connection.execute(
        update(outbox)
        .where(outbox.c.id == entry.id)
        .values(due_at=None, delivered_at=tx.now if delivered else None)
    )


def forget(tx: Transaction, topic: str, before: datetime) -> None:
    """Delete the entries of a topic that are older and belong to no booking."""
    tx.connection.execute(
        delete(outbox).where(
            outbox.c.booking_id.is_(None), outbox.c.topic == topic, outbox.c.created_at < before
        )
    )
