"""The same request sent twice acts once: the first answer is kept and given again.

What is kept is JSON whose names belong to this table and outlive releases (see `desk.replay`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select

from dibs.errors import IdempotencyMismatch
from dibs.ledger.statement import Statement
from dibs.ledger.tables import idempotency

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dibs.ledger.database import Transaction

KEPT = timedelta(hours=48)


ANSWERED = Statement(
    select(idempotency.c.request, idempotency.c.body, idempotency.c.created_at).where(
        idempotency.c.scope == bindparam("scope"), idempotency.c.key == bindparam("key")
    )
)
DELETE_OUTDATED_RESPONSE = Statement(
    delete(idempotency).where(
        idempotency.c.scope == bindparam("its_scope"),
        idempotency.c.key == bindparam("its_key"),
        idempotency.c.created_at == bindparam("written"),
    )
)
KEEP = Statement(insert(idempotency))


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
    """The body of an answer, what was asked (a hash), and when it was given."""

    body: str
    asked: str
    at: datetime

    def is_too_old(self, now: datetime) -> bool:
        return self.at < now - KEPT


def find_stored(connection: Connection, request: Request) -> Kept | None:
    """What is stored under the key of the request, however old it is and whatever was asked."""
    wanted = {"scope": request.scope, "key": request.key}
    row = ANSWERED.fetch_first(connection, wanted)
    return Kept(row.body, row.request, row.created_at) if row is not None else None


def find_replay(connection: Connection, request: Request, now: datetime) -> Kept | None:
    """The answer given before; None if there was none, or it is too old, whether or not it is still
    stored.

    Raises IdempotencyMismatch if the key was used for something else.
    """
    kept = find_stored(connection, request)
    return kept if kept is not None and is_replay(kept, request, now) else None


def is_replay(kept: Kept, request: Request, now: datetime) -> bool:
    """Whether what is stored is an answer to this request; False if it is too old.

    Raises IdempotencyMismatch if the key was used for something else.
    """
    if kept.is_too_old(now):
        return False
    if kept.asked != request.fingerprint:
        raise IdempotencyMismatch
    return True


def delete_outdated_response(tx: Transaction, request: Request, kept: Kept) -> None:
    """Forget this answer, which no longer counts. One that another transaction wrote meanwhile
    stays: `keep` then loses against it."""
    row = {"its_scope": request.scope, "its_key": request.key, "written": kept.at}
    DELETE_OUTDATED_RESPONSE.execute(tx.connection, row)


def save_response(tx: Transaction, request: Request, status: int, body: str) -> None:
    """Remember the answer. Nothing may be stored under its key (see `delete_outdated_response`)."""
    answer = {
        "scope": request.scope,
        "key": request.key,
        "request": request.fingerprint,
        "status": status,
        "body": body,
        "created_at": tx.now,
    }
    tx.append(KEEP, answer)
