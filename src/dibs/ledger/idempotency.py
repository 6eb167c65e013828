"""The same request sent twice acts once: the first answer is kept and given again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select

from dibs.errors import IdempotencyMismatch
from dibs.ledger.tables import idempotency

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from dibs.ledger.database import Transaction

KEPT = timedelta(hours=48)


ANSWERED = select(idempotency.c.request, idempotency.c.body).where(
    idempotency.c.scope == bindparam("scope"), idempotency.c.key == bindparam("key")
)
FORGET = delete(idempotency).where(idempotency.c.created_at < bindparam("before"))
KEEP = insert(idempotency)


@dataclass(frozen=True)
class Request:
    """A request that may come again: its key, whose it is, and a hash of what it asks."""

    scope: str
    key: str
    fingerprint: str


async def answered(connection: AsyncConnection, request: Request) -> str | None:
    """The body of the answer given before; None if there was none.

    Raises IdempotencyMismatch if the key was used for something else.
    """
    wanted = {"scope": request.scope, "key": request.key}
    row = (await connection.execute(ANSWERED, wanted)).first()
    if row is None:
        return None
    if row.request != request.fingerprint:
        raise IdempotencyMismatch
    return str(row.body)


async def keep(tx: Transaction, request: Request, status: int, body: str) -> None:
    """Remember the answer for two days, and forget those that are older."""
    await tx.connection.execute(FORGET, {"before": tx.now - KEPT})
    answer = {
        "scope": request.scope,
        "key": request.key,
        "request": request.fingerprint,
        "status": status,
        "body": body,
        "created_at": tx.now,
    }
    await tx.connection.execute(KEEP, answer)
