"""The outbox: events that somebody is to be told of.

An event is written in the transaction that made it true. Later the letters that it needs are
written as deliveries (see `deliveries.py`), and then the event is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import delete, exists, insert, select, update

from dibs.ledger.tables import deliveries, outbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from dibs.ledger.database import Transaction


@dataclass(frozen=True)
class Event:
    id: int
    topic: str
    booking_id: int | None
    payload: Mapping[str, str]
    created_at: datetime


def put(tx: Transaction, topic: str, payload: Mapping[str, str]) -> int:
    """Write an event that belongs to no booking. The caller has to write its delivery. Returns the
    id of the event."""
    text = orjson.dumps(dict(payload)).decode()
    row = insert(outbox).values(topic=topic, payload=text, created_at=tx.now)
    event_id: int = tx.connection.execute(row.returning(outbox.c.id)).scalar_one()
    return event_id


def has_events(connection: Connection, until: datetime) -> bool:
    """Tell whether there are events due until this instant whose letters are still to be
    written."""
    found = connection.execute(select(outbox.c.id).where(outbox.c.due_at <= until).limit(1))
    return found.first() is not None


def claim_events(tx: Transaction, most: int) -> list[Event]:
    """Return the oldest events whose letters are still to be written. No other transaction gets
    these events until this one ends."""
    rows = tx.connection.execute(
        select(outbox)
        .where(outbox.c.due_at.is_not(None))
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [
        Event(row.id, row.topic, row.booking_id, orjson.loads(row.payload), row.created_at)
        for row in rows
    ]


def finish_events(tx: Transaction, events: Iterable[Event]) -> None:
    """Note that all letters of these events are written as deliveries."""
    ids = [event.id for event in events]
    tx.connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(due_at=None))


def finish_events_before(tx: Transaction, before: datetime) -> None:
    """Finish the events that were due before this instant, without making letters of them."""
    tx.connection.execute(update(outbox).where(outbox.c.due_at < before).values(due_at=None))


def list_waiting(connection: Connection, topic: str) -> list[Mapping[str, str]]:
    """Return the payloads of the events of a topic that belong to no booking and are not delivered
    yet."""
    payloads = connection.execute(
        select(outbox.c.payload)
        .join(deliveries, deliveries.c.event_id == outbox.c.id)
        .where(
            outbox.c.booking_id.is_(None),
            outbox.c.topic == topic,
            deliveries.c.due_at.is_not(None),
        )
    )
    return [orjson.loads(payload) for payload in payloads.scalars()]


def forget(tx: Transaction, topic: str, before: datetime) -> None:
    """Delete the older events of a topic that belong to no booking, with their deliveries."""
    old = (outbox.c.booking_id.is_(None), outbox.c.topic == topic, outbox.c.created_at < before)
    is_of_old = exists().where(outbox.c.id == deliveries.c.event_id, *old)
    tx.connection.execute(delete(deliveries).where(deliveries.c.booking_id.is_(None), is_of_old))
    tx.connection.execute(delete(outbox).where(*old))
