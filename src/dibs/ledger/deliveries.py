"""Deliveries: letters to one recipient each, until they are sent or no longer needed.

Whoever sends letters claims them first: until the lease ends nobody else gets them, and if their
sender dies they fall due again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import orjson
from sqlalchemy import and_, exists, insert, or_, select, true, update

from dibs.ledger.tables import deliveries, outbox

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import timedelta

    from sqlalchemy import ColumnElement, Connection, Row

    from dibs.ledger.database import Transaction

Recipient = Literal["customer", "staff", "business"]
State = Literal["waiting", "sent", "refused", "given_up", "dropped"]
#: The end of a delivery without success, from which it can be sent again by hand.
UNDELIVERED: tuple[State, ...] = ("refused", "given_up")

NO_ADDRESS = "the customer has no e-mail address any more"


@dataclass(frozen=True)
class Draft:
    """A letter that an event needs. `lead` is how many minutes before the start a reminder is sent;
    0 for other letters. `starts_at` is the start that it tells of."""

    letter: str
    recipient: Recipient
    address: str
    due_at: datetime
    starts_at: datetime | None = None
    lead: int = 0


@dataclass(frozen=True)
class Delivery:
    """A row with the event that it came from, as it was before it was claimed. `event_at` is when
    the event happened."""

    id: int
    event_id: int
    topic: str
    payload: Mapping[str, str]
    booking_id: int | None
    letter: str
    recipient: Recipient
    address: str
    lead: int
    starts_at: datetime | None
    state: State
    reason: str | None
    attempts: int
    created_at: datetime
    due_at: datetime | None
    event_at: datetime


#: A delivery with its event, as `_delivery_of` reads it.
_WITH_EVENT = select(
    deliveries, outbox.c.topic, outbox.c.payload, outbox.c.created_at.label("event_at")
).join(outbox, outbox.c.id == deliveries.c.event_id)


def insert_deliveries(
    tx: Transaction, event_id: int, booking_id: int | None, drafts: Sequence[Draft]
) -> None:
    rows = [
        {
            "event_id": event_id,
            "booking_id": booking_id,
            "letter": draft.letter,
            "recipient": draft.recipient,
            "address": draft.address,
            "lead": draft.lead,
            "starts_at": draft.starts_at,
            "state": "waiting",
            "created_at": tx.now,
            "due_at": draft.due_at,
        }
        for draft in drafts
    ]
    if rows:
        tx.connection.execute(insert(deliveries), rows)


def has_due(connection: Connection, now: datetime) -> bool:
    found = connection.execute(select(deliveries.c.id).where(deliveries.c.due_at <= now).limit(1))
    return found.first() is not None


def claim(
    tx: Transaction, letters: Collection[str], most: int, most_again: int, lease: timedelta
) -> list[Delivery]:
    """Claim what is to be sent now: at most so many, and at most so many of them that were tried
    before. Those tried least come first."""
    found = _due(tx, letters, deliveries.c.attempts == 0, most)
    again = min(most_again, most - len(found))
    if again > 0:
        found += _due(tx, letters, deliveries.c.attempts > 0, again)
    if found:
        tx.connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_([each.id for each in found]))
            .values(due_at=tx.now + lease, attempts=deliveries.c.attempts + 1)
        )
    return found


_earlier = deliveries.alias()
#: The letters of one booking reach an address in the order in which it was changed. Reminders wait
#: for no other letter.
_waits_for_earlier = exists().where(
    deliveries.c.lead == 0,
    _earlier.c.booking_id == deliveries.c.booking_id,
    _earlier.c.address == deliveries.c.address,
    _earlier.c.lead == 0,
    _earlier.c.due_at.is_not(None),
    _earlier.c.id < deliveries.c.id,
)


def _due(
    tx: Transaction, letters: Collection[str], condition: ColumnElement[bool], most: int
) -> list[Delivery]:
    rows = tx.connection.execute(
        _WITH_EVENT.where(
            deliveries.c.due_at <= tx.now,
            deliveries.c.letter.in_(letters),
            condition,
            ~_waits_for_earlier,
        )
        .order_by(deliveries.c.attempts, deliveries.c.due_at, deliveries.c.id)
        .limit(most)
        .with_for_update(of=deliveries, skip_locked=True)
    )
    return [_delivery_of(row) for row in rows]


def postpone(tx: Transaction, delivery: Delivery, delay: timedelta, reason: str) -> None:
    """It was not sent; try it again after a delay."""
    _change(tx, delivery, due_at=tx.now + delay, reason=reason)


def finish(tx: Transaction, delivery: Delivery, state: State, reason: str | None = None) -> None:
    """It was sent, or is not sent for this reason."""
    _change(tx, delivery, state=state, reason=reason, due_at=None, finished_at=tx.now)


def retry(tx: Transaction, ids: Collection[int] | None = None) -> list[int]:
    """Have deliveries sent again that were refused or given up: these, or all of them. Returns
    which."""
    which = [deliveries.c.state.in_(UNDELIVERED)]
    if ids is not None:
        which.append(deliveries.c.id.in_(ids))
    again = {"state": "waiting", "due_at": tx.now, "created_at": tx.now, "attempts": 0}
    changed = tx.connection.execute(
        update(deliveries)
        .where(*which)
        .values(finished_at=None, **again)
        .returning(deliveries.c.id)
    )
    return sorted(changed.scalars())


def drop_reminders(tx: Transaction, booking_id: int, reason: str) -> None:
    """Send none of the reminders of a booking that are still to come."""
    tx.connection.execute(
        update(deliveries)
        .where(
            deliveries.c.booking_id == booking_id,
            deliveries.c.lead > 0,
            deliveries.c.due_at.is_not(None),
        )
        .values(state="dropped", reason=reason, due_at=None, finished_at=tx.now)
    )


def redirect_letters(tx: Transaction, booking_id: int, address: str) -> None:
    """Send the letters to the customer of a booking that wait to another address; without one
    ("") they are not sent."""
    waiting = update(deliveries).where(
        deliveries.c.booking_id == booking_id,
        deliveries.c.recipient == "customer",
        deliveries.c.due_at.is_not(None),
    )
    dropped = {"state": "dropped", "reason": NO_ADDRESS, "due_at": None, "finished_at": tx.now}
    tx.connection.execute(waiting.values({"address": address} if address else dropped))


def find(connection: Connection, now: datetime | None, most: int) -> list[Delivery]:
    """The newest deliveries that wait at this instant, or that were refused or given up; None: all.
    The newest is the first."""
    needs_care = or_(deliveries.c.state.in_(UNDELIVERED), is_waiting(now)) if now else true()
    rows = connection.execute(
        _WITH_EVENT.where(needs_care).order_by(deliveries.c.id.desc()).limit(most)
    )
    return [_delivery_of(row) for row in rows]


def is_waiting(now: datetime) -> ColumnElement[bool]:
    """Whether a delivery is to be sent by now: reminders of later days are not."""
    late = or_(deliveries.c.due_at <= now, deliveries.c.attempts > 0)
    return and_(deliveries.c.due_at.is_not(None), late)


def _change(tx: Transaction, delivery: Delivery, **values: object) -> None:
    """Note what became of a delivery, unless it was dropped while it was being sent."""
    is_waiting = (deliveries.c.id == delivery.id, deliveries.c.due_at.is_not(None))
    tx.connection.execute(update(deliveries).where(*is_waiting).values(**values))


def _delivery_of(row: Row[*tuple[object, ...]]) -> Delivery:
    return Delivery(
        row.id,
        row.event_id,
        row.topic,
        orjson.loads(row.payload),
        row.booking_id,
        row.letter,
        row.recipient,
        row.address,
        row.lead,
        row.starts_at,
        row.state,
        row.reason,
        row.attempts,
        row.created_at,
        row.due_at,
        row.event_at,
    )
