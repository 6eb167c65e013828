"""Replay: a request that was answered before gets the same answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from dibs.ledger import idempotency
from dibs.ledger.bookings import Booking

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from dibs.ledger.database import Transaction
    from dibs.ledger.idempotency import Request

CREATED = 201
CHANGED = 200
KEPT_ANSWER = TypeAdapter(Booking)


async def answered(connection: AsyncConnection, request: Request | None) -> Booking | None:
    if request is None:
        return None
    body = await idempotency.answered(connection, request)
    return KEPT_ANSWER.validate_json(body) if body is not None else None


async def keep(tx: Transaction, request: Request | None, status: int, booking: Booking) -> None:
    if request is not None:
        body = KEPT_ANSWER.dump_json(booking).decode()
        await idempotency.keep(tx, request, status, body)
