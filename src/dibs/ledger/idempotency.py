"""The same request sent twice acts once: the first answer is kept and given again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from dibs.errors import IdempotencyMismatch
from dibs.ledger.tables import idempotency

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from dibs.ledger.database import Transaction

KEPT = timedelta(hours=48)


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
    row = (
        await connection.execute(
            select(idempotency.c.request, idempotency.c.body).where(
                idempotency.c.scope == request.scope, idempotency.c.key == request.key
            )
        )
    ).first()
    if row is None:
        return None
    if row.request != request.fingerprint:
        raise IdempotencyMismatch
    return str(row.body)


async def keep(tx: Transaction, request: Request, status: int, body: str) -> None:
    """Remember the answer for two days, and forget those that are older."""
    await tx.connection.execute(delete(idempotency).where(idempotency.c.created_at < tx.now - KEPT))
    await tx.connection.execute(
        insert(idempotency).values(
            scope=request.scope,
            key=request.key,
            request=request.fingerprint,
            status=status,
            body=body,
            created_at=tx.now,
        )
    )
