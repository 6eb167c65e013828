"""Idempotency: a request that is sent twice acts once. Its first answer is stored and given again.

The stored JSON has names of its own, which don't change with a release (see `desk.replay`).
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
    """A request that may be sent again: its key, a scope that says whose it is, and a hash of what
    it asks.

    `within` is set if the client gave no key. Then the request is the same only if it is sent again
    within that time, and only while its first answer is still true.
    """

    scope: str
    key: str
    fingerprint: str
    within: timedelta | None = None


@dataclass(frozen=True)
class StoredAnswer:
    """A stored answer: its body, a hash of what was asked, and when it was given."""

    body: str
    asked: str
    at: datetime

    def is_too_old(self, now: datetime) -> bool:
        return self.at < now - KEPT


def find_stored(connection: Connection, request: Request) -> StoredAnswer | None:
    """Return what is stored under the key of the request, however old it is and whatever was
    asked."""
    wanted = {"scope": request.scope, "key": request.key}
    row = ANSWERED.fetch_first(connection, wanted)
    return StoredAnswer(row.body, row.request, row.created_at) if row is not None else None


def find_replay(connection: Connection, request: Request, now: datetime) -> StoredAnswer | None:
    """Return the answer that was given before, or None if there was none or it is too old. An
    answer that is too old may still be stored.

    Raises IdempotencyMismatch if the key was used for something else.
    """
    kept = find_stored(connection, request)
    return kept if kept is not None and is_replay(kept, request, now) else None


def is_replay(kept: StoredAnswer, request: Request, now: datetime) -> bool:
    """Tell whether what is stored is an answer to this request. Returns False if it is too old.

    Raises IdempotencyMismatch if the key was used for something else.
    """
    if kept.is_too_old(now):
        return False
    if kept.asked != request.fingerprint:
        raise IdempotencyMismatch
    return True


def delete_outdated_response(tx: Transaction, request: Request, kept: StoredAnswer) -> None:
    """Delete this answer, which no longer counts. If another transaction has written a new answer
    meanwhile, that stays, and `save_response` loses against it."""
    row = {"its_scope": request.scope, "its_key": request.key, "written": kept.at}
    DELETE_OUTDATED_RESPONSE.execute(tx.connection, row)


def save_response(tx: Transaction, request: Request, status: int, body: str) -> None:
    """Store the answer. Nothing may be stored under its key (see `delete_outdated_response`)."""
    answer = {
        "scope": request.scope,
        "key": request.key,
        "request": request.fingerprint,
        "status": status,
        "body": body,
        "created_at": tx.now,
    }
    tx.append(KEEP, answer)
