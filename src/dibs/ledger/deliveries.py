"""Deliveries: letters to one recipient each, until they are sent or no longer needed.

A process that sends letters claims them first. Until the lease ends, no other process gets them. If
the sending process dies, they fall due again.
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
#: The states of deliveries that failed. They can be sent again by hand.
UNDELIVERED: tuple[State, ...] = ("refused", "given_up")

NO_ADDRESS = "the customer has no e-mail address any more"


@dataclass(frozen=True)
class Draft:
    """A letter that an event needs. `lead` is how many minutes before the start a reminder is sent;
    0 for other letters. `starts_at` is the start of the booking that the letter gives."""

    letter: str
    recipient: Recipient
    address: str
    due_at: datetime
    starts_at: datetime | None = None
    lead: int = 0


@dataclass(frozen=True)
class Delivery:
    """A row with the event that it came from. A claimed delivery is as it was before the claim.
    `event_at` is when the event happened."""

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
    """Claim letters that are to be sent now: at most `most`, and at most `most_again` of them that
    were tried before. Those tried least come first."""
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
#: Whether a letter waits for an earlier one: the letters of one booking reach an address in the
#: order in which the booking was changed. Reminders wait for no other letter.
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
    """Note that a delivery was not sent. It is tried again after a delay."""
    _change(tx, delivery, due_at=tx.now + delay, reason=reason)


def finish(tx: Transaction, delivery: Delivery, state: State, reason: str | None = None) -> None:
    """Note that a delivery was sent, or for which reason it is not sent."""
    _change(tx, delivery, state=state, reason=reason, due_at=None, finished_at=tx.now)


def retry(tx: Transaction, ids: Collection[int] | None = None) -> list[int]:
    """Have deliveries that were refused or given up sent again: those with these ids, or all of
    them. Returns the ids."""
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
    """Send the waiting letters to the customer of a booking to another address. Without an address
    ("") they are not sent."""
    waiting = update(deliveries).where(
        deliveries.c.booking_id == booking_id,
        deliveries.c.recipient == "customer",
        deliveries.c.due_at.is_not(None),
    )
    dropped = {"state": "dropped", "reason": NO_ADDRESS, "due_at": None, "finished_at": tx.now}
    tx.connection.execute(waiting.values({"address": address} if address else dropped))


def find(connection: Connection, now: datetime | None, most: int) -> list[Delivery]:
    """Return the newest deliveries, the newest first: those that wait at the instant `now`, or that
    were refused or given up. If `now` is None, return all kinds."""
    needs_care = or_(deliveries.c.state.in_(UNDELIVERED), is_waiting(now)) if now else true()
    rows = connection.execute(
        _WITH_EVENT.where(needs_care).order_by(deliveries.c.id.desc()).limit(most)
    )
    return [_delivery_of(row) for row in rows]


def is_waiting(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a delivery is to be sent by now. It excludes reminders that are due
    later."""
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
