"""Sign-in codes and sessions, as they are stored: hashed, and no longer than they are good for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from dibs.ledger.tables import sessions, sign_in_codes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from dibs.ledger.database import Transaction


@dataclass(frozen=True)
class Session:
    email: str
    expires_at: datetime


async def set_code(tx: Transaction, email: str, hashed: str, expires_at: datetime) -> None:
    """Make this the address's only code; what is too old goes."""
    await tx.connection.execute(
        delete(sign_in_codes).where(
            (sign_in_codes.c.email == email) | (sign_in_codes.c.expires_at <= tx.now)
        )
    )
    await tx.connection.execute(
        insert(sign_in_codes).values(email=email, code=hashed, tries=0, expires_at=expires_at)
    )


async def try_code(tx: Transaction, email: str, most: int) -> str | None:
    """The hash to compare with; the try is counted first. None: there is no code left to try."""
    counted = await tx.connection.execute(
        update(sign_in_codes)
        .where(
            sign_in_codes.c.email == email,
            sign_in_codes.c.tries < most,
            sign_in_codes.c.expires_at > tx.now,
        )
        .values(tries=sign_in_codes.c.tries + 1)
        .returning(sign_in_codes.c.code)
    )
    found: str | None = counted.scalar_one_or_none()
    return found


async def use_code(tx: Transaction, email: str) -> None:
    """A code is good once."""
    await tx.connection.execute(delete(sign_in_codes).where(sign_in_codes.c.email == email))


async def open_session(tx: Transaction, token: str, email: str, expires_at: datetime) -> None:
    """Remember a session by the hash of its token, and forget those that are over."""
    await tx.connection.execute(delete(sessions).where(sessions.c.expires_at <= tx.now))
    await tx.connection.execute(
        insert(sessions).values(token=token, email=email, created_at=tx.now, expires_at=expires_at)
    )


async def session(connection: AsyncConnection, token: str, now: datetime) -> Session | None:
    row = (
        await connection.execute(
            select(sessions.c.email, sessions.c.expires_at).where(
                sessions.c.token == token, sessions.c.expires_at > now
            )
        )
    ).first()
    return Session(row.email, row.expires_at) if row else None


async def close_session(tx: Transaction, token: str) -> None:
    await tx.connection.execute(delete(sessions).where(sessions.c.token == token))
