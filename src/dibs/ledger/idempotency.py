"""The same request sent twice acts once: the first answer is kept and given again.

What is kept is JSON whose names belong to this table and outlive releases (see `desk.replay`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select

from dibs.errors import IdempotencyMismatch
from dibs.ledger.tables import idempotency

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dibs.ledger.database import Transaction

KEPT = timedelta(hours=48)


ANSWERED = select(idempotency.c.request, idempotency.c.body, idempotency.c.created_at).where(
    idempotency.c.scope == bindparam("scope"), idempotency.c.key == bindparam("key")
)
FORGET = delete(idempotency).where(idempotency.c.created_at < bindparam("before"))
MAKE_ROOM = delete(idempotency).where(
    idempotency.c.scope == bindparam("its_scope"),
    idempotency.c.key == bindparam("its_key"),
    idempotency.c.created_at == bindparam("written"),
)
KEEP = insert(idempotency)


@dataclass(frozen=True)
class Request:
    """A request that may come again: its key, whose it is, and a hash of what it asks.

    `within`: its client gave no key; it is the same only if it comes again that soon, and only
    while what was answered is still true.
    """

    scope: str
    key: str
    fingerprint: str
    within: timedelta | None = None


@dataclass(frozen=True)
class Kept:
    """The body of an answer, and when it was given."""

    body: str
    at: datetime


def find_replay(connection: Connection, request: Request, now: datetime) -> Kept | None:
    """The answer given before; None if there was none, or it is too old, whether or not it is still
    stored.

    Raises IdempotencyMismatch if the key was used for something else.
    """
    wanted = {"scope": request.scope, "key": request.key}
    row = (connection.execute(ANSWERED, wanted)).first()
    if row is None or row.created_at < now - KEPT:
        return None
    if row.request != request.fingerprint:
        raise IdempotencyMismatch
    return Kept(row.body, row.created_at)


def make_room(tx: Transaction, request: Request, kept: Kept) -> None:
    """Forget this answer, which no longer counts. One that another transaction wrote meanwhile
    stays: `keep` then loses against it."""
    row = {"its_scope": request.scope, "its_key": request.key, "written": kept.at}
    tx.connection.execute(MAKE_ROOM, row)


def save_response(tx: Transaction, request: Request, status: int, body: str) -> None:
    """Remember the answer for two days, and forget those that are older."""
    tx.connection.execute(FORGET, {"before": tx.now - KEPT})
    answer = {
        "scope": request.scope,
        "key": request.key,
        "request": request.fingerprint,
        "status": status,
        "body": body,
        "created_at": tx.now,
    }
    tx.connection.execute(KEEP, answer)
